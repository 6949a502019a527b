"""The change feed as consumers read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from newscrawl.items import Article, Image
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.operations.deletions import Deletion, DeletionReason, delete_articles
from newscrawl.storage.queries.changes import ArticleChange, get_newest_change_id, read_articles, read_changes
from newscrawl.storage.schema import article_changes, article_merges
from newscrawl.storage.upgrade import upgrade
from tests.storage.test_query_plans import collect_scans
from tests.support.store import NOW, Store

MakeArticle = Callable[..., Article]
A, B = "https://example.org/a", "https://example.org/b"


def read(engine: Engine, since: int = 0, limit: int = 100, sites: Sequence[str] = ()) -> list[ArticleChange]:
    with connect_for_reading(engine) as connection:
        return list(read_changes(connection, since, limit, sites))


def test_changes_come_in_order_with_the_article_as_it_is_now(store: Store, make_article: MakeArticle) -> None:
    store.save(make_article(A, headline="First"))
    store.save(make_article(B))
    store.start_crawl()
    store.now += timedelta(hours=1)
    store.save(make_article(A, headline="Second"))
    first, second, third = read(store.engine)
    assert [(one.change_id, one.kind, one.article_id, one.revision) for one in (first, second, third)] == [
        (1, "inserted", 1, 1),
        (2, "inserted", 2, 1),
        (3, "revised", 1, 2),
    ]
    assert (first.url, first.site, first.headline, first.crawl_id) == (A, "example.org", "Second", 1)
    assert (third.change_label, third.changed_at) == ("update", NOW + timedelta(hours=1))
    assert third.change_size is not None
    assert read(store.engine, since=1, limit=1) == [second]
    assert read(store.engine, since=3) == []


def test_a_change_as_json_is_one_flat_object(store: Store, make_article: MakeArticle) -> None:
    store.save(make_article(A, date_published=NOW, in_language="en"))
    [change] = read(store.engine)
    assert change.as_json() == {
        "change_id": 1,
        "kind": "inserted",
        "article_id": 1,
        "revision": 1,
        "changed_at": NOW,
        "change_size": None,
        "change_label": None,
        "crawl_id": 1,
        "reason": None,
        "detail": None,
        "url": A,
        "site": "example.org",
        "headline": f"News of {A}",
        "date_published": NOW,
        "in_language": "en",
        "withdrawn_at": None,
        "merged_ids": [],
    }


def test_only_changes_of_the_given_sites_are_read(store: Store, make_article: MakeArticle) -> None:
    for number, site in enumerate(("example.org", "example.net", "example.com")):
        store.save(make_article(f"https://{site}/{number}", site=site))
    assert [one.site for one in read(store.engine, sites=["example.com", "example.org"])] == [
        "example.org",
        "example.com",
    ]
    assert read(store.engine, sites=["example.edu"]) == []


def test_a_merged_article_names_the_ids_that_became_part_of_it(store: Store, make_article: MakeArticle) -> None:
    store.save(make_article(A))
    with store.engine.begin() as connection:
        merge = {"article_id": 1, "url": B, "merged_at": NOW}
        connection.execute(insert(article_merges), [{"merged_id": number, **merge} for number in (9, 7)])
        connection.execute(
            insert(article_changes), {"article_id": 1, "kind": "merged", "revision": 3, "changed_at": NOW}
        )
    assert [one.merged_ids for one in read(store.engine)] == [(), (7, 9)]


def test_whole_articles_come_with_their_lists(store: Store, make_article: MakeArticle) -> None:
    facts = {"authors": ["Ann", "Bob"], "keywords": ["rain"], "images": [Image("https://example.org/a.jpg", "Rain")]}
    store.save(make_article(A, **facts))
    store.save(make_article(B))
    with connect_for_reading(store.engine) as connection:
        found = read_articles(connection, {1, 77})
        assert read_articles(connection, ()) == {}
    assert found.keys() == {1}
    assert {name: found[1][name] for name in ("url", "authors", "keywords")} == {
        "url": A,
        "authors": ["Ann", "Bob"],
        "keywords": ["rain"],
    }
    assert found[1]["images"] == [{"url": "https://example.org/a.jpg", "caption": "Rain", "credit": None}]
    assert found[1]["date_downloaded"] == datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_newest_change_id_is_zero_without_changes(store: Store, make_article: MakeArticle) -> None:
    with connect_for_reading(store.engine) as connection:
        assert get_newest_change_id(connection) == 0
    store.save(make_article(A))
    with connect_for_reading(store.engine) as connection:
        assert get_newest_change_id(connection) == 1


@pytest.mark.parametrize("sites", [(), ("example.org",)])
def test_changes_are_found_by_their_key_and_articles_by_their_id(sqlite_url: str, sites: tuple[str, ...]) -> None:
    engine = open_engine(sqlite_url)
    upgrade(engine)
    scans = collect_scans(engine)
    read(engine, 5, 10, sites)
    engine.dispose()
    assert scans == set()


def test_a_deleted_article_is_named_by_what_it_left_in_the_feed(store: Store, make_article: MakeArticle) -> None:
    store.save(make_article())
    with store.engine.begin() as connection:
        delete_articles(connection, [1], Deletion(DeletionReason.ON_REQUEST, store.now, "a letter"))
        for sites in ((), ("example.org",)):
            [change] = read_changes(connection, 0, 10, sites)
            assert (change.kind, change.article_id, change.url) == ("deleted", 1, "https://example.org/one")
            assert (change.site, change.reason, change.detail) == ("example.org", "on_request", "a letter")
            assert change.headline is None
        assert read_changes(connection, 0, 10, ("other.net",)) == []
