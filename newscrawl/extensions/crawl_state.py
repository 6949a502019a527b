"""The crawl's hand on the database: pages are recorded before they are fetched, and end with one outcome."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.discovery.selection import TO_ITS_END, stated_date, stated_published
from newscrawl.evidence import EXTRACTOR_VERSION
from newscrawl.exceptions import NewscrawlError, StorageError
from newscrawl.extensions.shutdown import ShutdownExtension
from newscrawl.items import Article, Outcome, Precision
from newscrawl.outcomes import AFTER_UNTIL, BEFORE_SINCE, CloseReason, PageOutcome
from newscrawl.scheduling.backoff import HostBackoff
from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.storage.engine import explain_failure, open_engine
from newscrawl.storage.operations.articles import SaveArticle
from newscrawl.storage.operations.claims import ClaimListings, ClaimPages, ClaimPending, FinishListing, FollowRedirect
from newscrawl.storage.operations.crawls import EndCrawl, StartCrawl
from newscrawl.storage.operations.fetch_results import FinishFetch
from newscrawl.storage.operations.hosts import RememberHost
from newscrawl.storage.operations.rekeying import RebuildKeys
from newscrawl.storage.queries.crawls import refusing_hosts
from newscrawl.storage.records import (
    Claim,
    ClaimResult,
    DiscoveredPage,
    FetchResult,
    Saved,
)
from newscrawl.storage.upgrade import require_current
from newscrawl.storage.writer import Operation, Writer
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import NORMALIZER_VERSION, get_site

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

STORAGE_FAILED = CloseReason.STORAGE_FAILED
"""The close reason of a crawl whose database went away."""
LAST_WRITE = 2.0
"""Seconds that a crawl which is being stopped waits for its last line to be written."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an outcome tells of the answer that brought it."""

    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None


_NO_ANSWER = _Answer()


