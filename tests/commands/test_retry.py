"""`scrapy retry` makes what failed due now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.commands.retry import describe, retry
from newscrawl.exceptions import ExitCode, UsageError
from newscrawl.items import Outcome
from newscrawl.sites.registry import Registry
from newscrawl.storage.operations.retries import Retry
from newscrawl.storage.schema import pages
from tests.support.crawling import scrapy
from tests.support.store import Store

A, B, C, D, FEED = (f"https://example.org/{name}" for name in ("first-report", "second-report", "c", "d", "feed"))


def do_retry(store: Store, target: str, folder: Path) -> Retry:
    with store.engine.begin() as connection:
        return retry(connection, target, Registry(folder))


def get_due(store: Store) -> set[str]:
    now = datetime.now(UTC)
    return {row.url for row in store.rows(pages) if row.next_fetch_at is not None and row.next_fetch_at <= now}


def fill(store: Store) -> None:
    """Record a stored, a failed, a missing and a pending article, and a feed that failed, all due in the future."""
    store.now = datetime.now(UTC)
    stored, failed, gone = store.claim(A, B, C)
    store.finish(stored, Outcome.STORED, "new")
    store.finish(failed, Outcome.ERROR, "timeout")
    store.finish(gone, Outcome.GONE, "http_410")
    store.claim(D, limit=0)
    [feed] = store.claim(FEED, kind="feed")
    store.finish(feed, Outcome.BLOCKED, "http_403")


def test_failed_pages_of_a_site_are_due_and_the_others_are_not(store: Store, tmp_path: Path) -> None:
    fill(store)
    assert do_retry(store, "example.org", tmp_path) == Retry("example.org", articles=2, listings=1, waiting=1)
    assert get_due(store) == {B, C, FEED}
    assert do_retry(store, "example.org", tmp_path) == Retry("example.org", articles=0, listings=0, waiting=4)
    store.now += timedelta(seconds=10)
    store.start_crawl()
    assert {claim.url for claim in store.claim_pending() + store.claim_listings()} == {B, C, D, FEED}


@pytest.mark.parametrize("url", [A, A + "?utm_source=mail", "http://www.example.org/first-report#top"])
def test_page_is_due_whatever_its_outcome_and_however_its_url_is_written(
    store: Store, tmp_path: Path, url: str
) -> None:
    fill(store)
    assert do_retry(store, url, tmp_path).articles == 1
    assert get_due(store) == {A}


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("exmaple.org", "did you mean 'example.org'?"),
        ("other.net", "known: a-paper, example.org"),
        ("a-paper", "was never crawled; run `scrapy crawl news -a site=a-paper`"),
        ("https://example.org/frist-report", f"did you mean '{A}'?"),
        ("https://example.com/first-report", "did you mean 'example.org'?"),
        ("https://other.net/quite-another-page", "run `scrapy crawl article -a url=https://other.net/"),
        ("https://", "is not an http or https URL"),
    ],
)
def test_unknown_site_or_url_is_an_error_with_the_nearest_one(
    store: Store, tmp_path: Path, target: str, hint: str
) -> None:
    fill(store)
    (tmp_path / "a-paper.toml").write_text('url = "https://a-paper.net/"', encoding="utf-8")
    with pytest.raises(UsageError) as error:
        do_retry(store, target, tmp_path)
    assert hint in str(error.value)
    assert get_due(store) == set()


@pytest.mark.parametrize(
    ("retried", "line"),
    [
        (Retry("a.org", 2, 1, 0), "a.org: 2 articles and 1 listing are due now; the next crawl"),
        (Retry("a.org", 1, 0, 1), "a.org: 1 article is due now; 1 page was due or pending already; the next crawl"),
        (Retry("a.org", 0, 1200, 3), "a.org: 1,200 listings are due now; 3 pages were due or pending already;"),
        (Retry("a.org", 0, 0, 0), "a.org: nothing to retry"),
    ],
)
def test_result_is_one_line(retried: Retry, line: str) -> None:
    assert describe(retried).startswith(line)


def test_mistakes_end_with_one_line_and_change_nothing(store: Store) -> None:
    fill(store)
    url = store.engine.url.render_as_string(hide_password=False)
    done = scrapy("retry", "example.org", "exmaple.org", database_url=url)
    assert (done.code, done.log.count("\n")) == (ExitCode.USAGE, 1)
    assert "did you mean 'example.org'?" in done.log
    assert get_due(store) == set()
    assert scrapy("retry", database_url=url).code == ExitCode.USAGE
    assert scrapy("retry", "example.org", database_url="sqlite:////tmp/no-such.db").code == ExitCode.STORAGE
