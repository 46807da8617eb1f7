"""Features and labels (`benchmarks/context.py --dump`) into the weights of `autogen_lsp/context/score.py`.

    uv run --with scikit-learn python benchmarks/fit_context.py DUMP.jsonl [--out autogen_lsp/context/weights.json]

One logistic regression a source, standardised and regularised; weights are rounded to three digits. Fit on packages
that you do not report on.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from autogen_lsp.context.score import FEATURES

_FEWEST = 10  # uses of a source, or it gets no weights


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    rows: dict[str, list[list[float]]] = defaultdict(list)
    labels: dict[str, list[bool]] = defaultdict(list)
    with arguments.dump.open(encoding="utf-8") as file:
        for record in map(json.loads, file):
            for source, values, hits, _ in record["rows"]:
                rows[source].append(values)
                labels[source].append(bool(hits))
    weights: dict[str, dict[str, float]] = {}
    for source in sorted(rows):
        used = sum(labels[source])
        print(f"{source:<14} {len(rows[source]):>7} candidates, {used} used")
        if used >= _FEWEST:
            weights[source] = _fit(np.array(rows[source]), np.array(labels[source]))
    if arguments.out:
        arguments.out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    return 0


def _fit(rows: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=0.1, max_iter=5000).fit(scaler.transform(rows), labels)
    spread = np.where(scaler.var_ == 0, 1.0, scaler.scale_)
    weights = np.where(scaler.var_ == 0, 0.0, model.coef_[0] / spread)
    bias = float(model.intercept_[0] - (weights * scaler.mean_).sum())
    return {"bias": round(bias, 3)} | {name: round(float(w), 3) for name, w in zip(FEATURES, weights, strict=True)}


if __name__ == "__main__":
    raise SystemExit(main())
