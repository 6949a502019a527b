"""The ledger: every URL that was seen, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.discovery.model import PAGINATION
from newscrawl.discovery.periods import period_of
from newscrawl.freshness import (
    Change,
    Next,
    PageState,
    Standing,
    Yield,
    next_look,
    next_visit,
    should_visit,
)
from newscrawl.items import Outcome
from newscrawl.outcomes import NOT_MODIFIED
from newscrawl.storage.records import ANY_TIME, LONG_AGO, Ending, Period, SeenPage, Taken, Visit
from newscrawl.storage.schema import article_changes, articles, pages, visits

CHUNK = 500
"""Rows a statement; SQLite's oldest limit is 999 parameters a statement."""
YIELDS = 8
"""Visits of a listing from which its pace is learned."""


@dataclass(frozen=True, slots=True)
class TakePages:
    """Record pages and take up those that are due, in the order given, up to *limit*. Result: Taken."""

    pages: Sequence[SeenPage]
    crawl_id: int
    now: datetime
    discovered_from: str | None = None
    limit: int | None = None
    force: bool = False
    """Take up pages that are not due, too, and read them as if for the first time."""
    period: Period = ANY_TIME
    """What is dated outside is recorded only."""

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[TakePages]) -> list[Taken]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> Taken:
        taken: list[Visit] = []
        new = 0
        for chunk in _chunks(_once_each(self.pages)):
            rows, missing = _recorded(connection, chunk, self.discovered_from, self.now)
            new += missing
            due = (
                _visit(rows[page.key], self.crawl_id, anew=self.force)
                for page in chunk
                if self._is_wanted(page, rows[page.key])
            )
            taken += islice(due, None if self.limit is None else self.limit - len(taken))
            _note_dates(connection, chunk, rows)
        _claim(connection, taken, self.crawl_id)
        return Taken(taken, new)

    def _is_wanted(self, page: SeenPage, row: Any) -> bool:
        is_due = _is_due(row, self.crawl_id, self.now, force=self.force, stated_at=page.stated_at)
        return is_due and _may_be_in(self.period, page)


@dataclass(frozen=True, slots=True)
class FinishListing:
    """Record what a feed, sitemap or section names and end its visit, together. Result: Taken, without visits.

    A crawl that is killed after it finds everything that was named in the ledger. *next_pages* are recorded where the
    listing brought something new: only then they are worth a look.
    """

    visit: Visit
    ending: Ending
    links: Sequence[SeenPage]
    next_pages: Sequence[SeenPage] = ()

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[FinishListing]) -> list[Taken]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> Taken:
        now, url = self.ending.at, self.visit.url
        articles = [page for page in _once_each(self.links) if page.kind == "article"]
        listings = [page for page in self.links if page.kind != "article"]
        new = sum(_recorded(connection, chunk, url, now)[1] for chunk in _chunks(articles))
        _recorded(connection, _once_each([*listings, *(self.next_pages if new else ())]), url, now)
        newest = max((page.stated_at for page in articles if page.stated_at), default=None)
        finish_pages(connection, [(self.visit, replace(self.ending, new_links=new, newest_link_at=newest))])
        return Taken([], new)


@dataclass(frozen=True, slots=True)
class TakeUnfinished:
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
    def apply_all(cls, connection: Connection, operations: Sequence[TakeUnfinished]) -> list[list[Visit]]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> list[Visit]:
        query = waiting_articles(self.site, self.now, self.period)
        rows = connection.execute(query.where(_not_taken(self.crawl_id)).limit(self.limit))
        taken = [_visit(row, self.crawl_id) for row in rows]
        _claim(connection, taken, self.crawl_id)
        return taken


@dataclass(frozen=True, slots=True)
class TakeListings:
    """Take up the feeds, sitemaps and sections of a site that are due or were not finished. Result: Visits."""

    site: str
    crawl_id: int
    now: datetime
    limit: int
    period: Period = ANY_TIME

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[TakeListings]) -> list[list[Visit]]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> list[Visit]:
        rows = connection.execute(due_listings(self.site, self.now).where(_not_taken(self.crawl_id)))
        wanted = (row for row in rows if _may_be_in(self.period, row))
        taken = [_visit(row, self.crawl_id) for row in islice(wanted, self.limit)]
        _claim(connection, taken, self.crawl_id)
        return taken


