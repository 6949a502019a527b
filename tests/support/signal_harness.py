"""Run `scrapy` and send it SIGTERM at moments that cannot be hit from outside; run as a module.

`python -m tests.support.signal_harness MOMENT[,MOMENT...] crawl news …`; a moment given twice sends two signals.

The moments are reached by wrapping public methods: the signal handlers of the crawl state, lock and summary extensions
("opening", "closing", "lock released", "summing up", "summary printed"), Scrapy's `AsyncCrawlerProcess.start`
("loop ended") and the command's `run` ("command done"). "exit" is an atexit handler, "finalized" the interpreter's
clean-up. With "hang", summing up never ends.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import os
import signal
import sys
import threading
from typing import Any

from scrapy.cmdline import execute
from scrapy.crawler import AsyncCrawlerProcess

from newscrawl.commands.crawl import Command
from newscrawl.extensions.crawl_state import CrawlStateExtension
from newscrawl.extensions.lock import LockExtension
from newscrawl.extensions.summary import SummaryExtension

LOOP_ITERATIONS = 50
"""Iterations after which the event loop has received a signal and acted on it."""

moments = sys.argv[1].split(",")
loops: list[asyncio.AbstractEventLoop] = []


def send(moment: str) -> None:
    """Send this process a signal for each time *moment* was given; do nothing when it is reached again."""
    for _ in range(moments.count(moment)):
        moments.remove(moment)
        os.kill(os.getpid(), signal.SIGTERM)
        wait_for_loop()


def wait_for_loop() -> None:
    """Let the loop of the main thread act on the signal; in the main thread itself, it does so later."""
    if loops and loops[0].is_running() and threading.current_thread() is not threading.main_thread():
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(iterate(), loops[0]).result(5)


async def iterate() -> None:
    for _ in range(LOOP_ITERATIONS):
        await asyncio.sleep(0)


def send_after(owner: type, name: str, moment: str) -> None:
    """Wrap a method so that it sends the signals of *moment* when it has returned."""
    method = getattr(owner, name)

    @functools.wraps(method)
    def wrapped(*args: Any, **kwargs: Any) -> object:
        result = method(*args, **kwargs)
        send(moment)
        return result

    setattr(owner, name, wrapped)


# Scrapy passes a signal handler the arguments that its signature names, so these have the original ones.
original_spider_opened, original_spider_closed = CrawlStateExtension.spider_opened, CrawlStateExtension.spider_closed
original_lock_stopped, original_summary_stopped = LockExtension.engine_stopped, SummaryExtension.engine_stopped


async def spider_opened(self: CrawlStateExtension) -> None:
    loops[:] = [asyncio.get_running_loop()]
    await asyncio.to_thread(send, "opening")
    await original_spider_opened(self)


async def spider_closed(self: CrawlStateExtension, reason: str) -> None:
    await asyncio.to_thread(send, "closing")
    await original_spider_closed(self, reason)


def lock_stopped(self: LockExtension) -> None:
    original_lock_stopped(self)
    send("lock released")


async def summary_stopped(self: SummaryExtension) -> None:
    await asyncio.to_thread(send_while_summing_up)
    await original_summary_stopped(self)
    send("summary printed")


def send_while_summing_up() -> None:
    send("summing up")
    if "hang" in moments:
        threading.Event().wait()


class Finalizer:
    """Sends its signal when the interpreter clears its modules, after everything else."""

    def __init__(self, *, enabled: bool) -> None:
        self.kill = functools.partial(os.kill, os.getpid(), signal.SIGTERM) if enabled else int

    def __del__(self) -> None:
        self.kill()


CrawlStateExtension.spider_opened = spider_opened  # type: ignore[method-assign]
CrawlStateExtension.spider_closed = spider_closed  # type: ignore[method-assign]
LockExtension.engine_stopped = lock_stopped  # type: ignore[method-assign]
SummaryExtension.engine_stopped = summary_stopped  # type: ignore[method-assign]
send_after(AsyncCrawlerProcess, "start", "loop ended")
send_after(Command, "run", "command done")
atexit.register(send, "exit")
finalizer = Finalizer(enabled="finalized" in moments)

if __name__ == "__main__":
    execute(["scrapy", *sys.argv[2:]])
