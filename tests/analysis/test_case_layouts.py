"""The cases in code that is laid out otherwise: tabs, line ends, nesting, accessors, overloads, guards, packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Settings
from autogen_lsp.workspace.snapshot import Snapshot
from tests.support.actions import check

METHOD = """\
class A:
    def g(self) -> None:
        self.{}m(1)
{}
    def h(self) -> None:
        pass
"""
MADE = """
    def m(self, arg1: int) -> None:
        raise NotImplementedError
"""


@pytest.mark.parametrize(
    "lay_out",
    [
        lambda text: text.replace("    ", "\t"),
        lambda text: text.replace("    ", "  "),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("    ", "\t").replace("\n", "\r\n"),
        lambda text: (
            "class Outer:\n" + "".join(f"    {line}" if line.strip() else line for line in text.splitlines(True))
        ),
        lambda text: text.replace("class A", "@final\nclass A[T](Base, metaclass=Meta)"),
    ],
    ids=["tabs", "two spaces", "crlf", "tabs and crlf", "nested class", "decorated class with type parameters"],
)
def test_row_7_a_method_in_any_layout(lay_out: Callable[[str], str]) -> None:
    check(lay_out(METHOD.format("$0", "")), lay_out(METHOD.format("", MADE)))


def test_row_7_after_all_accessors_of_a_property() -> None:
    start = """\
class A:
    @property
    def p(self) -> int:
        return self.{}m()

    @p.setter
    def p(self, v: int): ...
"""
    made = "\n    def m(self) -> int:\n        raise NotImplementedError\n"
    end = "\n    def h(self): ...\n"
    check(start.format("$0") + end, start.format("") + made + end)


def test_row_7_after_the_implementation_of_overloads() -> None:
    start = """\
from typing import overload


class A:
    @overload
    def g(self, x: int) -> int: ...
    @overload
    def g(self, x: str) -> str: ...
    def g(self, x):
        return self.{}m(x)
"""
    made = "\n    def m(self, x):\n        raise NotImplementedError\n"
    end = "\n    def h(self): ...\n"
    check(start.format("$0") + end, start.format("") + made + end)


def test_row_5_under_the_main_guard_it_goes_before_the_guard() -> None:
    guard = '\n\nif __name__ == "__main__":\n    main()\n    {}f(1)\n'
    made = "\n\ndef f(arg1: int) -> None:\n    raise NotImplementedError\n"
    check(f"def main(): ...\n{guard.format('$0')}", f"def main(): ...\n{made}{guard.format('')}")


def test_row_1_in_a_conditional_definition_it_goes_before_the_suite() -> None:
    before = "try:\n    import fast\nexcept ImportError:\n    def g() -> int:\n        return {}f(1)\n"
    made = "def f(arg1: int) -> int:\n    raise NotImplementedError\n\n\n"
    check(before.format("$0"), made + before.format(""))


def test_row_14_a_module_with_a_stub_beside_it_is_created_in_the_module() -> None:
    check(
        "//- mod.pyi\ndef a() -> None: ...\n//- mod.py\ndef a():\n    pass\n//- main.py\nimport mod\n\nmod.$0f(1)\n",
        "//- mod.py\ndef a():\n    pass\n\n\ndef f(arg1: int) -> None:\n    raise NotImplementedError\n"
        "//- main.py\nimport mod\n\nmod.f(1)\n",
    )


def test_row_15_in_a_package_below_src_by_a_relative_import() -> None:
    check(
        """\
//- src/pkg/__init__.py
from .a import thing
//- src/pkg/a.py
from .b import $0helper


class K: ...


def thing(ks: list[K]) -> K:
    return helper(ks, key="x")
//- src/pkg/b.py
"Doc."
""",
        """\
//- src/pkg/a.py
from .b import helper


class K: ...


def thing(ks: list[K]) -> K:
    return helper(ks, key="x")
//- src/pkg/b.py
"Doc."

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .a import K


def helper(ks: "list[K]", *, key: str) -> "K":
    raise NotImplementedError
""",
    )


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("lib/__init__.py lib/ext/commands/__init__.py lib/ext/commands/core.py", "lib.ext.commands.core"),
        ("src/lib/__init__.py src/lib/ext/commands/__init__.py src/lib/ext/commands/core.py", "lib.ext.commands.core"),
        ("lib/__init__.py lib/ext/core.py", "lib.ext.core"),
        ("tests/__init__.py tests/fixtures/site/app/__init__.py tests/fixtures/site/app/core.py", "app.core"),
        ("tests/__init__.py tests/site/app/__init__.py tests/site/app/core.py", "app.core"),
        ("lib/__init__.py lib/_vendor/six/__init__.py lib/_vendor/six/core.py", "six.core"),
        ("lib/__init__.py lib/my-plugin/app/__init__.py lib/my-plugin/app/core.py", "app.core"),
        ("lib/__init__.py lib/new/setup.py lib/new/app/__init__.py lib/new/app/core.py", "app.core"),
    ],
)
def test_a_module_is_named_as_it_is_imported(tmp_path: Path, place: str, name: str) -> None:
    for each in place.split():
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each).touch()
    project = Project(Snapshot((tmp_path,), {}, Settings()))
    assert project.module_name(tmp_path / place.split()[-1]) == name
    found = project.resolve_module(name, 0, tmp_path / place.split()[-1])
    assert found.path == tmp_path / place.split()[-1]
