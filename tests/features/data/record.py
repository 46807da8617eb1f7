"""Record what other servers say of one small package: `python tests/features/data/record.py [--bin FOLDER]`.

Language servers (pyright, basedpyright, ty, pyrefly, ruff, zuban, and python-lsp-server with pyflakes, pylint and mypy)
are asked over LSP, as an editor would; of mypy and pylint the command line is asked, too, and its output takes the form
in which Microsoft's extensions hand it on. The package is in `package.txt` (names that are missing stand in
guillemets), the result in `foreign_diagnostics.json`: by client, the version and the diagnostics exactly as they
arrive, but for the folders of this machine, ranges as four numbers. Of a server that is not installed what was recorded
before stays.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULT = HERE / "foreign_diagnostics.json"
FILE = "pkg/use.py"
SERVERS = {
    "pyright": ["pyright-langserver", "--stdio"],
    "basedpyright": ["basedpyright-langserver", "--stdio"],
    "ty": ["ty", "server"],
    "pyrefly": ["pyrefly", "lsp"],
    "ruff": ["ruff", "server"],
    "zuban": ["zuban", "server"],
    "pylsp": ["pylsp"],
}
OPTIONS = {
    "pylsp": {
        "pylsp": {"plugins": {name: {"enabled": True} for name in ("pyflakes", "pylint", "pylsp_mypy", "flake8")}}
    }
}
VERSION = re.compile(r"\d+\.\d+[\w.]*")
FOLDERS = re.compile(r"(?:/[\w.-]+)+(?=/site-packages)")
QUIET_SECONDS = 4.0  # after which a server that has answered is taken to have said all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default="", help="folder with the servers, by default those on the PATH")
    path = os.pathsep.join(filter(None, [parser.parse_args().bin, os.environ["PATH"]]))
    recorded = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        write_package(root)
        for name, command in SERVERS.items():
            program = shutil.which(command[0], path=path)
            if program is None:
                print(f"{name}: not installed")
                continue
            said = listen([program, *command[1:]], root, OPTIONS.get(name, {}), path)
            version = version_of(shutil.which(name, path=path) or program)
            recorded[name] = {"version": version, "diagnostics": in_order(said)}
        for name, ask in (("mypy", mypy), ("pylint", pylint)):
            program = shutil.which(name, path=path)
            if program is not None:
                for client, said in ask(program, root).items():
                    recorded[client] = {"version": version_of(program), "diagnostics": in_order(said)}
    RESULT.write_text(one_a_line(recorded))


def one_a_line(recorded: dict[str, dict[str, Any]]) -> str:
    """JSON with a line for each diagnostic, so that what a new version says otherwise can be read as a diff."""
    parts = []
    for client, told in recorded.items():
        lines = ",\n".join(f"  {json.dumps(each, ensure_ascii=False)}" for each in told["diagnostics"])
        head = f'{json.dumps(client)}: {{"version": {json.dumps(told["version"])}, "diagnostics": ['
        parts.append(f"{head}\n{lines}\n]}}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write_package(root: Path) -> None:
    parts = re.split(r"^//- (\S+)\n", (HERE / "package.txt").read_text(), flags=re.M)
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(re.sub("[«»]", "", text))


def version_of(program: str) -> str:
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=60).stdout
    found = VERSION.search(shown)
    return found.group() if found else ""


def in_order(diagnostics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(diagnostics, key=lambda each: (each["range"], str(each.get("code")), each["message"]))


def listen(command: list[str], root: Path, options: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """The diagnostics that a language server publishes for the file, the last time that it does."""
    environment = {**os.environ, "PATH": path}
    process = subprocess.Popen(
        command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None and process.stdout is not None
    inbox: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=read, args=(process.stdout, inbox), daemon=True).start()
    writer = process.stdin

    def send(message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        writer.flush()

    uri = (root / FILE).as_uri()
    capabilities = {
        "textDocument": {"publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True}},
        "workspace": {"configuration": True, "workspaceFolders": True},
    }
    folders = [{"uri": root.as_uri(), "name": "project"}]
    opened = {"uri": uri, "languageId": "python", "version": 1, "text": (root / FILE).read_text()}
    start = {
        "processId": os.getpid(),
        "rootUri": root.as_uri(),
        "workspaceFolders": folders,
        "initializationOptions": options,
    }
    send({"id": 1, "method": "initialize", "params": {**start, "capabilities": capabilities}})
    said: list[dict[str, Any]] = []
    deadline = time.monotonic() + 60
    try:
        while time.monotonic() < deadline:
            try:
                message = inbox.get(timeout=QUIET_SECONDS if said else 60)
            except queue.Empty:
                break
            if message.get("id") == 1 and "result" in message:
                send({"method": "initialized", "params": {}})
                send({"method": "textDocument/didOpen", "params": {"textDocument": opened}})
            elif message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                said = message["params"]["diagnostics"]
            elif "id" in message and "method" in message:
                items = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
                send({"id": message["id"], "result": None if items is None else [None] * len(items)})
    finally:
        process.kill()
    return [recorded(each, root) for each in said]


def read(stream: Any, inbox: queue.Queue[dict[str, Any]]) -> None:
    while header := stream.readline():
        size = 0
        while header.strip():
            if header.lower().startswith(b"content-length:"):
                size = int(header.partition(b":")[2])
            header = stream.readline()
        inbox.put(json.loads(stream.read(size)))


def recorded(diagnostic: dict[str, Any], root: Path) -> dict[str, Any]:
    start, end = diagnostic["range"]["start"], diagnostic["range"]["end"]
    kept = {key: diagnostic[key] for key in ("code", "source", "message") if key in diagnostic}
    kept["message"] = FOLDERS.sub("", kept["message"].replace(str(root), "PROJECT"))
    return {"range": [start["line"], start["character"], end["line"], end["character"]], **kept}


def mypy(program: str, root: Path) -> dict[str, list[dict[str, Any]]]:
    """As Microsoft's extension reads it: text, with ends of ranges."""
    options = ["--no-error-summary", "--show-column-numbers", "--show-error-end", "--check-untyped-defs"]
    shown = subprocess.run(
        [program, *options, "--cache-dir", str(root / ".cache"), FILE],
        cwd=root, capture_output=True, text=True, check=False, timeout=120,
    ).stdout  # fmt: skip
    said = []
    for line in shown.splitlines():
        found = re.match(rf"{re.escape(FILE)}:(\d+):(\d+):(\d+):(\d+): error: (.*?)(?:  \[([\w-]+)\])?$", line)
        if found:
            first, start, last, end = map(int, found.groups()[:4])
            said.append(
                {
                    "range": [first - 1, start - 1, last - 1, end],
                    "code": found[6],
                    "source": "Mypy",
                    "message": found[5],
                }
            )
    return {"mypy": said}


def pylint(program: str, root: Path) -> dict[str, list[dict[str, Any]]]:
    shown = subprocess.run(
        [program, "--output-format=json2", "--disable=all", "--enable=E,F", FILE],
        cwd=root, capture_output=True, text=True, check=False, timeout=120,
    ).stdout  # fmt: skip
    messages = json.loads(shown)["messages"]
    return {"pylint": list(of_extension(messages))}


def of_extension(messages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Id and name in one code; a point where pylint gives no end."""
    for each in messages:
        start = each["line"] - 1, each["column"]
        end = (each["endLine"] or each["line"]) - 1, each["column"] if each["endColumn"] is None else each["endColumn"]
        code = f"{each['messageId']}:{each['symbol']}"
        yield {"range": [*start, *end], "code": code, "source": "Pylint", "message": each["message"]}


if __name__ == "__main__":
    main()
