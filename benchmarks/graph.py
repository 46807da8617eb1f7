"""Times the graph on a file: from nothing, asked again, and after edits.

    python -m benchmarks.graph ROOT FILE QUALNAME [--edits 10] [--rest 2.0]

*cold* starts the process; *again* repeats the question; *edit* tells a changed text and asks at once; *rested* asks
after the change was taken in, as when the keys rest before a click. Wall milliseconds, with the processor milliseconds
of the graph's process since the last answer beside them. Nothing is written into the folder.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

from autogen_lsp.codebase.client import Graph

_DEADLINE = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("qualname")
    parser.add_argument("--edits", type=int, default=10)
    parser.add_argument("--rest", type=float, default=2.0)
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.root.resolve(), arguments.file, arguments.qualname, arguments.edits, arguments.rest))


async def measure(root: Path, file: Path, qualname: str, edits: int, rest: float) -> None:
    path = root / file
    text = path.read_bytes()
    graph = Graph([root])
    version = 0

    async def ask() -> None:
        if await graph.describe(path, qualname, _DEADLINE) is None:
            raise SystemExit(str(graph.state))

    def change() -> None:
        nonlocal version
        version += 1
        graph.changed(path, text + b"\ndef added_%d(a):\n    return a\n" % version)

    async def edit() -> None:
        change()
        await ask()

    try:
        print(f"{path.name}: {len(text) / 1000:.0f} kB")
        _show("cold", [await _timed(graph, ask)], graph)
        _show("again", [await _timed(graph, ask) for _ in range(edits)], graph)
        _show("edit", [await _timed(graph, edit) for _ in range(edits)], graph)
        rested = []
        for _ in range(edits):
            change()
            await asyncio.sleep(rest)
            rested.append(await _timed(graph, ask))
        _show("rested", rested, graph)
    finally:
        graph.close()


async def _timed(graph: Graph, work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    before, start = graph.state.processor, time.perf_counter()
    await work()
    return 1000 * (time.perf_counter() - start), 1000 * (graph.state.processor - before)


def _show(name: str, taken: list[tuple[float, float]], graph: Graph) -> None:
    wall, processor = zip(*taken, strict=True)
    print(
        f"  {name:<7} {median(wall):7.0f} ms, at most {max(wall):.0f}"
        f"   (processor {median(processor):.0f}, at most {max(processor):.0f})   {graph.state.detail}"
    )


if __name__ == "__main__":
    main()
