"""Names that no scope binds (docs/cases.md, rows 47 and 48): resolved as Python does, silent where in doubt."""

# Fixture texts are read best on one line.

# Fixture texts are read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_lsp.analysis import absence, findings
from autogen_lsp.analysis.project import Project
from autogen_lsp.workspace.snapshot import Snapshot
from tests.support.findings import check_findings


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("«f»()\n", id="module"),
        pytest.param("def g():\n    return «f»(1)\n", id="function"),
        pytest.param("import os\nif os.path.isdir('x'):\n    «f»()\n", id="where a folder is asked for"),
        pytest.param("print(len([]), __file__, __name__, int('1'))\n", id="builtins"),
        pytest.param("f()\n\ndef f(): return 1\n", id="defined later"),
        pytest.param("x = lambda f: f()\ny = lambda: «f»()\n", id="lambda parameter"),
        pytest.param("x = [f() for f in []]\n«f»()\n", id="comprehension scope"),
        pytest.param("x = [y() for f in «f»()]\ny = print\n", id="first iterable is evaluated outside"),
        pytest.param("x = [z for y in [] for z in y()]\n", id="second iterable sees the first target"),
        pytest.param("if (f := print):\n    f()\n", id="walrus"),
        pytest.param("def g():\n    [h := print for _ in ()]\n    h()\n", id="walrus in a comprehension binds outside"),
        pytest.param(
            "class A:\n    f = print\n    f()\n    def m(self):\n        «f»()\n    x = [«f»() for _ in ()]\n",
            id="class scope is not seen by methods and comprehensions",
        ),
        pytest.param(
            "class A:\n    fs = [print]\n    x = [f() for f in fs]\n    y = [g for g in list(fs)]\n", id="class"
        ),
        pytest.param("def g():\n    global f\n    f = print\n\ndef h():\n    f()\n", id="global"),
        pytest.param(
            "def g():\n    f = 1\n    def h():\n        nonlocal f\n        f = print\n        f()\n", id="nonlocal"
        ),
        pytest.param("def g():\n    f = print\n    def h():\n        f()\n\n«f»()\n", id="closure, and not outside"),
        pytest.param("for f in []:\n    pass\nf()\n", id="for"),
        pytest.param("with open('x') as (a, [b, *c]):\n    a(), b(), c()\n", id="with"),
        pytest.param("try:\n    pass\nexcept OSError as e:\n    e()\n", id="except as"),
        pytest.param("a, (b, *c) = d.e = x = 1\na(), b(), c(), x()\n", id="unpacking"),
        pytest.param("def g(a, /, b, *c, d=1, **e):\n    a(), b(), c(), d(), e(), «f»()\n", id="parameters"),
        pytest.param("def g(a=«f»()):\n    pass\n", id="default is evaluated outside"),
        pytest.param("def g(a, b=a):\n    pass\n\n@«h»(1)\ndef i(a): return a\n", id="decorator"),
        pytest.param("class A(«B»): x = 1\n", id="base class"),
        pytest.param("class A(«B»[int], metaclass=«M», k=N): x = 1\n", id="generic base, metaclass"),
        pytest.param(
            "match x:\n    case «A»(y=1) | int() | [«B»(), *_]: pass\n    case m.C(): pass\nx = m = 1\n",
            id="class pattern",
        ),
        pytest.param("@(«a»)\n@(«b»())\ndef f(): return 1\n", id="decorators in parentheses"),
        pytest.param("class A:\n    def m(self): __f()\ndef _A__f(): return 1\n", id="private name in a class"),
        pytest.param("ﬁ = print\nfi()\n", id="identifiers are normalised"),
        pytest.param("def g():\n    raise «Oops»\n\ndef h():\n    raise «Oops2»('x') from None\n", id="raise"),
        pytest.param("try:\n    pass\nexcept («A», OSError):\n    pass\nexcept «B» as e:\n    pass\n", id="except"),
        pytest.param("try:\n    pass\nexcept «A», «B»:\n    pass\n", id="except without parentheses"),
        pytest.param(
            "def g(x):\n    if x:\n        return 1\n    «f»()\n"
            "    for y in x:\n        «h»()\n        break\n    «i»()\n",
            id="behind a block that was left",
        ),
        pytest.param(
            "def g():\n    # made elsewhere, pylint: disable=undefined-variable\n    f()\n\ndef h():\n    «f»()\n",
            id="switched off to the end of the block",
        ),
        pytest.param("async def g():\n    await «f»()\n    async with «h»() as x:\n        x()\n", id="async"),
        pytest.param(
            "match x:\n    case {'a': f, **g}:\n        f(), g()\n    case A.B | [h, *i] as j:\n        h(), i(), j()\n"
            "    case K(l, m=n) if l():\n        n(), «K2»()\nx = A = K = 1\n",
            id="match patterns",
        ),
        pytest.param(
            "def g[T](x: T):\n    T(), «U»()\n\nclass A[V]:\n    def m(self): V()\n\ntype L[W] = W\nL()\n", id="695"
        ),
        pytest.param(
            "x: 'Missing' = 1\ndef g(a: Missing2, b: 'list[Missing3]') -> Missing4: return a\n", id="annotations"
        ),
        pytest.param("from __future__ import annotations\nimport a.b, c as d\na(), d(), «b»()\n", id="imports"),
        pytest.param("def f(): return 1\ndel f\n", id="del"),
        pytest.param("def g():\n    import os\n    os()\n«os»()\n", id="import in a function"),
        pytest.param("print(f'{«f»()!r:>{«g»()}}')\n", id="f-string"),
        pytest.param("class A:\n    def m(self):\n        __class__()\n        super().m\n", id="__class__"),
        pytest.param("_('text')\nreveal_type(1)\n", id="installed into builtins"),
        pytest.param("x = 1\nx.y = «f»()\nx[«g»()] = 1\nx += «h»()\nassert «i»()\n", id="everywhere in expressions"),
    ],
)
def test_names_resolve_as_in_python(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from unknown_package import *\nf()\n", id="star of an unreadable module"),
        pytest.param("globals()['f'] = print\nf()\n", id="globals written"),
        pytest.param("globals().update(x=1)\nf()\n", id="globals updated"),
        pytest.param("exec('f = 1')\nf()\n", id="exec"),
        pytest.param("import sys\nsetattr(sys.modules[__name__], 'f', print)\nf()\n", id="set on the module itself"),
        pytest.param(
            "import sys\nthis = sys.modules[__name__]\ndef g(): this.f = print\nf()\n",
            id="set on a name for the module",
        ),
        pytest.param("class A:\n    locals()['f'] = print\n    x = f()\n", id="written to the class's names"),
        pytest.param("class A:\n    exec('f = print')\n    x = f()\n", id="exec in a class"),
        pytest.param(
            "class M(type):\n    def __prepare__(name, bases): return {'f': print}\n"
            "class A(metaclass=M): x = f()\nclass B(A): x = f()\n",
            id="__prepare__",
        ),
        pytest.param("try:\n    unicode()\nexcept NameError:\n    pass\n", id="except NameError"),
        pytest.param(
            "import sys\nif sys.version_info < (3,):\n    f = unicode()\nelse:\n    f = raw_input()\n", id="version"
        ),
        pytest.param(
            "import sys\n_py3 = sys.version_info[0] > 2\nif _py3:\n    pass\nelse:\n    f = long(1)\n",
            id="version in a name",
        ),
        pytest.param("if False:\n    f()\n", id="dead branch"),
        pytest.param("if 'f' in globals():\n    f()\n", id="asked for"),
        pytest.param("import builtins\nif hasattr(builtins, 'f'):\n    f()\n", id="asked for among the builtins"),
        pytest.param(
            "f()  # noqa: F821\ng()  # noqa\nh()  # type: ignore[name-defined]\ni()  # type: ignore\n",
            id="switched off",
        ),
        pytest.param("print 'x'\nunicode('y')\n", id="Python 2"),
        pytest.param("if PY2:\n    x = 1\nunicode('y')\n", id="written for both"),
        pytest.param("class A:\n    def __long__(self): return long(self)\n", id="method of Python 2"),
        pytest.param(
            "def f(x):\n    if str is not bytes: return str(x)\n    return unicode(x)\n", id="text and bytes differ"
        ),
        pytest.param(
            "if bytes != str:\n    f = str\nelse:\n    f = unicode('x')\n", id="text and bytes are told apart"
        ),
        pytest.param("def f((a, (b, c)), (d, e)=(1, 2)): a(), c(), e()\n", id="Python 2's parameters"),
        pytest.param(
            "//- a.py\nf()\n//- b.py\nimport builtins as b\ndef g(): b.f = print\n", id="put among the builtins"
        ),
        pytest.param(
            "//- a.py\nf()\n//- b.py\nif old:\n    import __builtin__ as builtins\nelse:\n    import builtins\n"
            "builtins.f = print\nfrom u import old\n",
            id="put among the builtins of two versions",
        ),
        pytest.param(
            "//- a.py\nf()\n//- b.py\nimport builtins\nbuiltins.__dict__['f'] = builtins.__dict__['g'] = print\n",
            id="put into the dictionary of the builtins",
        ),
        pytest.param(
            "//- schema.py\nx = f()\n//- run.py\ndef run(at): exec(open(at + '/schema.py').read(), {})\n",
            id="run by exec",
        ),
        pytest.param("def g():\n    return 1\n    f()\n", id="behind return"),
        pytest.param(
            "def g():\n    raise ValueError\n    if f():\n        class A(B): x = 1\n    import a.b\n\n"
            "while 1:\n    break\n    f()\n",
            id="behind raise and break",
        ),
        pytest.param(
            "try:\n    print()\nexcept OSError, e:\n    e(), unicode(e)\n    raise e\n", id="Python 2's except"
        ),
        pytest.param(
            "try:\n    print()\nexcept OSError, (number, message):\n    print(number)\n",
            id="Python 2's except of a tuple",
        ),
        pytest.param("def g():\n    raise ValueError, unicode(1)\n", id="Python 2's raise"),
        pytest.param("try:\n    f()\n    assert False\nexcept Exception:\n    pass\n", id="said to fail"),
        pytest.param("".join(f"//- {name}.py\napp('go')\n" for name in "abcd"), id="given to several scripts"),
        pytest.param("frozendict()\n", id="of a newer Python"),
        pytest.param("def g():\n    from lib import f\n    global f\n\ndef h(): f()\n", id="global after an import"),
        pytest.param(
            "".join(f"//- lib/old/{x}.py\nprint '{x}'\n" for x in "abc")
            + "".join(f"//- lib/old/{x}.py\nx = 1\n" for x in "defghijklmnopqrst")
            + "//- lib/old/u.py\nx = unicode(1)\n"
            + "".join(f"//- more/m{x}.py\nx = 1\n" for x in range(20)),
            id="a library for Python 2 in a folder",
        ),
        pytest.param("//- .cmake-format.py\nwith section('parse'):\n    x = 1\n", id="hidden configuration"),
        pytest.param("def g(x):\n    return exc(x)\nclass exc(Exception): pass\n", id="later class"),
    ],
)
def test_doubt_is_silence(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)