@dataclass(frozen=True, slots=True)
class FollowRedirect:
    """End a visit that was redirected and take up the page it leads to. Result: its Visit, None when not due."""

    visit: Visit
    ending: Ending
    target: SeenPage
    crawl_id: int

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[FollowRedirect]) -> list[Visit | None]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> Visit | None:
        rows, _ = _recorded(connection, [self.target], self.visit.url, self.ending.at)
        row = rows[self.target.key]
        ending = replace(self.ending, redirects_to=row.id, article_id=row.article_id)
        finish_pages(connection, [(self.visit, ending)])
        if not _is_due(row, self.crawl_id, self.ending.at):
            return None
        visit = _visit(row, self.crawl_id)
        _claim(connection, [visit], self.crawl_id)
        return visit


@dataclass(frozen=True, slots=True)
class FinishPage:
    """Write the outcome of a visit. Result: None."""

    visit: Visit
    ending: Ending

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[FinishPage]) -> list[None]:
        finish_pages(connection, [(operation.visit, operation.ending) for operation in operations])
        for operation in operations:
            if operation.ending.outcome is Outcome.GONE and operation.visit.article_id is not None:
                _withdraw(connection, operation.visit, operation.ending.at)
        return [None] * len(operations)


def finish_pages(connection: Connection, finished: Iterable[tuple[Visit, Ending]]) -> None:
    """Write the outcomes of visits: what each page is now, and a line of its history.

    What redirects to a page leads to its article, whichever crawl found that out.
    """
    finished = list(finished)
    if finished:
        connection.execute(_finish, [_finished_row(connection, visit, ending) for visit, ending in finished])
        connection.execute(_add_visit, [_history_row(visit, ending) for visit, ending in finished])
    targets = [
        {"target": visit.page_id, "article": ending.article_id}
        for visit, ending in finished
        if ending.article_id is not None
    ]
    if targets:
        connection.execute(_lead_on, targets)


def waiting_articles(site: str, now: datetime, period: Period = ANY_TIME) -> Select[Any]:
    """Return the query for articles of *site* that were not finished or are due, the newest first."""
    date, published = pages.c.stated_at, pages.c.stated_published_at
    return (
        _columns.where(
            pages.c.site == site,
            pages.c.kind == "article",
            pages.c.outcome.is_(None) | (pages.c.next_visit_at <= now),
            true() if period.since is None else date.is_(None) | (date >= period.since),
            true() if period.until is None else published.is_(None) | (published < period.until),
        )
        # NULLS LAST, in words that both databases have an order for.
        .order_by(date.is_(None), date.desc(), pages.c.id)
    )


def due_listings(site: str, now: datetime) -> Select[Any]:
    """Return the query for feeds, sitemaps and sections of *site* that were not finished or are due."""
    return _columns.where(
        pages.c.site == site,
        pages.c.kind != "article",
        pages.c.outcome.is_(None) | (pages.c.next_visit_at <= now),
    ).order_by(pages.c.id)


def _may_be_in(period: Period, page: SeenPage | Row[Any]) -> bool:
    """Tell whether an article, or one that a listing names, may be of *period*."""
    newest, published = page.stated_at, page.stated_published_at
    if page.kind != "article" and (span := period_of(page.url)) is not None:
        newest, published = min(newest or span.end, span.end), span.start
    return period.may_hold(newest, published)


def _not_taken(crawl_id: int) -> ColumnElement[bool]:
    return func.coalesce(pages.c.crawl_id, 0) != crawl_id


def _once_each(seen: Iterable[SeenPage]) -> list[SeenPage]:
    """Return the pages without those that repeat one before."""
    by_key: dict[str, SeenPage] = {}
    for page in seen:
        by_key.setdefault(page.key, page)
    return list(by_key.values())


def _chunks(seen: Sequence[SeenPage]) -> Iterator[Sequence[SeenPage]]:
    for start in range(0, len(seen), CHUNK):
        yield seen[start : start + CHUNK]


