import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autogen_lsp.codebase.client import Graph
from autogen_lsp.codebase.model import GraphContext, Related

pytest.importorskip("graph_sitter", reason="graph-sitter is not installed")

FILES = {
    "shop/__init__.py": "from shop.money import Money as Money\n",
    "shop/money.py": 'class Money:\n    """An amount."""\n\n    def __init__(self, amount: int) -> None: ...\n',
    "shop/base.py": "class Base:\n    def save(self): ...\n",
    "shop/tax.py": 'RATE = 0.2\n\n\ndef tax(net: float) -> float:\n    """Tax of a price."""\n    return net * RATE\n',
    "shop/order.py": (
        "from __future__ import annotations\n\n"
        "import os\n\n"
        "from shop import Money\n"
        "from shop.base import Base\n"
        "from shop.tax import tax\n\n\n"
        "class Order(Base):\n"
        "    def total(self) -> Money:\n"
        "        return Money(tax(self.net()))\n\n"
        "    def net(self) -> float:\n"
        "        return missing(1)\n"
    ),
    "shop/report.py": (
        "from shop.order import Order\nfrom shop.tax import tax\n\n\n"
        "def report(order: Order) -> str:\n    return str(tax(1.0))\n\n\n"
        "def other() -> int:\n    return missing(2)\n"
    ),
}


def write_shop(folder: Path) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder.resolve()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_shop(tmp_path)


@pytest.fixture
def graph(root: Path):
    made = Graph([root])
    yield made
    made.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """A folder that tests share; none changes the files of others."""
    return write_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def warm(shop: Path):
    """A graph of `shop` that tests share: most of a test's time is the start of a worker."""
    made = Graph([shop])
    yield made
    made.close()


