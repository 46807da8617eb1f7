"""Where a new definition goes: rows 1-19 of the cases (docs/create-from-usage.md), each as text before and after."""

from __future__ import annotations

import pytest

from autogen_lsp.analysis import apply
from tests.support.actions import check, check_not_offered, workspace


def test_row_1_a_call_in_a_function_goes_after_that_function() -> None:
    check(
        """\
def main():
    x = $0load()
    return x


def other():
    pass
""",
        """\
def main():
    x = load()
    return x


def load():
    raise NotImplementedError


def other():
    pass
""",
    )


def test_row_1_comments_above_the_next_definition_stay_with_it() -> None:
    check(
        """\
def main():
    $0load()
    # done

# The other one.
def other():
    pass
""",
        """\
def main():
    load()
    # done


def load() -> None:
    raise NotImplementedError


# The other one.
def other():
    pass
""",
    )


def test_row_1_a_use_at_import_time_elsewhere_comes_first() -> None:
    check(
        """\
limit = load()


def main():
    return $0load()
""",
        """\
def load():
    raise NotImplementedError


limit = load()


def main():
    return load()
""",
    )


def test_row_2_a_call_at_module_level_goes_before_its_statement_and_comments() -> None:
    check(
        """\
import os

# Where we are.
here = $0locate(os.sep)
""",
        """\
import os


def locate(sep: str):
    raise NotImplementedError


# Where we are.
here = locate(os.sep)
""",
    )


def test_row_2_a_shebang_stays_the_first_line() -> None:
    check(
        "#!/usr/bin/env python\n$0run()\n",
        "#!/usr/bin/env python\n\n\ndef run() -> None:\n    raise NotImplementedError\n\n\nrun()\n",
    )


def test_row_2_several_statements_on_a_line_stay_together() -> None:
    check(
        "x = 1; y = $0f(x)\n",
        "def f(x: int):\n    raise NotImplementedError\n\n\nx = 1; y = f(x)\n",
    )


@pytest.mark.parametrize(
    ("before", "head"),
    [
        ("@$0f\ndef g():\n    pass\n", "def f(func: Callable[..., Any]) -> Callable[..., Any]:"),
        ("def g(a=$0f()):\n    pass\n", "def f():"),
        ("class A:\n    x = $0f()\n", "def f():"),
        ("class A($0F):\n    pass\n", "class F:"),
    ],
    ids=["decorator", "default", "class body", "base class"],
)
def test_row_3_what_runs_at_import_goes_before_the_statement(before: str, head: str) -> None:
    with workspace(before) as space:
        place = space.plan().placement
        assert (place.span.start, place.indent) == (0, "")
        assert head in space.plan().skeleton


def test_row_4_a_call_in_a_method_goes_after_the_class() -> None:
    check(
        """\
class Shop:
    def open(self):
        return $0find_key(self)

    def close(self):
        pass
""",
        """\
class Shop:
    def open(self):
        return find_key(self)

    def close(self):
        pass


def find_key(shop: Shop):
    raise NotImplementedError
""",
    )


def test_a_method_goes_before_what_uses_it_when_the_class_is_made() -> None:
    check(
        """\
class Shop:
    size = 1

    # The old name.
    shut = close

    def leave(self):
        self.$0close()
""",
        """\
class Shop:
    size = 1

    def close(self) -> None:
        raise NotImplementedError

    # The old name.
    shut = close

    def leave(self):
        self.close()
""",
    )


@pytest.mark.parametrize(
    "suite",
    ["if True:\n    x = {}\n", "try:\n    x = {}\nexcept OSError:\n    pass\n", "with open('a'):\n    x = {}\n",
     "if True:\n    def g():\n        return {}\n"],
    ids=["if", "try", "with", "function under if"],
)  # fmt: skip
def test_row_5_under_a_top_level_suite_it_goes_before_the_suite(suite: str) -> None:
    check(suite.format("$0f()"), f"def f():\n    raise NotImplementedError\n\n\n{suite.format('f()')}")


