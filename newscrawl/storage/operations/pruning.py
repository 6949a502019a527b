"""Deleting what is older than a time, and whole sites, in short transactions, so that a crawl can write in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Engine,
    Select,
    String,
    cast,
    delete,
    func,
    select,
    update,
)

from newscrawl.storage.operations.deletions import Deleted, Deletion, DeletionReason, delete_articles
from newscrawl.storage.queries.deletions import select_older_articles
from newscrawl.storage.schema import (
    article_revisions,
    articles,
    crawls,
    deleted_texts,
    fetches,
    hosts,
    learned_parameters,
    pages,
    site_checks,
    site_crawls,
    url_key_rules,
)
from newscrawl.urls.normalize import get_site
from newscrawl.urls.parse import split_any

BATCH = 100
"""Articles, or five times as many smaller rows, a transaction."""
PAUSE = 0.03
"""Seconds between two transactions on SQLite, whose waiting writers look only now and then whether it is free."""
KEPT_FETCHES = 32
"""Newest fetches of a listing that are kept: the next fetch is planned from them. Of an article one is kept."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class RemovedSite:
    """What of a site was removed."""

    deleted: Deleted
    pages: int
    kept: int
    """Pages whose article was deleted on request: they stay, so that no later crawl brings it back."""


def prune_articles(
    engine: Engine, before: datetime, deletion: Deletion, site: str | None = None, on_progress: Progress | None = None
) -> Deleted:
    """Delete the articles from before a time; return what was deleted.

    An article is as old as its `date_published`; without one, as its first download. Each transaction deletes some
    articles with everything they have, so an interrupted run can be repeated.
    """
    return _delete_in_batches(engine, select_older_articles(before, site), deletion, on_progress)


def _delete_in_batches(
    engine: Engine, query: Select[Any] | CompoundSelect[Any], deletion: Deletion, on_progress: Progress | None
) -> Deleted:
    """Delete the articles whose ids *query* selects until there are none."""
    total = Deleted()
    while True:
        with engine.begin() as connection:
            ids = list(connection.execute(query.limit(BATCH)).scalars())
            deleted = delete_articles(connection, ids, deletion)
        total += deleted
        if not deleted.articles:
            return total
        if on_progress is not None:
            on_progress(total.articles)
        _let_others_write(engine)


def prune_fetches(engine: Engine, before: datetime, site: str | None = None, *, dry_run: bool = False) -> int:
    """Delete old fetches, but of each page the newest ones; return how many, with *dry_run* without deleting them."""
    number, last = 0, 0
    query = select(fetches.c.id, fetches.c.page_id, pages.c.kind).join(pages, pages.c.id == fetches.c.page_id)
    query = query.where(fetches.c.fetched_at < before)
    if site is not None:
        query = query.where(pages.c.site == site)
    bounds: dict[int, int] = {}
    while True:
        with engine.begin() as connection:
            chunk = query.where(fetches.c.id > last).order_by(fetches.c.id).limit(5 * BATCH)
            rows = connection.execute(chunk).all()
            for row in rows:
                if row.page_id not in bounds:
                    bounds[row.page_id] = _get_first_kept(connection, row)
            ids = [row.id for row in rows if row.id < bounds[row.page_id]]
            if ids and not dry_run:
                connection.execute(delete(fetches).where(fetches.c.id.in_(ids)))
        if not rows:
            return number
        number, last = number + len(ids), rows[-1].id
        _let_others_write(engine)


def prune_counts(engine: Engine, before: datetime, site: str | None = None, *, dry_run: bool = False) -> int:
    """Delete the counts that old crawls left in `site_crawls`; return how many rows. The crawls themselves are kept.

    With *dry_run*, only count them.
    """
    old = select(crawls.c.id).where(crawls.c.finished_at < before)
    conditions: list[ColumnElement[bool]] = [site_crawls.c.crawl_id.in_(old)]
    if site is not None:
        conditions.append(site_crawls.c.site == site)
    with engine.begin() as connection:
        if dry_run:
            number = select(func.count()).select_from(site_crawls).where(*conditions)
            return connection.execute(number).scalar_one()
        return connection.execute(delete(site_crawls).where(*conditions)).rowcount


