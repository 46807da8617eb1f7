import asyncio
import dataclasses
import logging
import os
import subprocess
import sys
import textwrap
import threading

import pytest

pytest.importorskip("codegen", reason="the Codegen SDK is not installed")

from autogen_lsp import errors
from autogen_lsp.backends.codegen import CodegenBackend, Pace
from autogen_lsp.backends.standin import Fault, StandIn

TOKEN = "tok-for-tests-only"  # as in conftest.py
QUICK = Pace(first=0.01, longest=0.02, read=5.0)


@pytest.fixture
async def backend(settings):
    made = CodegenBackend(settings, QUICK)
    yield made
    await made.aclose()


async def failure(backend, prompt, report) -> errors.AutogenError:
    with pytest.raises(errors.AutogenError) as caught:
        await backend.complete(prompt, report)
    assert TOKEN not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    return caught.value


async def test_run_is_created_polled_and_its_result_returned(backend, standin, prompt, report, stages):
    completion = await backend.complete(prompt, report)
    assert "def total(items: list[int]) -> int:" in completion.text
    assert (completion.backend, completion.run_id) == ("codegen", "1")
    assert completion.run_url == f"{standin.url}/agent/trace/1"
    create, *polls = standin.requests
    assert (create.method, create.path, create.body) == (
        "POST",
        "/v1/organizations/42/agent/run",
        {"prompt": prompt.text},
    )
    assert create.headers["authorization"] == f"Bearer {TOKEN}"
    assert [poll.path for poll in polls] == ["/v1/organizations/42/agent/run/1"] * 2
    assert "waiting for the agent (active)" in stages


async def test_cost_is_the_configured_price_of_a_run(settings, prompt, report):
    backend = CodegenBackend(dataclasses.replace(settings, price_per_run=0.25), QUICK)
    assert (await backend.complete(prompt, report)).cost == 0.25
    assert (await CodegenBackend(settings, QUICK).complete(prompt, report)).cost is None


@pytest.mark.parametrize(
    "statuses",
    [
        ("COMPLETED",),
        ("queued", "in_progress", "completed"),
        ("AgentRunStatus.Running", "Complete"),
        ("something-new", "", "COMPLETE"),
    ],
)
async def test_statuses_are_folded_and_unknown_ones_mean_running(backend, standin, prompt, report, statuses):
    standin.statuses = statuses
    assert "def total" in (await backend.complete(prompt, report)).text
    assert len(standin.requests) == len(statuses)


@pytest.mark.parametrize(
    "status", ["FAILED", "error", "Cancelled", "MAX_ITERATIONS_REACHED", "OUT_OF_TOKENS", "timeout"]
)
async def test_failed_run_is_a_billed_failure_with_its_link(backend, standin, prompt, report, status):
    standin.statuses = ("ACTIVE", status)
    error = await failure(backend, prompt, report)
    assert isinstance(error, errors.ServiceFailed)
    assert error.billed
    assert status.lower() in str(error) and f"{standin.url}/agent/trace/1" in str(error)


@pytest.mark.parametrize(
    ("fault", "kind", "billed", "words"),
    [
        (Fault(401, '{"detail": "bad token"}'), errors.NotAuthorised, False, "CODEGEN_API_TOKEN"),
        (Fault(402, '{"message": "Alloted agent runs reached."}'), errors.PaymentRequired, False, "Alloted agent runs"),
        (Fault(403, '{"message": "no access"}'), errors.Forbidden, False, "organisation 42 (autogen.codegen.orgId)"),
        (Fault(404, '{"message": "No repos found"}'), errors.NoSuchResource, False, "No repos found"),
        (Fault(429, "{}", headers={"Retry-After": "7"}), errors.RateLimited, False, "try again in 7 s"),
        (Fault(422, '{"detail": []}'), errors.BadResponse, False, "422"),
        (Fault(500, "{}"), errors.ServiceFailed, True, "500"),
        (Fault(503, "busy", "text/plain", {"Retry-After": "9"}), errors.ServiceFailed, True, "503"),
        (Fault(502, "<html>bad gateway</html>", "text/html"), errors.ServiceFailed, True, "502"),
        (Fault(200, "<html>hello</html>", "text/html"), errors.BadResponse, True, "autogen.codegen.baseUrl"),
        (Fault(200, "<html>hello</html>"), errors.BadResponse, True, "autogen.codegen.baseUrl"),
        (Fault(200, '{"id": 1, "organ'), errors.BadResponse, True, "autogen.codegen.baseUrl"),
        (Fault(200, '["other"]'), errors.BadResponse, True, "autogen.codegen.baseUrl"),
        (Fault(200, ""), errors.BadResponse, True, "autogen.codegen.baseUrl"),
        (Fault(200, "data", "application/pdf"), errors.BadResponse, True, "autogen.codegen.baseUrl"),
        (Fault(201, '{"id": 1, "organization_id": 42}'), errors.BadResponse, True, "autogen.codegen.baseUrl"),
        (Fault(302, "", headers={"Location": "http://127.0.0.1:9/"}), errors.BadResponse, False, "redirects"),
        (Fault(cut=0.5), errors.BadResponse, True, "broke off"),
        (Fault(drop=True), errors.Unreachable, True, "broke"),
        (Fault(401, f'{{"detail": "Bearer {TOKEN} is unknown"}}'), errors.NotAuthorised, False, "[credential]"),
    ],
)
async def test_fault_of_a_create_request_is_one_clear_error_and_never_repeated(
    backend, standin, prompt, report, fault, kind, billed, words
):
    standin.creates.append(fault)
    error = await failure(backend, prompt, report)
    assert type(error) is kind
    assert error.billed is billed
    assert words in str(error) and "\n" not in str(error)
    assert len(standin.requests) == 1


