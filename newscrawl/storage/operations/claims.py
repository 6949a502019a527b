"""The ledger: every URL that was seen, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.discovery.periods import parse_period
from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.scheduling.recrawl import PageState, should_fetch
from newscrawl.storage.operations.fetch_results import write_results
from newscrawl.storage.records import LONG_AGO, Claim, ClaimResult, DiscoveredPage, FetchResult
from newscrawl.storage.schema import pages

CHUNK = 500
"""Rows a statement; SQLite's oldest limit is 999 parameters a statement."""


@dataclass(frozen=True, slots=True)
class ClaimPages:
    """Record pages and take up those that are due, in the order given, up to *limit*. Result: Taken."""

    pages: Sequence[DiscoveredPage]
    crawl_id: int
    now: datetime
    discovered_from: str | None = None
    limit: int | None = None
    force: bool = False
    """Take up pages that are not due, too, and read them as if for the first time."""
    period: Period = ANY_TIME
    """What is dated outside is recorded only."""

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[ClaimPages]) -> list[ClaimResult]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> ClaimResult:
        taken: list[Claim] = []
        new = 0
        for chunk in _chunks(_once_each(self.pages)):
            rows, missing = _recorded(connection, chunk, self.discovered_from, self.now)
            new += missing
            due = (
                _visit(rows[page.url_key], self.crawl_id, anew=self.force)
                for page in chunk
                if self._is_wanted(page, rows[page.url_key])
            )
            taken += islice(due, None if self.limit is None else self.limit - len(taken))
            _note_dates(connection, chunk, rows, self.crawl_id, self.now)
        _claim(connection, taken, self.crawl_id)
        return ClaimResult(taken, new)

    def _is_wanted(self, page: DiscoveredPage, row: Any) -> bool:
        is_due = _is_due(row, self.crawl_id, self.now, force=self.force, source_modified_at=page.source_modified_at)
        return is_due and _may_be_in(self.period, page)


@dataclass(frozen=True, slots=True)
class FinishListing:
    """Record what a feed, sitemap or section names and end its visit, together. Result: Taken, without visits.

    A crawl that is killed after it finds everything that was named in the ledger. *next_pages* are recorded where the
    listing brought something new, or *turn* says so: only then they are worth a look.
    """

    claim: Claim
    result: FetchResult
    links: Sequence[DiscoveredPage]
    next_pages: Sequence[DiscoveredPage] = ()
    turn: bool = False

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[FinishListing]) -> list[ClaimResult]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> ClaimResult:
        articles = [page for page in _once_each(self.links) if page.kind == "article"]
        listings = [page for page in self.links if page.kind != "article"]
        new = self._note(connection, articles)
        self._note(connection, _once_each([*listings, *(self.next_pages if new or self.turn else ())]))
        newest = max((page.source_modified_at for page in articles if page.source_modified_at), default=None)
        write_results(connection, [(self.claim, replace(self.result, new_links=new, newest_link_at=newest))])
        return ClaimResult([], new)

    def _note(self, connection: Connection, named: Sequence[DiscoveredPage]) -> int:
        """Record what is named, and what is said of it; return how many no crawl had seen before."""
        new = 0
        for chunk in _chunks(named):
            rows, missing = _recorded(connection, chunk, self.claim.url, self.result.at)
            _note_dates(connection, chunk, rows, self.claim.crawl_id, self.result.at)
            new += missing
        return new


@dataclass(frozen=True, slots=True)
class ClaimPending:
    """Take up articles of a site that were discovered and not finished, or are due. Result: Visits.

    Those with the newest dates first, then as they were discovered. What its source dates outside of *period* waits
    for a crawl that goes so far.
    """

    site: str
    crawl_id: int
    now: datetime
    limit: int
    period: Period = ANY_TIME

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[ClaimPending]) -> list[list[Claim]]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> list[Claim]:
        query = waiting_articles(self.site, self.now, self.period)
        rows = connection.execute(query.where(_not_taken(self.crawl_id)).limit(self.limit))
        taken = [_visit(row, self.crawl_id) for row in rows]
        _claim(connection, taken, self.crawl_id)
        return taken


