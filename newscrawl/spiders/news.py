"""`scrapy crawl news`: crawls sites, from front page, feeds, sitemaps and sections to articles."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.crawling.background import run_ahead, run_beside
from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.failures import describe_failure
from newscrawl.crawling.responses import TRUNCATED, asks_to_wait, get_content_type
from newscrawl.discovery.feeds import FEED_PATHS
from newscrawl.discovery.model import PAGINATION, Discovered, Link, LinkKind
from newscrawl.discovery.offsite import DividedLinks, divide_by_site
from newscrawl.discovery.periods import parse_period
from newscrawl.discovery.selection import Obstacle, SelectedLinks, select_links
from newscrawl.discovery.sitemaps import SITEMAP_PATHS
from newscrawl.discovery.sources import MAX_LISTING_SIZE
from newscrawl.evidence import ExtractionRules
from newscrawl.items import Outcome
from newscrawl.outcomes import TOO_COMPLEX, USUAL_PATH, FinishReason, PageOutcome, outcome_for_status
from newscrawl.scheduling.periods import ANY_TIME
from newscrawl.sites.model import Site
from newscrawl.spiders.arguments import NewsArguments
from newscrawl.spiders.base import BaseSpider
from newscrawl.spiders.page_limits import PageLimits
from newscrawl.storage.records import Claim, ListingClaims, ListingResult
from newscrawl.urls.parse import get_url_host, join
from newscrawl.workers.tasks import read_feed, read_section, read_sitemap

logger = logging.getLogger(__name__)

FRONT_PAGE = "front page"
MAX_SECTIONS = 50
"""Sections of a site that are followed from its front page."""
MAX_NEXT_PAGES = 50
"""Pages of a section that are followed by pagination; it ends earlier if a page names nothing new."""
FIRST_NEXT_PAGES = 5
"""Pages of a section that are followed when they are seen for the first time, even if all their articles are known.

