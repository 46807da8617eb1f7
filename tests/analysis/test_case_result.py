"""What a new definition returns, and what kind of definition it is: rows 32-43 of the cases."""

from __future__ import annotations

import pytest

from autogen_lsp.analysis import plan
from autogen_lsp.analysis.model import Target, TargetKind
from autogen_lsp.text import Span
from tests.support.actions import check, signature, workspace


@pytest.mark.parametrize(
    ("usage", "returns"),
    [
        ("x: int = $0f()", "int"),
        ("x: int\nx = $0f()", "int"),
        ("def g(a: str): ...\n\n\ng($0f())", "str"),
        ("def g(*, a: str): ...\n\n\ng(a=$0f())", "str"),
        ("class A:\n    def __init__(self, a: str): ...\n\n\nA($0f())", "str"),
        ("len($0f())", "Sized"),
        ("class A:\n    x: int\n    y: str\n\n\nA(y=$0f())", "str"),
        ("d: dict[str, int] = {}\nd['a'] = $0f()", "int"),
        ("xs: list[int] = []\nxs[0] = $0f()", "int"),
        ("x = any($0f() for c in 'abc')", "bool"),
        ("x: float = 1.5\ny = x < $0f() <= 10", "float"),
        ("import os\nx = os.path.join('a', 'b') + $0f()", "str"),
        ("x = __file__ + $0f()", "str"),
        ("a, b = $0f()", "tuple[Any, Any]"),
        ("a: int\na, *b = $0f()", "tuple[Any, ...]"),
        ("a: int\nb: int | None\na, b = $0f()", "tuple[int, int]"),
        ("if $0f():\n    pass", "bool"),
        ("while $0f():\n    pass", "bool"),
        ("x = not $0f()", "bool"),
        ("assert $0f()", "bool"),
        ("x = 1 if $0f() else 2", "bool"),
        ("if 1 > 0 and $0f():\n    pass", "bool"),
        ("xs = [x for x in range(3) if $0f()]", "bool"),
        ("x = 1 + $0f()", "int"),
        ("x: list[int] = list($0f())", "Iterable[int]"),
        ("def g() -> set[str]:\n    return set($0f())", "Iterable[str]"),
        ("x = f'{$0f()}!'", "str"),
        ("def g() -> str:\n    x = $0f()\n    return f'a {x}'", "str"),
        ("def g() -> str:\n    return f'{$0f()!r}'", "Any"),
        ("def g() -> str:\n    if (x := $0f()).startswith('a'):\n        return x", "str"),
        ("x = $0f() + 'a'", "str"),
        ("x = -$0f()", "int"),
        ("x = $0f() == 2.5", "float"),
        ("assert $0f() is False", "bool"),
        ("def g() -> list[int]:\n    return $0f()", "list[int]"),
        ("xs: list[int] = [$0f(), 1]", "int"),
        ("s = ', '.join($0f() for x in range(3))", "str"),
        ("s = any($0f() for x in range(3))", "bool"),
        ("s = all([$0f() for x in range(3)])", "bool"),
        ("xs: list[list[str]] = [[$0f() for x in range(3)] for y in range(3)]", "str"),
        ("def g() -> set[str]:\n    return {$0f() for x in range(3)}", "str"),
        ("def g() -> tuple[int, str]:\n    return 1, $0f()", "str"),
        ("def g() -> tuple[int, ...]:\n    return ($0f(),)", "int"),
        ("Record = tuple[str, int]\n\n\ndef g() -> Record | None:\n    return 'a', $0f()", "int"),
        ("def g(n: int | None) -> int | None:\n    if n:\n        n = $0f(n)\n    return n", "int"),
        ("d: dict[str, bytes] = {'a': $0f()}", "bytes"),
        ("d: dict[str, bytes] = {$0f(): b'' for x in range(3)}", "str"),
        ("xs: list[int] = [x for x in range(3) if $0f()]", "bool"),
        ("def g(n: int | None) -> int:\n    return n or $0f()", "int"),
        ("$0f()", "None"),
        ("from typing import NoReturn\n\n\ndef g(a: int) -> NoReturn:\n    print(a)\n    $0f()", "NoReturn"),
        ("from typing import NoReturn\n\n\ndef g() -> NoReturn:\n    $0f()\n    raise SystemExit", "None"),
        ("for x in $0f():\n    pass", "Iterable[Any]"),
        ("xs = [x for x in $0f()]", "Iterable[Any]"),
        ("with $0f() as x:\n    pass", "AbstractContextManager[Any]"),
        ("def g():\n    yield from $0f()", "Iterator[Any]"),
        ("from collections.abc import Iterator\n\n\ndef g() -> Iterator[int]:\n    yield from $0f()", "Iterator[int]"),
        ("print(*$0f())", "Iterable[Any]"),
        ("dict(**$0f())", "Mapping[str, Any]"),
        ("d: dict[str, int] = {}\nprint(d[$0f()])", "str"),
        ("$0f()(1)", "Callable[..., Any]"),
    ],
)
def test_rows_32_to_41_the_use_says_what_is_returned(usage: str, returns: str) -> None:
    assert signature(f"{usage}\n").replace("n: int", "") == f"def f() -> {returns}:"


@pytest.mark.parametrize(
    "usage",
    ["x = $0f()", "if x := $0f():\n    pass", "print($0f())", "x = $0f().name", "x = $0f() is None", "x = [$0f()]"],
)
def test_a_use_that_says_nothing_leaves_the_return_type_open(usage: str) -> None:
    assert signature(f"{usage}\n") == "def f():"


def test_in_an_annotated_file_a_function_says_that_its_result_is_not_known() -> None:
    """Type checkers take an unannotated function that only raises for one that never returns; methods are excepted."""
    assert signature("def g(n: int): ...\n\n\nx = $0f()\n") == "def f() -> Any:"
    assert signature("class A:\n    def g(self, n: int):\n        return self.$0f()\n") == "def f(self):"


def test_written_types_win_over_what_the_syntax_suggests() -> None:
    assert signature("if $0f():\n    pass\nx: list[int] = f()\n") == "def f() -> list[int]:"


def test_of_written_types_the_one_that_suits_every_use_is_taken() -> None:
    assert signature("x: int | None = $0f()\ny: int = f()\nf()\n") == "def f() -> int:"


def test_a_use_that_says_nothing_keeps_a_suggestion_from_being_taken() -> None:
    assert signature("if $0f():\n    pass\nx = f()\n") == "def f():"


@pytest.mark.parametrize(
    ("usage", "head"),
    [
        ("x: int = await $0f(1)", "async def f(arg1: int) -> int:"),
        ("await $0f()", "async def f() -> None:"),
        ("return await $0f()", "async def f() -> str:"),
        ("if await $0f():\n        pass", "async def f() -> bool:"),
        ("async for x in $0f():\n        pass", "def f() -> AsyncIterator[Any]:"),
        ("async with $0f() as x:\n        pass", "def f() -> AbstractAsyncContextManager[Any]:"),
        ("xs = [x async for x in $0f()]", "def f() -> AsyncIterator[Any]:"),
    ],
)
def test_rows_39_and_40_in_async_code(usage: str, head: str) -> None:
    assert signature(f"async def g() -> str:\n    {usage}\n") == head


def test_row_39_what_takes_a_coroutine_asks_for_an_async_function() -> None:
    assert signature("import asyncio\n\nx = asyncio.run($0f())\n").startswith("async def f()")
    text = "import asyncio\n\n\nasync def g():\n    asyncio.create_task($0f(1))\n"
    assert signature(text) == "async def f(arg1: int) -> None:"


def test_row_39_an_awaited_method() -> None:
    assert signature("class A:\n    async def g(self):\n        await self.$0f()\n") == "async def f(self) -> None:"


def test_row_42_a_decorator_and_a_decorator_factory() -> None:
    check(
        "@$0f\ndef g():\n    pass\n",
        """\
from collections.abc import Callable
from typing import Any


def f(func: Callable[..., Any]) -> Callable[..., Any]:
    raise NotImplementedError


@f
def g():
    pass
""",
    )
    assert signature("@$0f(1, name='x')\ndef g():\n    pass\n") == (
        "def f(arg1: int, *, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:"
    )


