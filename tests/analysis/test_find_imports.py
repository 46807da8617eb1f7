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
            "//- a.py\nfrom b import «f»\n//- b.py\ndef g(x): return x.__path__\n",
            ("missing-import",),
            (("b.py", "f"),),
            id="a module that asks packages where they lie",
        ),
        pytest.param(
            "//- a.py\nfrom b import «f»\n//- b.py\nimport c\nc.f = 1\n//- c.py\n",
            ("missing-import",),
            (("b.py", "f"),),
            id="assigned to another module",
        ),
        pytest.param(
            "//- a.py\nfrom pkg import «main»\n//- pkg/__init__.py\n//- setup.py\nsetup(entry_points=['main = pkg:main', 'x=pkg:main'])\ndef setup(**k): return k\n",
            ("missing-import",),
            (("pkg/__init__.py", "main"),),
            id="an entry point of the build script",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- a.py\nfrom unittest.mock import patch\nimport pkg.«missing»\npatch('pkg.missing.f')\n",
            ("missing-module",),
            (("pkg/missing.py", ""),),
            id="module that is patched",
        ),
        pytest.param(
            "//- b.py\n//- a.py\nimport pytest\ndef test(x):\n    if x:\n        pytest.skip('later')\n    from b import «f»\n",
            ("missing-import",),
            (("b.py", "f"),),
            id="behind a skip under a condition",
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
        pytest.param(
            "//- a.py\nimport pytest\ndef test():\n    pytest.skip('later')\n    from b import f\n    import pkg.x, b\n    b.g()\n    h()\n"
            "//- b.py\n//- pkg/__init__.py\n",
            id="behind a skip",
        ),
        pytest.param(
            "//- a.py\nmake('pkg.plugins.')\ndef make(x): return x\ndef f():\n    import pkg.plugins.works as w\n//- pkg/__init__.py\n",
            id="named in a string",
        ),
        pytest.param(
            "//- a.py\nfrom pkg.old.more import x\n//- pkg/__init__.py\n//- pkg/old/__init__.py\nimport sys, pkg.new\n"
            "sys.modules[__name__] = pkg.new\n//- pkg/new/__init__.py\n",
            id="in a package that is another one",
        ),
        pytest.param(
            "//- a.py\nfrom b import f\n//- b.py\n(globals()['f'], globals()['g']) = print, print\n",
            id="set among others",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- a.py\nfrom pkg.fast import x\nfrom pkg import fast\n//- src/native/fast.m\n",
            id="built from a source elsewhere",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- a.py\nfrom pkg._fast import x\n//- pkg/fast/meson.build\npy3.extension_module('_fast')\n",
            id="built by a script in a folder of the package",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- pkg/b.py\nfrom . import _fast\n//- a.py\nfrom pkg.b import _fast\n//- pkg/_fast.c\n",
            id="built, and handed on",
        ),
        pytest.param("//- a.py\nfrom b import f  # type: ignore\n//- b.py\n", id="switched off"),
        pytest.param(
            "//- a.py\nfrom b import (  # type: ignore\n    f,\n)\nfrom b.c import (  # pylint: disable=E0611\n    g\n)\n//- b/__init__.py\n",
            id="switched off for names on lines of their own",
        ),
        pytest.param("//- a.py\nfrom b import f\n//- b.pyi\ndef g(): ...\n", id="only a stub"),
        pytest.param("//- a.py\nfrom b import f\n//- b.py\n//- b.pyi\ndef f(): ...\n", id="stub beside"),
        pytest.param("//- ns/a.py\nx = 1\n//- b.py\nfrom ns import missing\nimport ns.other\n", id="namespace package"),
        pytest.param("//- pkg/__init__.py\nfrom ._version import version\nfrom .x_pb2 import Y\n", id="generated"),
        pytest.param("//- pkg/__init__.py\nfrom ._speed import f\n//- pkg/_speed.pyx\n", id="compiled"),
        pytest.param(
            "//- pkg/__init__.py\nfrom ._speed import f\n//- pkg/_speed/_speed.pyx\n", id="compiled from a folder"
        ),
        pytest.param("//- pkg/__init__.py\n//- a.py\nfrom pkg import run\n//- pkg/run.xsh\n", id="in another language"),
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


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "//- pkg/__init__.py\nfrom elsewhere import public\nfrom pkg.config import Config\npublic(config=Config())\n"
            "//- pkg/config.py\nclass Config: x = 1\n//- pkg/a.py\nfrom pkg import config\nconfig.push()\n",
            id="the package says that the name is something else than its module",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- pkg/a.py\ntry:\n    from elsewhere import f\nexcept ImportError:\n"
            "    from pkg.old import f\n    from pkg import g\n",
            id="imported instead",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- pkg/base.py\nfrom pkg import names\n"
            "def hook(cls): setattr(names, cls.__name__, cls)\n"
            "//- pkg/names.py\nx = 1\n//- pkg/a.py\nfrom pkg import base, names\nfrom pkg.names import Port\n"
            "names.Node(), base.«f»()\n",
            id="somebody gives a module names that are computed",
        ),
        pytest.param(
            "//- pkg/__init__.py\nx = 1\n//- run.py\ndef load(names):\n    import pkg\n"
            "    for name in names: setattr(pkg, name, names[name])\n//- a.py\nimport pkg\npkg.f()\n",
            id="a function that imports it does",
        ),
        pytest.param(
            "//- a.py\nfrom b import *\nimport b\ng(), b.g()\n//- b.py\n__all__ = ['f']\ndef f(): return 1\n"
            "def _make(names):\n    for name in names:\n        names[name + '2'] = f\n        __all__.append(name)\n"
            "_make(locals())\n",
            id="a star of a module whose names are made",
        ),
        pytest.param(
            "//- pkg/__init__.py\nfrom pkg.raw.gl import f\nfrom pkg.raw import gl\nfrom pkg import «more»\n"
            "//- pkg/raw/__init__.py\n//- pkg/finder.py\nclass Finder:\n    def find_spec(self, name, path=None):\n"
            "        return name.startswith('pkg.raw.')\n",
            id="an importer makes the modules",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- pkg/a.py\nfrom pkg.extern import six, attr\nimport pkg.extern.yaml\n"
            "from pkg import «more»\n//- pkg/extern/__init__.py\nfrom pkg.vendor import Importer\n"
            "Importer(__name__, ('six', 'attr', 'yaml')).install()\n//- pkg/vendor.py\nclass Importer:\n"
            "    def __init__(self, name, names): self.name = name\n    def install(self): return 1\n"
            "    def find_spec(self, name, path=None): return None\n",
            id="an importer that a package tells its name",
        ),
        pytest.param(
            "//- pkg/__init__.py\nimport os\nfrom importlib.util import find_spec\n"
            "if os.path.isfile(os.path.join(os.path.dirname(__file__), 'about.py')):\n    from pkg.about import f\n"
            "if find_spec('pkg.fast'):\n    from pkg import fast\n",
            id="asked for before it is imported",
        ),
        pytest.param(
            "//- repo/__init__.py\n//- repo/tests/__init__.py\n//- repo/tests/setup.py\nx = 1\n"
            "//- repo/tests/lib/__init__.py\n//- repo/tests/lib/test_a.py\nfrom lib import f\n",
            id="a package with scripts is no project",
        ),
        pytest.param(
            "//- plugins/__init__.py\nfrom .. import conf\nfrom ..log import f\nfrom .sub import «g»\n//- plugins/sub.py\nx = 1\n",
            id="a package that the build puts into another",
        ),
        pytest.param(
            "//- pkg/__init__.py\ntry:\n    from .fast import f\nexcept ImportError:\n    f = print\n"
            "//- pkg/fast.py\nfrom pkg.native import f\n",
            id="a module that all take for optional",
        ),
        pytest.param(
            "//- pkg/__init__.py\nfrom .fast import f\n//- pkg/fast.py\nfrom pkg.«native» import f\n",
            id="but it is not",
        ),
    ],
)
def test_modules_that_may_not_be_what_they_seem(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)


