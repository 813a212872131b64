"""Small line charts as SVG that follow the page's light or dark colours.

Knows numbers and labels only; no gradio, no JavaScript, nothing from outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ui.tabs.passages import esc

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, BOTTOM = 52, 52, 30, 40


@dataclass(frozen=True, slots=True)
class Line:
    """One series: (x, y) points, its name and its style class ("base", "tuned")."""

    name: str
    kind: str
    points: Sequence[tuple[float, float]]


def by_dimension(lines: Sequence[tuple[str, str, Mapping[str, Mapping[str, float]]]]) -> str:
    """nDCG@10 by vector dimension; takes (name, style, figures) of each model."""
    dims = sorted({int(d) for _, _, figures in lines for d in figures})
    if not dims:
        return ""
    place = {dim: float(i) for i, dim in enumerate(dims)}
    series = [
        Line(
            name,
            kind,
            [(place[int(d)], f["ndcg@10"]) for d, f in sorted(figures.items(), key=lambda x: int(x[0]))],
        )
        for name, kind, figures in lines
    ]
    low, high = _range([y for s in series for _, y in s.points], most=1.0)
    marks = [(place[dim], f"{dim}-d") for dim in dims]
    xs = (-0.35, len(dims) - 0.65)  # room for the first and the last value
    body = _axes(low, high, marks, xs, "nDCG@10", "vector dimension")
    for i, one in enumerate(series):
        body += _series(one, xs, (low, high), values=True, above=i == len(series) - 1)
    return _svg(body, _legend(series), "nDCG@10 by vector dimension")


def training(curve: Sequence[Mapping[str, float]], total: int | None) -> str:
    """Training loss by step (left axis) and validation nDCG@10 where it was measured (right axis)."""
    loss = [(p["step"], p["loss"]) for p in curve if "loss" in p]
    ndcg = [(p["step"], p["ndcg"]) for p in curve if "ndcg" in p]
    if not loss and not ndcg:
        return ""
    last = float(max(total or 0, *(x for x, _ in loss + ndcg), 1))
    xs = (0.0, last)
    ticks = sorted({round(last * i / 4) for i in range(5)})
    marks = [(float(t), f"{t:,}") for t in ticks]
    body, series = "", []
    if loss:
        line = Line("training loss", "base", _thinned(loss))
        low, high = _range([y for _, y in loss])
        body += _axes(low, high, marks, xs, "loss", "step")
        body += _series(line, xs, (low, high), dots=False)
        series.append(line)
    if ndcg:
        line = Line("validation nDCG@10", "tuned", ndcg)
        low, high = _range([y for _, y in ndcg], most=1.0)
        body += _axes(
            low, high, [] if loss else marks, xs, "nDCG@10", "" if loss else "step", right=bool(loss)
        )
        body += _series(line, xs, (low, high), values=True)
        series.append(line)
    return _svg(body, _legend(series), "Training loss and validation nDCG@10 by step")


def _thinned(points: list[tuple[float, float]], most: int = 300) -> list[tuple[float, float]]:
    step = max(1, len(points) // most)
    return points[::step] if points[-1] in points[::step] else [*points[::step], points[-1]]


def _range(values: Sequence[float], most: float = float("inf")) -> tuple[float, float]:
    """The values with some room around them, never below 0 where none is, nor above `most`."""
    low, high = min(values), max(values)
    room = (high - low) * 0.25 or abs(high) * 0.1 or 0.1
    return max(0.0, low - room) if low >= 0 else low - room, min(most, high + room)


def _x(value: float, xs: tuple[float, float]) -> float:
    return LEFT + (value - xs[0]) / ((xs[1] - xs[0]) or 1) * (WIDTH - LEFT - RIGHT)


def _y(value: float, ys: tuple[float, float]) -> float:
    return HEIGHT - BOTTOM - (value - ys[0]) / ((ys[1] - ys[0]) or 1) * (HEIGHT - TOP - BOTTOM)


def _axes(
    low: float,
    high: float,
    marks: Sequence[tuple[float, str]],
    xs: tuple[float, float],
    name: str,
    below: str,
    right: bool = False,
) -> str:
    out = []
    digits = 2 if high - low > 0.05 else 3
    for i in range(5):
        value = low + (high - low) * i / 4
        y = _y(value, (low, high))
        if not right:
            out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        side, anchor = (WIDTH - RIGHT + 6, "start") if right else (LEFT - 6, "end")
        out.append(f'<text x="{side}" y="{y + 4:.1f}" text-anchor="{anchor}">{value:.{digits}f}</text>')
    for value, label in marks:
        at = f'x="{_x(value, xs):.1f}" y="{HEIGHT - BOTTOM + 16}"'
        out.append(f'<text {at} text-anchor="middle">{esc(label)}</text>')
    edge, anchor = (WIDTH - 2, "end") if right else (2, "start")
    out.append(f'<text class="name" x="{edge}" y="14" text-anchor="{anchor}">{esc(name)}</text>')
    if below:
        out.append(
            f'<text class="name" x="{WIDTH / 2}" y="{HEIGHT - 4}" text-anchor="middle">{esc(below)}</text>'
        )
    return "".join(out)


def _series(
    line: Line,
    xs: tuple[float, float],
    ys: tuple[float, float],
    values: bool = False,
    above: bool = True,
    dots: bool = True,
) -> str:
    path = " ".join(f"{_x(x, xs):.1f},{_y(y, ys):.1f}" for x, y in line.points)
    out = [f'<polyline class="{line.kind}" points="{path}"/>']
    for x, y in line.points:
        if dots:
            out.append(f'<circle class="{line.kind}" cx="{_x(x, xs):.1f}" cy="{_y(y, ys):.1f}" r="3.5"/>')
        if values:
            dy = -9 if above else 18
            out.append(
                f'<text class="value {line.kind}" x="{_x(x, xs):.1f}" y="{_y(y, ys) + dy:.1f}" '
                f'text-anchor="middle">{y:.3f}</text>'
            )
    return "".join(out)


def _legend(series: Sequence[Line]) -> str:
    names = "".join(f'<span class="key {s.kind}">{esc(s.name)}</span>' for s in series)
    return f'<div class="legend">{names}</div>'


def _svg(body: str, legend: str, label: str) -> str:
    return (
        f'<figure class="chart">{legend}<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{esc(label)}">{body}</svg></figure>'
    )
