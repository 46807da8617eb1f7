"""What all tests share: the user's folders and credentials are out of reach, and CI may forbid skips."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

# Credentials and settings of whoever runs the tests must not change their outcome, nor be spent.
_PERSONAL = ("AUTOGEN_", "CODEGEN_", "OPENAI_")
_KEPT = ("AUTOGEN_FORBID_SKIPS", "AUTOGEN_DEBUG")


@pytest.fixture(autouse=True, scope="session")
def scratch_home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A home folder for this run: caches, state and settings of the user are neither read nor written."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(_PERSONAL) and name not in _KEPT:
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("USERPROFILE", str(home))
        patch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
        patch.setenv("XDG_STATE_HOME", str(home / ".local/state"))
        patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
        patch.setenv("XDG_DATA_HOME", str(home / ".local/share"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield home


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        _refuse(report)
    return report


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where ``AUTOGEN_FORBID_SKIPS=1`` (in CI, which installs every program), a skip is a failure."""
    if os.environ.get("AUTOGEN_FORBID_SKIPS") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped, which AUTOGEN_FORBID_SKIPS=1 forbids: {reason}"
