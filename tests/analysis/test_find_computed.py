"""Members of classes that get attributes under computed names."""

# Fixture texts are read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.findings import check_findings

CALLS = "    def f(self): self.{}()\n"
MISSING, DOUBTED = CALLS.format("«g»"), CALLS.format("g")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "class A:\n    def __init__(self, **k):\n        for n, v in k.items(): setattr(self, n, v)\n"
            + MISSING
            + "A(h=1)\n",
            id="keywords that nobody gives",
        ),
        pytest.param(
            "class A:\n    def __init__(self, k):\n        for n in k:\n            if n == 'x': n = 'my_' + n\n"
            "            setattr(self, n.lower(), print)\n" + MISSING + "A({'H': 1})\n",
            id="words in lower case that nobody says",
        ),
        pytest.param(
            "class A:\n    def __init__(self, given): self.__dict__.update(given)\n" + MISSING + "A({'h': 1})\n",
            id="a mapping that nobody fills so",
        ),
        pytest.param(
            "class A:\n    def __init__(self, x):\n        for n in ('a', 'b'): setattr(self, n, x)\n"
            + MISSING
            + "print('g')\n",
            id="names that are written out",
        ),
        pytest.param(
            "class A:\n    def __init__(self, **k):\n        for n in k: setattr(self, 'on_' + n.lower(), k[n])\n"
            + MISSING
            + "A(g=1)\n",
            id="names that begin in another way",
        ),
        pytest.param(
            "class A:\n    def clear(self, n): setattr(self, n, None)\n" + MISSING + "A().clear('g')\n",
            id="a value that cannot be called",
        ),
        pytest.param(
            "class A:\n    def set(self, n, v): setattr(self, n, v)\n"
            + MISSING
            + "class B:\n    def g(self): return 1\n",
            id="another class has a method of that name",
        ),
        pytest.param("class A:\n" + MISSING + "for n in ('h', 'i'): setattr(A, n, print)\n", id="from outside"),
        pytest.param(
            "class A:\n    names = ('h', 'i')\n    def __init__(self, k):\n        for n in self.names: setattr(self, n, k[n])\n"
            + MISSING
            + "class B(A):\n    names = A.names + (\n        'j',  # the last\n    )\nprint('g')\n",
            id="names that an attribute holds",
        ),
        pytest.param(
            "class A:\n    pairs = (('h', None), ('i', bool))\n    def __init__(self, **k):\n"
            "        for n, make in self.pairs: setattr(self, n, (make or str)(k[n]))\n" + MISSING + "dict(g=1)\n",
            id="names in the pairs that an attribute holds",
        ),
        pytest.param(
            "//- a.py\nclass A:\n    def set(self, n, v): setattr(self, n, v)\n"
            + MISSING
            + "//- test_a.py\nfrom a import A\nA().g = print\nA().b.g = print\n",
            id="what a test puts in its place",
        ),
        pytest.param(
            "class A:\n    def set(self, n, v): setattr(self, n, v)\n"
            + MISSING
            + "def make():\n    class B:\n        def g(self): return 1\n    return B()\n",
            id="a class in a function has a method of that name",
        ),
    ],
)
def test_member_that_no_computed_name_is(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text, "missing-attribute")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "//- a.py\nclass A:\n    def __init__(self, **k):\n        for n, v in k.items(): setattr(self, n, v)\n"
            + DOUBTED
            + "//- b.py\nfrom a import A\nA(g=print)\n",
            id="a keyword",
        ),
        pytest.param(
            "class A:\n    def set(self, n, v): setattr(self, n, v)\n" + DOUBTED + "A().set('g', print)\n",
            id="a string",
        ),
        pytest.param(
            "class A:\n    def set(self, n, v): setattr(self, n, v)\n"
            + DOUBTED
            + "for n in 'f g h'.split(): A().set(n, print)\n",
            id="a word of a string that is taken apart",
        ),
        pytest.param(
            "class A:\n    def set(self, f): setattr(self, f.__name__, f)\n"
            + DOUBTED
            + "@A().set\ndef g(): return 1\n",
            id="the name of a function",
        ),
        pytest.param(
            "class A: x = 1\nMETHODS = {}\ndef keep(f):\n    METHODS[f.__name__] = f\n    return f\n"
            "class B:\n    @keep\n    def g(self): return 1\nfor n, f in METHODS.items(): setattr(A, n, f)\nA().g()\n",
            id="the name of a method that a decorator keeps",
        ),
        pytest.param(
            "import other\nclass A:\n    def __init__(self):\n        for n in dir(other): setattr(self, n, getattr(other, n))\n"
            + DOUBTED,
            id="names of what cannot be read",
        ),
        pytest.param(
            "class A:\n    def set(self, n, v): setattr(self, n.lower(), v)\n" + DOUBTED + "A().set('G', print)\n",
            id="a word that is changed",
        ),
        pytest.param(
            "class A:\n    def set(self, n, v): setattr(self, '%s_it' % n, v)\n"
            + CALLS.format("do_it")
            + "A().set('Do', 1)\n",
            id="a word that something is added to",
        ),
        pytest.param(
            "class A:\n    def set(self, n, v): setattr(self, n, v)\n    def run(self, code): exec(code)\n" + DOUBTED,
            id="exec",
        ),
        pytest.param(
            "class A:\n    def set(self, **k):\n        n, v = k.popitem()\n        vars(self)[n] = v\n"
            + DOUBTED
            + "g = print\n",
            id="a variable of that name",
        ),
        pytest.param(
            "class A:\n    def __init__(self, k):\n        for n in k: setattr(self, n.lower(), print)\n"
            + DOUBTED
            + "A({'G': 1})\n",
            id="words in lower case",
        ),
        pytest.param("class A:\n" + DOUBTED + "for n in 'fgh': setattr(A, n, print)\n", id="letters"),
        pytest.param(
            "class A:\n    names = ('h',)\n    def __init__(self, k):\n        for n in self.names: setattr(self, n, k[n])\n"
            + DOUBTED
            + "class B(A):\n    names = ('g',)\n",
            id="a name that an attribute of a subclass holds",
        ),
        pytest.param(
            "class A:\n    names = ['h']\n    def __init__(self, k):\n        for n in self.names: setattr(self, n, k[n])\n"
            + DOUBTED
            + "A.names.append('g')\n",
            id="an attribute that may hold more",
        ),
        pytest.param(
            "G = 'g'\nclass A:\n    names = ('h', G)\n    def __init__(self, k):\n"
            "        for n in self.names: setattr(self, f'{n}', k[n])\n" + DOUBTED,
            id="an attribute that holds a name from elsewhere",
        ),
    ],
)
def test_member_that_a_computed_name_may_be(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)