@pytest.fixture
def faulty(root: Path, monkeypatch) -> Callable[..., Graph]:
    """Makes graphs whose worker is `faulty_worker`."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    made: list[Graph] = []

    def make(**options) -> Graph:
        made.append(Graph([root], module="faulty_worker", **{"first_pause": 0.0, **options}))
        return made[-1]

    yield make
    for one in made:
        one.close()


async def describe(graph: Graph, path: Path, qualname: str, *neighbours: Path) -> GraphContext:
    context = await graph.describe(path, qualname, 60.0, neighbours)
    assert context is not None, graph.state
    return context


def names(related: tuple[Related, ...]) -> list[str]:
    return [one.name for one in related]


async def test_definition_is_described_by_what_it_uses_and_what_uses_it(warm, shop):
    context = await describe(warm, shop / "shop/tax.py", "tax", shop / "shop/order.py", shop / "shop/report.py")
    assert context.exists
    assert names(context.dependencies) == ["RATE"]
    assert [(one.name, one.line) for one in context.usages] == [
        ("Order.total", "return Money(tax(self.net()))"),
        ("report", "return str(tax(1.0))"),
    ]
    assert context.usages[1].text == "def report(order: Order) -> str:"
    assert "`tax` (Function)" in context.symbol_summary
    assert "`tax` (SourceFile)" in context.file_summary


async def test_imports_are_followed_to_their_definitions_without_neighbours(warm, shop):
    context = await describe(warm, shop / "shop/order.py", "Order.total")
    assert [(one.name, one.path, one.kind) for one in context.imports] == [
        ("Money", str(shop / "shop/money.py"), "class"),
        ("Base", str(shop / "shop/base.py"), "class"),
        ("tax", str(shop / "shop/tax.py"), "function"),
    ]
    assert context.imports[0].text == 'class Money:\n    """An amount."""\n    def __init__(self, amount: int) -> None:'
    assert context.imports[2].text == 'def tax(net: float) -> float:\n    """Tax of a price."""'
    assert set(names(context.dependencies)) == {"Money", "tax", "Order.net"}
    assert names(context.bases) == ["Base"]


async def test_missing_function_is_described_by_its_callers(warm, shop):
    context = await describe(warm, shop / "shop/order.py", "missing", shop / "shop/report.py")
    assert not context.exists
    assert [(one.name, one.line) for one in context.usages] == [
        ("Order.net", "return missing(1)"),
        ("other", "return missing(2)"),
    ]


async def test_missing_method_is_described_by_its_class(warm, shop):
    context = await describe(warm, shop / "shop/order.py", "Order.discount")
    assert not context.exists
    assert names(context.bases) == ["Base"]
    assert "- parent classes: Base\n" in context.symbol_summary
    assert str(shop) not in context.symbol_summary


async def test_file_as_a_whole_can_be_described(warm, shop):
    context = await describe(warm, shop / "shop/order.py", "")
    assert context.exists
    assert context.usages == ()
    assert "- 1 classes" in context.file_summary


async def test_open_document_overrides_the_disk_and_closing_it_goes_back(warm, shop):
    path = shop / "shop/tax.py"
    warm.changed(path, b"def only_in_the_buffer(a): ...\n")
    assert (await describe(warm, path, "only_in_the_buffer")).exists
    assert not (await describe(warm, path, "tax")).exists
    warm.closed(path)
    assert (await describe(warm, path, "tax")).exists


async def test_a_question_brings_its_documents_along(warm, shop):
    """Whatever the graph was told of edits or not: the answer is about the snapshot that the question comes from."""
    path, other = shop / "shop/tax.py", shop / "shop/base.py"
    warm.changed(other, b"x = 1\n")
    opened = {path: b"def never_told(a): ...\n"}
    context = await warm.describe(path, "never_told", 60.0, [other], opened)
    assert context is not None and context.exists
    context = await warm.describe(other, "Base", 60.0, [], opened)
    assert context is not None and context.exists  # `base.py` is not open in this snapshot
    context = await warm.describe(path, "tax", 60.0, [], {})
    assert context is not None and context.exists


async def test_every_edit_is_followed(warm, shop):
    path = shop / "shop/tax.py"
    for number in range(5):
        warm.changed(path, f"def f{number}(a): ...\n".encode())
        assert (await describe(warm, path, f"f{number}")).exists
        assert not (await describe(warm, path, f"f{number - 1}")).exists
    warm.closed(path)


async def test_edited_neighbour_changes_what_an_import_means(warm, shop):
    order = shop / "shop/order.py"
    await describe(warm, order, "Order.total")
    warm.changed(shop / "shop/tax.py", b"def tax(gross: int, rate: int) -> int: ...\n")
    context = await describe(warm, order, "Order.total")
    assert context.imports[2].text == "def tax(gross: int, rate: int) -> int:"
    warm.closed(shop / "shop/tax.py")


async def test_file_that_changes_on_disk_is_read_again(warm, shop):
    path = shop / "shop/disk.py"
    path.write_text("def before(): ...\n", encoding="utf-8")
    assert (await describe(warm, path, "before")).exists
    path.write_text("def from_disk(): ...\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert (await describe(warm, path, "from_disk")).exists


async def test_renamed_and_deleted_files_are_followed(warm, shop):
    old, new = shop / "shop/old.py", shop / "shop/new.py"
    old.touch()
    warm.changed(old, b"def vat(): ...\n")
    await describe(warm, old, "vat")
    old.rename(new)
    warm.renamed(old, new)
    assert (await describe(warm, new, "vat")).exists
    assert await warm.describe(old, "vat", 60.0) is None
    new.unlink()
    warm.deleted(new)
    assert await warm.describe(new, "vat", 60.0) is None
    assert "could not be read" in str(warm.state)


@pytest.mark.parametrize(
    "text",
    [
        "def broken(:\n  x = (\n",
        "\0",
        "x = " + "(" * 3000,
        "class A:\n def f(self):\n  @\n" * 50,
        "from . import *\n" * 9,
        "",
    ],
)
async def test_broken_code_never_ends_the_graph(warm, shop, text):
    path = shop / "shop/tax.py"
    warm.changed(path, text.encode())
    await warm.describe(path, "tax", 60.0)
    assert (await describe(warm, shop / "shop/order.py", "Order.total")).exists
    warm.closed(path)


async def test_modules_under_src_and_in_several_roots_are_found(tmp_path):
    roots = []
    for name in ("one", "two"):
        package = tmp_path / name / "src" / f"pack_{name}"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "helper.py").write_text("def helper(): ...\n", encoding="utf-8")
        (package / "user.py").write_text(
            f"from pack_{name}.helper import helper\nfrom . import helper as module\n\n\ndef use():\n    helper()\n",
            encoding="utf-8",
        )
        roots.append((tmp_path / name).resolve())
    graph = Graph(roots)
    try:
        for root in roots:
            context = await describe(graph, root / f"src/pack_{root.name}/user.py", "use")
            assert [(one.name, one.kind) for one in context.imports] == [("helper", "function"), ("module", "module")]
            assert names(context.dependencies) == ["helper"]
    finally:
        graph.close()


async def test_tests_beside_a_src_layout_find_the_package_at_once(tmp_path):
    for name, text in {
        "app/src/pack/__init__.py": "",
        "app/src/pack/tool.py": "def tool(): ...\n",
        "app/tests/test_tool.py": "from pack.tool import tool\n\n\ndef test():\n    tool()\n",
        "old/lib/other/__init__.py": "def helper(): ...\n",
        "old/tests/unit/test_it.py": "from other import helper\n\n\ndef test():\n    helper()\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    graph = Graph([tmp_path.resolve()])
    try:
        for name, expected in (("app/tests/test_tool.py", "tool"), ("old/tests/unit/test_it.py", "helper")):
            context = await describe(graph, tmp_path.resolve() / name, "test")
            assert names(context.imports) == names(context.dependencies) == [expected]
    finally:
        graph.close()


async def test_worker_starts_at_the_first_question_only(graph, root):
    graph.changed(root / "shop/tax.py", b"x = 1\n")
    graph.closed(root / "shop/tax.py")
    assert graph.state.name == "idle"
    await describe(graph, root / "shop/tax.py", "tax")
    assert graph.state.name == "ready" and graph.state.files > 0 and graph.state.memory > 0


async def test_prepared_file_is_in_the_set_before_it_is_asked_about(warm, shop):
    path = shop / "shop/prepared.py"
    path.write_text("x = 1\n", encoding="utf-8")
    files = (await describe(warm, shop / "shop/tax.py", "")) and warm.state.files
    warm.prepare(path)
    await describe(warm, shop / "shop/tax.py", "")
    assert warm.state.files == files + 1


async def test_answer_that_comes_late_is_given_up_and_its_preparation_is_not(graph, root):
    assert await graph.describe(root / "shop/order.py", "Order.total", 0.0) is None
    assert "still reading order.py" in str(graph.state)
    assert (await describe(graph, root / "shop/order.py", "Order.total")).exists


async def test_dead_worker_costs_one_answer_and_its_file_is_set_aside(faulty, root):
    (root / "shop/dies.py").write_text("x = 1\n", encoding="utf-8")
    graph = faulty()
    await describe(graph, root / "shop/tax.py", "tax")
    assert await graph.describe(root / "shop/order.py", "Order", 60.0, [root / "shop/dies.py"]) is None
    assert str(graph.state).startswith("waiting: the graph's process ended with status 3 at dies.py")
    assert graph.set_aside == {root / "shop/dies.py": "ended with status 3"}
    context = await describe(graph, root / "shop/order.py", "Order", root / "shop/dies.py")
    assert context.exists
    assert await graph.describe(root / "shop/dies.py", "", 60.0) is None
    assert "dies.py is set aside" in str(graph.state)


async def test_hung_worker_is_replaced(faulty, root):
    (root / "shop/hangs.py").write_text("x = 1\n", encoding="utf-8")
    graph = faulty(patience=3.0)
    assert await graph.describe(root / "shop/hangs.py", "", 60.0) is None
    assert "said nothing for 3 s" in str(graph.state)
    assert root / "shop/hangs.py" in graph.set_aside
    assert (await describe(graph, root / "shop/order.py", "Order")).exists


async def test_worker_that_outgrows_its_memory_is_replaced(faulty, root):
    path = root / "shop/eats.py"
    path.write_text("x = 1\n", encoding="utf-8")
    graph = faulty(memory_limit=200 * 2**20)
    await describe(graph, root / "shop/tax.py", "tax")
    assert await graph.describe(path, "", 60.0) is None
    assert "needed too much memory at eats.py" in str(graph.state)
    assert graph.set_aside == {path: "needed too much memory"}
    assert (await describe(graph, root / "shop/order.py", "Order")).exists


async def test_file_that_graph_sitter_fails_on_is_left_out_until_it_changes(faulty, root):
    path = root / "shop/breaks.py"
    path.write_text("x = 1\n", encoding="utf-8")
    graph = faulty()
    context = await describe(graph, root / "shop/order.py", "Order.total", root / "shop/tax.py", path)
    assert context.skipped == (str(path),)
    assert "tax" in names(context.dependencies)
    graph.changed(path, b"harmless = 1\n")
    assert (await describe(graph, root / "shop/order.py", "Order.total", path)).skipped == ()


@pytest.mark.parametrize("marker", [".real-packages", ".wrong-placeholders"])
async def test_placeholders_change_no_answer(faulty, root, warm, shop, marker):
    """With the packages that graph_sitter wants, from the start or after the placeholders turned out not to do."""
    (root / marker).touch()
    graph = faulty()
    for name, qualname in (("order", "Order.total"), ("tax", "tax"), ("tax", ""), ("report", "missing")):
        neighbours = ("shop/order.py", "shop/report.py")
        there = await describe(warm, shop / f"shop/{name}.py", qualname, *(shop / one for one in neighbours))
        here = await describe(graph, root / f"shop/{name}.py", qualname, *(root / one for one in neighbours))
        assert str(here).replace(str(root), "") == str(there).replace(str(shop), "")


def test_edits_of_a_large_file_leave_nothing_behind(root):
    """The range of each expression was lost at every edit: 8 MB in a file of 400 kB."""
    code = (
        "import sys; from pathlib import Path\n"
        "from autogen_lsp.codebase import worker; from autogen_lsp.codebase.model import Ask\n"
        "files = worker.load([Path(sys.argv[1])], 1 << 30, lambda path: None)\n"
        "from autogen_lsp.codebase.working_set import memory\n"
        "sizes = []\n"
        "for number in range(24):\n"
        "    text = f'x = {number}\\n' + 'def f(a):\\n    b = g(a, [1, 2], k=a.b.c)\\n    return h(b)\\n' * 2000\n"
        "    worker.answer(files, Ask(sys.argv[1] + '/big.py', (), None, {sys.argv[1] + '/big.py': text.encode()}))\n"
        "    files.collect_garbage(thorough=True)\n"
        "    sizes.append(memory())\n"
        "print((sizes[-1] - sizes[7]) // 16)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, timeout=120)
    assert int(done.stdout) < 400_000, done.stderr


async def test_what_uses_a_target_does_not_depend_on_earlier_questions(graph, shop, root):
    """A file that an earlier question brought in knows the target, too, but this question is not about it."""
    report = root / "shop/report.py"
    await describe(graph, root / "shop/order.py", "missing", report)
    await describe(graph, report, "report", report)
    context = await describe(graph, root / "shop/tax.py", "tax", root / "shop/order.py")
    assert names(context.usages) == ["Order.total"]
    assert "- 1 usages" in context.symbol_summary
    context = await describe(graph, root / "shop/tax.py", "tax", root / "shop/order.py", report)
    assert names(context.usages) == ["Order.total", "report"]


async def test_uses_in_decorators_and_of_constructors_are_found(warm, shop):
    path = shop / "shop/decorated.py"
    path.write_text(
        "def mark(f):\n    return f\n\n\nclass A:\n    def __init__(self): ...\n\n    @mark\n    def m(self): ...\n\n\n"
        "def make():\n    return A()\n",
        encoding="utf-8",
    )
    assert names((await describe(warm, path, "mark")).usages) == ["A"]
    assert names((await describe(warm, path, "A.__init__")).usages) == ["make"]


async def test_worker_that_keeps_dying_is_not_started_at_once(faulty, root):
    for number in range(2):
        folder = root / f"sub{number}"
        folder.mkdir()
        (folder / "dies.py").write_text("x = 1\n", encoding="utf-8")
    graph = faulty(first_pause=0.5)
    assert await graph.describe(root / "sub0/dies.py", "", 60.0) is None
    assert await graph.describe(root / "shop/tax.py", "tax", 60.0) is None
    assert graph.state.name == "waiting" and "starts again" in str(graph.state)
    await asyncio.sleep(0.5)
    assert await graph.describe(root / "sub1/dies.py", "", 60.0) is None
    assert "starts again after 1.0 s" in str(graph.state)  # twice as long
    await asyncio.sleep(1.0)
    await describe(graph, root / "shop/tax.py", "tax")


async def test_worker_killed_from_outside_is_started_again_unnoticed(graph, root):
    await describe(graph, root / "shop/tax.py", "tax")
    assert graph._worker is not None
    graph._worker._process.kill()  # while it is idle: no file is to blame
    graph._worker._process.wait()
    graph.changed(root / "shop/tax.py", b"def tax(edited): ...\n")
    context = await describe(graph, root / "shop/tax.py", "tax")
    assert context.exists and graph.set_aside == {}


async def test_files_not_used_lately_make_room_for_others(root):
    """Each file takes about 20 MB, the process 55 MB, so no three of them fit."""
    body = "".join(f"def f{line}(a, b=[1]):\n    return g{line}(a, k=b[0])\n\n\n" for line in range(1000))
    for number in range(4):
        (root / f"shop/big{number}.py").write_text(body, encoding="utf-8")
    graph = Graph([root], memory_limit=110 * 2**20)
    try:
        for number in range(4):
            assert (await describe(graph, root / f"shop/big{number}.py", "f1")).exists
            assert graph.state.memory < 110 * 2**20
        assert graph.set_aside == {}
    finally:
        graph.close()


async def test_neighbours_that_do_not_fit_are_left_out_and_named(root):
    path = root / "shop/huge.py"
    path.write_text("x = [1, 2, 3]\n" * 200_000, encoding="utf-8")
    graph = Graph([root], memory_limit=150 * 2**20)
    try:
        context = await describe(graph, root / "shop/order.py", "Order", root / "shop/tax.py", path)
        assert context.exists and context.skipped == (str(path),)
    finally:
        graph.close()


async def test_missing_package_is_named_with_the_command(faulty, root):
    (root / ".missing-package").touch()
    graph = faulty()
    for _ in range(2):
        assert await graph.describe(root / "shop/tax.py", "tax", 60.0) is None
        assert graph.state.name == "unavailable"
        assert "pip install 'autogen-lsp[graph]'" in str(graph.state)


async def test_package_that_is_not_installed_starts_no_process(graph, root, monkeypatch):
    monkeypatch.setattr("autogen_lsp.codebase.client.find_spec", lambda name: None)
    assert await graph.describe(root / "shop/tax.py", "tax", 60.0) is None
    assert str(graph.state) == (
        "unavailable: graph-sitter is not installed; add it with: pip install 'autogen-lsp[graph]'"
    )


async def test_closed_graph_answers_nothing_and_its_process_ends(graph, root):
    await describe(graph, root / "shop/tax.py", "tax")
    process = graph._worker._process
    graph.close()
    assert process.poll() is not None
    assert await graph.describe(root / "shop/tax.py", "tax", 60.0) is None


def snapshot(root: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(root.rglob("*"))
    }


def make_repository(root: Path) -> None:
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "init", "-q", str(root)], check=True, env=environ)


@pytest.mark.parametrize("kind", ["git", "plain", "read-only"])
async def test_nothing_is_written_in_the_users_folder(root, kind):
    if kind == "git":
        make_repository(root)
    if kind == "read-only":
        for folder in (root / "shop", root):
            folder.chmod(0o500)
    before = snapshot(root)
    graph = Graph([root])
    try:
        graph.changed(root / "shop/new.py", b"import shop.tax\n")
        await describe(graph, root / "shop/order.py", "Order.total", root / "shop/tax.py")
        await describe(graph, root / "shop/new.py", "")
        assert snapshot(root) == before
    finally:
        graph.close()
        for folder in (root, root / "shop"):
            folder.chmod(0o700)


def environment_of(pid: int) -> bytes:
    """Empty where the system does not tell."""
    path = Path(f"/proc/{pid}/environ")
    return path.read_bytes() if path.exists() else b""


async def test_no_byte_reaches_stdout_and_credentials_stay_here(faulty, root, capfd, monkeypatch):
    monkeypatch.setenv("CODEGEN_API_TOKEN", "secret-value")
    graph = faulty()
    await describe(graph, root / "shop/order.py", "Order.total")
    assert b"secret-value" not in environment_of(graph._worker._process.pid)
    graph.close()
    assert capfd.readouterr().out == ""


def test_client_does_not_load_graph_sitter():
    code = "import sys, autogen_lsp.codebase.client; print('graph_sitter' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n", done.stderr


def test_worker_ends_with_its_parent(root):
    code = (
        "import asyncio, os, sys; from pathlib import Path; from autogen_lsp.codebase.client import Graph\n"
        "graph = Graph([Path(sys.argv[1])])\n"
        "asyncio.run(graph.describe(Path(sys.argv[1]) / 'shop/tax.py', 'tax', 60.0))\n"
        "print(graph._worker._process.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, timeout=60)
    pid, until = int(done.stdout), time.monotonic() + 10
    while _runs(pid):
        assert time.monotonic() < until
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().split()[2] == "Z")


def test_contexts_survive_the_wire():
    from autogen_lsp.codebase import wire
    from autogen_lsp.codebase.model import Told

    related = Related("a.b", "/x.py", "function", "def b():", "b()")
    context = GraphContext("/x.py", "a", True, "f", "s", (related,), (), (related,), (), ("/y.py",))
    told = Told(context, "", 3, 4, False)
    framed = wire.frame(told)
    assert wire.length(framed[: wire.HEADER]) == len(framed) - wire.HEADER
    assert wire.decode_message(framed[wire.HEADER :]) == told