def test_a_missing_name_is_missing_wherever_it_is_handed_on(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nfrom pkg import «f», g\nimport pkg.b\npkg.«f»(), pkg.b.g()\n"
        "//- pkg/__init__.py\nfrom . import b\nfrom .b import «h» as f, g\n//- pkg/b.py\ndef g(): return 1\n",
        targets=(("pkg/b.py", "h"),) * 3,
    )


def test_a_submodule_is_not_what_the_package_takes_from_it_under_its_name(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nfrom pkg import «run», walk\nfrom pkg.run import other\n//- pkg/__init__.py\n"
        "from .run import «run»\nfrom .walk import step as walk\n//- pkg/run.py\ndef other(): return 1\n"
        "//- pkg/walk.py\ndef step(): return 1\n",
        targets=(("pkg/run.py", "run"),) * 2,
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "//- pkg/__init__.py\n//- pkg/copy.py\n//- pkg/a.py\nimport copy\ncopy.deepcopy(1)\n"
            '//- pyproject.toml\n[tool.ruff]\nsrc = ["pkg"]\n',
            id="in a configured folder",
        ),
        pytest.param(
            "//- ns/functools/__init__.py\nimport functools\nfunctools.wraps(1)\n//- ns/other/__init__.py\n"
            "import functools\nfunctools.wraps(1)\n",
            id="in a namespace package",
        ),
    ],
)
def test_names_of_the_standard_library_mean_it(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)


