"""Names that a function puts into its caller's module: silence about those, and only those."""

# Fixture texts are read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.findings import check_findings

ALSO = """
//- c.py
import sys
def also(made, name=None, names=None):
    name = name or made.__name__
    names = names or sys._getframe(1).f_globals
    names[name + "Py"] = made
    return made
"""
VAR = (
    "\n//- c.py\nimport sys\ndef var(names):\n    for name in names.split(): sys._getframe(1).f_globals[name] = name\n"
)
PLANT = "\n//- c.py\nimport sys\ndef plant(name, more=None): sys._getframe(1).f_globals[name] = more\n"


NAMED = """
//- c.py
import sys
class named:
    def __init__(self, name): self.name = name
    def __call__(self, made): setattr(sys.modules[made.__module__], self.name, made)
"""
EXPORT = """
//- c.py
import sys
class Base:
    @staticmethod
    def export(cls):
        for name in ["fPy", "other"]: setattr(sys.modules[cls.__module__], name, getattr(cls, name))
        return cls
"""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from c import Base\n@Base.export\nclass A(Base): x = 1\n" + EXPORT, id="of a class's module"),
        pytest.param("from c import also\n@also\ndef f(): return 1\n" + ALSO, id="decorator"),
        pytest.param("from c import also\n@also\nclass f: x = 1\n" + ALSO, id="decorated class"),
        pytest.param("from c import also\nalso(print, 'f')\n" + ALSO, id="a string"),
        pytest.param("from c import also\ndef f(): return 1\ng = also(f)\n" + ALSO, id="a function"),
        pytest.param("from c import also\nx = 'f'\nalso(print, x)\n" + ALSO, id="a variable"),
        pytest.param("import c\nc.also(print, 'a:z')\n" + ALSO, id="a string that is no word"),
        pytest.param("from c import var\nvar('a b')\n" + VAR, id="computed names"),
        pytest.param("from elsewhere import moved\nmoved('other.module', 'soon')\n", id="a module that has moved"),
        pytest.param("from c import plant\nplant('fPy')\n" + PLANT, id="under the name itself"),
        pytest.param("from elsewhere import public\npublic(fPy=print)\n", id="a keyword of what cannot be read"),
        pytest.param("from elsewhere import lazy\nlazy('m', ['fPy'])\nfPy()\n", id="a string for what cannot be read"),
        pytest.param(
            "from z import *\n//- z.py\nimport elsewhere\nelsewhere.public(fPy=print)\n", id="a keyword, behind a star"
        ),
        pytest.param(
            "from c import plant\nplant()\n//- c.py\nimport sys\ndef plant(): sys._getframe(1).f_globals['fPy'] = 1\n",
            id="under a literal name",
        ),
        pytest.param(
            "from c import lazy\nlazy()\n//- c.py\nimport sys\ndef lazy():\n    names = sys._getframe(1).f_globals\n    names['__getattr__'] = print\n",
            id="a module __getattr__",
        ),
        pytest.param(
            "from c import lazy\nlazy()\n//- c.py\nimport sys\ndef lazy():\n    name = sys._getframe(1).f_globals['__name__']\n"
            "    sys.modules[name].__dict__['fPy'] = print\n",
            id="by the module's name",
        ),
        pytest.param(
            "from c import moved\nmoved('new')\n//- c.py\nimport sys\ndef moved(name):\n    old = sys._getframe(1).f_globals['__name__']\n"
            "    sys.modules[old] = name\n",
            id="in place of the module",
        ),
        pytest.param(
            "from c import named\n@named('fPy')\nclass A: x = 1\nfPy()\n" + NAMED, id="decorator that is a class"
        ),
        pytest.param(
            "from c import fill\nfill()\n//- c.py\nimport sys\ndef fill(): sys._getframe(1).f_globals.update(x=1)\n",
            id="many at once",
        ),
        pytest.param(
            "from c import fill\nfill()\n//- c.py\nimport sys\ndef fill(): other(sys._getframe(1).f_globals)\ndef other(x): return x\n",
            id="handed on",
        ),
    ],
)
def test_what_a_function_may_put_into_the_module_is_not_missing(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, f"//- a.py\nfrom b import fPy\n//- b.py\n{text}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from c import Base\n@Base.export\nclass A(Base): x = 1\n" + EXPORT, id="names of a loop"),
        pytest.param("from c import also\n@also\ndef f(): return 1\n" + ALSO, id="of another name"),
        pytest.param("from c import also\ndef g(): return 1\nalso(g, 'g')\n" + ALSO, id="made from another string"),
        pytest.param("from elsewhere import run\nrun('now')\n", id="a call of something from elsewhere"),
        pytest.param(
            "from elsewhere import deprecated\ndeprecated('f', 'use g')\n", id="what is said to be deprecated"
        ),
        pytest.param("from elsewhere import run\nrun('other.module')\ndef f(): return 1\n", id="a module of its own"),
        pytest.param(
            "from c import named\n@named('fPy')\nclass A: x = 1\n" + NAMED, id="of a decorator that is a class"
        ),
        pytest.param("from c import plant\nplant('other', more=None)\n" + PLANT, id="another name"),
        pytest.param(
            "from c import plant\nplant()\n//- c.py\nimport sys\ndef plant(): sys._getframe(1).f_globals['g'] = 1\n",
            id="another literal name",
        ),
        pytest.param(
            "from c import where\nwhere()\n//- c.py\nimport sys\ndef where():\n    names = sys._getframe(1).f_globals\n"
            "    return names['__name__'], names.get('x'), 'x' in names\n",
            id="only read",
        ),
    ],
)
def test_other_names_are_missing(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, f"//- a.py\nfrom b import «hPy»\n//- b.py\n{text}", "missing-import")
