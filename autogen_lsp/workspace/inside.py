"""Whether a path lies in a folder, asked some hundred thousand times of a large workspace."""

from __future__ import annotations

import os
from pathlib import Path


def is_inside(path: Path, folder: Path) -> bool:
    """As ``path.is_relative_to(folder)``, which makes a `Path` of each folder above."""
    text, start = os.path.normcase(path), os.path.normcase(folder)
    return text == start or text.startswith(start if start.endswith(os.sep) else start + os.sep)