_columns = select(
    pages.c.id,
    pages.c.url,
    pages.c.key,
    pages.c.site,
    pages.c.kind,
    pages.c.outcome,
    pages.c.reason,
    pages.c.visits,
    pages.c.rung,
    pages.c.failures,
    pages.c.etag,
    pages.c.last_modified,
    pages.c.stated,
    pages.c.stated_at,
    pages.c.stated_published_at,
    pages.c.newest_link_at,
    pages.c.article_id,
    pages.c.fetched_at,
    pages.c.next_visit_at,
    pages.c.crawl_id,
)
_by_keys = _columns.where(pages.c.key.in_(bindparam("keys", expanding=True)))
_take = (
    update(pages).where(pages.c.id == bindparam("page")).values(crawl_id=bindparam("crawl"), outcome=None, reason=None)
)
_finish = (
    update(pages)
    .where(pages.c.id == bindparam("page"))
    .values(
        outcome=bindparam("new_outcome"),
        reason=bindparam("new_reason"),
        http_status=bindparam("new_status"),
        fetched_at=bindparam("at"),
        next_visit_at=bindparam("due"),
        visits=pages.c.visits + 1,
        rung=bindparam("new_rung"),
        failures=bindparam("new_failures"),
        etag=func.coalesce(bindparam("new_etag"), pages.c.etag),
        last_modified=func.coalesce(bindparam("new_last_modified"), pages.c.last_modified),
        stated=func.coalesce(bindparam("new_stated", type_=pages.c.stated.type), pages.c.stated),
        stated_at=func.coalesce(bindparam("new_stated_at", type_=pages.c.stated_at.type), pages.c.stated_at),
        stated_published_at=func.coalesce(
            bindparam("published", type_=pages.c.stated_published_at.type), pages.c.stated_published_at
        ),
        newest_link_at=func.coalesce(bindparam("newest", type_=pages.c.newest_link_at.type), pages.c.newest_link_at),
        redirects_to=bindparam("target"),
        article_id=func.coalesce(bindparam("article", type_=pages.c.article_id.type), pages.c.article_id),
    )
)
_add_visit = insert(visits)
_note_date = update(pages).where(pages.c.id == bindparam("page")).values(stated_at=bindparam("date"))
_latest_yields = (
    select(visits.c.visited_at, visits.c.new_links)
    .where(visits.c.page_id == bindparam("page"), visits.c.new_links.is_not(None))
    .order_by(visits.c.id.desc())
    .limit(YIELDS)
)


def _recorded(
    connection: Connection, seen: Sequence[SeenPage], discovered_from: str | None, now: datetime
) -> tuple[dict[str, Any], int]:
    """Return the rows of pages by key, those that were missing made now, and how many were."""
    rows = {row.key: row for row in connection.execute(_by_keys, {"keys": [page.key for page in seen]})}
    missing = [page for page in seen if page.key not in rows]
    if missing:
        _record(connection, missing, discovered_from, now)
        made = connection.execute(_by_keys, {"keys": [page.key for page in missing]})
        rows |= {row.key: row for row in made}
    return rows, len(missing)


_leading = select(pages.c.id).where(pages.c.redirects_to == bindparam("target")).cte("leading", recursive=True)
_leading = _leading.union(select(pages.c.id).where(pages.c.redirects_to == _leading.c.id))
_lead_on = update(pages).where(pages.c.id.in_(select(_leading.c.id))).values(article_id=bindparam("article"))


def _record(connection: Connection, seen: Sequence[SeenPage], discovered_from: str | None, now: datetime) -> None:
    rows = [
        {
            "url": page.url,
            "key": page.key,
            "site": page.site,
            "kind": page.kind,
            "stated": dict(page.stated) if page.stated else None,
            "stated_at": page.stated_at,
            "stated_published_at": page.stated_published_at,
            "discovered_from": discovered_from,
            "discovered_at": now,
        }
        for page in seen
    ]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    # Another run may have recorded it in between.
    connection.execute(dialect.insert(pages).on_conflict_do_nothing(index_elements=["key"]), rows)


def _note_dates(connection: Connection, seen: Iterable[SeenPage], rows: Mapping[str, Any]) -> None:
    """Keep newer dates that a source states now."""
    newer = [
        {"page": rows[page.key].id, "date": page.stated_at}
        for page in seen
        if page.stated_at and page.stated_at > (rows[page.key].stated_at or LONG_AGO)
    ]
    if newer:
        connection.execute(_note_date, newer)


