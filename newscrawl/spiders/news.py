"""`scrapy crawl news`: whole sites, from front page, feeds, sitemaps and sections to articles."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.discovery.feeds import FEED_PATHS
from newscrawl.discovery.model import PAGINATION, Discovered, Link, LinkKind
from newscrawl.discovery.selection import select_links
from newscrawl.discovery.sitemaps import SITEMAP_PATHS
from newscrawl.downloader.throttling import set_min_delay
from newscrawl.evidence import ExtractionRules
from newscrawl.extensions.time_limit import BUDGET
from newscrawl.items import Outcome
from newscrawl.middlewares.backoff import BackoffMiddleware
from newscrawl.middlewares.robotstxt import RobotsTxtMiddleware
from newscrawl.outcomes import PageOutcome, outcome_for_status
from newscrawl.scheduling.periods import ANY_TIME
from newscrawl.sites.model import Site
from newscrawl.spiders.arguments import NewsArguments, PageLimits
from newscrawl.spiders.base import BaseSpider, content_type
from newscrawl.storage.records import Claim
from newscrawl.text.durations import parse_duration
from newscrawl.workers.tasks import read_feed, read_section, read_sitemap

logger = logging.getLogger(__name__)

FRONT_PAGE = "front page"
LISTING_MAXSIZE = 50 * 1024 * 1024
"""Bytes of a feed or sitemap (sitemaps.org allows 50 MB)."""
MAX_SECTIONS = 50
"""Sections of a site that are followed from its front page."""
MAX_TURNS = 50
"""Pages of a section that are followed by pagination; it ends before where a page brings nothing new."""
FIRST_TURNS = 5
"""Pages of a section that are followed when they are seen for the first time, though their articles are known.

What feeds and sitemaps name may be read before a section or after it, and is read before after a crawl that was killed;
which articles are found must not depend on that.
"""
GUESSES = 3
"""Usual paths that are tried where neither front page nor robots.txt names a feed or sitemap."""
CLAIM_BATCH = 2_000
"""Article pages of a site that are taken up in one go; the ledger holds the others until these are done."""

FRONT_PRIORITY = 100
PRIORITY = {LinkKind.FEED: 60, LinkKind.SITEMAP: 50, LinkKind.ARTICLE: 30, LinkKind.SECTION: 20}
"""What is asked first. Articles come before more sections, so that the first ones are there within seconds."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed, sitemap or section that has been read."""

    claim: Claim
    links: Sequence[Link] = ()
    """What it names and is wanted."""
    next_pages: Sequence[Link] = ()
    turns: bool = False
    """Whether its next pages are worth a look."""


