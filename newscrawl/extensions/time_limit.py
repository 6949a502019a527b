"""Ends a crawl when its time is up, and the crawl of a site when the site's time is up."""

from __future__ import annotations

import logging
from functools import partial
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.outcomes import FinishReason

logger = logging.getLogger(__name__)

END_MARGIN = 0.5
"""Seconds after a site's end from which TimeLimitMiddleware certainly lets nothing through any more."""


class TimeLimitExtension:
    """Applies `-a max_time=` to the crawl, and `max_time` of the site files to their sites.

    TimeLimitMiddleware stops new requests of a site; those that passed it earlier may wait in the downloader for much
    longer than the site's time, so they are dropped here. Stats: `time_limit/reached`, `time_limit/site_reached`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._context = CrawlContext.of_crawl(crawler)
        self._stats = crawler.stats
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self) -> None:
        arguments, tasks = self._context.spider.arguments, self._context.tasks
        if arguments.max_time is not None:
            tasks.after(arguments.max_time, self.end_crawl, "end the crawl at its time limit")
        limits = {site.name: site.max_time for site in arguments.sites if site.max_time}
        self._context.time_limits.start(limits)
        for site, seconds in limits.items():
            tasks.after(seconds + END_MARGIN, partial(self.end_site, site), "end a site at its time limit")

    def end_crawl(self) -> None:
        """Stop the crawl."""
        if not self._context.shutdown.stopping:
            logger.info("the crawl reached its time limit")
            self._stats.inc_value("time_limit/reached")
            self._context.shutdown.stop(FinishReason.LIMIT_REACHED)

    def end_site(self, site: str) -> None:
        """Drop the waiting requests of *site*."""
        dropped = self._context.shutdown.drop_waiting(f"{site} reached its time limit", site=site)
        self._stats.inc_value("time_limit/site_reached", dropped)