def test_row_6_a_call_in_a_nested_function_goes_to_module_level_with_the_locals_as_parameters() -> None:
    check(
        """\
def outer(n: int):
    def inner():
        return $0scale(n)

    return inner
""",
        """\
from typing import Any


def outer(n: int):
    def inner():
        return scale(n)

    return inner


def scale(n: int) -> Any:
    raise NotImplementedError
""",
    )


def test_row_7_a_method_goes_after_the_current_one() -> None:
    check(
        """\
class Invoice:
    def pay(self):
        self.$0close("paid")

    def void(self):
        pass
""",
        """\
class Invoice:
    def pay(self):
        self.close("paid")

    def close(self, arg1: str) -> None:
        raise NotImplementedError

    def void(self):
        pass
""",
        title="Create method 'close' in class Invoice (main.py)",
    )


def test_row_7_cls_asks_for_a_class_method() -> None:
    check(
        """\
class Invoice:
    @classmethod
    def parse(cls, text: str):
        return cls.$0build(text)
""",
        """\
class Invoice:
    @classmethod
    def parse(cls, text: str):
        return cls.build(text)

    @classmethod
    def build(cls, text: str):
        raise NotImplementedError
""",
    )


def test_row_7_a_property_is_not_torn_from_its_setter() -> None:
    check(
        """\
class Box:
    @property
    def size(self):
        return self.$0measure()

    @size.setter
    def size(self, value):
        pass

    def close(self):
        pass
""",
        """\
class Box:
    @property
    def size(self):
        return self.measure()

    @size.setter
    def size(self, value):
        pass

    def measure(self):
        raise NotImplementedError

    def close(self):
        pass
""",
    )


def test_row_7_in_a_function_nested_in_a_method_self_is_the_method_s() -> None:
    check(
        """\
class Job:
    def run(self):
        def step():
            self.$0tick()
        step()
""",
        """\
class Job:
    def run(self):
        def step():
            self.tick()
        step()

    def tick(self) -> None:
        raise NotImplementedError
""",
    )


def test_row_7_nested_classes_keep_their_depth_and_tabs_stay_tabs() -> None:
    check(
        "class A:\n\tclass B:\n\t\tdef run(self):\n\t\t\tself.$0stop()\n\nx = 1\n",
        "class A:\n\tclass B:\n\t\tdef run(self):\n\t\t\tself.stop()\n\n"
        "\t\tdef stop(self) -> None:\n\t\t\traise NotImplementedError\n\n\nx = 1\n",
    )


def test_row_8_a_method_of_a_known_class_goes_last_in_that_class() -> None:
    check(
        """\
//- shop.py
class Shop:
    def open(self):
        pass
    # nothing else


def main():
    pass
//- main.py
from shop import Shop


def visit(shop: Shop):
    shop.$0close(True)
""",
        """\
//- shop.py
class Shop:
    def open(self):
        pass
    # nothing else

    def close(self, arg1: bool) -> None:
        raise NotImplementedError


def main():
    pass
""",
        title="Create method 'close' in class Shop (shop.py)",
    )


def test_row_8_a_class_at_the_end_of_a_file_without_newline() -> None:
    check(
        "//- shop.py\nclass Shop:\n    def open(self):\n        pass\n"
        "//- main.py\nfrom shop import Shop\n\nShop().$0close()\n",
        "//- shop.py\nclass Shop:\n    def open(self):\n        pass\n\n"
        "    def close(self) -> None:\n        raise NotImplementedError\n",
    )


def test_row_9_a_call_on_the_class_asks_for_a_class_method() -> None:
    check(
        "class A:\n    x = 1\n\n\na = A.$0make(1)\n",
        "class A:\n    x = 1\n\n    @classmethod\n"
        "    def make(cls, arg1: int):\n        raise NotImplementedError\n\n\n"
        "a = A.make(1)\n",
    )


