"""The crawl state: every page is recorded before it is fetched, and each claim ends with one outcome."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from scrapy.crawler import Crawler
from scrapy.http import Response
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from newscrawl.crawling.background import run_beside
from newscrawl.crawling.exceptions import ArticleRejected, FetchDeferred, RequestRejected
from newscrawl.crawling.failures import get_unreachable_reason, outcome_for_failure
from newscrawl.crawling.responses import TRUNCATED, get_ascii_header
from newscrawl.crawling.shutdown import Shutdown
from newscrawl.dedup.comparisons import VersionComparison
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.discovery.selection import (
    TO_END_OF_DAY,
    LinkRules,
    Obstacle,
    get_source_modified_at,
    get_source_published_at,
)
from newscrawl.exceptions import StorageError
from newscrawl.items import Article, Outcome, Precision
from newscrawl.outcomes import (
    AFTER_UNTIL,
    BEFORE_SINCE,
    FURTHER_PAGE,
    REDIRECTED,
    USUAL_PATH,
    FinishReason,
    PageOutcome,
    is_of_article,
)
from newscrawl.scheduling.backoff import HostBackoff
from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.scheduling.validators import DISTRUST
from newscrawl.storage.engine import explain_failure
from newscrawl.storage.operations.articles import SaveArticle
from newscrawl.storage.operations.claims import ClaimListings, ClaimPages, ClaimPending, FollowRedirect
from newscrawl.storage.operations.duplicates import FindDuplicate
from newscrawl.storage.operations.fetch_results import FinishFetch
from newscrawl.storage.operations.hosts import RememberHost
from newscrawl.storage.operations.listings import FinishListing
from newscrawl.storage.operations.not_followed import ReconsiderLinks, make_scored_metadata
from newscrawl.storage.queries.hosts import get_host_states
from newscrawl.storage.queries.listings import list_redirect_targets, read_fruitful_listings
from newscrawl.storage.records import (
    Claim,
    ClaimResult,
    ComparisonNeeded,
    DiscoveredPage,
    DueListings,
    FetchResult,
    KnownComparison,
    ListingClaims,
    ListingResult,
    Saved,
)
from newscrawl.storage.writer import Operation, Writer
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import get_site

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

Compare = Callable[[ComparisonNeeded], Awaitable[VersionComparison]]

MAX_COMPARISONS = 3
"""Attempts to save an article with the comparison that it needs: another crawl may change the stored version."""
MAX_STATUS = 999
"""Stands for every higher HTTP status; one below zero is stored as 0."""


@dataclass(slots=True)
class _OpenClaim:
    """A claimed page that has no outcome yet, and what its response said."""

    claim: Claim
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    was_not_modified: bool = False


@dataclass(slots=True)
class CrawlCounts:
    """What the crawl has done so far, for the progress line."""

    finished: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(kind, outcome) -> pages."""
    fetched: int = 0
    """Finished pages that got an HTTP response; one that was redirected counts once."""
    pending: int = 0
    """Claimed pages without an outcome."""
    kept: Counter[str] = field(default_factory=Counter)
    """Site -> pages that turned out to be articles, or further pages of one."""


