"""Times the project index on folders, and how it grows with the number of files.

    python -m benchmarks.index PATH... [--growth 100 1000 10000] [--plot OUT.svg] [--workers 2] [--json OUT]

For each folder, in a process and a cache folder of its own: *cold* (no index yet), *warm* (another start, nothing
changed), *keystroke* (findings of an open document after an edit, all else known), *update* (one changed file), queries
(for names that the folder has), the file's size, and the memory of this process and of its largest worker. Medians and
95th percentiles; wall seconds, with the processor seconds of all processes beside them: on a busy machine these say
more. ``--growth`` does it on generated packages, and ``--plot`` draws how the times grow with them. Nothing is written
into the folders: the work is done on copies.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from autogen_lsp.analysis.caches import Caches
from autogen_lsp.analysis.findings import find
from autogen_lsp.analysis.project import Project
from autogen_lsp.config import Problem, Settings
from autogen_lsp.index.client import Index
from autogen_lsp.workspace.files import read_source
from autogen_lsp.workspace.ignore import python_files
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source
from benchmarks.plot import Chart, svg

_SAMPLE = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--growth", nargs="*", type=int, default=[], metavar="FILES")
    parser.add_argument("--plot", type=Path, metavar="SVG")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.paths[0], arguments.workers)))
        return
    if arguments.plot and not arguments.growth:
        parser.error("--plot draws what --growth measures")
    if empty := [str(path) for path in arguments.paths if next(python_files([path]), None) is None]:
        parser.error(f"there is no Python file in {', '.join(empty)}: name a folder of code")
    results = [in_process_of_its_own(path, arguments.workers) for path in arguments.paths]
    grown: list[dict[str, Any]] = []
    for count in sorted(arguments.growth):
        with tempfile.TemporaryDirectory() as folder:
            generate(Path(folder), count)
            grown.append(in_process_of_its_own(Path(folder), arguments.workers) | {"name": f"{count:,} generated"})
    results += grown
    show(results)
    if arguments.plot:
        arguments.plot.write_text(growth(grown))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1))


def in_process_of_its_own(path: Path, workers: int | None) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.index", "--one", str(path.resolve())]
    command += [] if workers is None else ["--workers", str(workers)]
    return {"name": path.name, **json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)}


def measure(source: Path, workers: int | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "root")
        for path in python_files([source]):
            target = root / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        settings = Settings(cache_dir=str(Path(scratch, "cache")))
        result: dict[str, Any] = {}
        index = Index([root], settings, fail, workers=workers)
        with timed(result, "cold"):
            index.rescan()
        index.close()
        with timed(result, "warm"):
            index = Index([root], settings, fail, workers=workers)
            index.rescan()
        files = list(index.files())
        result |= {"files": len(files), "megabytes_of_code": sum(path.stat().st_size for path in files) / 1e6}
        result["index_megabytes"] = sum(f.stat().st_size for f in Path(scratch, "cache/index").iterdir()) / 1e6
        result |= queries(index, files)
        taken = keystrokes(index, root, random.Random(2).sample(files, min(5, len(files))))
        result["keystroke_ms"], result["keystroke_processor_ms"] = map(list, zip(*taken, strict=True))
        result["update_ms"] = [
            1000 * update(index, path) for path in random.Random(0).sample(files, min(20, len(files)))
        ]
        result["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        result["worker_megabytes"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        index.close()
        return result


def queries(index: Index, files: list[Path]) -> dict[str, Any]:
    chosen = random.Random(1)
    facts = [f for path in chosen.sample(files, min(_SAMPLE, len(files))) if (f := index.facts(path)) is not None]
    called = [chosen.choice(f.calls).name for f in facts if f.calls]
    defined = [chosen.choice(f.symbols).name for f in facts if f.symbols]
    runs: dict[str, tuple[list[Any], Callable[[Any], object]]] = {
        "facts": (files[:: max(1, len(files) // _SAMPLE)], index.facts),
        "calls": (called, index.calls),
        "first 50 calls": (called, lambda name: index.calls(name, 50)),
        "definitions": (defined, index.definitions),
        "search": (defined, index.search),
    }
    return {f"{name}_ms": [1000 * seconds(query, item) for item in asked] for name, (asked, query) in runs.items()}


def keystrokes(index: Index, root: Path, files: list[Path]) -> list[tuple[float, float]]:
    """Wall and processor milliseconds of each."""
    caches = Caches()
    taken: list[tuple[float, float]] = []
    for path in files:
        text = source.text if (source := read_source(path)) else b""
        for version in range(5):
            document = Source(path, text + b"\n\nundefined_%d(len)\n" % version, version)
            document.tree  # noqa: B018  (the server parses edit by edit)
            snapshot = Snapshot((root,), {path: document})
            start, before = time.perf_counter(), time.process_time()
            index.overlay(snapshot.documents)
            find(Project(snapshot, index, caches), path)
            taken.append((1000 * (time.perf_counter() - start), 1000 * (time.process_time() - before)))
    return taken


def update(index: Index, path: Path) -> float:
    with path.open("ab") as file:
        file.write(b"\n\ndef added_by_the_benchmark(): ...\n")
    return seconds(index.update, path)


def seconds[T](run: Callable[[T], object], argument: T) -> float:
    start = time.perf_counter()
    run(argument)
    return time.perf_counter() - start


@contextmanager
def timed(result: dict[str, Any], name: str) -> Iterator[None]:
    start, before = time.perf_counter(), processor()
    yield
    result[name] = time.perf_counter() - start
    result[f"{name}_processor"] = processor() - before


def processor() -> float:
    every = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in every)


def fail(problem: Problem) -> None:
    raise SystemExit(problem.message)


def generate(folder: Path, count: int) -> None:
    """Packages of 50 modules that import and call each other; every name is used in a few places only.

    Ten classes at a time inherit from each other, so that a class costs the same in a folder of any size.
    """
    for number in range(count):
        package = folder / f"package{number // 2500}" / f"part{number // 50}"
        package.mkdir(parents=True, exist_ok=True)
        other = max(number - 1, 0)
        base = f"(Thing{other})" if number % 10 else ""
        (package / f"module{number}.py").write_text(
            f"import os\n\nfrom ..part{other // 50}.module{other} import Thing{other}, total_{other}\n\n\n"
            f"class Thing{number}{base}:\n    def __init__(self, price, tax=0):\n"
            f"        super().__init__(price, tax)\n        self.parts_{number} = [price]\n\n"
            f"    def total_{number}(self):\n        return total_{other}(self.parts_{number}, key=os.fspath)\n\n\n"
            f"def total_{number}(items, key=None):\n    '''Sum of the items of module {number}.'''\n"
            f"    return sum(Thing{other}(item).total_{other}() for item in items)\n"
        )


def growth(results: list[dict[str, Any]]) -> str:
    """Charts of the times that must not grow with the number of files, and of those that may."""

    def chart(title: str, unit: str, value: Callable[[dict[str, Any]], float]) -> Chart:
        return Chart(title, "files", unit, [(result["files"], max(value(result), 0.001)) for result in results])

    return svg(
        [
            chart(
                "Keystroke to findings", "processor ms, median", lambda result: median(result["keystroke_processor_ms"])
            ),
            chart("One changed file", "ms, median", lambda result: median(result["update_ms"])),
            chart("Index from nothing", "processor seconds", lambda result: result["cold_processor"]),
            chart("Index where nothing changed", "processor seconds", lambda result: result["warm_processor"]),
        ]
    )


def show(results: list[dict[str, Any]]) -> None:
    columns = ["cold", "warm"]
    lists = [
        "keystroke_ms",
        "keystroke_processor_ms",
        "update_ms",
        "facts_ms",
        "calls_ms",
        "first 50 calls_ms",
        "definitions_ms",
        "search_ms",
    ]
    for result in results:
        print(f"\n{result['name']}: {result['files']:,} files, {result['megabytes_of_code']:.1f} MB of code")
        for name in columns:
            print(f"  {name:<20} {result[name]:8.2f} s    (processor {result[f'{name}_processor']:.2f} s)")
        for name in lists:
            values = result[name]
            p95 = quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
            label = name.removesuffix("_ms").replace("_", " ")
            print(f"  {label:<20} {median(values):8.2f} ms   (95th percentile {p95:.2f})")
        memory = f"{result['megabytes']:.0f} MB here, {result['worker_megabytes']:.0f} MB in the largest worker"
        print(f"  index {result['index_megabytes']:.1f} MB on disk; memory {memory}")


if __name__ == "__main__":
    main()
