"""Work that would delay the event loop runs beside it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from newscrawl.crawling.background import MAX_AT_ONCE, run_beside


@pytest.mark.parametrize(
    ("size", "is_beside"), [(0, False), (MAX_AT_ONCE, False), (MAX_AT_ONCE + 1, True), (50_000, True)]
)
def test_large_work_runs_in_a_thread_of_its_own(size: int, is_beside: bool) -> None:
    thread = asyncio.run(run_beside(threading.get_ident, size))
    assert (thread != threading.get_ident()) is is_beside


def test_errors_are_those_of_the_work() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(run_beside(lambda: 1 // 0, 1_000))
