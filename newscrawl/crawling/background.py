"""Background tasks of a crawl. None runs unobserved: a task that fails is logged and ends the crawl."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, TypeVar

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.exceptions import StorageError

A = TypeVar("A")
T = TypeVar("T")

logger = logging.getLogger(__name__)

MAX_AT_ONCE = 200
"""Links that are processed in the event loop at once; each takes up to 100 µs."""


class BackgroundTasks:
    """Starts, repeats and delays work; *on_failure* is called once for each task that fails."""

    def __init__(self, on_failure: Callable[[], None]) -> None:
        self._on_failure = on_failure
        self._tasks: set[asyncio.Task[None]] = set()
        """Held here, because the event loop keeps only weak references."""
        self._repeating: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run *work* beside the crawl. *name* goes into the log when it fails."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def repeat(self, function: Callable[[], Coroutine[Any, Any, None] | None], seconds: float, name: str) -> None:
        """Call *function* every *seconds*, the first time after *seconds*, until stop_repeating()."""
        task = self.start(_repeat(function, seconds), name)
        self._repeating.add(task)
        task.add_done_callback(self._repeating.discard)

    def after(self, seconds: float, function: Callable[[], None], name: str) -> None:
        """Call *function* once, *seconds* from now, should the process still run then."""
        asyncio.get_running_loop().call_later(seconds, self._call, function, name)

    def fail(self, name: str, error: BaseException) -> None:
        """End the crawl because *name* raised *error*."""
        logger.critical("%s failed, so the crawl ends", name, exc_info=error)
        self._on_failure()

    def stop_repeating(self) -> None:
        """Cancel the repeated work; called when the engine has stopped."""
        for task in tuple(self._repeating):
            task.cancel()

    def _call(self, function: Callable[[], None], name: str) -> None:
        try:
            function()
        except Exception as error:
            self.fail(name, error)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        # These two mean that the crawl is ending already, and its reason has been logged.
        if error is not None and not isinstance(error, FetchDeferred | StorageError):
            self.fail(task.get_name(), error)


async def run_beside(function: Callable[[], T], size: int) -> T:
    """Return what *function* returns; run it in a thread if it handles more than MAX_AT_ONCE links (*size*)."""
    return function() if size <= MAX_AT_ONCE else await asyncio.to_thread(function)


async def _repeat(function: Callable[[], Coroutine[Any, Any, None] | None], seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        if (work := function()) is not None:
            await work


async def run_ahead(
    function: Callable[[A], Coroutine[Any, Any, T]], arguments: Iterable[A], limit: int
) -> AsyncGenerator[T]:
    """Yield the result of *function* for each of *arguments*, in order, while it runs for up to *limit* of the next.

    Whatever ends the iteration, an error included, cancels those that still run.
    """
    remaining, running = iter(arguments), deque[asyncio.Task[T]]()
    try:
        while True:
            running += (asyncio.ensure_future(function(one)) for one in islice(remaining, limit - len(running)))
            if not running:
                return
            yield await running.popleft()
    finally:
        for task in running:
            task.cancel()
        # Otherwise they would go on for a while, and asyncio would log those that failed as well.
        await asyncio.gather(*running, return_exceptions=True)
