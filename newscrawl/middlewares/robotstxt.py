"""robots.txt as RFC 9309 has it: a host that cannot say what it allows allows nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware as ScrapyRobotsTxtMiddleware
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.crawling.failures import outcome_for_failure
from newscrawl.downloader.throttling import set_min_delay
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome

logger = logging.getLogger(__name__)

READ_BYTES = 500 * 1024
"""RFC 9309, section 2.5: crawlers read at least 500 KiB."""
MAX_CRAWL_DELAY = 60.0
MAX_SITEMAPS = 500
PRODUCT = "newscrawl"
"""The product token that groups of robots.txt are matched with."""


class RobotsTxtMiddleware(ScrapyRobotsTxtMiddleware):
    """Scrapy's middleware, with 5xx and unreachable hosts disallowed, Crawl-delay kept, and reasons given."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._robotstxt_useragent = PRODUCT
        self._unavailable: dict[str, _Unavailable] = {}

    async def sitemaps(self, url: str) -> list[str]:
        """Return the URLs of the sitemaps that the robots.txt of the host of *url* names, at most MAX_SITEMAPS."""
        parser = await self.robot_parser(Request(url))
        named = parser.rp.sitemaps if parser is not None else ()  # type: ignore[attr-defined]
        return [urljoin(url, sitemap) for sitemap in islice(named, MAX_SITEMAPS)]

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return what the host allows, to each of the requests that wait for it.

        Scrapy lets them all wait for one Deferred; the first gets the parser, the others None, which allows everything.
        """
        await super().robot_parser(request)
        parser: RobotParser | None = self._parsers[urlparse_cached(request).netloc]  # type: ignore[assignment]
        return parser

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        host = urlparse_cached(request).netloc
        if (why := self._unavailable.get(host)) is not None:
            if why.page_outcome is None:
                raise FetchDeferred("the crawl is being stopped")
            message = f"{host} gives no robots.txt ({why.page_outcome.reason}), so nothing is allowed there"
            raise RequestRejected(why.page_outcome, message, not_before=why.not_before)
        if rp is not None and not rp.allowed(request.url, PRODUCT):
            self._stats.inc_value("robots/disallowed")
            raise RequestRejected(PageOutcome(Outcome.ROBOTS, "disallowed"), "disallowed by robots.txt")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unavailable[netloc] = _Unavailable(PageOutcome(Outcome.ROBOTS, "robots_unavailable"))
            logger.warning("robots.txt of %s answers %d: nothing is fetched there", netloc, response.status)
        # The body of a 404 page is no robots.txt, whatever it says.
        body = response.body[:READ_BYTES] if response.status == 200 else b""
        await super()._parse_robots(response.replace(body=body), netloc, request)
        parser = self._parsers[netloc]
        delay = parser.rp.crawl_delay(PRODUCT) if parser is not None else None  # type: ignore[union-attr]
        if delay:
            set_min_delay(self.crawler, urlparse_cached(request).hostname or "", min(float(delay), MAX_CRAWL_DELAY))

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._unavailable[netloc] = why = _reason(exc)
        if why.page_outcome is not None:
            logger.warning("%s cannot be asked for its robots.txt, so nothing is fetched there: %s", netloc, exc)
        super()._robots_error(exc, netloc)


@dataclass(frozen=True, slots=True)
class _Unavailable:
    """Why there is no robots.txt of a host."""

    page_outcome: PageOutcome | None
    """Of its pages; None: the crawl ended before it was there, and they are left to the next one."""
    not_before: datetime | None = None


def _reason(error: Exception) -> _Unavailable:
    if isinstance(error, FetchDeferred):
        return _Unavailable(None)
    if isinstance(error, RequestRejected):
        return _Unavailable(error.page_outcome, error.not_before)
    page_outcome = outcome_for_failure(error)
    unreachable = page_outcome.reason in {"dns", "connection_refused"}
    return _Unavailable(page_outcome if unreachable else PageOutcome(Outcome.ROBOTS, "robots_unavailable"))