def test_row_9_with_an_instance_first_it_is_a_method_without_that_argument() -> None:
    check(
        "class A:\n    x = 1\n\n\na = A()\nb = A.$0join(a, 1)\n",
        "class A:\n    x = 1\n\n    def join(self, arg1: int):\n        raise NotImplementedError\n\n\n"
        "a = A()\nb = A.join(a, 1)\n",
    )


def test_row_10_init_goes_first_after_docstring_and_attributes() -> None:
    check(
        '''\
class Point:
    """A point."""

    unit = "mm"

    def norm(self):
        pass


p = $0Point(1, y=2)
''',
        '''\
class Point:
    """A point."""

    unit = "mm"

    def __init__(self, arg1: int, *, y: int) -> None:
        raise NotImplementedError

    def norm(self):
        pass


p = Point(1, y=2)
''',
    )


def test_row_10_is_not_offered_where_a_dataclass_writes_init() -> None:
    check_not_offered("from dataclasses import dataclass\n\n\n@dataclass\nclass P:\n    x: int\n\n\n$0P(1, 2)\n")


def test_a_typed_dictionary_gets_no_methods() -> None:
    check_not_offered("from typing import TypedDict\n\n\nclass P(TypedDict):\n    x: int\n\n\nP(x=1).$0m()\n")


def test_row_10_is_not_offered_without_arguments_or_with_an_init() -> None:
    check_not_offered("class P:\n    pass\n\n\n$0P()\n")
    check_not_offered("class P:\n    def __init__(self, x):\n        pass\n\n\n$0P(1)\n")


@pytest.mark.parametrize("comment", ["    # a heading\n\n", "    # of what follows\n"])
def test_row_10_comments_of_what_follows_the_attributes_stay_with_it(comment: str) -> None:
    before = f"class A:\n    x = 1\n    # y = 2\n\n{comment}    def f(self): ...\n"
    after = before.replace(
        comment, f"    def __init__(self, arg1: int) -> None:\n        raise NotImplementedError\n\n{comment}"
    )
    check(f"{before}\n\n$0A(1)\n", f"{after}\n\nA(1)\n")


def test_row_10_a_comment_right_above_the_first_method_stays_with_it() -> None:
    check(
        "class A:\n    x = 1\n    # about f\n    def f(self): ...\n\n\n$0A(1)\n",
        "class A:\n    x = 1\n\n    def __init__(self, arg1: int) -> None:\n        raise NotImplementedError\n\n"
        "    # about f\n    def f(self): ...\n\n\nA(1)\n",
    )


def test_row_10_arguments_that_a_subclass_hands_on_ask_for_the_base_s_constructor() -> None:
    use = "class B(A):\n    def __init__(self, n: int) -> None:\n        super().{}__init__(n)\n"
    check(
        f"class A:\n    x = 1\n\n\n{use.format('$0')}",
        "class A:\n    x = 1\n\n    def __init__(self, n: int) -> None:\n        raise NotImplementedError\n\n\n"
        + use.format(""),
    )
    check_not_offered(f"class A: ...\n\n\nclass C: ...\n\n\n{use.format('$0').replace('A', 'A, C')}")
    check_not_offered(f"class A(Exception): ...\n\n\n{use.format('$0')}")


def test_row_11_an_instance_that_is_called_gets_call() -> None:
    check(
        "class Greet:\n    def name(self):\n        pass\n\n\ngreet = Greet()\nprint($0greet('me'))\n",
        "class Greet:\n    def name(self):\n        pass\n\n    def __call__(self, arg1: str):\n"
        "        raise NotImplementedError\n\n\ngreet = Greet()\nprint(greet('me'))\n",
    )


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (":\n    pass\n", ":\n"),
        (":\n    ...  # later\n", ":\n"),
        (": pass\n", ":\n"),
        (": ...  # later\n", ":  # later\n"),
        (':\n    """Doc."""\n', ':\n    """Doc."""\n\n'),
        (':\n    """Doc."""\n\n    pass\n', ':\n    """Doc."""\n\n'),
        (": x = 1\n", ":\n    x = 1\n\n"),
    ],
    ids=["pass", "ellipsis", "one line", "one line, comment", "docstring", "docstring and pass", "one-line attribute"],
)
def test_row_12_the_placeholder_of_an_empty_class_is_replaced(body: str, kept: str) -> None:
    method = "    def m(self) -> None:\n        raise NotImplementedError\n"
    check(f"class A{body}\n\nA().$0m()\n", f"class A{kept}{method}\n\nA().m()\n")