class CrawlState:
    """Reads and writes the crawl state of one crawl; CrawlStateExtension opens and closes it.

    Each method raises StorageError once the database has failed, and FetchDeferred when a shutdown interrupts it.
    """

    def __init__(self, crawler: Crawler, shutdown: Shutdown) -> None:
        self._crawler = crawler
        self._shutdown = shutdown
        self.engine: Engine | None = None
        self.writer: Writer | None = None
        self.keys = UrlKeys()
        self.crawl_id = 0
        self.is_ended = False
        """Whether the end of the crawl, and so everything it did, is written."""
        self.failure: StorageError | None = None
        """Why the database cannot be used any more."""
        self.failure_reason = FinishReason.STORAGE_FAILED
        self.counts = CrawlCounts()
        self._open: dict[int, _OpenClaim] = {}
        self._unreachable: list[tuple[Claim, FetchResult]] = []
        """Failures of pages whose hosts could not be reached. They are written when it is known who is to blame."""

    # Claiming pages

    async def claim(
        self,
        links: Sequence[Link],
        *,
        site: str | None = None,
        discovered_from: str | None = None,
        limit: int | None = None,
        force: bool = False,
        period: Period = ANY_TIME,
    ) -> list[Claim]:
        """Record *links* and claim those that are due, at most *limit*; links without a valid URL are left out.

        *site* is the name under which new pages are recorded and all of them are claimed, None for each URL's own.
        Pages that their source dates outside *period* are only recorded. *force* claims pages that are not due, too.
        """
        if not links:
            return []
        now = datetime.now(UTC)
        pages = self._get_pages(links, site, now)
        operation = ClaimPages(pages, self.crawl_id, now, discovered_from, limit, force, period)
        claimed: ClaimResult = await self.submit(operation)
        return self._opened(claimed.claims, site)

    async def reconsider_links(self, site: str, url: str, rules: LinkRules) -> None:
        """Let the crawl fetch links of *site* that were not followed, where the rules of its site file now do."""
        await self.submit(ReconsiderLinks(site, get_site(url), rules))

    async def claim_pending(
        self, site: str, *, limit: int, period: Period = ANY_TIME, force: bool = False
    ) -> list[Claim]:
        """Claim at most *limit* article pages of *site* that are pending or due, the newest first.

        *force* claims those that failed, too, whether due or not.
        """
        operation = ClaimPending(site, self.crawl_id, datetime.now(UTC), limit, period, force)
        return self._opened(await self.submit(operation))

    async def claim_listings(
        self,
        site: str,
        *,
        limit: int,
        max_total: int | None = None,
        period: Period = ANY_TIME,
        only_failed: bool = False,
        force: bool = False,
    ) -> DueListings:
        """Claim feeds, sitemaps and sections of *site* that are pending or due, at most *max_total*.

        At most *limit* of them have named no article that is stored. *only_failed*: only those that are due because
        they failed. *force* claims those that are due later, too.
        """
        now = datetime.now(UTC)
        operation = ClaimListings(site, self.crawl_id, now, limit, period, only_failed, force, max_total)
        due = await self.submit(operation)
        self._opened(due.claims)
        return due

    async def find_fruitful_listings(self, page_ids: Collection[int]) -> set[int]:
        """Return which listings were the first to name an article that is stored."""
        assert self.engine is not None
        return await asyncio.to_thread(read_fruitful_listings, self.engine, list(page_ids))

    async def find_redirect_targets(self, url: str) -> set[int]:
        """Return the ids of the pages that *url* led to when it was fetched last, one redirect after the other."""
        assert self.engine is not None
        return await asyncio.to_thread(list_redirect_targets, self.engine, self.keys.url_key(url))

    @property
    def is_open(self) -> bool:
        """Whether the database is open and has not failed."""
        return self.writer is not None and self.failure is None

    # Finishing claims

    def record_response(self, claim: Claim, response: Response) -> None:
        """Keep status and validators of *response* for the outcome of *claim*."""
        if (opened := self._open.get(claim.page_id)) is not None:
            # A server may send any number; the column holds small ones.
            opened.http_status = min(max(response.status, 0), MAX_STATUS)
            if TRUNCATED in response.flags:
                # A 304 would later keep back what was cut off.
                return
            opened.etag, opened.last_modified = (_get_validator(response, name) for name in ("ETag", "Last-Modified"))

    def record_not_modified(self, claim: Claim) -> None:
        """Remember that the host returned 304 for *claim*, which is requested again without validators."""
        if (opened := self._open.get(claim.page_id)) is not None:
            opened.was_not_modified = True

    async def finish(self, claim: Claim, outcome: PageOutcome, *, not_before: datetime | None = None) -> None:
        """Write the outcome of *claim*; does nothing if it has one already."""
        await self._finish(claim, replace(self._get_result(claim, outcome), not_before=not_before))

    async def finish_failed(self, claim: Claim, error: BaseException) -> None:
        """Write the outcome for *error*; write none if the page is left to the next crawl."""
        if isinstance(error, FetchDeferred | StorageError):
            return
        logger.debug("%s failed: %s", claim.url, error)
        result = self._get_result(claim, outcome_for_failure(error))
        is_unreachable = get_unreachable_reason(error) is not None
        if isinstance(error, RequestRejected):
            is_unreachable = error.is_unreachable
            result = replace(result, not_before=error.not_before, stays_due=error.stays_due)
        if is_unreachable:
            self._unreachable.append((claim, result))
        else:
            await self._finish(claim, result)

    async def finish_unreachable(self, *, network_down: bool = False) -> None:
        """Write the outcomes of pages whose hosts could not be reached.

        *network_down*: the network was to blame, so no failure is counted, and the next crawl fetches the pages.
        """
        waiting, self._unreachable = self._unreachable, []
        results = [(claim, replace(result, stays_due=result.stays_due or network_down)) for claim, result in waiting]
        await asyncio.gather(*(self._finish(claim, result, is_interruptible=False) for claim, result in results))

    async def finish_listing(
        self,
        claim: Claim,
        outcome: PageOutcome,
        links: Sequence[Link] = (),
        next_pages: Sequence[Link] = (),
        not_followed: Sequence[tuple[Link, Obstacle]] = (),
        *,
        follow_next: bool = False,
        claims: ListingClaims | None = None,
    ) -> ListingResult:
        """Finish a feed, sitemap or section, record its links and claim those that are due, in one transaction.

        *next_pages* are recorded and claimed only where the listing named something new, or *follow_next* says so.
        *not_followed* are recorded with their reason. *claims* says what may be claimed, None for nothing.
        """
        result = self._get_result(claim, outcome)

        def make_pages() -> tuple[list[DiscoveredPage], ...]:
            obstacles = [
                replace(page, source_metadata=make_scored_metadata(link), obstacle=obstacle)
                for link, obstacle in not_followed
                for page in self._get_pages([link], claim.site, result.at)
            ]
            return *(self._get_pages(some, claim.site, result.at) for some in (links, next_pages)), obstacles

        pages, following, obstacles = await run_beside(make_pages, len(links) + len(not_followed))
        listed = await self.submit(FinishListing(claim, result, pages, following, follow_next, claims, obstacles))
        self._closed(claim, outcome)
        self._opened([*listed.claims, *listed.next_page_claims])
        if listed.contradicts_304:
            self._crawler.stats.inc_value("conditional/contradicted")
            logger.warning(
                "%s has something new though its host returned 304: its validators are not used for %d days",
                claim.url,
                DISTRUST.days,
            )
        return listed

    async def finish_further_page(self, claim: Claim, first: Claim) -> None:
        """Finish *claim* as a further page of the article that starts on the page of *first*; it gets that article."""
        result = self._get_result(claim, FURTHER_PAGE)
        await self._finish(claim, replace(result, redirects_to=first.page_id, article_id=first.article_id))

    async def follow_redirect(
        self, claim: Claim, url: str, *, http_status: int, redirected: PageOutcome = REDIRECTED
    ) -> Claim | None:
        """Finish *claim* as redirected to *url*; return the claim of the target, or None if that is not due."""
        is_guess = (claim.source_metadata or {}).get("source") == USUAL_PATH
        link = Link(url, kind=LinkKind(claim.kind), source=USUAL_PATH if is_guess else "redirect")
        target = next(iter(self._get_pages([link], claim.site, datetime.now(UTC))), None)
        if target is None:
            await self.finish(claim, PageOutcome(Outcome.ERROR, "redirect_to_no_url"))
            return None
        result = FetchResult(redirected.outcome, redirected.reason, datetime.now(UTC), http_status=http_status)
        followed = await self.submit(FollowRedirect(claim, result, target, self.crawl_id))
        if followed.is_loop:
            await self._finish(claim, replace(result, outcome=Outcome.ERROR, reason="redirect_loop"))
            return None
        self._closed(claim, redirected)
        if followed.claim is None:
            return None
        return self._opened([replace(followed.claim, source_metadata=claim.source_metadata)], claim.site)[0]

    # Articles

    async def find_duplicate(self, article: Article) -> Saved | None:
        """Return the stored article that *article* duplicates, with the reason, or None if there is none."""
        return await self.submit(FindDuplicate(article, self._open[article.page_id or 0].claim))

    async def save(self, article: Article, compare: Compare) -> Saved:
        """Store *article* with the outcome of its claim, in one transaction.

        *compare* compares the new version with the stored one, where they differ. After MAX_COMPARISONS attempts, the
        writer does.
        Raises IntegrityError, DataError, ValueError or TypeError for an article that the database rejects, and whatever
        *compare* raises.
        """
        claim = self._open[article.page_id or 0].claim
        result = self._get_result(claim, PageOutcome(Outcome.STORED, "new"))
        operation = SaveArticle(article, claim, result, may_defer=True)
        for _ in range(MAX_COMPARISONS):
            saved = await self.submit(operation)
            if isinstance(saved, Saved):
                break
            operation = replace(operation, comparison=KnownComparison(saved.key, await compare(saved)))
        else:
            saved = await self.submit(replace(operation, may_defer=False))
        assert isinstance(saved, Saved)
        self._closed(claim, PageOutcome(saved.outcome, saved.reason))
        return saved

    async def finish_rejected(self, article: Article, rejected: ArticleRejected) -> None:
        """Write the outcome of an article that a pipeline dropped."""
        opened = self._open.get(article.page_id or 0)
        if opened is None or rejected.is_recorded:
            return
        result = replace(self._get_result(opened.claim, rejected.outcome), article_id=rejected.article_id)
        if rejected.outcome.reason in {BEFORE_SINCE, AFTER_UNTIL} and article.date_published is not None:
            result = _with_dates(result, opened.claim, article, article.date_published)
        await self._finish(opened.claim, result)

    async def finish_unsaved(self, article: Article, error: BaseException) -> None:
        """Write the outcome of an article on which a pipeline failed."""
        opened = self._open.get(article.page_id or 0)
        if opened is None or isinstance(error, FetchDeferred | StorageError):
            return
        reason = "database_error" if isinstance(error, IntegrityError | DataError) else "pipeline_failed"
        await self.finish(opened.claim, PageOutcome(Outcome.ERROR, reason))

    # Hosts

    async def get_backoffs(self) -> dict[str, HostBackoff]:
        """Return the hosts that have not answered since their last 429 or 503."""
        assert self.engine is not None
        return await asyncio.to_thread(get_host_states, self.engine)

    async def remember_host(self, host: str, backoff: HostBackoff | None) -> None:
        """Keep the backoff of *host* for the next crawls; None: it has answered again."""
        await self.submit(RememberHost(host, backoff, datetime.now(UTC)))

    # The database

    async def submit(self, operation: Operation[Result], *, is_interruptible: bool = True) -> Result:
        """Let the writer apply *operation*.

        Raises IntegrityError and DataError for values that the database rejects (for an article also ValueError
        and TypeError): the writer has tried the operation alone. Any other error ends the crawl.
        """
        if self.writer is None or not self.is_open:
            raise StorageError("the database is closed")
        try:
            with self._shutdown.interruptible() if is_interruptible else contextlib.nullcontext():
                return await asyncio.wrap_future(self.writer.submit(operation))
        except (FetchDeferred, IntegrityError, DataError):
            raise
        except Exception as error:
            if isinstance(operation, SaveArticle) and isinstance(error, ValueError | TypeError):
                raise
            raise self.fail(error) from error

    def close_writer(self, timeout: float | None = None) -> None:
        """Write what is queued and stop the writer, within *timeout* seconds."""
        if self.writer is not None:
            self.writer.close(timeout)

    def fail(self, error: Exception) -> StorageError:
        """Stop the crawl because the database failed: what cannot be recorded must not be fetched."""
        if self.failure is None:
            is_expected = isinstance(error, SQLAlchemyError | StorageError)
            self.failure = self._explain(error) if is_expected else StorageError(f"internal error: {error!r}")
            logger.critical(
                "%s; the crawl ends, the next one fetches what is pending",
                self.failure,
                exc_info=None if is_expected else error,
            )
            if self.writer is not None:
                self.writer.fail_pending()
            self.failure_reason = FinishReason.STORAGE_FAILED if is_expected else FinishReason.INTERNAL_ERROR
            self._shutdown.stop(self.failure_reason, grace=0)
        return self.failure

    def _explain(self, error: Exception) -> StorageError:
        if isinstance(error, StorageError):
            return error
        return StorageError(explain_failure(self._crawler.settings["NEWSCRAWL_DATABASE_URL"], error))

    async def _finish(self, claim: Claim, result: FetchResult, *, is_interruptible: bool = True) -> None:
        if claim.page_id not in self._open:
            return
        try:
            await self.submit(FinishFetch(claim, result), is_interruptible=is_interruptible)
        except (IntegrityError, DataError):
            logger.exception("the database rejected what the response of %s declares", claim.url)
            result = FetchResult(Outcome.ERROR, "database_error", result.at)
            await self.submit(FinishFetch(claim, result), is_interruptible=is_interruptible)
        self._closed(claim, PageOutcome(result.outcome, result.reason))

    def _get_pages(self, links: Collection[Link], site: str | None, now: datetime) -> list[DiscoveredPage]:
        """Return *links* as the crawl state records them, under *site* or each URL's own."""
        pages, invalid, first = [], 0, ""
        for link in links:
            try:
                url = self.keys.fetchable(link.url)
                key, name = self.keys.url_key(url), site or get_site(url)
            except ValueError as error:
                invalid += 1
                first = first or str(error)
                continue
            metadata = link.source_metadata() or (
                None if link.kind == LinkKind.ARTICLE else _get_listing_metadata(link)
            )
            dates = get_source_modified_at(link, now), get_source_published_at(link, now)
            pages.append(DiscoveredPage(url, key, name, str(link.kind), metadata, *dates))
        if invalid:
            logger.warning("%d of %d links cannot be fetched, the first: %s", invalid, len(links), first)
        return pages

    def _get_result(self, claim: Claim, outcome: PageOutcome) -> FetchResult:
        opened = self._open.get(claim.page_id) or _OpenClaim(claim)
        return FetchResult(
            outcome.outcome,
            outcome.reason,
            datetime.now(UTC),
            http_status=opened.http_status,
            etag=opened.etag,
            last_modified=opened.last_modified,
            detail=outcome.detail,
            was_not_modified=opened.was_not_modified,
        )

    def _opened(self, claims: Sequence[Claim], site: str | None = None) -> list[Claim]:
        named = [replace(claim, site=site) for claim in claims] if site else list(claims)
        self._open.update((claim.page_id, _OpenClaim(claim)) for claim in named)
        self.counts.pending = len(self._open)
        self._crawler.stats.inc_value("crawl_state/claimed", len(named))
        return named

    def _closed(self, claim: Claim, outcome: PageOutcome) -> None:
        opened = self._open.pop(claim.page_id, None)
        self.counts.pending = len(self._open)
        self.counts.fetched += opened is not None and opened.http_status is not None
        self.counts.finished[claim.kind, outcome.outcome.value] += 1
        self.counts.kept[claim.site] += claim.is_article and is_of_article(outcome)
        self._crawler.stats.inc_value(f"crawl_state/{outcome.outcome.value}/{outcome.reason}")


def _get_listing_metadata(link: Link) -> dict[str, object]:
    return {"source": link.source, "depth": link.depth} if link.depth else {"source": link.source}


def _with_dates(result: FetchResult, claim: Claim, article: Article, date_published: datetime) -> FetchResult:
    """Add the dates of an article outside the crawl's period, so that only a crawl of its period fetches it again."""
    is_day = article.date_published_precision is Precision.DAY
    date = date_published.date() if is_day else date_published
    published = date_published + (TO_END_OF_DAY if is_day else timedelta())
    return replace(
        result,
        source_metadata={"source": "page", **(claim.source_metadata or {}), "date_published": date.isoformat()},
        source_modified_at=max(published, article.date_modified or published),
        date_published=published,
        not_before=result.at,
    )


def _get_validator(response: Response, name: str) -> str | None:
    """Return a validator to send back later; None if it is longer than 512 bytes or has control characters."""
    value = get_ascii_header(response, name)
    return value if value and len(value) <= 512 and value.isprintable() else None