@pytest.mark.parametrize("setting", ['[tool.ruff]\nsrc = ["pkg"]', '[tool.uv.build-backend]\nmodule-root = "pkg"'])
def test_a_package_that_settings_name_as_a_folder_of_packages_is_none(tmp_path: Path, setting: str) -> None:
    check_findings(
        tmp_path,
        "//- pkg/__init__.py\n//- pkg/quart/__init__.py\n//- pkg/quart/views.py\nfrom quart import Request\n"
        f"from pkg.quart import «no»\n//- pyproject.toml\n{setting}\n",
    )


def test_a_package_that_takes_a_module_of_its_own_asks_for_it(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- pkg/__init__.py\nfrom . import «part»\nfrom . import real, «other» as o\nfrom pkg import «core»\n"
        "def x(): return 1\nfrom . import x\n//- pkg/real.py\n",
        *["missing-module"] * 3,
        targets=(("pkg/part.py", ""), ("pkg/other.py", ""), ("pkg/core.py", "")),
    )


@pytest.mark.parametrize(
    "settings",
    [
        "[tool.maturin]\npython-source = 'python'\n",
        "[tool.uv.build-backend]\nmodule-root = 'python'\n",
        "[tool.poetry]\npackages = [{include = 'pkg', from = 'python'}]\n",
    ],
)
def test_folders_of_build_backends_are_on_the_path(tmp_path: Path, settings: str) -> None:
    check_findings(
        tmp_path,
        "//- tests/test_a.py\nfrom pkg import f, «g»\n//- python/pkg/__init__.py\ndef f(): return 1\n"
        f"//- pyproject.toml\n{settings}",
    )


def test_the_name_of_the_project_is_no_module_to_be_built(tmp_path: Path) -> None:
    check_findings(tmp_path, "//- a.py\nfrom pkg import «Pkg»\n//- pkg/__init__.py\n//- pyproject.toml\nname = 'Pkg'\n")


def test_a_file_does_not_import_itself_by_its_name(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- plugins/redis.py\nimport redis\nfrom keyring import «get»\nredis.Redis(), get()\n"
        "//- plugins/keyring.py\nx = 1\n//- plugins/yaml.py\nfrom yaml import dump\ndump()\n",
    )


def test_a_package_may_mean_its_module_of_the_same_name_as_in_python_2(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- bloom/__init__.py\nfrom bloom import Filter\n//- bloom/bloom.py\nclass Filter: x = 1\n"
        "//- a.py\nfrom bloom import Filter, «Other»\n",
    )


