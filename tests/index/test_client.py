"""Queries: what is stored is found, and open documents override it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from pathlib import Path

import pytest

from autogen_lsp.index.rows import words
from autogen_lsp.syntax.facts import Incremental, extract
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source

from .conftest import Workspace, contents, names


def test_facts_come_back_as_they_were_extracted(workspace: Workspace) -> None:
    text = "import os\n\nclass A(B):\n    def f(self, x: int = 1):\n        return g(x)(h(y, z=1), g())\n\nA().f()\n"
    path = workspace.write("a.py", text)
    assert workspace.built().facts(path) == extract(Source(path, text.encode()))


def test_calls_and_definitions_are_found_across_files(workspace: Workspace) -> None:
    workspace.write("a.py", "def total(x):\n    return x\n\ntotal(1)\n")
    workspace.write("b.py", "import a\n\na.total(2, key=3)\na.total(4)\n")
    workspace.write("c.py", "def other(): ...\n")
    index = workspace.built()
    assert names(index.calls("total")) == [("a.py", "total"), ("b.py", "total"), ("b.py", "total")]
    assert names(index.definitions("total")) == [("a.py", "total")]
    assert index.calls("total")[1][1].keywords == ("key",)
    assert names(index.calls("total", limit=2)) == [("a.py", "total"), ("b.py", "total")]
    assert index.calls("nothing") == []


def test_names_are_told_apart_by_case_and_need_not_be_ascii(workspace: Workspace) -> None:
    workspace.write("a.py", "Total()\n")
    workspace.write("b.py", "total()\n")
    workspace.write("c.py", "größe()\ngrösse()\n变量()\n")
    index = workspace.built()
    assert names(index.calls("total")) == [("b.py", "total")]
    assert names(index.calls("total", limit=1)) == [("b.py", "total")]
    assert names(index.calls("größe")) == [("c.py", "größe")]
    assert names(index.calls("变量")) == [("c.py", "变量")]


@pytest.mark.parametrize(
    "name", ["my-script", "a b", 'quo"te', "it's", "a*", "NEAR(a b)", "1st", "-", "", "\0", "\ud800"]
)
def test_what_is_no_name_is_not_found_and_does_no_harm(workspace: Workspace, name: str) -> None:
    workspace.write("my-script.py", "import a\na.b()\n")
    index = workspace.built()
    for ask in (index.calls, index.definitions, index.importers, index.derived):
        assert ask(name) == []
    assert not index.says(name)
    assert index.complete and names(index.calls("b")) == [("my-script.py", "b")] and not workspace.problems


def test_files_that_no_python_3_reads_are_counted_below_a_folder(workspace: Workspace) -> None:
    workspace.write("p/a.py", "print 'a'\n")
    workspace.write("p/b.py", "def f():\n    raise Error, 'b'\n")
    opened = workspace.write("p/c.py", "print('c')\n")
    workspace.write("p0/d.py", "exec 'd'\n")
    workspace.write("e.py", "try:\n    pass\nexcept (A, B) as e:\n    raise A('a')\n")
    index = workspace.built()
    assert index.python2(opened.parent) == (2, 3) and index.python2(workspace.root) == (3, 5)
    index.overlay({opened: Source(opened, b"try:\n    pass\nexcept A, e:\n    pass\n")})
    assert index.python2(opened.parent) == (3, 3)


def test_importers_are_found_by_last_component(workspace: Workspace) -> None:
    workspace.write("a.py", "import pkg.money\n")
    workspace.write("b.py", "from pkg import money as m\n")
    workspace.write("c.py", "from .money import Amount\n")
    workspace.write("d.py", "import moneybag\n")
    index = workspace.built()
    assert [path.name for path, _ in index.importers("money")] == ["a.py", "b.py", "c.py"]
    assert [path.name for path, _ in index.importers("Amount")] == ["c.py"]


def test_classes_are_found_by_the_names_of_their_bases(workspace: Workspace) -> None:
    workspace.write("a.py", "class A(Base): ...\nclass B(pkg.Base[int], Other): ...\nclass C(metaclass=Base): ...\n")
    opened = workspace.write("b.py", "class D(Other): ...\n")
    index = workspace.built()
    assert names(index.derived("Base")) == [("a.py", "A"), ("a.py", "B")]
    assert names(index.derived("Other")) == [("a.py", "B"), ("b.py", "D")]
    index.overlay({opened: Source(opened, b"class E(Base): ...\n")})
    assert names(index.derived("Other")) == [("a.py", "B")]
    assert names(index.derived("Base")) == [("a.py", "A"), ("a.py", "B"), ("b.py", "E")]


def test_search_splits_identifiers_and_prefers_the_name(workspace: Workspace) -> None:
    workspace.write("a.py", 'def parseHTTPDate(text):\n    """Read a time stamp."""\n')
    workspace.write("b.py", 'def stamp(http_dates):\n    """Print."""\n')
    workspace.write("c.py", "def unrelated(): ...\n")
    index = workspace.built()
    assert names(index.search("http_date")) == [("a.py", "parseHTTPDate"), ("b.py", "stamp")]
    assert names(index.search(["HTTP", "stamps"], limit=1)) == [("b.py", "stamp")]
    assert index.search("") == index.search("nowhere") == []


def test_words_that_very_many_symbols_share_count_only_by_themselves(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autogen_lsp.index.stored._COMMON", 3)
    workspace.write("a.py", "".join(f"def get_{name}(): ...\n" for name in ("user", "item", "price")))
    workspace.write("b.py", "def get_all_items(): ...\ndef set_all(): ...\ndef drop_all(): ...\n")
    index = workspace.built()
    assert names(index.search("get_price")) == [("a.py", "get_price")]
    assert names(index.search("get_all")) == [("b.py", "get_all_items")]
    assert len(index.search("get")) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parseHTTPDate2", ["parse", "http", "date", "2"]),
        ("__init_subclass__", ["init", "subclass"]),
        ("größeDerZahl", ["größe", "der", "zahl"]),
        ("X", ["x"]),
        ('" OR "', ["or"]),
    ],
)
def test_words_of_identifiers(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_an_open_document_overrides_its_file_everywhere(workspace: Workspace) -> None:
    path = workspace.write("a.py", "def old_name(): ...\n\nold_call()\n")
    workspace.write("b.py", "old_call()\n")
    index = workspace.built()
    source = Source(path, b"import fresh\n\ndef new_name(): ...\n\nnew_call()\n", version=2)
    index.overlay({path: source})
    assert index.facts(path) == extract(source)
    assert names(index.calls("old_call")) == [("b.py", "old_call")]
    assert names(index.calls("new_call")) == [("a.py", "new_call")]
    assert index.definitions("old_name") == []
    assert names(index.definitions("new_name")) == [("a.py", "new_name")]
    assert [found for found, _ in index.importers("fresh")] == [path]
    assert index.search("old") == []
    assert names(index.search("new")) == [("a.py", "new_name")]
    index.overlay({})
    assert names(index.definitions("old_name")) == [("a.py", "old_name")]
    assert index.definitions("new_name") == []


def test_an_open_document_that_is_ignored_or_elsewhere_is_known_by_path_only(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.write(".gitignore", "secret.py\n")
    index = workspace.built()
    documents = {
        path: Source(path, b"class Token(Base): ...\ncall_token(import_token)\n")
        for path in (workspace.root / "secret.py", tmp_path / "elsewhere.py")
    }
    index.overlay(documents)
    assert [index.facts(path) is not None for path in documents] == [True, True]
    assert index.calls("call_token") == index.definitions("Token") == index.derived("Base") == []
    assert index.search("token") == []
    (workspace.root / ".gitignore").unlink()
    index.rescan()
    assert names(index.calls("call_token")) == [("secret.py", "call_token")]


def test_an_index_that_supposes_other_texts_leaves_the_real_one_alone(workspace: Workspace) -> None:
    path = workspace.write("shop.py", "total(1)\n")
    index = workspace.built()
    supposed = index.supposing({path: Source(path, b"def total(x): ...\n\n\ntotal(1)\n")})

    assert [call.start for _, call in supposed.calls("total")] == [20]
    assert [symbol.qualname for _, symbol in supposed.definitions("total")] == ["total"]
    assert [call.start for _, call in index.calls("total")] == [0]
    assert index.definitions("total") == []


def test_a_search_hit_in_an_open_document_has_its_place_of_now(workspace: Workspace) -> None:
    path = workspace.write("a.py", "def total(): ...\n")
    index = workspace.built()
    index.overlay({path: Source(path, b"x = 1\n\n\ndef total(): ...\n")})
    ((_, symbol, _),) = index.search("total")
    assert symbol.start == 8


def test_facts_that_the_caller_has_are_not_made_again(workspace: Workspace) -> None:
    path = workspace.write("a.py", "def f(): ...\n")
    index = workspace.built()
    source = Source(path, b"def g(): ...\n")
    facts = extract(source)
    index.overlay({path: (source, facts)})
    assert index.facts(path) is facts


def test_saving_an_open_document_stores_the_facts_that_it_has(workspace: Workspace) -> None:
    path = workspace.write("a.py", "def f(): ...\n")
    index = workspace.built()
    saved = b"def g(): ...\n"
    given = Incremental().update(
        Source(path, b"def told(): f(1)\n")
    )  # other facts, so that it shows where they come from
    index.overlay({path: (Source(path, saved), given)})
    path.write_bytes(saved)
    index.update(path)
    index.overlay({})
    assert index.facts(path) == given
    path.write_bytes(b"def h(): ...\n")
    index.overlay({path: (Source(path, saved), given)})  # the disk has moved on: the document's facts are not its
    index.update(path)
    index.overlay({})
    assert names(index.definitions("h")) == [("a.py", "h")]


def test_updates_of_written_created_and_deleted_files_are_followed(workspace: Workspace) -> None:
    path = workspace.write("a.py", "one()\n")
    index = workspace.built()
    workspace.write("a.py", "two()\n")
    index.update(path)
    created = workspace.write("b.py", "two()\n")
    index.update(created, Source(created, b"two()\n"))
    assert index.calls("one") == []
    assert names(index.calls("two")) == [("a.py", "two"), ("b.py", "two")]
    path.unlink()
    index.update(path)
    assert index.files() == (created,)
    assert names(index.calls("two")) == [("b.py", "two")]
    assert index.facts(path) is None


def test_the_list_of_files_is_the_same_object_until_one_comes_or_goes(workspace: Workspace) -> None:
    path = workspace.write("a.py", "one()\n")
    index = workspace.built()
    files = index.files()
    workspace.write("a.py", "two()\n")
    index.update(path)
    index.rescan()
    assert index.files() is files
    workspace.write("b.py", "two()\n")
    index.rescan()
    assert index.files() is not files


def test_an_ignored_file_is_not_taken_in_by_an_update(workspace: Workspace) -> None:
    workspace.write(".gitignore", "secret.py\n")
    index = workspace.built()
    path = workspace.write("secret.py", "f()\n")
    index.update(path)
    assert index.files() == ()
    assert index.facts(path) is None


def test_rescan_follows_new_ignore_rules_and_another_branch(workspace: Workspace) -> None:
    workspace.write("a.py", "on_main()\n")
    workspace.write("pkg/b.py", "f()\n")
    index = workspace.built()

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=n", "-c", "user.email=e"]
        subprocess.run(["git", *identity, *arguments], cwd=workspace.root, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "other")
    workspace.write("a.py", "on_other()\n")
    git("rm", "-q", "pkg/b.py")
    git("commit", "-qam", "two")
    index.rescan()
    assert [path.name for path in index.files()] == ["a.py"]
    assert names(index.calls("on_other")) == [("a.py", "on_other")]
    git("checkout", "-q", "main")
    index.rescan()
    assert names(index.calls("on_main")) == [("a.py", "on_main")]
    assert names(index.calls("f")) == [("b.py", "f")]
    workspace.write(".autogenignore", "pkg/\n")
    index.rescan()
    assert index.calls("f") == []


def test_a_restart_finds_everything_without_reading_a_file(workspace: Workspace) -> None:
    path = workspace.write("a.py", "f()\n")
    workspace.built().close()
    index = workspace.open()
    assert index.files() == (path,)
    assert names(index.calls("f")) == [("a.py", "f")]
    assert not index.complete


@pytest.mark.parametrize(("age", "seen"), [(-3600, "g"), (3600, "f")])
def test_a_change_that_keeps_size_and_time_is_seen_where_the_file_was_young(
    workspace: Workspace, age: int, seen: str
) -> None:
    path = workspace.write("a.py", "f()\n")
    at = time.time() - age
    os.utime(path, (at, at))
    index = workspace.built()
    path.write_text("g()\n")
    os.utime(path, (at, at))
    index.rescan()
    assert names(index.calls(seen)) == [("a.py", seen)]


def test_files_that_are_no_text_are_listed_without_facts(workspace: Workspace) -> None:
    good = workspace.write("good.py", "f()\n")
    latin = workspace.root / "latin.py"
    latin.write_bytes(b"# -*- coding: latin-1 -*-\nname = '\xe9'\ng()\n")
    broken = workspace.root / "broken.py"
    broken.write_bytes(b"f()\n\xff\xfe\x00")
    index = workspace.built()
    assert set(index.files()) == {good, latin, broken}
    assert index.facts(broken) is None
    assert names(index.calls("g")) == [("latin.py", "g")]
    broken.write_text("f()\n")
    index.rescan()
    assert names(index.calls("f")) == [("broken.py", "f"), ("good.py", "f")]


def test_a_folder_without_python_is_a_complete_empty_index(workspace: Workspace) -> None:
    workspace.write("readme.txt", "f()\n")
    index = workspace.built()
    assert index.files() == ()
    assert index.calls("f") == index.search("f") == []


def test_nothing_is_written_into_the_workspace(workspace: Workspace) -> None:
    workspace.write("a.py", "f()\n")
    workspace.built(workers=1)
    assert [path.name for path in workspace.root.rglob("*")] == ["a.py"]


async def test_build_runs_beside_the_loop_and_tells_how_far_it_is(workspace: Workspace) -> None:
    for number in range(5):
        workspace.write(f"m{number}.py", f"f{number}()\n")
    index = workspace.open()
    told: list[tuple[str, float | None]] = []
    await index.build(Snapshot((workspace.root,)), lambda stage, fraction: told.append((stage, fraction)))
    await asyncio.sleep(0)
    assert index.complete
    assert told[-1] == ("indexing 5 of 5 files", 1.0)
    assert [fraction for _, fraction in told] == [0.2, 0.4, 0.6, 0.8, 1.0]


async def test_files_beside_open_documents_come_first(workspace: Workspace) -> None:
    workspace.write("a.py", "f()\n" * 100)
    near = workspace.write("pkg/near.py", "f()\n")
    opened = workspace.write("pkg/opened.py", "f()\n")
    index = workspace.open()
    seen: list[list[str]] = []

    def report(stage: str, fraction: float | None) -> None:
        seen.append([path.name for path, _ in index.calls("f")])

    index.rescan(report, near=[opened])
    assert seen[0] in (["near.py"], ["opened.py"])
    assert seen[1] == ["near.py", "opened.py"]
    assert near in index.files()


async def test_a_cancelled_build_stops_and_a_later_one_completes_it(workspace: Workspace) -> None:
    for number in range(30):
        workspace.write(f"m{number}.py", f"f{number}()\n")
    index = workspace.open()
    build: asyncio.Task[None]

    def report(stage: str, fraction: float | None) -> None:
        build.cancel()

    build = asyncio.create_task(index.build(Snapshot((workspace.root,)), report))
    with pytest.raises(asyncio.CancelledError):
        await build
    assert not index.complete
    await index.build(Snapshot((workspace.root,)), lambda stage, fraction: None)
    assert index.complete
    assert contents(index) == contents(workspace.built(cache=workspace.cache.with_name("fresh")))


def test_several_roots_make_one_index(workspace: Workspace, tmp_path: Path) -> None:
    from autogen_lsp.config import Settings
    from autogen_lsp.index.client import Index

    workspace.write("a.py", "f()\n")
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.py").write_text("f()\n")
    index = Index(
        [workspace.root, other], Settings(cache_dir=str(workspace.cache)), workspace.problems.append, workers=0
    )
    workspace.opened.append(index)
    index.rescan()
    assert sorted(names(index.calls("f"))) == [("a.py", "f"), ("b.py", "f")]