async def test_rate_limit_error_tells_when_to_try_again(backend, standin, prompt, report):
    standin.creates.append(Fault(429, "{}", headers={"Retry-After": "7"}))
    error = await failure(backend, prompt, report)
    assert error.retry_after == 7.0


async def test_create_request_that_is_not_answered_may_have_been_billed_and_is_not_repeated(
    settings, standin, prompt, report
):
    standin.creates.append(Fault(hang=True, after=True))
    backend = CodegenBackend(settings, dataclasses.replace(QUICK, read=0.2))
    error = await failure(backend, prompt, report)
    assert isinstance(error, errors.TimedOut) and error.billed
    assert (len(standin.requests), standin.runs) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500, "{}"),
        Fault(429, "{}", headers={"Retry-After": "0"}),
        Fault(200, "<html>", "text/html"),
        Fault(cut=0.5),
        Fault(drop=True),
    ],
)
async def test_failed_polls_are_borne_since_the_run_is_paid_for(backend, standin, prompt, report, fault):
    standin.polls.extend([fault, fault])
    assert "def total" in (await backend.complete(prompt, report)).text
    assert standin.runs == 1


async def test_polls_that_go_on_failing_end_the_call_as_billed(backend, standin, prompt, report):
    standin.polls.extend([Fault(503, "{}")] * 50)
    error = await failure(backend, prompt, report)
    assert isinstance(error, errors.ServiceFailed) and error.billed
    assert len(standin.requests) == 1 + QUICK.failures + 1


async def test_poll_that_is_forbidden_is_not_repeated(backend, standin, prompt, report):
    standin.polls.append(Fault(401, "{}"))
    error = await failure(backend, prompt, report)
    assert isinstance(error, errors.NotAuthorised) and error.billed
    assert len(standin.requests) == 2


async def test_complete_run_without_a_result_is_an_error(backend, standin, prompt, report):
    standin.reply = lambda prompt: ""
    error = await failure(backend, prompt, report)
    assert isinstance(error, errors.BadResponse) and error.billed
    assert "without a result" in str(error)


async def test_run_that_never_ends_meets_the_deadline(settings, standin, prompt, report):
    standin.statuses = ("ACTIVE",)
    backend = CodegenBackend(dataclasses.replace(settings, timeout_seconds=1.5), QUICK)
    error = await failure(backend, prompt, report)
    assert isinstance(error, errors.TimedOut) and error.billed
    assert "autogen.timeout.seconds" in str(error) and f"{standin.url}/agent/trace/1" in str(error)


@pytest.mark.parametrize("where", ["creates", "polls"])
async def test_cancel_closes_every_socket_within_half_a_second_and_frees_the_thread(
    settings, standin, prompt, report, where
):
    before = set(threading.enumerate())
    backend = CodegenBackend(settings, Pace(first=0.01, read=60.0))
    getattr(standin, where).append(Fault(hang=True))
    call = asyncio.create_task(backend.complete(prompt, report))
    assert await asyncio.to_thread(standin.wait_for_requests, 1 if where == "creates" else 2)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await asyncio.to_thread(standin.wait_until_idle, 0.5)
    threads = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("codegen")]
    assert threads
    await backend.aclose()
    for thread in threads:
        await asyncio.to_thread(thread.join, 5.0)
    assert not any(thread.is_alive() for thread in threads)


async def test_cancelling_one_call_leaves_another_alone(settings, standin, prompt, report):
    backend = CodegenBackend(settings, QUICK)
    standin.creates.append(Fault(hang=True))
    first = asyncio.create_task(backend.complete(prompt, report))
    assert await asyncio.to_thread(standin.wait_for_requests, 1)
    second = asyncio.create_task(backend.complete(prompt, report))
    first.cancel()
    assert "def total" in (await second).text
    with pytest.raises(asyncio.CancelledError):
        await first
    await backend.aclose()


async def test_closing_the_backend_ends_its_calls(settings, standin, prompt, report):
    backend = CodegenBackend(settings, QUICK)
    standin.creates.append(Fault(hang=True))
    call = asyncio.create_task(backend.complete(prompt, report))
    assert await asyncio.to_thread(standin.wait_for_requests, 1)
    await backend.aclose()
    with pytest.raises(errors.BackendError):
        await call


