"""Claiming pages: a page is recorded before it is fetched, and each crawl fetches it at most once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func

from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.operations.fetch_results import write_results
from newscrawl.storage.operations.page_rows import PageRows, drop_repeated
from newscrawl.storage.queries.frontier import (
    has_failed,
    may_be_within,
    select_due_listings,
    select_pending_articles,
)
from newscrawl.storage.queries.listings import find_fruitful_listings
from newscrawl.storage.records import Claim, ClaimResult, DiscoveredPage, DueListings, FetchResult
from newscrawl.storage.schema import pages

MAX_DUE_LISTINGS = 50_000
"""Listings of a site that are looked at, the oldest ones: a site may name millions."""


@dataclass(frozen=True, slots=True)
class ClaimPages(SingleOperation[ClaimResult]):
    """Record pages and claim those that are due, in the order given, up to *limit*. Result: ClaimResult."""

    pages: Sequence[DiscoveredPage]
    crawl_id: int
    now: datetime
    discovered_from: str | None = None
    limit: int | None = None
    force: bool = False
    """Claim pages that are not due, too, and fetch them without validators."""
    period: Period = ANY_TIME
    """Pages dated outside are recorded only."""

    def apply(self, connection: Connection) -> ClaimResult:
        rows = PageRows(connection, self.crawl_id, self.now)
        found = drop_repeated(self.pages)
        states = rows.record(found, self.discovered_from)
        due = (
            page.url_key
            for page in found
            if may_be_within(self.period, page)
            and rows.is_due(states.get(page.url_key), force=self.force, source_modified_at=page.source_modified_at)
        )
        claims = rows.claim(list(islice(due, self.limit)), force=self.force)
        return ClaimResult(claims, new=len(found) - len(states))


@dataclass(frozen=True, slots=True)
class ClaimPending(SingleOperation[list[Claim]]):
    """Claim articles of a site that are pending or due. Result: list of Claim.

    Newest first; undated ones last, in the order of their discovery. Articles that their source dates outside of
    *period* stay pending for a crawl of another period.
    """

    site: str
    crawl_id: int
    now: datetime
    limit: int
    period: Period = ANY_TIME
    force: bool = False
    """Claim what failed, whether due or not."""

    def apply(self, connection: Connection) -> list[Claim]:
        query = select_pending_articles(self.site, self.now, self.period, force=self.force)
        rows = connection.execute(query.where(_is_unclaimed(self.crawl_id)).limit(self.limit)).all()
        return PageRows(connection, self.crawl_id, self.now).claim_rows(rows)


@dataclass(frozen=True, slots=True)
class ClaimListings(SingleOperation[DueListings]):
    """Claim feeds, sitemaps and sections of a site that are pending or due. Result: DueListings.

    Those that were the first to name an article that is stored do not count towards *limit*, only to *max_total*.
    """

    site: str
    crawl_id: int
    now: datetime
    limit: int
    period: Period = ANY_TIME
    only_failed: bool = False
    """Claim only those that failed."""
    force: bool = False
    """Claim those that are due later, too, and fetch all of them without validators."""
    max_total: int | None = None
    """None: *limit* is the limit of all."""

    def apply(self, connection: Connection) -> DueListings:
        query = select_due_listings(self.site, self.now, force=self.force).where(_is_unclaimed(self.crawl_id))
        if self.only_failed:
            query = query.where(has_failed)
        rows = connection.execute(query.limit(MAX_DUE_LISTINGS)).all()
        wanted = [row for row in rows if may_be_within(self.period, row)]
        chosen = self._choose(connection, wanted)
        claims = PageRows(connection, self.crawl_id, self.now).claim_rows(chosen, force=self.force)
        return DueListings(claims, has_more=len(chosen) < len(wanted))

    def _choose(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Return those of *rows* that are within both limits."""
        if self.max_total is None or len(rows) <= min(self.limit, self.max_total):
            return self._share(rows, self.limit)
        fruitful = find_fruitful_listings(connection, [row.id for row in rows if row.fetched_at is not None])
        proved = [row for row in rows if row.id in fruitful][: self.max_total]
        others = [row for row in rows if row.id not in fruitful]
        return proved + self._share(others, min(self.limit, self.max_total - len(proved)))

    @staticmethod
    def _share(rows: Sequence[Row[Any]], limit: int) -> list[Row[Any]]:
        """Return at most *limit* of *rows*, half of them new ones where there are too many of both.

        The listings that a site has had for long go on being read, however many new ones it names.
        """
        if len(rows) <= limit:
            return list(rows)
        known = [row for row in rows if row.fetched_at is not None]
        new = [row for row in rows if row.fetched_at is None]
        chosen = new[: max(limit - len(known), limit // 2)]
        return known[: limit - len(chosen)] + chosen


@dataclass(frozen=True, slots=True)
class RedirectResult:
    """Where a redirect leads."""

    claim: Claim | None
    """Of the target; None if it is not due."""
    is_loop: bool = False


@dataclass(frozen=True, slots=True)
class FollowRedirect(SingleOperation[RedirectResult]):
    """Finish a page that was redirected and claim the target. Result: RedirectResult.

    Where the target was found to redirect back, nothing is written and the claim stays open.
    """

    claim: Claim
    result: FetchResult
    target: DiscoveredPage
    crawl_id: int

    def apply(self, connection: Connection) -> RedirectResult:
        rows = PageRows(connection, self.crawl_id, self.result.at)
        rows.record([self.target], self.claim.url)
        target = rows.get(self.target.url_key)
        if target.redirects_to == self.claim.page_id:
            return RedirectResult(None, is_loop=True)
        result = replace(self.result, redirects_to=target.id, article_id=target.article_id)
        write_results(connection, [(self.claim, result)])
        if not rows.is_due(target):
            return RedirectResult(None)
        return RedirectResult(rows.claim_rows([target])[0])


def _is_unclaimed(crawl_id: int) -> ColumnElement[bool]:
    return func.coalesce(pages.c.crawl_id, 0) != crawl_id
