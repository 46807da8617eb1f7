"""The whole way from a request to a draft: cache, budget, repair, sharing, cancelling."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from autogen_lsp.backends.base import Completion, Prompt, Report, Tokens
from autogen_lsp.backends.skeleton import SkeletonBackend
from autogen_lsp.config import Settings
from autogen_lsp.errors import BudgetExceeded, InvalidReply, ServiceFailed, TimedOut
from tests.generation.conftest import Workshop, scripted

GOOD = "def compute(rows, n):\n    return math.fsum(rows) * n\n"
BETTER = "def compute(rows, n):\n    return n * math.fsum(rows)\n"
TOO_FEW = "def compute(rows):\n    return math.fsum(rows)\n"
PRICED = Settings(price_per_million_input=1000.0, price_per_million_output=1000.0)


class Waiting:
    """A paid backend whose calls wait until they are released; it knows how many are open."""

    name, model, paid = "scripted", "", True

    def __init__(self, reply: str = f"```python\n{GOOD}```", cost: float | None = None) -> None:
        self.reply, self.cost = reply, cost
        self.release = asyncio.Event()
        self.called = asyncio.Event()
        self.calls = self.open = 0

    async def complete(self, prompt: Prompt, report: Report) -> Completion:
        self.calls += 1
        self.open += 1
        self.called.set()
        try:
            await self.release.wait()
        finally:
            self.open -= 1
        return Completion(self.reply, self.name, cost=self.cost, tokens=Tokens(100, 20, 0))

    async def aclose(self) -> None: ...


async def test_good_reply_becomes_a_draft_with_its_checks(workshop: Workshop) -> None:
    draft = await workshop.generate("compute", scripted(GOOD, model="m", cost=0.25, tokens=Tokens(100, 20, 5)))
    assert draft.code == draft.definition == GOOD
    assert [check.name for check in draft.checks] == [
        "parses", "signature", "implemented", "unmasked", "names", "placed", "formatted",
    ]  # fmt: skip
    assert all(check.ok for check in draft.checks)
    assert [(each.model, each.cost) for each in draft.completions] == [("m", 0.25)]
    assert not draft.cached
    assert workshop.usage["tokens"] == {"prompt": 100, "completion": 20, "cached": 5}
    assert workshop.usage["cost"]["amount"] == 0.25


async def test_stages_are_told_in_order(workshop: Workshop) -> None:
    await workshop.generate("compute", scripted(TOO_FEW, GOOD))
    assert [stage for stage in workshop.stages if stage != "reading the script"] == [
        "writing the prompt",
        "looking in the cache",
        "waiting for scripted",
        "checking the reply",
        "asking again: the call in billing.py:16 passes 2 positional arguments, but only 1 are taken",
        "waiting for scripted",
        "checking the reply",
    ]


async def test_bad_reply_is_sent_back_with_its_problems(workshop: Workshop) -> None:
    backend = scripted(TOO_FEW, GOOD)
    draft = await workshop.generate("compute", backend)
    assert draft.code == GOOD
    first, second = backend.prompts
    assert second.text.startswith(first.text.rstrip("\n"))
    assert TOO_FEW in second.text
    assert second.problems == ("the call in billing.py:16 passes 2 positional arguments, but only 1 are taken",)
    assert second.recipe != first.recipe
    assert len(draft.completions) == 2
    assert workshop.usage["generations"]["total"] == 1


async def test_reply_that_stays_bad_fails_with_the_last_problems_and_is_not_cached(workshop: Workshop) -> None:
    backend = scripted(TOO_FEW, "def other():\n    return 1\n", cost=0.1)
    with pytest.raises(InvalidReply, match="asked 2 times") as failure:
        await workshop.generate("compute", backend)
    assert failure.value.problems == ("it defines 'other', but the function 'compute' was asked for",)
    assert workshop.cache.stats()["memory"]["entries"] == 0
    assert workshop.usage["generations"]["failed"] == 1
    assert workshop.usage["cost"]["amount"] == 0.2


@pytest.mark.parametrize(("attempts", "calls"), [(0, 1), (1, 2), (3, 4)])
async def test_settings_say_how_often_a_reply_is_sent_back(workshop: Workshop, attempts: int, calls: int) -> None:
    workshop.settings = replace(workshop.settings, repair_attempts=attempts)
    backend = scripted(*["nothing"] * 9)
    with pytest.raises(InvalidReply):
        await workshop.generate("compute", backend)
    assert len(backend.prompts) == calls


async def test_second_identical_request_is_answered_from_the_cache(workshop: Workshop) -> None:
    backend = scripted(GOOD, cost=0.25)
    first = await workshop.generate("compute", backend)
    second = await workshop.generate("compute", backend)
    assert second.cached
    assert (second.code, second.imports, second.checks) == (first.code, first.imports, first.checks)
    assert second.completions == ()
    assert second.origin is not None
    assert (second.origin.backend, second.origin.cost) == ("scripted", 0.25)
    assert len(backend.prompts) == 1
    assert workshop.usage["cache"] == {"hits": 1, "misses": 1, "hitRate": 0.5}
    assert workshop.usage["cost"] == {"amount": 0.25, "currency": "USD", "estimated": True, "saved": 0.25}


async def test_repaired_reply_is_cached_under_the_first_prompt(workshop: Workshop) -> None:
    await workshop.generate("compute", scripted(TOO_FEW, GOOD))
    assert (await workshop.generate("compute", scripted())).code == GOOD


async def test_another_model_backend_or_instruction_is_another_request(workshop: Workshop) -> None:
    await workshop.generate("compute", scripted(GOOD))
    assert not (await workshop.generate("compute", scripted(GOOD, model="m"))).cached
    assert not (await workshop.generate("compute", scripted(GOOD, name="other"))).cached
    assert not (await workshop.generate("compute", scripted(GOOD), instructions="be quick")).cached


async def test_edit_elsewhere_in_the_file_leaves_the_cached_reply_valid(workshop: Workshop) -> None:
    await workshop.generate("compute", scripted(GOOD))
    file = workshop.root / "billing.py"
    file.write_text("# Billing.\n\n" + file.read_text() + "\n\nLAST = 1\n")
    assert (await workshop.generate("compute", scripted())).cached


async def test_cached_reply_that_no_longer_fits_is_dropped_and_asked_for_anew(workshop: Workshop) -> None:
    with_import = "from rates import rate\n\ndef compute(rows, n):\n    return rate(rows) * n\n"
    workshop.write("rates.py", "def rate(rows):\n    return 1\n")
    await workshop.generate("compute", scripted(with_import))
    workshop.write("rates.py", "RATE = 1\n")
    draft = await workshop.generate("compute", scripted(GOOD))
    assert (draft.code, draft.cached) == (GOOD, False)


async def test_fresh_request_passes_the_cache_by_and_replaces_its_reply(workshop: Workshop) -> None:
    await workshop.generate("compute", scripted(GOOD))
    assert (await workshop.generate("compute", scripted(BETTER), fresh=True)).code == BETTER
    assert (await workshop.generate("compute", scripted())).code == BETTER


async def test_skeleton_needs_neither_budget_nor_cache(workshop: Workshop) -> None:
    workshop.budget(per_day=0.0)
    draft = await workshop.generate("compute", SkeletonBackend())
    assert "raise NotImplementedError" in draft.code
    assert workshop.cache.stats()["memory"]["entries"] == 0
    assert workshop.usage["cache"] == {"hits": 0, "misses": 0, "hitRate": 0.0}
    assert workshop.usage["generations"]["succeeded"] == 1
    assert workshop.usage["cost"]["estimated"] is False


async def test_placeholder_of_a_model_is_no_implementation(workshop: Workshop) -> None:
    with pytest.raises(InvalidReply, match="not implemented"):
        await workshop.generate("compute", scripted(*["def compute(rows, n):\n    pass\n"] * 2))


async def test_call_over_the_budget_is_not_made(workshop: Workshop) -> None:
    workshop.budget(per_session=0.001)
    workshop.settings = PRICED
    backend = scripted(GOOD)
    with pytest.raises(BudgetExceeded):
        await workshop.generate("compute", backend)
    assert backend.prompts == []
    assert workshop.usage["generations"]["total"] == 0


async def test_repair_over_the_budget_is_not_made_and_the_first_call_is_paid(workshop: Workshop) -> None:
    workshop.budget(per_session=1.0)
    workshop.settings = PRICED
    backend = scripted(TOO_FEW, GOOD, cost=0.5)
    with pytest.raises(BudgetExceeded):
        await workshop.generate("compute", backend)
    assert len(backend.prompts) == 1
    assert workshop.usage["budget"] == {
        "limit": 1.0, "spent": 0.5, "reserved": 0.0, "remaining": 0.5, "period": "session",
    }  # fmt: skip


async def test_cost_is_estimated_from_tokens_where_the_backend_tells_none(workshop: Workshop) -> None:
    workshop.settings = PRICED
    draft = await workshop.generate("compute", scripted(GOOD, tokens=Tokens(300, 100)))
    assert draft.completions[0].cost == pytest.approx(0.4)
    assert workshop.usage["cost"]["amount"] == pytest.approx(0.4)


async def test_tokens_are_counted_where_the_backend_counts_none(workshop: Workshop) -> None:
    backend = scripted(GOOD)
    await workshop.generate("compute", backend)
    assert workshop.usage["tokens"]["prompt"] == backend.prompts[0].tokens
    assert workshop.usage["tokens"]["completion"] > 0


async def test_failed_call_that_was_not_billed_costs_nothing(workshop: Workshop) -> None:
    workshop.settings = PRICED
    with pytest.raises(ServiceFailed):
        await workshop.generate("compute", scripted(ServiceFailed("down")))
    assert workshop.usage["generations"]["failed"] == 1
    assert workshop.usage["cost"]["amount"] == 0


async def test_failed_call_that_may_have_been_billed_costs_its_estimate(workshop: Workshop) -> None:
    workshop.settings = PRICED
    with pytest.raises(ServiceFailed):
        await workshop.generate("compute", scripted(ServiceFailed("lost", billed=True)))
    assert workshop.usage["cost"]["amount"] > 0


async def test_cancelled_call_is_settled_as_perhaps_billed_and_closed(workshop: Workshop) -> None:
    workshop.settings = PRICED
    backend = Waiting()
    task = asyncio.create_task(workshop.generate("compute", backend))
    await backend.called.wait()
    reserved = workshop.usage["budget"]["reserved"]
    assert reserved > 0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert backend.open == 0
    usage = workshop.usage
    assert usage["generations"] == {"total": 1, "succeeded": 0, "failed": 0, "cancelled": 1, "inFlight": 0}
    assert usage["cost"]["amount"] == pytest.approx(reserved)
    assert usage["budget"]["reserved"] == 0


async def test_deadline_ends_the_call(workshop: Workshop) -> None:
    workshop.settings = replace(PRICED, timeout_seconds=0.01)
    backend = Waiting()
    with pytest.raises(TimedOut, match=r"autogen\.timeout\.seconds") as failure:
        await workshop.generate("compute", backend)
    assert failure.value.billed
    assert backend.open == 0
    assert workshop.usage["generations"]["failed"] == 1
    assert workshop.usage["cost"]["amount"] > 0


async def test_identical_requests_in_flight_share_one_call(workshop: Workshop) -> None:
    backend = Waiting(cost=0.25)
    tasks = [asyncio.create_task(workshop.generate("compute", backend)) for _ in range(3)]
    await backend.called.wait()
    backend.release.set()
    drafts = await asyncio.gather(*tasks)
    assert backend.calls == 1
    assert [draft.code for draft in drafts] == [GOOD] * 3
    assert sorted(draft.cached for draft in drafts) == [False, True, True]
    usage = workshop.usage
    assert usage["generations"]["succeeded"] == 3
    assert usage["cost"]["amount"] == 0.25
    assert usage["cost"]["saved"] == 0.5


async def test_one_of_two_waiters_may_cancel_alone(workshop: Workshop) -> None:
    backend = Waiting()
    first = asyncio.create_task(workshop.generate("compute", backend))
    second = asyncio.create_task(workshop.generate("compute", backend))
    await backend.called.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert backend.open == 1
    backend.release.set()
    assert (await second).code == GOOD


async def test_call_ends_when_the_last_waiter_cancels_and_a_new_one_starts_anew(workshop: Workshop) -> None:
    backend = Waiting()
    tasks = [asyncio.create_task(workshop.generate("compute", backend)) for _ in range(2)]
    await backend.called.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert backend.open == 0
    backend.release.set()
    assert (await workshop.generate("compute", backend)).code == GOOD
    assert backend.calls == 2


async def test_failure_reaches_everybody_who_waits(workshop: Workshop) -> None:
    backend = Waiting(reply="no")
    workshop.settings = replace(workshop.settings, repair_attempts=0)
    tasks = [asyncio.create_task(workshop.generate("compute", backend)) for _ in range(2)]
    await backend.called.wait()
    backend.release.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [InvalidReply, InvalidReply]


async def test_different_requests_run_side_by_side(workshop: Workshop) -> None:
    backend = Waiting()
    other = Waiting(reply="```python\nasync def load(page):\n    return page\n```")
    tasks = [
        asyncio.create_task(workshop.generate("compute", backend)),
        asyncio.create_task(workshop.generate("load", other)),
    ]
    await backend.called.wait()
    await other.called.wait()
    backend.release.set()
    other.release.set()
    assert [draft.code.split("(")[0] for draft in await asyncio.gather(*tasks)] == ["def compute", "async def load"]


async def test_code_is_formatted_by_the_projects_settings(workshop: Workshop) -> None:
    workshop.write("pyproject.toml", "[tool.ruff]\nline-length = 30\n\n[tool.ruff.format]\nquote-style = 'single'\n")
    long = 'def compute(rows, n):\n    return math.fsum(rows) * n * len("abc")\n'
    draft = await workshop.generate("compute", scripted(long))
    assert (
        draft.code
        == "def compute(rows, n):\n    return (\n        math.fsum(rows)\n        * n\n        * len('abc')\n    )\n"
    )
    assert draft.definition == draft.code
    assert draft.checks[-1].detail == "ruff, by pyproject.toml"


async def test_generation_writes_nothing_into_the_workspace(workshop: Workshop) -> None:
    workshop.write("pyproject.toml", "[tool.ruff]\n")
    before = {path: path.read_bytes() for path in workshop.root.rglob("*") if path.is_file()}
    await workshop.generate("compute", scripted(TOO_FEW, GOOD))
    assert {path: path.read_bytes() for path in workshop.root.rglob("*") if path.is_file()} == before


async def test_credentials_reach_neither_prompt_nor_state(workshop: Workshop) -> None:
    secret = "sk-" + "s3cret" * 4
    workshop.settings = replace(workshop.settings, openai_api_key=secret, codegen_token=secret)
    backend = scripted(TOO_FEW, GOOD)
    await workshop.generate("compute", backend)
    assert not any(secret in prompt.text for prompt in backend.prompts)
    rows = workshop.ledger.database.read("SELECT * FROM generation")
    assert secret not in str([tuple(row) for row in rows])


@pytest.mark.parametrize(
    "name", ["pkg.rates", "pkg.nothing", "compute", "total", "load", "Receipt", "Oops", "inner", "later"]
)
async def test_skeleton_backend_gives_every_kind_of_target_as_planned(workshop: Workshop, name: str) -> None:
    workshop.write("pkg/__init__.py", "")
    path = "pkg/shop.py"
    workshop.write(
        path,
        "import pkg.nothing\nfrom pkg.rates import RATE, lookup\n\n\ndef sell(n):\n    def inner(z):\n        ...\n\n"
        "    if inner(lookup(n)) > RATE:\n        raise Oops('no')\n    return Receipt(n)\n",
    )
    where = "billing.py" if name in ("compute", "total", "load", "later") else path
    draft = await workshop.generate(name, SkeletonBackend(), where)
    assert draft.code.strip() == workshop.plan(name, where).skeleton.strip()
    assert [check for check in draft.checks if not check.ok] == []
    assert "placed" not in {check.name for check in draft.checks}  # the whole file is not analysed for it