@dataclass(frozen=True, slots=True)
class ClaimListings:
    """Take up the feeds, sitemaps and sections of a site that are due or were not finished. Result: Visits."""

    site: str
    crawl_id: int
    now: datetime
    limit: int
    period: Period = ANY_TIME

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[ClaimListings]) -> list[list[Claim]]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> list[Claim]:
        rows = connection.execute(due_listings(self.site, self.now).where(_not_taken(self.crawl_id)))
        wanted = (row for row in rows if _may_be_in(self.period, row))
        taken = [_visit(row, self.crawl_id) for row in islice(wanted, self.limit)]
        _claim(connection, taken, self.crawl_id)
        return taken


@dataclass(frozen=True, slots=True)
class RedirectResult:
    """Where a redirect leads."""

    claim: Claim | None
    """Of the target; None where it is not due."""
    in_a_circle: bool = False


@dataclass(frozen=True, slots=True)
class FollowRedirect:
    """End a visit that was redirected and take up the page it leads to. Result: Followed.

    Where that page was found to redirect here, nothing is done: the visit stays open.
    """

    claim: Claim
    result: FetchResult
    target: DiscoveredPage
    crawl_id: int

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[FollowRedirect]) -> list[RedirectResult]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> RedirectResult:
        rows, _ = _recorded(connection, [self.target], self.claim.url, self.result.at)
        row = rows[self.target.url_key]
        if row.redirects_to == self.claim.page_id:
            return RedirectResult(None, in_a_circle=True)
        result = replace(self.result, redirects_to=row.id, article_id=row.article_id)
        write_results(connection, [(self.claim, result)])
        if not _is_due(row, self.crawl_id, self.result.at):
            return RedirectResult(None)
        claim = _visit(row, self.crawl_id)
        _claim(connection, [claim], self.crawl_id)
        return RedirectResult(claim)


def waiting_articles(site: str, now: datetime, period: Period = ANY_TIME) -> Select[Any]:
    """Return the query for articles of *site* that were not finished or are due, the newest first."""
    date = pages.c.source_modified_at
    return (
        _columns.where(
            pages.c.site == site,
            pages.c.kind == "article",
            pages.c.outcome.is_(None) | (pages.c.next_fetch_at <= now),
            *may_be_in(period),
        )
        # NULLS LAST, in words that both databases have an order for.
        .order_by(date.is_(None), date.desc(), pages.c.id)
    )


def may_be_in(period: Period) -> Iterator[ColumnElement[bool]]:
    """Give conditions for articles that may be of *period*, as `Period.may_hold` has it."""
    date, published = pages.c.source_modified_at, pages.c.source_published_at
    if period.since is not None:
        yield date.is_(None) | (date >= period.since)
    if period.until is not None:
        yield published.is_(None) | (published < period.until)


def due_listings(site: str, now: datetime) -> Select[Any]:
    """Return the query for feeds, sitemaps and sections of *site* that were not finished or are due."""
    return _columns.where(
        pages.c.site == site,
        pages.c.kind != "article",
        pages.c.outcome.is_(None) | (pages.c.next_fetch_at <= now),
    ).order_by(pages.c.id)


def _may_be_in(period: Period, page: DiscoveredPage | Row[Any]) -> bool:
    """Tell whether an article, or one that a listing names, may be of *period*."""
    newest, published = page.source_modified_at, page.source_published_at
    if page.kind != "article" and (span := parse_period(page.url)) is not None:
        newest, published = min(newest or span.end, span.end), span.start
    return period.may_hold(newest, published)


def _not_taken(crawl_id: int) -> ColumnElement[bool]:
    return func.coalesce(pages.c.crawl_id, 0) != crawl_id


def _once_each(seen: Iterable[DiscoveredPage]) -> list[DiscoveredPage]:
    """Return the pages without those that repeat one before."""
    by_key: dict[str, DiscoveredPage] = {}
    for page in seen:
        by_key.setdefault(page.url_key, page)
    return list(by_key.values())


def _chunks(seen: Sequence[DiscoveredPage]) -> Iterator[Sequence[DiscoveredPage]]:
    for start in range(0, len(seen), CHUNK):
        yield seen[start : start + CHUNK]


