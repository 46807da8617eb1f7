"""``generate`` with backends that cost money, over real HTTP, against the stand-in of the services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from autogen_lsp.backends.standin import Fault, StandIn
from tests.cli.conftest import Run

TOKEN = "tok-for-tests-only"


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn(token=TOKEN, org_id=42) as server:
        yield server


@pytest.fixture
def openai(standin: StandIn, tmp_path: Path) -> dict[str, str]:
    return {
        "AUTOGEN_BACKEND": "openai",
        "OPENAI_BASE_URL": f"{standin.url}/v1",
        "OPENAI_API_KEY": TOKEN,
        "OPENAI_MODEL": "small",
        "AUTOGEN_CACHE_DIR": str(tmp_path / "cache"),
        "AUTOGEN_STATE_DIR": str(tmp_path / "state"),
    }


@pytest.fixture
def codegen(standin: StandIn, tmp_path: Path) -> dict[str, str]:
    pytest.importorskip("codegen", reason="the Codegen SDK is not installed")
    return {
        "AUTOGEN_BACKEND": "codegen",
        "CODEGEN_API_BASE_URL": standin.url,
        "CODEGEN_API_TOKEN": TOKEN,
        "CODEGEN_ORG_ID": "42",
        "AUTOGEN_CACHE_DIR": str(tmp_path / "cache"),
        "AUTOGEN_STATE_DIR": str(tmp_path / "state"),
    }


PRICES = ("--set", "price.perRun=0.25", "--set", "price.perMillionInput=1", "--set", "price.perMillionOutput=2")
GREET = ("generate", "main.py", "--symbol", "greet", *PRICES)


@pytest.mark.parametrize("backend", ["openai", "codegen"])
def test_body_is_written_and_accounted_for(
    run: Run, project: Path, standin: StandIn, backend: str, request: pytest.FixtureRequest
) -> None:
    env = request.getfixturevalue(backend)
    done = run(*GREET, "--write", "--format", "json", cwd=project, env=env)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["status"] == "written"
    assert document["provenance"]["backend"] == backend
    assert document["provenance"]["status"] == "applied"
    assert document["usage"]["cost"]["amount"] > 0
    assert document["usage"]["cost"]["estimated"] is True
    assert "def greet(" in (project / "main.py").read_text()
    assert TOKEN not in done.stdout + done.stderr
    report = json.loads(run("usage", "--by", "backend", "--format", "json", cwd=project, env=env).stdout)
    assert [group["key"] for group in report["groups"]] == [backend]


def test_same_request_is_paid_once(run: Run, project: Path, standin: StandIn, openai: dict[str, str]) -> None:
    first = run(*GREET, "--format", "json", cwd=project, env=openai)
    asked = len(standin.requests)
    second = json.loads(run(*GREET, "--format", "json", cwd=project, env=openai).stdout)
    assert first.returncode == 0, first.stderr
    assert len(standin.requests) == asked > 0
    assert second["provenance"]["cached"] is True
    stats = json.loads(run("cache", "stats", "--format", "json", env=openai).stdout)
    assert stats["disk"]["entries"] == 1
    assert json.loads(run("cache", "clear", "--format", "json", env=openai).stdout)["removed"] == 1
    run(*GREET, cwd=project, env=openai)
    assert len(standin.requests) > asked


def test_reply_that_cannot_be_used_is_status_1_and_touches_nothing(
    run: Run, project: Path, standin: StandIn, openai: dict[str, str]
) -> None:
    standin.reply = lambda prompt: "I am sorry, I cannot help with that."
    before = (project / "main.py").read_text()
    done = run(*GREET, "--write", "--format", "json", cwd=project, env=openai)
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["status"] == "failed"
    assert document["edits"] == []
    assert document["error"] in done.stderr.replace("autogen-lsp: ", "")
    assert (project / "main.py").read_text() == before


@pytest.mark.parametrize(
    ("status", "exit_status"), [(401, 2), (402, 1), (403, 1), (404, 1), (500, 1)], ids=lambda value: str(value)
)
def test_refusal_of_the_service_is_one_line(
    run: Run, project: Path, standin: StandIn, openai: dict[str, str], status: int, exit_status: int
) -> None:
    standin.chats.extend([Fault(status=status, body="{}")] * 5)
    done = run(*GREET, cwd=project, env=openai)
    assert done.returncode == exit_status, done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_budget_stops_a_call_before_it_is_made(
    run: Run, project: Path, standin: StandIn, openai: dict[str, str]
) -> None:
    done = run(*GREET, "--set", "budget.perDay=0.000001", cwd=project, env=openai)
    assert done.returncode == 1
    assert "budget" in done.stderr
    assert standin.requests == []


def test_prompt_reaches_no_service(run: Run, project: Path, standin: StandIn, openai: dict[str, str]) -> None:
    done = run("prompt", "main.py", "--symbol", "greet", cwd=project, env=openai)
    assert done.returncode == 0, done.stderr
    assert standin.requests == []


def test_batch_stops_at_its_largest_cost(run: Run, project: Path, standin: StandIn, openai: dict[str, str]) -> None:
    done = run("batch", *PRICES, "--max-cost", "0.000001", "--format", "json", cwd=project, env=openai)
    assert done.returncode == 1
    assert {result["status"] for result in json.loads(done.stdout)["results"]} == {"failed"}
    assert standin.requests == []
