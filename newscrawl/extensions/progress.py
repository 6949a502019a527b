"""While a crawl runs: a line that lives on a terminal, plain log lines elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call

from newscrawl.downloader.throttling import HostCooldowns
from newscrawl.extensions.crawl_state import CrawlStateExtension

logger = logging.getLogger(__name__)

REFRESH = 0.5


class ProgressExtension:
    """Says how far the crawl is: on a terminal twice a second, in a log every NEWSCRAWL_PROGRESS_INTERVAL seconds."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._interval = crawler.settings.getfloat("NEWSCRAWL_PROGRESS_INTERVAL")
        self._started = time.monotonic()
        self._live: Live | None = None
        self._loop: AsyncioLoopingCall | None = None
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self, spider: Spider) -> None:
        if not self.crawler.settings["NEWSCRAWL_CONTACT"]:
            logger.warning(
                "NEWSCRAWL_CONTACT is not set, so site owners cannot reach you: "
                "set it to a web page or mail address that says who crawls; it goes into the user agent"
            )
        self._started = time.monotonic()
        console = Console(stderr=True)
        if console.is_terminal:
            self._live = Live(self._text(), console=console, refresh_per_second=4, transient=True)
            self._live.start()
            # Live has put itself in place of sys.stderr, so that lines written there appear above it.
            _log_to(sys.stderr)
        self._loop = create_looping_call(self._tick)  # type: ignore[assignment]
        self._loop.start(REFRESH if self._live else self._interval, now=False)  # type: ignore[union-attr]

    def spider_closed(self) -> None:
        if self._loop is not None and self._loop.running:
            self._loop.stop()
        if self._live is not None:
            self._live.update(self._text())
            self._live.stop()
            _log_to(sys.stderr)

    def _tick(self) -> None:
        if self._live is not None:
            self._live.update(self._text())
        else:
            logger.info("%s", self._text().plain)

    def _text(self) -> Text:
        ledger = self.crawler.get_extension(CrawlStateExtension)
        counts = ledger.counts if ledger else {}
        seconds = time.monotonic() - self._started
        fetched = sum(counts.values())
        stored = counts.get(("article", "stored"), 0) + counts.get(("article", "updated"), 0)
        rests: HostCooldowns = getattr(self.crawler, "newscrawl_rests", None) or HostCooldowns()
        return Text(progress_line(fetched, stored, ledger.pending if ledger else 0, len(rests.resting()), seconds))


def progress_line(fetched: int, stored: int, waiting: int, resting: int, seconds: float) -> str:
    """Return one line; the time left is told when pages wait and some are done."""
    parts = [f"{fetched:,} pages fetched", f"{stored:,} articles stored", f"{waiting:,} waiting"]
    if resting:
        parts.append(f"{resting} {'host' if resting == 1 else 'hosts'} in backoff")
    if waiting and fetched and seconds > 1:
        parts.append(f"about {_duration(waiting * seconds / fetched)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _log_to(stream: object) -> None:
    for handler in logging.root.handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.setStream(stream)
