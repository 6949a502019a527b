"""The cost of a fetch does not grow with the database: no statement reads a whole table, or all articles of a site."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from newscrawl.items import Article
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.duplicates import FindDuplicate
from newscrawl.storage.queries.history import find_page_history
from newscrawl.storage.queries.plan import site_plan
from newscrawl.storage.schema import metadata
from newscrawl.storage.upgrade import upgrade
from tests.support.random_site import RandomSite
from tests.support.store import Store

ONCE_PER_CRAWL = "INSERT INTO crawls"
"""SQLite's plan includes foreign keys that an insertion never follows."""
SMALL = {"url_key_rules", "hosts", "alembic_version"}


def collect_scans(engine: Engine, *, may_read_sites: bool = False) -> set[str]:
    """Return a set that collects each later statement that reads too much, after its plan.

    Too much is a table, and all articles of a site unless *may_read_sites*.
    """
    scans: set[str] = set()
    plans = {f"SCAN {table}" for table in metadata.tables if table not in SMALL}

    @event.listens_for(engine, "before_cursor_execute")
    def explain(_: Any, cursor: Any, statement: str, parameters: Any, __: Any, many: bool) -> None:
        if statement.split()[0] not in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"} or ONCE_PER_CRAWL in statement:
            return
        given = parameters[0] if many else parameters
        for *_, plan in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", given).fetchall():
            is_scan = " ".join(plan.split()[:2]) in plans and "INDEX" not in plan
            if is_scan or (not may_read_sites and re.match(r"SEARCH articles .*\(site=\?\)$", plan)):
                scans.add(f"{plan}: {statement}")

    return scans


def test_fetches_and_page_queries_never_scan_a_whole_table(
    sqlite_url: str, make_article: Callable[..., Article]
) -> None:
    engine = open_engine(sqlite_url)
    upgrade(engine)
    scans = collect_scans(engine)
    store, site = Store(engine), RandomSite(3)
    for _ in range(30):
        site.step(store)
    store.start_crawl()
    [feed] = store.claim("https://example.org/feed", kind="feed")
    store.finish_listing(feed, "https://example.org/a/77", "https://example.org/a/1")
    store.start_crawl()
    for claim in store.claim_pending():
        store.do(FindDuplicate(make_article(claim.url), claim))
    store.claim_listings()
    store.end_crawl()
    for url in ("https://example.org/feed", "https://example.org/a/1"):
        assert find_page_history(engine, url) is not None
    site_plan(engine, "example.org", store.now)
    store.close()
    engine.dispose()
    assert scans == set()
