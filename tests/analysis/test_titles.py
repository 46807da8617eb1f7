"""The title of an action says what is created, and where."""

from __future__ import annotations

import pytest

from autogen_lsp.analysis import titles
from tests.support.actions import workspace

BILLING = "//- billing.py\nclass Invoice:\n    def __init__(self) -> None:\n        self.rows = []\n"
USE = f"{BILLING}//- main.py\nfrom billing import Invoice\n\n\ndef main(invoice: Invoice):\n    "


@pytest.mark.parametrize(
    ("before", "title"),
    [
        ("def main():\n    to$0tal(1)\n", "Create function 'total' in main.py"),
        ("@tra$0ced\ndef main():\n    pass\n", "Create function 'traced' in main.py"),
        ("def main():\n    Mo$0ney(1)\n", "Create class 'Money' in main.py"),
        ("def main(price: Mo$0ney):\n    pass\n", "Create class 'Money' in main.py"),
        ("def main():\n    raise Bro$0ken(1)\n", "Create exception class 'Broken' in main.py"),
        ("try:\n    pass\nexcept (OSError, Bro$0ken):\n    pass\n", "Create exception class 'Broken' in main.py"),
        (
            "import pytest\nwith pytest.raises((OSError, Bro$0ken)):\n    pass\n",
            "Create exception class 'Broken' in main.py",
        ),
        ("def main():\n    return ParseEr$0ror('x')\n", "Create exception class 'ParseError' in main.py"),
        ("def main():\n    print(RA$0TE)\n", "Create variable 'RATE' in main.py"),
        (f"{USE}invoice.to$0tal()\n", "Create method 'total' in class Invoice (billing.py)"),
        (f"{USE}Invoice.lo$0ad(1)\n", "Create class method 'load' in class Invoice (billing.py)"),
        (f"{USE}print(invoice.pa$0id)\n", "Create attribute 'paid' in class Invoice (billing.py)"),
        (f"{USE}inv$0oice(1)\n", "Create method '__call__' in class Invoice (billing.py)"),
        ("class Room:\n    pass\n\n\nRo$0om(1)\n", "Create method '__init__' in class Room (main.py)"),
        (f"{BILLING}//- main.py\nimport billing\n\nbilling.se$0nd(1)\n", "Create function 'send' in billing.py"),
        ("//- a/__init__.py\n//- a/b.py\nfrom a.c$0 import f\n", "Create module a/c.py"),
        ("//- a/__init__.py\n//- a/b.py\nfrom a.c.d$0 import f\n", "Create module a/c/d.py in new package a/c"),
        ("//- a/__init__.py\n//- a/b.py\nfrom . import c$0\n\nc.run()\n", "Create module a/c.py"),
        ("//- a/__init__.py\n//- a/b.py\nfrom . import c$0\n\nc()\n", "Create function 'c' in a/__init__.py"),
        ("def ma$0in():\n    raise NotImplementedError\n", "Implement 'main' in main.py"),
    ],
)
def test_title_says_what_and_where(before: str, title: str) -> None:
    with workspace(before) as space:
        (target,) = space.targets
        assert titles.title_of(space.project, target) == title
        assert space.plan().title == title


def test_each_class_of_a_union_has_a_title_of_its_own() -> None:
    before = "class A:\n    pass\n\n\nclass B:\n    pass\n\n\ndef main(x: A | B):\n    x.r$0un()\n"
    with workspace(before) as space:
        shown = [titles.title_of(space.project, target) for target in space.targets]
        generated = [titles.generate(space.project, target, among=True) for target in space.targets]

    assert shown == ["Create method 'run' in class A (main.py)", "Create method 'run' in class B (main.py)"]
    assert generated == ["Generate 'A.run'", "Generate 'B.run'"]
