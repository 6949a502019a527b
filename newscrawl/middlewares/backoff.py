"""A host that answers 429 or 503 gets the rest that it asks for (RFC 9110, section 10.2.3), or a growing one.

Rests are kept in the database: the next run keeps them, too, and goes on with longer ones where the host still refuses.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.exceptions import LeftAsItIs, Refused
from newscrawl.downloader.throttling import Rests
from newscrawl.extensions.crawl_state import LedgerExtension
from newscrawl.extensions.shutdown import StopExtension
from newscrawl.items import Outcome
from newscrawl.middlewares.archive import ARCHIVED
from newscrawl.outcomes import Verdict
from newscrawl.storage.records import HostState

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


def refused(state: HostState | None, asked: float | None, now: datetime) -> HostState:
    """Return the state of a host that refuses once more and asks for *asked* seconds, None where it says nothing.

    Then its rests double: 5, 10, 20 … seconds up to a day. An answer that was under way when its rest began is no
    further refusal, and makes the rest longer only where it says so.
    """
    if state is not None and state.rest_until > now:
        return HostState(max(state.rest_until, _rested(asked or 0.0, now)), state.refusals, state.refused_since)
    refusals = state.refusals + 1 if state is not None else 1
    seconds = FIRST_REST * 2.0 ** min(refusals - 1, 20) if asked is None else max(asked, SHORTEST_REST)
    return HostState(_rested(seconds, now), refusals, state.refused_since if state is not None else now)


def _rested(seconds: float, now: datetime) -> datetime:
    return now + timedelta(seconds=min(seconds, LONGEST_REST))


class BackoffMiddleware:
    """Lets hosts rest. A rest longer than the crawl is willing to wait ends the crawl of that host."""

    def __init__(self, crawler: Crawler, *, longest_wait: float) -> None:
        self.crawler = crawler
        self.rests = Rests()
        self._longest_wait = longest_wait
        self.refusing: dict[str, HostState] = {}
        """The hosts that have not answered since they asked for a rest, in this run or an earlier one."""
        self._closed_until: dict[str, datetime] = {}
        # The queue of requests is built by the scheduler, which knows nothing but the crawler.
        crawler.newscrawl_rests = self.rests  # type: ignore[attr-defined]
        crawler.signals.connect(self.engine_started, signal=signals.engine_started)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, longest_wait=crawler.settings.getfloat("NEWSCRAWL_BACKOFF_LONGEST_WAIT"))

    async def engine_started(self) -> None:
        """Keep the rests that earlier runs were asked for."""
        ledger = self.crawler.get_extension(LedgerExtension)
        if ledger is None or ledger.failure is not None:
            return
        self.refusing = await ledger.refusing_hosts()
        now = datetime.now(UTC)
        for host, state in self.refusing.items():
            if state.rest_until > now:
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
        state = refused(self.refusing.get(host), retry_after(response.headers.get("Retry-After"), now), now)
        self.crawler.stats.inc_value("backoff/rests")
        logger.info("%s answers %d and rests until %s", host, response.status, _shown(state.rest_until))
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
    def _stop(self) -> StopExtension | None:
        return self.crawler.get_extension(StopExtension)

    def _rest(self, host: str, state: HostState, now: datetime) -> None:
        seconds = (state.rest_until - now).total_seconds()
        if seconds > self._longest_wait:
            self._closed_until[host] = state.rest_until
        else:
            self.rests.rest(host, seconds)

    async def _note_answer(self, host: str, response: Response) -> None:
        """Forget the refusals of a host that answers after its rest; answers from before mean nothing."""
        state = self.refusing.get(host)
        if state is not None and response.status < 500 and state.rest_until <= datetime.now(UTC):
            await self._remember(host, None)

    def _note_refusal(self, request: Request, response: Response) -> None:
        """Let the ledger tell the page that was answered so from those that are not even asked for."""
        ledger, visit = self.crawler.get_extension(LedgerExtension), request.meta.get("visit")
        if ledger is not None and visit is not None:
            ledger.note_answer(visit, response)

    async def _remember(self, host: str, state: HostState | None) -> None:
        if state is None:
            del self.refusing[host]
        else:
            self.refusing[host] = state
        ledger = self.crawler.get_extension(LedgerExtension)
        if ledger is not None:
            await ledger.remember_host(host, state)

    async def _wait(self, host: str) -> None:
        """Sleep until *host* has rested; a crawl that is being stopped leaves the page to the next one."""
        while left := self.rests.left(host):
            if self._stop is not None and self._stop.stopping:
                raise LeftAsItIs("the crawl is being stopped")
            await asyncio.sleep(min(left, LOOK_UP))

    def _refusal(self, host: str, until: datetime) -> Refused:
        message = f"{host} asked not to be visited before {_shown(until)}"
        return Refused(Verdict(Outcome.BLOCKED, "retry_after"), message, not_before=until)


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