@pytest.mark.parametrize(
    ("head", "bare", "factory"),
    [
        ("", "def f(cls):", "def f(arg1: int):"),
        ("def g() -> int: ...\n\n\n", "def f(cls) -> Any:", "def f(arg1: int) -> Any:"),
        (
            "def g[K](x: K) -> K: ...\n\n\n",
            "def f[T](cls: type[T]) -> type[T]:",
            "def f[T](arg1: int) -> Callable[[type[T]], type[T]]:",
        ),
        (
            'from typing import TypeVar\n\nC = TypeVar("C")\n\n\ndef g(x: C) -> C: ...\n\n\n',
            "def f(cls: type[C]) -> type[C]:",
            "def f(arg1: int) -> Callable[[type[C]], type[C]]:",
        ),
    ],
)
def test_row_42_a_decorated_class_keeps_its_type(head: str, bare: str, factory: str) -> None:
    assert signature(f"{head}@$0f\nclass A:\n    pass\n") == bare
    assert signature(f"{head}@$0f(1)\nclass A:\n    pass\n") == factory


def test_row_42_a_decorator_that_is_also_called_takes_what_the_calls_pass() -> None:
    assert (
        signature("class A: ...\n\n\n@$0f\nclass B: ...\n\n\nf(A, name='a')\n")
        == "def f(cls, *, name: str | None = None):"
    )
    assert signature("@$0f\ndef g(): ...\n\n\n@f(name='x')\ndef h(): ...\n") == (
        "def f(func: Callable[..., Any] | None = None, *, name: str | None = None):"
    )


@pytest.mark.parametrize(
    "usage",
    [
        "def g():\n    raise $0f(1)",
        "def g():\n    raise $0f",
        "try:\n    pass\nexcept $0f:\n    pass",
        "try:\n    pass\nexcept (OSError, $0f) as error:\n    pass",
        "try:\n    pass\nexcept $0f as error:\n    pass",
    ],
)
def test_row_43_what_is_raised_or_caught_is_an_exception_class(usage: str) -> None:
    assert signature(f"{usage}\n") == "class f(Exception):"


@pytest.mark.parametrize(
    "usage", ["raise Gone", "raise Gone(1)", "try: pass\nexcept Gone: pass", "try: pass\nexcept Gone as e: pass"]
)
def test_row_43_so_is_what_is_imported_for_that(usage: str) -> None:
    assert signature(f"//- errors.py\n//- main.py\nfrom errors import $0Gone\n\n{usage}\n") == "class Gone(Exception):"


def test_row_43_what_a_test_expects_to_be_raised_is_an_exception_class() -> None:
    assert signature("import pytest\nwith pytest.raises($0Bad): pass\n") == "class Bad(Exception):"


def test_row_43_keywords_of_an_exception_need_a_constructor() -> None:
    check(
        "def g():\n    raise $0NotFound('x', code=1)\n",
        """\
def g():
    raise NotFound('x', code=1)


class NotFound(Exception):
    def __init__(self, arg1: str, *, code: int) -> None:
        raise NotImplementedError
""",
    )


@pytest.mark.parametrize(
    ("before", "head"),
    [
        ("class A(metaclass=$0m): pass\n", "class m(type):"),
        ("match x:\n    case $0p(y=1): pass\nx = 1\n", "class p:"),
        ("class A($0Base[int]): pass\n", 'T = TypeVar("T")\n\n\nclass Base(Generic[T]):'),
        ("class A[T]: pass\nclass B($0Base[int]): pass\n", "class Base[T]:"),
        ("class A[K, V]($0Base[K, V]): pass\n", "class Base[K, V]:"),
        ("class A[T]($0Base[T, str]): pass\n", "class Base[T1, T2]:"),
        (
            "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass A($0Base[T], Generic[T]): pass\n",
            "class Base(Generic[T]):",
        ),
    ],
)
def test_bases_metaclasses_and_class_patterns_are_classes(before: str, head: str) -> None:
    with workspace(before) as space:
        assert space.plan().skeleton == f"{head}\n    pass\n"


def test_a_called_name_in_cap_words_is_a_class() -> None:
    check(
        "def g():\n    return $0Invoice(1, paid=True)\n",
        """\
def g():
    return Invoice(1, paid=True)


class Invoice:
    def __init__(self, arg1: int, *, paid: bool) -> None:
        raise NotImplementedError
""",
    )


KEEPS = """\
from collections.abc import Sized


def takes(text: str): ...
def takes_number(n: int): ...
def takes_numbers(x: list[int]): ...
def takes_sized(x: Sized): ...


def g(flag: bool) -> str:
"""


@pytest.mark.parametrize(
    ("body", "returns"),
    [
        ("x = $0f()\n    takes(x)\n    return ''", "str"),
        ("x = $0f()\n    print(len(x), f'{x}')\n    return x", "str"),
        ("x = $0f()\n    if x is None:\n        return ''\n    return x", "str | None"),
        ("if (x := $0f()) is not None:\n        takes(x)\n    return ''", "str | None"),
        ("x = $0f() if flag else ''\n    return x", "str"),
        ("x = ''\n    if flag:\n        x = $0f()\n    return x", "str"),
    ],
)
def test_a_value_that_a_variable_keeps_is_followed_to_its_uses(body: str, returns: str) -> None:
    assert signature(f"{KEEPS}    {body}\n") == f"def f() -> {returns}:"


@pytest.mark.parametrize(
    "body",
    [
        "x = $0f()\n    takes(x)\n    x.nowhere()\n    return ''",  # no str has that
        "x = $0f()\n    takes(x)\n    takes_number(x)\n    return ''",  # no type is both
        "x = $0f()\n    len(x)\n    return mystery(x)",  # Sized says too little for what is not known
        "x = $0f()\n    takes_numbers(x)\n    '-'.join(x)\n    return ''",  # the elements are no strings
        "x = $0f()\n    takes_sized(x)\n    takes_number(x)\n    return ''",  # no int has a length
        "x = 1\n    x = ''\n    takes(x)\n    x = $0f()\n    return ''",  # another value is taken there
    ],
)
def test_a_type_that_would_break_a_use_is_not_written(body: str) -> None:
    assert signature(f"{KEEPS}    {body}\n") == "def f() -> Any:"


def test_a_declared_variable_that_may_be_none_says_no_more_than_its_uses() -> None:
    before = (
        "from pathlib import Path\n\n\ndef g(path: Path | None = None):\n    path = $0f(path)\n    print(path.name)\n"
    )
    assert signature(before) == "def f(path: Path | None) -> Path:"
    assert signature(before.replace("path.name", "str(path)")) == "def f(path: Path | None) -> Path | None:"


@pytest.mark.parametrize(
    "function",
    [
        "def g() -> int:\n    try:\n        x = 1\n    except ValueError:\n        $0f()\n    return x",
        "def g(a: int) -> int:\n    if a:\n        return a\n    $0f()",
        "def g(a: int) -> int:\n    if a:\n        return a\n    else:\n        $0f()",
        "async def g(a: int) -> int:\n    if a:\n        return a\n    await $0f()",
    ],
)
def test_row_38_what_must_not_return_says_so(function: str) -> None:
    assert signature(f"{function}\n").removeprefix("async ") == "def f() -> NoReturn:"


def test_row_38_what_somebody_may_look_at_returns() -> None:
    text = (
        "class A:\n    def go(self, a: int) -> int:\n        if a:\n            return a\n        self.$0stop()\n\n\n"
        "class B:\n    def stop(self): ...\n\n\n"
    )
    assert signature(text) == "def stop(self) -> NoReturn:"
    assert signature(f"{text}def g(a):\n    x, y = a.stop()\n") == "def stop(self) -> tuple[Any, Any]:"
    assert signature(f"{text}def g(a):\n    x, *y = a.stop()\n").startswith("def stop(self) -> tuple[")
    assert signature(f"{text}def g(thing):\n    x, y = thing.stop()\n") == "def stop(self):"


