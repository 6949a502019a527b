"""The one object that the components of a crawl share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newscrawl.crawling.background import BackgroundTasks
from newscrawl.crawling.cooldowns import HostCooldowns
from newscrawl.crawling.extraction import ExtractionWorkers
from newscrawl.crawling.fetch_limits import FetchLimits
from newscrawl.crawling.listing_limits import ListingLimits
from newscrawl.crawling.network import NetworkMonitor
from newscrawl.crawling.protocols import CrawlSpider, SitemapSource
from newscrawl.crawling.response_memory import ResponseMemory
from newscrawl.crawling.shutdown import Shutdown
from newscrawl.crawling.slow_hosts import SlowHosts
from newscrawl.crawling.state import CrawlState
from newscrawl.crawling.time_limits import TimeLimits
from newscrawl.outcomes import FinishReason
from newscrawl.urls.addresses import AddressPolicy

if TYPE_CHECKING:
    from newscrawl.storage.lock import Lock

ABORT_AFTER = 15.0
"""Seconds that a crawl in which something failed unexpectedly may take to end cleanly."""


class CrawlContext:
    """A Scrapy add-on, so that each crawl has one: CrawlContext.of(crawler) finds it."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self.tasks = BackgroundTasks(self._end_after_failure)
        self.shutdown = Shutdown(crawler, self.tasks)
        self.state = CrawlState(crawler, self.shutdown)
        self.cooldowns = HostCooldowns(settings.getfloat("NEWSCRAWL_BACKOFF_MAX_WAIT"))
        self.network = NetworkMonitor()
        self.slow_hosts = SlowHosts()
        self.responses = ResponseMemory(
            self._get_waiting_bytes, lambda seconds, grant: self.tasks.after(seconds, grant, "wait for memory")
        )
        self.listing_limits = ListingLimits(
            settings.getint("NEWSCRAWL_MAX_LISTINGS_PER_SITE"),
            settings.getint("NEWSCRAWL_MAX_NEW_URLS_PER_SITE"),
            settings.getint("NEWSCRAWL_MAX_UNPROVEN_LISTINGS"),
        )
        self.fetch_limits = FetchLimits(settings.getint("NEWSCRAWL_MAX_FRUITLESS_FETCHES"), self.state.counts.kept)
        self.addresses = AddressPolicy(settings["NEWSCRAWL_ALLOWED_ADDRESSES"])
        self.time_limits = TimeLimits()
        self.lock: Lock | None = None
        """The lock that `scrapy crawl` took; None if the crawl needs none."""
        self.workers: ExtractionWorkers | None = None
        """Set by WorkerPoolExtension."""
        self.robotstxt: SitemapSource | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> CrawlContext:
        """Return the context of *crawler*'s crawl. Raises RuntimeError if ADDONS does not list it."""
        context = crawler.get_addon(cls)
        if context is None:
            raise RuntimeError(f"{cls.__module__}.{cls.__name__} is missing in ADDONS; see newscrawl/settings.py")
        return context

    @classmethod
    def of_crawl(cls, crawler: Crawler) -> CrawlContext:
        """Return the context of a newscrawl spider; raise NotConfigured for others (`scrapy fetch`, `scrapy shell`)."""
        if not hasattr(crawler.spider, "crawls_listings"):
            raise NotConfigured
        return cls.of(crawler)

    @property
    def spider(self) -> CrawlSpider:
        """The spider of this crawl."""
        return cast("CrawlSpider", self._crawler.spider)

    def _get_waiting_bytes(self) -> int:
        """Return the bytes of the responses that wait to be parsed."""
        scraper = self._crawler.engine.scraper if self._crawler.engine is not None else None
        return 0 if scraper is None or scraper.slot is None else scraper.slot.active_size

    def _end_after_failure(self) -> None:
        self._crawler.stats.inc_value("background/failed")
        self.tasks.after(ABORT_AFTER, self.shutdown.abort, "abort after a failure")
        try:
            self.shutdown.stop(FinishReason.INTERNAL_ERROR, grace=0)
        except Exception:
            self.shutdown.abort()
            raise
