"""Facts of one file: what it defines, imports, calls and leaves unresolved.

Plain data with no reference to trees or other files, so facts travel between processes and rest in the index. They are
msgspec structs, not dataclasses, since the index reads and writes tens of thousands of them: msgspec encodes them
without reflection (`gc=False`: they hold no cycles). All spans are byte offsets into the file's UTF-8 text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

import msgspec

_BASE = re.compile(r"(?:[^\W\d]\w*\s*\.\s*)*([^\W\d]\w*)\s*(?:\[|$)")


class ParameterKind(IntEnum):
    """As `inspect.Parameter.kind`, same order."""

    POSITIONAL_ONLY = 0
    POSITIONAL_OR_KEYWORD = 1
    VAR_POSITIONAL = 2
    KEYWORD_ONLY = 3
    VAR_KEYWORD = 4


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One parameter; annotation and default are source text, None where absent."""

    name: str
    kind: ParameterKind = ParameterKind.POSITIONAL_OR_KEYWORD
    annotation: str | None = None
    default: str | None = None


class Signature(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Parameters (``self``/``cls`` included, as written) and the return annotation as source text."""

    parameters: tuple[Parameter, ...] = ()
    returns: str | None = None
    is_async: bool = False
    type_parameters: str = ""  # PEP 695, source text with brackets


class SymbolKind(IntEnum):
    FUNCTION = 0  # also methods: the qualname says so
    CLASS = 1
    VARIABLE = 2  # module or class level name
    ATTRIBUTE = (
        3  # `self.x = …` in a method: 'Class.x'; `a.b.x = …` elsewhere: 'a.b.x', 'f.<locals>.a.b.x' where a is local
    )


class Symbol(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A definition. Qualnames are as Python's ``__qualname__`` (``Class.method``, ``f.<locals>.g``)."""

    qualname: str
    kind: SymbolKind
    start: int  # span of the whole statement, decorators included
    end: int
    name_start: int
    name_end: int
    signature: Signature | None = None  # functions
    decorators: tuple[str, ...] = ()  # source text without '@'
    bases: tuple[str, ...] = ()  # classes: source text of each argument, keywords as 'metaclass=M'
    docstring: str = ""  # first line
    annotation: str | None = None  # variables and attributes
    # Variables and attributes: source text of what is assigned, cut at 200 characters. Functions without an annotation
    # of what they return: how that is made, as `Call.made`.
    value: str | None = None
    body_start: int = 0  # functions and classes: the block after the colon
    body_end: int = 0
    stub: bool = False  # the body does nothing (docs/cases.md row 45); row 46 is decided later, across files
    conditional: bool = False  # under if/try/with/for at its level

    @property
    def name(self) -> str:
        return self.qualname.rpartition(".")[2]

    @property
    def parent(self) -> str:
        """Qualname of the enclosing definition, '' at module level."""
        return self.qualname.rpartition(".")[0].removesuffix(".<locals>")


def base_names(symbol: Symbol) -> set[str]:
    """Last components of a class's bases: ``Base`` for ``pkg.Base[int]``; bases that are no names have none."""
    return {found.group(1) for base in symbol.bases if (found := _BASE.match(base))}


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An imported name. ``import a.b`` is ('a.b', name None); ``from .m import f as g`` is ('m', level 1, 'f', 'g')."""

    module: str
    level: int
    name: str | None  # None: `import module`; '*': star
    asname: str | None
    start: int  # of the imported name itself (for `import a.b`, of 'a.b')
    end: int
    module_start: int
    module_end: int
    scope: str = ""  # qualname of the definition that holds it, '' at module level
    guarded: bool = False  # inside try/except ImportError (or a broader except), or suppressed
    type_checking: bool = False  # under `if TYPE_CHECKING:`
    instead: bool = False  # guarded only by standing in the handler of another import, where the module may be missing

    @property
    def bound(self) -> str:
        """The local name that it binds."""
        if self.asname:
            return self.asname
        return self.name if self.name is not None else self.module.partition(".")[0]


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call by name: ``name`` is the last component, ``receiver`` the text before its dot ('' for a bare name).

    A receiver that is longer than 200 bytes or spans lines is given as ``(…)``; the tree has the whole of it.
    """

    name: str
    receiver: str
    start: int  # of the name itself
    end: int
    call_start: int  # of the whole call expression
    call_end: int
    scope: str  # qualname of the enclosing definition, '' at module level
    positional: int = 0
    keywords: tuple[str, ...] = ()
    star: bool = False  # *args among the arguments
    double_star: bool = False
    guarded: bool = False  # broken, or expected to fail: hasattr, except AttributeError, assertRaises
    local: bool = False  # the name that it comes from is bound in a function: a parameter, a variable, a local import
    # How the receiver's first name got its value, if it is local: ':' and its annotation ('?' where a value that may be
    # something else stands beside it), '=' and what was called, '.' and a name or what it holds, '*' and what it is an
    # item of, nothing for others. Different ways are parted by a NUL; where another local name is the first in one, \1
    # and how that got its value follow.
    made: str = ""

    @property
    def dotted(self) -> str:
        """What is called, as written."""
        return f"{self.receiver}.{self.name}" if self.receiver else self.name


class Reference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A dotted name in a calling position without a call: ``@m.f``, ``class A(m.B)``, ``except m.E``, ``raise m.E``."""

    name: str
    receiver: str
    start: int  # of the name itself
    end: int
    scope: str
    how: str  # decorator | base | metaclass | except | raise
    guarded: bool = False
    local: bool = False  # as of `Call`


class Use(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A bare name in a calling position that no scope of this file binds and that is no builtin."""

    name: str
    start: int
    end: int
    scope: str
    how: str = "call"  # call | decorator | base | metaclass | except | raise | pattern


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that other rooms need to know of one file."""

    symbols: tuple[Symbol, ...] = ()
    imports: tuple[Import, ...] = ()
    calls: Sequence[Call] = ()
    unresolved: tuple[Use, ...] = ()
    bound: frozenset[str] = frozenset()  # every name bound at module level, however
    exports: tuple[str, ...] | None = None  # literal __all__, None where absent or dynamic
    dynamic: bool = False  # globals()[…] =, exec: any name may be bound
    docstring: str = ""  # the module's, first line
    errors: bool = False  # the tree has syntax errors
    references: tuple[Reference, ...] = ()
    dynamic_classes: tuple[str, ...] = ()  # qualnames that get attributes under computed names (setattr, __dict__)
    python2: bool = False  # it has statements that no Python 3 reads

    @property
    def has_any(self) -> bool:
        """Whether others may find any name in it: they ask a module's ``__getattr__``, which its own code does not."""
        return self.dynamic or "__getattr__" in self.bound or "__class__" in self.bound
