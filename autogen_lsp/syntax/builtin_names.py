"""Names that every module can use without binding them, for all Python versions that are still in use.

Facts of a file do not depend on the interpreter that computed them, so the names are a list here and not
``dir(builtins)``. Names that only newer versions have are left to analysis, which knows the workspace's version.
"""

from __future__ import annotations

BUILTINS = frozenset(
    """
    ArithmeticError AssertionError AttributeError BaseException BlockingIOError BrokenPipeError
    BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
    ConnectionResetError DeprecationWarning EOFError Ellipsis EnvironmentError Exception
    False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError
    ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError
    MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError
    OverflowError PendingDeprecationWarning PermissionError ProcessLookupError RecursionError
    ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError
    SyntaxWarning SystemError SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError
    UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning WindowsError
    ZeroDivisionError abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile
    complex copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr
    globals hasattr hash help hex id input int isinstance issubclass iter len license list locals map max memoryview min
    next object oct open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str
    sum super tuple type vars zip reveal_type reveal_locals
    __annotations__ __build_class__ __builtins__ __cached__ __class__ __debug__ __dict__ __doc__ __file__ __import__
    __loader__ __module__ __name__ __package__ __path__ __qualname__ __spec__
    """.split()  # noqa: SIM905
)

# `gettext.install` puts these into builtins; nobody defines them as a function of their own by a click.
INSTALLED = frozenset({"_", "ngettext", "pgettext", "npgettext"})

# Known in Python 2 only: a file that is still written for both uses them on purpose.
PYTHON_2 = frozenset(
    """
    StandardError apply basestring buffer cmp coerce execfile file intern long raw_input reduce reload unichr unicode
    xrange
    """.split()  # noqa: SIM905
)

# First version that has them; not in `BUILTINS`.
SINCE = {
    "EncodingWarning": (3, 10),
    "aiter": (3, 10),
    "anext": (3, 10),
    "BaseExceptionGroup": (3, 11),
    "ExceptionGroup": (3, 11),
    "PythonFinalizationError": (3, 13),
    "frozendict": (3, 15),
}
