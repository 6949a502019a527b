"""The ledger: every URL that was seen, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.discovery.selection import is_stated_before
from newscrawl.freshness import Change, PageState, next_visit, should_visit
from newscrawl.items import Outcome
from newscrawl.storage.records import Ending, SeenPage, Taken, Visit
from newscrawl.storage.schema import article_changes, articles, pages

CHUNK = 500
"""Rows a statement; SQLite's oldest limit is 999 parameters a statement."""


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

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[TakePages]) -> list[Taken]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> Taken:
        wanted = {page.key: page for page in reversed(self.pages)}
        ordered = list(reversed(wanted.values()))
        _record(connection, ordered, self.discovered_from, self.now)
        taken: list[Visit] = []
        new = 0
        for chunk in _chunks(ordered):
            rows = {row.key: row for row in connection.execute(_by_keys, {"keys": [page.key for page in chunk]})}
            due = [row for page in chunk if _is_due(row := rows[page.key], self.crawl_id, self.now, force=self.force)]
            new += sum(row.discovered_at == self.now for row in rows.values())
            room = None if self.limit is None else self.limit - len(taken)
            taken += [_visit(row, anew=self.force) for row in due[:room]]
        _claim(connection, taken, self.crawl_id)
        return Taken(taken, new)


@dataclass(frozen=True, slots=True)
class TakeUnfinished:
    """Take up articles (or listings) of a site that were discovered and not finished, or are due. Result: Visits.

    Oldest first. Listings only when they were not finished: what names them decides when they are due. Articles that
    their source dates before *since* wait for a crawl that goes further back.
    """

    site: str
    crawl_id: int
    now: datetime
    limit: int
    since: datetime | None = None
    articles: bool = True

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[TakeUnfinished]) -> list[list[Visit]]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> list[Visit]:
        unfinished = pages.c.outcome.is_(None)
        due = unfinished | (pages.c.next_visit_at <= self.now) if self.articles else unfinished
        rows = connection.execute(
            _columns.where(
                pages.c.site == self.site,
                pages.c.kind == "article" if self.articles else pages.c.kind != "article",
                due,
                func.coalesce(pages.c.crawl_id, 0) != self.crawl_id,
            )
            .order_by(pages.c.id)
            .limit(None if self.since else self.limit)
        )
        taken = [_visit(row) for row in islice(filter(self._is_wanted, rows), self.limit)]
        _claim(connection, taken, self.crawl_id)
        return taken

    def _is_wanted(self, row: Any) -> bool:
        return self.since is None or not is_stated_before(row.stated, self.since, self.now)


@dataclass(frozen=True, slots=True)
class TakeListedBy:
    """Take up the due feeds, sitemaps and sections that the page at *url* named first. Result: list of Visit.

    For a listing that has not changed: those that it lists may have.
    """

    url: str
    crawl_id: int
    now: datetime

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[TakeListedBy]) -> list[list[Visit]]:
        return [operation._apply(connection) for operation in operations]

    def _apply(self, connection: Connection) -> list[Visit]:
        listed = _columns.where(pages.c.discovered_from == self.url, pages.c.kind != "article").order_by(pages.c.id)
        taken = [_visit(row) for row in connection.execute(listed) if _is_due(row, self.crawl_id, self.now)]
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
        _record(connection, [self.target], self.visit.url, self.ending.at)
        row = connection.execute(_by_keys, {"keys": [self.target.key]}).one()
        ending = replace(self.ending, redirects_to=row.id, article_id=row.article_id)
        finish_pages(connection, [(self.visit, ending)])
        if not _is_due(row, self.crawl_id, self.ending.at):
            return None
        came_from = (*self.visit.redirected_from, self.visit.page_id)
        visit = replace(_visit(row), redirected_from=came_from)
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
    """Write the outcomes of visits, in one statement."""
    finished = list(finished)
    if finished:
        connection.execute(_finish, [_finished_row(visit, ending) for visit, ending in finished])
    for visit, ending in finished:
        if visit.redirected_from and ending.article_id is not None:
            aliases = pages.c.id.in_(visit.redirected_from)
            connection.execute(update(pages).where(aliases).values(article_id=ending.article_id))
    led_to = [
        {"target": visit.page_id, "article": ending.article_id}
        for visit, ending in finished
        if ending.article_id is not None
    ]
    if led_to:
        connection.execute(_lead_on, led_to)


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
    pages.c.visits,
    pages.c.etag,
    pages.c.last_modified,
    pages.c.stated,
    pages.c.article_id,
    pages.c.next_visit_at,
    pages.c.crawl_id,
    pages.c.discovered_at,
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
        etag=func.coalesce(bindparam("new_etag"), pages.c.etag),
        last_modified=func.coalesce(bindparam("new_last_modified"), pages.c.last_modified),
        stated=func.coalesce(bindparam("new_stated", type_=pages.c.stated.type), pages.c.stated),
        redirects_to=bindparam("target"),
        article_id=func.coalesce(bindparam("article", type_=pages.c.article_id.type), pages.c.article_id),
    )
)


_lead_on = (
    update(pages)
    .where(pages.c.redirects_to == bindparam("target"), pages.c.article_id.is_(None))
    .values(article_id=bindparam("article"))
)
"""Pages that were redirected to one that was under way, and is read now, lead to its article, too."""


def _record(connection: Connection, seen: Sequence[SeenPage], discovered_from: str | None, now: datetime) -> None:
    rows = [
        {
            "url": page.url,
            "key": page.key,
            "site": page.site,
            "kind": page.kind,
            "stated": dict(page.stated) if page.stated else None,
            "discovered_from": discovered_from,
            "discovered_at": now,
        }
        for page in seen
    ]
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(pages).on_conflict_do_nothing(index_elements=["key"]), rows)


def _is_due(row: Any, crawl_id: int, now: datetime, *, force: bool = False) -> bool:
    state = PageState(row.outcome, row.next_visit_at, row.crawl_id)
    return should_visit(state, crawl_id=crawl_id, now=now, force=force)


def _claim(connection: Connection, visits: Sequence[Visit], crawl_id: int) -> None:
    if visits:
        connection.execute(_take, [{"page": visit.page_id, "crawl": crawl_id} for visit in visits])


def _visit(row: Any, *, anew: bool = False) -> Visit:
    # "Not modified" is of no use for a page of which nothing is kept.
    anew = anew or (row.kind == "article" and row.article_id is None)
    return Visit(
        page_id=row.id,
        url=row.url,
        key=row.key,
        site=row.site,
        kind=row.kind,
        visits=row.visits,
        etag=None if anew else row.etag,
        last_modified=None if anew else row.last_modified,
        stated=row.stated,
        article_id=row.article_id,
    )


def _finished_row(visit: Visit, ending: Ending) -> dict[str, Any]:
    due = next_visit(
        ending.outcome,
        is_article=visit.is_article,
        visits=visit.visits + 1,
        now=ending.at,
        not_before=ending.not_before,
    )
    return {
        "page": visit.page_id,
        "new_outcome": ending.outcome.value,
        "new_reason": ending.reason,
        "new_status": ending.http_status,
        "at": ending.at,
        "due": due,
        "new_etag": ending.etag,
        "new_last_modified": ending.last_modified,
        "new_stated": dict(ending.stated) if ending.stated else None,
        "target": ending.redirects_to,
        "article": ending.article_id,
    }


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