def test_a_name_in_capitals_that_gives_one_of_several_classes_is_a_function() -> None:
    setup = "class Dog: ...\n\n\nclass Cat: ...\n\n\nPet = Dog | Cat\n\n\ndef feed(pet: Pet): ...\n\n\n"
    assert signature(f"{setup}feed($0Make(1))\n") == "def Make(arg1: int) -> Pet:"


def test_a_callback_that_may_return_anything_says_nothing_of_the_result() -> None:
    setup = (
        "from collections.abc import Callable\nfrom typing import Any\n\n\ndef on(f: Callable[[int], Any]): ...\n\n\n"
    )
    assert signature(f"{setup}on(f)\nx: int = $0f(1)\n") == "def f(arg1: int) -> int:"
    assert signature(f"{setup}on(f)\n$0f(1)\n") == "def f(arg1: int) -> Any:"


def test_what_never_returns_may_be_handed_on_to_anything() -> None:
    setup = "from typing import NoReturn\n\n\ndef h(a: int, call) -> NoReturn:\n    call(f)\n"
    assert signature(f"{setup}    $0f()\n") == "def f() -> NoReturn:"


@pytest.mark.parametrize(
    ("use", "returns"),
    [
        ("if $0is_leaf(node):\n        print(node.value)", "TypeGuard[Leaf]"),
        ("if not $0is_leaf(node):\n        return\n    print(node.value)", "TypeGuard[Leaf]"),
        ("print(node.value if $0is_leaf(node) else 1)", "TypeGuard[Leaf]"),
        ("if node.name and $0is_leaf(node) and node.value:\n        pass", "TypeGuard[Leaf]"),
        ("if $0is_leaf(node) or node.value:\n        pass", "bool"),
        ("if $0is_leaf(node):\n        print(node.name)", "bool"),
    ],
)
def test_a_predicate_tells_what_its_argument_is_taken_for(use: str, returns: str) -> None:
    setup = "class Leaf:\n    name: str\n    value: int\n\n\nclass Branch:\n    name: str\n\n\n"
    text = f"{setup}def g(node: Leaf | Branch) -> None:\n    {use}\n"
    assert signature(text) == f"def is_leaf(node: Leaf | Branch) -> {returns}:"


@pytest.mark.parametrize(
    ("use", "head"),
    [
        ('row: Row = {"name": "", "size": $0f()}', "def f() -> int:"),
        ('rows: list[Row | Mark] = [{"kind": $0f()}]', "def f() -> bool:"),
        ('rows: list[Row | Mark] = []\n    rows.append({"size": $0f(), "name": ""})', "def f() -> int:"),
        ("row: Row = {$0f(): 1}", "def f() -> Any:"),
        (
            'size = given.get("size")\n    if not $0f(size):\n        return None\n    row: Row = {"size": size}',
            "def f(size: object | None) -> TypeGuard[int]:",
        ),
    ],
)
def test_the_values_of_a_typed_dictionary_are_what_its_class_says(use: str, head: str) -> None:
    setup = "from typing import Any, NotRequired, TypedDict\n\n\nclass Row(TypedDict):\n    name: str\n"
    setup += "    size: NotRequired[int]\n\n\nclass Mark(TypedDict):\n    kind: bool\n\n\n"
    assert signature(f"{setup}def g(given: dict[str, object]) -> None:\n    {use}\n") == head


def test_a_class_is_known_where_it_is_told_from_its_instances() -> None:
    text = """\
class Schema: ...
def find(name: str) -> None: ...
def g(x: int) -> None:
    made = $0f(x)
    if isinstance(made, type) and issubclass(made, Schema):
        kept: type[Schema] = made
    elif isinstance(made, (str, bytes)):
        find(made)
"""
    assert signature(text) == "def f(x: int) -> type[Schema]:"


@pytest.mark.parametrize(
    ("use", "returns"),
    [
        ("a, b = $0f()\n    show(a, 1)\n    b.append(a)", "tuple[str, Any]"),
        ("a, b = $0f()\n    c, d = f()\n    show(a, d)", "tuple[str, int]"),
        ("text, a = $0f()\n    show(text, a)", "tuple[str, int]"),
        ("a, *b = $0f()\n    show(a, 1)", "tuple[Any, ...]"),
        ("a, b = $0f()\n    if a is not None:\n        show(a, 1)", "tuple[str | None, Any]"),
    ],
)
def test_row_34_the_items_are_what_is_asked_of_their_variables(use: str, returns: str) -> None:
    setup = "from typing import Any\n\n\ndef show(text: str, size: int) -> None: ...\n\n\n"
    assert signature(f"{setup}def g(text: str | bytes) -> None:\n    {use}\n") == f"def f() -> {returns}:"


def test_what_is_handed_to_what_says_nothing_of_its_result_is_not_none() -> None:
    text = "def g(xs: list[str]) -> set[int]:\n    last: int | None = $0f('')\n    return set(map(f, xs))\n"
    assert signature(text) == "def f(x: str) -> int:"


def test_an_awaitable_that_is_kept_is_a_value() -> None:
    text = """\
from asyncio import Future


class A:
    def __init__(self, stream):
        self.pending: Future[None] | None = None

    async def g(self, data: bytes) -> None:
        await self.$0write(data)
        self.pending = self.write(data)
"""
    assert signature(text) == "def write(self, data: bytes) -> Future[None]:"


def test_what_is_to_be_written_or_joined_as_bytes_is_bytes() -> None:
    assert signature("def g(x: str):\n    open(x, 'wb').write($0f(x))\n") == "def f(x: str) -> bytes:"
    assert signature("def g(xs: list[str]):\n    return b''.join([$0f(x) for x in xs])\n") == "def f(x: str) -> bytes:"


def test_no_builtin_container_is_made_of_what_a_protocol_asks_for() -> None:
    text = "def g(out: bytearray) -> None:\n    made = $0f()\n    made[0] |= 1\n    out.extend(made)\n"
    assert signature(text) == "def f() -> Any:"


def test_a_predicate_tells_which_subclass_its_argument_is_taken_for() -> None:
    text = """\
from collections.abc import Iterator


class Stream: ...


class File(Stream):
    def name(self) -> str: ...


class Other:
    def name(self) -> str: ...


def g(stream: Stream) -> Iterator[File]:
    if $0is_file(stream):
        {}
"""
    assert signature(text.format("print(stream.name())")) == "def is_file(stream: Stream) -> TypeGuard[File]:"
    assert signature(text.format("yield stream")) == "def is_file(stream: Stream) -> TypeGuard[File]:"
    assert signature(text.format("print(stream)")) == "def is_file(stream: Stream) -> bool:"


def test_what_is_kept_as_an_optional_is_no_more_than_that() -> None:
    text = """\
class Base:
    size: int


class More(Base): ...


kept: Base | None = None


def g(call) -> None:
    global kept
    kept = $0f()
    print(kept.size)
    call(kept)
"""
    assert signature(text) == "def f() -> Base:"


@pytest.mark.parametrize(
    ("cases", "returns"),
    [
        (("'a' | 'b'", "'c'"), 'Literal["a", "b", "c"]'),
        (("None", "1"), "Literal[1] | None"),
        (("Color.RED", "Color.BLUE"), "Color"),
        (("Square()", "Circle(size=s)"), "Square | Circle"),
        (("'a'", "_"), "Any"),
        (("'a'", "[x]"), "Any"),
    ],
)
def test_cases_that_must_be_enough_say_what_is_matched(cases: tuple[str, str], returns: str) -> None:
    setup = "from enum import Enum\n\n\nclass Color(Enum):\n    RED = 1\n    BLUE = 2\n\n\n"
    setup += "class Square: ...\n\n\nclass Circle:\n    size = 1\n\n\n"
    arms = "".join(f"        case {case}:\n            return 1\n" for case in cases)
    assert signature(f"{setup}def g() -> int:\n    match $0f():\n{arms}") == f"def f() -> {returns}:"
    assert signature(f"{setup}def g() -> None:\n    match $0f():\n{arms}") == "def f() -> Any:"


