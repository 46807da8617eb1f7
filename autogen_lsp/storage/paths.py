"""Settings and environment into the folders that the program may write: never inside a workspace, mode 0700.

A folder that cannot be used is a `Problem` for the user, not an error: the caller then keeps its data in memory.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from autogen_lsp.config import Problem, Settings

_APP = "autogen-lsp"


def cache_dir(settings: Settings) -> Path:
    """The folder of what can be made again: ``cache.dir`` (AUTOGEN_CACHE_DIR), or the platform's. May not exist yet."""
    if settings.cache_dir:
        return Path(settings.cache_dir).expanduser().absolute()
    return Path(platformdirs.user_cache_dir(_APP, appauthor=False))


def state_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of usage and provenance: AUTOGEN_STATE_DIR, or the platform's. May not exist yet."""
    if given := environ.get("AUTOGEN_STATE_DIR"):
        return Path(given).expanduser().absolute()
    return Path(platformdirs.user_state_dir(_APP, appauthor=False))


def prepare(folder: Path, *, purpose: str, setting: str) -> Problem | None:
    """Make the folder, for this user only, and try it. ``purpose`` says what is lost with the session else.

    A folder that exists keeps its mode. Trying means writing: permission bits do not tell of read-only mounts.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        advice = f"set {setting} to a folder that can be written"
        return Problem(setting, f"cannot write in {folder} ({reason}), so in memory only: {purpose}; {advice}")
    return None


def workspace_key(root: Path) -> str:
    """Names a workspace in databases and folders: 16 hex digits of its resolved path."""
    return hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
