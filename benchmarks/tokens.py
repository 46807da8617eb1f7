"""How far `generation.tokens.count` is from real tokenizers, on windows of Python code.

    uv run --with tokenizers python benchmarks/tokens.py FOLDER… --tokenizer tokenizer.json [--sample 300]

``--tokenizer`` takes files in the format of Hugging Face's ``tokenizers``; none is shipped, since a count must work
without one. Printed are the mean and the percentiles of the relative error over windows of 4,000 characters.
"""

from __future__ import annotations

import argparse
import random
import statistics
from pathlib import Path

from tokenizers import Tokenizer

from autogen_lsp.generation.tokens import count as count_tokens

_WINDOW = 4000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--tokenizer", action="append", required=True, type=Path)
    parser.add_argument("--sample", type=int, default=300)
    arguments = parser.parse_args()
    files = sorted(path for folder in arguments.folders for path in folder.rglob("*.py"))
    random.Random(1).shuffle(files)
    windows = [window for path in files[: arguments.sample] for window in _windows(path)]
    for name in arguments.tokenizer:
        tokenizer = Tokenizer.from_file(str(name))
        errors = sorted(count_tokens(text) / len(tokenizer.encode(text).ids) - 1 for text in windows)
        at = {share: errors[int(share * (len(errors) - 1))] for share in (0.05, 0.5, 0.95)}
        shown = "  ".join(f"p{share * 100:.0f} {error:+.1%}" for share, error in at.items())
        print(f"{name.name}: {len(windows)} windows, mean {statistics.mean(errors):+.1%}  {shown}")
    return 0


def _windows(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return [text[n : n + _WINDOW] for n in range(0, len(text), _WINDOW) if len(text) - n >= _WINDOW // 4]


if __name__ == "__main__":
    raise SystemExit(main())
