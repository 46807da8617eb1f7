"""Installed packages and the Python version, found by looking at files."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.analysis.environment import find_environment
from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Settings
from autogen_lsp.workspace.snapshot import Snapshot
from tests.support.actions import workspace


def environment(prefix: Path, version: str = "3.11.4") -> Path:
    """A virtual environment with nothing in it; the folder that packages go to."""
    packages = prefix / "lib" / f"python{version.rpartition('.')[0]}" / "site-packages"
    packages.mkdir(parents=True)
    (prefix / "pyvenv.cfg").write_text(f"home = /nowhere\nversion = {version}\n")
    return packages


def library(root: Path, code: str, *, typed: bool = True) -> Path:
    """An environment with a package ``lib``; its folder."""
    folder = environment(root / ".venv") / "lib"
    folder.mkdir()
    (folder / "__init__.py").write_text(code)
    if typed:
        (folder / "py.typed").touch()
    return folder


def names_found(root: Path, text: str, settings: Settings | None = None) -> list[str]:
    path = root / "main.py"
    path.write_text(text)
    project = Project(Snapshot((root,), settings=settings or Settings()))
    return [finding.name for finding in find(project, path)]


@pytest.mark.parametrize("name", [".venv", "venv"])
def test_environment_in_the_root_is_found(tmp_path: Path, name: str) -> None:
    packages = environment(tmp_path / name)
    found = find_environment((tmp_path,), None, {})
    assert found.packages == (packages,)
    assert found.version == (3, 11)


def test_configured_interpreter_wins_over_the_active_environment(tmp_path: Path) -> None:
    configured = environment(tmp_path / "a", "3.12.1")
    environment(tmp_path / "b")
    python = str(tmp_path / "a" / "bin" / "python")
    found = find_environment((tmp_path,), python, {"VIRTUAL_ENV": str(tmp_path / "b")})
    assert (found.packages, found.version) == ((configured,), (3, 12))


def test_active_environment_wins_over_the_one_in_the_root(tmp_path: Path) -> None:
    environment(tmp_path / ".venv")
    active = environment(tmp_path / "active")
    assert find_environment((tmp_path,), None, {"VIRTUAL_ENV": str(tmp_path / "active")}).packages == (active,)


def test_pth_files_are_followed_and_not_run(tmp_path: Path) -> None:
    packages = environment(tmp_path / ".venv")
    (tmp_path / "elsewhere").mkdir()
    (packages / "x.pth").write_text(f"# note\nimport os; raise SystemExit\n{tmp_path / 'elsewhere'}\nmissing\n")
    assert find_environment((tmp_path,), None, {}).packages == (packages, (tmp_path / "elsewhere").resolve())


def test_without_an_environment_nothing_is_installed_and_nothing_missing(tmp_path: Path) -> None:
    found = find_environment((tmp_path,), None, {})
    assert (found.packages, found.version) == ((), None)
    assert names_found(tmp_path, "import numpy.nothing\nfrom absent import x\nnumpy.f()\n") == []


def test_names_of_installed_packages_are_never_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    packages = environment(tmp_path / ".venv")
    (packages / "lib1.py").write_text("class Base:\n    def f(self): return 1\n\ndef g(): return 1\n")
    text = (
        "from lib1 import *\nfrom lib1 import lost\nimport lib1\ng(), h(), lib1.nothing()\n"
        "class A(Base):\n    def m(self): self.f(), self.n()\n"
    )
    assert names_found(tmp_path, text) == ["h", "n"]


def test_an_environment_in_the_root_is_no_part_of_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    packages = environment(tmp_path / ".venv")
    (packages / "lib1").mkdir()
    (packages / "lib1" / "__init__.py").write_text("from .sub import lost\nclass A:\n    def f(self): return 1\n")
    (packages / "lib1" / "sub.py").write_text("")
    text = (
        "import lib1\nfrom lib1 import A, lost\nA().n(), A.n(), lib1.A().n()\na = A()\na.n()\ndef g(x: A): x.n()\n"
        "class B(A):\n    def m(self): super().n(), self.own()\n"
    )
    assert names_found(tmp_path, text) == ["own"]
    snapshot = Snapshot((tmp_path,))
    assert snapshot.root_of(packages / "lib1" / "__init__.py") is None
    assert Snapshot((packages / "lib1",)).root_of(packages / "lib1" / "sub.py") == packages / "lib1"


def test_builtins_are_those_of_the_workspace_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    environment(tmp_path / ".venv", "3.10.2")
    assert names_found(tmp_path, "raise ExceptionGroup('x', [anext(y)])\n") == ["ExceptionGroup"]
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version_info = 3.12.0.final.0\n")
    assert names_found(tmp_path, "raise ExceptionGroup('x', [anext(y)])\n") == []


_ADDING = "def add(cls): setattr(cls, *cls.more)\nclass Base:\n    def __init_subclass__(cls):\n        add(cls)\n"
_META = "import other\nclass Meta(type, other.Meta): ...\nclass Base(metaclass=Meta): ...\n"


@pytest.mark.parametrize("code", [_ADDING, _META])
def test_a_library_with_types_tells_what_its_classes_have(tmp_path: Path, code: str) -> None:
    folder = library(tmp_path, code, typed=False)
    text = "from lib import Base\n\n\nclass A(Base): ...\n\n\ndef f(a: A):\n    a.first()\n    a.second()\n"
    assert names_found(tmp_path, text) == []
    (folder / "py.typed").touch()
    assert names_found(tmp_path, text) == ["first", "second"]
    assert names_found(tmp_path, f"{text}\n\nprint('first')\n") == ["second"]


def test_stubs_are_read_by_stubs() -> None:
    lib = "//- .venv/lib/python3.12/site-packages/lib"
    text = f"""\
