"""What goes wrong around the index: damaged files, no folder, dead workers, other servers. The index goes on."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from autogen_lsp.config import Settings
from autogen_lsp.index import location, pool, worker
from autogen_lsp.index.client import Index
from autogen_lsp.index.store import Stored

from .conftest import Workspace, contents, names


def wait_until_built(index: Index) -> None:
    """Waits for the build that damage has started (`rescan` takes its turn behind it)."""
    for thread in threading.enumerate():
        if thread.name == "autogen-index":
            thread.join()
    assert index.complete


def test_a_file_that_is_no_database_is_replaced_at_the_start(workspace: Workspace) -> None:
    workspace.write("a.py", "f()\n")
    workspace.built().close()
    workspace.database.write_bytes(b"not a database" * 1000)
    assert names(workspace.built().calls("f")) == [("a.py", "f")]
    (problem,) = workspace.problems
    assert "damaged" in problem.message


def test_damage_found_by_a_query_empties_and_rebuilds_the_index(workspace: Workspace) -> None:
    for number in range(40):
        workspace.write(f"m{number}.py", f"f(g{number}(1))\n" * 50)
    workspace.built().close()
    data = bytearray(workspace.database.read_bytes())
    page = int.from_bytes(data[16:18], "big")
    for at in range(page, len(data), page):
        data[at : at + 200] = b"\xa5" * 200
    workspace.database.write_bytes(data)
    index = workspace.open()
    index.calls("f")
    wait_until_built(index)
    assert len(index.calls("f")) == 40 * 50
    assert [p.message for p in workspace.problems if "damaged" in p.message]


@pytest.mark.parametrize("query", ['"a-b"', "a AND", '"'])
def test_a_wrong_query_is_no_damage(workspace: Workspace, query: str) -> None:
    workspace.write("a.py", "f()\n")
    index = workspace.built()
    with pytest.raises(sqlite3.OperationalError):
        index._store.read("SELECT rowid FROM names WHERE names MATCH ?", (query,))
    assert names(index.calls("f")) == [("a.py", "f")] and not workspace.problems


def test_a_row_that_cannot_be_decoded_is_damage(workspace: Workspace) -> None:
    path = workspace.write("a.py", "f()\n")
    workspace.built().close()
    with sqlite3.connect(workspace.database) as database:
        database.execute("UPDATE contents SET head = x'c1', calls = x'c1'")
    database.close()
    index = workspace.open()
    assert index.facts(path) is None
    wait_until_built(index)
    assert names(index.calls("f")) == [("a.py", "f")]
    assert len(workspace.problems) == 1


def test_a_damaged_row_does_not_stop_its_replacement(workspace: Workspace) -> None:
    path = workspace.write("a.py", "f()\n")
    workspace.built().close()
    with sqlite3.connect(workspace.database) as database:
        database.execute("UPDATE contents SET head = x'c1'")
    database.close()
    index = workspace.open()
    path.write_text("g() # longer\n")
    index.update(path)
    index.rescan()
    assert names(index.calls("g")) == [("a.py", "g")]
    assert index.complete


def test_without_a_cache_folder_the_index_lives_in_memory(workspace: Workspace, tmp_path: Path) -> None:
    workspace.write("a.py", "f()\n")
    blocked = tmp_path / "file"
    blocked.write_text("")
    index = workspace.built(cache=blocked)
    assert names(index.calls("f")) == [("a.py", "f")]
    (problem,) = workspace.problems
    assert "memory" in problem.message and problem.key == "cache.dir"


def test_the_index_in_memory_can_be_asked_while_it_is_built(workspace: Workspace, tmp_path: Path) -> None:
    for number in range(30):
        workspace.write(f"m{number}.py", "f()\n")
    blocked = tmp_path / "file"
    blocked.write_text("")
    index = workspace.open(cache=blocked)
    counts: list[int] = []
    index.rescan(lambda stage, fraction: counts.append(len(index.calls("f"))))
    assert counts == list(range(1, 31))


def test_a_database_that_vanishes_is_made_again_by_the_next_start(workspace: Workspace) -> None:
    workspace.write("a.py", "f()\n")
    index = workspace.built()
    workspace.database.unlink()
    assert names(index.calls("f")) == [("a.py", "f")]
    index.close()
    assert names(workspace.built().calls("f")) == [("a.py", "f")]


def test_a_database_that_is_removed_under_a_running_server_is_begun_anew(workspace: Workspace) -> None:
    workspace.write("a.py", "f()\n")
    path = workspace.write("b.py", "f()\n")
    index = workspace.built()
    workspace.database.unlink()
    path.write_text("g()\n")
    index.update(path)
    assert names(index.calls("g")) == [("b.py", "g")]
    index.rescan()
    assert index.complete
    assert names(index.calls("f")) == [("a.py", "f")]
    assert names(index.calls("g")) == [("b.py", "g")]
    assert workspace.database.exists()


def test_a_full_disk_moves_the_index_into_memory(workspace: Workspace) -> None:
    workspace.write("a.py", "f()\n")
    index = workspace.built()
    pages = sqlite3.connect(workspace.database).execute("PRAGMA page_count").fetchone()[0]
    index._store._writer.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(20):
        workspace.write(f"m{number}.py", f"f(g{number}())\n" * 500)
    index.rescan()
    index.calls("f")
    wait_until_built(index)
    assert len(index.calls("f")) == 1 + 20 * 500
    (problem,) = workspace.problems
    assert "full" in problem.message and "memory" in problem.message


def test_a_closed_index_finds_nothing_and_leaves_its_file_alone(workspace: Workspace) -> None:
    path = workspace.write("a.py", "f()\n")
    index = workspace.built()
    index.close()
    path.write_text("g()\n")
    index.update(path)
    assert index.calls("f") == []
    assert workspace.problems == []
    assert names(workspace.open().calls("f")) == [("a.py", "f")]


def test_what_changes_during_a_build_is_not_overwritten_by_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.write("a.py", "before()\n")
    workspace.write("b.py", "other()\n")
    index = workspace.open()
    put = index._store.put
    first = iter([True])

    def put_late(files: Iterable[Stored]) -> None:
        """Before the build stores what it has read, the file is changed and the change reported."""
        if next(first, False):
            path.write_text("after()\n")
            index.update(path)
        put(files)

    monkeypatch.setattr(index._store, "put", put_late)
    index.rescan()
    assert names(index.calls("after")) == [("a.py", "after")]
    assert index.calls("before") == []


def test_another_schema_gets_a_file_of_its_own(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.write("a.py", "f()\n")
    workspace.built()
    old = workspace.database
    with sqlite3.connect(old) as database:
        database.execute("ALTER TABLE contents RENAME TO other")
    database.close()
    monkeypatch.setattr("autogen_lsp.__version__", "999")
    index = workspace.built()
    assert names(index.calls("f")) == [("a.py", "f")]
    assert old.exists() and workspace.problems == []


def test_files_of_other_versions_and_of_forgotten_workspaces_are_removed(workspace: Workspace) -> None:
    path = location.index_path([workspace.root], Settings(cache_dir=str(workspace.cache)))
    folder = path.parent
    folder.mkdir(parents=True)
    roots = path.name.partition("-")[0]
    names_and_days = {
        f"{roots}-old.index": 3,
        f"{roots}-young.index": 1,
        "other-used.index": 30,
        "other-unused.index": 61,
    }
    for name, days in names_and_days.items():
        (folder / name).write_bytes(b"")
        at = path.parent.stat().st_mtime - days * 86_400
        os.utime(folder / name, (at, at))
    workspace.built()
    left = {file.name for file in folder.glob("*.index")}
    assert left == {path.name, f"{roots}-young.index", "other-used.index"}


@pytest.fixture
def fragile_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that die of any file that holds the word KILL."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "fragile_worker.py").write_text(
        "import os\n"
        "from autogen_lsp.index import pool, worker\n"
        "def answer(request):\n"
        "    for job in worker.decode_jobs(request):\n"
        "        if b'KILL' in open(job.path, 'rb').read():\n"
        "            os._exit(9)\n"
        "    return worker.answer(request)\n"
        "pool.serve(answer)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    monkeypatch.setattr(worker, "MODULE", "fragile_worker")


@pytest.mark.usefixtures("fragile_worker")
def test_a_file_that_kills_the_worker_is_set_aside_and_the_others_are_indexed(workspace: Workspace) -> None:
    for number in range(60):
        workspace.write(f"m{number}.py", "f()\n" + "#" * 5000)
    bad = workspace.write("bad.py", "f() # KILL\n" + "#" * 5000)
    index = workspace.built(workers=2)
    assert len(index.calls("f")) == 60
    facts = index.facts(bad)
    assert facts is not None and facts.dynamic and facts.errors
    workspace.write("bad.py", "f()\n")
    index.rescan()
    assert len(index.calls("f")) == 61


def test_a_worker_whose_parent_is_gone_ends_without_a_word(workspace: Workspace) -> None:
    file = workspace.write("a.py", "f()\n" * 50_000)
    started = subprocess.Popen(
        [sys.executable, "-m", worker.MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert started.stdin and started.stdout and started.stderr
    length = len(pool._READY) + 8
    assert started.stdout.read(length).endswith(pool._READY)
    started.stdout.close()
    request = worker.encode_jobs([worker.Job(file.as_posix())])
    started.stdin.write(len(request).to_bytes(8, "big") + request)
    started.stdin.close()
    assert started.stderr.read() == b""
    assert started.wait(60) == 0


def test_where_workers_do_not_start_the_files_are_read_here(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write("a.py", "f()\n" + "#" * 300_000)
    monkeypatch.setattr(worker, "MODULE", "no_such_module")
    assert names(workspace.built(workers=2).calls("f")) == [("a.py", "f")]


def test_workers_give_the_same_index_as_one_process(workspace: Workspace) -> None:
    for number in range(80):
        workspace.write(
            f"m{number}.py", f"def f{number}(a, b=1):\n    '''Doc {number}.'''\n    f{number - 1}(a)\n" * 100
        )
    assert contents(workspace.built(workers=2)) == contents(workspace.built(cache=workspace.cache.with_name("other")))


def test_worker_modules_are_not_taken_from_the_current_folder(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write("json.py", "raise SystemExit(1)\n" + "#" * 300_000)
    workspace.write("msgspec.py", "raise SystemExit(1)\nf()\n")
    monkeypatch.chdir(workspace.root)
    assert names(workspace.built(workers=1).calls("f")) == [("msgspec.py", "f")]


_OTHER_SERVER = """
import sys
from pathlib import Path
from autogen_lsp.config import Settings
from autogen_lsp.index.client import Index
index = Index([Path(sys.argv[1])], Settings(cache_dir=sys.argv[2]), print, workers=0)
sys.stdin.readline()
index.rescan()
print(index.complete, len(index.calls("f")))
index.close()
"""


def test_two_servers_may_build_one_index_at_once(workspace: Workspace) -> None:
    for number in range(150):
        workspace.write(f"m{number}.py", "def f(): ...\nf()\n" * (number % 7 + 1))
    expected = sum(number % 7 + 1 for number in range(150))
    arguments = [sys.executable, "-c", _OTHER_SERVER, str(workspace.root), str(workspace.cache)]
    servers = [subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs: list[str] = []
    for server in servers:
        assert server.stdin is not None
        server.stdin.write("go\n")
        server.stdin.flush()
    for server in servers:
        outputs.append(server.communicate(timeout=60)[0].strip())
    assert outputs == [f"True {expected}"] * 2
    assert contents(workspace.built()) == contents(workspace.built(cache=workspace.cache.with_name("fresh")))


def test_what_another_server_stored_is_seen_at_once(workspace: Workspace) -> None:
    path = workspace.write("a.py", "old()\n")
    one, two = workspace.built(), workspace.built()
    assert one.facts(path) == two.facts(path)
    workspace.write("a.py", "new_one()\n")
    two.update(path)
    assert one.facts(path) == two.facts(path)
    assert names(one.calls("new_one")) == [("a.py", "new_one")]
