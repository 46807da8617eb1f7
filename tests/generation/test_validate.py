"""What a reply must fulfil before it is offered, against the real analysis of a workspace."""

from __future__ import annotations

import pytest

from autogen_lsp.generation.model import Check
from autogen_lsp.generation.parse import parse, wanted_of
from autogen_lsp.generation.validate import localised, taken_names, validate
from tests.generation.conftest import Workshop


def checks(workshop: Workshop, name: str, reply: str, path: str = "billing.py") -> tuple[Check, ...]:
    plan, project = workshop.plan(name, path), workshop.project
    parsed = parse(reply, wanted_of(plan, taken_names(plan, project)))
    return validate(localised(parsed, plan, project), plan, project)


def problems(workshop: Workshop, name: str, reply: str, path: str = "billing.py") -> str:
    return "; ".join(check.detail for check in checks(workshop, name, reply, path) if not check.ok)


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("compute", "def compute(rows, n):\n    return math.fsum(rows) * n\n"),
        ("compute", "def compute(rows, n, *, exact=True):\n    return len(rows) * n\n"),
        ("compute", "def compute(*args):\n    return args\n"),
        ("compute", "from statistics import mean\n\ndef compute(rows, n=1):\n    return mean(rows) * n\n"),
        ("compute", "def compute(rows, n):\n    return compute(rows, n - 1) if n else Invoice(rows)\n"),
        (
            "compute",
            "def _one(x):\n    return x\n\ndef compute(rows, n):\n    return [_one(row) for row in rows][:n]\n",
        ),
        ("total", "def total(self, rate, digits=0):\n    return round(sum(self.rows) * rate, digits)\n"),
        ("total", "def total(self, rate, **options):\n    return super().__str__()\n"),
        ("total", "@staticmethod\ndef total(rate, digits):\n    return rate\n"),
        ("total", "@keep(RATE)\ndef total(self, rate=RATE, digits=0):\n    return rate\n"),
        ("load", "async def load(page):\n    return page\n"),
        ("compute", "import click\n\n@click.pass_context\ndef compute(context, rows, n):\n    return n\n"),
        ("compute", "import functools\n\n@functools.lru_cache(maxsize=9)\ndef compute(rows, n):\n    return n\n"),
        ("load", "import asyncer\n\n@asyncer.awaited\ndef load(page):\n    return page\n"),
        ("later", "def later(rows):\n    '''Sum them.'''\n    return sum(rows)\n"),
        ("later", "def later(rows: list[int]) -> int:\n    return sum(rows)\n"),
    ],
)
def test_good_replies_pass_every_check(workshop: Workshop, name: str, reply: str) -> None:
    found = checks(workshop, name, reply)
    assert [check.name for check in found] == ["parses", "signature", "implemented", "unmasked", "names", "placed"]
    assert problems(workshop, name, reply) == ""


@pytest.mark.parametrize(
    ("name", "reply", "problem"),
    [
        ("compute", "def compute(rows):\n    return rows\n", "billing.py:16 passes 2 positional arguments, but only 1"),
        ("compute", "def compute(rows, n):\n    return '<redacted:aws-key>'\n", "stands for a secret"),
        ("compute", "def compute(rows, n, m):\n    return m\n", "does not pass 'm'"),
        ("compute", "import functools\n@functools.cache\ndef compute(rows):\n    return 1\n", "passes 2 positional"),
        ("compute", "def compute(*, rows, n):\n    return n\n", "passes 2 positional arguments, but only 0"),
        ("compute", "async def compute(rows, n):\n    return n\n", "do not await it"),
        ("compute", "def compute(rows, n):\n    raise NotImplementedError('later')\n", "not implemented"),
        ("compute", "def compute(rows, n):\n    '''Later.'''\n    ...\n", "not implemented"),
        ("compute", "def compute(rows, n):\n    # TODO\n    pass\n", "not implemented"),
        ("compute", "def compute(rows, n):\n    return RATE * n\n", "nothing defines or imports: RATE"),
        ("compute", "def compute(rows: Rows, n):\n    return n\n", "nothing defines or imports: Rows"),
        ("compute", "R = re.compile('')\ndef compute(rows, n):\n    return R\n", "R stood outside of the definition"),
        ("compute", "from billing import nothing\ndef compute(rows, n):\n    return nothing()\n", "nothing"),
        ("compute", "def compute(rows, n):\n    return math.nothing()\n", ""),
        ("compute", "def other(rows, n):\n    return n\n", "'compute' was asked for"),
        ("total", "def total(self):\n    return 1\n", "passes 1 positional arguments, but only 0"),
        ("total", "def total(self, rate):\n    return 1\n", "passes 'digits', but there is no such parameter"),
        ("total", "def total(self, digits, rate=1):\n    return 1\n", "passes 'digits' twice"),
        ("total", "def total(self, rate, /, digits, *, unit):\n    return 1\n", "does not pass 'unit'"),
        ("total", "def total(self, rate, digits):\n    return self.missing()\n", "missing"),
        ("total", "def total(self, rate, digits):\n    return RATE\n", "nothing defines or imports: RATE"),
        ("load", "def load(page):\n    return page\n", "must be 'async def'"),
        ("load", "async def load(page):\n    yield page\n", "must not be a generator"),
        ("later", "def later(rows, n=1):\n    return sum(rows)\n", "its parameters are (rows), not (rows, n=1)"),
        ("later", "async def later(rows):\n    return sum(rows)\n", "do not await it"),
    ],
)  # fmt: skip
def test_bad_replies_say_what_is_wrong(workshop: Workshop, name: str, reply: str, problem: str) -> None:
    assert problem in problems(workshop, name, reply)