def test_a_folder_that_many_take_names_from_had_an_init(tmp_path: Path) -> None:
    files = "".join(f"//- tests/test_{n}.py\nfrom . import {{}}{n}, tools\n" for n in range(4))
    check_findings(tmp_path, f"{files.format(*['Mock'] * 4)}//- tests/tools.py\nx = 1\n")
    few = "".join(f"//- tests/test_{n}.py\nfrom . import «Mock{n}», tools\n" for n in range(3))
    check_findings(tmp_path / "few", f"{few}//- tests/tools.py\nx = 1\n")


def test_a_script_has_its_own_folder_first(tmp_path: Path) -> None:
    check_findings(
        tmp_path, "//- main.py\nimport queue\nqueue.put(), queue.«fill»()\n//- queue.py\ndef put(): return 1\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "//- pkg/__init__.py\nfrom pkg._native.fast import f\n//- pyproject.toml\nmodule-name = 'pkg._native'\n",
            id="below a generated package",
        ),
        pytest.param(
            "//- pkg/__init__.py\nfrom pkg.sub._fast import f\n//- pkg/sub/__init__.py\n//- pkg/sub/meson.build\n'_fast'\n",
            id="named by a build file beside it",
        ),
        pytest.param(
            "//- pkg/__init__.py\n__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
            "//- pkg/a.py\nimport pkg.other\nfrom pkg.sdk import f\nfrom .more import g\n",
            id="package that goes on elsewhere",
        ),
        pytest.param(
            "//- a.py\nfrom pkg import other\n//- pkg/__init__.py\nimport os\n"
            "__path__.append(os.path.join(__path__[0], 'more'))\n//- pkg/more/other.py\n",
            id="module of a package that goes on elsewhere",
        ),
        pytest.param(
            "//- a.py\nfrom b import f\n//- b.py\nimport sys, types\nclass M(types.ModuleType): x = 1\n"
            "sys.modules[__name__].__class__ = M\n",
            id="module of another class",
        ),
        pytest.param(
            "//- a.py\nfrom b import f\n//- b.py\nfrom c import install\ninstall(__name__, ['f'])\n//- c.py\n"
            "import sys\ndef install(name, names):\n    for each in names: setattr(sys.modules[name], each, 1)\n",
            id="filled by what is told its name",
        ),
        pytest.param(
            "//- pkg/__init__.py\nfrom . import a, flag\n//- pkg/a.py\nimport pkg\npkg.flag = 1\n",
            id="a package takes what its module gives it",
        ),
        pytest.param(
            "//- pkg/__init__.py\nfrom .a import *\nfrom . import f\n//- pkg/a.py\nfrom unknown import *\n",
            id="a package takes what a star may bring",
        ),
        pytest.param(
            "//- pkg/__init__.py\nfrom ._fast import f\n//- pkg/setup_package.py\nsources = 'pkg._fast'\n",
            id="named by a setup script beside it",
        ),
        pytest.param(
            "//- a.py\nimport b\nb.f()\n//- b.py\nimport sys\nme = sys.modules[__name__]\nfor n in 'fg': setattr(me, n, 1)\n",
            id="setattr on the module itself",
        ),
        pytest.param(
            "//- a.py\nimport b\nb.f()\n//- b.py\nimport sys, c\nsys.modules['b'] = c\n//- c.py\ndef f(): return 1\n",
            id="module replaced",
        ),
        pytest.param(
            "//- a.py\nfrom b import *\nf()\n//- b.py\nfrom c import *\nfrom c import __all__\n//- c.py\n"
            "__all__ = ['f']\ndef f(): return 1\n",
            id="__all__ handed on",
        ),
        pytest.param(
            "//- a.py\nimport p\np.sub.f()\n//- p/__init__.py\nfrom p.x import *\nfrom p.y import *\n//- p/x/__init__.py\n"
            "//- p/x/sub.py\n//- p/y/__init__.py\nfrom p.y import sub\n//- p/y/sub.py\ndef f(): return 1\n",
            id="two stars",
        ),
        pytest.param(
            "//- pkg/__init__.py\nfrom pkg._fast import *\nfrom pkg.plain import *\nfrom pkg import _fast\n_fast.solve()\n"
            "//- pkg/_fast.pyi\ndef f() -> int: ...\n//- pkg/_fast.pyx\n//- pkg/plain.py\n//- a.py\nimport pkg\npkg.solve()\n",
            id="all names of a compiled module, whose stub may leave some out",
        ),
        pytest.param(
            "//- pkg/__init__.py\n//- pkg/xlink.py\nfrom pkg.raw.xlink import *\n//- pkg/geo.py\nfrom ._geo import *\n",
            id="all names of a module that is called as the file",
        ),
        pytest.param("//- pkg/__init__.py\nfrom ._squared import ffi, lib\n", id="made by cffi"),
        pytest.param(
            "//- tools/templates/model.py\nfrom .._base import Base\n//- tools/templates/other.py\nx = 1\n",
            id="a template, in no package",
        ),
        pytest.param(
            "//- pkg/__init__.py\nfrom pkg._core import f\nfrom pkg._testing import g\nfrom pkg._old import h\n"
            '//- native/python/bind.cc\nPYBIND11_MODULE(_core, m) {{\n    m.def_submodule("_testing");\n}}\n'
            "//- native/old/part.c\nPyMODINIT_FUNC PyInit__old(void) {{}}\n",
            id="declared in native sources",
        ),
        pytest.param(
            "//- a.py\nfrom pkg import shapes\nshapes.sphere()\n//- pkg/__init__.py\n//- pkg/shapes/__init__.py\nx = 1\n"
            "//- pkg/shapesmodule/shapesmodule.cc\n",
            id="made of native sources, too",
        ),
        pytest.param(
            "//- a.py\nimport lib.system.config as config\nconfig.save()\n//- lib/__init__.py\n//- lib/system/__init__.py\n"
            "from .config.config import config\n//- lib/system/config/__init__.py\n//- lib/system/config/config.py\n"
            "class Config:\n    def save(self): return 1\nconfig = Config()\n",
            id="taken from the package, which has something else of that name",
        ),
    ],
)
def test_modules_that_may_have_more_than_is_seen(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)