async def test_many_runs_at_once_keep_to_the_rate_limit(settings, standin, prompt, report, stages):
    backend = CodegenBackend(dataclasses.replace(settings, rate_limit_per_minute=3, timeout_seconds=2.0), QUICK)
    results = await asyncio.gather(*(backend.complete(prompt, report) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, errors.TimedOut) for result in results) == 2
    assert standin.runs == 3
    assert any("rate limit" in stage for stage in stages)
    assert not any(result.billed for result in results if isinstance(result, errors.TimedOut))


async def test_refused_connection_is_one_clear_error(settings, prompt, report):
    with StandIn() as gone:
        pass
    backend = CodegenBackend(dataclasses.replace(settings, codegen_base_url=gone.url), QUICK)
    error = await failure(backend, prompt, report)
    assert type(error) is errors.Unreachable and not error.billed
    assert "autogen.codegen.baseUrl" in str(error)


@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1/x", "http://[bad"])
async def test_unusable_address_names_its_setting(settings, prompt, report, address):
    backend = CodegenBackend(dataclasses.replace(settings, codegen_base_url=address), QUICK)
    error = await failure(backend, prompt, report)
    assert isinstance(error, errors.BackendError)
    assert "autogen.codegen.baseUrl" in str(error)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"codegen_token": None}, "CODEGEN_API_TOKEN"),
        ({"codegen_org_id": None}, "autogen.codegen.orgId"),
        ({"codegen_token": "two\nlines"}, "CODEGEN_API_TOKEN"),
    ],
)
async def test_missing_credentials_name_their_setting(settings, standin, prompt, report, change, word):
    error = await failure(CodegenBackend(dataclasses.replace(settings, **change), QUICK), prompt, report)
    assert isinstance(error, errors.NotAuthorised)
    assert word in str(error)
    assert standin.requests == []


def test_organisation_that_the_sdk_would_replace_is_refused(settings, standin, prompt, report):
    code = """
        import asyncio, json, pathlib, sys
        folder = pathlib.Path.home() / ".codegen"
        folder.mkdir()
        (folder / "auth.json").write_text(json.dumps({"organizations_cache": [{"id": 7, "name": "Other"}]}))
        from autogen_lsp.backends.base import Prompt
        from autogen_lsp.backends.codegen import CodegenBackend
        from autogen_lsp.config import Settings
        from autogen_lsp.errors import NoSuchResource
        backend = CodegenBackend(Settings(codegen_token="t", codegen_org_id=42, codegen_base_url=sys.argv[1]))
        try:
            asyncio.run(backend.complete(Prompt("p", "s", "n", "r"), lambda *_: None))
        except NoSuchResource as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), standin.url], capture_output=True, text=True, timeout=60
    )
    assert "organisation 42 (autogen.codegen.orgId)" in done.stdout, done.stderr
    assert standin.requests == []


def test_loading_the_sdk_changes_nothing_in_the_process(tmp_path):
    """In a process of its own, with a `.env` where the SDK looks for one, and an ENV that it does not accept."""
    code = """
        import logging, os, sys
        os.environ["ENV"] = "test"
        handler = logging.NullHandler()
        logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel(logging.INFO)
        def state():
            root, client = logging.getLogger(), logging.getLogger("urllib3")
            return dict(os.environ), sys.excepthook, list(root.handlers), root.level, client.level
        before = state()
        import dotenv
        dotenv.load_dotenv = lambda *a, **k: os.environ.update(CODEGEN_API_BASE_URL="http://evil.invalid", STOLEN="1")
        load = dotenv.load_dotenv
        from autogen_lsp.backends import _sdk
        from autogen_lsp.backends.transport import Connections
        agent = _sdk.connect("t", 5, None, Connections(connect=1, read=1))
        assert before == state(), (before, state())
        assert dotenv.load_dotenv is load
        assert "evil" not in agent.api_client.configuration.host
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("CODEGEN")}, "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_missing_sdk_names_the_command(tmp_path):
    code = """
        import asyncio, sys
        sys.modules["codegen"] = None
        from autogen_lsp.backends.base import Prompt
        from autogen_lsp.backends.codegen import CodegenBackend
        from autogen_lsp.config import Settings
        from autogen_lsp.errors import MissingExtra
        backend = CodegenBackend(Settings(codegen_token="t", codegen_org_id=42))
        try:
            asyncio.run(backend.complete(Prompt("p", "s", "n", "r"), lambda *_: None))
        except MissingExtra as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert "pip install 'autogen-lsp[codegen]'" in done.stdout, done.stderr


async def test_nothing_is_logged_about_a_call(backend, standin, prompt, report, caplog):
    caplog.set_level(logging.DEBUG)
    standin.creates.append(Fault(401, f'{{"detail": "{TOKEN}"}}'))
    await failure(backend, prompt, report)
    assert TOKEN not in caplog.text


async def test_finished_calls_leave_no_descriptor_open(backend, standin, prompt, report):
    await backend.complete(prompt, report)
    before = set(os.listdir("/dev/fd"))
    for _ in range(5):
        await backend.complete(prompt, report)
    assert await asyncio.to_thread(standin.wait_until_idle, 5)
    assert len(set(os.listdir("/dev/fd")) - before) <= 1  # the listing's own
