"""What the graph tells the other rooms, and the messages between its two processes: plain data, no graph_sitter in it.

Messages are msgpack frames (`wire.py`), never pickles. Paths are absolute strings on the wire, texts are UTF-8 bytes.
"""

from __future__ import annotations

import msgspec


class Related(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A definition that the target uses, inherits or imports, or a place that uses the target."""

    name: str  # qualname
    path: str  # absolute
    kind: str  # function | class | variable | module
    text: str  # decorators, signature and first docstring line; of a module, the import statement
    line: str = ""  # of a usage: the line that uses the target, stripped


class GraphContext(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What graph_sitter knows of a target. ``exists`` is False for one that is yet to be written.

    Of a missing target, ``usages`` are found by its name, and ``dependencies`` and ``bases`` are those of its class.
    """

    path: str
    qualname: str
    exists: bool
    file_summary: str = ""  # as graph_sitter's codebase_analysis words it
    symbol_summary: str = ""
    dependencies: tuple[Related, ...] = ()
    usages: tuple[Related, ...] = ()
    bases: tuple[Related, ...] = ()  # classes that the target's class inherits from, nearest first
    imports: tuple[Related, ...] = ()  # what the file imports from the workspace, in its order
    skipped: tuple[str, ...] = ()  # neighbours that did not fit into memory or could not be read


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """Bring these files in; then, unless ``qualname`` is None, describe the target. ``buffers`` None: back to disk."""

    path: str
    neighbours: tuple[str, ...] = ()
    qualname: str | None = None
    buffers: dict[str, bytes | None] = {}


class Told(msgspec.Struct, frozen=True, array_like=True, tag="told"):
    """The answer to an `Ask`. ``full``: the process has reached its memory limit and ends now."""

    context: GraphContext | None
    why: str  # there is no context; '' where there is one, or none was asked for
    files: int
    memory: int  # bytes
    full: bool
    processor: float = 0.0  # seconds that the process has used so far


class Busy(msgspec.Struct, frozen=True, array_like=True, tag="busy"):
    """The file that the process works on from now on, '' for none: if it dies, that one did it."""

    path: str


class Ready(msgspec.Struct, frozen=True, array_like=True, tag="ready"):
    """graph_sitter is loaded (``problem`` '') or cannot be, and the process ends."""

    problem: str = ""


Message = Told | Busy | Ready
