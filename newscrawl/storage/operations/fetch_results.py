"""How a visit ends: what the page is now, when it is visited next, a line of its history, and withdrawals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from newscrawl.discovery.model import PAGINATION
from newscrawl.items import Outcome
from newscrawl.outcomes import NOT_MODIFIED
from newscrawl.scheduling.recrawl import Change, Next, Standing, Yield, is_withdrawn, next_look, next_visit
from newscrawl.storage.advisory_lock import take_turn
from newscrawl.storage.records import Ending, Visit
from newscrawl.storage.schema import article_changes, articles, pages, visits

YIELDS = 8
"""Visits of a listing from which its pace is learned."""


@dataclass(frozen=True, slots=True)
class FinishPage:
    """Write the outcome of a visit. Result: None."""

    visit: Visit
    ending: Ending

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[FinishPage]) -> list[None]:
        finish_pages(connection, [(operation.visit, operation.ending) for operation in operations])
        for operation in operations:
            if _is_article_gone(operation.visit, operation.ending) and _is_withdrawal(
                operation.visit, operation.ending
            ):
                _withdraw(connection, operation.visit, operation.ending.at)
        _restore(connection, [operation for operation in operations if operation.ending.http_status == 304])
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


_latest_yields = (
    select(visits.c.visited_at, visits.c.new_links)
    .where(visits.c.page_id == bindparam("page"), visits.c.new_links.is_not(None))
    .order_by(visits.c.id.desc())
    .limit(YIELDS)
)


_leading = select(pages.c.id).where(pages.c.redirects_to == bindparam("target")).cte("leading", recursive=True)


_leading = _leading.union(select(pages.c.id).where(pages.c.redirects_to == _leading.c.id))


_lead_on = update(pages).where(pages.c.id.in_(select(_leading.c.id))).values(article_id=bindparam("article"))


_WITH_VALIDATORS = frozenset({Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED})
"""Only of what was taken are `ETag` and `Last-Modified` kept: a 304 must mean that the stored text still stands."""


def _finished_row(connection: Connection, visit: Visit, ending: Ending) -> dict[str, Any]:
    due = _next_article_visit(visit, ending) if visit.is_article else _next_listing_look(connection, visit, ending)
    keeps = not visit.is_article or ending.outcome in _WITH_VALIDATORS
    return {
        "page": visit.page_id,
        "new_outcome": ending.outcome.value,
        "new_reason": ending.reason,
        "new_status": ending.http_status,
        "at": ending.at,
        "due": due.at,
        "new_rung": due.rung,
        "new_failures": due.failures,
        "new_etag": ending.etag if keeps else None,
        "new_last_modified": ending.last_modified if keeps else None,
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
        to_confirm=_is_article_gone(visit, ending) and not _is_withdrawal(visit, ending),
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


def _is_article_gone(visit: Visit, ending: Ending) -> bool:
    return visit.is_article and visit.article_id is not None and ending.outcome is Outcome.GONE


def _is_withdrawal(visit: Visit, ending: Ending) -> bool:
    since_last = ending.at - visit.last_visited_at if visit.last_visited_at else None
    return is_withdrawn(ending.http_status, last_status=visit.last_status, since_last=since_last)


_COPY = ("same_content", "same_url")


def _withdraw(connection: Connection, visit: Visit, at: datetime) -> None:
    """Mark the article that was read from this page as withdrawn; its text stays."""
    take_turn(connection)
    row = connection.execute(
        update(articles)
        .where(
            articles.c.id == visit.article_id, articles.c.page_id == visit.page_id, articles.c.withdrawn_at.is_(None)
        )
        .values(withdrawn_at=at)
        .returning(articles.c.id, articles.c.revision)
    ).one_or_none()
    if row is not None:
        _add_change(connection, row, Change.WITHDRAWN, visit, at)
        # Copies that were left out for this article are read again: one of them may be what is left of it.
        copies = (pages.c.article_id == row.id, pages.c.outcome == Outcome.DUPLICATE.value, pages.c.reason.in_(_COPY))
        connection.execute(update(pages).where(*copies).values(next_visit_at=at))


def _restore(connection: Connection, operations: Sequence[FinishPage]) -> None:
    """Take back the withdrawal of articles whose pages are there again, as they were."""
    by_page = {operation.visit.page_id: operation for operation in operations if operation.visit.article_id is not None}
    if not by_page:
        return
    withdrawn = (articles.c.page_id.in_(by_page), articles.c.withdrawn_at.is_not(None))
    if connection.execute(select(articles.c.id).where(*withdrawn).limit(1)).first() is None:
        return
    take_turn(connection)
    returned = update(articles).where(*withdrawn).values(withdrawn_at=None)
    for row in connection.execute(returned.returning(articles.c.id, articles.c.revision, articles.c.page_id)).all():
        operation = by_page[row.page_id]
        _add_change(connection, row, Change.RESTORED, operation.visit, operation.ending.at)


def _add_change(connection: Connection, article: Any, kind: Change, visit: Visit, at: datetime) -> None:
    values = {"article_id": article.id, "kind": kind.value, "revision": article.revision, "changed_at": at}
    connection.execute(insert(article_changes).values(crawl_id=visit.crawl_id, **values))
