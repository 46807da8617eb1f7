"""Imports of what the workspace does not have; what is not the workspace's own is never missing."""

# Fixture texts are read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.findings import check_findings


@pytest.mark.parametrize(
    ("text", "kinds", "targets"),
    [
        pytest.param(
            "//- a.py\nfrom b import f, «g»\n//- b.py\ndef f(): return 1\n",
            ("missing-import",),
            (("b.py", "g"),),
            id="name",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- pkg/a.py\nfrom .b import «g» as h\nfrom . import b, «c»\n//- pkg/b.py\n",
            ("missing-import", "missing-import"),
            (("pkg/b.py", "g"), ("pkg/__init__.py", "c")),
            id="relative",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- a.py\nimport pkg.«missing»\nfrom pkg.«lost.deep» import x\n",
            ("missing-module", "missing-module"),
            (("pkg/missing.py", ""), ("pkg/lost/deep.py", "")),
            id="module",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- pkg/a.py\nfrom .«missing» import x, y\nfrom .sub import z\n//- pkg/sub/__init__.py\n"
            "from .«inner» import z\n",
            ("missing-module", "missing-module"),
            (("pkg/missing.py", ""), ("pkg/sub/inner.py", "")),
            id="relative module, reported once",
        ),
        pytest.param(
            "//- src/pkg/__init__.py\n//- src/pkg/b.py\n//- tests/test_b.py\nfrom pkg.b import «f»\n",
            ("missing-import",),
            (("src/pkg/b.py", "f"),),
            id="src layout",
        ),
        pytest.param(
            "//- tests/conftest.py\n//- tests/helpers.py\n//- tests/unit/test_a.py\nfrom helpers import «f»\n",
            ("missing-import",),
            (("tests/helpers.py", "f"),),
            id="folder of a conftest",
        ),
        pytest.param(
            "//- scripts/run.py\nfrom common import «f»\n//- scripts/common.py\n",
            ("missing-import",),
            (("scripts/common.py", "f"),),
            id="beside a script",
        ),
        pytest.param(
            "//- a.py\ndef g():\n    from b import «f»\n    if x:\n        import pkg.«c»\n//- b.py\n//- pkg/__init__.py\n",
            (),
            (),
            id="in a function",
        ),
        pytest.param(
            "//- a.py\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from b import «T»\n//- b.py\n",
            ("missing-import",),
            (),
            id="for type checkers",
        ),
    ],
)
def test_missing_names_and_modules(
    tmp_path: Path, text: str, kinds: tuple[str, ...], targets: tuple[tuple[str, str], ...]
) -> None:
    check_findings(tmp_path, text, *kinds, targets=targets)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "import numpy.missing\nfrom django.nowhere import x\nimport os.missing\nfrom os import nothing\n",
            id="foreign",
        ),
        pytest.param(
            "//- a.py\nfrom b import f\n//- b.py\nfrom c import f\n//- c.py\ndef f(): return 1\n", id="re-export"
        ),
        pytest.param("//- a.py\nfrom pkg import sub\n//- pkg/__init__.py\n//- pkg/sub.py\n", id="submodule"),
        pytest.param(
            "//- a.py\nfrom b import x, y, z\n//- b.py\nfrom c import *\n//- c.py\nx = y = 1\nfor z in (): pass\n",
            id="star",
        ),
        pytest.param("//- a.py\nfrom b import f\n//- b.py\ndef __getattr__(n): return 1\n", id="module __getattr__"),
        pytest.param("//- a.py\nfrom b import f\n//- b.py\nfrom absent_package import *\n", id="unreadable star"),
        pytest.param(
            "//- a.py\ntry:\n    from b import f\nexcept ImportError:\n    f = None\n//- b.py\n",
            id="except ImportError",
        ),
        pytest.param(
            "//- a.py\nimport pytest\nwith pytest.raises(ImportError):\n    from b import f\n//- b.py\n", id="raises"
        ),
        pytest.param(
            "//- a.py\nfrom contextlib import suppress\nwith suppress(ModuleNotFoundError):\n    import pkg.x\n//- pkg/__init__.py\n",
            id="suppress",
        ),
        pytest.param("//- a.py\nfrom b import f  # type: ignore\n//- b.py\n", id="switched off"),
        pytest.param("//- a.py\nfrom b import f\n//- b.pyi\ndef g(): ...\n", id="only a stub"),
        pytest.param("//- a.py\nfrom b import f\n//- b.py\n//- b.pyi\ndef f(): ...\n", id="stub beside"),
        pytest.param("//- ns/a.py\nx = 1\n//- b.py\nfrom ns import missing\nimport ns.other\n", id="namespace package"),
        pytest.param("//- pkg/__init__.py\nfrom ._version import version\nfrom .x_pb2 import Y\n", id="generated"),
        pytest.param("//- pkg/__init__.py\nfrom ._speed import f\n//- pkg/_speed.pyx\n", id="compiled"),
        pytest.param(
            "//- pkg/__init__.py\nfrom ._gen import f\n//- setup.py\nwrite_to = 'pkg/_gen.py'\n",
            id="named by the build",
        ),
        pytest.param(
            "//- a.py\nimport b\nb.f = print\n//- c.py\nfrom b import f\n//- b.py\n", id="assigned from outside"
        ),
        pytest.param(
            "//- a.py\nfrom b import __version__, __file__, __doc__\n//- b.py\n__version__ = 1\n", id="dunders"
        ),
        pytest.param("//- a.py\nfrom b import f\n//- b.py\nif x:\n    def f(): return 1\n", id="conditional"),
        pytest.param("//- a.py\nfrom b import f\n//- b.py\ndef g():\n    global f\n    f = 1\n", id="bound by global"),
        pytest.param("//- a.py\nfrom b import f\n//- b.py\nf = (\n\nx = 1\n", id="broken module"),
        pytest.param(
            "//- docs/conf.py\nfrom sphinx import x\n//- tests/sphinx/__init__.py\n", id="only the name matches"
        ),
    ],
)
def test_doubt_is_silence(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)