Feeds and sitemaps may be read before or after a section, and are read before it after a crawl that was killed; which
articles are found must not depend on that.
"""
MAX_GUESSES = 3
"""Usual paths that are tried if neither front page nor robots.txt names a feed or sitemap."""
MAX_SITEMAP_DEPTH = 3
"""Sitemap indexes, one in the other, that are followed."""
MAX_OPENING = 64
"""Sites that are opened at once at the start of a crawl; each waits for several batches of the writer."""
CLAIM_BATCH = 2_000
"""Article pages of a site that are claimed at once; the others stay pending until these are done."""

FRONT_PRIORITY = 100
PRIORITY = {LinkKind.FEED: 60, LinkKind.SITEMAP: 50, LinkKind.ARTICLE: 30, LinkKind.SECTION: 20}
"""Articles come before further sections, so that the first ones are stored within seconds."""


class NewsSpider(BaseSpider):
    """Finds the articles of sites and fetches those that are due.

    Stats: `discovery/partial`, `discovery/offsite`, `discovery/too_deep`, `discovery/too_many_sections`.
    """

    name = "news"
    arguments_type = NewsArguments
    arguments: NewsArguments
    crawls_listings = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites: dict[str, Site] = {}
        self.limits = PageLimits(None, {})
        self._refill: asyncio.Task[None] | None = None
        self._listing_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **arguments)
        spider.sites = {site.name: site for site in spider.arguments.sites}
        spider.limits = PageLimits(
            spider.arguments.max_pages, {site.name: site.max_pages for site in spider.arguments.sites}
        )
        return spider

    async def get_requests(self) -> AsyncIterator[Request]:
        self.context.listing_limits.limit_to_pages(self.arguments.max_pages)
        async with aclosing(run_ahead(self._open, self.arguments.sites, MAX_OPENING)) as opened:
            async for requests in opened:
                for request in requests:
                    yield request
                if self.context.shutdown.stopping:
                    return

    def get_rules(self, claim: Claim) -> ExtractionRules:
        return self.sites[claim.site].extraction

    async def parse_front_page(self, response: Response) -> AsyncIterator[Request]:
        """Follow the sections, feeds and articles of a front page, and look where else the site lists articles."""
        claim: Claim = response.meta["claim"]
        requests = await self._parse_listing(response, read_section)
        if requests is None:
            requests = await self._look_elsewhere(claim)
        for request in requests:
            yield request

    async def handle_front_page_failure(self, failure: Failure) -> AsyncIterator[Request]:
        """Read the feeds and sitemaps of a site although its front page failed, or leads to one that is not due."""
        claim: Claim = failure.request.meta["claim"]  # type: ignore[attr-defined]
        await self.handle_failure(failure)
        if failure.value is not None and not isinstance(failure.value, FetchDeferred):
            logger.info("could not fetch the front page of %s: %s", claim.site, describe_failure(failure.value))
        for request in await self._look_elsewhere(claim):
            yield request

    async def _look_elsewhere(self, claim: Claim) -> list[Request]:
        """Return requests for where a site may list articles apart from its front page *claim*, which named nothing."""
        if (
            self.context.shutdown.stopping
            or self._is_closed(claim.site)
            or self.context.time_limits.is_over(claim.site)
        ):
            return []
        links = self._select(claim, await self._guess_listings(self.sites[claim.site], [])).followed
        state, period = self.context.state, self.arguments.period
        found = await state.claim(links, site=claim.site, discovered_from=claim.url, period=period)
        self._count_claims(claim.site, found)
        return list(map(self._make_request, found))

    async def parse_section(self, response: Response) -> AsyncIterator[Request]:
        """Follow the articles of a section, and its next page while that names new ones or is new itself.

        Its links to other sections are not followed: the front page has named them.
        """
        for request in await self._parse_listing(response, read_section) or ():
            yield request

    async def parse_feed(self, response: Response) -> AsyncIterator[Request]:
        for request in await self._parse_listing(response, read_feed) or ():
            yield request

    async def parse_sitemap(self, response: Response) -> AsyncIterator[Request]:
        for request in await self._parse_listing(response, read_sitemap) or ():
            yield request

    def on_idle(self) -> None:
        """Claim pending articles when all claimed pages are done: earlier crawls left them, or CLAIM_BATCH did."""
        super().on_idle()
        if self.context.state.is_open:
            is_running = self._refill is not None and not self._refill.done()
            if not is_running and not self.context.shutdown.stopping:
                self._refill = self.context.tasks.start(self._claim_pending(), "claim pending articles")
            raise DontCloseSpider

    async def _claim_pending(self) -> None:
        """Schedule pending articles, the newest first; close the spider if there are none.

        Listings come first that are due again because another listing of the site has recovered, and those that a limit
        left over while articles were found through others.
        """
        engine = self.crawler.engine
        sites = [site for site in self.sites if not self._is_closed(site)]
        claims: list[Claim] = []
        for site in sites:
            if not self._is_limit_reached(site):
                claims += await self._claim_listings(site)
        if not claims:
            claims = await self._claim_articles(sites)
        if engine.spider is None or self.context.shutdown.stopping:
            return
        for claim in claims:
            engine.crawl(self._make_request(claim))
        if not claims and engine.spider_is_idle():
            is_limited = any(self._is_limit_reached(site) for site in self.sites) or self.context.listing_limits.reached
            self._report_limits()
            await engine.close_spider_async(reason=FinishReason.LIMIT_REACHED if is_limited else FinishReason.FINISHED)

    async def _claim_listings(self, site: str) -> list[Claim]:
        limits, state = self.context.listing_limits, self.context.state
        await self._check_listings(site)
        is_limited = site in limits.reached
        due = await state.claim_listings(
            site,
            limit=limits.get_unproven_left(site),
            max_total=limits.get_total_left(site),
            period=self.arguments.period,
            only_failed=not is_limited,
        )
        self._count_claims(site, due.claims)
        if is_limited and not due.has_more and not limits.is_full(site):
            limits.reached.discard(site)
        return due.claims

    async def _check_listings(self, site: str) -> None:
        """Look up which listings of *site* have proved useful, where that can make room for others."""
        limits, state = self.context.listing_limits, self.context.state
        kept = state.counts.kept[site]
        if limits.needs_check(site, kept):
            limits.prove(site, await state.find_fruitful_listings(limits.unproven[site]), kept)

    def _count_claims(self, site: str, claims: Iterable[Claim], *, named_by_operator: bool = False) -> None:
        page_ids = (claim.page_id for claim in claims if not claim.is_article)
        self.context.listing_limits.add(site, page_ids, named_by_operator=named_by_operator)

    def _report_limits(self) -> None:
        """Log which sites have listings or pages that are left to the next crawl."""
        listings, fetches = self.context.listing_limits, self.context.fetch_limits
        for site in sorted(listings.reached):
            logger.warning("%s: %s; the next crawl reads the others", site, listings.describe(site))
        for site in sorted(fetches.reached):
            logger.warning("%s: %s; the next crawl fetches the others", site, fetches.describe(site))

    async def _claim_articles(self, sites: Sequence[str]) -> list[Claim]:
        claims: list[Claim] = []
        for left, site in zip(range(len(sites), 0, -1), sites, strict=True):
            if self.context.fetch_limits.is_used_up(site):
                # Nothing is running that could bring another article.
                self.context.fetch_limits.reached.add(site)
            share = self.limits.get_share(left)
            granted = self._reserve(site, CLAIM_BATCH if share is None else min(CLAIM_BATCH, share))
            claimed = await self.context.state.claim_pending(
                site, limit=granted, period=self.arguments.period, force=self.arguments.force
            )
            self.limits.give_back(site, granted - len(claimed))
            claims += claimed
        return claims

    def _is_closed(self, site: str) -> bool:
        """Return whether this crawl asks nothing more of *site*.

        Its host is in a cooldown that the crawl does not wait for, does not answer, or has no robots.txt to be had.
        """
        url, robotstxt = self.sites[site].url, self.context.robotstxt
        if robotstxt is not None and robotstxt.is_unavailable(url):
            return True
        host = get_url_host(url)
        return self.context.cooldowns.closed_until(host) is not None or self.context.slow_hosts.is_given_up(host)

    def _is_limit_reached(self, site: str) -> bool:
        is_over = self.context.time_limits.is_over(site) or site in self.context.fetch_limits.reached
        return is_over or self.limits.is_reached(site)

    def _reserve(self, site: str, wanted: int, *, within_share: bool = False) -> int:
        if self.context.time_limits.is_over(site) or self.context.fetch_limits.is_used_up(site):
            return 0
        return self.limits.reserve(site, wanted, within_share=within_share)

    async def _open(self, site: Site) -> list[Request]:
        """Return the first requests of *site*: its front page, what its site file names, and due listings."""
        if self.context.shutdown.stopping or self._is_closed(site.name):
            return []
        state = self.context.state
        await state.reconsider_links(site.name, site.url, site.discovery.link_rules)
        force = self.arguments.force
        front = await state.claim([Link(site.url, LinkKind.SECTION, FRONT_PAGE)], site=site.name, force=force)
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
        claims = await state.claim(listings, site=site.name, force=force)
        limits = self.context.listing_limits
        self._count_claims(site.name, claims, named_by_operator=True)
        due = await state.claim_listings(
            site.name,
            limit=limits.get_unproven_left(site.name),
            max_total=limits.get_total_left(site.name),
            period=self.arguments.period,
            force=force,
        )
        self._count_claims(site.name, due.claims)
        if due.has_more:
            limits.reached.add(site.name)
        claims += due.claims
        # Where the front page redirects, its target is due like any other listing, and may be claimed before it.
        fronts = {claim.page_id for claim in front} | await state.find_redirect_targets(site.url)
        return [self._make_request(claim, is_front=claim.page_id in fronts) for claim in (*front, *claims)]

    async def _guess_listings(self, site: Site, found: Sequence[Link]) -> list[Link]:
        """Return where a site may list articles apart from *found*: sitemaps of its robots.txt, and the usual paths."""
        if not site.discovery.search:
            return []
        robotstxt = self.context.robotstxt
        sitemaps = await robotstxt.get_sitemaps(site.url) if robotstxt is not None else []
        links = [Link(url, LinkKind.SITEMAP, "robots.txt") for url in sitemaps]
        if self.context.slow_hosts.is_in_doubt(get_url_host(site.url)):
            return links
        guesses: list[tuple[LinkKind, str]] = []
        if not sitemaps and not site.discovery.sitemaps:
            guesses += [(LinkKind.SITEMAP, path) for path in SITEMAP_PATHS[:MAX_GUESSES]]
        if not site.discovery.feeds and not any(link.kind is LinkKind.FEED for link in found):
            guesses += [(LinkKind.FEED, path) for path in FEED_PATHS[:MAX_GUESSES]]
        return links + [Link(join(site.url, path), kind, USUAL_PATH) for kind, path in guesses]

    async def _parse_listing(self, response: Response, parse: Callable[..., Discovered]) -> list[Request] | None:
        """Parse a listing in a worker, record its outcome and links, and return requests for those that are claimed.

        None: it could not be read.
        """
        claim: Claim = response.meta["claim"]
        state = self.context.state
        state.record_response(claim, response)
        outcome = outcome_for_status(response.status, asks_to_wait=asks_to_wait(response))
        if outcome is not None:
            if outcome.outcome is Outcome.UNCHANGED:
                await state.finish_listing(claim, outcome)
                return []
            await state.finish(claim, outcome)
            return None
        try:
            found = await self._run_parser(response, claim, parse)
        except Exception as error:
            await self.handle_parse_error(claim, error)
            return None
        if self.context.shutdown.stopping:
            # Recording the links of a large sitemap takes seconds; the next crawl fetches it again.
            return []
        if TRUNCATED in response.flags and not found.partial:
            found = replace(found, partial="the response was cut off")
        if found.unreadable is None and found.partial:
            self.crawler.stats.inc_value("discovery/partial")
            logger.warning("could parse only a part of %s: %s", claim.url, found.partial)
        return await self._finish_listing(response, claim, found)

    async def _run_parser(self, response: Response, claim: Claim, parse: Callable[..., Discovered]) -> Discovered:
        workers = self.context.workers
        assert workers is not None
        if parse is read_section:
            page = replace(self.get_page_input(response, claim), follow=self.sites[claim.site].discovery.follow)
            return await workers.run(read_section, page)
        if parse is read_feed:
            declared = get_content_type(response)
            return await workers.run_for_listing(read_feed, response.body, response.url, content_type=declared)
        return await workers.run_for_listing(read_sitemap, response.body, response.url)

    async def _finish_listing(self, response: Response, claim: Claim, found: Discovered) -> list[Request]:
        """Record a parsed listing with its links; return requests for the links and next pages that are fetched now.

        A crawl of a period claims articles when it has seen all listings, the newest first.
        """
        page, is_front = response.meta.get("page", 0), response.meta.get("is_front", False)
        links, next_pages, not_followed = await self._select_links(claim, found.links, is_front=is_front)
        follow_next = not claim.fetch_count and page < FIRST_NEXT_PAGES
        left = 0 if self._is_limit_reached(claim.site) else self.limits.get_left(claim.site)
        articles = sum(link.kind is LinkKind.ARTICLE for link in links) if self.arguments.period == ANY_TIME else 0
        granted = self._reserve(claim.site, min(articles, CLAIM_BATCH), within_share=True)
        limits = self.context.listing_limits
        # One listing of a site after the other: each needs to know what the one before has left.
        async with self._listing_locks[claim.site]:
            await self._check_listings(claim.site)
            listed = await self.context.state.finish_listing(
                claim,
                _get_outcome(claim, found),
                links,
                next_pages,
                not_followed,
                follow_next=follow_next,
                claims=ListingClaims(
                    granted,
                    left if page + 1 < MAX_NEXT_PAGES else 0,
                    self.arguments.period,
                    limits.get_left(claim.site),
                ),
            )
            self._count_listings(claim.site, listed)
        self.limits.give_back(claim.site, granted - sum(one.is_article for one in listed.claims))
        requests = [self._make_request(one) for one in listed.claims]
        return requests + [self._make_request(one, page=page + 1) for one in listed.next_page_claims]

    def _count_listings(self, site: str, listed: ListingResult) -> None:
        limits = self.context.listing_limits
        self._count_claims(site, [*listed.claims, *listed.next_page_claims])
        limits.new_urls[site] += listed.new_urls
        if listed.is_limited:
            limits.reached.add(site)

    async def _select_links(
        self, claim: Claim, found: Sequence[Link], *, is_front: bool
    ) -> tuple[list[Link], list[Link], list[tuple[Link, Obstacle]]]:
        """Return the links of a listing that are followed, its next pages, and articles that are not followed."""
        site = self.sites[claim.site]
        if is_front:
            found = [*found, *await self._guess_listings(site, found)]
        divided = await run_beside(partial(self._select, claim, found), len(found))
        selected, not_followed = divided.followed, divided.not_followed
        next_pages = [link for link in selected if link.source == PAGINATION]
        articles = [link for link in selected if link.kind is LinkKind.ARTICLE]
        if not site.discovery.search or (claim.kind == LinkKind.SECTION and not is_front):
            return articles, next_pages, not_followed
        # The next page of a feed is a feed, too.
        named = [link for link in selected if link.source != PAGINATION]
        sections = [link for link in named if link.kind is LinkKind.SECTION]
        listings = [link for link in named if link.kind in {LinkKind.FEED, LinkKind.SITEMAP}]
        if claim.kind == LinkKind.SITEMAP:
            listings = self._nest(claim, listings)
        if (left := len(sections) - MAX_SECTIONS) > 0:
            self.crawler.stats.inc_value("discovery/too_many_sections", left)
            logger.warning("%s: %d of %d sections are not followed", claim.url, left, len(sections))
        followed = listings + sections[:MAX_SECTIONS] + articles
        return followed, [] if is_front else next_pages, not_followed

    def _nest(self, claim: Claim, listings: Sequence[Link]) -> list[Link]:
        """Return the children of a sitemap index with their depth, none if it is too deep itself."""
        depth = int((claim.source_metadata or {}).get("depth", 0)) + 1
        if depth > MAX_SITEMAP_DEPTH and listings:
            self.crawler.stats.inc_value("discovery/too_deep", len(listings))
            logger.warning("%s: %d sitemaps are nested too deep and not followed", claim.url, len(listings))
            return []
        # The newest come first: the others may be left to the next crawl.
        newest = sorted(listings, key=_get_rank, reverse=True)
        return [replace(link, depth=depth) for link in newest]

    def _select(self, claim: Claim, links: Iterable[Link]) -> SelectedLinks:
        site = self.sites[claim.site]
        divided = divide_by_site(links, site_url=site.url, listing_url=claim.url)
        self._report_others(claim, divided)
        return select_links(divided.own, site_url=site.url, now=datetime.now(UTC), rules=site.discovery.link_rules)

    def _report_others(self, claim: Claim, divided: DividedLinks) -> None:
        """Count and log the links of a listing that are not followed because they lead to other sites."""
        if not divided.others:
            return
        self.crawler.stats.inc_value("discovery/offsite", len(divided.others))
        hosts = Counter(get_url_host(link.url) for link in divided.others).most_common(3)
        logger.log(
            logging.INFO if divided.own else logging.WARNING,
            "%s: %d of %d links lead to other sites and are not followed (%s)",
            claim.url,
            len(divided.others),
            len(divided.own) + len(divided.others),
            ", ".join(f"{host}: {count}" for host, count in hosts),
        )

    def _make_request(self, claim: Claim, *, is_front: bool = False, page: int = 0) -> Request:
        kind = LinkKind(claim.kind)
        if kind is LinkKind.ARTICLE:
            return self.article_request(claim, priority=PRIORITY[kind])
        meta: dict[str, Any] = {"claim": claim, "is_front": is_front, "page": page}
        if is_front:
            failed = self.handle_front_page_failure
            return Request(claim.url, self.parse_front_page, priority=FRONT_PRIORITY, errback=failed, meta=meta)
        if kind is not LinkKind.SECTION:
            meta["download_maxsize"] = MAX_LISTING_SIZE
        callback = {
            LinkKind.FEED: self.parse_feed,
            LinkKind.SITEMAP: self.parse_sitemap,
            LinkKind.SECTION: self.parse_section,
        }[kind]
        return Request(claim.url, callback, priority=PRIORITY[kind], errback=self.handle_failure, meta=meta)


def _get_rank(child: Link) -> tuple[float, str]:
    """Return how early a child of a sitemap index is read: how likely it lists articles, and its date."""
    period = parse_period(child.url)
    return child.score, child.date_modified or (period.end.isoformat() if period is not None else "")


def _get_outcome(claim: Claim, found: Discovered) -> PageOutcome:
    if found.unreadable is not None:
        outcome = Outcome.ERROR if found.unreadable == TOO_COMPLEX else Outcome.NOT_ARTICLE
        return PageOutcome(outcome, found.unreadable, found.partial)
    return PageOutcome(Outcome.NOT_ARTICLE, f"{claim.kind}_partial" if found.partial else claim.kind, found.partial)