def test_a_program_that_gives_one_name_may_give_more(tmp_path: Path) -> None:
    check_findings(tmp_path, "".join(f"//- {x}.py\nsql('go')\ndrop_{x}()\n" for x in "abcd") + "//- e.py\n«drop_a»()\n")


def test_a_file_that_imports_is_given_no_more_than_what_others_call(tmp_path: Path) -> None:
    files = "".join(f"//- {x}.py\nimport os\nlazy('go')\n«new_{x}»()\n" for x in "abcd")
    check_findings(tmp_path, files + "//- e.py\nprint()\n")


def test_what_cannot_be_imported_is_run_as_its_neighbours_are(tmp_path: Path) -> None:
    text = "".join(f"//- steps/1.{x}_run.py\nsql('go')\n" for x in range(4))
    check_findings(
        tmp_path, text + "//- steps/2.0_run.py\ndrop()\n//- steps/more.py\n«drop»()\n//- 3.0_run.py\n«drop»()\n"
    )


def test_what_cython_is_told_in_a_file_beside_is_there(tmp_path: Path) -> None:
    (tmp_path / "fast.pxd").write_text('cdef extern from "f.h":\n    void scale(double *)\n', "utf-8")
    check_findings(tmp_path, "//- fast.py\nscale(1)\n«grow»(1)\n//- slow.py\n«scale»(1)\n")


