"""The Codegen backend: one agent run per prompt, through the SDK's `Agent`, in threads of its own.

Create a run, poll it with growing intervals under both rate limits, and return its result text. A create request is
never repeated; a failed poll is, a few times, since the run has been paid for. The service tells no cost, so the
completion's is the configured price of a run. Cancelling closes the call's sockets at once; the run itself goes on at
the service, which has no request for stopping it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from autogen_lsp.backends.base import Completion, Prompt, Report
from autogen_lsp.backends.limits import RateLimit
from autogen_lsp.config import Settings
from autogen_lsp.errors import (
    BackendError,
    BadResponse,
    NotAuthorised,
    RateLimited,
    ServiceFailed,
    TimedOut,
    Unreachable,
)

if TYPE_CHECKING:
    from codegen.agents.agent import AgentTask

    from autogen_lsp.backends.failures import Service
    from autogen_lsp.backends.transport import Connections

T = TypeVar("T")

# Statuses as the service and its SDK spell them, folded; any other one means that the run goes on.
_DONE = frozenset({"complete", "completed", "success", "succeeded", "finished", "done"})
_FAILED = frozenset(
    {"failed", "failure", "error", "cancelled", "canceled", "stopped", "aborted", "timeout", "timed_out", "expired"}
    | {"max_iterations_reached", "out_of_tokens"}
)
_PASSING = (TimedOut, Unreachable, ServiceFailed, RateLimited, BadResponse)  # worth another poll


@dataclass(frozen=True)
class Pace:
    """How often to ask: seconds of the first and the longest interval, failed polls in a row that are borne."""

    first: float = 0.5
    longest: float = 5.0
    growth: float = 1.5
    failures: int = 4
    connect: float = 10.0  # time limit of a connection, seconds
    read: float = 30.0  # time limit of an answer, seconds
    polls: tuple[int, float] = (60, 30.0)  # the service's own limit: requests in seconds


class CodegenBackend:
    """Belongs to one event loop. ``timeout.seconds`` is the deadline of a whole call, waiting for its turn included."""

    name = "codegen"
    paid = True
    model = ""

    def __init__(self, settings: Settings, pace: Pace = Pace()) -> None:
        self._settings = settings
        self._pace = pace
        self._creates = RateLimit(settings.rate_limit_per_minute, 60.0)
        self._polls = RateLimit(*pace.polls)
        self._calls: set[Connections] = set()
        self._threads = ThreadPoolExecutor(max(settings.concurrency, 1), thread_name_prefix="codegen")

    async def complete(self, prompt: Prompt, report: Report) -> Completion:
        """One run. Besides `BackendError`, raises `MissingExtra` where the SDK is not installed."""
        token, org_id = _credentials(self._settings)
        from autogen_lsp.backends.transport import Connections

        connections = Connections(connect=self._pace.connect, read=self._pace.read)
        call = _Call(self._threads, connections, _service(org_id, token), self._pace.read)
        self._calls.add(connections)
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                return await self._run(call, token, org_id, prompt, report)
        except TimeoutError:
            raise TimedOut(
                f"no result from Codegen within {self._settings.timeout_seconds:g} s (autogen.timeout.seconds)"
                + (f"; the run goes on{call.where}" if call.started else ""),
                billed=call.started,
            ) from None
        finally:
            connections.abort()
            self._calls.discard(connections)

    async def aclose(self) -> None:
        for connections in list(self._calls):
            connections.abort()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, call: _Call, token: str, org_id: int, prompt: Prompt, report: Report) -> Completion:
        from autogen_lsp.backends import _sdk

        report("loading the Codegen SDK", None)
        agent = await asyncio.get_running_loop().run_in_executor(
            self._threads, _sdk.connect, token, org_id, self._settings.codegen_base_url, call.connections
        )
        await self._creates.wait(lambda seconds: report(f"waiting {seconds:.0f} s for the rate limit", None))
        report("starting the agent", None)
        call.started = True
        try:
            task: AgentTask = await call.thread(lambda: agent.run(prompt.text))
        except BackendError as error:
            call.started = error.billed
            raise
        call.run_url = task.web_url or ""
        await self._poll(call, task, report)
        return Completion(
            text=task.result or "",
            backend=self.name,
            cost=self._settings.price_per_run,
            run_id=str(task.id),
            run_url=call.run_url,
        )

    async def _poll(self, call: _Call, task: AgentTask, report: Report) -> None:
        """Return when the run is complete and has a result."""
        interval, failures = self._pace.first, 0
        while not (_fold(task.status) in _DONE and task.result):
            if _fold(task.status) in _FAILED:
                said = call.service.clean(task.result or "")
                raise ServiceFailed(
                    f"the Codegen run ended as {_fold(task.status)}" + (f": {said}" if said else "") + call.where,
                    billed=True,
                )
            report(f"waiting for the agent ({_fold(task.status) or 'running'})", None)
            pause = interval
            await asyncio.sleep(pause)
            interval = min(interval * self._pace.growth, self._pace.longest)
            await self._polls.wait()
            try:
                await call.thread(task.refresh)
                if _fold(task.status) in _DONE and not task.result:
                    raise BadResponse("the Codegen run ended without a result" + call.where)
                failures = 0
            except BackendError as error:
                error.billed = True
                failures += 1
                if failures > self._pace.failures or not isinstance(error, _PASSING):
                    raise
                if isinstance(error, RateLimited):
                    await asyncio.sleep(error.retry_after or self._pace.longest)


class _Call:
    """One call: its connections, and how far it got."""

    def __init__(self, threads: ThreadPoolExecutor, connections: Connections, service: Service, read: float) -> None:
        self.connections = connections
        self.service = service
        self.started = False  # a run may have been started, and so billed
        self.run_url = ""
        self._threads = threads
        self._read = read

    @property
    def where(self) -> str:
        return f" ({self.run_url})" if self.run_url else ""

    async def thread(self, work: Callable[[], T]) -> T:
        """``work`` of the SDK in a thread, its exceptions as `BackendError`."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._translated, work)

    def _translated(self, work: Callable[[], T]) -> T:
        from codegen_api_client.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        from autogen_lsp.backends import failures

        # `from None`: the SDK's exceptions quote headers and bodies.
        try:
            return work()
        except ApiException as error:
            if error.status:
                raise failures.from_status(
                    self.service, error.status, headers=dict(error.headers or {}), body=error.body or "",
                    billed=self.started and error.status >= 500,
                ) from None  # fmt: skip
            raise failures.not_json(self.service, billed=self.started) from None
        except (HTTPError, OSError) as error:
            raise failures.from_exception(self.service, error, sent=self.started, read=self._read) from None
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
            raise failures.not_json(self.service, billed=self.started) from None


def _credentials(settings: Settings) -> tuple[str, int]:
    token = (settings.codegen_token or "").strip()
    if not token:
        raise NotAuthorised("no Codegen token: set CODEGEN_API_TOKEN (or autogen.codegen.token)")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise NotAuthorised("the Codegen token holds characters that no token has; set CODEGEN_API_TOKEN again")
    if settings.codegen_org_id is None:
        raise NotAuthorised("no Codegen organisation: set autogen.codegen.orgId (or CODEGEN_ORG_ID)")
    return token, settings.codegen_org_id


def _service(org_id: int, token: str) -> Service:
    from autogen_lsp.backends.failures import Service

    return Service(
        name="Codegen",
        address="autogen.codegen.baseUrl",
        credential="CODEGEN_API_TOKEN (autogen.codegen.token)",
        scope=f"organisation {org_id} (autogen.codegen.orgId)",
        secret=token,
    )


def _fold(status: str | None) -> str:
    """The status without its spelling: 'AgentStatus.Timed-Out' is 'timed_out'."""
    return (status or "").strip().rpartition(".")[2].casefold().replace("-", "_").replace(" ", "_")
