"""What the ledger knows of one page, and what a crawl of a site would fetch now; read-only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.storage.engine import reading
from newscrawl.storage.operations.claims import due_listings, waiting_articles
from newscrawl.storage.operations.rekeying import stored_keys
from newscrawl.storage.schema import article_changes, articles, crawls, fetches, pages


@dataclass(frozen=True, slots=True)
class PastFetch:
    """One visit that has ended."""

    fetched_at: datetime
    crawl_id: int | None
    spider: str | None
    outcome: str
    reason: str
    http_status: int | None
    new_links: int | None


@dataclass(frozen=True, slots=True)
class PastChange:
    """One line of the article's part of the feed of changes."""

    changed_at: datetime
    kind: str
    revision: int
    label: str | None
    """Of a revision: `typo`, `update`, `correction` or `rewrite`."""
    size: float | None


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """The article that a page brought or duplicates."""

    id: int
    url: str
    headline: str
    revision: int
    withdrawn_at: datetime | None
    source_organization: str | None
    is_from_this_page: bool
    changes: tuple[PastChange, ...]
    story: tuple[str, ...]
    """URLs of the other articles of its story."""


@dataclass(frozen=True, slots=True)
class PageHistory:
    """Everything that is known of a page."""

    url: str
    url_key: str
    site: str
    kind: str
    discovered_from: str | None
    discovered_at: datetime
    outcome: str | None
    reason: str | None
    http_status: int | None
    next_fetch_at: datetime | None
    source_metadata: dict[str, Any] | None
    taken_up_by: int | None
    """The crawl that took it up last."""
    redirects_to: str | None
    redirected_from: tuple[str, ...]
    fetches: tuple[PastFetch, ...]
    article: ArticleFacts | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A page that a crawl would fetch."""

    url: str
    kind: str
    reason: str
    """`new` (never fetched), `unfinished` (a crawl that ended early left it) or `due`."""
    next_fetch_at: datetime | None


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What a crawl of a site would fetch from what the ledger holds."""

    site: str
    listings: tuple[Planned, ...]
    articles: tuple[Planned, ...]
    next_fetch_at: datetime | None
    """When the first of the other pages is due."""
    cooldown_until: datetime | None = None
    """The site's host asked not to be visited before: nothing is fetched, and pages wait."""


def find_page_history(engine: Engine, url: str) -> PageHistory | None:
    """Return what is known of the page that *url* names, None for one that no crawl has met.

    It is looked for by the key that the ledger's rules make: the next crawl brings in those of a changed site file.
    """
    with reading(engine) as connection:
        keys = stored_keys(connection)
    return page_history(engine, keys.url_key(url))


def page_history(engine: Engine, key: str) -> PageHistory | None:
    """Return what is known of the page with this key, None for one that no crawl has met."""
    with reading(engine) as connection:
        page = connection.execute(select(pages).where(pages.c.url_key == key)).one_or_none()
        if page is None:
            return None
        aliases = select(pages.c.url).where(pages.c.redirects_to == page.id).order_by(pages.c.id)
        return PageHistory(
            url=page.url,
            url_key=page.url_key,
            site=page.site,
            kind=page.kind,
            discovered_from=page.discovered_from,
            discovered_at=page.discovered_at,
            outcome=page.outcome,
            reason=page.reason,
            http_status=page.http_status,
            next_fetch_at=page.next_fetch_at,
            source_metadata=page.source_metadata,
            taken_up_by=page.crawl_id,
            redirects_to=_url_of(connection, page.redirects_to),
            redirected_from=tuple(connection.execute(aliases).scalars()),
            fetches=_visits(connection, page.id),
            article=_article(connection, page.article_id, page.id),
        )


def _url_of(connection: Connection, page_id: int | None) -> str | None:
    if page_id is None:
        return None
    return connection.execute(select(pages.c.url).where(pages.c.id == page_id)).scalar()


def _visits(connection: Connection, page_id: int) -> tuple[PastFetch, ...]:
    query = (
        select(
            fetches.c.fetched_at,
            fetches.c.crawl_id,
            crawls.c.spider,
            fetches.c.outcome,
            fetches.c.reason,
            fetches.c.http_status,
            fetches.c.new_links,
        )
        .outerjoin(crawls, crawls.c.id == fetches.c.crawl_id)
        .where(fetches.c.page_id == page_id)
        .order_by(fetches.c.id)
    )
    return tuple(PastFetch(*row) for row in connection.execute(query))


def _article(connection: Connection, article_id: int | None, page_id: int) -> ArticleFacts | None:
    if article_id is None:
        return None
    row = connection.execute(select(articles).where(articles.c.id == article_id)).one_or_none()
    if row is None:
        return None
    names = ("changed_at", "kind", "revision", "change_label", "change_size")
    changes = select(*(article_changes.c[name] for name in names))
    mine = changes.where(article_changes.c.article_id == article_id).order_by(article_changes.c.change_id)
    others = select(articles.c.url).where(articles.c.story_id == row.story_id, articles.c.id != row.id)
    return ArticleFacts(
        id=row.id,
        url=row.url,
        headline=row.headline,
        revision=row.revision,
        withdrawn_at=row.withdrawn_at,
        source_organization=row.source_organization,
        is_from_this_page=row.page_id == page_id,
        changes=tuple(PastChange(*line) for line in connection.execute(mine)),
        story=tuple(connection.execute(others.order_by(articles.c.id)).scalars()),
    )


def site_plan(
    engine: Engine, site: str, now: datetime, *, period: Period = ANY_TIME, limit: int | None = None
) -> SitePlan:
    """Return what a crawl of *site* would fetch at *now*, at most *limit* articles."""
    later = select(func.min(pages.c.next_fetch_at)).where(pages.c.site == site, pages.c.next_fetch_at > now)
    with reading(engine) as connection:
        listings = [_planned(row) for row in connection.execute(due_listings(site, now))]
        waiting = [_planned(row) for row in connection.execute(waiting_articles(site, now, period).limit(limit))]
        return SitePlan(site, tuple(listings), tuple(waiting), connection.execute(later).scalar())


def sites_of_pages(engine: Engine) -> Sequence[str]:
    """Return the names of all sites of which the ledger holds a page."""
    with reading(engine) as connection:
        return list(connection.execute(select(pages.c.site).distinct().order_by(pages.c.site)).scalars())


def _planned(row: Any) -> Planned:
    unread = "new" if row.crawl_id is None else "unfinished"
    reason = unread if row.outcome is None else "due"
    return Planned(row.url, row.kind, reason, row.next_fetch_at)