def test_a_folder_that_is_named_as_what_the_project_needs_may_not_be_meant(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- setup.py\nprint(extras_require={'model': ['model>=2']})\n//- examples/model/__init__.py\n"
        "//- examples/model/tasks.py\nfrom model import Base\nimport model.fields\nfrom . import «parts»\n"
        "//- examples/other/__init__.py\n//- examples/other/tasks.py\nfrom other import «Base»\n"
        "//- examples/other/run.py\nfrom other import «main»\nfrom other.tasks import «start»\n",
    )


def test_a_package_in_a_plain_folder_of_a_package_has_its_whole_name(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- lib/__init__.py\n//- lib/ai/mcp/__init__.py\nx = 1\n//- lib/ai/mcp/client.py\nfrom mcp import Client\n"
        "from mcp.types import Tool\nfrom lib.ai.mcp import x, «y»\nfrom . import «z»\n"
        "//- lib/ai/use.py\nfrom mcp import x, «Client»\n//- lib/web/use.py\nfrom tokens import Token\n"
        "//- lib/web/tokens/__init__.py\nx = 1\n//- requirements/test/all.txt\ntokens==1\n",
    )


def test_a_stub_of_a_package_that_lies_elsewhere(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- stubs/game/__init__.pyi\nfrom . import color\nfrom .sound import play\n//- game/__init__.py\n"
        "from . import «color»\nfrom .«sound» import play\n",
    )


def test_a_name_that_is_only_listed_is_brought_by_no_star(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nfrom p import «f», g, sub\nfrom q import h\n//- p/__init__.py\nfrom .m import *\n//- q.py\nfrom p.n import *\n"
        "//- p/m.py\n__all__ = ['f', 'g', 'sub']\ndef g(): return 1\n//- p/n.py\n__all__ = ['h']\nglobals()['h'] = 1\n"
        "//- p/sub.py\n",
    )