def test_a_module_does_not_ask_its_own_getattr(tmp_path: Path) -> None:
    check_findings(tmp_path, "def __getattr__(name): return 1\n\ndef g(): «f»()\n")


def test_three_files_may_lack_the_same_name(tmp_path: Path) -> None:
    check_findings(tmp_path, "//- a.py\n«f»()\n//- b.py\n«f»()\n//- c.py\n«f»()\n//- d.py\ndef f(): return 1\nf()\n")


def test_what_star_imports_no_longer_give_is_missing_in_all_files(tmp_path: Path) -> None:
    files = "".join(f"//- {x}.py\nfrom lib import *\nhelp_me(1)\n«gone»(2)\n" for x in "abcde")
    check_findings(tmp_path, files + "//- lib.py\ndef help_me(x): return x\n")


def test_old_builtins_are_missing_however_many_files_call_them(tmp_path: Path) -> None:
    check_findings(tmp_path, "".join(f"//- {name}.py\n«unicode»('x')\n" for name in "abcd"))


def test_a_name_is_missing_on_every_platform(tmp_path: Path) -> None:
    check_findings(tmp_path, "import sys\nif sys.platform == 'win32':\n    «f»(), WindowsError()\nelse:\n    «g»()\n")


def test_star_import_of_a_workspace_module_is_followed(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- a.py\nfrom b import *\nf(), g(), «h»(), «_p»(), sqrt(1)\n"
        "//- b.py\nfrom c import *\nfrom math import *\ndef f(): return 1\ndef _p(): return 1\n"
        "//- c.py\n__all__ = ['g']\ndef g(): return 1\ndef h(): return 1\n",
        "undefined-call",
        "undefined-call",
    )