def test_name_that_was_open_before_stays_allowed(workshop: Workshop) -> None:
    assert (
        problems(
            workshop, "compute", "async def _c(): return await load(1)\ndef compute(rows, n):\n    return load(n)\n"
        )
        == ""
    )


def test_names_are_not_checked_where_a_star_import_may_bring_them(workshop: Workshop) -> None:
    workshop.write(
        "star.py", "from elsewhere import *\n\n\ndef go():\n    return self_made(1)\n\n\ndef todo(x):\n    pass\n"
    )
    assert problems(workshop, "todo", "def todo(x):\n    return RATE * x\n", "star.py") == ""


def test_decorators_of_a_stub_must_stay(workshop: Workshop) -> None:
    workshop.write("deco.py", "import functools\n\n\n@functools.cache\ndef slow(x):\n    pass\n")
    assert "lost the decorator @functools.cache" in problems(
        workshop, "slow", "def slow(x):\n    return x\n", "deco.py"
    )
    assert problems(workshop, "slow", "@functools.cache\ndef slow(x):\n    return x\n", "deco.py") == ""


def test_class_must_take_the_arguments_of_its_calls(workshop: Workshop) -> None:
    workshop.write("shop.py", "def sell():\n    return Receipt(1, unit='m')\n")
    assert "passes 1 positional" in problems(workshop, "Receipt", "class Receipt:\n    x = 1\n", "shop.py")
    good = "class Receipt:\n    def __init__(self, n, unit):\n        self.n = n\n"
    assert problems(workshop, "Receipt", good, "shop.py") == ""
    record = "from dataclasses import dataclass\n\n@dataclass\nclass Receipt:\n    n: int\n    unit: str\n"
    assert problems(workshop, "Receipt", record, "shop.py") == ""
    empty = "class Receipt(Exception):\n    def __init__(self, n, unit):\n        raise NotImplementedError\n"
    assert "not implemented" in problems(workshop, "Receipt", empty, "shop.py")


def test_file_with_syntax_errors_elsewhere_still_takes_a_reply(workshop: Workshop) -> None:
    workshop.write("broken.py", "def run(rows):\n    return compute(rows)\n\n\ndef half(x):\n    return x +\n")
    assert problems(workshop, "compute", "def compute(rows):\n    return sum(rows)\n", "broken.py") == ""


@pytest.mark.parametrize(
    "reply",
    [
        "@" + "a." * 3_000 + "a\ndef compute(rows, n): return 1\n",
        "def compute(rows, n: " + "a." * 3_000 + "a = " + "-" * 3_000 + "1): return 1\n",
        "def compute(rows, n):\n    return " + "+".join(["rows"] * 20_000) + "\n",
        "def compute(rows, n):\n    return " + "rows[" * 90 + "0" + "]" * 90 + "\n",
        "def compute(rows, n):\n    '\\d'\n    return n is 1\n",
    ],
)
def test_deeply_nested_replies_are_checked_without_raising(workshop: Workshop, reply: str) -> None:
    assert checks(workshop, "compute", reply)


def test_names_of_the_enclosing_function_are_known_to_a_nested_one(workshop: Workshop) -> None:
    workshop.write("nested.py", "def outer(n):\n    def inner(z):\n        ...\n\n    return inner(1)\n")
    assert problems(workshop, "inner", "def inner(z):\n    return z + n\n", "nested.py") == ""
    assert "RATE" in problems(workshop, "inner", "def inner(z):\n    return z + RATE\n", "nested.py")


@pytest.fixture
def with_module(workshop: Workshop) -> Workshop:
    workshop.write("pkg/__init__.py", "")
    workshop.write("pkg/shop.py", "from pkg.rates import RATE, lookup\n\n\ndef go(x):\n    return lookup(x) * RATE\n")
    return workshop


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("from decimal import Decimal\n\nRATE = Decimal('0.2')\n\ndef lookup(x):\n    return RATE * x\n", ""),
        ("RATE = 1\n\ndef lookup(x):\n    return _one(x)\n\ndef _one(x):\n    return x\n", ""),
        ("RATE = 1\n", "it does not define lookup"),
        ("RATE = 1\n\ndef lookup(x):\n    pass\n", "not implemented"),
        ("RATE = 1\n\ndef lookup(x):\n    return missing(x)\n", "missing"),
        ("print('hello')\n", "holds no Python code"),
    ],
)
def test_new_module_must_define_what_is_imported_from_it(with_module: Workshop, reply: str, problem: str) -> None:
    found = problems(with_module, "pkg.rates", reply, "pkg/shop.py")
    assert problem in found
    assert bool(problem) == bool(found)


def test_module_of_which_nothing_is_used_must_not_be_empty(workshop: Workshop) -> None:
    workshop.write("pkg/__init__.py", "")
    workshop.write("pkg/shop.py", "import pkg.rates\n")
    assert problems(workshop, "pkg.rates", "Sorry", "pkg/shop.py") == "it is not implemented: the body is a placeholder"
    assert problems(workshop, "pkg.rates", "def rate():\n    return 1\n", "pkg/shop.py") == ""


def test_call_that_not_even_the_skeleton_takes_is_nobodys_fault(workshop: Workshop) -> None:
    workshop.write("stub.py", "def pair(a, b):\n    raise NotImplementedError\n\n\npair(1)\n")
    assert problems(workshop, "pair", "def pair(a, b):\n    return a, b\n", "stub.py") == ""
