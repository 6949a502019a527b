"""Backoff after 429, or 503 with Retry-After: for as long as that says (RFC 9110, 10.2.3), else exponentially.

Cooldowns are kept in the database: the next run obeys them, and lengthens them if the host asks for a pause again.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.crawling.failures import get_unreachable_reason
from newscrawl.crawling.responses import ARCHIVED, asks_to_wait
from newscrawl.crawling.slow_hosts import MAX_TIMEOUTS
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome
from newscrawl.scheduling.backoff import MAX_COOLDOWN, HostBackoff, extend_backoff, parse_retry_after
from newscrawl.text.moments import format_utc

logger = logging.getLogger(__name__)

POLL_INTERVAL = 0.5
"""Seconds after which a waiting request checks whether the crawl is shutting down."""


class BackoffMiddleware:
    """Keeps requests from hosts in cooldown. A cooldown over NEWSCRAWL_BACKOFF_MAX_WAIT ends the crawl of the host.

    A host that times out is left alone as after a 503, and given up after MAX_TIMEOUTS. Stats: `backoff/cooldowns`,
    `backoff/timeouts`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._context = CrawlContext.of(crawler)
        self._cooldowns = self._context.cooldowns
        crawler.signals.connect(self.engine_started, signal=signals.engine_started)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def engine_started(self) -> None:
        """Continue the cooldowns of earlier runs."""
        if self._context.state.is_open:
            now = datetime.now(UTC)
            for host, backoff in (await self._context.state.get_backoffs()).items():
                # A later time was written while a clock was wrong.
                if (backoff.cooldown_until - now).total_seconds() <= MAX_COOLDOWN:
                    self._cooldowns.start(host, backoff, now)

    async def process_request(self, request: Request) -> None:
        host = urlparse_cached(request).hostname or ""
        self._require_open(host)
        await self._wait(host)
        if self._context.slow_hosts.is_given_up(host):
            outcome = PageOutcome(Outcome.ERROR, "timeout")
            raise RequestRejected(outcome, f"{host} does not answer", stays_due=True, is_unreachable=True)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Back off from a host that timed out, in this crawl only: perhaps the network is to blame."""
        if get_unreachable_reason(exception) != "timeout":
            return
        host, now = urlparse_cached(request).hostname or "", datetime.now(UTC)
        if self._cooldowns.seconds_left(host):
            return
        backoff = extend_backoff(self._cooldowns.get(host), None, now)
        seconds = min((backoff.cooldown_until - now).total_seconds(), self._cooldowns.max_wait.total_seconds())
        self._context.slow_hosts.on_timeout(host)
        if self._context.slow_hosts.is_given_up(host):
            logger.warning("%s timed out %d times in a row, so this crawl asks nothing more of it", host, MAX_TIMEOUTS)
        else:
            self._crawler.stats.inc_value("backoff/timeouts")
            logger.info("%s timed out, backing off for %d s", host, seconds)
            self._cooldowns.start(host, replace(backoff, cooldown_until=now + timedelta(seconds=seconds)), now)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if ARCHIVED in response.flags:
            return response
        host = urlparse_cached(request).hostname or ""
        if not asks_to_wait(response):
            await self._note_success(host, response)
            return response
        await self._start_cooldown(host, response)
        if self._cooldowns.closed_until(host) is not None:
            if (claim := request.meta.get("claim")) is not None:
                # Tells this page from those that are not even requested.
                self._context.state.record_response(claim, response)
            self._require_open(host)
        assert self._crawler.spider is not None
        reason = f"http_{response.status}"
        retry = get_retry_request(request, spider=self._crawler.spider, reason=reason, give_up_log_level="DEBUG")
        if retry is None:
            return response
        # The return of this request makes the engine look at the host's queue again.
        await self._wait(host)
        return retry

    async def _start_cooldown(self, host: str, response: Response) -> None:
        now = datetime.now(UTC)
        asked = parse_retry_after(response.headers.get("Retry-After"), now)
        backoff = extend_backoff(self._cooldowns.get(host), asked, now)
        self._crawler.stats.inc_value("backoff/cooldowns")
        logger.info("%s returned %d, backing off until %s", host, response.status, format_utc(backoff.cooldown_until))
        self._cooldowns.start(host, backoff, now)
        await self._remember(host, backoff)

    async def _note_success(self, host: str, response: Response) -> None:
        """Forget the backoff of a host that answers after its cooldown; answers from before mean nothing."""
        backoff = self._cooldowns.get(host)
        if backoff is not None and response.status < 500 and backoff.cooldown_until <= datetime.now(UTC):
            self._cooldowns.clear(host)
            await self._remember(host, None)

    async def _remember(self, host: str, backoff: HostBackoff | None) -> None:
        # `scrapy inspect` fetches a page without a database.
        if self._context.state.is_open:
            await self._context.state.remember_host(host, backoff)

    async def _wait(self, host: str) -> None:
        """Sleep until the cooldown of *host* is over. Raises FetchDeferred when the crawl shuts down meanwhile."""
        while left := self._cooldowns.seconds_left(host):
            if self._context.shutdown.stopping:
                raise FetchDeferred("the crawl is shutting down")
            await asyncio.sleep(min(left, POLL_INTERVAL))

    def _require_open(self, host: str) -> None:
        until = self._cooldowns.closed_until(host)
        if until is not None:
            message = f"{host} asked not to be fetched before {format_utc(until)}"
            raise RequestRejected(PageOutcome(Outcome.BLOCKED, "retry_after"), message, not_before=until)
