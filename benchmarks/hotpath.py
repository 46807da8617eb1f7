"""Times what a user waits for, in this server and in others, side by side in one run.

    python benchmarks/hotpath.py --root DIR --file FILE [--server NAME=COMMAND ...] [--repeat N] [--json OUT]

Without ``--server`` it times this project's server and, as a floor, a pygls server that does nothing. For each server a
fresh process opens the file with a call of an undefined function in it and is timed from the outside, over stdio: start
to `initialize`, open to the first diagnostics with that call, keystroke to completion, edit to the diagnostic of a new
undefined call, and code actions on it; with ``--building``, edit to diagnostic also right after the start, while the
workspace is being read. Milliseconds: medians, 95th percentiles, worst. Nothing is written but to ``OUT``.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import contextlib
import json
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from autogen_lsp.server import wire

KEYS = 40
BUILDING = 6.0  # seconds of typing right after the document was opened
EDITS = 20
TIMEOUT = 60.0

FLOOR = """
from lsprotocol import types as t
from pygls.lsp.server import LanguageServer
server = LanguageServer("floor", "0")
@server.feature(t.TEXT_DOCUMENT_COMPLETION)
def completion(params): return t.CompletionList(is_incomplete=False, items=[])
server.start_io()
"""

CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {"applyEdit": True, "configuration": True, "workspaceFolders": True},
    "textDocument": {
        "publishDiagnostics": {"versionSupport": True, "dataSupport": True},
        "codeAction": {
            "isPreferredSupport": True,
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor"]}},
        },
    },
}


class Client:
    """A minimal client over a child's stdin and stdout; times are taken when the last byte of an answer is in."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self.diagnostics: dict[str, list[Any]] = {}
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    def notify(self, method: str, params: Any) -> None:
        self._send(wire.notification(method, params))

    async def request(self, method: str, params: Any) -> Any:
        self._number += 1
        future = self._waiting[self._number] = asyncio.get_running_loop().create_future()
        self._send(wire.request(self._number, method, params))
        return await asyncio.wait_for(future, TIMEOUT)

    async def until(self, uri: str, condition: Callable[[list[Any]], bool]) -> None:
        async with asyncio.timeout(TIMEOUT):
            while uri not in self.diagnostics or not condition(self.diagnostics[uri]):
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.request("shutdown", None), 5)
            self.notify("exit", None)
            await asyncio.wait_for(self._process.wait(), 5)
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._reader.cancel()

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(wire.frame(wire.encode(message)))

    async def _read(self) -> None:
        framing = wire.Framing()
        assert self._process.stdout is not None
        while data := await self._process.stdout.read(1 << 16):
            for message in map(wire.decode, framing.feed(data)):
                if "method" not in message:
                    future = self._waiting.pop(message["id"], None)
                    if future is not None:
                        future.set_result(message.get("result"))
                elif "id" in message:
                    count = len((message.get("params") or {}).get("items", ()))
                    answer = [None] * count if message["method"] == "workspace/configuration" else None
                    self._send(wire.result(message["id"], answer))
                elif message["method"] == "textDocument/publishDiagnostics":
                    self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
                    self._news.set()


class Typist:
    """A document and a line in it to type on: the first statement of the method nearest to its middle."""

    def __init__(self, client: Client, path: Path, text: str) -> None:
        self.client, self.uri, self.version = client, path.as_uri(), 1
        functions = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)]
        middle = text.count("\n") / 2
        statement = min(functions, key=lambda each: abs(each.lineno - middle)).body[0]
        self.line, self.column = statement.lineno - 1, statement.col_offset
        lines = text.split("\n")
        lines.insert(self.line, f"{' ' * self.column}cold_undefined_probe()")
        self.text = "\n".join(lines)
        self.length = len("cold_undefined_probe()")

    def open(self) -> None:
        item = {"uri": self.uri, "languageId": "python", "version": 1, "text": self.text}
        self.client.notify("textDocument/didOpen", {"textDocument": item})

    def at(self, column: int) -> dict[str, int]:
        return {"line": self.line, "character": self.column + column}

    def edit(self, start: int, end: int, new: str) -> None:
        self.version += 1
        change = {"range": {"start": self.at(start), "end": self.at(end)}, "text": new}
        document = {"uri": self.uri, "version": self.version}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        self.length += len(new) - (end - start)

    async def named(self, name: str) -> None:
        await self.client.until(self.uri, lambda items: any(name in item["message"] for item in items))

    async def unnamed(self, name: str) -> None:
        await self.client.until(self.uri, lambda items: not any(name in item["message"] for item in items))


