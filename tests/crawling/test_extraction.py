"""Worker processes that die cost a page at most, and the crawl when they die again and again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.crawling import extraction
from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.extraction import ExtractionWorkers
from newscrawl.outcomes import FinishReason
from newscrawl.workers.pool import WorkerDied, WorkerPool
from tests.support.fake_crawler import FakeCrawler

MAX_DEATHS = 4


def double(number: int) -> int:
    return 2 * number


def die(signal_number: signal.Signals) -> None:
    os.kill(os.getpid(), signal_number)


def die_once(flag: Path) -> str:
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "survived"


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerPool]:
    monkeypatch.setattr(extraction, "SIGNAL_DELAY", 0.01)
    monkeypatch.setattr(extraction, "MAX_DEATHS", MAX_DEATHS)
    # A new worker imports this module with its first task, which takes seconds on a busy machine.
    monkeypatch.setattr("newscrawl.workers.pool.STUCK_AFTER", 30.0)
    pool = WorkerPool(workers=2, deadline=1)
    yield pool
    pool.close()


def open_workers(pool: WorkerPool) -> tuple[FakeCrawler, ExtractionWorkers]:
    crawler = FakeCrawler()
    return crawler, ExtractionWorkers(pool, crawler.context.shutdown, crawler.stats)


def test_page_whose_worker_died_is_tried_again(pool: WorkerPool, tmp_path: Path) -> None:
    crawler, workers = open_workers(pool)
    assert asyncio.run(workers.run(die_once, tmp_path / "flag")) == "survived"
    assert crawler.stats.get_value("worker_pool/died") == 1


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_page_whose_second_worker_died_fails_and_others_do_not(pool: WorkerPool, signal_number: signal.Signals) -> None:
    async def run() -> list[object]:
        _, workers = open_workers(pool)
        killer = workers.run(die, signal_number)
        return await asyncio.gather(killer, *(workers.run(double, n) for n in range(20)), return_exceptions=True)

    first, *others = asyncio.run(run())
    assert isinstance(first, WorkerDied)
    assert others == [2 * n for n in range(20)]


def test_crawl_ends_when_workers_die_again_and_again(pool: WorkerPool) -> None:
    async def run() -> FakeCrawler:
        crawler, workers = open_workers(pool)
        for _ in range(MAX_DEATHS // 2 - 1):
            with pytest.raises(WorkerDied):
                await workers.run(die, signal.SIGKILL)
        with pytest.raises(FetchDeferred):
            await workers.run(die, signal.SIGKILL)
        await asyncio.sleep(0.1)
        return crawler

    crawler = asyncio.run(run())
    assert crawler.engine.close_reason == "workers_failed"
    assert crawler.stats.get_value("worker_pool/died") == MAX_DEATHS


def test_crawl_goes_on_when_few_pages_kill_their_workers(pool: WorkerPool) -> None:
    async def run() -> FakeCrawler:
        crawler, workers = open_workers(pool)
        for _ in range(MAX_DEATHS - 1):
            with pytest.raises(WorkerDied):
                await workers.run(die, signal.SIGKILL)
            await asyncio.gather(*(workers.run(double, n) for n in range(20)))
        return crawler

    assert asyncio.run(run()).engine.close_reason is None


def test_page_stays_pending_when_the_crawl_is_shut_down(pool: WorkerPool) -> None:
    async def run() -> None:
        crawler, workers = open_workers(pool)
        crawler.context.shutdown.stop(FinishReason.SHUTDOWN)
        with pytest.raises(FetchDeferred):
            await workers.run(die, signal.SIGTERM)

    asyncio.run(run())