def test_of_overloads_those_count_that_take_the_other_arguments() -> None:
    setup = "from typing import overload\n\n\n@overload\ndef join(a: str, b: str) -> str: ...\n"
    setup += "@overload\ndef join(a: bytes, b: bytes) -> bytes: ...\ndef join(a, b): ...\n\n\n"
    assert signature(f"{setup}join($0f(), 'a')\n") == "def f() -> str:"
    assert signature(f"{setup}join(b'a', $0f())\n") == "def f() -> bytes:"
    assert signature(f"{setup}join($0f(), unknown)\n") == "def f() -> Any:"


def test_what_yields_for_a_generator_gives_what_that_yields() -> None:
    setup = "from collections.abc import Generator\nfrom typing import TypeVar\n\nT = TypeVar('T')\n"
    setup += "Gen = Generator[int, str, T]\n\n\n"
    assert signature(f"{setup}def g() -> Gen[None]:\n    yield from $0f()\n") == "def f() -> Iterator[int]:"
    assert signature(f"{setup}def g() -> Gen[None]:\n    yield $0f()\n") == "def f() -> int:"
    assert signature(f"{setup}def g() -> Gen[str]:\n    return (yield from $0f())\n") == "def f() -> Any:"


def test_a_new_type_is_not_what_it_is_made_of() -> None:
    text = """\
from typing import NewType

Id = NewType("Id", str)


def by_text(text: str) -> None: ...
def by_id(key: Id) -> None: ...


def g(n: int) -> None:
    key = $0f(n)
    by_text(key)
    by_id(key)
"""
    assert signature(text) == "def f(n: int) -> Id:"
    assert signature(text.replace("by_id(key)\n", "by_text(key)\n")) == "def f(n: int) -> str:"


def test_what_is_asked_for_an_item_takes_the_index() -> None:
    setup = "def show(text: str) -> None: ...\n\n\ndef g(d: dict[str, int]) -> None:\n"
    assert signature(f"{setup}    x = $0f()\n    show(x)\n    print(x[0])\n") == "def f() -> str:"
    assert signature(f"{setup}    x = $0f()\n    show(x)\n    print(x['a'])\n") == "def f() -> Any:"
    assert signature(f"{setup}    x = $0f()\n    print(d[x])\n    show(x)\n") == "def f() -> str:"


def test_an_alias_may_be_recursive() -> None:
    setup = """\
from __future__ import annotations

from typing import Union

Json = Union[str, list["Json"], dict[str, "Json"]]
Other = Union[int, list["Other"], dict[str, "Other"]]


def show(value: Json) -> None: ...


def g(n: int) -> Other:
    """
    assert signature(f"{setup}a = $0f(n)\n    show(a)\n    return a\n") == "def f(n: int) -> Any:"


def test_a_builtin_of_a_later_python_is_not_written() -> None:
    assert signature("//- m.py\n//- a.py\nimport m\n\nexec('', m.$0f())\n") == "def f():"


def test_an_alias_with_type_arguments_is_what_it_stands_for() -> None:
    setup = """\
from typing import Generic, TypeVar

T = TypeVar("T")


class Good(Generic[T]): ...


class Bad(Generic[T]): ...


Result = Good[T] | Bad[str]
Number = Result[int]


def show(bad: Bad[str]) -> None: ...


"""
    use = "def g(n: int) -> Number:\n    made = $0f(n)\n    show(made)\n    return made\n"
    assert signature(f"{setup}{use}") == "def f(n: int) -> Bad[str]:"


def test_what_fills_in_for_none_is_not_none() -> None:
    before = "def g(a: int | None = None):\n    if {}:\n        a = $0f()\n    print(a)\n"
    assert signature(before.format("a is None")) == "def f() -> int:"
    assert signature(before.format("not a")) == "def f() -> int:"
    assert signature(before.format("a is not None")) == "def f() -> int | None:"
    assert signature("def g(a: int | None = None):\n    a = a or $0f()\n    print(a)\n") == "def f() -> int:"


@pytest.mark.parametrize(
    "function",
    [
        "def g() -> int:\n    x = 0\n    try:\n        x = 1\n    except ValueError:\n        $0f()\n    return x",
        "def g(a: int) -> int | None:\n    if a:\n        return a\n    $0f()",
        "def g(a: int) -> int:\n    for x in [a]:\n        $0f()",
    ],
)
def test_row_38_what_may_return_does(function: str) -> None:
    assert signature(f"{function}\n") == "def f() -> None:"


def test_a_type_variable_that_no_parameter_binds_is_not_returned() -> None:
    setup = "from typing import TypeVar\n\nT = TypeVar('T')\n\n\ndef g(x: T) -> list[T]:\n    return "
    assert signature(f"{setup}$0f(x)\n") == "def f(x: T) -> list[T]:"
    assert signature(f"{setup}$0f()\n") == "def f() -> list[Any]:"


def test_the_class_itself_is_quoted_in_its_methods() -> None:
    text = "class A:\n    def g(self) -> 'A':\n        return self.$0f(self)\n"
    assert signature(text) == 'def f(self, a: "A") -> "A":'
    assert signature(f"from __future__ import annotations\n\n\n{text}") == "def f(self, a: A) -> A:"


def test_what_takes_a_base_class_may_be_given_a_more_special_one() -> None:
    setup = "class A: ...\nclass B(A): ...\n\n\ndef takes(a: A) -> None: ...\n\n\nx = $0f()\ntakes(x)\n"
    assert signature(setup) == "def f() -> A:"
    assert signature(f"{setup}mystery(x)\n") == "def f() -> Any:"


def test_row_3_what_gives_a_base_class_is_a_function() -> None:
    check(
        "class A($0with_bases(int)):\n    pass\n",
        """\
from typing import Any


def with_bases(int_: type[int]) -> type[Any]:
    raise NotImplementedError


class A(with_bases(int)):
    pass
""",
    )


def test_row_38_a_use_that_may_mean_it_keeps_nothing_from_being_said() -> None:
    text = "class A:\n    def g(self):\n        self.$0f()\n\n\nclass B:\n    def f(self): ...\n\n\n"
    text += "def h(x):\n    {}x.f()\n"
    assert signature(text.format("")) == "def f(self) -> None:"
    assert signature(text.format("return ")) == "def f(self):"


def test_what_entering_gives_may_be_bound_by_self() -> None:
    setup = """\
from typing import TypeVar

T = TypeVar("T", bound="Client")


class Client:
    def __enter__(self: T) -> T:
        return self

    def __exit__(self, *args: object) -> None: ...


with Client() as client:
    """
    assert signature(f"{setup}$0f(client)\n") == "def f(client: Client) -> None:"


def test_row_37_self_stays_self() -> None:
    text = "from typing import Self\n\n\nclass A:\n    def g(self) -> Self:\n        return self.$0f()\n"
    assert signature(text) == "def f(self) -> Self:"
    assert signature(f"{text}\n    def h(self) -> int:\n        return self.f()\n") == "def f(self):"
    assert signature(f"{text}\n\nclass B(A):\n    def f(self) -> Self: ...\n") == "def f(self) -> Self:"


def test_a_value_that_an_attribute_keeps_is_followed_in_its_function() -> None:
    text = """\
class A:
    def __init__(self) -> None:
        self.size: int | None = None

    def g(self) -> int:
        if self.size is None:
            self.size = self.$0f()
        return self.size
"""
    assert signature(text) == "def f(self) -> int:"


def test_what_is_declared_may_get_something_more_special() -> None:
    assert signature("x: int | None = None\nx = $0f()\ny = x + 1\n") == "def f() -> int:"
    assert signature("x: int | None = None\nx = $0f()\ny = x.real\n") == "def f() -> int:"
    assert signature("x: int | str\nx = $0f()\nx.upper()\n") == "def f() -> str:"
    setup = "from collections.abc import Iterable, Mapping\n\n"
    assert signature(f"{setup}x: Iterable[str] = $0f()\nx.append('')\n") == "def f() -> list[str]:"
    assert signature(f"{setup}x: Mapping[str, int] = $0f()\nx['a'] = 1\n") == "def f() -> dict[str, int]:"