def test_what_others_set_on_instances_is_said_somewhere(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class A:\n    x = 1\nclass Late:\n    def __set_name__(self, owner, name): self.name = name\n"
        "    def __set__(self, obj: A, value): setattr(obj, self.name, value)\n"
        "def f(a: A): a.«other»(), a.told()\nkey = 'told'\n",
    )


def test_what_others_copy_to_instances_may_be_anything(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class A:\n    x = 1\ndef fill(a: A, other):\n    for name in dir(other): setattr(a, name, getattr(other, name))\n"
        "def f(a: A): a.any()\n",
    )


def test_what_an_attribute_named_after_the_class_is_given(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class Updates:\n    x = 1\nclass Other:\n    x = 1\nclass Connector:\n    def __init__(self):\n"
        "        self.updates = Updates()\n        self.other = Other()\n    def scan(self, found):\n"
        "        for name in dir(found): setattr(self.updates, name, getattr(found, name))\n"
        "    def run(self): self.updates.any(), self.other.«none»()\n",
    )


def test_what_a_variable_named_after_the_class_is_given_is_said_somewhere(tmp_path: Path) -> None:
    text = (
        "class Config:\n    x = 1\n    @classmethod\n    def make(cls, given, **more):\n        config = cls()\n"
        "        for key, value in {{**given, **more}}.items(): setattr(config, key, value)\n        return config\n"
        "def f(config: Config): config.{}(), config.told()\nConfig.{}()\nConfig.make({{'told': 1}})\n"
    )
    check_findings(tmp_path / "a", text.format("«none»", "«none»"))
    check_findings(tmp_path / "b", text.format("none", "none") + "def fill(config, x): vars(config).update(vars(x))\n")
    check_findings(tmp_path / "c", text.format("none", "none") + "Config.make(none=1)\n")


def test_what_a_call_gives_may_have_any_name(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "class A:\n    def __init__(self, context): self.__dict__.update(context.exported())\n"
        "class B:\n    def __init__(self, context): self.__dict__.update(context.exported)\n"
        "def f(a: A, b: B): a.any(), b.«none»()\n",
    )


def test_keys_that_a_function_puts_into_a_mapping(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "def fill(cls):\n    funcs = {}\n    for bits in 8, 16:\n        funcs['%sint_le' % bits] = print\n        funcs['to_%s' % bits] = print\n"
        "    for key, func in funcs.items():\n        setattr(cls, key, staticmethod(func))\n"
        "class A: x = 1\nfill(A)\nA.uint_le(1), A.to_bits(1), A.«uint_be»(1)\n",
    )


def test_what_a_method_hands_on_with_itself_as_its_locals(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "from lib import assign\nclass A:\n    def __init__(self, f): assign(self, locals())\n"
        "    def m(self): self.f(), self.«g»()\n",
    )