def test_computed_all_may_export_any_name(tmp_path: Path) -> None:
    check_findings(
        tmp_path, "//- a.py\nfrom b import *\n_f(), «g»()\n//- b.py\n__all__ = [n for n in dir()]\ndef _f(): return 1\n"
    )


def test_readings_of_globals_do_not_silence(tmp_path: Path) -> None:
    check_findings(tmp_path, "x = globals()['a'].b\ny = 'z' in globals()\n«f»()\n")


def test_only_what_is_run_by_exec_is_given_names(tmp_path: Path) -> None:
    run = "//- run.py\nNAME = 'schema.py'\ndef run(text): {how}(text)\n"
    check_findings(tmp_path / "read", "//- schema.py\n«f»()\n" + run.format(how="print"))
    check_findings(tmp_path / "imports", "//- schema.py\nimport os\n«f»()\n" + run.format(how="exec"))
    check_findings(tmp_path / "other", "//- other.py\n«f»()\n" + run.format(how="exec"))


def test_a_configuration_of_jupyter_is_given_a_function(tmp_path: Path) -> None:
    check_findings(tmp_path, "//- a.py\nc = «get_config»()\n//- ipython_config.py\nc = get_config()\n«f»()\n")


def test_a_function_whose_decorator_reads_its_source(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- builder.py\nimport ast, inspect\nclass Builder:\n    def parse(self, f):\n"
        "        return ast.parse(inspect.getsource(f))\n    def keep(self, f):\n        return f\n"
        "//- a.py\nfrom builder import Builder\nb = Builder()\n@b.parse\ndef f(x):\n    x = i32(1)\n"
        "@b.keep\ndef g(x):\n    x = «i32»(1)\n",
    )


def test_functions_of_a_file_that_reads_itself(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- templates.py\ndef get(x): return _native(x)\ndef parts(): return open(__file__, 'rt').readlines()\n"
        "«missing»()\n//- other.py\ndef get(x): return «_native»(x), open(__file__, 'rb').read()\n"
        "//- test_a.py\ndef test(x): return «_native»(x), open(__file__).read()\n",
    )


def test_a_part_of_a_program_that_the_documentation_shows(tmp_path: Path) -> None:
    text = "f()\n//- docs/whole.py\nimport os\n«f»()\n//- examples/part.py\n«f»()\n"
    check_findings(tmp_path / "part", "//- docs/listings/part.py\n" + text)
    check_findings(
        tmp_path / "elided", "//- docs/a.py\nimport os\n# ...\nf()\n//- docs/b.py\nimport os\n# ... and so on\n«f»()\n"
    )


def test_what_a_program_runs_of_a_folder(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- migration/3.1_Any.py\nimport os\nconfirm('x'), add_type('y')\n//- migration/3.2_Any.py\nimport os\nadd_type('z')\n"
        "//- migration/boot.py\nimport os\nadd_type('a'), confirm('x'), drop_type('b')\n//- migration/other.py\nimport os\n«lone»()\n"
        "//- migration/3.3_Any.py\nimport os\n«alone»()\n//- src/boot.py\nimport os\n«confirm»('a')\n",
    )


def test_what_python_2_catches_in_parts(tmp_path: Path) -> None:
    check_findings(tmp_path, "try:\n    f = 1\nexcept Exception, (message):\n    print message\n")


def test_what_a_program_gives_to_files_may_be_a_base(tmp_path: Path) -> None:
    files = "".join(f"//- games/g{at}.py\nimport random\nr = Rect(1)\n" for at in range(4))
    check_findings(
        tmp_path, f"{files}//- games/pong.py\nimport random\nclass Paddle(Rect): x = 1\nclass Ball(«Circle»): x = 1\n"
    )


