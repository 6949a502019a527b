"""The state of all sites, in a number of queries that grows with the sites and not with their pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from newscrawl.monitoring.listings import ListingState
from newscrawl.monitoring.runs import OpenRun, is_killed
from newscrawl.monitoring.status import RECENT, RUNNING, RunState, SiteStatus, find_unchecked
from newscrawl.outcomes import PENDING, FinishReason
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.processes import get_host, process_exists
from newscrawl.storage.queries.frontier import count_pending_articles
from newscrawl.storage.queries.hosts import get_host_states
from newscrawl.storage.queries.listings import list_listings
from newscrawl.storage.schema import article_changes, articles, crawls, pages, site_checks, site_crawls
from newscrawl.urls.parse import get_url_host


def get_site_statuses(engine: Engine, sites: Sequence[str], now: datetime) -> list[SiteStatus]:
    """Return the status of each of *sites*, in their order."""
    listings = {site: list_listings(engine, site) for site in sites}
    pending = count_pending_articles(engine, sites)
    cooldowns = {host: state.cooldown_until for host, state in get_host_states(engine).items()}
    with connect_for_reading(engine) as connection:
        stored = _count_articles(connection, sites)
        new = _get_last_new(connection, [newest for _, newest in stored.values()])
        counts = _count_pages(connection, sites, now)
        checks = {row.site: row for row in connection.execute(select(site_checks).where(site_checks.c.site.in_(sites)))}
        last = {site: _find_last_crawl(connection, site, listings[site], checks.get(site)) for site in sites}
        runs = _get_runs(connection, {key for key in last.values() if key is not None}, now)
    found = []
    for site in sites:
        count, newest = stored.get(site, (0, None))
        check, crawl_id = checks.get(site), last[site]
        status = SiteStatus(
            site,
            listings[site],
            runs.get(crawl_id) if crawl_id is not None else None,
            new.get(newest) if newest is not None else None,
            count,
            pending.get(site, 0),
            counts.get(site, {}),
            _get_cooldown(listings[site], cooldowns, now),
            check.checked_at if check else None,
            check.degraded_since if check else None,
            tuple(check.warnings) if check and check.degraded_since else (),
        )
        found.append(_add_unchecked(status, now))
    return found


def get_last_run(engine: Engine, now: datetime) -> RunState | None:
    """Return the run that was started last, None where there was none."""
    with connect_for_reading(engine) as connection:
        newest = connection.execute(select(func.max(crawls.c.id))).scalar()
        return None if newest is None else _get_runs(connection, [newest], now)[newest]


def get_last_runs(engine: Engine, limit: int, now: datetime) -> list[RunState]:
    """Return the last *limit* runs, newest first."""
    with connect_for_reading(engine) as connection:
        ids = connection.execute(select(crawls.c.id).order_by(crawls.c.id.desc()).limit(limit)).scalars().all()
        runs = _get_runs(connection, ids, now)
    return [runs[crawl_id] for crawl_id in ids]


def _add_unchecked(status: SiteStatus, now: datetime) -> SiteStatus:
    unchecked = find_unchecked(status, now)
    if unchecked is None:
        return status
    since, warnings = unchecked
    if status.degraded_since is not None:
        since = min(since, status.degraded_since)
    return replace(status, degraded_since=since, warnings=(*status.warnings, *warnings))


def _count_articles(connection: Connection, sites: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the number of articles by site, and the id of the newest."""
    query = select(articles.c.site, func.count(), func.max(articles.c.id)).where(articles.c.site.in_(sites))
    return {site: (count, newest) for site, count, newest in connection.execute(query.group_by(articles.c.site))}


def _get_last_new(connection: Connection, ids: Sequence[int]) -> dict[int, datetime]:
    query = select(article_changes.c.article_id, func.min(article_changes.c.changed_at)).where(
        article_changes.c.article_id.in_(ids), article_changes.c.kind == "inserted"
    )
    rows = connection.execute(query.group_by(article_changes.c.article_id)).all()
    return {key: at for key, at in rows}  # noqa: C416


def _count_pages(connection: Connection, sites: Sequence[str], now: datetime) -> dict[str, dict[tuple[str, str], int]]:
    """Return the article pages that recent runs finished, by site, outcome and reason."""
    columns = site_crawls.c
    recent = select(crawls.c.id).where(crawls.c.started_at >= now - RECENT)
    query = (
        select(columns.site, columns.outcome, columns.reason, func.sum(columns.pages))
        .where(columns.crawl_id.in_(recent), columns.site.in_(sites), columns.kind == "article")
        .where(columns.outcome.not_in([PENDING, "duplicate"]))
        .group_by(columns.site, columns.outcome, columns.reason)
    )
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for site, outcome, reason, count in connection.execute(query):
        found[site][outcome, reason] = int(count)
    return found


def _find_last_crawl(
    connection: Connection, site: str, listings: Sequence[ListingState], check: Row[Any] | None
) -> int | None:
    known = [one.crawl_id for one in listings if one.crawl_id is not None]
    if check is not None and check.crawl_id is not None:
        known.append(check.crawl_id)
    if known:
        return max(known)
    # A site of which only single pages were fetched.
    found: int | None = connection.execute(select(func.max(pages.c.crawl_id)).where(pages.c.site == site)).scalar()
    return found


def _get_runs(connection: Connection, ids: Iterable[int], now: datetime) -> dict[int, RunState]:
    rows = connection.execute(select(crawls).where(crawls.c.id.in_(list(ids))))
    return {row.id: _get_run(row, now) for row in rows}


def _get_run(row: Row[Any], now: datetime) -> RunState:
    last_seen_at = row.heartbeat_at or row.started_at
    reason = row.finish_reason
    if row.finished_at is None:
        run = OpenRun(row.id, row.host, row.pid, last_seen_at)
        gone = is_killed(run, now, host=get_host(), process_exists=process_exists)
        reason = FinishReason.KILLED.value if gone else RUNNING
    return RunState(
        row.id,
        row.spider,
        row.started_at,
        row.finished_at,
        reason or "",
        row.exit_code,
        row.warnings or {},
        last_seen_at,
    )


def _get_cooldown(
    listings: Sequence[ListingState], cooldowns: Mapping[str, datetime], now: datetime
) -> datetime | None:
    hosts = {get_url_host(one.url) for one in listings if one.is_front}
    until = max((cooldowns[host] for host in hosts & cooldowns.keys()), default=None)
    return until if until is not None and until > now else None
