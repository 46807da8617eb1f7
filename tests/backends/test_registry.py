import subprocess
import sys
import textwrap

import pytest

from autogen_lsp.backends.registry import choose, problem, resolve
from autogen_lsp.config import BACKENDS, Settings
from autogen_lsp.errors import UsageError

CODEGEN = {"codegen_token": "t", "codegen_org_id": 1}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "skeleton"),
        (CODEGEN, "codegen"),
        ({"codegen_token": "t"}, "skeleton"),
        ({"openai_api_key": "k"}, "openai"),
        ({"openai_base_url": "http://127.0.0.1:1/v1"}, "openai"),
        ({**CODEGEN, "openai_api_key": "k"}, "codegen"),
        ({**CODEGEN, "backend": "skeleton"}, "skeleton"),
    ],
)
def test_auto_takes_the_first_backend_that_is_configured(given, name):
    settings = Settings(**given)
    assert resolve(settings) == name
    assert choose(settings).name == name


def test_name_given_wins_over_the_setting():
    assert choose(Settings(backend="codegen"), "skeleton").name == "skeleton"


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(UsageError, match="auto, codegen, openai, skeleton"):
        choose(Settings(), "magic")


def test_every_configurable_backend_can_be_made_without_credentials():
    for name in BACKENDS:
        assert choose(Settings(), name).name in BACKENDS


def test_problem_says_what_is_missing():
    assert problem(Settings()) is None
    assert "CODEGEN_API_TOKEN" in problem(Settings(), "codegen")
    assert "autogen.codegen.orgId" in problem(Settings(codegen_token="t"), "codegen")
    assert "OPENAI_API_KEY" in problem(Settings(), "openai")
    assert problem(Settings(openai_api_key="k"), "openai") is None


def test_choosing_loads_neither_the_sdk_nor_an_http_client():
    code = """
        import sys
        from autogen_lsp.backends.registry import choose
        from autogen_lsp.config import Settings
        for name in ("codegen", "openai", "skeleton"):
            choose(Settings(), name)
        print(sorted({"codegen", "urllib3", "openai", "requests"} & sys.modules.keys()))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr
