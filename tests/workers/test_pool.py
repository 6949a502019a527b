"""Tasks in the worker pool."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator

import pytest

from newscrawl.workers.pool import PageTooComplex, WorkerPool


def double(number: int) -> int:
    return 2 * number


def compute_forever() -> None:
    while True:
        pass


def compute_forever_in_c() -> str:
    return "a" if "x" * 400_000 in "x" * 399_999 + "y" + "x" * 300_000 else str(pow(7, 10**9))[:1]


def sleep_for(seconds: float) -> str:
    time.sleep(seconds)
    return "awake"


def die() -> None:
    os._exit(3)


def fail() -> None:
    raise LookupError("not here")


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(workers=2, deadline=0.3)
    yield pool
    pool.close()


def test_run_returns_the_results(pool: WorkerPool) -> None:
    async def run() -> list[int]:
        return await asyncio.gather(*(pool.run(double, number) for number in range(50)))

    assert asyncio.run(run()) == [2 * number for number in range(50)]


def test_exception_of_a_task_is_raised_to_the_caller(pool: WorkerPool) -> None:
    with pytest.raises(LookupError, match="not here"):
        asyncio.run(pool.run(fail))


@pytest.mark.parametrize("function", [compute_forever, compute_forever_in_c])
def test_task_over_its_cpu_limit_fails_without_affecting_others(pool: WorkerPool, function: object) -> None:
    async def run() -> list[object]:
        hostile = pool.run(function)  # type: ignore[arg-type]
        return await asyncio.gather(hostile, *(pool.run(double, n) for n in range(20)), return_exceptions=True)

    first, *others = asyncio.run(run())
    assert isinstance(first, PageTooComplex)
    assert "0.3 s of CPU time" in str(first)
    assert others == [2 * number for number in range(20)]


def test_sleeping_does_not_count_as_cpu_time(pool: WorkerPool) -> None:
    assert asyncio.run(pool.run(sleep_for, 0.5)) == "awake"


def test_sleeping_forever_fails_too(pool: WorkerPool) -> None:
    with pytest.raises(PageTooComplex, match="not done after 3 s"):
        asyncio.run(pool.run(sleep_for, 60))


def test_dead_worker_is_replaced(pool: WorkerPool) -> None:
    with pytest.raises(PageTooComplex, match="code 3"):
        asyncio.run(pool.run(die))
    assert asyncio.run(pool.run(double, 2)) == 4
