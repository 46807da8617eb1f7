"""Builds the wheel and proves both documented ways to install it, in empty environments, with plain pip.

Light: the wheel and its own dependencies; the server starts and answers without graph_sitter and codegen. Full: the
lock that the wheel carries, then the wheel; both packages import. Usage: ``python .ci/wheel.py UV``.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(uv: str) -> None:
    with tempfile.TemporaryDirectory(prefix="autogen-lsp-wheel-") as scratch:
        folder = Path(scratch)
        run(uv, "build", "--quiet", "--wheel", "--python", sys.executable, "--out-dir", str(folder), str(ROOT))
        (wheel,) = folder.glob("*.whl")
        print(f"{wheel.name}: {wheel.stat().st_size / 1024:.0f} kB")

        light = environment(folder / "light")
        run(str(light / "pip"), "install", "-qq", str(wheel))
        print(run(str(light / "autogen-lsp"), "--version").strip())
        report = json.loads(run(str(light / "autogen-lsp"), "doctor", "--format", "json"))
        assert report["ok"], report
        initialize(light / "autogen-lsp", folder)
        demo = run(str(light / "autogen-lsp"), "demo")
        assert demo.strip(), "demo printed nothing"
        print("light: --version, doctor, serve and demo work without graph_sitter and codegen")

        full = environment(folder / "full")
        # The documented order is the light installation first; its packages are in the lock too.
        run(str(full / "pip"), "install", "-qq", str(wheel))
        lock = run(str(full / "autogen-lsp"), "doctor", "--full-lock").strip()
        run(str(full / "pip"), "install", "-qq", "--no-deps", "--no-compile", "-r", lock)
        run(str(full / "python"), "-c", "import graph_sitter, codegen")
        report = json.loads(run(str(full / "autogen-lsp"), "doctor", "--format", "json"))
        assert report["ok"], report
        initialize(full / "autogen-lsp", folder)
        print("full: graph_sitter and codegen import beside each other; doctor and serve work")


def environment(path: Path) -> Path:
    """An empty environment with pip; its folder of programs."""
    venv.create(path, with_pip=True)
    return path / "bin"


def run(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=600)
    if done.returncode:
        sys.exit(f"status {done.returncode}: {' '.join(command)}\n{done.stdout}")
    return done.stdout


def initialize(program: Path, root: Path) -> None:
    """`serve` answers ``initialize``, and leaves when it is told to."""
    messages = [
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": root.as_uri(), "capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    ]
    sent = b""
    for message in messages:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        sent += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    done = subprocess.run([str(program), "serve"], input=sent, stdout=subprocess.PIPE, check=False, timeout=60)
    answer = done.stdout.decode()
    assert '"capabilities"' in answer, answer
    assert done.returncode == 0, f"serve ended with status {done.returncode}"


if __name__ == "__main__":
    main(sys.argv[1])
