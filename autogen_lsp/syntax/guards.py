"""What the code itself says may be missing: conditions and handlers around a use, into flags.

``try: … except ImportError``, ``if TYPE_CHECKING``, ``if hasattr(…)``, version checks, ``with pytest.raises(…)``: where
the author provides for a name that is not there, its absence is no finding. Text is looked at, not evaluated.
"""

from __future__ import annotations

import re


class Guard:
    """Flags, as plain numbers: an operation on an `IntFlag` costs ten times as much."""

    IMPORT = 1
    NAME = 2
    ATTRIBUTE = 4
    TYPE_CHECKING = 8  # seen by type checkers only
    BUILTIN = 16  # names that are builtins in some versions only
    INSTEAD = 32  # what is imported where another import fails
    OTHERS = 64  # attributes of anything but the object itself


EVERYTHING = Guard.IMPORT | Guard.NAME | Guard.ATTRIBUTE
_NOTHING = 0

_BYTES = rb"\bstr\s*(?:is(?:\s+not)?|[!=]=)\s*bytes\b|\bbytes\s*(?:is(?:\s+not)?|[!=]=)\s*str\b"  # one in Python 2
_CONDITION = re.compile(
    _BYTES + rb"|version_info|hexversion|(?i:PY(?:THON)?_?[23])|PYPY|platform|os\.name|TYPE_CHECKING|WINDOWS|\bwin32"
    rb"|hasattr|getattr|callable|sys\.version"
    rb"|globals\(|locals\(|\bdir\(|vars\(|__dict__|builtins|isfile|exists\(|is_file|find_spec|find_loader"
    rb"|__version__|ersion\(|version\.(?:parse|release)|VERSION\s*[<>\[]"
)
_INSTALLED = re.compile(rb"\b(?:isfile|exists|is_file|find_spec|find_loader)\(")  # asks for a module, or for its file
_RUNTIME = re.compile(
    _BYTES
    + rb"|version_info|hexversion|(?:\b|_)PY(?:THON)?_?[23]|PYPY|platform|os\.name|WINDOWS|\bwin32|\bsys\.version\b"
    rb"|__version__|(?:(?<![a-z])|loose|strict)version\(|\bversion\.(?:parse|release)\b|\bVERSION\s*[<>\[]",
    re.I,
)
_PYTHON_2 = re.compile(
    _BYTES + rb"|\bPY_?[23]\b|version_info(?:\[0\]|\.major)?\s*[<>=!]=?\s*\(?\s*[23]\b(?!\s*,\s*[1-9])"
)
_ATTRIBUTES = re.compile(rb"hasattr|getattr|callable")
_OF_OTHERS = re.compile(  # of a variable or an attribute, but no class: `self` may be of that one
    rb"\b(?:has|get)attr\(\s*(?!(?:self|cls|mcs)\s*,)(?:\w+\.)*(?!__)[a-z_]\w*\s*,"
    rb"|\bcallable\(\s*(?!(?:self|cls|mcs)\b)(?:\w+\.)*[a-z_]\w*\s*\)"
)
_NAMES = re.compile(rb"(?<![\w.])(?:globals|locals|dir|vars)\(|__dict__|builtins")
_ERROR = re.compile(rb"Error|Exception")
_ANYTHING = re.compile(rb"\b(?:Base)?Exception\b")
_EXCEPTIONS = (
    (b"ImportError", Guard.IMPORT),
    (b"ModuleNotFoundError", Guard.IMPORT),
    (b"NameError", Guard.NAME),
    (b"AttributeError", Guard.ATTRIBUTE),
)


def guard_of_if(condition: bytes) -> tuple[int, int]:
    """What holds in the branch itself, and what holds in it and in all branches after it."""
    if condition in (b"False", b"0", b"None", b'""', b"''"):
        return EVERYTHING, _NOTHING
    if not _CONDITION.search(condition):
        return _NOTHING, _NOTHING
    if condition.endswith(b"TYPE_CHECKING") and b"not " not in condition:
        return Guard.TYPE_CHECKING, _NOTHING
    whole = _NOTHING
    if _RUNTIME.search(condition):
        whole |= Guard.IMPORT | Guard.ATTRIBUTE | Guard.BUILTIN
    if _INSTALLED.search(condition):
        whole |= Guard.IMPORT
    if asked := _ATTRIBUTES.findall(condition):
        whole |= Guard.OTHERS if len(asked) == len(_OF_OTHERS.findall(condition)) else Guard.ATTRIBUTE
    if _NAMES.search(condition):
        whole |= Guard.ATTRIBUTE | Guard.NAME
    return _NOTHING, whole


def asks_for_python_2(condition: bytes) -> bool:
    """Whether the condition tells Python 2 from Python 3: then the file is written for both."""
    return _PYTHON_2.search(condition) is not None


def guard_of_except(header: bytes) -> int:
    """What the handler with this header (``except (ImportError, X) as e``) catches."""
    if header.strip() in (b"except", b"except*"):
        return Guard.IMPORT
    return _of_exceptions(header)


def guard_of_raises(text: bytes) -> int:
    """What ``with suppress(ImportError)``, ``pytest.raises(AttributeError)``, ``assertRaises(NameError, …)`` expect."""
    return _of_exceptions(text) if _ERROR.search(text) else _NOTHING


def _of_exceptions(text: bytes) -> int:
    out = Guard.IMPORT if _ANYTHING.search(text) else _NOTHING
    for name, guard in _EXCEPTIONS:
        if text.find(name) >= 0:  # `in` of bytes raises and catches an error, inside
            out |= guard
    return out
