"""`scrapy crawl news`: whole sites, from front page, feeds, sitemaps and sections to articles."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.discovery.feeds import FEED_PATHS
from newscrawl.discovery.model import Discovered, Link, LinkKind
from newscrawl.discovery.selection import LONG_AGO, is_stated_before, select_links
from newscrawl.discovery.sitemaps import SITEMAP_PATHS
from newscrawl.durations import seconds_of
from newscrawl.extensions.budget import BUDGET
from newscrawl.extraction.model import ExtractionRules
from newscrawl.items import Outcome
from newscrawl.middlewares.backoff import BackoffMiddleware
from newscrawl.middlewares.refusals import LeftAsItIs
from newscrawl.middlewares.robots import RobotsMiddleware
from newscrawl.outcomes import Verdict, verdict_of_status
from newscrawl.pace import slow_down
from newscrawl.reading import read_feed, read_section, read_sitemap
from newscrawl.sites.model import Site
from newscrawl.spiders.pages import PageSpider, content_type
from newscrawl.spiders.scope import Budget, NewsScope
from newscrawl.storage.records import Taken, Visit

logger = logging.getLogger(__name__)

NOT_MODIFIED = 304
FRONT_PAGE = "front page"
PAGINATION = "pagination"
LISTING_MAXSIZE = 50 * 1024 * 1024
"""Bytes of a feed or sitemap (sitemaps.org allows 50 MB)."""
MAX_SECTIONS = 50
"""Sections of a site that are followed from its front page."""
MAX_TURNS = 50
"""Pages of a section that are followed by pagination; it ends before where a page brings nothing new."""
GUESSES = 3
"""Usual paths that are tried where neither front page nor robots.txt names a feed or sitemap."""
AT_ONCE = 2_000
"""Article pages of a site that are taken up in one go; the ledger holds the others until these are done."""

FRONT_PRIORITY = 100
PRIORITY = {LinkKind.FEED: 60, LinkKind.SITEMAP: 50, LinkKind.ARTICLE: 30, LinkKind.SECTION: 20}
"""What is asked first. Articles come before more sections, so that the first ones are there within seconds."""


class NewsSpider(PageSpider):
    """Finds the articles of sites and fetches those that are due."""

    name = "news"
    scope_type = NewsScope
    scope: NewsScope

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **arguments)
        crawler.signals.connect(spider.go_on, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        self.sites = {site.name: site for site in self.scope.sites}
        self.budget = Budget(self.scope.max_pages, {site.name: site.max_pages for site in self.scope.sites})
        now = time.monotonic()
        self.budget.ends = {site.name: now + seconds_of(site.max_time) for site in self.scope.sites if site.max_time}
        self.refill: asyncio.Task[None] | None = None
        for site in self.scope.sites:
            for request in await self._open(site):
                yield request

    def rules_of(self, visit: Visit) -> ExtractionRules:
        return self.sites[visit.site].extraction

    async def parse_front_page(self, response: Response) -> AsyncIterator[Request]:
        """Follow a front page's sections, feeds and articles, and look where else the site lists articles."""
        visit: Visit = response.meta["visit"]
        found = await self._discover(response, read_section)
        if response.status == NOT_MODIFIED:
            requests = await self._listed_before(visit)
        else:
            links = [link for link in found if link.source != PAGINATION]
            links += await self._unnamed_listings(self.sites[visit.site], links)
            requests = await self._follow(visit, links)
        await self._end_listing(response)
        for request in requests:
            yield request

    async def end_front_page(self, failure: Failure) -> AsyncIterator[Request]:
        """A front page that does not answer ends nothing: feeds and sitemaps may."""
        visit: Visit = failure.request.meta["visit"]  # type: ignore[attr-defined]
        await self.end_failed(failure)
        if isinstance(failure.value, LeftAsItIs) or self.rests_until(visit.site):
            return
        logger.warning("the front page of %s brought nothing: %s", visit.site, failure.value)
        for request in await self._follow(visit, await self._unnamed_listings(self.sites[visit.site], [])):
            yield request

    async def parse_section(self, response: Response) -> AsyncIterator[Request]:
        """Follow a section's articles, and its next page while there are new ones.

        A section names the other sections again; the front page's choice of them is enough.
        """
        visit: Visit = response.meta["visit"]
        found = await self._discover(response, read_section)
        links = self._wanted(visit, found)
        articles = await self._take_articles(visit, [link for link in links if link.kind is LinkKind.ARTICLE])
        turn = response.meta.get("turn", 0) + 1
        further: list[Request] = []
        if articles.new and turn < MAX_TURNS:
            further = await self._turn_page(visit, [link for link in links if link.source == PAGINATION])
        await self._end_listing(response)
        for one in articles.visits:
            yield self._request(one)
        for request in further:
            request.meta["turn"] = turn
            yield request

    async def parse_feed(self, response: Response) -> AsyncIterator[Request]:
        requests = await self._follow(response.meta["visit"], await self._discover(response, read_feed))
        await self._end_listing(response)
        for request in requests:
            yield request

    async def parse_sitemap(self, response: Response) -> AsyncIterator[Request]:
        visit: Visit = response.meta["visit"]
        links = await self._discover(response, read_sitemap)
        not_modified = response.status == NOT_MODIFIED
        requests = await (self._listed_before(visit) if not_modified else self._follow(visit, links))
        await self._end_listing(response)
        for request in requests:
            yield request

    def go_on(self) -> None:
        """When everything taken up is done, take up what still waits in the ledger, until nothing does.

        That are the articles that an earlier crawl left, and those that were too many to be taken up at once.
        """
        if self.ledger.failure is None:
            if self.refill is None or self.refill.done():
                self.refill = asyncio.get_running_loop().create_task(self._take_waiting())
            raise DontCloseSpider

    async def _take_waiting(self) -> None:
        """Schedule waiting articles; where there are none, the crawl is finished."""
        engine = self.crawler.engine
        assert engine is not None
        waiting: list[Visit] = []
        for site in self.sites.values():
            if self.rests_until(site.name):
                continue
            granted = self.budget.reserve(site.name, AT_ONCE)
            visits = await self.ledger.take_unfinished(site.name, limit=granted, since=self.scope.since)
            self.budget.give_back(site.name, granted - len(visits))
            waiting += visits
        if engine.spider is None or self.stop.stopping:
            return
        for visit in waiting:
            engine.crawl(self._request(visit))
        if not waiting and engine.spider_is_idle():
            spent = any(self.budget.is_spent(name) for name in self.sites)
            await engine.close_spider_async(reason=BUDGET if spent else "finished")

    def rests_until(self, site: str) -> datetime | None:
        """Return until when the site's host asked not to be visited, None where this crawl visits it."""
        backoff = self.crawler.get_downloader_middleware(BackoffMiddleware)
        return backoff.closed_until(urlsplit(self.sites[site].url).hostname or "") if backoff else None

    def refused_since(self, site: str) -> datetime | None:
        """Return since when the site's host has been asking for rests without an answer between."""
        backoff = self.crawler.get_downloader_middleware(BackoffMiddleware)
        state = backoff.refusing.get(urlsplit(self.sites[site].url).hostname or "") if backoff else None
        return state.refused_since if state else None

    async def _open(self, site: Site) -> list[Request]:
        """Return a site's first requests: its front page and what its file names."""
        if site.delay is not None:
            slow_down(self.crawler, urlsplit(site.url).hostname or "", site.delay)
        if self.rests_until(site.name):
            return []
        front = await self.ledger.take([Link(site.url, LinkKind.SECTION, FRONT_PAGE)], site=site.name)
        named = site.discovery
        listings = [
            Link(url, kind, "site file")
            for kind, urls in (
                (LinkKind.FEED, named.feeds),
                (LinkKind.SITEMAP, named.sitemaps),
                (LinkKind.SECTION, named.sections),
            )
            for url in urls
        ]
        taken = await self.ledger.take(listings, site=site.name)
        visits = taken.visits + await self.ledger.take_unfinished(site.name, limit=AT_ONCE, articles=False)
        fronts = [self._request(visit, is_front=True) for visit in front.visits]
        return fronts + [self._request(visit) for visit in visits]

    async def _unnamed_listings(self, site: Site, found: Sequence[Link]) -> list[Link]:
        """Return where a site may list articles beside *found*: sitemaps of its robots.txt, and the usual paths."""
        if not site.discovery.search:
            return []
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        sitemaps = await robots.sitemaps(site.url) if robots is not None else []
        if not sitemaps and not site.discovery.sitemaps:
            sitemaps = [urljoin(site.url, path) for path in SITEMAP_PATHS[:GUESSES]]
        feeds: list[str] = []
        if not site.discovery.feeds and not any(link.kind is LinkKind.FEED for link in found):
            feeds = [urljoin(site.url, path) for path in FEED_PATHS[:GUESSES]]
        return [Link(url, LinkKind.SITEMAP, "robots.txt") for url in sitemaps] + [
            Link(url, LinkKind.FEED, "usual path") for url in feeds
        ]

    async def _listed_before(self, visit: Visit) -> list[Request]:
        """Return requests for the listings that an unchanged listing named: they may have changed."""
        return [self._request(one) for one in await self.ledger.take_listed_by(visit)]

    async def _discover(self, response: Response, read: Callable[..., Discovered]) -> Sequence[Link]:
        """Read a listing in a worker and return its links; its outcome is written where there are none to be had."""
        visit: Visit = response.meta["visit"]
        self.ledger.note_answer(visit, response)
        verdict = verdict_of_status(response.status)
        if verdict is not None:
            await self.ledger.finish(visit, verdict)
            return ()
        try:
            found = await self._read_listing(response, visit, read)
        except Exception as error:
            await self.end_unread(visit, error)
            return ()
        if self.stop.stopping:
            # Recording what a large sitemap names takes seconds; the next crawl reads it again.
            return ()
        if found.partial:
            self.crawler.stats.inc_value("discovery/partial")
            logger.warning("%s could be read only in part: %s", visit.url, found.partial)
        reason = f"{visit.kind}_partial" if found.partial else visit.kind
        response.meta["verdict"] = Verdict(Outcome.NOT_ARTICLE, reason)
        return found.links

    async def _end_listing(self, response: Response) -> None:
        """Write the outcome of a listing after its links are recorded.

        The other way round a crash between the two would lose them: the next crawl hears that nothing has changed.
        """
        if (verdict := response.meta.pop("verdict", None)) is not None:
            await self.ledger.finish(response.meta["visit"], verdict)

    async def _read_listing(self, response: Response, visit: Visit, read: Callable[..., Discovered]) -> Discovered:
        if read is read_section:
            return await self.reader.read(read_section, self.answer(response, visit))
        if read is read_feed:
            declared = content_type(response)
            return await self.reader.read_listing(read_feed, response.body, response.url, content_type=declared)
        return await self.reader.read_listing(read_sitemap, response.body, response.url)

    async def _follow(self, visit: Visit, links: Iterable[Link]) -> list[Request]:
        """Record what a listing names and return requests for what is wanted, due and within the budget."""
        site = self.sites[visit.site]
        wanted = self._wanted(visit, links)
        listings = [link for link in wanted if link.kind in {LinkKind.FEED, LinkKind.SITEMAP}]
        sections = [link for link in wanted if link.kind is LinkKind.SECTION][:MAX_SECTIONS]
        if not site.discovery.search:
            listings, sections = [], []
        taken = await self.ledger.take(listings + sections, site=site.name, discovered_from=visit.url)
        articles = await self._take_articles(visit, [link for link in wanted if link.kind is LinkKind.ARTICLE])
        return [self._request(one) for one in taken.visits + articles.visits]

    async def _turn_page(self, visit: Visit, links: Sequence[Link]) -> list[Request]:
        """Return requests for a section's next pages; with the budget spent they wait for the next crawl."""
        site = self.sites[visit.site]
        limit = 0 if self.budget.is_spent(site.name) else None
        taken = await self.ledger.take(links, site=site.name, discovered_from=visit.url, limit=limit)
        return [self._request(one) for one in taken.visits]

    async def _take_articles(self, visit: Visit, links: Sequence[Link]) -> Taken:
        """Take up what is due and within the budget; what is stated to be too old is recorded only."""
        site, now = self.sites[visit.site], datetime.now(UTC)
        since = self.scope.since or LONG_AGO
        fresh: list[Link] = []
        old: list[Link] = []
        for link in links:
            (old if is_stated_before(link.stated(), since, now) else fresh).append(link)
        await self.ledger.take(old, site=site.name, discovered_from=visit.url, limit=0)
        granted = self.budget.reserve(site.name, min(len(fresh), AT_ONCE))
        taken = await self.ledger.take(fresh, site=site.name, discovered_from=visit.url, limit=granted)
        self.budget.give_back(site.name, granted - len(taken.visits))
        return taken

    def _wanted(self, visit: Visit, links: Iterable[Link]) -> list[Link]:
        site = self.sites[visit.site]
        return select_links(
            links,
            site_url=site.url,
            allow=site.discovery.allow,
            deny=site.discovery.deny,
            now=datetime.now(UTC),
        )

    def _request(self, visit: Visit, *, is_front: bool = False) -> Request:
        kind = LinkKind(visit.kind)
        if kind is LinkKind.ARTICLE:
            return self.article_request(visit, priority=PRIORITY[kind])
        meta: dict[str, Any] = {"visit": visit}
        if is_front:
            return Request(
                visit.url, self.parse_front_page, priority=FRONT_PRIORITY, errback=self.end_front_page, meta=meta
            )
        if kind is not LinkKind.SECTION:
            meta["download_maxsize"] = LISTING_MAXSIZE
        callback = {
            LinkKind.FEED: self.parse_feed,
            LinkKind.SITEMAP: self.parse_sitemap,
            LinkKind.SECTION: self.parse_section,
        }[kind]
        return Request(visit.url, callback, priority=PRIORITY[kind], errback=self.end_failed, meta=meta)
