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
from dataclasses import dataclass
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
        self._replacing = asyncio.Lock()
        self._is_closed = False

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what *function* returns.

        Raises what it raises, PageTooComplex past its deadline, and WorkerDied or PoolBroken if it can be tried again.
        """
        return await self.run_within(self.deadline, function, *args, **kwargs)

    async def run_within(self, deadline: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same with a deadline of its own, in seconds."""
        job = (deadline, function, args, kwargs)
        pool = self._pool
        try:
            result: T = await pool.run(job, WALL_CLOCK_FACTOR * deadline)
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
        return result

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


@dataclass(eq=False, slots=True)
class _Waiting:
    """Work of a pool that has no result yet."""

    future: Future[Any]
    result: asyncio.Future[Any]
    """The same for the event loop; cancelled when the pool breaks."""
    limit: float
    """Seconds after its start in which there must be a result."""
    running_since: float | None = None


class _Pool:
    """Processes of pebble, until they break."""

    def __init__(self, size: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOAD)
        self._pool = ProcessPool(max_workers=size, context=context)
        self._size = size
        self._waiting: set[_Waiting] = set()
        self._watch: asyncio.TimerHandle | None = None
        """Checks all that wait at once, as there may be a thousand; None while nothing waits."""
        self._last_progress = 0.0
        self._has_finished = False
        """Whether work has ended since the last check."""
        self._problem = "the worker processes were stopped"

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
        waiting = _Waiting(future, asyncio.wrap_future(future), limit + STUCK_AFTER)
        self._add(waiting)
        try:
            # Unlike awaiting it, this tells a result that was cancelled from a caller that is cancelled.
            await asyncio.wait({waiting.result})
            if waiting.result.cancelled():
                raise PoolBroken(self._problem)
            return waiting.result.result()
        except BrokenProcessPool as error:
            raise PoolBroken("a worker process was killed while it was idle or took a task") from error
        finally:
            waiting.result.cancel()
            self._remove(waiting)

    def _add(self, waiting: _Waiting) -> None:
        self._waiting.add(waiting)
        if self._watch is None:
            self._last_progress = time.monotonic()
            self._watch = asyncio.get_running_loop().call_later(POLL_INTERVAL, self._check)

    def _remove(self, waiting: _Waiting) -> None:
        self._waiting.discard(waiting)
        self._has_finished = True
        if not self._waiting and self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _check(self) -> None:
        """Cancel all results if one is overdue, or if processes are free and have started nothing for STUCK_AFTER."""
        self._watch = asyncio.get_running_loop().call_later(POLL_INTERVAL, self._check)
        now = time.monotonic()
        running = [waiting for waiting in self._waiting if waiting.future.running()]
        if self._has_finished or len(running) >= min(self._size, len(self._waiting)):
            self._last_progress, self._has_finished = now, False
        for waiting in running:
            waiting.running_since = waiting.running_since or now
        is_overdue = any(now - (waiting.running_since or now) >= waiting.limit for waiting in running)
        if is_overdue or now - self._last_progress >= STUCK_AFTER:
            self._problem = "the worker processes do not answer"
            for waiting in self._waiting:
                waiting.result.cancel()

    def retire(self) -> Thread:
        """Stop the processes in a thread, which is returned: pebble's own threads may wait for a lock for ever."""
        thread = Thread(target=self._stop, name="stop workers", daemon=True)
        thread.start()
        for waiting in tuple(self._waiting):
            waiting.future.cancel()
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
