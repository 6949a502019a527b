"""The end of a fetch: outcome and next fetch of the page, a row of its history, and withdrawals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, select, update

from newscrawl.dedup.changes import Change
from newscrawl.discovery.model import PAGINATION
from newscrawl.discovery.sources import clean_field
from newscrawl.items import Outcome
from newscrawl.outcomes import FORMER, NAMED_SOURCES, NOT_MODIFIED, USUAL_PATH, is_listing_read
from newscrawl.scheduling.recrawl import (
    ListingYield,
    NextFetch,
    RecrawlState,
    is_withdrawn,
    next_article_fetch,
    next_listing_fetch,
)
from newscrawl.scheduling.validators import next_validator_state
from newscrawl.storage.advisory_lock import lock_article_writes
from newscrawl.storage.operations.search_index import index_articles, unindex_articles
from newscrawl.storage.queries.frontier import FAILURES, has_failed, is_not_deleted
from newscrawl.storage.records import Claim, FetchResult
from newscrawl.storage.schema import article_changes, articles, fetches, is_listing, pages

_NOT_NAMED = frozenset([PAGINATION, FORMER, USUAL_PATH])
"""Sources of listings that no page of the site names now."""
MAX_YIELDS = 8
"""Earlier fetches of a listing that its recrawl interval is estimated from."""
MAX_HISTORY = 500
"""Earlier fetches of a listing that are searched for the beginning of an outage; 20 days of hourly retries."""


@dataclass(frozen=True, slots=True)
class FinishFetch:
    """Write the outcome of a fetch. Result: None."""

    claim: Claim
    result: FetchResult

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[FinishFetch]) -> list[None]:
        write_results(connection, [(operation.claim, operation.result) for operation in operations])
        for operation in operations:
            claim, result = operation.claim, operation.result
            if _is_article_gone(claim, result) and _is_withdrawal(connection, claim, result):
                _withdraw(connection, claim, result.at)
        _restore(connection, [operation for operation in operations if operation.result.http_status == 304])
        return [None] * len(operations)


def write_results(connection: Connection, finished: Iterable[tuple[Claim, FetchResult]]) -> None:
    """Write the state of each page and a row of its history.

    Pages that redirect to a page, directly or in a chain, get its article, whichever crawl followed them. What failed
    during an outage is due again once a page of the site has recovered from it.
    """
    finished = list(finished)
    for claim, result in finished:
        if _may_have_recovered(claim, result):
            _make_due_after_outage(connection, claim, result.at)
    if finished:
        rows = [_page_row(connection, claim, result) for claim, result in finished]
        connection.execute(_finish, rows)
        connection.execute(_add_fetch, [_history_row(claim, result) for claim, result in finished])
        for row, (claim, result) in zip(rows, finished, strict=True):
            if row["due"] is not None and not claim.is_article and _is_failed_listing(result.outcome, result.reason):
                _retry_source(connection, claim, row["due"])
    article_ids = {claim.page_id: result.article_id for claim, result in finished if result.article_id is not None}
    # Few pages have any, and PostgreSQL takes long to plan the other statement.
    is_target = pages.c.redirects_to.in_(article_ids)
    for target in connection.execute(select(pages.c.redirects_to).where(is_target).distinct()).scalars().all():
        connection.execute(_set_article_of_redirects, {"target": target, "article": article_ids[target]})


_finish = (
    update(pages)
    .where(pages.c.id == bindparam("page"), is_not_deleted)
    .values(
        outcome=bindparam("new_outcome"),
        reason=bindparam("new_reason"),
        http_status=bindparam("new_status"),
        fetched_at=bindparam("at"),
        next_fetch_at=bindparam("due"),
        fetch_count=pages.c.fetch_count + 1,
        recrawl_step=bindparam("new_step"),
        failures=bindparam("new_failures"),
        etag=func.coalesce(bindparam("new_etag"), pages.c.etag),
        last_modified=func.coalesce(bindparam("new_last_modified"), pages.c.last_modified),
        not_modified_count=bindparam("new_not_modified"),
        validators_distrusted_until=func.coalesce(
            bindparam("distrusted", type_=pages.c.validators_distrusted_until.type),
            pages.c.validators_distrusted_until,
        ),
        source_metadata=func.coalesce(
            bindparam("new_metadata", type_=pages.c.source_metadata.type), pages.c.source_metadata
        ),
        source_modified_at=func.coalesce(
            bindparam("new_modified_at", type_=pages.c.source_modified_at.type), pages.c.source_modified_at
        ),
        source_published_at=func.coalesce(
            bindparam("published", type_=pages.c.source_published_at.type), pages.c.source_published_at
        ),
        newest_link_at=func.coalesce(bindparam("newest", type_=pages.c.newest_link_at.type), pages.c.newest_link_at),
        redirects_to=bindparam("target"),
        article_id=func.coalesce(bindparam("article", type_=pages.c.article_id.type), pages.c.article_id),
    )
)
_add_fetch = insert(fetches)
_failed = pages.alias("failed")
_source_of = select(_failed.c.discovered_from).where(_failed.c.id == bindparam("target")).scalar_subquery()
_is_later = pages.c.next_fetch_at > bindparam("retry")
_retry_redirecting = update(pages).where(pages.c.redirects_to == bindparam("target"), _is_later)
_retry_naming = update(pages).where(
    pages.c.site == bindparam("of_site"), is_listing, pages.c.url == _source_of, _is_later
)

_latest_fetches = (
    select(fetches.c.fetched_at, fetches.c.new_links, fetches.c.outcome, fetches.c.reason)
    .where(fetches.c.page_id == bindparam("page"))
    .order_by(fetches.c.id.desc())
    .limit(bindparam("limit"))
)

_redirecting = select(pages.c.id).where(pages.c.redirects_to == bindparam("target")).cte("redirecting", recursive=True)
_redirecting = _redirecting.union(select(pages.c.id).where(pages.c.redirects_to == _redirecting.c.id))
_set_article_of_redirects = (
    update(pages).where(pages.c.id.in_(select(_redirecting.c.id))).values(article_id=bindparam("article"))
)

_SERVER_FAILURES = frozenset({Outcome.ERROR.value, Outcome.BLOCKED.value, Outcome.ROBOTS.value})
_BEFORE_FIRST_FAILURE = timedelta(hours=1)
"""How long before the first failure of a page an outage may have begun."""

_WITH_VALIDATORS = frozenset({Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED})
"""`ETag` and `Last-Modified` are kept only for these: a 304 must mean that the stored text is still current."""


def _page_row(connection: Connection, claim: Claim, result: FetchResult) -> dict[str, Any]:
    due = _next_fetch(connection, claim, result)
    validators = next_validator_state(
        claim.not_modified_count,
        result.at,
        was_not_modified=result.was_not_modified or result.http_status == NOT_MODIFIED,
        is_contradicted=result.is_contradicted,
    )
    keeps_validators = result.outcome in _WITH_VALIDATORS or is_listing_read(result.outcome, result.reason)
    return {
        "page": claim.page_id,
        "new_outcome": result.outcome.value,
        "new_reason": result.reason,
        "new_status": result.http_status,
        "at": result.at,
        "due": due.at,
        "new_step": due.recrawl_step,
        "new_failures": due.failures,
        "new_etag": result.etag if keeps_validators else None,
        "new_last_modified": result.last_modified if keeps_validators else None,
        "new_not_modified": validators.not_modified_count,
        "distrusted": validators.distrusted_until,
        "new_metadata": dict(result.source_metadata) if result.source_metadata else None,
        "new_modified_at": result.source_modified_at,
        "published": result.date_published,
        "newest": result.newest_link_at,
        "target": result.redirects_to,
        "article": result.article_id,
    }


def _history_row(claim: Claim, result: FetchResult) -> dict[str, Any]:
    return {
        "page_id": claim.page_id,
        "crawl_id": claim.crawl_id,
        "fetched_at": result.at,
        "outcome": result.outcome.value,
        "reason": result.reason,
        "http_status": result.http_status,
        "new_links": result.new_links,
        "article_id": result.article_id,
        "detail": clean_field(result.detail),
    }


def _recrawl_state(claim: Claim) -> RecrawlState:
    return RecrawlState(claim.article_id is not None, claim.recrawl_step, claim.failures)


def _next_fetch(connection: Connection, claim: Claim, result: FetchResult) -> NextFetch:
    if result.stays_due:
        return NextFetch(result.at, claim.recrawl_step, claim.failures)
    next_fetch = _next_article_fetch if claim.is_article else _next_listing_fetch
    return next_fetch(connection, claim, result)


def _next_article_fetch(connection: Connection, claim: Claim, result: FetchResult) -> NextFetch:
    is_gone = result.outcome is Outcome.GONE and result.http_status != 410
    return next_article_fetch(
        _recrawl_state(claim),
        result.outcome,
        now=result.at,
        not_modified=result.http_status == NOT_MODIFIED,
        date_published=result.date_published,
        not_before=result.not_before,
        to_confirm=is_gone and not _is_withdrawal(connection, claim, result),
    )


def _next_listing_fetch(connection: Connection, claim: Claim, result: FetchResult) -> NextFetch:
    rows = connection.execute(_latest_fetches, {"page": claim.page_id, "limit": 4 * MAX_YIELDS}).all()
    is_failed = [_is_failed_listing(row.outcome, row.reason) for row in rows]
    source = (claim.source_metadata or {}).get("source")
    yields = [
        ListingYield(row.fetched_at, row.new_links, is_after_outage)
        for row, is_after_outage in zip(rows, [*is_failed[1:], False][: len(rows)], strict=True)
        if row.new_links is not None
    ]
    return next_listing_fetch(
        _recrawl_state(claim),
        _get_listing_outcome(claim, result),
        now=result.at,
        earlier=yields[:MAX_YIELDS],
        new_links=result.new_links or 0,
        newest=(result.newest_link_at or claim.newest_link_at) if claim.kind == "sitemap" else None,
        only_when_named=source == PAGINATION,
        is_guess=source == USUAL_PATH,
        is_after_outage=bool(is_failed and is_failed[0]),
        not_before=result.not_before,
    )


def _retry_source(connection: Connection, claim: Claim, retry: datetime) -> None:
    """Make due, with a listing that failed, the listings that redirect to it, and the page that names it.

    They may lead to another address by now. A section does so only at its first failure: sections are also removed.
    """
    values = {"target": claim.page_id, "retry": retry}
    connection.execute(_retry_redirecting.values(next_fetch_at=retry), values)
    source = (claim.source_metadata or {}).get("source")
    is_new_failure = claim.fetch_count > 0 and claim.failures == 0 and source not in _NOT_NAMED
    if source in NAMED_SOURCES or is_new_failure:
        connection.execute(_retry_naming.values(next_fetch_at=retry), values | {"of_site": claim.site})


def _may_have_recovered(claim: Claim, result: FetchResult) -> bool:
    """Return whether the page was fetched well, and may have failed before."""
    if claim.is_article:
        return claim.failures > 0 and result.outcome in _WITH_VALIDATORS
    return is_listing_read(result.outcome, result.reason)


def _make_due_after_outage(connection: Connection, claim: Claim, now: datetime) -> None:
    """Make the pages of a site due that failed while the page of *claim* did, and in the same way.

    Called before the page's successful fetch is written. Errors, denials and robots.txt are one way to fail: an outage
    begins with time-outs and goes on with 502s. 404 and 410 are another one, and so are walls with status 200; in these
    two ways articles fail one by one, so only listings count.
    """
    outage = _get_outage(connection, claim)
    failed = {row.outcome for row in outage}
    if claim.is_article:
        failed &= _SERVER_FAILURES
    if not failed:
        return
    alike: ColumnElement[bool] = pages.c.outcome.in_(
        sorted(failed | (_SERVER_FAILURES if failed & _SERVER_FAILURES else set()))
    )
    if Outcome.NOT_ARTICLE in failed:
        alike = and_(alike, has_failed)
    waiting = (
        pages.c.site == claim.site,
        alike,
        pages.c.reason.not_in(["disallowed", "retry_after"]),
        # Other pages may have failed a moment before this one did.
        pages.c.fetched_at > outage[-1].fetched_at - _BEFORE_FIRST_FAILURE,
        pages.c.next_fetch_at.is_(None) | (pages.c.next_fetch_at > now),
    )
    connection.execute(update(pages).where(*waiting).values(next_fetch_at=now))


def _get_outage(connection: Connection, claim: Claim) -> list[Any]:
    """Return the latest fetches of a page, the newest first, back to the one after which all failed."""
    for limit in (1, MAX_HISTORY):
        rows = connection.execute(_latest_fetches, {"page": claim.page_id, "limit": limit}).all()
        outage = list(takewhile(lambda row: _is_failed_listing(row.outcome, row.reason), rows))
        if not outage:
            break
    return outage


def _is_failed_listing(outcome: str, reason: str) -> bool:
    is_other = outcome == Outcome.NOT_ARTICLE and not is_listing_read(outcome, reason)
    return outcome in FAILURES or is_other


def _get_listing_outcome(claim: Claim, result: FetchResult) -> Outcome:
    """Return the outcome by which a listing is scheduled: it failed where its page is something else."""
    is_other = result.outcome is Outcome.NOT_ARTICLE and not is_listing_read(result.outcome, result.reason)
    return Outcome.ERROR if is_other else result.outcome


def _is_article_gone(claim: Claim, result: FetchResult) -> bool:
    return claim.is_article and claim.article_id is not None and result.outcome is Outcome.GONE


def _is_withdrawal(connection: Connection, claim: Claim, result: FetchResult) -> bool:
    """Return whether a response confirms that an article was withdrawn. While its whole site returns 404, none does."""
    since_last = result.at - claim.last_fetched_at if claim.last_fetched_at else None
    is_confirmed = is_withdrawn(result.http_status, last_status=claim.last_status, since_last=since_last)
    return is_confirmed and (result.http_status == 410 or not _is_site_missing(connection, claim))


def _is_site_missing(connection: Connection, claim: Claim) -> bool:
    """Return whether this crawl found listings of the site missing that had been read before, and could read none."""
    of_site = (pages.c.site == claim.site, pages.c.kind != "article", pages.c.crawl_id == claim.crawl_id)
    found = connection.execute(select(pages.c.id, pages.c.outcome, pages.c.reason).where(*of_site)).all()
    if any(row.outcome is not None and is_listing_read(row.outcome, row.reason) for row in found):
        return False
    missing = [row.id for row in found if row.outcome == Outcome.GONE]
    was_read = (fetches.c.page_id.in_(missing), fetches.c.new_links.is_not(None))
    return bool(missing) and connection.execute(select(fetches.c.id).where(*was_read).limit(1)).first() is not None


_COPY_REASONS = ("same_content", "same_url")


def _withdraw(connection: Connection, claim: Claim, at: datetime) -> None:
    """Mark the article that was extracted from this page as withdrawn; its text is kept."""
    lock_article_writes(connection)
    row = connection.execute(
        update(articles)
        .where(
            articles.c.id == claim.article_id, articles.c.page_id == claim.page_id, articles.c.withdrawn_at.is_(None)
        )
        .values(withdrawn_at=at)
        .returning(articles.c.id, articles.c.revision)
    ).one_or_none()
    if row is not None:
        _add_change(connection, row, Change.WITHDRAWN, claim, at)
        unindex_articles(connection, [row.id])
        # Its duplicates become due: one of them may be stored in its place.
        copies = (
            pages.c.article_id == row.id,
            pages.c.outcome == Outcome.DUPLICATE.value,
            pages.c.reason.in_(_COPY_REASONS),
        )
        connection.execute(update(pages).where(*copies).values(next_fetch_at=at))


def _restore(connection: Connection, operations: Sequence[FinishFetch]) -> None:
    """Undo the withdrawal of articles whose pages answer 304 again."""
    by_page = {operation.claim.page_id: operation for operation in operations if operation.claim.article_id is not None}
    if not by_page:
        return
    withdrawn = (articles.c.page_id.in_(by_page), articles.c.withdrawn_at.is_not(None))
    if connection.execute(select(articles.c.id).where(*withdrawn).limit(1)).first() is None:
        return
    lock_article_writes(connection)
    restored = update(articles).where(*withdrawn).values(withdrawn_at=None)
    rows = connection.execute(restored.returning(articles.c.id, articles.c.revision, articles.c.page_id)).all()
    index_articles(connection, [row.id for row in rows])
    for row in rows:
        operation = by_page[row.page_id]
        _add_change(connection, row, Change.RESTORED, operation.claim, operation.result.at)


def _add_change(connection: Connection, article: Any, kind: Change, claim: Claim, at: datetime) -> None:
    values = {"article_id": article.id, "kind": kind.value, "revision": article.revision, "changed_at": at}
    connection.execute(insert(article_changes).values(crawl_id=claim.crawl_id, **values))