_columns = select(
    pages.c.id,
    pages.c.url,
    pages.c.url_key,
    pages.c.site,
    pages.c.kind,
    pages.c.outcome,
    pages.c.reason,
    pages.c.fetch_count,
    pages.c.http_status,
    pages.c.recrawl_step,
    pages.c.failures,
    pages.c.etag,
    pages.c.last_modified,
    pages.c.source_metadata,
    pages.c.source_modified_at,
    pages.c.source_published_at,
    pages.c.newest_link_at,
    pages.c.article_id,
    pages.c.redirects_to,
    pages.c.fetched_at,
    pages.c.next_fetch_at,
    pages.c.crawl_id,
)
_by_keys = _columns.where(pages.c.url_key.in_(bindparam("keys", expanding=True)))
_take = (
    update(pages).where(pages.c.id == bindparam("page")).values(crawl_id=bindparam("crawl"), outcome=None, reason=None)
)
_is_due_now = update(pages).where(pages.c.id == bindparam("page")).values(next_fetch_at=bindparam("now"))
_note_date = update(pages).where(pages.c.id == bindparam("page")).values(source_modified_at=bindparam("date"))


def _recorded(
    connection: Connection, seen: Sequence[DiscoveredPage], discovered_from: str | None, now: datetime
) -> tuple[dict[str, Any], int]:
    """Return the rows of pages by key, those that were missing made now, and how many were."""
    rows = {row.url_key: row for row in connection.execute(_by_keys, {"keys": [page.url_key for page in seen]})}
    missing = [page for page in seen if page.url_key not in rows]
    if missing:
        _record(connection, missing, discovered_from, now)
        made = connection.execute(_by_keys, {"keys": [page.url_key for page in missing]})
        rows |= {row.url_key: row for row in made}
    return rows, len(missing)


def _record(connection: Connection, seen: Sequence[DiscoveredPage], discovered_from: str | None, now: datetime) -> None:
    rows = [
        {
            "url": page.url,
            "url_key": page.url_key,
            "site": page.site,
            "kind": page.kind,
            "source_metadata": dict(page.source_metadata) if page.source_metadata else None,
            "source_modified_at": page.source_modified_at,
            "source_published_at": page.source_published_at,
            "discovered_from": discovered_from,
            "discovered_at": now,
        }
        for page in seen
    ]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    # Another run may have recorded it in between.
    connection.execute(dialect.insert(pages).on_conflict_do_nothing(index_elements=["url_key"]), rows)


def _note_dates(
    connection: Connection, seen: Iterable[DiscoveredPage], rows: Mapping[str, Any], crawl_id: int | None, now: datetime
) -> None:
    """Keep newer dates that a source states now; a page that changed by them is due until some crawl has been there.

    The source is not read again for it: it may answer that it has not changed, and a date counts when it is new.
    """
    newer = [
        page
        for page in seen
        if page.source_modified_at and page.source_modified_at > (rows[page.url_key].source_modified_at or LONG_AGO)
    ]
    if newer:
        connection.execute(
            _note_date, [{"page": rows[page.url_key].id, "date": page.source_modified_at} for page in newer]
        )
    changed = [
        {"page": row.id, "now": now}
        for page in newer
        if (row := rows[page.url_key]).outcome is not None
        and not _is_due(row, crawl_id or 0, now)
        and _is_due(row, crawl_id or 0, now, source_modified_at=page.source_modified_at)
    ]
    if changed:
        connection.execute(_is_due_now, changed)


def _is_due(
    row: Any, crawl_id: int, now: datetime, *, force: bool = False, source_modified_at: datetime | None = None
) -> bool:
    state = PageState(
        row.outcome,
        row.next_fetch_at,
        row.crawl_id,
        row.fetched_at,
        row.recrawl_step,
        row.source_modified_at,
        is_article=row.kind == "article",
    )
    return should_fetch(state, crawl_id=crawl_id, now=now, force=force, source_modified_at=source_modified_at)


def _claim(connection: Connection, taken: Sequence[Claim], crawl_id: int) -> None:
    if taken:
        connection.execute(_take, [{"page": claim.page_id, "crawl": crawl_id} for claim in taken])


def _visit(row: Any, crawl_id: int, *, anew: bool = False) -> Claim:
    # "Not modified" is of no use for a page of which nothing is kept.
    anew = anew or (row.kind == "article" and row.article_id is None)
    return Claim(
        page_id=row.id,
        url=row.url,
        url_key=row.url_key,
        site=row.site,
        kind=row.kind,
        crawl_id=crawl_id,
        fetch_count=row.fetch_count,
        recrawl_step=row.recrawl_step,
        failures=row.failures,
        newest_link_at=row.newest_link_at,
        etag=None if anew else row.etag,
        last_modified=None if anew else row.last_modified,
        source_metadata=row.source_metadata,
        article_id=row.article_id,
        last_status=row.http_status,
        last_visited_at=row.fetched_at,
    )
