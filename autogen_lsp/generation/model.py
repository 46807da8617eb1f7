"""The stages of a generation: `Context` and `Plan` in, `Draft` out."""

from __future__ import annotations

from dataclasses import dataclass

from autogen_lsp.analysis.model import NeededImport, Plan
from autogen_lsp.backends.base import Completion


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of context: where it is from, why it is there, and what it costs in tokens."""

    path: str  # relative to the root, with '/'
    symbol: str  # qualname, '' for a whole file or a project fact
    kind: str  # target | call-site | class | file | import | similar | type | test | convention | rules | graph
    reason: str
    tokens: int
    text: str


@dataclass(frozen=True, slots=True)
class Redaction:
    path: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Context:
    """What the prompt holds besides the target, ranked, redacted, within the budget, in sending order."""

    items: tuple[Item, ...] = ()
    budget: int = 0
    redactions: tuple[Redaction, ...] = ()
    omitted: tuple[Item, ...] = ()  # what did not fit; its text is empty
    index: bool = False  # whether the project index took part
    graph: bool = False  # whether the graph_sitter codebase took part
    skeleton: str = ""  # the plan's skeleton as it may be sent, where something in it had to be masked
    dropped: tuple[str, ...] = ()  # identities of what the user left out


@dataclass(frozen=True, slots=True)
class Request:
    """One generation. ``fresh`` bypasses the cache (regenerate)."""

    plan: Plan
    context: Context
    instructions: str = ""
    fresh: bool = False
    path: str = ""  # the target's file relative to its root, as the model is told; by default its name


@dataclass(frozen=True, slots=True)
class Frame:
    """One call of a traceback. ``line`` is 1-based; ``source`` is the code around it, '' where there is none."""

    path: str  # relative to the root, with '/', or the module's file name: as the model is told
    line: int
    function: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that was raised; ``frames`` as in a traceback, the innermost call last."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a reply and its outcome, as shown in provenance."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Code that passed its checks: unindented, '\\n' line ends, the target definition(s) only, imports apart."""

    code: str
    imports: tuple[NeededImport, ...]
    checks: tuple[Check, ...]
    completions: tuple[Completion, ...]  # repair rounds included; empty on a cache hit
    recipe: str
    cached: bool = False
    # The completion that it came from, a cached one too; its tokens and cost are those of all rounds together.
    origin: Completion | None = None
    definition: str = ""  # the target's own part of the code, helpers left out