@pytest.mark.parametrize("end", ["\n", "", "\n\n\n", "  # why\n"])
def test_row_12_at_the_end_of_a_file_too(end: str) -> None:
    before = f"class Shop:\n    pass{end}"
    with workspace(
        "//- shop.py\n//- main.py\nfrom shop import Shop\n\n\ndef f(shop: Shop):\n    shop.$0close()\n"
    ) as space:
        (space.root / "shop.py").write_text(before)
        made = space.plan()
        (change,) = apply.realise(space.project, made, made.skeleton).files
        after = change.apply(before.encode()).decode()
    assert after == "class Shop:\n    def close(self) -> None:\n        raise NotImplementedError\n"


def test_row_13_in_an_initializer_that_does_nothing_at_the_end_of_a_file() -> None:
    check(
        "//- shop.py\nclass Shop:\n    def __init__(self):\n        pass\n"
        "//- main.py\nfrom shop import Shop\n\n\ndef main(shop: Shop):\n    print(shop.na$0me)\n",
        "//- shop.py\nclass Shop:\n    def __init__(self):\n        self.name = None\n",
    )


def test_row_13_an_attribute_that_is_read_is_an_attribute() -> None:
    check(
        "class A:\n    def __init__(self):\n        self.x = 1\n\n\na = A()\nn: int = a.$0size\n",
        "class A:\n    def __init__(self):\n        self.x = 1\n        self.size: int = 0\n\n\n"
        "a = A()\nn: int = a.size\n",
    )


def test_row_13_a_dataclass_gets_a_field_with_a_default() -> None:
    check(
        "from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    x: int = 0\n\n\n"
        "def f(a: A) -> str:\n    return a.$0name\n",
        'from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    x: int = 0\n    name: str = ""\n\n\n'
        "def f(a: A) -> str:\n    return a.name\n",
    )


@pytest.mark.parametrize(
    ("base", "members", "name", "value"),
    [
        ("Enum", "A = 1\n    B = 2", "C", "3"),
        ("Flag", "A = 1\n    B = 2", "C", "4"),
        ("Enum", "A = auto()", "C", "auto()"),
        ("Enum", "A = (1, 2)", "C", "auto()"),
        ("StrEnum", "A = 'a'\n    DARK_RED = 'dark-red'", "LIGHT_RED", "'light-red'"),
    ],
)
def test_row_13_a_member_of_an_enumeration_is_one_more_of_its_kind(
    base: str, members: str, name: str, value: str
) -> None:
    before = f"from enum import {base}, auto\n\n\nclass K({base}):\n    {members}\n"
    check(f"{before}\n\nx = K.$0{name}\n", f"{before}    {name} = {value}\n\n\nx = K.{name}\n")


def test_a_class_that_a_quoted_annotation_names_among_others() -> None:
    check(
        'def f(x: "int | $0Thing | None" = None): ...\n',
        'class Thing:\n    pass\n\n\ndef f(x: "int | Thing | None" = None): ...\n',
    )
    check_not_offered('class Thing: ...\n\n\ndef f(x: "int | $0Thing | None" = None): ...\n')
    check_not_offered('x = "hello $0World again"\n')


def test_row_13_where_a_function_is_asked_for_it_is_a_method() -> None:
    check(
        "import threading\n\n\nclass A:\n    def m(self):\n        threading.Thread(target=self.$0run, args=(1,))\n",
        "import threading\n\n\nclass A:\n    def m(self):\n        threading.Thread(target=self.run, args=(1,))\n\n"
        "    def run(self, arg1: int):\n        raise NotImplementedError\n",
        title="Create method 'run' in class A (main.py)",
    )


