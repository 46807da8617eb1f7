"""Replies as models and agents really write them, and hostile ones, into the code that is kept."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autogen_lsp.analysis.model import NeededImport
from autogen_lsp.generation import blocks
from autogen_lsp.generation.definitions import Wanted
from autogen_lsp.generation.parse import Parsed, parse

TOTAL = Wanted("total")
METHOD = Wanted("total", owner="Invoice")
BODY = "def total(rows):\n    return sum(rows)\n"


def fence(code: str, marks: str = "```", label: str = "python") -> str:
    return f"{marks}{label}\n{code}{marks}\n"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(fence(BODY), id="fenced"),
        pytest.param(fence(BODY, label="py"), id="short label"),
        pytest.param(fence(BODY, label="Python title=billing.py"), id="label with attributes"),
        pytest.param(fence(BODY, label="{.python}"), id="label in braces"),
        pytest.param(fence(BODY, label=""), id="no label"),
        pytest.param(fence(BODY, "~~~"), id="tildes"),
        pytest.param(fence(BODY, "`````"), id="long fence"),
        pytest.param(f"```python\n{BODY}", id="fence never closed"),
        pytest.param(f"Sure!\n\n{fence(BODY)}\nHope that helps.\n", id="prose around"),
        pytest.param(BODY, id="bare"),
        pytest.param(f"Here it is:\n\n{BODY}\nIt sums the rows.\n", id="bare with prose around"),
        pytest.param(f"From the calls:\n{BODY}", id="prose that begins like an import"),
        pytest.param(fence(BODY).replace("\n", "\r\n"), id="CRLF"),
        pytest.param(BODY.replace("\n", "\r"), id="CR"),
        pytest.param("\ufeff" + BODY, id="byte order mark"),
        pytest.param(fence("    def total(rows):\n        return sum(rows)\n"), id="indented"),
        pytest.param(fence("\tdef total(rows):\n\t\treturn sum(rows)\n"), id="indented by tabs"),
        pytest.param(fence("def total(rows):\n  return sum(rows)\n"), id="two spaces a level"),
        pytest.param(fence("def total(rows):\n        return sum(rows)\n"), id="margin lost on the first line"),
        pytest.param(
            "1. Add this:\n\n   ```python\n   def total(rows):\n       return sum(rows)\n   ```\n", id="in a list"
        ),
        pytest.param(fence(fence(BODY), "````", "markdown"), id="fence in a fence"),
        pytest.param(fence(f"Use this.\n\n{fence(BODY)}\nDone.\n", "````", "text"), id="answer inside a text fence"),
        pytest.param(fence("total([1, 2])\n") + fence(BODY), id="example first"),
        pytest.param(fence(BODY) + "Use it so:\n" + fence("print(total([1, 2]))\n"), id="example after"),
        pytest.param(
            fence("def total(rows):\n    raise NotImplementedError\n") + fence(BODY), id="skeleton repeated first"
        ),
        pytest.param(fence(BODY) + fence("def total(rows): ...\n"), id="skeleton repeated last"),
        pytest.param(
            fence("def total(rows):\n    return 0\n") + "Wait, rather:\n" + fence(BODY), id="corrected further down"
        ),
        pytest.param(fence("pip install rows\n", label="bash") + fence(BODY), id="shell first"),
        pytest.param(fence("{broken\n") + "Rather:\n" + fence(BODY), id="broken block first"),
        pytest.param(fence(BODY + "\nprint(total([1]))\n"), id="call at the end"),
        pytest.param(fence(BODY + "\nif __name__ == '__main__':\n    total([])\n"), id="main guard"),
        pytest.param(fence("import os\nos.system('true')\n" + BODY), id="statement at import"),
        pytest.param(fence("# billing.py\n" + BODY), id="path as a comment"),
        pytest.param(fence("def other():\n    return 1\n\n\n" + BODY), id="unused definition beside it"),
        pytest.param(
            fence("+++ b/billing.py\n@@ -1 +1,2 @@\n+def total(rows):\n+    return sum(rows)\n", label="diff"),
            id="diff",
        ),
        pytest.param(fence("def total(rows):\n    return 0\n\n\n" + BODY), id="defined twice"),
    ],
)
def test_the_function_is_found(reply: str) -> None:
    parsed = parse(reply, TOTAL)
    assert parsed.problems == ()
    assert parsed.code == parsed.definition == BODY
    assert parsed.imports == ()


SUM = "    def total(self):\n        return sum(self.rows)\n"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(fence("def total(self):\n    return sum(self.rows)\n"), id="alone"),
        pytest.param(fence(SUM), id="indented as in its class"),
        pytest.param(fence("class Invoice:\n" + SUM), id="in its class"),
        pytest.param(
            fence("class Invoice:\n    x = 1\n\n    def add(self):\n        pass\n\n" + SUM), id="among others"
        ),
        pytest.param(fence("class Billing:\n  def total(self):\n    return sum(self.rows)\n"), id="in another class"),
        pytest.param(
            fence("class Other:\n    def total(self):\n        return 0\n\nclass Invoice:\n" + SUM), id="in two classes"
        ),
        pytest.param(
            fence("class Invoice:\n    ...\n    def total(self):\n\treturn sum(self.rows)\n"), id="tabs and spaces"
        ),
    ],
)
def test_the_method_is_taken_out_of_its_class(reply: str) -> None:
    parsed = parse(reply, METHOD)
    assert parsed.problems == ()
    assert parsed.code == "def total(self):\n    return sum(self.rows)\n"


def test_docstring_of_a_method_moves_with_it_and_other_strings_stay() -> None:
    method = '    def total(self):\n        """Sum.\n\n        Really.\n        """\n        return """a\n    b"""\n'
    reply = fence("class Invoice:\n" + method)
    assert (
        parse(reply, METHOD).code
        == 'def total(self):\n    """Sum.\n\n    Really.\n    """\n    return """a\n    b"""\n'
    )


def test_fence_inside_a_docstring_does_not_end_the_block() -> None:
    code = 'def total(rows):\n    """Sum.\n\n    ```\n    total([1])\n    ```\n    """\n    return sum(rows)\n'
    assert parse(fence(code), TOTAL).code == code
    assert parse(code, TOTAL).code == code


def test_decorators_and_comments_inside_are_kept() -> None:
    code = "@cache\n@other(1)\nasync def total(\n    rows,  # of one page\n):\n    # slow\n    return sum(rows)\n"
    assert parse(fence(code), TOTAL).code == code


def test_overloads_and_property_setters_are_kept_together() -> None:
    overloads = "@overload\ndef total(rows: int) -> int: ...\n\n\n@overload\ndef total(rows: str) -> str: ...\n\n\n"
    assert parse(fence(overloads + BODY), TOTAL).code == overloads + BODY
    accessors = (
        "@property\ndef total(self):\n    return self._t\n\n@total.setter\ndef total(self, v):\n    self._t = v\n"
    )
    assert parse(fence(accessors), METHOD).code == accessors


def test_used_imports_are_returned_apart_and_unused_ones_dropped() -> None:
    reply = fence(
        "from __future__ import annotations\nimport os, json as j\nfrom decimal import Decimal, getcontext\n"
        "from . import rates\nfrom ..base import Thing as T\nfrom x import *\n"
        "if TYPE_CHECKING:\n    from rows import Row\n\n"
        "def total(rows: list[Row]) -> Decimal:\n    return Decimal(j.dumps(rates.get(T)))\n"
    )
    assert parse(reply, TOTAL).imports == (
        NeededImport("json", "", "j"),
        NeededImport("decimal", "Decimal"),
        NeededImport(".", "rates"),
        NeededImport("..base", "Thing", "T"),
        NeededImport("rows", "Row", type_checking=True),
    )


def test_imports_of_an_earlier_block_are_found_when_used() -> None:
    reply = fence("import math\n") + "and then\n" + fence("def total(rows):\n    return math.fsum(rows)\n")
    assert parse(reply, TOTAL).imports == (NeededImport("math"),)


def test_import_that_only_a_quoted_annotation_uses_is_kept() -> None:
    reply = fence("from decimal import Decimal\n\ndef total(rows) -> 'Decimal':\n    return sum(rows)\n")
    assert parse(reply, TOTAL).imports == (NeededImport("decimal", "Decimal"),)


def test_new_helpers_that_are_used_are_kept_in_the_replys_order() -> None:
    code = (
        "RATE = 3\n\n\ndef _net(row):\n    return _clean(row) * RATE\n\n\ndef _clean(row):\n    return row\n\n\n"
        "def total(rows):\n    return sum(_net(row) for row in rows)\n"
    )
    parsed = parse(fence(code), TOTAL)
    assert parsed.code == code
    assert parsed.definition == "def total(rows):\n    return sum(_net(row) for row in rows)\n"


def test_definitions_that_exist_already_are_not_repeated() -> None:
    reply = fence("def _net(row):\n    return row\n\ndef total(rows):\n    return sum(_net(row) for row in rows)\n")
    parsed = parse(reply, Wanted("total", taken=frozenset({"_net"})))
    assert parsed.code == "def total(rows):\n    return sum(_net(row) for row in rows)\n"
    assert parsed.dropped == ("'_net'",)


def test_new_methods_that_a_method_uses_are_kept_beside_it() -> None:
    reply = fence(
        "class Invoice:\n    def total(self):\n        return self._net() + self.tax()\n\n"
        "    def _net(self):\n        return 1\n\n    def tax(self):\n        return 2\n\n"
        "    def unused(self):\n        return 3\n"
    )
    parsed = parse(reply, Wanted("total", owner="Invoice", taken=frozenset({"tax"})))
    assert parsed.code == ("def total(self):\n    return self._net() + self.tax()\n\ndef _net(self):\n    return 1\n")


def test_type_variables_that_the_definition_uses_are_kept() -> None:
    reply = fence(
        "from typing import TypeVar\nT = TypeVar('T', bound=int)\nU = TypeVar('U', bound=make())\n\n"
        "def total(rows: list[T], more: 'U') -> T:\n    return rows[0]\n"
    )
    parsed = parse(reply, TOTAL)
    assert parsed.code.startswith("T = TypeVar('T', bound=int)\n\n\ndef total(rows: list[T]")
    assert [item.name for item in parsed.imports] == ["TypeVar"]
    assert parsed.dropped == ("'U = …'",)


def test_computed_constants_are_dropped_and_named() -> None:
    reply = fence("import re\nROW = re.compile('x')\n\ndef total(rows):\n    return ROW.sub('', rows)\n")
    parsed = parse(reply, TOTAL)
    assert "compile" not in parsed.code
    assert parsed.dropped == ("'ROW = …'",)


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("", "holds no Python code"),
        ("I cannot help with that.", "holds no Python code"),
        (fence("def sum_rows(rows):\n    return 1\n"), "defines 'sum_rows', but the function 'total' was asked for"),
        (fence("total = sum\n"), "holds no Python code that defines 'total'"),
        (fence("class total:\n    pass\n"), "the function 'total' was asked for"),
        (fence("class Invoice:\n    def total(self):\n        return 1\n"), "the function 'total' was asked for"),
        (fence("def total(rows:\n    return sum(rows)\n"), "does not parse"),
        ("```python\ndef total(rows):\n    return sum(", "cut off"),
        ("def total(rows):\n    return sum(", "does not parse"),
        (fence("return sum(rows)\n"), "holds no Python code"),
        (fence('{"code": "def total(rows): return 1"}\n', label="json"), "holds no Python code"),
        ("x" * (blocks.LARGEST + 1), "characters long"),
        (fence("def total(rows):\n    return '\0'\n"), "does not parse"),
    ],
)  # fmt: skip
def test_reply_that_cannot_be_used_says_why(reply: str, problem: str) -> None:
    parsed = parse(reply, TOTAL)
    assert parsed.code == ""
    assert problem in parsed.problems[0]


def test_wrong_name_is_a_problem_and_never_renamed() -> None:
    assert parse(fence("def totals(rows):\n    return 1\n"), TOTAL).code == ""


def test_module_keeps_definitions_and_literals_only() -> None:
    reply = fence(
        '"""Rates."""\nimport os\nRATES = {"a": 1}\nprint("hi")\nX = os.getcwd()\n\ndef rate(x):\n    return RATES[x]\n'
    )
    parsed = parse(reply, Wanted("rates", kind="module", members=frozenset({"rate"})))
    assert parsed.code == '"""Rates."""\n\nRATES = {"a": 1}\n\n\ndef rate(x):\n    return RATES[x]\n'


def test_class_is_found_by_kind() -> None:
    reply = fence("class Invoice(Base):\n    def total(self):\n        return 1\n")
    assert parse(reply, Wanted("Invoice", kind="class")).code.startswith("class Invoice(Base):")


def test_attribute_is_found_as_a_statement() -> None:
    assert parse(fence("class A:\n    rate: float = 0.2\n"), Wanted("rate", "A", "value")).code == "rate: float = 0.2\n"


@pytest.mark.parametrize(
    "reply",
    [
        "```\n" * 5_000,
        "def total(" * 5_000,
        "(" * 50_000,
        "-" * 50_000 + "total",
        "def total():\n" + " " * 3 + "x" + ".a" * 20_000,
        fence("def total():\n    return " + "[" * 150 + "]" * 150 + "\n"),
        fence("def total():\n" + "".join(f"{' ' * (depth + 1)}if x:\n" for depth in range(99)) + " " * 101 + "pass\n"),
        "~~~python\n```python\n" * 2_000 + BODY,
        fence("def total(): return '\ud800'\n"),
        "\x00\x0c\x1b[31mdef total(): pass",
        "@" * 90_000,
        "@" + "a." * 3_000 + "a\ndef total(): return 1\n",
        "def total(x: " + "a." * 3_000 + "a = " + "-" * 3_000 + "1): return 1\n",
        "class A(" + "a." * 3_000 + "a):\n    @property\n    def total(self): return 1\n",
        "if " + "a." * 3_000 + "a:\n    import os\ndef total(): return os\n",
        "def total(): return " + "+".join(["x"] * 20_000) + "\n",
        "def total(a=(yield)): await x\n",
        fence("def total():\n    return f'{'\n"),
    ],
)
def test_hostile_replies_end_quickly_and_never_raise(reply: str) -> None:
    assert isinstance(parse(reply, TOTAL), Parsed)


_LINES = st.sampled_from(
    [
        *("```", "```python", "~~~", "````", "Here is the code:", "", "\f", "#", "\\", "(", ")", '"""'),
        *("def total(rows):", "async def total():", "    return sum(rows)", "\treturn 1", "  pass", "@deco", "x = 1"),
        *(
            "class Invoice:",
            "    def total(self):",
            "        return self.x",
            "def _h():",
            "    return RATE",
            "RATE = 2",
        ),
        *("import os", "from a import b", "if x:", "else:", "print(total())"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_LINES, max_size=25).map("\n".join), st.sampled_from([TOTAL, METHOD, Wanted("Invoice", kind="class")]))
def test_any_mixture_gives_code_that_parses_or_a_problem(reply: str, wanted: Wanted) -> None:
    parsed = parse(reply, wanted)
    assert bool(parsed.code) != bool(parsed.problems)
    if parsed.code:
        module = ast.parse(parsed.code)
        named = [node for node in module.body if getattr(node, "name", "") == wanted.name]
        assert named
        assert all(hasattr(node, "body") or isinstance(node, ast.Assign | ast.AnnAssign) for node in module.body)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_answered(reply: str) -> None:
    parsed = parse(reply, TOTAL)
    assert bool(parsed.code) != bool(parsed.problems)
