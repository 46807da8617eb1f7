"""The state database: migrated, shared, and never in the way when it is broken."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from autogen_lsp.storage import database as room
from autogen_lsp.storage.database import NAME, open_database
from autogen_lsp.storage.migrations import MIGRATIONS
from tests.storage.conftest import Warnings

ROW = (
    "INSERT INTO generation (id, session, workspace, module, backend, model, status, started, expires, cache)"
    " VALUES (?, 's', 'w', 'a.py', 'codegen', '', 'succeeded', '2026', '2026', 'miss')"
)
COUNT = "SELECT COUNT(*) FROM generation"


def count(database: room.Database) -> int:
    return int(database.read(COUNT)[0][0])


def test_records_survive_a_restart(tmp_path: Path, warnings: Warnings) -> None:
    first = open_database(tmp_path, warnings)
    first.write(ROW, ("1",))
    first.close()
    assert count(open_database(tmp_path, warnings)) == 1
    assert (tmp_path / NAME).stat().st_mode & 0o077 == 0
    assert warnings.problems == []


def test_every_migration_is_run_once_from_any_version(tmp_path: Path, warnings: Warnings) -> None:
    for version in range(len(MIGRATIONS) + 1):
        folder = tmp_path / str(version)
        folder.mkdir()
        with sqlite3.connect(folder / NAME) as old:
            for statements in MIGRATIONS[:version]:
                for statement in statements:
                    old.execute(statement)
            old.execute(f"PRAGMA user_version = {version}")
        database = open_database(folder, warnings)
        assert database.read("PRAGMA user_version")[0][0] == len(MIGRATIONS)
        assert database.read("SELECT * FROM provenance") == []
    assert warnings.problems == []


def test_migration_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_database(tmp_path, warnings).close()
    with sqlite3.connect(tmp_path / NAME) as foreign:
        foreign.execute("CREATE TABLE b (x)")
    with monkeypatch.context() as patch:
        patch.setattr(room, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE a (x)", "CREATE TABLE b (x)")))
        broken = open_database(tmp_path, warnings)
        assert broken.path is None
        assert "memory only" in warnings.text
    again = open_database(tmp_path, warnings)
    assert again.path is not None
    assert again.read("SELECT name FROM sqlite_master WHERE name = 'a'") == []


def test_file_of_a_newer_version_is_left_alone(tmp_path: Path, warnings: Warnings) -> None:
    open_database(tmp_path, warnings).close()
    with sqlite3.connect(tmp_path / NAME) as newer:
        newer.execute("PRAGMA user_version = 99")
    database = open_database(tmp_path, warnings)
    database.write(ROW, ("1",))
    assert count(database) == 1
    assert "newer autogen-lsp" in warnings.text
    with sqlite3.connect(tmp_path / NAME) as newer:
        assert newer.execute(COUNT).fetchone() == (0,)


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4080])
def test_damaged_file_is_set_aside_and_a_new_one_begun(content: bytes, tmp_path: Path, warnings: Warnings) -> None:
    (tmp_path / NAME).write_bytes(content)
    database = open_database(tmp_path, warnings)
    database.write(ROW, ("1",))
    assert database.path == tmp_path / NAME
    assert "set aside" in warnings.text
    (aside,) = tmp_path.glob(f"{NAME}.damaged-*")
    assert aside.read_bytes() == content


def test_page_damaged_in_the_middle_is_noticed(tmp_path: Path, warnings: Warnings) -> None:
    first = open_database(tmp_path, warnings)
    for number in range(2_000):
        first.write(ROW, (str(number),))
    first.read("PRAGMA wal_checkpoint(TRUNCATE)")
    first.close()
    path = tmp_path / NAME
    data = bytearray(path.read_bytes())
    data[4096 * 4 : 4096 * 12] = b"\xa5" * 4096 * 8
    path.write_bytes(data)
    database = open_database(tmp_path, warnings)
    assert "set aside" in warnings.text
    assert count(database) == 0


def test_folder_that_cannot_be_written_gives_a_database_in_memory(locked: Path, warnings: Warnings) -> None:
    database = open_database(locked, warnings)
    database.write(ROW, ("1",))
    assert count(database) == 1
    assert "memory only" in warnings.text
    assert database.path is None


def test_database_that_fails_under_way_goes_on_in_memory_with_its_records(tmp_path: Path, warnings: Warnings) -> None:
    database = open_database(tmp_path, warnings)
    database.write(ROW, ("1",))
    database.read(f"PRAGMA max_page_count = {database.read('PRAGMA page_count')[0][0]}")  # the disk is full
    for number in range(2, 200):
        database.write(ROW, (str(number),))
    assert count(database) == 199
    assert database.path is None
    assert len(warnings.problems) == 1


def test_exception_inside_a_transaction_undoes_it(tmp_path: Path, warnings: Warnings) -> None:
    database = open_database(tmp_path, warnings)

    def work(run: room.Execute) -> None:
        run(ROW, ("1",))
        raise LookupError

    with pytest.raises(LookupError):
        database.transact(work)
    database.write(ROW, ("2",))
    assert count(database) == 1


def test_wrong_statement_is_a_defect_and_not_the_files_fault(tmp_path: Path, warnings: Warnings) -> None:
    database = open_database(tmp_path, warnings)
    with pytest.raises(sqlite3.OperationalError):
        database.read("SELECT nothing FROM nowhere")
    assert database.path is not None
    assert warnings.problems == []


def test_processes_that_open_and_write_at_once_lose_nothing(tmp_path: Path, warnings: Warnings) -> None:
    script = (
        "import sys; from pathlib import Path; from autogen_lsp.storage.database import open_database\n"
        "database = open_database(Path(sys.argv[1]), lambda problem: sys.exit(problem.message))\n"
        f"for n in range(50): database.write({ROW!r}, (sys.argv[2] + str(n),))\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "ab"]
    assert [process.wait(60) for process in running] == [0, 0]
    assert count(open_database(tmp_path, warnings)) == 100
