import asyncio
import dataclasses

import pytest

from autogen_lsp import errors
from autogen_lsp.backends.base import Tokens
from autogen_lsp.backends.openai import OpenAIBackend, cost
from autogen_lsp.backends.standin import Fault, StandIn
from autogen_lsp.config import Settings

TOKEN = "tok-for-tests-only"  # as in conftest.py


@pytest.fixture
async def backend(settings):
    made = OpenAIBackend(settings)
    yield made
    await made.aclose()


async def failure(backend, prompt, report) -> errors.BackendError:
    with pytest.raises(errors.BackendError) as caught:
        await backend.complete(prompt, report)
    assert TOKEN not in f"{caught.value} {caught.value!r}"
    return caught.value


async def test_completion_is_one_request_in_the_chat_format(backend, standin, prompt, report):
    completion = await backend.complete(prompt, report)
    assert "def total(items: list[int]) -> int:" in completion.text
    assert (completion.backend, completion.model) == ("openai", "small")
    assert completion.tokens.prompt == len(prompt.text) // 4 and completion.tokens.completion > 0
    (request,) = standin.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.body == {"model": "small", "messages": [{"role": "user", "content": prompt.text}]}


@pytest.mark.parametrize("suffix", ["/v1", "/v1/", "/v1/chat/completions"])
async def test_base_url_is_understood_in_every_usual_form(settings, standin, prompt, report, suffix):
    backend = OpenAIBackend(dataclasses.replace(settings, openai_base_url=standin.url + suffix))
    await backend.complete(prompt, report)
    assert standin.requests[0].path == "/v1/chat/completions"


async def test_local_server_needs_no_key_and_costs_nothing(settings, prompt, report):
    with StandIn() as server:
        settings = dataclasses.replace(settings, openai_api_key=None, openai_base_url=f"{server.url}/v1")
        backend = OpenAIBackend(settings)
        assert not backend.paid
        assert (await backend.complete(prompt, report)).cost == 0.0
        assert "authorization" not in server.requests[0].headers


def test_cost_follows_from_prices_and_is_unknown_without_them():
    priced = Settings(price_per_million_input=2.0, price_per_million_output=8.0, price_per_million_cached=0.5)
    tokens = Tokens(prompt=1_000_000, completion=500_000, cached=400_000)
    assert cost(tokens, priced) == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.5 * 8)
    assert cost(tokens, dataclasses.replace(priced, price_per_million_cached=None)) == pytest.approx(2 + 4)
    assert cost(tokens, Settings(price_per_million_input=2.0)) is None


async def test_cached_tokens_are_read_and_odd_usage_is_borne(backend, standin, prompt, report):
    def reply(usage: str) -> Fault:
        return Fault(200, f'{{"choices": [{{"message": {{"content": "x"}}}}], "usage": {usage}}}')

    standin.chats.extend(
        [
            reply('{"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}'),
            reply('{"prompt_tokens": "many", "prompt_tokens_details": []}'),
            reply("null"),
        ]
    )
    assert (await backend.complete(prompt, report)).tokens == Tokens(9, 2, 4)
    assert (await backend.complete(prompt, report)).tokens == Tokens()
    assert (await backend.complete(prompt, report)).tokens == Tokens()


@pytest.mark.parametrize(
    ("fault", "kind", "billed", "words"),
    [
        (Fault(401, '{"error": {"message": "bad key"}}'), errors.NotAuthorised, False, "OPENAI_API_KEY"),
        (Fault(402, "{}"), errors.PaymentRequired, False, "402"),
        (Fault(403, "{}"), errors.Forbidden, False, "403"),
        (Fault(404, '{"error": {"message": "no such model"}}'), errors.NoSuchResource, False, "autogen.openai.model"),
        (Fault(429, "{}", headers={"Retry-After": "20"}), errors.RateLimited, False, "20 s"),
        (Fault(500, "oops", "text/plain"), errors.ServiceFailed, True, "500"),
        (Fault(200, "<html></html>", "text/html"), errors.BadResponse, True, "autogen.openai.baseUrl"),
        (Fault(200, '{"choices": ['), errors.BadResponse, True, "autogen.openai.baseUrl"),
        (Fault(200, '{"choices": []}'), errors.BadResponse, True, "no text"),
        (Fault(200, '{"choices": [{"message": {"content": null}}]}'), errors.BadResponse, True, "no text"),
        (Fault(200, "[]"), errors.BadResponse, True, "no text"),
        (Fault(cut=0.5), errors.BadResponse, True, "broke off"),
        (Fault(drop=True), errors.Unreachable, True, "broke"),
        (Fault(307, "", headers={"Location": "http://127.0.0.1:9/"}), errors.BadResponse, False, "redirects"),
        (Fault(429, f'{{"error": {{"message": "slow down, {TOKEN}"}}}}'), errors.RateLimited, False, "[credential]"),
        (Fault(429, "[" * 100_000), errors.RateLimited, False, "429"),
    ],
)
async def test_fault_is_one_clear_error_and_the_request_is_never_repeated(
    backend, standin, prompt, report, fault, kind, billed, words
):
    standin.chats.append(fault)
    error = await failure(backend, prompt, report)
    assert type(error) is kind
    assert error.billed is billed
    assert words in str(error) and "\n" not in str(error)
    assert len(standin.requests) == 1


async def test_hung_server_meets_the_deadline(settings, standin, prompt, report):
    standin.chats.append(Fault(hang=True))
    error = await failure(OpenAIBackend(dataclasses.replace(settings, timeout_seconds=0.3)), prompt, report)
    assert isinstance(error, errors.TimedOut) and error.billed
    assert len(standin.requests) == 1
    assert await asyncio.to_thread(standin.wait_until_idle, 0.5)


async def test_cancel_closes_the_socket_within_half_a_second(backend, standin, prompt, report):
    standin.chats.append(Fault(hang=True))
    call = asyncio.create_task(backend.complete(prompt, report))
    assert await asyncio.to_thread(standin.wait_for_requests, 1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await asyncio.to_thread(standin.wait_until_idle, 0.5)


async def test_refused_connection_was_not_billed(settings, prompt, report):
    with StandIn() as gone:
        pass
    error = await failure(OpenAIBackend(dataclasses.replace(settings, openai_base_url=gone.url)), prompt, report)
    assert type(error) is errors.Unreachable and not error.billed


async def test_missing_key_names_its_setting(prompt, report):
    assert "OPENAI_API_KEY" in str(await failure(OpenAIBackend(Settings()), prompt, report))