//- .venv/pyvenv.cfg
home = /nowhere
version = 3.12.1
{lib}s/__init__.py
from lib import make
{lib}s/__init__.pyi
from lib import make as make
{lib}/__init__.py
from .more import make
{lib}/__init__.pyi
from .more import make as make
{lib}/more.py
def make(*args): ...
{lib}/more.pyi
class Made: ...
def make() -> Made: ...
//- main.py
from libs import make


$0f(make())
"""
    with workspace(text) as space:
        assert space.plan().skeleton.splitlines()[0] == "def f(made: Made) -> None:"


def test_what_django_gives_to_models_forms_and_views(tmp_path: Path) -> None:
    packages = environment(tmp_path / ".venv")
    db, views = packages / "django" / "db" / "models", packages / "django" / "views"
    for folder in (packages / "django", db.parent, db, views):
        folder.mkdir()
        (folder / "__init__.py").write_text("from .base import *\n")
    (db / "base.py").write_text(
        "from other import more\n\n\nclass ModelBase(type):\n    def __new__(cls, name, bases, attrs, **kwargs):\n"
        "        return more(cls, name)\n\n\nclass Model(metaclass=ModelBase):\n    def save(self): ...\n"
        "    def __init__(self, **kwargs):\n        for n, v in kwargs.items(): setattr(self, n, v)\n\n\n"
        "class CharField: ...\n"
    )
    (views / "base.py").write_text(
        "class View:\n    def __init__(self, **kwargs):\n"
        "        for key, value in kwargs.items():\n            setattr(self, key, value)\n"
    )
    text = (
        "from django.db import models\nfrom django.views import View\n\n\nclass Book(models.Model):\n"
        "    title = models.CharField()\n\n    def f(self):\n        self.get_title_display()\n"
        "        self.title.lower()\n"
        "        self.review_set.all()\n        self.price()\n        self.get_other_display()\n\n\n"
        "class Page(View):\n    def get(self):\n        self.template()\n        return self.body()\n\n\n"
        "def g(book: Book):\n    book.save()\n    book.publish()\n    return Page(template=g)\n"
    ).replace("from django.db import models", "import django.db.models as models")
    assert names_found(tmp_path, text) == ["price", "get_other_display", "body", "publish"]
    asked = (
        "\n\ndef h():\n    Book.objects.get(pk=1).first()\n    for b in Book.objects.filter(x=1).all(): b.second()\n"
    )
    assert names_found(tmp_path, f"{text}{asked}    Book.objects.all().third()\n")[4:] == ["first", "second"]


@pytest.mark.parametrize(
    "code",
    [
        "class Base:\n    if not TYPE_CHECKING:\n        def __getattr__(self, name): ...\n",
        "Parent: TypeAlias = Other[int]\nclass Other: ...\nclass Base(Parent): ...\n",
        "class Base:\n    def __init__(self, n):\n        self.own = n; setattr(self, self.own, 1)\n",
        "class Base:\n    def f(cls):\n        for n, v in cls.__dict__.items(): setattr(cls, n, v())\n",
    ],
)
def test_what_a_library_adds_has_a_name_that_is_said(tmp_path: Path, code: str) -> None:
    library(tmp_path, f"from typing import TYPE_CHECKING, TypeAlias\n\n\n{code}")
    text = "from lib import Base\n\n\nclass A(Base): ...\n\n\ndef f(a: A):\n    a.first()\n"
    assert names_found(tmp_path, text) == ["first"]


def test_a_hook_that_is_declared_answers_for_anything(tmp_path: Path) -> None:
    library(tmp_path, "class Base:\n    def __getattr__(self, name): ...\n")
    assert names_found(tmp_path, "from lib import Base\n\n\ndef f(a: Base):\n    a.first()\n") == []


def test_what_managers_and_query_sets_of_django_give() -> None:
    django = "//- .venv/lib/python3.12/site-packages/django"
    text = f"""\
//- .venv/pyvenv.cfg
home = /nowhere
version = 3.12.1
{django}/__init__.py
{django}/shortcuts.py
def get_object_or_404(klass, *args, **kwargs): ...
def get_list_or_404(klass, *args, **kwargs): ...
{django}/db/__init__.py
{django}/db/models/__init__.py
from .base import Model
from .manager import Manager
from .query import QuerySet
{django}/db/models/base.py
class ModelBase(type): ...
class Model(metaclass=ModelBase): ...
{django}/db/models/manager.py
class Manager: ...
{django}/db/models/query.py
class QuerySet: ...
//- main.py
from django.db import models
from django.shortcuts import get_list_or_404, get_object_or_404


class Other: ...


class Book(models.Model):
    @property
    def objects(self) -> Other: ...


class Page(models.Model): ...


$0f(
    Page.objects.get(pk=1),
    Page.objects.filter(pk=1).first(),
    Page.objects.all()[:3],
    [page for page in Page.objects.all()],
    Page.objects.get_or_create(pk=1),
    get_object_or_404(Page, pk=1),
    get_list_or_404(Page.objects),
    Page.objects.values("pk").first(),
    Book().objects,
)
"""
    with workspace(text) as space:
        head = space.plan().skeleton.partition(") ->")[0]
        types = [line.partition(": ")[2].rstrip(",") for line in head.splitlines()[1:]]
        assert types[:7] == [
            "Page", "Page | None", "models.QuerySet[Page]", "list[Page]", "tuple[Page, bool]", "Page", "list[Page]"
        ]  # fmt: skip
        assert types[7:9] == ["", "Other"]