def test_all_variables_of_an_assignment_are_followed() -> None:
    text = "class A:\n    x: int | None\n\n\ndef g(a: A, y: int | None) -> int:\n    a.x = y = $0f()\n    return y\n"
    assert signature(text) == "def f() -> int:"


def test_a_list_of_something_is_not_written_where_its_use_is_not_understood() -> None:
    text = "from elsewhere import use\n\n\ndef g() -> list[int]:\n    use($0f())\n    return f()\n"
    assert signature(text) == "def f() -> Any:"
    assert signature(text.replace("    use($0f())\n", "").replace("f()", "$0f()")) == "def f() -> list[int]:"


def test_a_name_in_capwords_is_a_function_where_its_value_is_no_instance_of_a_new_class() -> None:
    assert signature("def g(x: int = $0Default(5)) -> None: ...\n") == "def Default(arg1: int) -> int:"
    assert signature("async def g() -> int:\n    return await $0Fetch()\n") == "async def Fetch() -> int:"
    listed = "def g(x: int = $0Default(5)) -> None: ...\n\n\nKINDS = [Default]\n"
    assert signature(listed) == "def Default(arg1) -> Any:"  # whoever calls what is listed
    with workspace(f"{listed}\n\ndef h(x: object) -> bool:\n    return isinstance(x, (int, Default))\n") as space:
        assert space.plan().skeleton.startswith("class Default(int):")
    with workspace("class Base: ...\n\n\nx: Base = $0Derived()\n") as space:
        assert space.plan().skeleton == "class Derived(Base):\n    pass\n"


def test_row_37_self_stays_self_inside_another_type() -> None:
    text = "from typing import Self\n\n\nclass A:\n    def g(self) -> list[Self] | None:\n        return self.$0f()\n"
    assert signature(text) == "def f(self) -> list[Self] | None:"


def test_row_37_what_is_kept_for_self_is_self() -> None:
    text = "from typing import Self\n\n\nclass A:\n    def g(self) -> set[Self]:\n        found: set[Self] = set()\n"
    text += "        one = self.$0f()\n        found.add(one)\n        return found\n"
    assert signature(text) == "def f(self) -> Self:"


def test_a_property_gets_what_its_setter_takes() -> None:
    text = "from collections.abc import Callable\n\n\nclass A:\n    @property\n    def size(self) -> int: ...\n\n"
    text += "    @size.setter\n    def size(self, value: str) -> None: ...\n\n\ndef g(a: A) -> None:\n"
    assert signature(f"{text}    a.size = $0f()\n") == "def f() -> str:"
    handed = text.replace("value: str", "value: Callable[[int], str]")
    assert signature(f"{handed}    a.size = $0f\n") == "def f(arg1: int) -> str:"
    assert signature(f"{text.partition('    @size.setter')[0]}\ndef g(a: A) -> None:\n    a.size = $0f()\n").endswith(
        "Any:"
    )


def test_a_function_is_no_instance_of_a_class_that_can_be_called() -> None:
    text = "from collections.abc import Callable\n\n\nclass Made:\n    def __call__(self) -> int: ...\n\n\n"
    text += "def g(x: int) -> Made | Callable[[], int]:\n    return $0f(x)\n\n\ndef h() -> Made:\n    return f(1)\n"
    assert signature(text) == "def f(x: int) -> Made:"


def test_a_type_variable_has_what_its_bound_has() -> None:
    text = """\
from typing import TypeVar


class A: ...


T = TypeVar("T", bound=A)


def g(items: list[T]) -> None:
    for item in items:
        item.f(1)


def h(a: A) -> None:
    a.$0f(1, deep=True)
"""
    assert signature(text) == "def f(self, arg1: int, *, deep: bool = False) -> None:"


def test_an_item_is_one_of_what_the_list_may_be() -> None:
    setup = "def ask(them: dict[str, int] | list[bytes] | None) -> None: ...\n\n\n"
    assert signature(f"{setup}ask([$0f()])\n") == "def f() -> bytes:"
    assert signature(f"{setup}ask({{$0f(): 1}})\n") == "def f() -> str:"


def test_assert_type_says_what_is_returned() -> None:
    assert (
        signature("from typing import assert_type\n\nassert_type($0f(1), list[int])\n")
        == "def f(arg1: int) -> list[int]:"
    )


@pytest.mark.parametrize(
    ("use", "result"),
    [
        ("time.sleep({})", "float"),
        ("math.sqrt({})", "float"),
        ("range({})", "int"),
        ("open({})", "str"),
        ("os.makedirs({})", "str"),
    ],
)
def test_row_33_what_the_standard_library_takes_in_many_forms_is_given_in_the_plain_one(use: str, result: str) -> None:
    head = "import math, os, time\n\n\ndef g(n: int) -> None:\n    "
    check(
        head + use.format("$0f(n)") + "\n",
        head + use.format("f(n)") + f"\n\n\ndef f(n: int) -> {result}:\n    raise NotImplementedError\n",
    )


@pytest.mark.parametrize("items", ["*[{} for x in xs]", "*({} for x in xs)", "*[{}]"])
def test_row_33_an_item_that_is_passed_with_a_star_is_an_argument(items: str) -> None:
    head = "import asyncio\n\n\ndef g(*parts: str) -> None: ...\n\n\nasync def h(xs: list[int], x: int) -> None:\n    "
    assert signature(f"{head}g(1, {items.format('$0f(x)')})\n") == "def f(x: int) -> str:"
    assert signature(f"{head}await asyncio.gather({items.format('$0f(x)')})\n") == "async def f(x: int) -> None:"


@pytest.mark.parametrize(
    ("declared", "call", "result"),
    [
        ("@dataclass\nclass C:\n    a: int\n    b: str = ''\n", "C(1, {})", "str"),
        ("@dataclass\nclass C:\n    a: int\n    b: str = ''\n", "C(b={}, a=1)", "str"),
        ("class C(NamedTuple):\n    a: int\n    b: str\n", "C(1, {})", "str"),
        ("@dataclass\nclass B:\n    b: str\n\n\n@dataclass\nclass C(B):\n    a: int\n", "C({}, 1)", "str"),
        ("@dataclass\nclass B:\n    a: int\n\n\n@dataclass\nclass C(B):\n    b: int\n    a: str\n", "C({}, 1)", "str"),
        (
            "@dataclass\nclass C:\n    k: ClassVar[int] = 1\n    i: int = field(init=False)\n    b: str\n",
            "C({})",
            "str",
        ),
        ("@dataclass\nclass C:\n    k: int = field(kw_only=True)\n    b: str\n", "C({}, k=1)", "str"),
        ("@dataclass\nclass C:\n    a: int\n    b: str\n    def __init__(self, x: bytes): ...\n", "C({})", "bytes"),
        ("class C:\n    a: int\n", "C({})", "Any"),
        ("@dataclass\nclass C(Unknown):\n    a: int\n", "C({})", "Any"),
    ],
)
def test_row_33_a_field_of_a_dataclass_or_named_tuple_says_what_is_passed(
    declared: str, call: str, result: str
) -> None:
    head = "from dataclasses import dataclass, field\nfrom typing import ClassVar, NamedTuple\n\n\n"
    use = f"def g(x: int) -> None:\n    print({call.format('$0f(x)')})\n"
    assert signature(f"{head}{declared}\n\n{use}") == f"def f(x: int) -> {result}:"


@pytest.mark.parametrize(
    ("body", "returns"),
    [
        ("x = 'a' + $0f()\n    print(f'{f()}', f() == mystery)", "str"),  # any value suits the others
        ("x = 0 if flag else $0f()", "int"),
        ("x = $0f() or ''", "str | None"),
        ("x = flag or $0f()", "bool"),
        ("return $0f() or 'none'", "str | None"),
        ("x = $0f()\n    y = 1 + x", "int"),
        ("x = $0f()\n    if x:\n        pass", "Any"),  # it may be anything that is false at times
        ("x = $0f()\n    if x:\n        pass\n    if f():\n        pass", "bool"),
        ("mystery(x := $0f())\n    if x and f():\n        pass", "Any"),
        ("x = $0f()\n    if x is None:\n        return ''\n    y = x.startswith('a')", "str | None"),
        ("x = $0f().split(b',')", "bytes"),
        ("x = $0f().strip()", "str"),
        ("x = $0f().nowhere()", "Any"),
    ],
)
def test_what_stands_beside_a_value_suggests_what_it_is(body: str, returns: str) -> None:
    assert signature(f"def g(flag: bool) -> str:\n    {body}\n    return ''\n") == f"def f() -> {returns}:"


