"""Background tasks that fail end the crawl, and those that end with it do not."""

from __future__ import annotations

import asyncio

import pytest

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.exceptions import StorageError
from tests.support.fake_crawler import FakeCrawler


@pytest.mark.parametrize(
    ("error", "failed", "close_reason"),
    [
        (LookupError("a bug"), 1, "internal_error"),
        (FetchDeferred("shutting down"), 0, None),
        (StorageError("the database has failed"), 0, None),
        (asyncio.CancelledError(), 0, None),
    ],
)
def test_unexpected_error_ends_the_crawl(
    caplog: pytest.LogCaptureFixture, error: BaseException, failed: int, close_reason: str | None
) -> None:
    crawler = FakeCrawler()

    async def fail() -> None:
        raise error

    async def run() -> None:
        await asyncio.wait([crawler.context.tasks.start(fail(), "count the pages")])
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(run())
    assert crawler.stats.get_value("background/failed", 0) == failed
    assert crawler.engine.close_reason == close_reason
    assert ("count the pages failed, so the crawl ends" in caplog.text) == bool(failed)


def test_task_is_repeated_until_the_engine_stops() -> None:
    crawler, calls = FakeCrawler(), []

    async def run() -> None:
        tasks, called_thrice = crawler.context.tasks, asyncio.Event()

        def call() -> None:
            calls.append(1)
            if len(calls) == 3:
                called_thrice.set()

        tasks.repeat(call, 0.001, "count")
        await asyncio.wait_for(called_thrice.wait(), 10)
        tasks.stop_repeating()
        await asyncio.sleep(0)
        count = len(calls)
        await asyncio.sleep(0.01)
        assert len(calls) == count

    asyncio.run(run())
