"""The health report: what is wrong, what to do, and never a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autogen_lsp.config import Problem, Settings
from autogen_lsp.doctor import health
from autogen_lsp.index.location import index_path
from tests.cli.conftest import Run

SECRET = "sk-very-secret-0123456789"


def part(report: dict[str, object], name: str) -> dict[str, object]:
    parts = report["parts"]
    assert isinstance(parts, list)
    (found,) = [each for each in parts if each["name"] == name]
    return found


def test_report_has_the_promised_shape(tmp_path: Path) -> None:
    report = health(Settings(), [tmp_path])
    assert report["version"] == 1
    assert report["ok"] is True
    assert all(set(each) == {"name", "ok", "detail", "fix"} for each in report["parts"])
    assert all(each["ok"] or each["fix"] for each in report["parts"])


def test_secrets_are_said_to_be_set_and_not_shown(tmp_path: Path) -> None:
    settings = Settings(
        codegen_token=SECRET,
        codegen_org_id=42,
        openai_api_key=SECRET,
        openai_base_url=f"https://user:{SECRET}@example.org/v1",
        openai_model="small",
    )
    report = health(settings, [tmp_path])
    assert SECRET not in json.dumps(report)
    assert "token set" in str(part(report, "codegen")["detail"])
    assert "key set" in str(part(report, "openai")["detail"])


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(backend="codegen"), "codegen"),
        (Settings(backend="codegen", codegen_token=SECRET), "codegen"),
        (Settings(backend="openai"), "openai"),
    ],
)
def test_backend_that_would_be_used_but_lacks_something_is_bad(settings: Settings, name: str) -> None:
    report = health(settings)
    assert report["ok"] is False
    assert part(report, name)["ok"] is False
    assert part(report, name)["fix"]


def test_backend_that_is_not_used_may_lack_everything() -> None:
    report = health(Settings(backend="skeleton"))
    assert part(report, "codegen")["ok"] is True
    assert part(report, "openai")["ok"] is True


def test_wrong_settings_are_repeated() -> None:
    report = health(
        Settings(), problems=[Problem("concurrency", "setting autogen.concurrency 'x': must be a whole number")]
    )
    assert part(report, "settings")["ok"] is False
    assert "must be a whole number" in str(part(report, "settings")["detail"])


def test_cache_folder_that_cannot_be_made_is_bad_and_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    report = health(Settings(cache_dir=str(tmp_path / "file" / "cache")))
    found = part(report, "cache folder")
    assert found["ok"] is False
    assert "AUTOGEN_CACHE_DIR" in str(found["fix"])


def test_looking_changes_nothing(tmp_path: Path) -> None:
    health(Settings(cache_dir=str(tmp_path / "cache")), [tmp_path])
    assert list(tmp_path.iterdir()) == []


def test_command_prints_the_report(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--format", "json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["ok"] is True
    assert "everything works" in run("doctor").stdout


def test_command_reports_wrong_environment_with_status_1(run: Run) -> None:
    done = run("doctor", env={"AUTOGEN_BACKEND": "gpt"})
    assert done.returncode == 1
    assert "AUTOGEN_BACKEND" in done.stdout


def test_command_prints_the_path_of_the_full_lock(run: Run) -> None:
    assert Path(run("doctor", "--full-lock").stdout.strip()).is_file()


def test_index_is_reported_once_it_is_built(run: Run, project: Path) -> None:
    before = json.loads(run("doctor", "--format", "json", cwd=project).stdout)
    assert "not built yet" in str(part(before, "index")["detail"])
    run("check", cwd=project)
    after = json.loads(run("doctor", "--format", "json", cwd=project).stdout)
    assert "MB" in str(part(after, "index")["detail"])


def test_damaged_index_is_bad(project: Path, tmp_path: Path) -> None:
    settings = Settings(cache_dir=str(tmp_path / "cache"))
    path = index_path([project], settings)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database" * 100)
    assert part(health(settings, [project]), "index")["ok"] is False
