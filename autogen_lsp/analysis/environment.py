"""Where the packages of a workspace are installed, and its Python version: found by looking at files, running nothing.

The configured interpreter or environment wins, then ``VIRTUAL_ENV``, then ``.venv`` or ``venv`` in a root, then
``CONDA_PREFIX``. Where there is none, nothing is known to be installed, which never makes a package missing: a
top-level package that is found nowhere is unknown. The standard library is typeshed's, as `typeshed_client` ships it.
Sources: PEP 405 (pyvenv.cfg), the `site` module (.pth files), PEP 660 (editable installs).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

_VERSION = re.compile(r"(\d+)\.(\d+)")
_MAX_PTH_BYTES = 100_000


class Environment(msgspec.Struct, frozen=True):
    """Folders that installed modules are found in, in order; the version is None where nothing says it."""

    packages: tuple[Path, ...] = ()
    stdlib: Path | None = None  # typeshed's stubs
    version: tuple[int, int] | None = None


def find_environment(
    roots: Sequence[Path], python_path: str | None = None, environ: Mapping[str, str] = os.environ
) -> Environment:
    """The environment of a workspace. ``python_path`` is the setting: an interpreter, or an environment's folder."""
    prefix = next((p for p in _prefixes(roots, python_path, environ) if _is_environment(p)), None)
    if prefix is None:
        return Environment(stdlib=_typeshed())
    packages = list(_site_packages(prefix))
    for folder in tuple(packages):
        packages += _linked(folder)
    return Environment(tuple(dict.fromkeys(packages)), _typeshed(), _version(prefix))


def _prefixes(roots: Sequence[Path], python_path: str | None, environ: Mapping[str, str]) -> Iterable[Path]:
    if python_path:
        given = Path(python_path).expanduser()
        for root in roots or (Path.cwd(),):
            at = root / given
            yield at
            yield at.parent.parent  # PREFIX/bin/python: not resolved, a virtual environment's is a link
    if environ.get("VIRTUAL_ENV"):
        yield Path(environ["VIRTUAL_ENV"])
    for root in roots:
        yield root / ".venv"
        yield root / "venv"
    if environ.get("CONDA_PREFIX"):
        yield Path(environ["CONDA_PREFIX"])


def _is_environment(prefix: Path) -> bool:
    try:
        if not prefix.is_dir():
            return False
        return (prefix / "pyvenv.cfg").is_file() or any(True for _ in _site_packages(prefix))
    except OSError:
        return False


def _site_packages(prefix: Path) -> Iterable[Path]:
    for pattern in ("lib/python3*/site-packages", "lib64/python3*/site-packages", "Lib/site-packages"):
        try:
            yield from sorted(path for path in prefix.glob(pattern) if path.is_dir())
        except OSError:
            continue


def _linked(folder: Path) -> list[Path]:
    """Folders that .pth and .egg-link files add. Lines that run code (editable finders) stay unknown."""
    out: list[Path] = []
    try:
        files = sorted(p for p in folder.iterdir() if p.suffix in (".pth", ".egg-link"))
    except OSError:
        return out
    for file in files:
        try:
            with file.open(encoding="utf-8", errors="replace") as opened:
                lines = opened.read(_MAX_PTH_BYTES).splitlines()
        except OSError:
            continue
        for line in lines:
            entry = line.strip()
            if entry and not entry.startswith(("#", "import ", "import\t")):
                path = folder / entry
                if path.is_dir():
                    out.append(path.resolve())
    return out


def _version(prefix: Path) -> tuple[int, int] | None:
    try:
        lines = (prefix / "pyvenv.cfg").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = line.partition("=")
        if key.strip().startswith("version") and (found := _VERSION.search(value)):
            return int(found.group(1)), int(found.group(2))
    for folder in _site_packages(prefix):
        if found := _VERSION.search(folder.parent.name):
            return int(found.group(1)), int(found.group(2))
    return None


def _typeshed() -> Path | None:
    """Typeshed's folder, without importing the package that ships it."""
    import importlib.util  # as late as that: the first document waits for this module

    spec = importlib.util.find_spec("typeshed_client")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "typeshed"
    return folder if folder.is_dir() else None


def is_stdlib(name: str) -> bool:
    """Whether a top-level module belongs to the standard library of any supported version."""
    return name in sys.stdlib_module_names or name in _REMOVED


# Gone from the newest versions, and still imported by code for older ones.
_REMOVED = frozenset(
    """
    aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils formatter imghdr imp lib2to3 macpath mailcap
    msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib test uu xdrlib
    """.split()  # noqa: SIM905
)