def test_all_that_is_one_of_several_targets(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nfrom p import *\nfrom q import *\nf()\n//- p.py\n__all__, __getattr__ = unknown()\n"
        "from u import unknown\n//- q.py\n__all__ = ['g']\ng = 1\n//- b.py\nfrom q import *\n«f»(), g()\n",
    )


def test_what_is_imported_instead_is_missing_from_a_module_that_is_there(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\ntry:\n    from fast import f\nexcept ImportError:\n    from b import «f»\n    from b.c import g\n"
        "    from p import sub, h\n    from p.q import x\n//- b.py\nx = 1\n//- p/__init__.py\nx = 1\n//- p/sub.py\n",
    )


def test_what_stands_in_for_a_package_that_the_project_needs(tmp_path: Path) -> None:
    text = (
        "//- {0}\ndependencies = ['pyglet >= 1', 'mine']\n//- utest/mock/pyglet/__init__.py\nclass Window: x = 1\n"
        "//- utest/mock/use.py\nfrom pyglet import «x»\n//- game/__init__.py\nfrom pyglet import y\nimport pyglet\n"
        "class W(pyglet.Window):\n    def f(self): self.close()\n//- libs/one/setup.py\nx = 1\n"
        "//- libs/one/src/mine/__init__.py\nclass A: x = 1\n//- game/use.py\nfrom mine import A\nclass B(A):\n    def g(self): self.«f»()\n"
    )
    check_findings(tmp_path, text.format("setup.cfg"))


def test_a_module_that_is_not_called_as_the_file_is_missing(tmp_path: Path) -> None:
    text = "//- pkg/__init__.py\n//- pkg/xlink.py\nfrom pkg.«raw».other import *\nfrom .«xlinks» import *\n"
    check_findings(tmp_path, text.replace("«raw».other", "«raw.other»"))


def test_what_many_files_import_is_somewhere_else(tmp_path: Path) -> None:
    few = "from .utils import f\nfrom .«one» import g\n"
    files = "".join(f"//- tests/test_{at}.py\n{few if at < 3 else 'from .utils import f' + chr(10)}" for at in range(4))
    check_findings(tmp_path, "//- tests/__init__.py\n" + files)


def test_what_a_stub_of_a_compiled_module_leaves_out_is_handed_on(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- cu/__init__.py\nfrom cu._util import memoize, other\n//- cu/_util.pyi\nother: int\n//- cu/_util.pyx\n"
        "//- a.py\nfrom cu import memoize, other, «third»\n",
    )


def test_what_a_decorator_puts_beside_a_class_is_named_after_it(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nfrom lib import add\nfrom functools import total_ordering\n@add()\nclass Event: x = 1\n"
        "@total_ordering\nclass Order: x = 1\n"
        "//- b.py\nfrom a import Event_Store, EventStore, «Events», «Order_Store»\n",
    )


def test_a_release_is_packed_with_the_test_files_only(tmp_path: Path) -> None:
    text = "//- {0}\nVersion: 1\n//- tests/test_a.py\nfrom .{1} import TestCase\nfrom .{2} import x\n"
    check_findings(tmp_path / "unpacked", text.format("PKG-INFO", "base", "data.base"))
    found = text.format("{0}", "«base»", "«data.base»")
    check_findings(tmp_path / "worked_on", found.format("setup.cfg"))
    check_findings(tmp_path / "whole", found.format("PKG-INFO") + "//- tests/__init__.py\n")


def test_what_files_of_a_folder_without_init_import_by_its_name_was_left_out(tmp_path: Path) -> None:
    others = "".join(f"//- tests/t{n}.py\nfrom tests.base import make\nmake()\n" for n in range(4))
    text = "//- tests/sub/__init__.py\n//- tests/sub/one.py\nfrom ..{0} import make\nmake()\n"
    check_findings(tmp_path / "a", text.format("base") + others)
    check_findings(tmp_path / "b", text.format("«other»") + others)
