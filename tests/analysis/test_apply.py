"""Plans put into the text as it is now: re-anchored, refused, in the file's own layout."""

from __future__ import annotations

import pytest

from autogen_lsp.analysis import apply, plan, targets
from autogen_lsp.analysis.model import NeededImport, TargetKind
from autogen_lsp.analysis.project import Project
from autogen_lsp.errors import EditRefused
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from tests.support.actions import Workspace, workspace, written


def edited(space: Workspace, text: str) -> Project:
    """The project with the cursor's file changed in an open buffer."""
    document = Source(space.path, text.encode(), version=7)
    return Project(Snapshot((space.root,), {space.path: document}))


def realised(before: str, code: str, *imports: NeededImport) -> str:
    with workspace(before) as space:
        made = space.plan()
        return written(space, apply.realise(space.project, made, code, imports))[space.path.name]


def test_an_edit_made_meanwhile_moves_the_place() -> None:
    with workspace("def g():\n    return $0f(1)\n") as space:
        made = space.plan()
        now = edited(space, "import os\n\n\ndef g():\n    return 2 + f(1)\n\n\nx = 1\n")
        (file,) = apply.realise(now, made, made.skeleton).files
        assert file.version == 7
        source = now.source(space.path)
        assert source is not None
        assert file.apply(source.text).decode() == (
            "import os\n\n\ndef g():\n    return 2 + f(1)\n\n\n"
            "def f(arg1: int):\n    raise NotImplementedError\n\n\nx = 1\n"
        )


def test_what_was_defined_meanwhile_is_refused() -> None:
    with workspace("def g():\n    return $0f(1)\n") as space:
        made = space.plan()
        with pytest.raises(EditRefused, match=r"'f' has been defined in main\.py meanwhile"):
            apply.realise(edited(space, "def g():\n    return f(1)\n\n\ndef f(n): ...\n"), made, made.skeleton)


def test_a_method_whose_class_is_gone_is_refused() -> None:
    with workspace("class A:\n    def g(self):\n        self.$0f()\n") as space:
        made = space.plan()
        with pytest.raises(EditRefused, match="no place"):
            apply.realise(edited(space, "x = 1\n"), made, made.skeleton)


def test_a_file_that_exists_by_now_is_not_overwritten() -> None:
    with workspace("//- pkg/__init__.py\n//- main.py\nfrom pkg.$0new import f\n") as space:
        made = space.plan()
        (space.root / "pkg/new.py").write_text("x = 1\n")
        with pytest.raises(EditRefused, match="exists by now"):
            apply.realise(Project(space.project.snapshot), made, made.skeleton)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_are_those_of_the_file(end: str) -> None:
    before = "class A:\n    def g(self):\n        return self.$0f(print)\n\nx = 1\n".replace("\n", end)
    after = realised(before, "def f(self):\n    return 1\n")
    assert after == (
        "class A:\n    def g(self):\n        return self.f(print)\n\n"
        "    def f(self):\n        return 1\n\n\nx = 1\n".replace("\n", end)
    )
    assert after.count("\n") == after.count(end) == 9


def test_strings_keep_their_insides_and_docstrings_move() -> None:
    code = '''\
def f(self):
    """Doc.

    More.
    """
    return """a
  b
"""
'''
    assert (
        realised("class A:\n    def g(self):\n        return self.$0f()\n", code)
        == '''\
class A:
    def g(self):
        return self.f()

    def f(self):
        """Doc.

        More.
        """
        return """a
  b
"""
'''
    )


def test_code_gets_the_file_s_own_indentation() -> None:
    after = realised("class A:\n  def g(self):\n    return self.$0f()\n", "def f(self):\n    if 1:\n        return 2\n")
    assert after.endswith("  def f(self):\n    if 1:\n      return 2\n")


def test_imports_of_the_code_are_added_and_unused_ones_of_the_plan_are_not() -> None:
    before = "from decimal import Decimal\n\nimport tools\n\ntools.$0f(Decimal(1))\n//- tools.py\n"
    with workspace(f"//- main.py\n{before}") as space:
        made = space.plan()
        assert [item.name for item in made.imports] == ["Decimal"]
        code = "def f(price):\n    return json.dumps(price)\n"
        result = written(space, apply.realise(space.project, made, code, (NeededImport("json"),)))
        assert result["tools.py"] == f"import json\n\n\n{code}"


def test_a_file_without_final_newline_gets_one() -> None:
    assert realised("def g():\n    $0f()", "def f():\n    pass\n") == "def g():\n    f()\n\n\ndef f():\n    pass\n"


STUB = '''\
class A:
    @staticmethod
    def f(
        a: int,
    ) -> int:
        """What it does."""
        # TODO: write it
        ...  # soon

    def g(self): pass  # noqa
'''


def test_a_stub_is_replaced_in_place_with_its_decorators() -> None:
    with workspace(STUB + "$0") as space:
        target = targets.by_qualname(space.project, space.path, "A.f")
        assert target is not None and target.kind is TargetKind.STUB
        made = plan.make(space.project, target)
        assert made.skeleton == (
            '@staticmethod\ndef f(\n    a: int,\n) -> int:\n    """What it does."""\n    raise NotImplementedError\n'
        )
        assert made.title == "Implement 'f' in class A (main.py)"
        code = "@staticmethod\ndef f(a: int) -> int:\n    return a\n"
        after = written(space, apply.realise(space.project, made, code))["main.py"]
        assert after == (
            "class A:\n    @staticmethod\n    def f(a: int) -> int:\n        return a\n\n"
            "    def g(self): pass  # noqa\n"
        )


def test_a_stub_on_one_line_takes_its_comment_along() -> None:
    with workspace(STUB + "$0") as space:
        target = targets.by_qualname(space.project, space.path, "A.g")
        assert target is not None
        made = plan.make(space.project, target)
        after = written(space, apply.realise(space.project, made, "def g(self):\n    return 1\n"))["main.py"]
        assert after.endswith("\n\n    def g(self):\n        return 1\n")


def test_missing_names_are_found_by_qualname_where_they_are_used_and_where_they_belong() -> None:
    with workspace("//- tools.py\n//- main.py\nimport tools\n\ntools.$0f(1)\n") as space:
        here = targets.missing_by_qualname(space.project, space.path, "f")
        there = targets.missing_by_qualname(space.project, space.root / "tools.py", "f")
        assert here is not None and here == there
        assert targets.missing_by_qualname(space.project, space.path, "nothing") is None