def _is_due(row: Any, crawl_id: int, now: datetime, *, force: bool = False, stated_at: datetime | None = None) -> bool:
    state = PageState(
        row.outcome,
        row.next_visit_at,
        row.crawl_id,
        row.fetched_at,
        row.rung,
        row.stated_at,
        is_article=row.kind == "article",
    )
    return should_visit(state, crawl_id=crawl_id, now=now, force=force, stated_at=stated_at)


def _claim(connection: Connection, taken: Sequence[Visit], crawl_id: int) -> None:
    if taken:
        connection.execute(_take, [{"page": visit.page_id, "crawl": crawl_id} for visit in taken])


def _visit(row: Any, crawl_id: int, *, anew: bool = False) -> Visit:
    # "Not modified" is of no use for a page of which nothing is kept.
    anew = anew or (row.kind == "article" and row.article_id is None)
    return Visit(
        page_id=row.id,
        url=row.url,
        key=row.key,
        site=row.site,
        kind=row.kind,
        crawl_id=crawl_id,
        visits=row.visits,
        rung=row.rung,
        failures=row.failures,
        newest_link_at=row.newest_link_at,
        etag=None if anew else row.etag,
        last_modified=None if anew else row.last_modified,
        stated=row.stated,
        article_id=row.article_id,
    )


def _finished_row(connection: Connection, visit: Visit, ending: Ending) -> dict[str, Any]:
    due = _next_article_visit(visit, ending) if visit.is_article else _next_listing_look(connection, visit, ending)
    return {
        "page": visit.page_id,
        "new_outcome": ending.outcome.value,
        "new_reason": ending.reason,
        "new_status": ending.http_status,
        "at": ending.at,
        "due": due.at,
        "new_rung": due.rung,
        "new_failures": due.failures,
        "new_etag": ending.etag,
        "new_last_modified": ending.last_modified,
        "new_stated": dict(ending.stated) if ending.stated else None,
        "new_stated_at": ending.stated_at,
        "published": ending.date_published,
        "newest": ending.newest_link_at,
        "target": ending.redirects_to,
        "article": ending.article_id,
    }


def _history_row(visit: Visit, ending: Ending) -> dict[str, Any]:
    return {
        "page_id": visit.page_id,
        "crawl_id": visit.crawl_id,
        "visited_at": ending.at,
        "outcome": ending.outcome.value,
        "reason": ending.reason,
        "http_status": ending.http_status,
        "new_links": ending.new_links,
        "article_id": ending.article_id,
    }


def _standing(visit: Visit) -> Standing:
    return Standing(visit.article_id is not None, visit.rung, visit.failures)


def _next_article_visit(visit: Visit, ending: Ending) -> Next:
    return next_visit(
        _standing(visit),
        ending.outcome,
        now=ending.at,
        not_modified=ending.http_status == NOT_MODIFIED,
        date_published=ending.date_published,
        not_before=ending.not_before,
    )


def _next_listing_look(connection: Connection, visit: Visit, ending: Ending) -> Next:
    rows = connection.execute(_latest_yields, {"page": visit.page_id})
    return next_look(
        _standing(visit),
        ending.outcome,
        now=ending.at,
        earlier=[Yield(row.visited_at, row.new_links) for row in rows],
        new_links=ending.new_links or 0,
        newest=(ending.newest_link_at or visit.newest_link_at) if visit.kind == "sitemap" else None,
        only_when_named=(visit.stated or {}).get("source") == PAGINATION,
        not_before=ending.not_before,
    )


def _withdraw(connection: Connection, visit: Visit, at: datetime) -> None:
    """Mark the article that was read from this page as withdrawn; its text stays."""
    row = connection.execute(
        update(articles)
        .where(
            articles.c.id == visit.article_id, articles.c.page_id == visit.page_id, articles.c.withdrawn_at.is_(None)
        )
        .values(withdrawn_at=at)
        .returning(articles.c.id, articles.c.revision, articles.c.crawl_id)
    ).one_or_none()
    if row is not None:
        values = {"article_id": row.id, "kind": Change.WITHDRAWN.value, "revision": row.revision, "changed_at": at}
        connection.execute(insert(article_changes), values)
