"""robots.txt (RFC 9309): all of a host is disallowed while its robots.txt is unreachable or a server error."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware as ScrapyRobotsTxtMiddleware
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.crawling.failures import describe_failure, get_unreachable_reason, outcome_for_failure
from newscrawl.discovery.robotstxt import fix_robotstxt
from newscrawl.downloader.throttling import set_min_delay
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome
from newscrawl.urls.addresses import FORBIDDEN_ADDRESS, FORBIDDEN_PORT
from newscrawl.urls.normalize import fetchable
from newscrawl.urls.parse import join, split_any

logger = logging.getLogger(__name__)

READ_BYTES = 500 * 1024
"""RFC 9309, section 2.5: crawlers read at least 500 KiB."""
MAX_CRAWL_DELAY = 60.0
MAX_SITEMAPS = 500
PRODUCT_TOKEN = "newscrawl"
"""Which group of robots.txt applies."""
_UNAVAILABLE = PageOutcome(Outcome.ROBOTS, "robots_unavailable")


class RobotsTxtMiddleware(ScrapyRobotsTxtMiddleware):
    """Scrapy's middleware, which also obeys Crawl-delay and disallows everything on 5xx, 429 and unreachable hosts.

    Stat: `robotstxt/disallowed`.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._robotstxt_useragent = PRODUCT_TOKEN
        self._unavailable: dict[str, _Unavailable] = {}
        CrawlContext.of(crawler).robotstxt = self

    async def get_sitemaps(self, url: str) -> list[str]:
        """Return the sitemap URLs of the robots.txt that applies to *url*, at most MAX_SITEMAPS."""
        parser = await self.robot_parser(Request(url))
        named = list(parser.rp.sitemaps) if parser is not None else []  # type: ignore[attr-defined]
        if len(named) > MAX_SITEMAPS:
            logger.warning("robots.txt of %s names %d sitemaps; the first %d are read", url, len(named), MAX_SITEMAPS)
        return list(_join_valid(url, named[:MAX_SITEMAPS]))

    def is_unavailable(self, url: str) -> bool:
        """Return whether nothing of the host of *url* is fetched, because its robots.txt could not be."""
        return split_any(url).netloc in self._unavailable

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the parser of the host's robots.txt.

        Scrapy lets concurrent requests wait for one Deferred: the first gets the parser and the others None, which
        would allow everything.
        """
        await super().robot_parser(request)
        parser: RobotParser | None = self._parsers[urlparse_cached(request).netloc]  # type: ignore[assignment]
        return parser

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        host = urlparse_cached(request).netloc
        if (unavailable := self._unavailable.get(host)) is not None:
            if unavailable.outcome is None:
                raise FetchDeferred("the crawl is shutting down")
            message = f"robots.txt of {host} is unavailable ({unavailable.outcome.reason}), so nothing is allowed there"
            raise RequestRejected(
                unavailable.outcome,
                message,
                not_before=unavailable.not_before,
                # The next crawl asks for robots.txt first, and for the page only if that allows it.
                stays_due=unavailable.stays_due,
                is_unreachable=unavailable.is_unreachable,
            )
        if rp is not None and not rp.allowed(request.url, PRODUCT_TOKEN):
            self._stats.inc_value("robotstxt/disallowed")
            raise RequestRejected(PageOutcome(Outcome.ROBOTS, "disallowed"), "disallowed by robots.txt")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unavailable[netloc] = _Unavailable(_UNAVAILABLE, stays_due=True)
            logger.warning("robots.txt of %s returned %d, so nothing is fetched there", netloc, response.status)
        # The body of an error page is not a robots.txt, whatever it says.
        body = response.body[:READ_BYTES] if response.status == 200 else b""
        if len(body) < len(response.body) and response.status == 200:
            logger.warning("robots.txt of %s has more than %d bytes; the rest is ignored", netloc, READ_BYTES)
        body = fix_robotstxt(body, request.url, PRODUCT_TOKEN)
        await super()._parse_robots(response.replace(body=body), netloc, request)
        parser = self._parsers[netloc]
        delay = parser.rp.crawl_delay(PRODUCT_TOKEN) if parser is not None else None  # type: ignore[union-attr]
        if delay:
            set_min_delay(self.crawler, urlparse_cached(request).hostname or "", min(float(delay), MAX_CRAWL_DELAY))

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._unavailable[netloc] = unavailable = _explain(exc)
        if unavailable.outcome is not None:
            reason = describe_failure(exc)
            logger.warning("robots.txt of %s could not be fetched, so nothing is fetched there: %s", netloc, reason)
        super()._robots_error(exc, netloc)


def _join_valid(base: str, urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        try:
            yield fetchable(join(base, url))
        except ValueError as error:
            logger.warning("robots.txt of %s names an invalid sitemap URL, %s: %s", base, url, error)


@dataclass(frozen=True, slots=True)
class _Unavailable:
    """Why a host has no robots.txt."""

    outcome: PageOutcome | None
    """The outcome of its pages; None if the crawl ended first, and they stay pending."""
    not_before: datetime | None = None
    is_unreachable: bool = False
    stays_due: bool = False
    """Whether the next crawl asks again at once: the host may be better then."""


def _explain(error: Exception) -> _Unavailable:
    if isinstance(error, FetchDeferred):
        return _Unavailable(None)
    if isinstance(error, RequestRejected):
        is_final = error.not_before is not None or error.outcome.reason in (FORBIDDEN_ADDRESS, FORBIDDEN_PORT)
        return _Unavailable(error.outcome, error.not_before, stays_due=not is_final)
    reason = get_unreachable_reason(error)
    is_known = reason is not None and reason != "timeout"
    outcome = outcome_for_failure(error) if is_known else _UNAVAILABLE
    return _Unavailable(outcome, is_unreachable=reason is not None, stays_due=True)