def test_row_13_an_attribute_that_is_set_is_not_offered() -> None:
    check_not_offered("class A:\n    def m(self):\n        self.$0x = 1\n")


def test_row_14_a_function_of_a_module_goes_to_its_bottom() -> None:
    check(
        """\
//- pkg/__init__.py
//- pkg/tools.py
import os


def first():
    pass

if __name__ == "__main__":
    first()
//- main.py
from pkg import tools

tools.$0second(1)
""",
        """\
//- pkg/tools.py
import os


def first():
    pass


def second(arg1: int) -> None:
    raise NotImplementedError


if __name__ == "__main__":
    first()
""",
    )


def test_row_14_a_module_with_nothing_but_a_main_guard() -> None:
    check(
        '//- tools.py\nif __name__ == "__main__":\n    pass\n//- main.py\nimport tools\n\ntools.$0second()\n',
        "//- tools.py\ndef second() -> None:\n    raise NotImplementedError\n\n\n"
        'if __name__ == "__main__":\n    pass\n',
    )


@pytest.mark.parametrize("guard", ["", '\n\nif __name__ == "__main__":\n    first()\n'])
def test_row_14_an_all_below_definitions_stays_last(guard: str) -> None:
    above = "def first():\n    pass\n\n\n"
    exports = f'# What is public.\n__all__ = ["first"{{}}]\n__all__ += []\n{guard}'
    body = "def second() -> None:\n    raise NotImplementedError\n\n\n"
    check(
        f"//- tools.py\n{above}{exports.format('')}//- main.py\nimport tools\n\ntools.$0second()\n",
        f"//- tools.py\n{above}{body}{exports.format(', "second"')}",
    )


def test_row_2_what_the_main_guard_uses_is_put_above_an_all_that_stands_last() -> None:
    rest = '__all__ = ["first"]\n\nif __name__ == "__main__":\n    '
    check(
        f"def first():\n    pass\n\n\n{rest}$0second()\n",
        "def first():\n    pass\n\n\ndef second() -> None:\n    raise NotImplementedError\n\n\n" + f"{rest}second()\n",
    )


def test_row_14_an_empty_module() -> None:
    check(
        "//- tools.py\n//- main.py\nimport tools\n\ntools.$0second()\n",
        "//- tools.py\ndef second() -> None:\n    raise NotImplementedError\n",
    )


@pytest.mark.parametrize(
    ("exports", "after"),
    [
        ('["close", "write"]', '["close", "read", "write"]'),
        ("('write', 'close')", "('write', 'close', 'read')"),
        ('("close",)', '("close", "read")'),
        ('["Zip", "add"]', '["Zip", "add", "read"]'),
        ('[\n    "close",  # both\n    "write",\n]', '[\n    "close",  # both\n    "read",\n    "write",\n]'),
        ('[\n    "close",\n    "open",  # too\n]', '[\n    "close",\n    "open",  # too\n    "read",\n]'),
        ('[\n    "a", "b",\n    "c"\n]', '[\n    "a", "b",\n    "c",\n    "read"\n]'),
        (
            '["compress_everything", "decompress_everything", "find_everything", "zip_everything"]',
            '[\n    "compress_everything",\n    "decompress_everything",\n    "find_everything",\n    "read",\n'
            '    "zip_everything",\n]',
        ),
        ("[]", "[]"),
        ("[name for name in dir()]", "[name for name in dir()]"),
        ('["close", *more]', '["close", *more]'),
    ],
)
def test_row_14_a_module_that_lists_its_names_lists_the_new_one(exports: str, after: str) -> None:
    check(
        f"//- tools.py\nmore = []\n__all__ = {exports}\n//- main.py\nimport tools\n\ntools.$0read()\n",
        f"//- tools.py\nmore = []\n__all__ = {after}\n\n\ndef read() -> None:\n    raise NotImplementedError\n",
    )


