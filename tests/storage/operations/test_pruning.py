"""Old articles and whole sites are deleted in batches that can be interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, update

from newscrawl.items import Article, Outcome
from newscrawl.scheduling.backoff import HostBackoff
from newscrawl.storage.operations import pruning
from newscrawl.storage.operations.crawls import RecordResult
from newscrawl.storage.operations.deletions import Deleted, Deletion, DeletionReason, delete_articles
from newscrawl.storage.operations.hosts import RememberHost
from newscrawl.storage.operations.pruning import (
    KEPT_FETCHES,
    count_prunable,
    prune_articles,
    prune_counts,
    prune_fetches,
    remove_site,
)
from newscrawl.storage.schema import (
    article_changes,
    article_revisions,
    articles,
    crawls,
    fetches,
    hosts,
    learned_parameters,
    metadata,
    pages,
    site_checks,
    site_crawls,
    url_key_rules,
)
from tests.storage.test_query_plans import collect_scans
from tests.support.store import NOW, Store

Make = Callable[..., Article]
DAY = timedelta(days=1)
PRUNED = Deletion(DeletionReason.PRUNED, NOW)
REMOVED = Deletion(DeletionReason.SITE_REMOVED, NOW)


def fill(store: Store, make_article: Make) -> None:
    """Store 12 dated articles of two sites, of each day one, and two without a date, downloaded now."""
    for number in range(12):
        site = f"{'ab'[number % 2]}.example"
        store.save(make_article(f"https://{site}/{number}", site=site, date_published=NOW - number * DAY))
    for number in range(2):
        store.save(make_article(f"https://a.example/undated-{number}", site="a.example"))
    with store.engine.begin() as connection:
        for site in ("a.example", "b.example"):
            connection.execute(update(pages).where(pages.c.url.contains(site)).values(site=site))


@pytest.fixture
def filled(store: Store, make_article: Make, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(pruning, "BATCH", 3)
    monkeypatch.setattr(pruning, "PAUSE", 0.0)
    fill(store, make_article)
    return store


def get_urls(store: Store) -> list[str]:
    return [row.url.removeprefix("https://") for row in store.rows(articles)]


def test_articles_older_than_the_time_are_deleted_and_newer_ones_stay(filled: Store) -> None:
    before = NOW - 3.5 * DAY
    with filled.engine.connect() as connection:
        assert count_prunable(connection, before) == Deleted(8, 0)
        assert count_prunable(connection, before, "a.example") == Deleted(4, 0)
    assert prune_articles(filled.engine, before, PRUNED, "b.example") == Deleted(4, 0)
    assert prune_articles(filled.engine, before, PRUNED) == Deleted(4, 0)
    undated = ["a.example/undated-0", "a.example/undated-1"]
    assert get_urls(filled) == ["a.example/0", "b.example/1", "a.example/2", "b.example/3", *undated]
    gone = {(row.article_id, row.reason) for row in filled.rows(article_changes) if row.kind == "deleted"}
    assert gone == {(number, "pruned") for number in range(5, 13)}
    assert prune_articles(filled.engine, before, PRUNED) == Deleted()


def test_without_a_date_the_first_download_counts(filled: Store, make_article: Make) -> None:
    filled.now += DAY
    filled.start_crawl()
    changed = make_article("https://a.example/undated-0", site="a.example", date_downloaded=filled.now, headline="New")
    filled.save(changed)
    assert len(filled.rows(article_revisions)) == 1
    assert prune_articles(filled.engine, NOW + DAY / 2, PRUNED) == Deleted(14, 1)


def test_pruned_pages_stay_recorded_and_are_not_fetched_again(filled: Store) -> None:
    number = len(filled.rows(pages))
    prune_articles(filled.engine, NOW + DAY, PRUNED)
    assert len(filled.rows(pages)) == number
    assert {(page.outcome, page.reason) for page in filled.rows(pages)} == {("deleted", "pruned")}
    filled.now += 30 * DAY
    filled.start_crawl()
    urls = [page.url for page in filled.rows(pages)]
    assert filled.claim(*urls, force=True, source_modified_at=filled.now) == []


def test_an_interrupted_run_can_be_repeated(filled: Store) -> None:
    class Killed(Exception):
        pass

    def kill(number: int) -> None:
        if number == 6:
            raise Killed

    with pytest.raises(Killed):
        prune_articles(filled.engine, NOW - 0.5 * DAY, PRUNED, on_progress=kill)
    assert len(filled.rows(articles)) == 8
    assert prune_articles(filled.engine, NOW - 0.5 * DAY, PRUNED) == Deleted(5, 0)
    assert len([row for row in filled.rows(article_changes) if row.kind == "deleted"]) == 11


def test_a_crawl_can_write_while_old_articles_are_deleted(
    store: Store, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 20)
    store.save_all([make_article(f"https://example.org/{n}", date_published=NOW - DAY) for n in range(400)])
    deleting = threading.Thread(target=prune_articles, args=(store.engine, NOW, PRUNED))
    deleting.start()
    written = 0
    while deleting.is_alive():
        store.save(make_article(f"https://example.org/new-{written}", date_published=NOW + DAY))
        written += 1
    deleting.join()
    assert written > 3
    assert len(store.rows(articles)) == written


def test_old_fetches_and_counts_go_but_the_newest_of_each_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 4)
    for day in range(KEPT_FETCHES + 10):
        store.now = NOW + day * DAY
        store.start_crawl()
        for url, kind in (("https://example.org/feed", "feed"), ("https://example.org/one", "article")):
            [claim] = store.claim(url, kind=kind, force=True)
            store.finish(claim, Outcome.UNCHANGED, "not_modified")
        store.end_crawl()
    before = NOW + 1000 * DAY
    expected = 10 + KEPT_FETCHES + 9
    assert prune_fetches(store.engine, before, dry_run=True) == expected
    assert prune_fetches(store.engine, before) == expected
    assert len(store.rows(fetches)) == KEPT_FETCHES + 1
    assert max(row.id for row in store.rows(fetches)) == 2 * (KEPT_FETCHES + 10)
    number = len(store.rows(site_crawls))
    assert prune_counts(store.engine, before, "other.net") == 0
    assert prune_counts(store.engine, before, dry_run=True) == number == len(store.rows(site_crawls))
    assert prune_counts(store.engine, before) == number
    assert store.rows(site_crawls) == []
    assert len(store.rows(crawls)) == KEPT_FETCHES + 11


def test_everything_of_a_removed_site_goes(filled: Store) -> None:
    filled.do(RememberHost("a.example", HostBackoff(NOW, 1, NOW), NOW))
    warnings = {"a.example": ["slow"], "b.example": ["slow"]}
    filled.do(RecordResult(filled.crawl_id, 0, warnings, warnings, NOW))
    with filled.engine.begin() as connection:
        for name in ("a.example", "b.example"):
            row = {"site": name, "parameter": "x", "articles": 9, "learned_at": NOW}
            connection.execute(insert(learned_parameters), row)
            connection.execute(insert(url_key_rules), {"site": name, "made_by": "{}"})
        delete_articles(connection, [1], Deletion(DeletionReason.ON_REQUEST, NOW))
    removed = remove_site(filled.engine, "a.example", REMOVED)
    assert (removed.deleted, removed.pages, removed.kept) == (Deleted(7, 0), 7, 1)
    assert {row.site for row in filled.rows(articles)} == {"b.example"}
    left = [(page.url, page.reason) for page in filled.rows(pages) if page.site == "a.example"]
    assert left == [("https://a.example/0", "on_request")], "a later crawl must not bring it back"
    for table in (site_checks, learned_parameters, url_key_rules):
        names = {row.site for row in filled.rows(table)} - {"*"}
        assert names == ({"b.example"} if table is site_checks else {"a.example", "b.example"}), table.name
    assert filled.rows(hosts) == []
    assert filled.rows(crawls)[-1].warnings == {"b.example": ["slow"]}
    gone = [row.reason for row in filled.rows(article_changes) if row.kind == "deleted"]
    assert gone == ["on_request"] + ["site_removed"] * 7


def test_a_removed_site_leaves_no_row_and_no_rule(filled: Store) -> None:
    filled.end_crawl()
    with filled.engine.begin() as connection:
        connection.execute(insert(url_key_rules), {"site": "a.example", "made_by": "{}"})
    remove_site(filled.engine, "a.example", REMOVED)
    for table in metadata.sorted_tables:
        if "site" in table.columns and table is not article_changes:
            assert "a.example" not in {row.site for row in filled.rows(table)}, table.name


def test_selecting_old_articles_scans_no_table(sqlite_engine: Engine) -> None:
    scans = collect_scans(sqlite_engine)
    prune_articles(sqlite_engine, NOW, PRUNED)
    assert scans == set()
