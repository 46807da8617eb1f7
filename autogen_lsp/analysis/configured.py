"""Folders that a project's settings put on the path of imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any


def configured(root: Path) -> Iterator[Path]:
    """Folders that the root's pyproject.toml puts on the path: pytest, pyright, Ruff, and build backends."""
    data = settings(root)
    if not data:
        return
    anywhere = [
        get(data, "tool", "pytest", "ini_options", "pythonpath"),
        get(data, "tool", "pyright", "extraPaths"),
    ]
    around_packages = [  # some people name the package itself
        get(data, "tool", "setuptools", "packages", "find", "where"),
        get(data, "tool", "ruff", "src"),
        get(data, "tool", "maturin", "python-source"),
        get(data, "tool", "uv", "build-backend", "module-root"),
        get(data, "tool", "pdm", "build", "package-dir"),
        get(data, "tool", "setuptools", "package-dir", ""),
    ]
    packages = get(data, "tool", "poetry", "packages")
    if isinstance(packages, list):
        around_packages += [package.get("from") for package in packages if isinstance(package, dict)]
    yield from (root / item for item in _strings(anywhere))
    yield from (root / item for item in _strings(around_packages) if not (root / item / "__init__.py").exists())


def settings(root: Path) -> Any:
    """What the root's pyproject.toml says; nothing where there is none, or it is broken."""
    file = root / "pyproject.toml"
    try:
        status = file.stat()
    except OSError:
        return {}
    return _read(file, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=16)  # asked for with each new snapshot
def _read(file: Path, mtime_ns: int, size: int) -> Any:
    import tomllib  # not before there is something to read: the first document waits for this module

    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _strings(values: Iterable[Any]) -> Iterator[str]:
    """The strings, and the strings in the lists, but patterns."""
    for value in values:
        for item in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
            if isinstance(item, str) and "*" not in item:
                yield item


def get(data: Any, *keys: str) -> Any:
    """What lies below the keys, None where nothing does."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data
