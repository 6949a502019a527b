"""What is told at the end of a crawl, and while it runs."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import make_url

from newscrawl.extensions.progress import progress_line
from newscrawl.extensions.summary import exit_code, explain, next_step
from newscrawl.monitoring.summary import SiteSummary, summarize, totals
from newscrawl.storage.queries.crawls import SiteCount, waiting_by_site
from newscrawl.storage.records import Period
from tests.support.store import Store

COUNTS = [
    SiteCount("a.org", "article", "stored", "new", 5),
    SiteCount("a.org", "article", "duplicate", "same_content", 2),
    SiteCount("a.org", "article", "error", "timeout", 1),
    SiteCount("a.org", "article", "pending", "unfinished", 3),
    SiteCount("a.org", "feed", "not_article", "feed", 1),
    SiteCount("a.org", "feed", "gone", "http_404", 2),
    SiteCount("b.org", "section", "error", "dns", 1),
]


def test_fetched_is_stored_and_rejected_and_pending() -> None:
    a, _ = summarize(COUNTS)
    assert (a.kept["stored"], a.rejected.total(), a.pending, a.fetched) == (5, 3, 3, 11)
    assert a.rejected == {"duplicate: same_content": 2, "error: timeout": 1}
    assert (a.listings, a.listing_failures) == (1, {"gone: http_404": 2})


def test_totals_add_up_over_sites() -> None:
    sums = totals(summarize(COUNTS))
    assert sums == {"fetched": 11, "stored": 5, "updated": 0, "unchanged": 0, "rejected": 3, "pending": 3}


def test_a_site_failed_when_nothing_of_it_could_be_read() -> None:
    assert [site.failed for site in summarize(COUNTS)] == [False, True]


@pytest.mark.parametrize(
    ("left", "failed"),
    [
        (["error: http_500", "gone: http_410"], False),
        (["error: http_500", "error: timeout"], False),
        (["error: dns"], True),
        (["blocked: retry_after"], False),
    ],
)
def test_pages_that_fail_when_no_listing_is_due_are_no_failure_of_a_site_that_can_be_reached(
    left: list[str], failed: bool
) -> None:
    assert SiteSummary("a.org", rejected=Counter(left), by_listings=True).failed is failed
    assert SiteSummary("a.org", rejected=Counter(left)).failed is (left != ["blocked: retry_after"])
    broken = SiteSummary(
        "a.org", rejected=Counter(left), listing_failures=Counter(["error: http_500"]), by_listings=True
    )
    assert broken.failed


@pytest.mark.parametrize(
    ("sites", "reason", "code"),
    [
        (COUNTS[:5], "finished", 0),
        (COUNTS, "finished", 4),
        (COUNTS[6:], "finished", 5),
        ([], "finished", 0),
        (COUNTS[:5], "shutdown", 0),
        (COUNTS[:5], "start_error", 1),
    ],
)
def test_the_exit_code_says_how_it_went(sites: list[SiteCount], reason: str, code: int) -> None:
    assert exit_code(summarize(sites), reason) == code


def test_an_archive_that_broke_off_is_a_failure() -> None:
    assert exit_code(summarize(COUNTS[:5]), "finished", archive_failed=True) == 1


def test_what_waits_for_another_time_is_not_announced_for_the_next_crawl(store: Store) -> None:
    for number, year in enumerate((2020, 2026)):
        moment = datetime(year, 11, 1, tzinfo=UTC)
        store.take(f"https://example.org/news-{number}", limit=0, published_at=moment)
    period = Period(since=datetime(2026, 1, 1, tzinfo=UTC))
    assert waiting_by_site(store.engine, ["example.org"]) == {"example.org": 2}
    assert waiting_by_site(store.engine, ["example.org"], period) == {"example.org": 1}


def test_a_failed_site_is_named_with_its_reasons() -> None:
    assert explain(summarize(COUNTS), "finished", {"a.org": 1200}) == [
        "a.org: 1,200 more pages were found; the next crawl fetches them.",
        "b.org: nothing could be read: error: dns (its name is not known; check the spelling and the network)",
    ]


def test_json_names_every_reason() -> None:
    assert summarize(COUNTS)[0].as_json() == {
        "site": "a.org",
        "fetched": 11,
        "stored": 5,
        "updated": 0,
        "unchanged": 0,
        "rejected": {"duplicate: same_content": 2, "error: timeout": 1},
        "pending": 3,
        "listings": 1,
        "listing_failures": {"gone: http_404": 2},
    }
    assert "listing_failures" not in SiteSummary("c.org").as_json()


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ((0, 0, 0, 0, 0.0), "0 pages fetched, 0 articles stored, 0 waiting"),
        ((1200, 1000, 0, 0, 60.0), "1,200 pages fetched, 1,000 articles stored, 0 waiting"),
        ((10, 5, 20, 1, 10.0), "10 pages fetched, 5 articles stored, 20 waiting, 1 host in backoff, about 20 s left"),
        (
            (10, 5, 600, 2, 10.0),
            "10 pages fetched, 5 articles stored, 600 waiting, 2 hosts in backoff, about 10 min left",
        ),
    ],
)
def test_the_progress_line(facts: tuple[int, int, int, int, float], line: str) -> None:
    assert progress_line(*facts) == line


def test_the_next_step_works_with_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite, postgresql = make_url("sqlite:///a.db"), make_url("postgresql+psycopg://joe:secret@db.example/news")
    assert next_step(postgresql).startswith('psql "postgresql://joe@db.example/news" -c "SELECT')
    monkeypatch.setenv("PATH", "/nowhere")
    assert next_step(sqlite).startswith('python3 -c "import sqlite3')
