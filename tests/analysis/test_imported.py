"""Imports that fail: a module with what is used of it, also one that only its use in the file tells of."""

from __future__ import annotations

import pytest

from tests.support.actions import check, check_not_offered, workspace

ENVIRONMENT = (
    "//- .venv/pyvenv.cfg\nhome = /usr/bin\nversion = 3.12.1\n//- .venv/lib/python3.12/site-packages/attr.py\n"
)


def test_module_that_is_used_before_dots_is_created_with_what_is_called_on_it() -> None:
    check(
        """\
//- shop/__init__.py
//- shop/main.py
from . import pri$0ces


def total(amount: int) -> int:
    return prices.gross(amount, rate=0.2)
""",
        """\
//- shop/prices.py
def gross(amount: int, *, rate: float) -> int:
    raise NotImplementedError
""",
        title="Create module shop/prices.py",
    )


def test_import_of_a_module_under_its_whole_name() -> None:
    check(
        "//- shop/__init__.py\n//- main.py\nimport shop.pri$0ces\n\n\ndef f(x: int) -> int:\n"
        "    return shop.prices.gross(x)\n",
        "//- shop/prices.py\ndef gross(x: int) -> int:\n    raise NotImplementedError\n",
        title="Create module shop/prices.py",
    )


@pytest.mark.parametrize("use", ["prices(1)", "print(prices)", "prices.gross(prices)"])
def test_name_that_is_used_otherwise_is_no_module(use: str) -> None:
    with workspace(f"//- shop/__init__.py\n//- shop/main.py\nfrom . import pri$0ces\n\n{use}\n") as space:
        assert space.targets[0].path.name == "__init__.py"


@pytest.mark.parametrize(
    ("use", "title"),
    [
        ("from shop.prices import gross\n\ngr$0oss(1)\n", "Create module shop/prices.py"),
        ("from shop import prices\n\npri$0ces.gross(1)\n", "Create module shop/prices.py"),
        ("from shop import order as new\n\nn$0ew(1)\n", "Create function 'order' in shop/__init__.py"),
    ],
)
def test_failing_import_is_answered_at_the_use_of_its_name(use: str, title: str) -> None:
    with workspace(f"//- shop/__init__.py\n//- main.py\n{use}") as space:
        assert space.plan().title == title


def test_top_level_module_that_nothing_knows_of_is_offered_beside_the_file() -> None:
    with workspace(
        f"{ENVIRONMENT}//- main.py\nfrom helpers.te$0xt import clean\n\n\ndef f(x: int) -> str:\n    return clean(x)\n"
    ) as space:
        made = space.plan()

    assert made.title == "Create module helpers/text.py in new package helpers"
    assert made.skeleton == "def clean(x: int) -> str:\n    raise NotImplementedError\n"


@pytest.mark.parametrize(
    "before",
    [
        "//- main.py\nimport hel$0pers\n",
        f"{ENVIRONMENT}//- pyproject.toml\ndependencies = ['my-helpers>1']\n//- main.py\nimport my_hel$0pers\n",
        f"{ENVIRONMENT}//- requirements-dev.txt\nHelpers==1\n//- main.py\nimport hel$0pers\n",
        f"{ENVIRONMENT}//- main.py\nimport at$0tr\n",
        f"{ENVIRONMENT}//- main.py\nimport distut$0ils.core\n",
        f"{ENVIRONMENT}//- main.py\ntry:\n    import hel$0pers\nexcept ImportError:\n    pass\n",
    ],
    ids=["no environment", "dependency", "requirement", "installed", "standard library", "expected to fail"],
)
def test_module_that_may_be_installed_is_not_offered(before: str) -> None:
    check_not_offered(before)


@pytest.mark.parametrize(
    ("use", "title"),
    [
        ("from shop import pri$0ces\n\nprices.gross(1)\n", "Create module shop/prices.py in new package shop"),
        ("from shop import gro$0ss\n\ngross(1)\n", "Create module shop.py"),
        ("from shop import gro$0ss\nimport shop.prices\n\ngross(1)\n", "Create package shop"),
        ("from shop import gross\n\ngro$0ss(1)\n", "Create module shop.py"),
        ("import shop\n\nsh$0op.gross(1)\n", "Create module shop.py"),
    ],
)
def test_top_level_module_that_is_asked_for_by_a_name_or_beside_others(use: str, title: str) -> None:
    with workspace(f"{ENVIRONMENT}//- main.py\n{use}") as space:
        assert space.plan().title == title


def test_new_module_has_the_exceptions_that_are_caught_by_its_name() -> None:
    check(
        """\
//- shop/__init__.py
//- shop/main.py
from shop import errors
from shop.err$0ors import Gone

try:
    raise Gone("x")
except errors.OutOfStock:
    pass
""",
        """\
//- shop/errors.py
class OutOfStock(Exception):
    pass


class Gone(Exception):
    pass
""",
    )
