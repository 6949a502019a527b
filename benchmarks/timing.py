"""CPU time of a page's work, beside the bare parse of the same bytes."""

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
    """Milliseconds a page."""

    mean: float
    median: float
    p99: float


def milliseconds(action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    """CPU time of one call in this process."""
    start = time.process_time()
    action(*args, **kwargs)
    return 1000 * (time.process_time() - start)


def times(values: Sequence[float]) -> Times:
    """Sum up the pages' milliseconds; at least one."""
    ordered = sorted(values)
    return Times(statistics.fmean(ordered), statistics.median(ordered), ordered[max(0, int(0.99 * len(ordered)) - 1)])


def bare_parse(body: bytes) -> None:
    """What no extractor does without: lxml reads the bytes into a tree."""
    etree.fromstring(body, etree.HTMLParser(encoding="utf-8", huge_tree=True))