@pytest.mark.parametrize(
    ("slots", "after"),
    [
        ('("x",)', '("x", "z")'),
        ("('y', 'x')", "('y', 'x', 'z')"),
        ("()", '("z",)'),
        ("[]", '["z"]'),
        ('(\n        "x",\n    )', '(\n        "x",\n        "z",\n    )'),
        ("tuple(names)", "tuple(names)"),
    ],
)
def test_row_13_an_attribute_of_a_class_with_slots_gets_one(slots: str, after: str) -> None:
    head, init = "names = []\n\n\nclass A:\n    __slots__ = ", "\n\n    def __init__(self):\n        self.x = 1\n"
    use = "\n\ndef f(a: A):\n    return a.{}z + 1\n"
    check(
        head + slots + init + use.format("$0"),
        head + after + init + "        self.z: int = 0\n" + use.format(""),
    )


def test_row_14_what_a_module_has_for_itself_is_not_listed() -> None:
    body = "() -> None:\n    raise NotImplementedError\n"
    check(
        '//- tools.py\n__all__ = ["close"]\n//- main.py\nimport tools\n\ntools.$0_read()\n',
        f'//- tools.py\n__all__ = ["close"]\n\n\ndef _read{body}',
    )
    check(
        '__all__ = ["close"]\n\n\ndef close():\n    $0read()\n',
        f'__all__ = ["close"]\n\n\ndef close():\n    read()\n\n\ndef read{body}',
    )


def test_row_15_a_missing_imported_name_is_created_with_the_parameters_of_its_calls() -> None:
    check(
        """\
//- tools.py
x = 1
//- main.py
from tools import $0area

size = area(2.0, unit="mm")
""",
        """\
//- tools.py
x = 1


def area(arg1: float, *, unit: str):
    raise NotImplementedError
""",
    )


def test_row_15_an_imported_class_and_an_imported_constant() -> None:
    check(
        "//- tools.py\n//- main.py\nfrom tools import $0Shape\n\nShape(sides=3)\n",
        "//- tools.py\nclass Shape:\n"
        "    def __init__(self, *, sides: int) -> None:\n        raise NotImplementedError\n",
    )
    check(
        '//- tools.py\n"""Tools."""\n\nimport os\n//- main.py\nfrom tools import $0LIMIT\n\nprint(LIMIT)\n',
        '//- tools.py\n"""Tools."""\n\nimport os\n\nLIMIT = None\n',
    )


@pytest.mark.parametrize(
    "after",
    [
        "# Constants of all kinds.\n\nLIMIT: float = 0.0\n",
        "# Of mine.\n\nLIMIT: float = 0.0\n\n\n# About f.\ndef f(): ...\n",
        '# Of mine.\n\n"""What is here."""\n\nLIMIT: float = 0.0\n\nprint("hi")\n',
        "import os\n\nSEP = os.sep\n# Seconds.\nDELAY = 2\nLIMIT: float = 0.0\n\n\ndef f(): ...\n",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import io\n\nLIMIT: float = 0.0\n\nprint()\n",
        "try:\n    import os\nexcept ImportError:\n    os = None\n\nLIMIT: float = 0.0\n\nif os:\n    pass\n",
    ],
)
def test_row_15_a_constant_goes_to_the_imports_and_variables_that_open_a_file(after: str) -> None:
    before = after.replace("\nLIMIT: float = 0.0\n", "" if "SEP" not in after else "\n", 1)
    use = "//- main.py\nfrom lib import {}LIMIT\n\nassert LIMIT * 2.0 < 3\n"
    check(f"//- lib.py\n{before}{use.format('$0')}", f"//- lib.py\n{after}")


def test_row_16_a_missing_module_is_created_with_what_is_imported_from_it() -> None:
    check(
        """\
//- pkg/__init__.py
//- main.py
from pkg.$0parts import Part, join

join(Part("x"), 2)
""",
        """\
//- pkg/parts.py
class Part:
    def __init__(self, arg1: str) -> None:
        raise NotImplementedError


def join(part: Part, arg2: int) -> None:
    raise NotImplementedError
""",
        title="Create module pkg/parts.py",
    )