class NewsSpider(BaseSpider):
    """Finds the articles of sites and fetches those that are due."""

    name = "news"
    scope_type = NewsArguments
    scope: NewsArguments

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **arguments)
        crawler.signals.connect(spider.on_idle, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        self.sites = {site.name: site for site in self.scope.sites}
        self.budget = PageLimits(self.scope.max_pages, {site.name: site.max_pages for site in self.scope.sites})
        now = time.monotonic()
        self.budget.ends = {
            site.name: now + parse_duration(site.max_time) for site in self.scope.sites if site.max_time
        }
        self.refill: asyncio.Task[None] | None = None
        with contextlib.suppress(FetchDeferred):
            for site in self.scope.sites:
                if self.stop.stopping:
                    return
                for request in await self._open(site):
                    yield request

    def get_rules(self, claim: Claim) -> ExtractionRules:
        return self.sites[claim.site].extraction

    async def parse_front_page(self, response: Response) -> AsyncIterator[Request]:
        """Follow a front page's sections, feeds and articles, and look where else the site lists articles."""
        for request in await self._follow(await self._listing(response, read_section)):
            yield request

    async def end_front_page(self, failure: Failure) -> AsyncIterator[Request]:
        """A front page that does not answer ends nothing: feeds and sitemaps may."""
        claim: Claim = failure.request.meta["claim"]  # type: ignore[attr-defined]
        await self.end_failed(failure)
        if isinstance(failure.value, FetchDeferred) or self.rests_until(claim.site):
            return
        logger.warning("the front page of %s brought nothing: %s", claim.site, failure.value)
        links = self._wanted(claim, await self._unnamed_listings(self.sites[claim.site], []))
        for request in await self._follow(Listing(claim, links)):
            yield request

    async def parse_section(self, response: Response) -> AsyncIterator[Request]:
        """Follow a section's articles, and its next page while there are new ones or it is new itself.

        A section names the other sections again; the front page's choice of them is enough.
        """
        listing = await self._listing(response, read_section)
        for request in await self._follow(listing):
            yield request
        turn = response.meta.get("turn", 0) + 1
        if listing.turns and turn < MAX_TURNS:
            for request in await self._turn_page(listing):
                request.meta["turn"] = turn
                yield request

    async def parse_feed(self, response: Response) -> AsyncIterator[Request]:
        for request in await self._follow(await self._listing(response, read_feed)):
            yield request

    async def parse_sitemap(self, response: Response) -> AsyncIterator[Request]:
        for request in await self._follow(await self._listing(response, read_sitemap)):
            yield request

    def on_idle(self) -> None:
        """When everything taken up is done, take up what still waits in the ledger, until nothing does.

        That are the articles that an earlier crawl left, and those that were too many to be taken up at once.
        """
        if self.ledger.failure is None:
            if self.refill is None or self.refill.done():
                self.refill = asyncio.get_running_loop().create_task(self._take_waiting())
            raise DontCloseSpider

    async def _take_waiting(self) -> None:
        """Schedule waiting articles, the newest first; where there are none, the crawl is finished."""
        engine = self.crawler.engine
        assert engine is not None
        waiting: list[Claim] = []
        sites = [site for site in self.sites.values() if not self.rests_until(site.name)]
        for left, site in zip(range(len(sites), 0, -1), sites, strict=True):
            share = self.budget.share(left)
            granted = self.budget.reserve(site.name, CLAIM_BATCH if share is None else min(CLAIM_BATCH, share))
            claims = await self.ledger.claim_pending(site.name, limit=granted, period=self.scope.period)
            self.budget.give_back(site.name, granted - len(claims))
            waiting += claims
        if engine.spider is None or self.stop.stopping:
            return
        for claim in waiting:
            engine.crawl(self._request(claim))
        if not waiting and engine.spider_is_idle():
            spent = any(self.budget.is_spent(name) for name in self.sites)
            await engine.close_spider_async(reason=BUDGET if spent else "finished")

    def rests_until(self, site: str) -> datetime | None:
        """Return until when the site's host asked not to be visited, None where this crawl visits it."""
        backoff = self.crawler.get_downloader_middleware(BackoffMiddleware)
        return backoff.closed_until(urlsplit(self.sites[site].url).hostname or "") if backoff else None

    def backoff_since(self, site: str) -> datetime | None:
        """Return since when the site's host has been asking for rests without an answer between."""
        backoff = self.crawler.get_downloader_middleware(BackoffMiddleware)
        state = backoff.refusing.get(urlsplit(self.sites[site].url).hostname or "") if backoff else None
        return state.backoff_since if state else None

    async def _open(self, site: Site) -> list[Request]:
        """Return a site's first requests: its front page, what its file names, and the listings that are due."""
        if site.delay is not None:
            set_min_delay(self.crawler, urlsplit(site.url).hostname or "", site.delay)
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
        due = await self.ledger.claim_listings(site.name, limit=CLAIM_BATCH, period=self.scope.period)
        fronts = [self._request(claim, is_front=True) for claim in front.claims]
        return fronts + [self._request(claim) for claim in taken.claims + due]

    async def _unnamed_listings(self, site: Site, found: Sequence[Link]) -> list[Link]:
        """Return where a site may list articles beside *found*: sitemaps of its robots.txt, and the usual paths."""
        if not site.discovery.search:
            return []
        robots = self.crawler.get_downloader_middleware(RobotsTxtMiddleware)
        sitemaps = await robots.sitemaps(site.url) if robots is not None else []
        if not sitemaps and not site.discovery.sitemaps:
            sitemaps = [urljoin(site.url, path) for path in SITEMAP_PATHS[:GUESSES]]
        feeds: list[str] = []
        if not site.discovery.feeds and not any(link.kind is LinkKind.FEED for link in found):
            feeds = [urljoin(site.url, path) for path in FEED_PATHS[:GUESSES]]
        return [Link(url, LinkKind.SITEMAP, "robots.txt") for url in sitemaps] + [
            Link(url, LinkKind.FEED, "usual path") for url in feeds
        ]

    async def _listing(self, response: Response, read: Callable[..., Discovered]) -> Listing:
        """Read a listing in a worker and write its outcome with what it names."""
        claim: Claim = response.meta["claim"]
        self.ledger.record_response(claim, response)
        page_outcome = outcome_for_status(response.status)
        if page_outcome is not None:
            if page_outcome.outcome is Outcome.UNCHANGED:
                await self.ledger.finish_listing(claim, page_outcome, ())
            else:
                await self.ledger.finish(claim, page_outcome)
            return Listing(claim)
        try:
            found = await self._read_listing(response, claim, read)
        except Exception as error:
            await self.end_unread(claim, error)
            return Listing(claim)
        if self.stop.stopping:
            # Recording what a large sitemap names takes seconds; the next crawl reads it again.
            return Listing(claim)
        if found.partial:
            self.crawler.stats.inc_value("discovery/partial")
            logger.warning("%s could be read only in part: %s", claim.url, found.partial)
        links, next_pages = await self._wanted_of(claim, found.links, is_front=response.meta.get("is_front", False))
        reason = f"{claim.kind}_partial" if found.partial else claim.kind
        turn = not claim.fetch_count and response.meta.get("turn", 0) < FIRST_TURNS
        ended = PageOutcome(Outcome.NOT_ARTICLE, reason)
        new = await self.ledger.finish_listing(claim, ended, links, next_pages, turn=turn)
        return Listing(claim, links, next_pages, turns=bool(new) or turn)

    async def _read_listing(self, response: Response, claim: Claim, read: Callable[..., Discovered]) -> Discovered:
        if read is read_section:
            return await self.reader.read(read_section, self.answer(response, claim))
        if read is read_feed:
            declared = content_type(response)
            return await self.reader.read_listing(read_feed, response.body, response.url, content_type=declared)
        return await self.reader.read_listing(read_sitemap, response.body, response.url)

    async def _wanted_of(self, claim: Claim, found: Sequence[Link], *, is_front: bool) -> tuple[list[Link], list[Link]]:
        """Return the links of a listing that are wanted, and its next pages."""
        site = self.sites[claim.site]
        if is_front:
            found = [*found, *await self._unnamed_listings(site, found)]
        wanted = self._wanted(claim, found)
        turns = [link for link in wanted if link.source == PAGINATION]
        articles = [link for link in wanted if link.kind is LinkKind.ARTICLE]
        if not site.discovery.search or (claim.kind == LinkKind.SECTION and not is_front):
            return articles, turns
        sections = [link for link in wanted if link.kind is LinkKind.SECTION and link.source != PAGINATION]
        listings = [link for link in wanted if link.kind in {LinkKind.FEED, LinkKind.SITEMAP}]
        return listings + sections[:MAX_SECTIONS] + articles, [] if is_front else turns

    async def _follow(self, listing: Listing) -> list[Request]:
        """Return requests for what a listing names, where it is wanted, due and within the budget.

        A crawl of a period of time takes up articles when it has seen all listings: the newest first.
        """
        claim, site = listing.claim, self.sites[listing.claim.site]
        listings = [link for link in listing.links if link.kind is not LinkKind.ARTICLE]
        period = self.scope.period
        taken = await self.ledger.take(listings, site=site.name, discovered_from=claim.url, period=period)
        claims = taken.claims
        if period == ANY_TIME:
            articles = [link for link in listing.links if link.kind is LinkKind.ARTICLE]
            granted = self.budget.reserve(site.name, min(len(articles), CLAIM_BATCH), of_share=True)
            some = await self.ledger.take(articles, site=site.name, discovered_from=claim.url, limit=granted)
            self.budget.give_back(site.name, granted - len(some.claims))
            claims += some.claims
        return [self._request(one) for one in claims]

    async def _turn_page(self, listing: Listing) -> list[Request]:
        """Return requests for a section's next pages; with the budget spent they wait for the next crawl."""
        site = self.sites[listing.claim.site]
        limit = 0 if self.budget.is_spent(site.name) else None
        taken = await self.ledger.take(
            listing.next_pages, site=site.name, discovered_from=listing.claim.url, limit=limit, force=True
        )
        return [self._request(one) for one in taken.claims]

    def _wanted(self, claim: Claim, links: Iterable[Link]) -> list[Link]:
        site = self.sites[claim.site]
        return select_links(
            links,
            site_url=site.url,
            allow=site.discovery.allow,
            deny=site.discovery.deny,
            now=datetime.now(UTC),
        )

    def _request(self, claim: Claim, *, is_front: bool = False) -> Request:
        kind = LinkKind(claim.kind)
        if kind is LinkKind.ARTICLE:
            return self.article_request(claim, priority=PRIORITY[kind])
        meta: dict[str, Any] = {"claim": claim}
        if is_front:
            meta["is_front"] = True
            return Request(
                claim.url, self.parse_front_page, priority=FRONT_PRIORITY, errback=self.end_front_page, meta=meta
            )
        if kind is not LinkKind.SECTION:
            meta["download_maxsize"] = LISTING_MAXSIZE
        callback = {
            LinkKind.FEED: self.parse_feed,
            LinkKind.SITEMAP: self.parse_sitemap,
            LinkKind.SECTION: self.parse_section,
        }[kind]
        return Request(claim.url, callback, priority=PRIORITY[kind], errback=self.end_failed, meta=meta)
