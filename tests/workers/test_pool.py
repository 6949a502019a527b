"""Tasks in the worker pool."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.extraction.html.document import parse
from newscrawl.workers.pool import QUEUED_PER_WORKER, PageTooComplex, PoolBroken, WorkerDied, WorkerPool


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
    with pytest.raises(WorkerDied, match="code 3"):
        asyncio.run(pool.run(die))
    assert asyncio.run(pool.run(double, 2)) == 4


def test_broken_pool_fails_only_the_tasks_that_it_has(pool: WorkerPool) -> None:
    async def run() -> list[object]:
        assert await pool.run(double, 1) == 2
        for worker in get_workers():
            os.kill(worker, signal.SIGKILL)
        tasks = (pool.run(double, number) for number in range(100))
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(asyncio.wait_for(run(), 20))
    in_pool = 2 * QUEUED_PER_WORKER
    assert results[in_pool:] == [2 * number for number in range(in_pool, 100)]


class KillsOnce:
    """Kills the process that pickles or unpickles it, unless the file *flag* exists."""

    def __init__(self, flag: Path, *, when: str) -> None:
        self.flag, self.when = flag, when

    def __reduce__(self) -> tuple[object, ...]:
        if self.when == "pickled":
            kill_once(self.flag)
        return (make_killer if self.when == "unpickled" else return_none), (self.flag,)


def kill_once(flag: Path) -> None:
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def make_killer(flag: Path) -> None:
    kill_once(flag)


def return_none(flag: Path) -> None:
    return None


def take(_argument: object) -> str:
    return "taken"


def give(flag: Path) -> object:
    return KillsOnce(flag, when="pickled")


def kill_while_running(flag: Path) -> str:
    kill_once(flag)
    return "survived"


def get_workers() -> list[int]:
    return [child.pid or 0 for child in multiprocessing.active_children() if child.name == "pebble_pool_worker"]


async def run_again(pool: WorkerPool, function: object, argument: object) -> object:
    """Run a task as a crawl does: again if its worker died or the pool broke."""
    for _ in range(3):
        with contextlib.suppress(WorkerDied, PoolBroken):
            return await pool.run(function, argument)  # type: ignore[arg-type]
    raise AssertionError("it never ended")


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
@pytest.mark.parametrize("all_of_them", [False, True])
def test_pool_survives_workers_that_are_ended_while_idle(
    pool: WorkerPool, signal_number: signal.Signals, all_of_them: bool
) -> None:
    async def run() -> list[object]:
        assert await pool.run(double, 1) == 2
        for worker in get_workers() if all_of_them else get_workers()[:1]:
            os.kill(worker, signal_number)
        await asyncio.sleep(0.4)
        return await asyncio.gather(*(run_again(pool, double, number) for number in range(20)))

    assert asyncio.run(asyncio.wait_for(run(), 20)) == [2 * number for number in range(20)]


@pytest.mark.parametrize(
    ("function", "argument", "expected"),
    [
        (take, lambda flag: KillsOnce(flag, when="unpickled"), "taken"),
        (give, lambda flag: flag, None),
        (kill_while_running, lambda flag: flag, "survived"),
    ],
    ids=["taking its task", "returning its result", "running"],
)
def test_task_whose_worker_is_killed_can_be_repeated_within_seconds(
    pool: WorkerPool, tmp_path: Path, function: object, argument: object, expected: object
) -> None:
    async def run() -> tuple[object, list[object]]:
        killed = run_again(pool, function, argument(tmp_path / "flag"))  # type: ignore[operator]
        first, *others = await asyncio.gather(killed, *(run_again(pool, double, n) for n in range(20)))
        return first, others

    started = time.monotonic()
    assert asyncio.run(asyncio.wait_for(run(), 60)) == (expected, [2 * n for n in range(20)])
    assert time.monotonic() - started < 20


def parse_with_little_memory(body: bytes, spare: int) -> str:
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + spare, resource.RLIM_INFINITY))
    try:
        return str(parse(body).root.tag)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.mark.parametrize("spare", [0, 5_000_000, 15_000_000])
def test_page_for_which_there_is_no_memory_is_not_taken_for_an_empty_one(pool: WorkerPool, spare: int) -> None:
    body = b"<html><body>" + b"<p>Some words of a long text.</p>" * 80_000
    with pytest.raises(MemoryError):
        asyncio.run(pool.run_within(5, parse_with_little_memory, body, spare))


def test_close_returns_although_a_worker_died_with_the_lock(tmp_path: Path) -> None:
    async def run() -> None:
        pool = WorkerPool(workers=1, deadline=0.3)
        task = asyncio.create_task(pool.run(take, KillsOnce(tmp_path / "flag", when="unpickled")))
        await asyncio.sleep(1)
        pool.close()
        with pytest.raises(PoolBroken):
            await task

    asyncio.run(asyncio.wait_for(run(), 20))
