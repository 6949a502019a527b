"""A crawl notices that it lost its lock, and ends when another run has it."""

from __future__ import annotations

import asyncio

import pytest

from newscrawl.exceptions import LockedError, StorageError
from newscrawl.extensions.lock import LockExtension
from tests.support.fake_crawler import FakeCrawler


class FakeLock:
    """Answers a check with True, False or an error."""

    def __init__(self, answer: bool | Exception) -> None:
        self.answer = answer
        self.is_released = False

    def check(self) -> bool:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def release(self) -> None:
        self.is_released = True


@pytest.mark.parametrize(
    ("answer", "checks", "reacquired", "close_reason"),
    [
        (True, 1, 0, None),
        (False, 0, 1, None),
        (LockedError("another run is crawling example.org"), 0, 0, "lock_lost"),
        (StorageError("no connection"), 0, 0, None),
    ],
)
def test_crawl_ends_only_when_another_run_has_its_lock(
    answer: bool | Exception, checks: int, reacquired: int, close_reason: str | None
) -> None:
    crawler = FakeCrawler()
    crawler.context.lock = FakeLock(answer)  # type: ignore[assignment]

    async def run() -> None:
        await LockExtension(crawler).check()  # type: ignore[arg-type]
        await asyncio.sleep(0)

    asyncio.run(run())
    assert crawler.stats.get_value("lock/checks", 0) == checks
    assert crawler.stats.get_value("lock/reacquired", 0) == reacquired
    assert crawler.engine.close_reason == close_reason


def test_lock_is_released_when_the_engine_has_stopped() -> None:
    crawler, lock = FakeCrawler(), FakeLock(answer=True)
    crawler.context.lock = lock  # type: ignore[assignment]
    LockExtension(crawler).engine_stopped()  # type: ignore[arg-type]
    assert lock.is_released
