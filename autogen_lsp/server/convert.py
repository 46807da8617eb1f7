"""The one place where byte offsets become LSP positions and back, and paths become URIs and back.

Positions count utf-8, utf-16 or utf-32 code units, as negotiated. Positions past the end of a line or of the text are
clamped to it (LSP 3.17, "Position"), and one inside a character to its start. Lines of ASCII need no counting.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import quote, unquote

from autogen_lsp.text import Span
from autogen_lsp.workspace.document import UNSAVED_FOLDER

if TYPE_CHECKING:
    from autogen_lsp.workspace.overlay import Overlay

Encoding = Literal["utf-8", "utf-16", "utf-32"]
Json = dict[str, Any]

_UNSAVED = ("untitled", "buffer")  # VS Code and most others, Sublime Text; Neovim says ``file://`` and no more
_SNAKE = re.compile(r"_(\w)")
_DRIVE = re.compile(r"^/([A-Za-z]):")


class Lines(Protocol):
    """What is asked of a line index: `text.LineIndex` and `workspace.document.Document` both have it."""

    def line_of(self, offset: int) -> int: ...

    def line_span(self, line: int) -> Span: ...


def offset_of(text: bytes, lines: Lines, line: int, character: int, encoding: Encoding) -> int:
    """Byte offset of a 0-based line and code-unit character."""
    span = lines.line_span(max(line, 0))
    end = span.end
    while end > span.start and text[end - 1] in b"\r\n":  # a position stands before the line's end at most
        end -= 1
    character = max(character, 0)
    content = text[span.start : end]
    if content.isascii():
        return span.start + min(character, len(content))
    if encoding == "utf-8":
        at = min(character, len(content))
        while at < len(content) and content[at] & 0xC0 == 0x80:
            at -= 1
        return span.start + at
    chars = content.decode("utf-8", "surrogatepass")
    if encoding == "utf-16":
        units = chars.encode("utf-16-le", "surrogatepass")[: 2 * character]
        # A cut pair leaves its first half as a last, lone character, which is three bytes; the character starts before
        # it.
        before = units.decode("utf-16-le", "surrogatepass")
        if before and not chars.startswith(before):
            before = before[:-1]
    else:
        before = chars[:character]
    return span.start + len(before.encode("utf-8", "surrogatepass"))


def position_of(text: bytes, lines: Lines, offset: int, encoding: Encoding) -> Json:
    """The LSP position of a byte offset."""
    line = lines.line_of(offset)
    before = text[lines.line_span(line).start : offset]
    if encoding == "utf-8" or before.isascii():
        return {"line": line, "character": len(before)}
    chars = before.decode("utf-8", "surrogatepass")
    if encoding == "utf-32":
        return {"line": line, "character": len(chars)}
    return {"line": line, "character": len(chars.encode("utf-16-le", "surrogatepass")) // 2}


def range_of(text: bytes, lines: Lines, span: Span, encoding: Encoding) -> Json:
    """The LSP range of a span."""
    return {
        "start": position_of(text, lines, span.start, encoding),
        "end": position_of(text, lines, span.end, encoding),
    }


def span_of(text: bytes, lines: Lines, value: Mapping[str, Any], encoding: Encoding) -> Span:
    """The span of an LSP range; one that ends before it starts is empty."""
    start, end = (
        offset_of(text, lines, value[key]["line"], value[key]["character"], encoding) for key in ("start", "end")
    )
    return Span(start, max(start, end))


def plain(value: Any) -> Any:
    """What came as an object of lsprotocol, or holds such, as the JSON that it was; to make its converter takes longer
    than the answers that are waited for.
    """
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    fields = getattr(type(value), "__attrs_attrs__", None)
    if fields is None:
        return value
    told = ((field.name, getattr(value, field.name)) for field in fields)
    return {
        _SNAKE.sub(lambda found: found.group(1).upper(), name): plain(each) for name, each in told if each is not None
    }


def path_of(uri: str) -> Path | None:
    """The absolute path of a ``file:`` URI, as it stands (not resolved); None for other schemes."""
    scheme, _, rest = uri.partition(":")
    if scheme.lower() != "file":
        return None
    rest = rest.partition("?")[0].partition("#")[0]
    host = ""
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        rest = slash + path
    name = unquote(rest, errors="surrogateescape")
    if "\0" in name or not name.startswith("/"):
        return None
    if os.name == "nt":
        name = f"//{host}{name}" if host else _DRIVE.sub(lambda drive: f"{drive[1]}:", name)
    return Path(name)


def unsaved_path(uri: str, folder: Path) -> Path | None:
    """Where a document counts as lying that was never saved: below ``folder``, where no file can be; None for others.

    Where the client says which file it will become (``untitled:/folder/new.py``), and there is none yet, it is that.
    """
    scheme, _, rest = uri.partition(":")
    name = unquote(rest, errors="surrogateescape").strip("/")
    if "\0" in name or not (scheme in _UNSAVED or (scheme == "file" and not name)):
        return None
    becomes = path_of(f"file:{rest}") if rest.startswith("/") else None
    if becomes is not None and not becomes.exists():
        return becomes
    name = name.rpartition("/")[2] or "new"
    return folder / UNSAVED_FOLDER / (name if name.endswith(".py") else f"{name}.py")


def uri_of(path: Path) -> str:
    """The ``file:`` URI of an absolute path."""
    name = path.as_posix()
    if name.startswith("//"):  # \\server\share
        return "file:" + quote(os.fsencode(name))
    if not PurePosixPath(name).is_absolute():  # C:/…
        name = "/" + name
    return "file://" + quote(os.fsencode(name))


def client_uri(path: Path, overlay: Overlay) -> str:
    """The URI of a file as the client has it: its own where it is open, else one below its folder."""
    document = overlay.at(path)
    return uri_of(overlay.named(path)) if document is None else document.uri
