"""A crawler without network and processes, for tests of single components."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager
from scrapy.statscollectors import MemoryStatsCollector
from sqlalchemy import Engine

from newscrawl import settings as project_settings
from newscrawl.crawling.context import CrawlContext
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.extensions.crawl_state import CrawlStateExtension
from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.sites.model import Site
from newscrawl.storage.records import Claim
from newscrawl.urls.keys import UrlKeys
from tests.support.crawling import outcomes, query


@dataclass
class FakeArguments:
    keys: UrlKeys = field(default_factory=UrlKeys)
    sites: tuple[Site, ...] = ()
    period: Period = ANY_TIME
    max_time: float | None = None
    domains: frozenset[str] | None = None
    locks: tuple[str, ...] = ()


@dataclass
class FakeSpider:
    name: str = "news"
    raw_arguments: Mapping[str, str] = field(default_factory=dict)
    arguments: FakeArguments = field(default_factory=FakeArguments)
    crawls_listings: bool = True
    crawler: Any = None
    failure: None = None


@dataclass
class FakeDownloader:
    slots: dict[str, Any] = field(default_factory=dict)
    per_slot_settings: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass
class FakeScraper:
    slot: None = None


class FakeEngine:
    """Answers requests from a dictionary, and remembers why it was closed."""

    def __init__(self, spider: FakeSpider) -> None:
        self.spider = spider
        self.running = True
        self.downloader = FakeDownloader()
        self.scraper = FakeScraper()
        self.responses: dict[str, Response | Exception] = {}
        """URL -> response, or the error that its request raises."""
        self.requested: list[str] = []
        self.close_reason: str | None = None

    async def download_async(self, request: Request) -> Response:
        self.requested.append(request.url)
        await asyncio.sleep(0)
        response = self.responses[request.url]
        if isinstance(response, Exception):
            raise response
        return response

    async def close_spider_async(self, *, reason: str) -> None:
        self.close_reason = reason


class FakeCrawler:
    """Has the project's settings, a crawl context, stats and signals."""

    def __init__(self, **settings: object) -> None:
        self.settings = Settings()
        self.settings.setmodule(project_settings)
        self.settings.setdict(settings, priority="cmdline")
        self.stats = MemoryStatsCollector(self)  # type: ignore[arg-type]
        self.signals = SignalManager(self)
        self.spider = FakeSpider(crawler=self)
        self.engine = FakeEngine(self.spider)
        self.crawling = True
        self.context = CrawlContext(self)  # type: ignore[arg-type]
        self.extension: CrawlStateExtension
        """Created by open_crawl."""

    def get_addon(self, kind: type[CrawlContext]) -> CrawlContext:
        return self.context

    def outcomes(self) -> dict[str, str]:
        """Return URL path -> `outcome: reason` of every article page; `None: None` for pending ones."""
        return outcomes(self.settings["NEWSCRAWL_DATABASE_URL"])

    def statuses(self) -> dict[str, int | None]:
        """Return URL -> HTTP status of every page."""
        return dict(query(self.settings["NEWSCRAWL_DATABASE_URL"], "SELECT url, http_status FROM pages"))  # type: ignore[arg-type]

    async def claim(self, *urls: str) -> list[Claim]:
        links = [Link(url, LinkKind.ARTICLE, source="test") for url in urls]
        return await self.context.state.claim(links, site="example.org", force=True)


@asynccontextmanager
async def open_crawl(engine: Engine, **settings: object) -> AsyncIterator[FakeCrawler]:
    """Yield a crawler whose crawl state is open in the database of *engine*."""
    url = engine.url.render_as_string(hide_password=False)
    crawler = FakeCrawler(NEWSCRAWL_DATABASE_URL=url, **settings)
    crawler.extension = CrawlStateExtension(crawler)  # type: ignore[arg-type]
    await crawler.extension.spider_opened()
    try:
        yield crawler
    finally:
        await crawler.extension.spider_closed("finished")
        assert crawler.context.state.engine is not None
        crawler.context.state.engine.dispose()
