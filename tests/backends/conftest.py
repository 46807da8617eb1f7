from collections.abc import Iterator

import pytest

from autogen_lsp.backends.base import Prompt
from autogen_lsp.backends.standin import StandIn
from autogen_lsp.config import Settings

TOKEN = "tok-for-tests-only"


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn(token=TOKEN, org_id=42) as server:
        yield server


@pytest.fixture
def settings(standin: StandIn, tmp_path, monkeypatch) -> Settings:
    monkeypatch.setenv("HOME", str(tmp_path))  # the SDK looks into ~/.codegen
    return Settings(
        codegen_token=TOKEN,
        codegen_org_id=42,
        codegen_base_url=standin.url,
        openai_base_url=f"{standin.url}/v1",
        openai_api_key=TOKEN,
        openai_model="small",
        timeout_seconds=20.0,
    )


@pytest.fixture
def prompt() -> Prompt:
    skeleton = "def total(items: list[int]) -> int:\n    raise NotImplementedError\n"
    return Prompt(text=f"Write it.\n\n```python\n{skeleton}```\n", skeleton=skeleton, name="total", recipe="0" * 64)


@pytest.fixture
def stages() -> list[str]:
    return []


@pytest.fixture
def report(stages: list[str]):
    return lambda stage, fraction: stages.append(stage)
