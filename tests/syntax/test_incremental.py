"""Facts after any sequence of edits are those of a fresh start."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tree_sitter import Tree

from autogen_lsp.syntax import spread, units
from autogen_lsp.syntax.facts import Incremental, extract
from autogen_lsp.syntax.model import Facts
from autogen_lsp.syntax.parser import parse
from autogen_lsp.text import Span, touching
from autogen_lsp.workspace.source import Source

PATH = Path("/main.py")

MODULE = b'''\
"""Doc."""
from os import path as p, getcwd
import a.b.c
if p:
    from .x import y
    def cond(): return y()
LIMIT: int = make()
__all__ = ["A"]
@deco(1)
class A(Base, m.B, metaclass=M):
    """A class."""
    x = first()
    f, (g, *h) = second()
    class Inner(x):
        def n(self):
            self.a = third()
            return self.n() + x() + f()
    @prop.setter
    def m(self, q=default(), *args: T, k: int = 1) -> R:
        try:
            raise oops()
        except mod.Bad as e:
            e()
        global NEW
        NEW = [u(v) for u in w() if u() for v in u]
        setattr(A, "later", 1)
        setattr(self, name, 1)
        return super().m(lambda z: z(missing()))
    y = [f(i) for i in g()]
def outer():
    v = 1
    class Local:
        w = v()
        def k(self): return w(), v(), NEW()
    return Local().k
A.attached = outer()
match LIMIT:
    case A(x=captured) | [captured, *rest]: captured(), rest()
'''

PIECES = [
    *(
        "x",
        "foo()",
        "\n",
        "    ",
        "(",
        ")",
        '"',
        "'''",
        ":",
        " = ",
        ".",
        "#",
        "\r\n",
        "é",
        "@",
        "]",
        "{",
        "\\",
        "import ",
    ),
    *("def f():\n", "class K:\n", "global q\n", "from z import *\n", "    def n(self): self.n()\n", "lambda v: "),
    "if TYPE_CHECKING:\n",
]


def incremental_tree(old: Tree, text: bytes, start: int, old_end: int, new: bytes) -> Tree:
    def point(offset: int, of: bytes) -> tuple[int, int]:
        return of.count(b"\n", 0, offset), offset - (of.rfind(b"\n", 0, offset) + 1)

    tree = old.copy()
    before = old.root_node.text or b""
    tree.edit(
        start, old_end, start + len(new), point(start, before), point(old_end, before), point(start + len(new), text)
    )
    return parse(text, tree)


def same(left: Facts, right: Facts) -> None:
    # First what is asked of calls that nobody has placed yet.
    for span in {Span(call.start, call.end) for call in right.calls} | {Span(0, 0), Span(3, 400)}:
        assert spread.near(left.calls, span) == touching(right.calls, span)
    for name in {call.name for call in right.calls}:
        assert spread.named(left.calls, name) == [call for call in right.calls if call.name == name]
    assert len(left.calls) == len(right.calls)
    assert left == right


@pytest.mark.parametrize("split_bytes", [0, 3000])
@given(
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 12), st.lists(st.sampled_from(PIECES), max_size=3).map("".join)),
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_edits_give_the_facts_of_a_fresh_start(split_bytes: int, edits: list[tuple[float, int, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "SPLIT_BYTES", split_bytes)
        incremental = Incremental()
        text = MODULE
        tree = parse(text)
        same(incremental.update(Source(PATH, text)), extract(Source(PATH, text)))
        for where, removed, added in edits:
            start = int(where * len(text))
            end = min(start + removed, len(text))
            new = text[:start] + added.encode() + text[end:]
            tree = incremental_tree(tree, new, start, end, added.encode())
            source = Source(PATH, new)
            source.__dict__["tree"] = tree
            same(incremental.update(source), extract(Source(PATH, new)))
            text = new


def test_members_of_large_classes_are_kept_apart() -> None:
    body = b"".join(b"    def m%d(self):\n        self.x%d(helper%d(), name())\n" % (i, i, i) for i in range(200))
    text = b"class Big(Base):\n    name = print\n" + body + b"after()\n"
    incremental = Incremental()
    first = incremental.update(Source(PATH, text))
    moved = text.replace(b"self.x7(", b"self.renamed(", 1)
    second = incremental.update(Source(PATH, moved))
    same(second, extract(Source(PATH, moved)))
    assert [use.name for use in second.unresolved][:3] == ["Base", "helper0", "name"]
    assert len(first.calls) == len(second.calls)


def test_definitions_of_one_name_are_different_chunks() -> None:
    text = b"def f(u):\n    u.x = u.y = 1\n    u.x = 1\ndef f(u):\n    u.x = 1\n" * 2
    fresh = extract(Source(PATH, text))
    assert Incremental().update(Source(PATH, text)) == fresh


@pytest.mark.parametrize("text", [b"nonlocal f\nf = 1\n", b"x = 1\rnonlocal f\ndef f(): pass\n", b"global f\nf = 1\n"])
def test_names_that_a_module_calls_another_scopes_are_its_own(text: bytes) -> None:
    fresh = extract(Source(PATH, text))
    assert Incremental().update(Source(PATH, text)) == fresh and "f" in fresh.bound


def test_facts_of_one_document_do_not_change_when_the_next_is_made() -> None:
    incremental = Incremental()
    first = incremental.update(Source(PATH, MODULE))
    kept = replace(first)
    incremental.update(Source(PATH, b"foo(\n" + MODULE))
    assert first == kept
