"""Cooldowns persist between runs and are cleared when a host responds again."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from newscrawl.scheduling.backoff import HostBackoff
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.hosts import RememberHost
from newscrawl.storage.queries.hosts import get_host_states
from tests.support.crawling import StubResponse, article_page, crawl, front_page, outcomes, query, tiny_site
from tests.support.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ONE, TWO = "/2026/11/20/report-on-one-of-the-two", "/2026/11/20/report-on-two-of-the-two"
SITE = {"/": front_page(ONE, TWO), ONE: article_page("one"), TWO: article_page("two")}


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_host_states_are_stored_and_cleared(store: Store) -> None:
    first, second = HostBackoff(after(5), 1, NOW), HostBackoff(after(99), 2, NOW)
    store.do(RememberHost("a.org", first, NOW))
    store.do(RememberHost("b.org", first, NOW))
    store.do(RememberHost("a.org", second, NOW))
    assert get_host_states(store.engine) == {"a.org": second, "b.org": first}
    store.do(RememberHost("a.org", None, NOW))
    assert get_host_states(store.engine) == {"b.org": first}


def test_run_during_a_cooldown_sends_no_request_and_exits_with_code_0(database_url: str) -> None:
    busy = StubResponse(b"", 429, {"Retry-After": "86400"})
    with tiny_site(SITE | {ONE: busy, TWO: busy}) as site:
        first = crawl("news", url=site.url, database_url=database_url)
        asked = len(site.requests)
        second = crawl("news", url=site.url, database_url=database_url)
        pages = crawl("article", url=site.url + TWO, database_url=database_url)
        assert len(site.requests) == asked, "not even robots.txt"
    assert first.code == 0
    assert (second.code, second.summary["selected"]) == (0, 0)
    [site_summary] = second.summary["sites"]
    assert datetime.fromisoformat(site_summary["cooldown_until"]) > datetime.now(UTC) + timedelta(hours=23)
    assert "backing off until" in second.output
    assert pages.summary["sites"][0]["rejected"] == {"blocked: retry_after": 1}
    assert "blocked: retry_after" in outcomes(database_url).values()


def test_host_is_requested_again_after_its_cooldown_and_its_state_is_cleared(sqlite_url: str) -> None:
    busy = StubResponse(b"", 503, {"Retry-After": "4"})
    settings = {"NEWSCRAWL_BACKOFF_MAX_WAIT": 2}
    with tiny_site(SITE | {"/robots.txt": busy}) as site:
        crawl("news", url=site.url, database_url=sqlite_url, settings=settings)
        [(backoff_count,)] = query(sqlite_url, "SELECT backoff_count FROM hosts")
        last_request = site.requests[-1][0]
        site.answers["/robots.txt"] = StubResponse(b"", 404)
        # A crawl that starts earlier finds nothing due and exits.
        time.sleep(max(0.0, last_request + 4.5 - time.monotonic()))
        done = crawl("news", url=site.url, database_url=sqlite_url, settings={"NEWSCRAWL_BACKOFF_MAX_WAIT": 60})
        assert next(moment for moment, _, _ in site.requests if moment > last_request) - last_request >= 4
    assert backoff_count == 1
    assert (done.code, done.summary["stored"]) == (0, 2)
    assert query(sqlite_url, "SELECT count(*) FROM hosts") == [(0,)]


def test_host_in_backoff_for_over_a_day_degrades_the_crawl(sqlite_url: str) -> None:
    with tiny_site(SITE) as site:
        crawl("news", url=site.url, database_url=sqlite_url)
        now = datetime.now(UTC)
        long_ago = HostBackoff(now + timedelta(hours=3), 9, now - timedelta(days=3))
        engine = open_engine(sqlite_url)
        with engine.begin() as connection:
            RememberHost.apply_all(connection, [RememberHost("127.0.0.1", long_ago, now)])
        engine.dispose()
        done = crawl("news", url=site.url, database_url=sqlite_url)
    assert done.code == 4
    assert "its host has been returning 429 or 503 for 3 days" in done.output
