"""`scrapy crawl` that is sent SIGTERM at moments that only its own code knows; run as a module.

`python -m tests.support.signal_harness MOMENT[,MOMENT...] crawl news …`;
a moment that is named twice brings two signals.
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

from scrapy import Spider
from scrapy.cmdline import execute
from scrapy.crawler import AsyncCrawlerProcess

from newscrawl.commands.crawl import Command
from newscrawl.extensions.crawl_state import CrawlStateExtension
from newscrawl.extensions.summary import SummaryExtension
from newscrawl.storage.lock import _FileLock

TURNS = 50
"""Of the event loop, after which it has seen a signal and acted on it."""

moments = sys.argv[1].split(",")
loops: list[asyncio.AbstractEventLoop] = []


def send(moment: str) -> bool:
    """Send this process a signal for each time that *moment* is named, and no more when it comes again."""
    number = moments.count(moment)
    for _ in range(number):
        moments.remove(moment)
        os.kill(os.getpid(), signal.SIGTERM)
        see()
    return bool(number)


def see() -> None:
    """Let a loop that another thread runs act on the signal; without a loop it is seen at once."""
    if loops and loops[0].is_running() and threading.current_thread() is not threading.main_thread():
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(turn(), loops[0]).result(5)


async def turn() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


def around(owner: type, name: str, *, before: str = "", after: str = "") -> None:
    """Send signals around a method; `for ever` lets it wait instead of doing what it should."""
    method = getattr(owner, name)

    @functools.wraps(method)
    def changed(*args: Any, **kwargs: Any) -> object:
        if send(before) and "for ever" in moments:
            threading.Event().wait()
        result = method(*args, **kwargs)
        send(after)
        return result

    setattr(owner, name, changed)


opening, closing = CrawlStateExtension.spider_opened, CrawlStateExtension.spider_closed


async def spider_opened(self: CrawlStateExtension, spider: Spider) -> None:
    loops[:] = [asyncio.get_running_loop()]
    await asyncio.to_thread(send, "opening")
    await opening(self, spider)
    await asyncio.to_thread(send, "opened")


async def spider_closed(self: CrawlStateExtension, reason: str) -> None:
    await asyncio.to_thread(send, "closing")
    await closing(self, reason)
    await asyncio.to_thread(send, "end written")


class Last:
    """Sends its signal when the interpreter clears its modules, after everything else."""

    def __init__(self, *, wanted: bool) -> None:
        self.kill = functools.partial(os.kill, os.getpid(), signal.SIGTERM) if wanted else int

    def __del__(self) -> None:
        self.kill()


CrawlStateExtension.spider_opened = spider_opened  # type: ignore[method-assign]
CrawlStateExtension.spider_closed = spider_closed  # type: ignore[method-assign]
around(_FileLock, "release", after="lock released")
around(SummaryExtension, "_look_up", before="summing up")
around(SummaryExtension, "_print", after="line out")
around(AsyncCrawlerProcess, "start", after="loop ended")
around(Command, "_refuse", after="refused")
atexit.register(send, "exit")
last = Last(wanted="finalized" in moments)

if __name__ == "__main__":
    execute(["scrapy", *sys.argv[2:]])
