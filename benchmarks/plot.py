"""Numbers into one SVG file: charts side by side, both axes logarithmic, a value at each point.

On such axes what is constant lies level, and what is linear rises beside the dashed line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 380, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 30, 52, 44
_STYLE = (
    "text{font:11px sans-serif;fill:#333} .title{font-size:13px} .axis{stroke:#ddd} .linear{stroke:#999;"
    "stroke-dasharray:4 4} polyline{stroke:#26c;fill:none} circle{fill:#26c}"
)


@dataclass(frozen=True)
class Chart:
    """``points`` are (x, y), both above zero, by x."""

    title: str
    x: str
    y: str
    points: Sequence[tuple[float, float]]


def svg(charts: Sequence[Chart]) -> str:
    lines = [line for number, chart in enumerate(charts) for line in _chart(chart, number * _WIDTH)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH * len(charts)}" height="{_HEIGHT}">'
    return "\n".join(
        [head, f"<style>{_STYLE}</style>", '<rect width="100%" height="100%" fill="#fff"/>', *lines, "</svg>\n"]
    )


def _chart(chart: Chart, shift: int) -> Iterator[str]:
    """The elements of one chart, ``shift`` pixels from the left."""
    xs, ys = zip(*chart.points, strict=True)
    left, right = _decades(xs)
    bottom, top = _decades(ys)
    across = _scale(left, right, shift + _LEFT, shift + _WIDTH - _RIGHT)
    up = _scale(bottom, top, _HEIGHT - _BOTTOM, _TOP)
    yield _text(shift + _LEFT, 20, chart.title, "start", "title")
    yield _text(shift + _LEFT, 38, chart.y, "start")
    yield _text(shift + _WIDTH - _RIGHT, _HEIGHT - 8, chart.x, "end")
    for value in _powers(left, right):
        yield _line(across(value), up(bottom), across(value), up(top), "axis")
        yield _text(across(value), _HEIGHT - _BOTTOM + 16, f"{value:,.0f}")
    for value in _powers(bottom, top):
        yield _line(across(left), up(value), across(right), up(value), "axis")
        yield _text(across(left) - 6, up(value) + 4, f"{value:g}", "end")
    x, y = chart.points[0]
    end = min(xs[-1], x * top / y)
    yield _line(across(x), up(y), across(end), up(y * end / x), "linear")
    yield '<polyline points="{}"/>'.format(" ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in chart.points))
    for x, y in chart.points:
        yield f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3"/>'
        yield _text(across(x), up(y) - 8, f"{y:,.0f}" if y >= 100 else f"{y:.2g}")


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """The powers of ten around the values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return 10.0**low, 10.0 ** max(high, low + 1)


def _powers(low: float, high: float) -> list[float]:
    return [low * 10**step for step in range(round(math.log10(high / low)) + 1)]


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (end - start) * math.log10(value / low) / math.log10(high / low)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str = "middle", kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