async def measure(command: str, root: Path, file: Path, text: str, building: bool) -> dict[str, list[float]]:
    """All samples of one fresh process, in milliseconds, by measure."""
    times: dict[str, list[float]] = {}

    def since(start: float, name: str) -> None:
        times.setdefault(name, []).append((time.perf_counter() - start) * 1000)

    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"XDG_CACHE_HOME": home, "XDG_STATE_HOME": home}
        start = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=root,
            env=environment,
        )
        client = Client(process)
        try:
            folder = {"uri": root.as_uri(), "name": root.name}
            params = {"processId": os.getpid(), "rootUri": root.as_uri(), "workspaceFolders": [folder]}
            offered = await client.request("initialize", params | {"capabilities": CAPABILITIES})
            since(start, "initialize")
            client.notify("initialized", {})
            await _session(client, offered["capabilities"], file, text, since, building)
        finally:
            await client.close()
    return times


async def _session(
    client: Client, offered: Any, file: Path, text: str, since: Callable[[float, str], None], building: bool
) -> None:
    typist = Typist(client, file, text)
    start = time.perf_counter()
    typist.open()
    try:
        async with asyncio.timeout(5 if offered.get("codeActionProvider") is None else TIMEOUT):
            await typist.named("cold_undefined_probe")
        since(start, "open")
        diagnoses = True
    except TimeoutError:
        diagnoses = False
    typist.edit(0, typist.length, "")
    if diagnoses and building:
        end = time.perf_counter() + BUILDING
        while time.perf_counter() < end:
            await _probe(typist, since, "building")
    await asyncio.sleep(3)  # what the server does after a document was opened is not a user's wait
    for number in range(KEYS):
        start = time.perf_counter()
        typist.edit(number, number, "result = self.value"[number % 19])
        document = {"uri": typist.uri}
        await client.request("textDocument/completion", {"textDocument": document, "position": typist.at(number + 1)})
        since(start, "completion")
        await asyncio.sleep(0.03)
    typist.edit(0, typist.length, "")
    for _ in range(EDITS if diagnoses else 0):
        name = await _probe(typist, since, "diagnostic", keep=True)
        found = [item for item in client.diagnostics[typist.uri] if name in item["message"]]
        if offered.get("codeActionProvider"):
            context = {"diagnostics": found, "triggerKind": 1}
            params = {"textDocument": {"uri": typist.uri}, "range": found[0]["range"], "context": context}
            start = time.perf_counter()
            await client.request("textDocument/codeAction", params)
            since(start, "action")
        await asyncio.sleep(0.03)
        typist.edit(0, typist.length, "")
        await typist.unnamed(name)
        await asyncio.sleep(0.03)


async def _probe(typist: Typist, since: Callable[[float, str], None], measure: str, *, keep: bool = False) -> str:
    """Type a call of something undefined, wait until a diagnostic names it, and take it out again unless it is kept."""
    name = f"undefined_call_{typist.version}_x"
    start = time.perf_counter()
    typist.edit(0, 0, f"{name}()")
    await typist.named(name)
    since(start, measure)
    await asyncio.sleep(0.03)
    if not keep:
        typist.edit(0, typist.length, "")
        await typist.unnamed(name)
        await asyncio.sleep(0.03)
    return name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--file", type=Path, action="append", required=True, help="relative to the root")
    parser.add_argument("--server", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--building", action="store_true", help="type while the server reads the workspace, too")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    python = shlex.quote(sys.executable)
    servers = [each.split("=", 1) for each in given.server] or [
        ["autogen-lsp", f"{python} -m autogen_lsp serve"],
        ["nothing (pygls)", f"{python} -c {shlex.quote(FLOOR)}"],
    ]
    names = ("initialize", "open", *(["building"] if given.building else []), "completion", "diagnostic", "action")
    root, results = given.root.resolve(), []
    print(
        "(ms: median / 95th percentile / worst)\n"
        f"| server | file | {' | '.join(names)} |\n|---|---|{'---|' * len(names)}"
    )
    for file in given.file:
        path = (root / file).resolve()
        text = path.read_text(encoding="utf-8")
        samples: dict[str, dict[str, list[float]]] = {name: {} for name, _ in servers}
        for _ in range(given.repeat):  # in turn, so that a busy machine is busy for all
            for name, command in servers:
                run = asyncio.run(measure(command, root, path, text, given.building))
                for key, values in run.items():
                    samples[name].setdefault(key, []).extend(values)
        for name, _ in servers:
            cells = [_cell(samples[name].get(key)) for key in names]
            print(f"| {name} | {file.name} | {' | '.join(cells)} |", flush=True)
            results.append({"server": name, "file": str(file), "samples": samples[name]})
    if given.json:
        given.json.write_text(json.dumps(results, indent=1))


def _cell(values: list[float] | None) -> str:
    if not values:
        return "-"
    high = sorted(values)[min(len(values) - 1, round(0.95 * len(values)))]
    return f"{median(values):.1f}" + (f" / {high:.1f} / {max(values):.1f}" if len(values) > 5 else "")


if __name__ == "__main__":
    main()
