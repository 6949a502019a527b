"""Measure the CPU time per page and that of the bare parse of the same bytes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ParamSpec

from lxml import etree

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds per page."""

    mean: float
    median: float
    p99: float


def milliseconds(action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    """Return the CPU time of one call in this process."""
    start = time.process_time()
    action(*args, **kwargs)
    return 1000 * (time.process_time() - start)


def times(values: Sequence[float]) -> Times:
    """Summarise the milliseconds of at least one page."""
    ordered = sorted(values)
    return Times(statistics.fmean(ordered), statistics.median(ordered), ordered[max(0, int(0.99 * len(ordered)) - 1)])


def bare_parse(body: bytes) -> None:
    """Parse the bytes into an lxml tree, the minimum work of any extractor."""
    etree.fromstring(body, etree.HTMLParser(encoding="utf-8", huge_tree=True))
