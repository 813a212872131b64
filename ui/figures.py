"""Figures from filings' tagged data → HTML: a trend's chart, what could be meant. Knows no store.

Bars that follow the page's light or dark colours; every string is escaped.
"""

from __future__ import annotations

from decimal import Decimal

from rag_app.core.figures import Figures, Series
from ui.tabs.passages import esc

WIDTH, HEIGHT = 560, 240
SIDE, TOP, BOTTOM = 12, 36, 34
MOST = 10  # bars whose labels have room beside each other
SCALES = ((12, "trillion"), (9, "billion"), (6, "million"), (3, "thousand"))


def charts(figures: Figures) -> str:
    """A bar chart a series; nothing for an answer without one."""
    return "".join(_bars(series) for series in figures.chart if len(series.points) > 1)


def candidates(figures: Figures) -> str:
    """What could be meant where the tagged data is not sure, and why it is not."""
    if figures.sure:
        return ""
    why = f" ({'; '.join(d.rstrip('.') for d in figures.doubts)})" if figures.doubts else ""
    items = "".join(
        f"<li>{esc(f'{f.label} of {f.company} {f.period}:')} "
        f'<span title="{esc(f.concept)}">{esc(f.amount)}</span></li>'
        for f in figures.others
    )
    told = esc(f"The tagged data does not tell for sure which figure is meant{why}. It could be:")
    return f'<div class="notice note" role="status">{told}<ul>{items}</ul></div>'


def _bars(series: Series) -> str:
    values = [point.value for point in series.points]
    top, bottom = max(*values, Decimal(0)), min(*values, Decimal(0))
    room = (top - bottom) or Decimal(1)
    scale, name = _scale(series)
    wide = (WIDTH - 2 * SIDE) / len(values)
    below = HEIGHT - BOTTOM - (14 if bottom < 0 else 0)  # a negative value is written under its bar

    def y(value: Decimal) -> float:
        return TOP + float((top - value) / room) * (below - TOP)

    zero = y(Decimal(0))
    out = [f'<line class="grid" x1="{SIDE}" x2="{WIDTH - SIDE}" y1="{zero:.1f}" y2="{zero:.1f}"/>']
    every = 1 + (len(values) - 1) // MOST
    for i, point in enumerate(series.points):
        middle = SIDE + (i + 0.5) * wide
        at, tall = min(y(point.value), zero), abs(y(point.value) - zero)
        out.append(
            f'<rect class="tuned" x="{middle - 0.3 * wide:.1f}" y="{at:.1f}" width="{0.6 * wide:.1f}" '
            f'height="{max(1.0, tall):.1f}"><title>{esc(f"{point.period}: {point.amount}")}</title></rect>'
        )
        if i % every == 0:
            over = at - 6 if point.value >= 0 else at + tall + 13
            shown = f"{point.value.scaleb(-scale):,.{_places(values, scale)}f}"
            place = f'x="{middle:.1f}" text-anchor="middle"'
            out.append(
                f'<text class="value tuned" {place} y="{over:.1f}">{shown}</text>'
                f'<text {place} y="{HEIGHT - 10}">{esc(point.period)}</text>'
            )
    unit = "percent" if series.percent else {"pure": ""}.get(series.unit, series.unit.replace("/", " per "))
    title = ", ".join(p for p in (series.name, " ".join(p for p in (name, unit) if p)) if p)
    out.append(f'<text class="name" x="{SIDE}" y="12">{esc(title)}</text>')
    return (
        f'<figure class="chart"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{esc(title)}">{"".join(out)}</svg></figure>'
    )


def _scale(series: Series) -> tuple[int, str]:
    """The power of ten that the bars are labelled in, and its name."""
    if series.percent:
        return -2, ""
    most = max(abs(point.value) for point in series.points)
    whole = "/" not in series.unit and series.unit != "pure"
    return next(((s, name) for s, name in SCALES if whole and most >= 10**s), (0, ""))


def _places(values: list[Decimal], scale: int) -> int:
    """Decimals of the labels: one for the large, two where the largest is below a hundred."""
    most = max(abs(v) for v in values).scaleb(-scale)
    return 1 if most >= 100 or scale == -2 else 2
