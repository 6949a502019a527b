"""CPU work in processes of their own: the event loop stays free, and what overruns its deadline is killed alone."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing import forkserver
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from newscrawl.exceptions import NewscrawlError

P = ParamSpec("P")
T = TypeVar("T")

PRELOAD = ["newscrawl.workers.warmup"]
"""Imported once, in the process that workers are forked from: a replaced worker is back within milliseconds."""
WALL_CLOCK_FACTOR = 10
"""A worker that waits instead of computing is stopped after so many deadlines."""


STOPPED = frozenset({-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, 255})
"""Exit codes of workers that were asked to end; multiprocessing gives 255 if their server has ended, too."""


def start_server() -> None:
    """Start the process that workers are forked from, and return: it warms up beside whatever the caller does next."""
    forkserver.set_forkserver_preload(PRELOAD)
    forkserver.ensure_running()


class PageTooComplex(NewscrawlError):
    """The work did not end within its deadline, or took its worker process down."""


class WorkerStopped(NewscrawlError):
    """The worker was asked to end: whoever stops a crawl may signal all of its processes."""


class WorkerPool:
    """Runs pure functions in worker processes, each call with a deadline in seconds of CPU time.

    CPU time, so that a busy machine gives the same outcomes as an idle one. A worker that overruns is killed by the
    kernel's timer, even in the middle of C code, and replaced; the other workers and their work are not touched. The
    start method is `forkserver`: forking a process that has threads copies their locks in whatever state they are.
    """

    def __init__(self, *, workers: int | None = None, deadline: float = 2.0) -> None:
        self.deadline = deadline
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOAD)
        self._pool = ProcessPool(max_workers=workers or os.cpu_count() or 1, context=context)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what *function* returns. Raises what it raises, and TooComplexError for a missed deadline."""
        return await self.run_within(self.deadline, function, *args, **kwargs)

    async def run_within(self, deadline: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same with a deadline of its own, in seconds."""
        job = (deadline, function, args, kwargs)
        future: Any = self._pool.schedule(_within, args=job, timeout=WALL_CLOCK_FACTOR * deadline)
        try:
            result: T = await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise PageTooComplex(f"not done after {WALL_CLOCK_FACTOR * deadline:g} s") from error
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGPROF:
                raise PageTooComplex(f"not done after {deadline:g} s of CPU time") from error
            if error.exitcode in STOPPED:
                raise WorkerStopped(f"the worker was stopped (code {error.exitcode})") from error
            raise PageTooComplex(f"the worker ended with code {error.exitcode}") from error
        return result

    def close(self) -> None:
        """Stop the workers; work that has not ended is dropped."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _within(deadline: float, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    """Run in a worker: SIGPROF, which nobody handles, ends the process when the CPU time is used up."""
    signal.setitimer(signal.ITIMER_PROF, deadline)
    try:
        return function(*args, **kwargs)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
