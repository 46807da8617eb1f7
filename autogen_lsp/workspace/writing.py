"""A source change onto the disk, for drivers without an editor: the command line's ``--write``.

Each file is replaced at once (a reader sees the old or the new text, never half of one) and keeps its encoding, byte
order mark, permissions and symbolic links. Nothing is written where the text on disk is no longer the one that the
change was made for.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from autogen_lsp.errors import EditRefused
from autogen_lsp.text import FileChange, SourceChange
from autogen_lsp.workspace.files import decode, encoding_of
from autogen_lsp.workspace.snapshot import Snapshot


def write(change: SourceChange, snapshot: Snapshot) -> list[Path]:
    """Apply the change, made from ``snapshot``, to the files on disk; the paths written, in order.

    Raises `EditRefused` where a file changed since, appeared, or cannot be written. Files are all prepared before the
    first is replaced, so that a refusal leaves everything as it was.
    """
    prepared = [(file.path, _encoded(file, snapshot)) for file in change.files]
    for path, text in prepared:
        _replace(path, text)
    return [path for path, _ in prepared]


def _encoded(file: FileChange, snapshot: Snapshot) -> bytes:
    if file.creates:
        if file.path.exists():
            raise EditRefused(f"{snapshot.relative(file.path)} exists by now; nothing was written")
        return file.apply(b"")
    source = snapshot.source(file.path)
    if file.path.exists() and not os.access(file.path, os.W_OK):
        # Replacing a file needs rights over its folder only; a file marked read-only is meant to stay as it is.
        raise EditRefused(f"{snapshot.relative(file.path)} is read-only; nothing was written")
    try:
        raw = file.path.read_bytes()
    except OSError as error:
        raise EditRefused(f"{snapshot.relative(file.path)}: {error.strerror}") from None
    if source is None or decode(raw) != source.text:
        raise EditRefused(f"{snapshot.relative(file.path)} changed meanwhile; nothing was written")
    after = file.apply(source.text)
    mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    encoding = encoding_of(raw.removeprefix(codecs.BOM_UTF8))
    try:
        return mark + (after if encoding == "utf-8" else after.decode().encode(encoding))
    except UnicodeEncodeError:
        raise EditRefused(f"{snapshot.relative(file.path)}: the new code cannot be written in {encoding}") from None


def _replace(path: Path, text: bytes) -> None:
    target = path.resolve()
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        if target.exists():
            shutil.copymode(target, temporary)
        else:
            umask = os.umask(0)
            os.umask(umask)
            Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(target)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise EditRefused(f"{path}: {error.strerror}; it was not written") from None
