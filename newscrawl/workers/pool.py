"""CPU work in processes of their own: the event loop stays free, and what overruns its deadline is killed alone."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import forkserver
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from newscrawl.exceptions import NewscrawlError

P = ParamSpec("P")
T = TypeVar("T")

PRELOAD = ["newscrawl.workers.warmup"]
"""Imported once, in the process that workers are forked from: a replaced worker is back within milliseconds."""
WALL_CLOCK_FACTOR = 10
"""A worker that waits instead of computing is stopped after so many deadlines."""
STUCK_AFTER = 5.0
"""Seconds in which a pool with a free worker has to start a task; past them it is broken and gets replaced."""
POLL_INTERVAL = 0.5
"""Seconds between two checks of a pool that a task waits for."""
QUEUED_PER_WORKER = 8
"""Tasks for each worker that the pool has at a time, so that none is idle; it watches each of them."""
CLOSE_TIMEOUT = 10.0
"""Seconds that close() waits for the workers to end."""


def start_server() -> None:
    """Start the process that workers are forked from, and return: it warms up beside whatever the caller does next."""
    forkserver.set_forkserver_preload(PRELOAD)
    forkserver.ensure_running()


class PageTooComplex(NewscrawlError):
    """The work did not end within its deadline."""


class WorkerDied(NewscrawlError):
    """The worker process ended in the middle of its work."""


class PoolBroken(NewscrawlError):
    """The pool broke before there was a result, through no fault of the work, and has been replaced."""


class WorkerPool:
    """Runs pure functions in worker processes, each call with a deadline in seconds of CPU time.

    CPU time, so that a busy machine gives the same outcomes as an idle one. A worker that overruns is killed by the
    kernel's timer, even in the middle of C code, and replaced; the other workers and their work are not touched. The
    start method is `forkserver`: forking a process that has threads copies their locks in whatever state they are.

    Workers share one channel and its lock. One that is killed while it holds the lock, or while no task runs, breaks
    the pool: it is noticed within STUCK_AFTER, and a new pool takes its place.
    """

    def __init__(self, *, workers: int | None = None, deadline: float = 2.0) -> None:
        self.deadline = deadline
        self._size = workers or os.cpu_count() or 1
        self._pool = _Pool(self._size)
        self.deaths = 0
        """Workers that ended in the middle of their work, and pools that broke."""
        self._slots = asyncio.Semaphore(QUEUED_PER_WORKER * self._size)
        """Held by the tasks of the pool. A crawl may have a thousand, and their number is squared by watching them."""
        self._replacing = asyncio.Lock()
        self._is_closed = False

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what *function* returns.

        Raises what it raises, PageTooComplex past its deadline, and WorkerDied or PoolBroken if it can be tried again.
        """
        return await self.run_within(self.deadline, function, *args, **kwargs)

    async def run_within(self, deadline: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same with a deadline of its own, in seconds."""
        async with self._slots:
            result: T = await self._run((deadline, function, args, kwargs), deadline)
            return result

    async def _run(self, job: tuple[Any, ...], deadline: float) -> Any:
        pool = self._pool
        try:
            return await pool.run(job, WALL_CLOCK_FACTOR * deadline)
        except TimeoutError as error:
            raise PageTooComplex(f"not done after {WALL_CLOCK_FACTOR * deadline:g} s") from error
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGPROF:
                raise PageTooComplex(f"not done after {deadline:g} s of CPU time") from error
            self.deaths += 1
            raise WorkerDied(_describe(error.exitcode)) from error
        except PoolBroken:
            await self._replace(pool)
            raise

    async def _replace(self, broken: _Pool) -> None:
        """Start a new pool in place of *broken*, once, however many tasks found it broken."""
        async with self._replacing:
            if self._pool is broken and not self._is_closed:
                self.deaths += 1
                broken.retire()
                self._pool = await asyncio.to_thread(_Pool.started, self._size)

    def close(self) -> None:
        """Stop the workers; work that has not ended is dropped."""
        self._is_closed = True
        self._pool.retire().join(CLOSE_TIMEOUT)


class _Pool:
    """Processes of pebble, until they break."""

    def __init__(self, size: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOAD)
        self._pool = ProcessPool(max_workers=size, context=context)
        self._size = size
        self._unfinished: set[Future[Any]] = set()
        self._finished = 0

    @classmethod
    def started(cls, size: int) -> _Pool:
        """Return a pool whose processes run; blocks until they have been forked."""
        pool = cls(size)
        pool._pool.active  # noqa: B018 -- starts them
        return pool

    async def run(self, job: tuple[Any, ...], limit: float) -> Any:
        """Return the result of *job*. Raises its error, ProcessExpired if its process ended, and PoolBroken."""
        try:
            future: Future[Any] = self._pool.schedule(_within, args=job, timeout=limit)
        except RuntimeError as error:
            raise PoolBroken("a worker process was killed while it was idle") from error
        result = asyncio.wrap_future(future)
        self._unfinished.add(future)
        try:
            await self._wait(result, future, limit + STUCK_AFTER)
            if result.cancelled():
                raise PoolBroken("the worker processes were stopped")
            return result.result()
        except BrokenProcessPool as error:
            raise PoolBroken("a worker process was killed while it was idle or took a task") from error
        finally:
            result.cancel()
            self._unfinished.discard(future)
            self._finished += 1

    async def _wait(self, result: asyncio.Future[Any], future: Future[Any], limit: float) -> None:
        """Wait until *result* is done. Raises PoolBroken *limit* seconds after its start, or if it does not start."""
        started = last_progress = time.monotonic()
        finished = self._finished
        while not (await asyncio.wait({result}, timeout=POLL_INTERVAL))[0]:
            now, is_running = time.monotonic(), future.running()
            busy = sum(other.running() for other in self._unfinished)
            if is_running or busy >= self._size or finished != self._finished:
                last_progress, finished = now, self._finished
            started = started if is_running else now
            if now - last_progress >= STUCK_AFTER or now - started >= limit:
                raise PoolBroken("the worker processes do not answer")

    def retire(self) -> Thread:
        """Stop the processes in a thread, which is returned: pebble's own threads may wait for a lock for ever."""
        thread = Thread(target=self._stop, name="stop workers", daemon=True)
        thread.start()
        for future in tuple(self._unfinished):
            future.cancel()
        return thread

    def _stop(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _describe(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return f"a worker process was ended by {signal.Signals(-code).name}"
    return f"a worker process ended with code {code}"


def _within(deadline: float, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    """Run in a worker: SIGPROF, which nobody handles, ends the process when the CPU time is used up."""
    signal.setitimer(signal.ITIMER_PROF, deadline)
    try:
        return function(*args, **kwargs)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
