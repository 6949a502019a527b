"""Returns freed memory to the system, so that the main process of a long crawl does not grow."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext

TRIM_INTERVAL = 60.0


class MemoryExtension:
    """Trims the heaps of malloc every TRIM_INTERVAL seconds, where the C library can.

    Responses come and go in several threads. glibc gives each a heap of its own and keeps what was freed in the middle
    of it: after two hours, 87 of 228 MB were in use (benchmarks/soak.py).
    """

    def __init__(self, crawler: Crawler) -> None:
        self._context = CrawlContext.of_crawl(crawler)
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self) -> None:
        if get_malloc_trim() is not None:
            self._context.tasks.repeat(self.trim, TRIM_INTERVAL, "return freed memory")

    async def trim(self) -> None:
        """Return to the system what malloc keeps; takes milliseconds, in a thread."""
        malloc_trim = get_malloc_trim()
        assert malloc_trim is not None
        await asyncio.to_thread(malloc_trim, 0)


def get_malloc_trim() -> Callable[[int], int] | None:
    """Return malloc_trim(3), or None where the C library has none, as on macOS and with musl."""
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # TypeError: Windows has no library of the process itself
        return None
    return found