def test_a_method_that_a_class_of_the_workspace_has_makes_no_text() -> None:
    text = "class A:\n    def strip(self) -> None: ...\n\n\ndef g() -> None:\n    x = $0f().strip()\n"
    assert signature(text) == "def f() -> Any:"


@pytest.mark.parametrize(
    ("body", "returns"),
    [
        ("for x in $0f():\n        takes(x)", "Iterable[str]"),
        ("for n, (x, y) in $0f():\n        takes(y)", "Iterable[tuple[Any, tuple[Any, str]]]"),
        ("xs = [1 + x for x in $0f()]", "Iterable[int]"),
        ("with $0f() as x:\n        takes(x)", "AbstractContextManager[str]"),
        (
            "for x in $0f():\n        while x:\n            for x in x:\n                takes(x)",
            "Iterable[Iterable[str]]",
        ),
        ("x, y = $0f()\n    takes(f()[1])\n    assert f() == (1, '')", "tuple[int, str]"),
        ("x: list[str] = [*$0f(), '']", "Iterable[str]"),
        ("takes_gen($0f())", "Gen[Any]"),
    ],
)
def test_what_holds_values_holds_what_is_asked_of_these(body: str, returns: str) -> None:
    setup = "from typing import Generic, TypeVar\n\nT = TypeVar('T')\n\n\nclass Gen(Generic[T]): ...\n\n\n"
    setup += "def takes(text: str) -> None: ...\ndef takes_gen(gen: Gen[T]) -> T: ...\n\n\n"
    assert signature(f"{setup}def g() -> None:\n    {body}\n") == f"def f() -> {returns}:"


def test_a_class_method_that_is_named_so_gives_an_instance() -> None:
    setup = "class A:\n    x: int = 0\n\n\ndef g() -> None:\n    "
    assert (
        signature(f"{setup}a = A.$0from_text('')\n    print(a.x)\n")
        == '@classmethod\ndef from_text(cls, arg1: str) -> "A":'
    )
    assert signature(f"{setup}print(A.$0from_text('').y)\n") == "@classmethod\ndef from_text(cls, arg1: str):"
    assert signature(f"{setup}a = A.$0names()\n") == "@classmethod\ndef names(cls):"
    found = f"{setup}a = A.$0create()\n    if a is None:\n        return\n    print(a.x)\n"
    assert signature(found) == '@classmethod\ndef create(cls) -> "A | None":'


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("await self.$0f()\n        self.f().run()", "def f(self):"),
        ("await self.$0f()\n        x = self.f()\n        x.run()", "def f(self):"),
        ("await self.$0f()\n        async with self.f() as x: ...", "def f(self) -> AbstractAsyncContextManager[Any]:"),
        ("await self.$0f()\n        x = self.f()\n        await x", "async def f(self) -> None:"),
    ],
)
def test_row_39_what_is_awaited_and_used_as_something_else_is_no_coroutine(body: str, head: str) -> None:
    assert signature(f"class A:\n    async def g(self, n: int) -> None:\n        {body}\n") == head


def test_a_method_that_is_called_in_a_chain_gives_an_instance() -> None:
    setup = "class Query:\n    def order(self) -> None: ...\n\n\ndef g(query: Query) -> None:\n    "
    assert signature(f"{setup}query.$0where(1).order()\n") == 'def where(self, arg1: int) -> "Query":'
    assert signature(f"{setup}query.$0where(1).order()\n    mystery(query.where(2))\n") == "def where(self, arg1: int):"
    other = f"class Other:\n    def order(self) -> None: ...\n\n\n{setup}query.$0where(1).order()\n"
    assert signature(other) == "def where(self, arg1: int):"  # it may well be the other's


def test_what_fills_in_for_none_in_a_condition_is_not_none() -> None:
    text = "def g(flag: bool | None) -> None:\n    flag = $0ask() if flag is None else flag\n    print(flag)\n"
    assert signature(text) == "def ask() -> bool:"


def test_an_override_that_is_awaited_and_used_as_something_else_is_no_coroutine() -> None:
    text = (
        "class Base:\n    def order(self, *names: str): ...\n\n\nclass A(Base):\n    def one(self) -> None: ...\n\n\n"
    )
    text += "async def g(a: A) -> None:\n    await a.$0order()\n    {}\n"
    with workspace(text.format("x = await a.order()")) as space:
        target = Target(space.path, "A.order", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 5))
        assert plan.make(space.project, target).skeleton.startswith("async def order")
    with workspace(text.format("a.order().limit(1)")) as space:
        target = Target(space.path, "A.order", TargetKind.METHOD, space.path, Span(space.offset, space.offset + 5))
        assert plan.make(space.project, target).skeleton.startswith("def order")


def test_row_35_a_condition_is_one_beside_comments() -> None:
    text = "def g(xs: list[int]) -> None:\n    x = (\n        [1]  # one\n        if $0f(xs)\n        else xs\n    )\n"
    assert signature(text) == "def f(xs: list[int]) -> bool:"


def test_what_is_compared_with_none_may_be_none_where_it_is_added_up() -> None:
    text = "def take(*, n: int | None) -> None: ...\n\n\ndef g() -> None:\n    take(n=f())\n"
    text += "    if (n := $0f()) is not None:\n        print(n + 1)\n"
    assert signature(text) == "def f() -> int | None:"


def test_a_variable_that_is_changed_keeps_its_type() -> None:
    text = "def g(n: int) -> str:\n    text = 'a'\n    text = $0f(text)\n    return f'{text}'\n"
    assert signature(text) == "def f(text: str) -> str:"
    assert signature(text.replace("return f'{text}'", "return text.nowhere()")) == "def f(text: str) -> Any:"


def test_an_alias_that_has_none_is_no_more_than_its_other_types_where_none_breaks_a_use() -> None:
    text = "Number = int | None\n\n\ndef take(n: Number) -> None: ...\n\n\n"
    text += "def g(n: int) -> None:\n    take($0f(n))\n    {}\n"
    assert signature(text.format("print(f(n) < 2)")) == "def f(n: int) -> int:"
    assert signature(text.format("print(f(n) is None)")) == "def f(n: int) -> Number:"


def test_what_only_a_class_below_the_declared_one_has_is_one_of_that() -> None:
    text = "class A:\n    def close(self) -> None: ...\n\n\nclass B(A): ...\n\n\nclass C(B):\n"
    text += "    def send(self) -> None: ...\n\n\nclass D(C): ...\n\n\ndef take(a: A) -> None: ...\n\n\n"
    text += "def g() -> None:\n    a = $0f()\n    a.send()\n    take(a)\n"
    assert signature(text) == "def f() -> C:"
    assert (
        signature(text.replace("class D(C): ...", "class D(A):\n    def send(self) -> None: ...")) == "def f() -> Any:"
    )
    text = text.replace("    a.send()\n    take(a)", "    if a is not None:\n        a.send()\n        take(a)")
    assert signature(text) == "def f() -> C | None:"


def test_an_item_of_one_of_several_tuples_is_what_goes_with_the_others() -> None:
    text = (
        "class A: ...\n\n\nclass B: ...\n\n\ndef g(a: A, b: B) -> tuple[A, int] | tuple[B, str] | tuple[None, None]:\n"
    )
    assert signature(f"{text}    return a, $0f()\n") == "def f() -> int:"
    assert signature(f"{text}    return (b, $0f())\n") == "def f() -> str:"
    assert signature(f"{text}    return $0f(), 1\n") == "def f() -> A:"
    assert signature("def g() -> tuple[int, ...] | None:\n    return 1, $0f()\n") == "def f() -> int:"


