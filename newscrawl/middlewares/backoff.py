"""A host that answers 429 or 503 gets the rest that it asks for (RFC 9110, section 10.2.3), or a growing one."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.items import Outcome
from newscrawl.middlewares.archive import ARCHIVED
from newscrawl.middlewares.refusals import LeftAsItIs, Refused
from newscrawl.outcomes import Verdict
from newscrawl.pace import Rests

logger = logging.getLogger(__name__)

STATUSES = frozenset({429, 503})
SHORTEST_REST = 1.0
FIRST_REST = 5.0
LONGEST_REST = 24 * 3600.0
LOOK_UP = 0.5
"""Seconds after which a request that waits looks whether the crawl is being stopped."""


def retry_after(header: bytes | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, 0 to 86,400; None where it states neither form."""
    text = (header or b"").decode("ascii", "replace").strip()
    if text.isdigit():
        return min(float(text[:9]), LONGEST_REST)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return min(max((date - now).total_seconds(), 0.0), LONGEST_REST)


class BackoffMiddleware:
    """Lets hosts rest. A rest longer than the crawl is willing to wait ends the crawl of that host."""

    def __init__(self, crawler: Crawler, *, longest_wait: float) -> None:
        self.crawler = crawler
        self.rests = Rests()
        self._longest_wait = longest_wait
        self._closed_until: dict[str, datetime] = {}
        # The queue of requests is built by the scheduler, which knows nothing but the crawler.
        crawler.newscrawl_rests = self.rests  # type: ignore[attr-defined]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, longest_wait=crawler.settings.getfloat("NEWSCRAWL_BACKOFF_LONGEST_WAIT"))

    async def process_request(self, request: Request) -> None:
        host = urlparse_cached(request).hostname or ""
        if (until := self._closed_until.get(host)) is not None:
            raise self._refusal(host, until)
        await self._wait(host)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.status not in STATUSES or ARCHIVED in response.flags:
            return response
        host = urlparse_cached(request).hostname or ""
        now = datetime.now(UTC)
        tries = request.meta.get("retry_times", 0)
        asked = retry_after(response.headers.get("Retry-After"), now)
        seconds = FIRST_REST * 2**tries if asked is None else max(asked, SHORTEST_REST)
        self._stats_inc("backoff/rests")
        logger.info("%s answers %d and rests for %.0f s", host, response.status, seconds)
        if seconds > self._longest_wait:
            self._closed_until[host] = now + timedelta(seconds=seconds)
            raise self._refusal(host, self._closed_until[host])
        self.rests.rest(host, seconds)
        assert self.crawler.spider is not None
        again = get_retry_request(
            request, spider=self.crawler.spider, reason=f"http_{response.status}", give_up_log_level="DEBUG"
        )
        if again is None:
            return response
        # This request is the host's alarm clock: its return makes the engine look at the queue again.
        await self._wait(host)
        return again

    async def _wait(self, host: str) -> None:
        """Sleep until *host* has rested; a crawl that is being stopped leaves the page to the next one."""
        while left := self.rests.left(host):
            engine = self.crawler.engine
            if engine is None or not engine.running:
                raise LeftAsItIs("the crawl is being stopped")
            await asyncio.sleep(min(left, LOOK_UP))

    def _refusal(self, host: str, until: datetime) -> Refused:
        message = f"{host} asked not to be visited before {until:%Y-%m-%d %H:%M:%S} UTC"
        return Refused(Verdict(Outcome.BLOCKED, "retry_after"), message, not_before=until)

    def _stats_inc(self, key: str) -> None:
        self.crawler.stats.inc_value(key)