def count_prunable(connection: Connection, before: datetime, site: str | None = None) -> Deleted:
    """Return what `prune_articles` would delete."""
    ids = select_older_articles(before, site)
    number = connection.execute(select(func.count()).select_from(ids.subquery())).scalar_one()
    older = select(func.count()).where(article_revisions.c.article_id.in_(ids))
    return Deleted(number, connection.execute(older).scalar_one())


def remove_site(engine: Engine, site: str, deletion: Deletion, on_progress: Progress | None = None) -> RemovedSite:
    """Delete everything of *site*: articles, pages, history, counts, checks, what was learned about it, its hosts.

    Each article leaves a line in the change feed. Pages whose article was deleted on request stay.
    """
    total = _delete_in_batches(engine, select(articles.c.id).where(articles.c.site == site), deletion, on_progress)
    number, urls = 0, set[str]()
    for removed in _remove_pages(engine, site):
        number += len(removed)
        urls |= {f"{parts.scheme}://{parts.netloc}" for parts in map(split_any, removed)}
    with engine.begin() as connection:
        _remove_facts(connection, site, urls)
        kept = connection.execute(select(func.count()).where(pages.c.site == site)).scalar_one()
    return RemovedSite(total, number, kept)


def _remove_pages(engine: Engine, site: str) -> Iterator[list[str]]:
    """Delete the pages of a site in batches; yield their URLs."""
    is_requested = (pages.c.outcome == "deleted") & (pages.c.reason == DeletionReason.ON_REQUEST.value)
    of_site = (pages.c.site == site, func.coalesce(~is_requested, True))
    while True:
        with engine.begin() as connection:
            ids = connection.execute(select(pages.c.id).where(*of_site).limit(5 * BATCH)).scalars().all()
            removed = delete(pages).where(pages.c.id.in_(ids)).returning(pages.c.url)
            urls = list(connection.execute(removed).scalars()) if ids else []
        if not urls:
            return
        yield urls
        _let_others_write(engine)


def _remove_facts(connection: Connection, site: str, urls: set[str]) -> None:
    """Delete what is stored by the name of the site, and by those of its hosts and domains that no page is left of."""
    by_site: list[Any] = [site_crawls, site_checks]
    for table in by_site:
        connection.execute(delete(table).where(table.c.site == site))
    requested = deleted_texts.c.reason == DeletionReason.ON_REQUEST.value
    connection.execute(delete(deleted_texts).where(deleted_texts.c.site == site, ~requested))
    connection.execute(delete(hosts).where(hosts.c.host.in_({split_any(url).netloc for url in urls})))
    domains = set()
    for url in urls:
        with suppress(ValueError):
            domains.add(get_site(url))
    for domain in domains:
        left = select(pages.c.id).where(pages.c.url_key.contains(domain, autoescape=True)).limit(1)
        if connection.execute(left).first() is None:
            for table in (learned_parameters, url_key_rules):
                connection.execute(delete(table).where(table.c.site == domain))
    query = select(crawls.c.id, crawls.c.warnings).where(cast(crawls.c.warnings, String).contains(f'"{site}"'))
    for row in connection.execute(query).all():
        warnings = {name: lines for name, lines in row.warnings.items() if name != site}
        connection.execute(update(crawls).where(crawls.c.id == row.id).values(warnings=warnings or None))


def _get_first_kept(connection: Connection, row: Any) -> int:
    """Return the id of the oldest fetch of a page that is kept."""
    of_page = select(fetches.c.id).where(fetches.c.page_id == row.page_id).order_by(fetches.c.id.desc())
    kept = 1 if row.kind == "article" else KEPT_FETCHES
    return connection.execute(of_page.offset(kept - 1).limit(1)).scalar() or 0


def _let_others_write(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        time.sleep(PAUSE)