def test_of_a_declared_union_no_member_is_taken_that_is_not_what_is_suggested() -> None:
    text = "from collections.abc import Iterable\n\n\ndef take(x: str | Iterable[str] | None) -> None: ...\n\n\n"
    text += "def g(xs: list[str]) -> None:\n    {}$0f(xs)\n    print({}[0])\n    take({})\n"
    assert signature(text.format("xs = ", "xs", "xs")) == "def f(xs: list[str]) -> list[str]:"
    assert signature(text.format("x = ", "x", "x")) == "def f(xs: list[str]) -> str:"


def test_two_new_types_of_one_type_are_two() -> None:
    text = "from typing import NewType\n\nHex = NewType('Hex', bytes)\nRaw = NewType('Raw', bytes)\n\n\n"
    text += "def take(x: Hex | Raw) -> None: ...\n\n\ndef keep(x: Hex) -> None: ...\n\n\n"
    text += "def g(x: Hex | Raw) -> None:\n    a = $0f(x)\n    take(a)\n    keep(a)\n"
    assert signature(text) == "def f(x: Hex | Raw) -> Hex:"


def test_of_what_may_hold_several_kinds_it_is_not_known_which_it_holds() -> None:
    text = (
        "from collections.abc import Sequence\n\n\ndef ask(choices: Sequence[str | dict[str, int]]) -> None: ...\n\n\n"
    )
    assert signature(f"{text}ask($0f())\n") == "def f() -> Sequence[Any]:"
    assert signature(f"{text}ask($0f())\n".replace("str | dict[str, int]", "str | None")) == (
        "def f() -> Sequence[str | None]:"
    )


def test_what_grows_is_likely_of_the_kind_that_is_added() -> None:
    text = "def g(xs: list[str]) -> None:\n    a = $0f()\n    a += {}\n    for x in a: print(x.upper())\n"
    assert signature(text.format("('',)")) == "def f() -> tuple[str, ...]:"
    assert signature(text.format("xs")) == "def f() -> list[str]:"
    assert signature(text.format("1")) == "def f() -> int:"
    assert signature(text.format("unknown")) == "def f() -> Any:"
    taken = "from collections.abc import Iterable\ndef take(x: Iterable[str]) -> None: ...\n\n\ndef g() -> None:\n"
    taken += "    a = $0f()\n    take(a)\n"
    assert signature(taken) == "def f() -> Iterable[str]:"
    assert signature(taken + "    a += ('',)\n") == "def f() -> Any:"


def test_what_is_put_in_the_place_of_an_instance_is_one_of_the_other_types() -> None:
    text = "def g(x: int | str | None) -> None:\n    if isinstance(x, str):\n        x = $0f(x)\n    print(x)\n"
    assert signature(text) == "def f(x: str) -> int | None:"
    assert signature(text.replace("int | str", "str")) == "def f(x: str) -> str | None:"


def test_an_attribute_gets_what_is_else_assigned_to_it() -> None:
    text = "class Base:\n    def __init__(self) -> None:\n        self.n = None\n        self.x = {}\n\n\n"
    text += "class A(Base):\n    def g(self) -> None:\n        self.x = $0f()\n"
    assert signature(text.format("1.5")) == "def f() -> float:"
    assert signature(text.format("None")) == "def f() -> Any:"
    assert signature(text.format("1.5") + "\n    def h(self) -> None:\n        self.x = ''\n") == "def f() -> Any:"
    assert signature(text.format("1.5") + "        self.x.nowhere()\n") == "def f() -> Any:"
    declared = text.replace("self.x = {}", "self.x: int | str = 1")
    assert signature(declared) == "def f() -> int | str:"


def test_a_variable_gets_what_another_branch_assigns() -> None:
    text = "def g(a: int) -> None:\n    x = ''\n    if a:\n        x = $0f(a)\n    print(x)\n"
    assert signature(text) == "def f(a: int) -> str:"
    assert signature(text.replace("    if a:\n    ", "")) == "def f(a: int) -> Any:"  # one after the other


@pytest.mark.parametrize(
    ("body", "returns"),
    [
        ("class A:\n    def close(self) -> None: ...", "A"),
        (
            "class A:\n    def close(self) -> None: ...\n\n\nclass B(A):\n    def missing(self) -> None: ...\n\n\n"
            "class C(A):\n    def missing(self) -> None: ...",
            "Any",
        ),
    ],
)
def test_a_declared_class_stays_though_a_member_is_missing_too(body: str, returns: str) -> None:
    text = f"{body}\n\n\ndef g() -> None:\n    a: A = $0f()\n    a.missing()\n    a.close()\n"
    assert signature(text) == f"def f() -> {returns}:"


@pytest.mark.parametrize(
    ("usage", "returns"),
    [
        ("from datetime import datetime\n\nx = datetime.now() + $0f()", "timedelta"),
        ("from datetime import datetime\n\nx = datetime.now() - $0f()", "Any"),
        ("from pathlib import Path\n\nx = Path('a') / $0f()", "str"),
        ("class C:\n    def __add__(self, o: 'C') -> 'C': ...\n\n\nx = C()\nx += $0f()", "C"),
        ("class C:\n    def __rmul__(self, o: int) -> 'C': ...\n\n\nx = $0f() * C()", "int"),
        ("x: set[str] = set()\ny = x | $0f()", "set[str]"),
        ("x: set[str] = set()\ny = $0f() in x", "str"),
        ("x = $0f() not in ('a', None)", "str"),
        ("x: dict[int, str] = {}\nif $0f() in x:\n    pass", "int"),
        ("import sys\n\nsys.exit($0f())", "int"),
        ("raise SystemExit($0f())", "int"),
        ("def g(x: int | str | None) -> None: ...\n\n\ng($0f())", "int | str"),
    ],
)
def test_row_36_an_operand_is_what_the_operator_takes(usage: str, returns: str) -> None:
    assert signature(f"def h() -> None: ...\n\n\n{usage}\n") == f"def f() -> {returns}:"


@pytest.mark.parametrize(
    ("usage", "returns"),
    [
        ("assertEqual($0f(), 7.0)", "float"),
        ("assertEqual('a', $0f())", "str"),
        ("assertTrue($0f())", "bool"),
        ("assertIn($0f(), ['a'])", "str"),
        ("assertIsInstance($0f(), bytes)", "bytes"),
        ("assertIsNone(f())\n        self.assertEqual($0f(), 1)", "int | None"),
    ],
)
def test_row_36_assertions_compare(usage: str, returns: str) -> None:
    text = f"import unittest\n\n\nclass T(unittest.TestCase):\n    def test(self) -> None:\n        self.{usage}\n"
    assert signature(text) == f"def f() -> {returns}:"


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("x: int = await asyncio.wait_for($0f(), 1)", "async def f() -> int:"),
        ("x: int | None = await asyncio.wait_for($0f(), 1)", "async def f() -> int | None:"),
        ("x: tuple[int, str] = await asyncio.gather($0f(), h())", "async def f() -> int:"),
        ("x: list[int] = await asyncio.gather(*[$0f(1) for _ in 'ab'])", "async def f(arg1: int) -> int:"),
        ("x: asyncio.Task[int] = asyncio.create_task($0f())", "async def f() -> int:"),
        ("x = await asyncio.wait_for($0f(), 1)", "async def f() -> Any:"),
        ("x: list[int] = sorted($0f())", "def f() -> Iterable[int]:"),
        ("x: int = max($0f(), 1)", "def f() -> int:"),
        ("x: str = asyncio.mystery($0f())", "def f() -> Any:"),
    ],
)
def test_row_33_a_declared_result_says_what_is_passed_through(body: str, head: str) -> None:
    text = f"import asyncio\n\n\nasync def h() -> str: ...\n\n\nasync def g() -> None:\n    {body}\n"
    assert signature(text) == head


def test_the_factory_of_a_declared_field_gives_its_type() -> None:
    text = "from dataclasses import dataclass, field\n\n\n@dataclass\nclass A:\n    xs: list[int] = "
    assert signature(f"{text}field(default_factory=$0f)\n") == "def f() -> list[int]:"