def test_names_that_are_set_on_the_module_of_a_star(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        "//- tools.py\nimport sys\ndef generate(name):\n    module = sys.modules[name]\n    for key in 'A', 'B': setattr(module, key, 1)\n"
        "//- pkg/__init__.py\n//- pkg/parser.py\nimport tools\ntools.generate('pkg.parser')\ndef _hidden(): return 1\n"
        "//- pkg/plain.py\nimport tools\ntools.generate('pkg.parser')\ndef _hidden(): return 1\n"
        "//- a.py\nfrom pkg.parser import *\nA()\n//- b.py\nfrom pkg.plain import *\n«A»(), «_hidden»()\n",
    )


def test_an_installer_gives_its_script_functions(tmp_path: Path) -> None:
    check_findings(tmp_path, "//- a.py\n«file_created»('x')\n//- tools/win-postinstall.py\nfile_created('x')\n«f»()\n")


def test_finding_says_where_it_would_be_created(tmp_path: Path) -> None:
    check_findings(tmp_path, "«f»(1)\n", "undefined-call", targets=(("main.py", "f"),))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("foo = bar(\n\ndef g(x):\n    return «h»(x)\n\nfoo()\n", id="open bracket"),
        pytest.param(
            "foo = bar(1,\nx = g()\ny = «h»(x)\ndef g(): return 1\nfoo(), x()\n", id="open bracket, assignments"
        ),
        pytest.param("from x import (a,\n  b\n\ndef g():\n    a(), b(), «h»()\n", id="open import"),
        pytest.param("def f(a, b\n    x = 1\n    a(), x()\n\n«h»()\nf()\n", id="open parameters"),
        pytest.param("for x in \n\ny = 1\n\ndef g():\n    return «h»()\n\ny(), x()\n", id="unfinished for"),
        pytest.param("def \n\ndef g():\n    «h»()\n", id="unfinished def"),
        pytest.param("x = 1)\n\ndef g():\n    «h»()\nx()\n", id="stray bracket"),
        pytest.param("class A(\n\nclass B:\n    def m(self): «n»()\n", id="open bases"),
        pytest.param("import os\n\nos.\nprint(1)\n«h»()\n", id="unfinished attribute"),
    ],
)
def test_an_unfinished_line_neither_hides_nor_creates_findings(tmp_path: Path, text: str) -> None:
    check_findings(tmp_path, text)


@pytest.mark.parametrize(
    "said",
    [
        "//- setup.py\nx = ['Programming Language :: Python :: 2.7']\n",
        "//- setup.py\nsetup(python_requires='>=2.6, <3')  # noqa\n",
        "//- pyproject.toml\n[project]\nrequires-python = '~=2.7'\n",
        "//- a.py\nprint 'a'\n//- b.py\nprint 'b'\n",
    ],
)
def test_a_project_for_python_2_only_has_its_builtins_and_its_library(tmp_path: Path, said: str) -> None:
    text = "//- p/m.py\nprint(unicode('x'), «f»())\nclass D(dict):\n    def m(self): return self.iteritems()\n"
    check_findings(tmp_path, said + text + "class E(object):\n    def m(self): return self.«iteritems»()\n")


@pytest.mark.parametrize(
    "said",
    [
        "//- setup.py\nx = ['Programming Language :: Python :: 2', 'Programming Language :: Python :: 3']\n",
        "//- pyproject.toml\n[project]\nrequires-python = '>=2.7,!=3.0.*,<3.13'\n",
        "//- a.py\nprint 'a'\n//- b.py\nprint('b')\n",
        "".join(f"//- {name}.py\nprint{' ' * (name < 'c')}('{name}', file=f)\n" for name in "abcdefghijklmnopqrstu"),
    ],
)
def test_one_for_python_3_does_not(tmp_path: Path, said: str) -> None:
    check_findings(tmp_path, said + "//- p/m.py\nprint(«unicode»('x'))\n")


def test_the_time_does_not_grow_with_the_square_of_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    used = absence._used
    monkeypatch.setattr(absence, "_used", lambda table, source: (looked.append(table), used(table, source))[1])
    (tmp_path / "a.py").write_text("".join(f"def f{n}(): missing_{n}()\n" for n in range(20)))
    project = Project(Snapshot((tmp_path,)))
    assert len(findings.find(project, tmp_path / "a.py")) == 20
    assert len(looked) == 1


def test_a_file_that_a_native_program_beside_runs_is_given_its_names(tmp_path: Path) -> None:
    check_findings(
        tmp_path,
        '//- tests/run.rs\nlet code = include_str!("cycle.py");\n//- tests/cycle.py\nimport os\ndrive(os)\n'
        "//- tests/other.py\nimport os\n«drive»(os)\n",
    )
