"""The OpenAI-compatible backend: one chat completion per prompt. Works with local servers that speak the same API.

One POST, never repeated. The cost follows from the reply's token counts and the configured prices; without prices it is
not told. Cancelling closes the socket at once.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from autogen_lsp.backends.base import Completion, Prompt, Report, Tokens
from autogen_lsp.config import Settings
from autogen_lsp.errors import BadResponse, NotAuthorised, TimedOut

if TYPE_CHECKING:
    from autogen_lsp.backends.failures import Service
    from autogen_lsp.backends.transport import Connections

BASE_URL = "https://api.openai.com/v1"
MODEL = "gpt-4.1"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class OpenAIBackend:
    """Belongs to one event loop. ``timeout.seconds`` is the deadline of a whole call."""

    name = "openai"

    def __init__(self, settings: Settings, *, connect: float = 10.0) -> None:
        self._settings = settings
        self._connect = connect
        self._url = _endpoint(settings.openai_base_url or BASE_URL)
        self.model = settings.openai_model or MODEL
        local = urlsplit(self._url).hostname in _LOOPBACK
        self.paid = bool(settings.openai_api_key) or not local
        self._calls: set[Connections] = set()
        self._threads = ThreadPoolExecutor(max(settings.concurrency, 1), thread_name_prefix="openai")

    async def complete(self, prompt: Prompt, report: Report) -> Completion:
        key = (self._settings.openai_api_key or "").strip()
        if not key and self._settings.openai_base_url is None:
            raise NotAuthorised("no API key: set OPENAI_API_KEY, or autogen.openai.baseUrl for a server without one")
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise NotAuthorised("the API key holds characters that no key has; set OPENAI_API_KEY again")
        from autogen_lsp.backends.transport import Connections

        seconds = self._settings.timeout_seconds
        connections = Connections(connect=min(self._connect, seconds), read=seconds)
        self._calls.add(connections)
        report(f"waiting for {self.model}", None)
        try:
            async with asyncio.timeout(seconds):
                reply = await asyncio.get_running_loop().run_in_executor(
                    self._threads, _post, connections, self._url, key, self._body(prompt), _service(self.model, key)
                )
        except TimeoutError:
            raise TimedOut(
                f"no answer from {self.model} within {seconds:g} s (autogen.timeout.seconds)", billed=True
            ) from None
        finally:
            connections.abort()
            self._calls.discard(connections)
        return self._completion(reply)

    async def aclose(self) -> None:
        for connections in list(self._calls):
            connections.abort()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        return {"model": self.model, "messages": [{"role": "user", "content": prompt.text}]}

    def _completion(self, reply: Any) -> Completion:
        text = _text(reply)
        if not text:
            raise BadResponse(f"the answer of {self.model} holds no text", billed=True)
        tokens = _tokens(reply.get("usage"))
        return Completion(
            text=text,
            backend=self.name,
            model=_string(reply.get("model")) or self.model,
            tokens=tokens,
            cost=cost(tokens, self._settings) if self.paid else 0.0,
            run_id=_string(reply.get("id")),
        )


def cost(tokens: Tokens, settings: Settings) -> float | None:
    """Dollars, from the configured prices; None where a price is not set. Cached tokens cost as others by default."""
    if settings.price_per_million_input is None or settings.price_per_million_output is None:
        return None
    cached_price = settings.price_per_million_cached
    if cached_price is None:
        cached_price = settings.price_per_million_input
    fresh = tokens.prompt - tokens.cached
    return (
        fresh * settings.price_per_million_input
        + tokens.cached * cached_price
        + tokens.completion * settings.price_per_million_output
    ) / 1e6


def _post(connections: Connections, url: str, key: str, body: dict[str, Any], service: Service) -> Any:
    """The reply's JSON. Blocking."""
    from urllib3.exceptions import HTTPError

    from autogen_lsp.backends import failures

    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "autogen-lsp"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    try:
        response = connections.request("POST", url, body=json.dumps(body), headers=headers)
        if response.status != 200:
            raise failures.from_status(
                service, response.status, headers=response.headers, body=response.data.decode("utf-8", "replace"),
                billed=response.status >= 500,
            )  # fmt: skip
        return json.loads(response.data)
    except (HTTPError, OSError) as error:
        raise failures.from_exception(service, error, sent=True, read=0) from None
    except (ValueError, RecursionError):
        raise failures.not_json(service, billed=True) from None


def _endpoint(base_url: str) -> str:
    base = base_url.strip().rstrip("/")
    return base if base.endswith("/chat/completions") else f"{base}/chat/completions"


def _service(model: str, key: str) -> Service:
    from autogen_lsp.backends.failures import Service

    return Service(
        name="the OpenAI-compatible API",
        address="autogen.openai.baseUrl",
        credential="OPENAI_API_KEY (autogen.openai.apiKey)",
        scope=f"model {model} (autogen.openai.model)",
        secret=key or None,
    )


def _text(reply: Any) -> str:
    """The first choice's text; '' where there is none."""
    try:
        content = reply["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        return ""
    if isinstance(content, list):  # parts, as some servers send them
        content = "".join(_string(part.get("text")) for part in content if isinstance(part, dict))
    return _string(content)


def _tokens(usage: Any) -> Tokens:
    if not isinstance(usage, dict):
        return Tokens()
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    prompt = _count(usage.get("prompt_tokens"))
    return Tokens(prompt, _count(usage.get("completion_tokens")), min(_count(cached), prompt))


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