@pytest.mark.parametrize(
    "body",
    [
        "def g() -> None:\n    asyncio.run($0f())",
        "def g() -> None:\n    asyncio.get_event_loop().run_until_complete($0f())",
        "async def g() -> None:\n    await asyncio.wait_for($0f(), 1)",
        "async def g() -> None:\n    await asyncio.gather($0f(), f())",
    ],
)
def test_row_38_what_is_run_in_a_statement_gives_nothing(body: str) -> None:
    assert signature(f"import asyncio\n\n\n{body}\n") == "async def f() -> None:"
    kept = f"import asyncio\n\n\n{body.replace('$0', '')}\n\n\nasync def h() -> int:\n    return await $0f()\n"
    assert signature(kept) == "async def f() -> int:"


def test_a_value_that_an_attribute_keeps_is_what_other_methods_give_of_it() -> None:
    text = "class A:\n    def __init__(self) -> None:\n        self._size = self.$0f()\n\n"
    text += "    def size(self) -> int:\n        return self._size\n"
    assert signature(text) == "def f(self) -> int:"
    assert signature(text.replace("-> int", "-> int | None")) == "def f(self) -> int:"
    assert signature(text.replace("return self._size", "return len(self._size)")) != "def f(self) -> int:"


@pytest.mark.parametrize(
    ("use", "returns"),
    [
        ("return (now - $0f()).total_seconds()", "datetime"),
        ("if now - $0f() > timedelta(days=1):\n        return 1.0", "datetime"),
        ("return (now - $0f()).timestamp()", "timedelta"),
        ("print(now - $0f())", "Any"),
    ],
)
def test_row_36_what_an_operation_gives_says_which_operand_it_takes(use: str, returns: str) -> None:
    setup = "from datetime import datetime, timedelta\n\n\ndef g(now: datetime) -> float:\n"
    assert signature(f"{setup}    {use}\n") == f"def f() -> {returns}:"


@pytest.mark.parametrize(
    ("use", "head"),
    [
        ("return run_sync(lambda: $0f(1))", "def f(arg1: int) -> str:"),
        ("each(lambda n: $0f(n))", "def f(n: int) -> bool:"),
        ("awaits(lambda: $0f())", "async def f() -> int:"),
        ("anything(lambda: $0f())", "def f() -> Any:"),
    ],
)
def test_row_33_what_a_lambda_gives_is_what_is_asked_of_it(use: str, head: str) -> None:
    setup = (
        "from collections.abc import Awaitable, Callable\nfrom typing import TypeVar\n\nT = TypeVar('T')\n\n\n"
        "def run_sync(function: Callable[[], T]) -> T: ...\n\n\ndef each(f: Callable[[int], bool] | None): ...\n\n\n"
        "def awaits(f: Callable[[], Awaitable[int]]): ...\n\n\ndef anything(f: Callable[[], object]): ...\n\n\n"
    )
    assert signature(f"{setup}def g() -> str:\n    {use}\n") == head


def test_what_fills_in_for_none_is_none_whatever_else_is_assigned_that_is_named_alike() -> None:
    text = (
        "def g(trace: list[int] | None = None):\n    if trace is None:\n        a, traceback = 1, 2\n"
        "        trace = $0f(traceback)\n    print(trace)\n"
    )
    assert signature(text) == "def f(traceback: int) -> list[int]:"


@pytest.mark.parametrize(
    ("use", "head"),
    [
        ("return self.$0child(n).child(2).name", 'def child(self, n: int) -> "A":'),
        (
            "first = self.$0child(n)\n        second = first.child(2)\n        return second.name",
            'def child(self, n: int) -> "A":',
        ),
        ("return self.$0child(n).child(2).size", "def child(self, n: int):"),
    ],
)
def test_what_is_asked_for_the_missing_method_itself_is_an_instance(use: str, head: str) -> None:
    assert signature(f"class A:\n    name: str\n\n    def g(self, n: int) -> str:\n        {use}\n") == head


def test_row_35_what_takes_a_type_variable_out_of_a_union_guards_it() -> None:
    text = (
        "from typing import TypeVar\n\nT = TypeVar('T')\n\n\ndef g(xs: list[T | None]) -> list[T]:\n"
        "    return [x for x in xs if $0f(x)]\n"
    )
    assert signature(text) == "def f(x: T | None) -> TypeGuard[T]:"
    assert signature(text.replace("list[T]:", "list[T | None]:")) == "def f(x: T | None) -> bool:"


def test_row_39_what_is_awaited_of_a_list_is_async() -> None:
    loop = "for done in asyncio.as_completed([$0f(url) for url in urls]):"
    text = f"import asyncio\n\n\nasync def g(urls: list[str]) -> None:\n    {loop}\n        print(await done)\n"
    assert signature(text) == "async def f(url: str) -> Any:"
    text = "from collections.abc import Awaitable\n\n\ndef g() -> list[Awaitable[int]]:\n    return [$0f()]\n"
    assert signature(text) == "async def f() -> int:"


@pytest.mark.parametrize(
    ("use", "returns"),
    [
        ("print(f'{$0f():.2f}')", "float"),
        ("print(f'{$0f():>5d}')", "int"),
        ("print(f'{$0f()!r:>5}')", "Any"),
        ("print('%s: %.1f' % (text, $0f()))", "float"),
        ("print('%d%%' % $0f())", "int"),
        ("print('%s' % $0f())", "Any"),
        ("print(text[$0f():])", "int"),
        ("print(text in $0f())", "Container[str]"),
        ("x = $0f()\n    print(len(x), text in x)", "Collection[str]"),
        ("x = $0f()\n    print(len(x))\n    for item in x:\n        print(item)", "Collection[Any]"),
        ("x = $0f()\n    print(len(x), x[0])", "Any"),
        ("print(int($0f()))", "Any"),  # of a text as well as of a number
        ("print(json.loads($0f()))", "str"),
        ("print(sum($0f()))", "Iterable[Any]"),
    ],
)
def test_formats_slices_and_collections(use: str, returns: str) -> None:
    assert signature(f"import json\n\n\ndef g(text: str) -> None:\n    {use}\n") == f"def f() -> {returns}:"


@pytest.mark.parametrize(
    ("use", "head"),
    [
        ("Executor().map($0f, users, sizes, timeout=1)", "def f(user: str, size: int) -> Any:"),
        ("x: list[int] = list(Executor().map($0f, users))", "def f(user: str) -> int:"),
        ("x: list[int] = Pool().map($0f, users)", "def f(user: str) -> int:"),
        ("x: list[int] = [*map($0f, users)]", "def f(user: str) -> int:"),
        ("print(', '.join(map($0f, users)))", "def f(user: str) -> str:"),
    ],
)
def test_what_is_mapped_over_items_takes_these_and_gives_what_is_declared(use: str, head: str) -> None:
    setup = "from concurrent.futures import Executor\nfrom multiprocessing.pool import Pool\n\n\n"
    assert signature(f"{setup}def g(users: list[str], sizes: list[int]) -> None:\n    {use}\n") == head


def test_a_file_with_annotated_fields_alone_is_annotated() -> None:
    fields = "from dataclasses import dataclass\n\n\n@dataclass\nclass Store:\n    size: int\n"
    text = f"//- store.py\n{fields}//- main.py\nfrom store import Store\n\nx = Store.$0from_rows([1])\n"
    assert signature(text).splitlines()[-1] == 'def from_rows(cls, arg1: list[int]) -> "Store":'


def test_row_32_what_a_base_declares_of_a_class_attribute() -> None:
    text = "class A:\n    size: int\n\n\nclass B(A):\n    size = $0f()\n"
    assert signature(text) == "def f() -> int:"


def test_what_is_divided_by_a_text_is_a_path() -> None:
    assert signature('def g(n: str):\n    return $0f() / "x" / n\n') == "def f() -> Path:"
    assert signature("def g(n: str):\n    return n / $0f()\n") == "def f() -> Path:"
