"""Pyright as a judge of changed files: buffers into its errors, by its language server, one start for many changes.

The server reads the workspace from disk and what is changed from open documents, so nothing is written anywhere. Errors
are pulled (``textDocument/diagnostic``, LSP 3.17), hence never those of an earlier text. Python and the installed
packages are those of ``VIRTUAL_ENV``, where that is set. Errors are those of the standard rules: a project's own
configuration may be strict, but strict rules ask for annotations where nothing is known.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

# Rules that only the strict configuration switches on, by how they start.
_STRICT = (
    "reportMissingParameterType", "reportMissingTypeArgument", "reportUnknown", "reportUnused", "reportUnnecessary",
    "reportUntyped", "reportMissingTypeStubs", "reportPrivateUsage", "reportMatchNotExhaustive",
    "reportMissingSuperCall",
)  # fmt: skip
_ERROR = 1  # DiagnosticSeverity.Error


@dataclass(frozen=True)
class Problem:
    """An error: where it is, by the text of its line, and the rule that it breaks.

    The message takes no part in comparisons: what is wrong there before and after is no new error, though the types
    that its message names are others.
    """

    path: Path
    rule: str
    line: str
    message: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}: {self.message}"


class Pyright:
    """A running language server, to be used in a ``with`` statement. ``command`` is e.g. ``npx pyright-langserver``."""

    def __init__(self, root: Path, command: str) -> None:
        self.root = root
        self._process = subprocess.Popen(
            [*command.split(), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._last_id = 0
        self._version = 0
        self._shown: dict[Path, bytes] = {}  # open documents
        folder = {"uri": root.as_uri(), "name": root.name}
        capabilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"diagnostic": {"dynamicRegistration": True}},
        }
        self._ask("initialize", processId=os.getpid(), capabilities=capabilities, workspaceFolders=[folder])
        self._tell("initialized")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()

    def errors(self, texts: dict[Path, bytes], files: Iterable[Path]) -> Counter[Problem]:
        """Errors in ``files``, where ``texts`` replace those on disk."""
        files = sorted(files)
        for path in dict.fromkeys([*self._shown, *texts, *files]):
            self._show(path, texts[path] if path in texts else path.read_bytes())
        found: Counter[Problem] = Counter()
        for path in files:
            report = self._ask("textDocument/diagnostic", textDocument={"uri": path.as_uri()})
            lines = _text(self._shown[path]).split("\n")
            found.update(
                Problem(
                    path.relative_to(self.root),
                    str(item.get("code", "")),
                    lines[item["range"]["start"]["line"]].strip(),
                    item["message"].splitlines()[0],
                )
                for item in report["items"]
                if item.get("severity") == _ERROR and not str(item.get("code", "")).startswith(_STRICT)
            )
        return found

    def _show(self, path: Path, text: bytes) -> None:
        """Opens a document as it is on disk, then changes it: pyright keeps old types of what is opened changed."""
        if path not in self._shown:
            self._shown[path] = path.read_bytes()
            document = {"uri": path.as_uri(), "version": 0, "languageId": "python"}
            self._tell("textDocument/didOpen", textDocument={**document, "text": _text(self._shown[path])})
        if self._shown[path] != text:
            self._shown[path] = text
            self._version += 1
            document = {"uri": path.as_uri(), "version": self._version}
            self._tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": _text(text)}])

    def _ask(self, method: str, **params: Any) -> Any:
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" in message:
                if "id" in message:
                    self._send({"id": message["id"], "result": _answer(message)})
            elif message["id"] == self._last_id:
                if "error" in message:
                    raise RuntimeError(f"pyright: {method}: {message['error']}")
                return message["result"]

    def _tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise RuntimeError("pyright's language server has ended")
        received: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return received


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _answer(request: dict[str, Any]) -> Any:
    """What the server is told when it asks: its settings, and nothing else."""
    if request["method"] != "workspace/configuration":
        return None
    environment = os.environ.get("VIRTUAL_ENV")
    python = {"pythonPath": f"{environment}/bin/python"} if environment else {}
    settings = {
        "python": python,
        "python.analysis": {"typeCheckingMode": "standard", "diagnosticMode": "openFilesOnly"},
    }
    return [settings.get(item.get("section", ""), {}) for item in request["params"]["items"]]
