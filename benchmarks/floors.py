"""Compare figures with the minimum values in floors.toml."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.scoring import FIGURES, LESS_IS_BETTER, Scores

FILE = Path(__file__).with_name("floors.toml")

Floors = Mapping[str, Mapping[str, float]]
"""Corpus (`news-dev`, or `news-dev/8` for every eighth page of it) -> figure -> minimum value."""


def read_floors(file: Path = FILE) -> Floors:
    """Return the minimum values. Raises ValueError for an unknown figure."""
    floors: dict[str, dict[str, float]] = tomllib.loads(file.read_text(encoding="utf-8"))
    for table, figures in floors.items():
        for name in figures:
            if name not in FIGURES:
                raise ValueError(f"{file}: [{table}]: unknown figure {name!r}; expected one of {', '.join(FIGURES)}")
    return floors


def shortfalls(corpus: Corpus, scores: Scores, floors: Floors) -> list[str]:
    """Return a line for each figure worse than its floor; none if the corpus has no floors."""
    table = corpus.name if corpus.every == 1 else f"{corpus.name}/{corpus.every}"
    return [
        f"{table}: {name} is {value:.4f}, its {_bound(name)} in {FILE.name} is {floor}"
        for name, floor in floors.get(table, {}).items()
        if _is_worse(name, value := scores.figures.get(name, math.nan), floor)
    ]


def _is_worse(name: str, value: float, floor: float) -> bool:
    # NaN, for a figure that the corpus no longer has, must fail.
    return not (value <= floor if name in LESS_IS_BETTER else value >= floor)


def _bound(name: str) -> str:
    return "ceiling" if name in LESS_IS_BETTER else "floor"
