"""While a crawl runs: a live line on a terminal, log lines elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext

logger = logging.getLogger(__name__)

REFRESH_INTERVAL = 0.5


class ProgressExtension:
    """Shows how far the crawl is: twice a second on a terminal, every NEWSCRAWL_PROGRESS_INTERVAL seconds in a log."""

    def __init__(self, crawler: Crawler) -> None:
        self._context = CrawlContext.of_crawl(crawler)
        self._has_contact = bool(crawler.settings["NEWSCRAWL_CONTACT"])
        self._interval = crawler.settings.getfloat("NEWSCRAWL_PROGRESS_INTERVAL")
        self._started = time.monotonic()
        self._live: Live | None = None
        self._is_closed = False
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self) -> None:
        if not self._has_contact:
            logger.warning(
                "NEWSCRAWL_CONTACT is not set, so site owners cannot reach you: "
                "set it to a web page or mail address that says who crawls; it goes into the user agent"
            )
        self._started = time.monotonic()
        console = Console(stderr=True)
        if console.is_terminal:
            self._live = Live(self._get_text(), console=console, refresh_per_second=4, transient=True)
            self._live.start()
            # Live has replaced sys.stderr, so that lines written to it appear above the live line.
            _log_to(sys.stderr)
        self._context.tasks.repeat(self.show, REFRESH_INTERVAL if self._live else self._interval, "show the progress")

    def spider_closed(self) -> None:
        self._is_closed = True
        if self._live is not None:
            self._live.update(self._get_text())
            self._live.stop()
            _log_to(sys.stderr)

    def show(self) -> None:
        """Update the live line, or log one."""
        if self._is_closed:
            return
        if self._live is not None:
            self._live.update(self._get_text())
        else:
            logger.info("%s", self._get_text().plain)

    def _get_text(self) -> Text:
        counts = self._context.state.counts
        finished = counts.finished
        stored = finished["article", "stored"] + finished["article", "updated"]
        seconds = time.monotonic() - self._started
        waiting_hosts = self._context.cooldowns.count_waiting()
        return Text(progress_line(counts.fetched, finished.total(), stored, counts.pending, waiting_hosts, seconds))


def progress_line(fetched: int, finished: int, stored: int, pending: int, hosts_in_backoff: int, seconds: float) -> str:
    """Return the progress as one line, with an estimate of the time left once some pages are *finished*.

    *fetched* counts those of them that got an HTTP response.
    """
    parts = [f"{fetched:,} pages fetched", f"{stored:,} articles stored", f"{pending:,} pending"]
    if hosts_in_backoff:
        parts.append(f"{hosts_in_backoff} {'host' if hosts_in_backoff == 1 else 'hosts'} in backoff")
    if pending and finished and seconds > 1:
        parts.append(f"about {_format_duration(pending * seconds / finished)} left")
    return ", ".join(parts)


def _format_duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _log_to(stream: object) -> None:
    for handler in logging.root.handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.setStream(stream)
