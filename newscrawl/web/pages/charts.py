"""Compute charts as plain data; the templates draw them as inline SVG, with a table as alternative."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 100.0
"""Of the drawing area, in units of its own; the page stretches it."""
STEP = 10.0
"""Width of one bar and the gap after it."""
GAP = 2.0
SPARK_HEIGHT = 20.0


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of thing that is counted, with a number for each label."""

    name: str
    colour: str
    """A class of the style sheet: `c-good`, `c-bad`, `c-1` ..."""
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Rect:
    """A part of a bar, from the left and from the top."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    title: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """Stacked bars, one for each label."""

    id: str
    """Unique in its page."""
    title: str
    description: str
    """The chart in a sentence, for those who do not see it."""
    width: float
    height: float
    rects: Sequence[Rect]
    labels: Sequence[str]
    scale: Sequence[int]
    """The numbers beside the grid lines, from the top: maximum, half, 0. Without half where that is no integer."""
    series: Sequence[Series]
    total: int

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """The table: each label with its numbers, in the order of the series."""
        return [(label, [one.values[at] for one in self.series]) for at, label in enumerate(self.labels)]


def stack_bars(chart_id: str, title: str, labels: Sequence[str], series: Sequence[Series]) -> BarChart:
    """Return a chart of stacked bars. Series without any number are left out."""
    kept = [one for one in series if any(one.values)]
    totals = [sum(one.values[at] for one in kept) for at in range(len(labels))]
    top = round_up(max(totals, default=0))
    return BarChart(
        id=chart_id,
        title=title,
        description=_describe(labels, totals),
        width=STEP * max(1, len(labels)),
        height=HEIGHT,
        rects=[rect for at in range(len(labels)) for rect in _stack(kept, at, labels[at], top)],
        labels=labels,
        scale=(top, top // 2, 0) if top % 2 == 0 else (top, 0),
        series=kept,
        total=sum(totals),
    )


def _stack(series: Sequence[Series], at: int, label: str, top: int) -> list[Rect]:
    """Return the parts of one bar, the first series at the bottom."""
    rects, bottom = [], HEIGHT
    for one in series:
        height = HEIGHT * one.values[at] / top
        if height > 0:
            bottom -= height
            name = f"{label}: {one.values[at]:,} {one.name}"
            rects.append(Rect(STEP * at + GAP / 2, round(bottom, 2), STEP - GAP, round(height, 2), one.colour, name))
    return rects


def _describe(labels: Sequence[str], totals: Sequence[int]) -> str:
    if not any(totals):
        return "Nothing to show."
    highest = max(range(len(totals)), key=lambda at: totals[at])
    return (
        f"{sum(totals):,} in total from {labels[0]} to {labels[-1]}, "
        f"at most {totals[highest]:,} ({labels[highest]}), {totals[-1]:,} at the end."
    )


def round_up(number: int) -> int:
    """Return the smallest of 1, 2, 4, 6, 8, 10, 12, 16, 20, 40 ... that is at least *number*; 1 for 0."""
    if number <= 2:
        return max(1, number)
    power = 10 ** int(math.log10(number))
    steps: list[int] = [math.ceil(step * power) for step in (1, 1.2, 1.6, 2, 4, 6, 8, 10)]
    return next(step + step % 2 for step in steps if step >= number)


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Small bars without axes."""

    description: str
    width: float
    height: float
    rects: Sequence[Rect]


def draw_sparkline(values: Sequence[int], labels: Sequence[str], noun: str) -> Sparkline:
    """Return bars of *values*; each names its label and *noun* (`articles`)."""
    top = max([*values, 1])
    rects = []
    for at, value in enumerate(values):
        # A day without anything is a thin line and not a hole.
        height = max(1.0, SPARK_HEIGHT * value / top)
        colour = "c-1" if value else "c-none"
        title = f"{labels[at]}: {value:,} {noun}"
        rects.append(Rect(STEP * at, round(SPARK_HEIGHT - height, 2), STEP - GAP, round(height, 2), colour, title))
    numbers = ", ".join(map(str, values))
    return Sparkline(f"{noun} a day: {numbers}", STEP * max(1, len(values)), SPARK_HEIGHT, rects)


def get_percent(part: int, whole: int) -> float:
    """Return the share of *part* in *whole*, 0 to 100."""
    return round(100 * part / whole, 1) if whole else 0.0
