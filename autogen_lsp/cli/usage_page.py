"""The usage report as one self-contained HTML page: bar charts in SVG, no script, nothing loaded from elsewhere."""

from __future__ import annotations

from html import escape
from typing import Any

from autogen_lsp import __version__

_ROW = 26  # pixels
_LABEL = 260
_BARS = 420

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #68737f; --bar: #2f6fde; --line: #d8dee6; --paper: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9ef; --soft: #95a0ad; --bar: #6aa0ff; --line: #333c48; --paper: #14181d }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1rem }
dt { color: var(--soft) } dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums }
svg { width: 100%; height: auto } text { fill: var(--ink); font: 13px system-ui, sans-serif } rect { fill: var(--bar) }
footer { color: var(--soft); border-top: 1px solid var(--line); margin-top: 2rem; padding-top: .5rem }
"""


def page(report: dict[str, Any], days: list[dict[str, Any]], by: str) -> str:
    """The page. ``report`` and ``days`` (groups by day) are as `autogen/usage` gives them."""
    counts, cost, cache = report["generations"], report["cost"], report["cache"]
    figures = [
        ("Generations", str(counts["total"])),
        ("Succeeded", str(counts["succeeded"])),
        ("Cost" + (" (estimated)" if cost["estimated"] else ""), f"${cost['amount']:.4f}"),
        ("Saved by the cache", f"${cost['saved']:.4f}"),
        ("Cache hits", f"{cache['hits']} of {cache['hits'] + cache['misses']}"),
    ]
    return "".join(
        [
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1"><title>autogen-lsp usage</title>',
            f"<style>{_STYLE}</style></head><body>\n<h1>Usage of autogen-lsp</h1>\n<dl>",
            *(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in figures),
            "</dl>\n",
            _chart(f"Cost by {by}", report["groups"], "cost", "${:.4f}"),
            _chart("Generations by day", days, "generations", "{}"),
            f"<footer>autogen-lsp {escape(__version__)}</footer>\n</body></html>\n",
        ]
    )


def _chart(title: str, groups: list[dict[str, Any]], field: str, form: str) -> str:
    """A horizontal bar chart of one field; the values stand beside the bars, so nothing depends on colour."""
    if not groups:
        return f"<h2>{escape(title)}</h2>\n<p>Nothing yet.</p>\n"
    largest = max(group[field] for group in groups) or 1
    rows = []
    for number, group in enumerate(groups):
        y = number * _ROW
        width = max(_BARS * group[field] / largest, 1)
        value = form.format(group[field])
        rows.append(
            f'<text x="{_LABEL - 8}" y="{y + 17}" text-anchor="end">{escape(_short(group["key"]))}</text>'
            f'<rect x="{_LABEL}" y="{y + 5}" width="{width:.1f}" height="{_ROW - 10}" rx="2"/>'
            f'<text x="{_LABEL + width + 6:.1f}" y="{y + 17}">{escape(value)}</text>'
        )
    return (
        f'<h2>{escape(title)}</h2>\n<svg role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {_LABEL + _BARS + 90} {len(groups) * _ROW}">{"".join(rows)}</svg>\n'
    )


def _short(key: str, limit: int = 36) -> str:
    return key if len(key) <= limit else "…" + key[1 - limit :]
