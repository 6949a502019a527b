"""A deleted article is gone with everything it had, and no crawl brings it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from newscrawl.dedup.content_hash import headline_hash
from newscrawl.items import Article, Image, Outcome
from newscrawl.storage.operations.deletions import Deleted, Deletion, DeletionReason, delete_articles
from newscrawl.storage.operations.rekeying import rebuild_keys
from newscrawl.storage.queries.history import find_page_history
from newscrawl.storage.schema import (
    article_authors,
    article_changes,
    article_images,
    article_keywords,
    article_revisions,
    article_shingles,
    articles,
    deleted_texts,
    pages,
    rejected_versions,
)
from newscrawl.urls.key_rules import UrlKeyRules
from newscrawl.urls.keys import UrlKeys
from tests.storage.test_change_feed import Consumer, read_articles
from tests.storage.test_query_plans import collect_scans
from tests.support.random_site import RandomSite
from tests.support.store import NOW, Store

Make = Callable[..., Article]
ONE = "https://example.org/one"
HEADLINE = f"News of {ONE}"
TEXT = "The town council has decided to repaint the old harbour bridge before the summer. " * 20
OF_ARTICLES = (
    articles,
    article_authors,
    article_keywords,
    article_images,
    article_revisions,
    article_shingles,
    rejected_versions,
)


def delete(store: Store, *ids: int, reason: DeletionReason = DeletionReason.ON_REQUEST) -> Deleted:
    with store.engine.begin() as connection:
        return delete_articles(connection, ids, Deletion(reason, store.now, "a letter"))


def later(store: Store) -> None:
    store.now += timedelta(days=1)
    store.start_crawl()


@pytest.fixture
def stored(store: Store, make_article: Make) -> Store:
    """A store with an article in two versions and a rejected one, and two pages that lead to it."""
    lists = {"authors": ["A B"], "keywords": ["rain"], "images": [Image("https://example.org/a.jpg")]}
    store.save(make_article(article_body=TEXT, **lists))
    later(store)
    store.save(make_article(article_body=TEXT + "And more.", **lists, date_downloaded=store.now))
    later(store)
    store.save(make_article(article_body=TEXT[:400], date_downloaded=store.now, is_truncated=True))
    later(store)
    store.save(make_article(url="https://example.org/copy", article_body=TEXT + "And more.", headline=HEADLINE))
    [redirecting] = store.claim("https://example.org/short")
    store.follow(redirecting, ONE)
    later(store)
    return store


def test_everything_of_the_article_goes_and_one_line_of_the_feed_stays(stored: Store) -> None:
    assert [len(stored.rows(table)) > 0 for table in OF_ARTICLES] == [True] * len(OF_ARTICLES)
    assert delete(stored, 1) == Deleted(articles=1, versions=1)
    assert [stored.rows(table) for table in OF_ARTICLES] == [[]] * len(OF_ARTICLES)
    [line] = stored.rows(article_changes)
    assert (line.kind, line.article_id, line.revision, line.url, line.site) == ("deleted", 1, 2, ONE, "example.org")
    assert (line.reason, line.detail, line.changed_at) == ("on_request", "a letter", stored.now)
    assert delete(stored, 1) == Deleted(), "a second time there is nothing to delete"
    found = {(page.url, page.outcome, page.reason, page.article_id) for page in stored.rows(pages)}
    urls = (ONE, "https://example.org/copy", "https://example.org/short")
    assert found == {(url, "deleted", "on_request", None) for url in urls}
    assert len(stored.rows(deleted_texts)) == 3, "of both versions and the rejected one"
    assert {(row.article_id, row.headline_hash) for row in stored.rows(deleted_texts)} == {(1, headline_hash(HEADLINE))}


@pytest.mark.parametrize("force", [False, True])
def test_no_url_of_the_article_is_fetched_again(stored: Store, force: bool) -> None:
    delete(stored, 1)
    stored.now += timedelta(days=400)
    stored.start_crawl()
    variants = (ONE, f"{ONE}?utm_source=mail", "https://www.example.org/copy", "https://example.org/short")
    assert stored.claim(*variants, force=force, source_modified_at=stored.now - timedelta(hours=1)) == []
    assert stored.claim_pending() == []
    [redirecting] = stored.claim("https://example.org/another-way", force=force)
    assert stored.follow(redirecting, ONE) is None
    [feed] = stored.claim("https://example.org/feed", kind="feed")
    assert stored.finish_listing(feed, ONE) == 0
    assert stored.claim_pending() == []


def test_a_copy_at_another_url_of_the_site_is_not_stored(stored: Store, make_article: Make) -> None:
    delete(stored, 1)
    for number, body in enumerate((TEXT, TEXT + "And more.")):
        copy = make_article(f"https://example.org/again-{number}", article_body=body, headline=HEADLINE)
        saved = stored.save(copy)
        assert (saved.outcome, saved.reason, saved.article_id) == (Outcome.DELETED, "deleted_text", None)
    changed = {"canonical_url": ONE, "article_body": "Quite another text.", "headline": HEADLINE}
    assert stored.save(make_article("https://example.org/amp", **changed)).outcome is Outcome.DELETED
    other = make_article("https://example.org/other", canonical_url=ONE, article_body="Something else.", headline="Sun")
    assert stored.save(other).outcome is Outcome.STORED, "a canonical URL that all pages of a site have proves nothing"
    elsewhere = make_article("https://b.example/one", site="b.example", article_body=TEXT, headline=HEADLINE)
    assert stored.save(elsewhere).outcome is Outcome.STORED
    assert ONE not in {row.url for row in stored.rows(articles)}


def test_a_page_that_shows_a_deleted_text_keeps_its_version(stored: Store, make_article: Make) -> None:
    delete(stored, 1)
    stored.save(make_article("https://example.org/two"))
    later(stored)
    changed = make_article("https://example.org/two", article_body=TEXT, headline=HEADLINE)
    saved = stored.save(changed)
    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "deleted_text")
    assert [(row.revision, row.article_body == TEXT) for row in stored.rows(articles)] == [(1, False)]


def test_a_crawl_that_has_claimed_the_page_before_the_deletion_stores_nothing(
    stored: Store, make_article: Make
) -> None:
    [first] = stored.claim(ONE, force=True)
    [second] = stored.claim("https://example.org/copy", force=True)
    delete(stored, 1)
    saved = stored.save(make_article(article_body="A quite new version.", headline="New"), first)
    assert saved.outcome is Outcome.DELETED
    stored.finish(second, Outcome.ERROR, "timeout")
    assert {page.outcome for page in stored.rows(pages)} == {"deleted"}
    assert stored.rows(articles) == []


def test_the_canonical_url_is_recorded_too(store: Store, make_article: Make) -> None:
    store.save(make_article("https://example.org/story?id=7", canonical_url=ONE))
    delete(store, 1, reason=DeletionReason.PRUNED)
    later(store)
    assert store.claim(ONE, "https://example.org/story?id=7", force=True) == []
    assert {(page.url, page.reason) for page in store.rows(pages)} == {
        (ONE, "pruned"),
        ("https://example.org/story?id=7", "pruned"),
    }


def test_the_id_of_a_deleted_article_is_not_given_out_again(store: Store, make_article: Make) -> None:
    store.save(make_article())
    delete(store, 1)
    assert store.save(make_article("https://example.org/two")).article_id == 2


@pytest.mark.parametrize(("gone", "expected"), [((1,), [(2, 2), (3, 2)]), ((2,), [(1, 1), (3, 1)]), ((1, 2), [(3, 3)])])
def test_the_other_members_of_a_story_stay_together(
    store: Store, make_article: Make, gone: tuple[int, ...], expected: list[tuple[int, int]]
) -> None:
    for name in "abc":
        store.save(make_article(f"https://{name}.example/news", site=f"{name}.example", article_body=TEXT))
    assert {row.story_id for row in store.rows(articles)} == {1}
    delete(store, *gone)
    assert [(row.id, row.story_id) for row in store.rows(articles)] == expected
    assert [row.similarity is None for row in store.rows(articles)] == [len(expected) == 1] * len(expected)


def test_a_consumer_of_the_feed_follows_deletions_at_random_moments(store: Store) -> None:
    site, consumer = RandomSite(5), Consumer(store)
    for step in range(40):
        site.step(store)
        with store.engine.connect() as connection:
            ids = connection.execute(select(articles.c.id)).scalars().all()
        if step % 7 == 6 and ids:
            delete(store, ids[step % len(ids)], reason=DeletionReason.PRUNED)
        for line in consumer.read():
            if line.kind == "deleted":
                consumer.copy.pop(line.article_id, None)
        assert consumer.copy == read_articles(store), step


@pytest.fixture
def apart(store: Store, make_article: Make) -> Store:
    """A deleted article, and another version of it under a URL that rekeying will find to be the same."""
    for number in (1, 2):
        body = f"Version {number} of what happened."
        store.save(make_article(f"{ONE}?print={number}", article_body=body, headline=f"Version {number}"))
    return store


@pytest.mark.parametrize(
    ("reason", "stored", "outcome"), [(DeletionReason.ON_REQUEST, 0, "deleted"), (DeletionReason.PRUNED, 1, "stored")]
)
def test_rekeying_keeps_what_was_deleted_on_request(
    apart: Store, reason: DeletionReason, stored: int, outcome: str
) -> None:
    delete(apart, 1, reason=reason)
    keys = UrlKeys({"example.org": UrlKeyRules(drop_parameters=("print",))})
    with apart.engine.begin() as connection:
        assert rebuild_keys(connection, keys, NOW).merged_pages == 1
    assert len(apart.rows(articles)) == stored
    [page] = [page for page in apart.rows(pages) if page.url_key == ONE]
    assert page.outcome == outcome


def test_a_deleted_page_stays_deleted_when_rekeying_merges_it_with_one_without_an_article(apart: Store) -> None:
    delete(apart, 1, 2, reason=DeletionReason.PRUNED)
    apart.claim(f"{ONE}?print=3", limit=0)
    keys = UrlKeys({"example.org": UrlKeyRules(drop_parameters=("print",))})
    with apart.engine.begin() as connection:
        rebuild_keys(connection, keys, NOW)
    [page] = [page for page in apart.rows(pages) if page.url_key == ONE]
    assert page.outcome == "deleted"


def test_the_history_of_the_page_names_the_deleted_article(stored: Store) -> None:
    delete(stored, 1)
    history = find_page_history(stored.engine, ONE)
    assert history is not None
    assert history.article is None
    assert history.deleted is not None
    assert (history.deleted.article_id, history.deleted.reason, history.deleted.detail) == (1, "on_request", "a letter")


def test_a_deletion_scans_no_table(sqlite_engine: Engine, make_article: Make) -> None:
    store: Any = Store(sqlite_engine)
    store.save(make_article())
    scans = collect_scans(sqlite_engine)
    delete(store, 1)
    store.close()
    assert scans == set()