class CrawlStateExtension:
    """Opens the database with the spider, closes it after the last outcome is written."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.engine: Engine | None = None
        self.crawl_id = 0
        self.ended = False
        """Whether the end of the crawl is written, and so all that it did."""
        self.failure: StorageError | None = None
        """What ended the crawl when the database did."""
        self.counts: Counter[tuple[str, str]] = Counter()
        """(kind, outcome) -> pages finished so far."""
        self.keys = UrlKeys()
        """What pages are recognised by; of the crawl's scope, which has read the site files."""
        self._writer: Writer | None = None
        self._open: dict[int, Claim] = {}
        self._answers: dict[int, _Answer] = {}
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(self.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(self.item_error, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def spider_opened(self, spider: Spider) -> None:
        try:
            self.engine = open_engine(self.crawler.settings["NEWSCRAWL_DATABASE_URL"])
            require_current(self.engine)
        except NewscrawlError as error:
            logger.critical("%s", error)
            self.failure = StorageError(str(error))
            raise CloseSpider(STORAGE_FAILED) from error
        self.keys = spider.scope.keys  # type: ignore[attr-defined]
        self._writer = Writer(self.engine)
        domains = getattr(spider.scope, "domains", None)  # type: ignore[attr-defined]
        remade = await self._submit(RebuildKeys(self.keys, datetime.now(UTC), domains))
        if remade.pages:
            logger.info(
                "the rules of a site changed: %d pages have another key, %d pages and %d articles became others",
                remade.pages,
                remade.merged_pages,
                remade.merged_articles,
            )
        start = StartCrawl(
            spider.name, getattr(spider, "arguments", {}), datetime.now(UTC), EXTRACTOR_VERSION, NORMALIZER_VERSION
        )
        self.crawl_id = await self._submit(start)

    async def spider_closed(self, reason: str) -> None:
        if self._writer is None:
            return
        end = EndCrawl(self.crawl_id, reason, datetime.now(UTC))
        try:
            # A crawl that is being stopped does not wait for a database that another program has locked.
            await asyncio.wait_for(self._submit(end), LAST_WRITE if self._stop.stopping else None)
            self.ended = True
        except (StorageError, FetchDeferred, TimeoutError):
            logger.critical("the end of crawl %d could not be written", self.crawl_id)
            self.failure = self.failure or StorageError("the database did not answer before the crawl had to end")
        self._writer.close(LAST_WRITE if self.failure else None)

    async def refusing_hosts(self) -> dict[str, HostBackoff]:
        """Return the hosts that asked for a rest and have not answered since."""
        assert self.engine is not None
        return await asyncio.to_thread(refusing_hosts, self.engine)

    async def remember_host(self, host: str, state: HostBackoff | None) -> None:
        """Keep for the next crawls how *host* refuses us; None: it does no more."""
        await self._submit(RememberHost(host, state, datetime.now(UTC)))

    @property
    def pending(self) -> int:
        """How many pages are taken up and not finished."""
        return len(self._open)

    def is_open(self, claim: Claim) -> bool:
        """Tell whether *visit* still waits for its outcome."""
        return claim.page_id in self._open

    async def take(
        self,
        links: Sequence[Link],
        *,
        site: str | None = None,
        discovered_from: str | None = None,
        limit: int | None = None,
        force: bool = False,
        period: Period = ANY_TIME,
    ) -> ClaimResult:
        """Record *links* and take up those that are due, at most *limit*. URLs that are none are left out.

        *site* is the name under which new pages are kept and all are visited, those that were recorded under another
        name, too; None: each URL's own. What its source dates outside of *period* is recorded only.
        """
        if not links:
            return ClaimResult([])
        now = datetime.now(UTC)
        seen = self._seen_pages(links, site, now)
        operation = ClaimPages(seen, self.crawl_id, now, discovered_from, limit, force, period)
        taken = await self._submit(operation)
        claims = [replace(claim, site=site) for claim in taken.claims] if site else taken.claims
        return replace(taken, claims=self._opened(claims))

    async def claim_pending(self, site: str, *, limit: int, period: Period = ANY_TIME) -> list[Claim]:
        """Take up at most *limit* articles of *site* that were discovered and not finished, or are due."""
        return self._opened(await self._submit(ClaimPending(site, self.crawl_id, datetime.now(UTC), limit, period)))

    async def claim_listings(self, site: str, *, limit: int, period: Period = ANY_TIME) -> list[Claim]:
        """Take up at most *limit* feeds, sitemaps and sections of *site* that are due, or were not finished."""
        return self._opened(await self._submit(ClaimListings(site, self.crawl_id, datetime.now(UTC), limit, period)))

    async def finish_listing(
        self,
        claim: Claim,
        page_outcome: PageOutcome,
        links: Sequence[Link],
        next_pages: Sequence[Link] = (),
        *,
        turn: bool = False,
    ) -> int:
        """End the visit of a feed, sitemap or section; return how many articles it named that are new.

        Its links are in the ledger from then on; *next_pages* only when something was new or *turn* says so.
        """
        result = self._ending(claim, page_outcome.outcome, page_outcome.reason, None)
        seen, turns = (self._seen_pages(some, claim.site, result.at) for some in (links, next_pages))
        listed = await self._submit(FinishListing(claim, result, seen, turns, turn))
        self._closed(claim, page_outcome.outcome, page_outcome.reason)
        return listed.new

    async def follow(self, claim: Claim, url: str, *, http_status: int) -> Claim | None:
        """End *visit* as redirected to *url*; return the target's visit, None where it is not to be fetched."""
        link = Link(url, kind=claim.kind, source="redirect")  # type: ignore[arg-type]
        target = next(iter(self._seen_pages([link], claim.site, datetime.now(UTC))), None)
        if target is None:
            await self.finish(claim, PageOutcome(Outcome.ERROR, "redirect_to_no_url"))
            return None
        result = FetchResult(Outcome.DUPLICATE, "redirect", datetime.now(UTC), http_status=http_status)
        followed = await self._submit(FollowRedirect(claim, result, target, self.crawl_id))
        if followed.in_a_circle:
            await self._finish(claim, replace(result, outcome=Outcome.ERROR, reason="redirect_loop"))
            return None
        self._closed(claim, result.outcome, result.reason)
        if followed.claim is None:
            return None
        return self._opened([replace(followed.claim, site=claim.site, source_metadata=claim.source_metadata)])[0]

    def record_response(self, claim: Claim, response: Response) -> None:
        """Keep status and validators of an answer for the outcome that its article will bring."""
        etag, last_modified = (_header(response, name) for name in ("ETag", "Last-Modified"))
        self._answers[claim.page_id] = _Answer(response.status, etag, last_modified)

    async def finish(self, claim: Claim, page_outcome: PageOutcome, *, not_before: datetime | None = None) -> None:
        """Write the outcome of a visit."""
        await self._finish(claim, self._ending(claim, page_outcome.outcome, page_outcome.reason, not_before))

    async def _finish(self, claim: Claim, result: FetchResult) -> None:
        if not self.is_open(claim):
            return
        await self._submit(FinishFetch(claim, result))
        self._closed(claim, result.outcome, result.reason)

    async def save(self, article: Article) -> Saved:
        """Store an article with the outcome of the visit that brought it, in one transaction.

        Raises IntegrityError or DataError for an article that the database refuses.
        """
        claim = self._open[article.page_id or 0]
        result = self._ending(claim, Outcome.STORED, "new", None)
        saved = await self._submit(SaveArticle(article, claim, result))
        self._closed(claim, saved.outcome, saved.reason)
        return saved

    async def item_dropped(self, item: Any, exception: Exception) -> None:
        page_outcome = getattr(exception, "page_outcome", PageOutcome(Outcome.ERROR, "dropped_by_pipeline"))
        await self._end_item(item, page_outcome)

    async def item_error(self, item: Any, failure: Any) -> None:
        if isinstance(failure.value, StorageError | FetchDeferred):
            return
        refused = isinstance(failure.value, IntegrityError | DataError)
        await self._end_item(item, PageOutcome(Outcome.ERROR, "database_error" if refused else "pipeline_failed"))

    async def _end_item(self, item: Any, page_outcome: PageOutcome) -> None:
        claim = self._open.get(item.page_id or 0) if isinstance(item, Article) else None
        if claim is None:
            return
        if page_outcome.reason in {BEFORE_SINCE, AFTER_UNTIL} and item.date_published is not None:
            # Not of the time that this crawl is about; with its date known, only a crawl that is about it asks again.
            is_day = item.date_published_precision is Precision.DAY
            date = item.date_published.date() if is_day else item.date_published
            source_metadata = {"source": "page", **(claim.source_metadata or {}), "date_published": date.isoformat()}
            published = item.date_published + (TO_ITS_END if is_day else timedelta())
            newest = max(published, item.date_modified or published)
            result = self._ending(claim, page_outcome.outcome, page_outcome.reason, datetime.now(UTC))
            await self._finish(
                claim,
                replace(result, source_metadata=source_metadata, source_modified_at=newest, date_published=published),
            )
        else:
            await self.finish(claim, page_outcome)

    def _seen_pages(self, links: Iterable[Link], site: str | None, now: datetime) -> list[DiscoveredPage]:
        """Return links as the ledger keeps them, under *site* or each URL's own; URLs that are none are left out."""
        pages = []
        for link in links:
            try:
                url = self.keys.fetchable(link.url)
                key, name = self.keys.url_key(url), site or get_site(url)
            except ValueError:
                continue
            source_metadata = link.source_metadata() or (
                None if link.kind == LinkKind.ARTICLE else {"source": link.source}
            )
            dates = stated_date(link, now), stated_published(link, now)
            pages.append(DiscoveredPage(url, key, name, str(link.kind), source_metadata, *dates))
        return pages

    def _ending(self, claim: Claim, outcome: Outcome, reason: str, not_before: datetime | None) -> FetchResult:
        answer = self._answers.get(claim.page_id, _NO_ANSWER)
        return FetchResult(
            outcome,
            reason,
            datetime.now(UTC),
            http_status=answer.status,
            etag=answer.etag,
            last_modified=answer.last_modified,
            not_before=not_before,
        )

    def _opened(self, claims: list[Claim]) -> list[Claim]:
        self._open.update((claim.page_id, claim) for claim in claims)
        self.crawler.stats.inc_value("ledger/taken", len(claims))
        return claims

    def _closed(self, claim: Claim, outcome: Outcome, reason: str) -> None:
        self._open.pop(claim.page_id, None)
        self._answers.pop(claim.page_id, None)
        self.counts[claim.kind, outcome.value] += 1
        self.crawler.stats.inc_value(f"ledger/{outcome.value}/{reason}")

    async def _submit(self, operation: Operation[Result]) -> Result:
        if self._writer is None or self.failure is not None:
            raise StorageError("the database is closed")
        try:
            with self._stop.interruptible():
                return await asyncio.wrap_future(self._writer.submit(operation))
        except (IntegrityError, DataError):
            raise
        except (SQLAlchemyError, StorageError) as error:
            raise self._fail(error) from error

    def _fail(self, error: Exception) -> StorageError:
        """Stop fetching at once: what cannot be recorded must not be fetched."""
        if self.failure is None:
            url = self.crawler.settings["NEWSCRAWL_DATABASE_URL"]
            self.failure = error if isinstance(error, StorageError) else StorageError(explain_failure(url, error))
            logger.critical("%s. The crawl ends; the next one takes up what is unfinished", self.failure)
            if self._writer is not None:
                self._writer.fail_pending()
            self._stop.stop(STORAGE_FAILED, grace=0)
        return self.failure

    @property
    def _stop(self) -> ShutdownExtension:
        stop = self.crawler.get_extension(ShutdownExtension)
        assert stop is not None
        return stop


def _header(response: Response, name: str) -> str | None:
    """Return a header as text; what is no ASCII or over 512 bytes is not worth sending back."""
    value = response.headers.get(name)
    return value.decode("ascii") if value and value.isascii() and len(value) <= 512 else None