def test_row_16_a_missing_package_gets_an_init() -> None:
    check(
        "//- pkg/__init__.py\n//- main.py\nfrom pkg.$0sub.deep import f\n\nf()\n",
        "//- pkg/sub/__init__.py\n//- pkg/sub/deep.py\ndef f() -> None:\n    raise NotImplementedError\n",
    )


def test_row_17_a_union_receiver_gives_one_action_per_class() -> None:
    text = """\
class Cat:
    pass


class Dog:
    pass


def feed(pet: Cat | Dog):
    pet.$0eat()
"""
    with workspace(text) as space:
        assert [target.qualname for target in space.targets] == ["Cat.eat", "Dog.eat"]
    method = "    def eat(self) -> None:\n        raise NotImplementedError\n"
    check(text, text.replace("$0", "").replace("class Dog:\n    pass\n", f"class Dog:\n{method}"), index=1)


def test_row_18_the_standard_library_is_no_target() -> None:
    check_not_offered("import os\n\nos.$0frobnicate()\n")
    check_not_offered("from os import $0frobnicate\n")
    check_not_offered("'a'.$0frobnicate()\n")


def test_row_19_what_exists_is_not_offered() -> None:
    check_not_offered("def f():\n    pass\n\n\n$0f()\n")
    check_not_offered("//- tools.py\ndef f():\n    pass\n//- main.py\n$0f()\n")


def test_windows_line_ends_are_kept_everywhere() -> None:
    with workspace("import os\r\n\r\n\r\ndef g():\r\n    return $0f(os.fspath)\r\n") as space:
        from autogen_lsp.analysis import apply

        made = space.plan()
        (file,) = apply.realise(space.project, made, made.skeleton).files
        after = file.apply((space.path).read_bytes())
        assert after.count(b"\n") == after.count(b"\r\n") > 8


def test_broken_code_around_the_use_does_not_put_it_inside() -> None:
    with workspace("def g():\n    x = $0f(1)\n    y = (\n\n\ndef h():\n    pass\n") as space:
        from autogen_lsp.analysis import targets
        from autogen_lsp.analysis.model import Target, TargetKind
        from autogen_lsp.analysis.placement import function
        from autogen_lsp.text import Span

        source = space.project.source(space.path)
        assert source is not None and targets and Target and TargetKind
        place = function(source, [Span(space.offset, space.offset + 1)])
        assert source.text[place.span.start - 1 : place.span.start] == b"\n"
        assert place.indent == "" and place.span.start in (source.text.index(b"def h"), source.text.index(b"\n\ndef h"))


def test_row_13_an_initializer_of_one_line_is_left_alone() -> None:
    check(
        "class A:\n    def __init__(self): ...\n\n\na = A()\nprint(a.$0size)\n",
        "class A:\n    size = None\n\n    def __init__(self): ...\n\n\na = A()\nprint(a.size)\n",
    )


@pytest.mark.parametrize("use", ["alias = f", "STEPS = [f]", "def h(call=f):\n    pass", "class A:\n    call = f"])
def test_row_2_before_what_needs_it_at_import_time_without_a_call(use: str) -> None:
    head = "f() -> None" if use == "alias = f" else "f()"  # a variable that nobody reads says nothing of the result
    check(
        f"import os\n\n\n{use}\n\n\ndef g():\n    $0f()\n",
        f"import os\n\n\ndef {head}:\n    raise NotImplementedError\n\n\n{use}\n\n\ndef g():\n    f()\n",
    )


def test_row_2_before_a_default_of_an_annotated_parameter() -> None:
    text = "import os\n\n\ndef h(call: object = f):\n    pass\n\n\ndef g():\n    $0f()\n"
    with workspace(text) as space:
        assert space.plan().placement.span.start <= text.index("def h")
