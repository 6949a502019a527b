"""Work that would delay the event loop runs beside it, and work that waits runs ahead."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing

import pytest

from newscrawl.crawling.background import MAX_AT_ONCE, run_ahead, run_beside


@pytest.mark.parametrize(
    ("size", "is_beside"), [(0, False), (MAX_AT_ONCE, False), (MAX_AT_ONCE + 1, True), (50_000, True)]
)
def test_large_work_runs_in_a_thread_of_its_own(size: int, is_beside: bool) -> None:
    thread = asyncio.run(run_beside(threading.get_ident, size))
    assert (thread != threading.get_ident()) is is_beside


def test_errors_are_those_of_the_work() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(run_beside(lambda: 1 // 0, 1_000))


LIMIT, COUNT = 4, 12


class Waiting:
    """Work that takes some turns of the event loop, the later ones fewer."""

    def __init__(self, failing: int = COUNT) -> None:
        self.failing = failing
        self.running: set[int] = set()
        self.most = 0
        self.done: list[int] = []

    async def work(self, number: int) -> int:
        self.running.add(number)
        self.most = max(self.most, len(self.running))
        try:
            for _ in range(2 * COUNT - number):
                await asyncio.sleep(0)
            if number >= self.failing:
                raise RuntimeError(f"{number} failed")
            self.done.append(number)
            return number
        finally:
            self.running.discard(number)

    async def run(self, stop_after: int = COUNT) -> list[int]:
        found = []
        async with aclosing(run_ahead(self.work, range(COUNT), LIMIT)) as results:
            async for number in results:
                found.append(number)
                # Give those that were just started a turn.
                await asyncio.sleep(0)
                if len(found) == stop_after:
                    break
        assert self.running == set()
        return found


def test_work_runs_ahead_and_its_results_keep_their_order() -> None:
    waiting = Waiting()
    assert asyncio.run(waiting.run()) == list(range(COUNT))
    assert waiting.done != list(range(COUNT))
    assert waiting.most == LIMIT


def test_work_ahead_is_cancelled_where_the_iteration_ends() -> None:
    waiting = Waiting()
    assert asyncio.run(waiting.run(stop_after=2)) == [0, 1]
    assert len(waiting.done) <= 2 + LIMIT


def test_the_first_failure_is_raised_and_cancels_the_others() -> None:
    waiting = Waiting(failing=5)

    async def fail() -> str:
        try:
            await waiting.run()
        except RuntimeError as error:
            assert waiting.running == set()
            return str(error)
        return ""

    assert asyncio.run(fail()) == "5 failed"
