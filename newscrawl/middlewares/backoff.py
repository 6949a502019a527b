"""A host that answers 429 or 503 gets the rest that it asks for (RFC 9110, section 10.2.3), or a growing one.

Rests are kept in the database: the next run keeps them, too, and goes on with longer ones where the host still refuses.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.downloader.throttling import HostCooldowns
from newscrawl.extensions.crawl_state import CrawlStateExtension
from newscrawl.extensions.shutdown import ShutdownExtension
from newscrawl.items import Outcome
from newscrawl.middlewares.archive import ARCHIVED
from newscrawl.outcomes import PageOutcome
from newscrawl.scheduling.backoff import HostBackoff, extend_backoff, parse_retry_after

logger = logging.getLogger(__name__)

STATUSES = frozenset({429, 503})
POLL_INTERVAL = 0.5
"""Seconds after which a request that waits looks whether the crawl is being stopped."""


class BackoffMiddleware:
    """Lets hosts rest. A rest longer than the crawl is willing to wait ends the crawl of that host."""

    def __init__(self, crawler: Crawler, *, longest_wait: float) -> None:
        self.crawler = crawler
        self.rests = HostCooldowns()
        self._longest_wait = longest_wait
        self.refusing: dict[str, HostBackoff] = {}
        """The hosts that have not answered since they asked for a rest, in this run or an earlier one."""
        self._closed_until: dict[str, datetime] = {}
        # The queue of requests is built by the scheduler, which knows nothing but the crawler.
        crawler.newscrawl_rests = self.rests  # type: ignore[attr-defined]
        crawler.signals.connect(self.engine_started, signal=signals.engine_started)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, longest_wait=crawler.settings.getfloat("NEWSCRAWL_BACKOFF_MAX_WAIT"))

    async def engine_started(self) -> None:
        """Keep the rests that earlier runs were asked for."""
        ledger = self.crawler.get_extension(CrawlStateExtension)
        if ledger is None or ledger.failure is not None:
            return
        self.refusing = await ledger.refusing_hosts()
        now = datetime.now(UTC)
        for host, state in self.refusing.items():
            if state.cooldown_until > now:
                self._rest(host, state, now)

    def closed_until(self, host: str) -> datetime | None:
        """Return until when *host* is left alone, where that is longer than this crawl waits."""
        return self._closed_until.get(host)

    async def process_request(self, request: Request) -> None:
        host = urlparse_cached(request).hostname or ""
        if (until := self._closed_until.get(host)) is not None:
            raise self._refusal(host, until)
        await self._wait(host)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if ARCHIVED in response.flags:
            return response
        host = urlparse_cached(request).hostname or ""
        if response.status not in STATUSES:
            await self._note_answer(host, response)
            return response
        now = datetime.now(UTC)
        state = extend_backoff(
            self.refusing.get(host), parse_retry_after(response.headers.get("Retry-After"), now), now
        )
        self.crawler.stats.inc_value("backoff/rests")
        logger.info("%s answers %d and rests until %s", host, response.status, _shown(state.cooldown_until))
        self._rest(host, state, now)
        await self._remember(host, state)
        if (until := self._closed_until.get(host)) is not None:
            self._note_refusal(request, response)
            raise self._refusal(host, until)
        assert self.crawler.spider is not None
        again = get_retry_request(
            request, spider=self.crawler.spider, reason=f"http_{response.status}", give_up_log_level="DEBUG"
        )
        if again is None:
            return response
        # This request is the host's alarm clock: its return makes the engine look at the queue again.
        await self._wait(host)
        return again

    @property
    def _stop(self) -> ShutdownExtension | None:
        return self.crawler.get_extension(ShutdownExtension)

    def _rest(self, host: str, state: HostBackoff, now: datetime) -> None:
        seconds = (state.cooldown_until - now).total_seconds()
        if seconds > self._longest_wait:
            self._closed_until[host] = state.cooldown_until
        else:
            self.rests.rest(host, seconds)

    async def _note_answer(self, host: str, response: Response) -> None:
        """Forget the backoff_count of a host that answers after its rest; answers from before mean nothing."""
        state = self.refusing.get(host)
        if state is not None and response.status < 500 and state.cooldown_until <= datetime.now(UTC):
            await self._remember(host, None)

    def _note_refusal(self, request: Request, response: Response) -> None:
        """Let the ledger tell the page that was answered so from those that are not even asked for."""
        ledger, claim = self.crawler.get_extension(CrawlStateExtension), request.meta.get("claim")
        if ledger is not None and claim is not None:
            ledger.record_response(claim, response)

    async def _remember(self, host: str, state: HostBackoff | None) -> None:
        if state is None:
            del self.refusing[host]
        else:
            self.refusing[host] = state
        ledger = self.crawler.get_extension(CrawlStateExtension)
        if ledger is not None:
            await ledger.remember_host(host, state)

    async def _wait(self, host: str) -> None:
        """Sleep until *host* has rested; a crawl that is being stopped leaves the page to the next one."""
        while left := self.rests.left(host):
            if self._stop is not None and self._stop.stopping:
                raise FetchDeferred("the crawl is being stopped")
            await asyncio.sleep(min(left, POLL_INTERVAL))

    def _refusal(self, host: str, until: datetime) -> RequestRejected:
        message = f"{host} asked not to be visited before {_shown(until)}"
        return RequestRejected(PageOutcome(Outcome.BLOCKED, "retry_after"), message, not_before=until)


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
