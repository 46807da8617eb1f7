"""Types that grow with the program stay small: unions of many members, and what is nested in itself."""

from __future__ import annotations

import time
from pathlib import Path

from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.project import Project
from autogen_lsp.analysis.types import Type, builtin, members, named, parts, union
from autogen_lsp.workspace.snapshot import Snapshot


def _iterator(of: Type | None) -> Type:
    return named("collections.abc", "Iterator", of)


def _nested(innermost: str, levels: int) -> Type | None:
    type_: Type | None = named("module", innermost)
    for _ in range(levels):
        type_ = union([builtin("tuple", type_, _iterator(type_)), named("collections.abc", "Sequence", type_)])
    return type_


def test_unions_of_nested_types_stay_small() -> None:
    found = union(_iterator(_nested(name, 12)) for name in ("A", "B", "C", "D"))
    assert sum(1 for _ in parts(found)) < 500


def test_of_very_many_members_nothing_is_known() -> None:
    assert union(named("module", f"C{n}") for n in range(100)) is None


def test_what_lies_shallow_is_kept() -> None:
    kept = builtin("dict", builtin("str"), builtin("list", builtin("tuple", builtin("int"), named("module", "C"))))
    assert list(members(union([kept, builtin("str")]))) == [kept, builtin("str")]


def test_elements_of_a_subclass_are_absorbed() -> None:
    base, derived = named("module", "Base"), named("module", "Derived")

    def is_subclass(narrow: Type, wide: Type) -> bool:
        return (narrow, wide) == (derived, base)

    wide = _iterator(union([base, builtin("int")]))
    assert union([wide, _iterator(derived)], is_subclass) == wide
    assert union([wide, _iterator(builtin("str"))], is_subclass) != wide


def test_a_long_function_that_uses_few_names_very_often_is_looked_at_in_seconds(tmp_path: Path) -> None:
    lines = "".join(f"    M += f.get({i}).x.T\n    if M.a:\n        f = f.get(M, {i})\n" for i in range(3_000))
    path = tmp_path / "made.py"
    path.write_text(
        f"from lib import f as make\n\ndef run(f=make):\n    M = f.get(1).y\n{lines}    return M.missing()\n"
    )
    (tmp_path / "lib.py").write_text("class C:\n    def get(self, *x) -> 'C': ...\n\ndef f() -> C: ...\n")
    project = Project(Snapshot((tmp_path,)), caches=Caches())
    started = time.process_time()
    find(project, path)
    assert time.process_time() - started < 8
