"""Rebuild stored keys when the normalizer or a site's rules change, and merge rows without losing any data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, text, update

from newscrawl.exceptions import StorageError
from newscrawl.items import Article, Image, Outcome
from newscrawl.storage.operations import rekeying
from newscrawl.storage.operations.rekeying import RebuildKeys, RekeyReport
from newscrawl.storage.queries.url_keys import get_keys_version
from newscrawl.storage.schema import (
    article_authors,
    article_changes,
    article_images,
    article_merges,
    article_revisions,
    articles,
    metadata,
    pages,
    url_key_rules,
)
from newscrawl.storage.upgrade import inspect_schema, require_current, upgrade
from newscrawl.urls.key_rules import UrlKeyRules
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import NORMALIZER_VERSION, normalize
from tests.support.store import NOW, Store

MakeArticle = Callable[..., Article]
ONE, TWO = "https://example.org/one", "https://example.org/two"


def set_old_keys(store: Store, version: int = 1) -> None:
    """Give every page and article its own key, as a normalizer that never merges URLs would."""
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE articles SET url_key = 'https://old/' || page_id"))
        connection.execute(text("UPDATE pages SET url_key = 'https://old/' || id"))
        old = update(url_key_rules).where(url_key_rules.c.site == "*").values(made_by=str(version))
        connection.execute(old)


def store_twice(store: Store, make_article: MakeArticle) -> tuple[int, int]:
    """Store one article under two keys, as an older normalizer may have done; return the ids."""
    images = [Image("https://example.org/a.jpg", credit="Reuters")]
    facts = {"headline": "First", "article_body": "as it was", "authors": ["Ann"], "images": images}
    first = store.save(make_article(f"{ONE}?x=1", **facts))
    store.now += timedelta(hours=1)
    second = make_article(f"{ONE}?x=2", headline="Second", article_body="as it is", authors=["Bob", "Cem"])
    second.date_downloaded = store.now
    saved = store.save(second)
    with store.engine.begin() as connection:
        for number in (1, 2):
            url = f"{ONE}?utm_source={number}"
            connection.execute(update(pages).where(pages.c.url == f"{ONE}?x={number}").values(url=url))
            connection.execute(update(articles).where(articles.c.url == f"{ONE}?x={number}").values(url=url))
    set_old_keys(store)
    return first.article_id, saved.article_id


def one(store: Store, table: object) -> object:
    [row] = store.rows(table)  # type: ignore[arg-type]
    return row


def test_keys_of_an_older_normalizer_are_rebuilt(store: Store, make_article: MakeArticle) -> None:
    for url in (ONE, TWO):
        store.save(make_article(url))
    store.claim("https://example.org/three")
    set_old_keys(store)
    assert upgrade(store.engine).is_current
    assert {page.url_key for page in store.rows(pages)} == {ONE, TWO, "https://example.org/three"}
    assert [article.url_key for article in store.rows(articles)] == [ONE, TWO]
    assert store.rows(article_merges) == []


def test_rekeyed_pages_and_articles_are_not_fetched_or_stored_again(store: Store, make_article: MakeArticle) -> None:
    store.save(make_article(ONE))
    set_old_keys(store)
    upgrade(store.engine)
    store.start_crawl()
    assert store.claim(f"{ONE}?utm_source=rss", "http://www.example.org/one/") == []
    assert len(store.rows(pages)) == 1


def test_pages_can_exchange_their_keys(store: Store) -> None:
    store.claim(ONE, TWO)
    with store.engine.begin() as connection:
        for url, key in ((ONE, "between"), (TWO, ONE), (ONE, TWO)):
            connection.execute(update(pages).where(pages.c.url == url).values(url_key=key))
        connection.execute(update(url_key_rules).values(made_by="1"))
    upgrade(store.engine)
    assert {page.url: page.url_key for page in store.rows(pages)} == {ONE: ONE, TWO: TWO}


def test_merged_pages_keep_their_rows(store: Store, make_article: MakeArticle) -> None:
    article_id = store.save(make_article(f"{ONE}?x=1")).article_id
    [gone] = store.claim(f"{ONE}?x=2")
    store.finish(gone, Outcome.ERROR, "http_500")
    store.claim(f"{ONE}?x=3")
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE pages SET url = replace(url, 'x=', 'utm_source=')"))
        connection.execute(update(url_key_rules).values(made_by="1"))
        connection.execute(update(pages).where(pages.c.id == 3).values(redirects_to=gone.page_id))
    upgrade(store.engine)
    stays, *aliases = store.rows(pages)
    assert (stays.url_key, stays.outcome, stays.article_id) == (ONE, "stored", article_id)
    assert [alias.url_key for alias in aliases] == [f"{ONE}#2", f"{ONE}#3"]
    for alias in aliases:
        assert (alias.outcome, alias.reason, alias.next_fetch_at) == ("duplicate", "merged", None)
        assert (alias.redirects_to, alias.article_id) == (stays.id, article_id)


def test_merge_keeps_the_page_of_the_article_or_else_the_one_fetched_last(store: Store) -> None:
    claims = store.claim(*(f"{ONE}?x={number}" for number in range(3)))
    for claim in (claims[0], claims[1]):
        store.now += timedelta(hours=1)
        store.finish(claim, Outcome.TOO_SHORT)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE pages SET url = replace(url, 'x=', 'utm_source=')"))
        connection.execute(update(url_key_rules).values(made_by="1"))
    upgrade(store.engine)
    assert [page.url_key for page in store.rows(pages)] == [f"{ONE}#1", ONE, f"{ONE}#3"]


def test_merged_articles_keep_the_older_id_the_newest_text_and_every_version(
    store: Store, make_article: MakeArticle
) -> None:
    first, second = store_twice(store, make_article)
    upgrade(store.engine)
    article = one(store, articles)
    assert (article.id, article.url_key, article.headline, article.revision) == (first, ONE, "Second", 2)
    old = one(store, article_revisions)
    assert (old.revision, old.headline, old.authors, old.keywords) == (1, "First", ["Ann"], [])
    assert old.images == [{"url": "https://example.org/a.jpg", "caption": None, "credit": "Reuters"}]
    assert [row.name for row in store.rows(article_authors)] == ["Bob", "Cem"]
    merge = one(store, article_merges)
    assert (merge.merged_id, merge.article_id) == (second, first)
    changes = [(row.article_id, row.kind, row.revision) for row in store.rows(article_changes)]
    assert changes == [(first, "inserted", 1), (first, "inserted", 2), (first, "merged", 2)]
    assert {page.article_id for page in store.rows(pages)} == {first}
    assert [page.url_key for page in store.rows(pages) if page.id == article.page_id] == [ONE]


def test_merge_keeps_the_text_of_the_older_article_if_that_was_fetched_last(
    store: Store, make_article: MakeArticle
) -> None:
    first, second = store_twice(store, make_article)
    with store.engine.begin() as connection:
        newest = store.now + timedelta(days=1)
        connection.execute(update(articles).where(articles.c.id == first).values(date_downloaded=newest))
    upgrade(store.engine)
    article = one(store, articles)
    assert (article.id, article.headline, article.revision) == (first, "First", 3)
    assert [(row.revision, row.headline) for row in store.rows(article_revisions)] == [(1, "First"), (2, "Second")]
    assert [row.authors for row in store.rows(article_revisions)] == [["Ann"], ["Bob", "Cem"]]
    assert [row.name for row in store.rows(article_authors)] == ["Ann"]
    assert [row.merged_id for row in store.rows(article_merges)] == [second]


def test_revisions_of_merged_articles_are_renumbered_without_conflicts(store: Store, make_article: MakeArticle) -> None:
    for body in ("a1", "a2"):
        store.start_crawl()
        store.save(make_article(f"{ONE}?x=1", article_body=body, headline="A"))
    for hours, body in enumerate(("b1", "b2", "b3"), 1):
        article = make_article(f"{ONE}?x=2", article_body=body, headline="B")
        article.date_downloaded = NOW + timedelta(hours=hours)
        store.start_crawl()
        store.save(article)
    with store.engine.begin() as connection:
        for table in ("pages", "articles"):
            connection.execute(text(f"UPDATE {table} SET url = replace(url, 'x=', 'utm_source=')"))
        connection.execute(update(url_key_rules).values(made_by="1"))
    upgrade(store.engine)
    article = one(store, articles)
    kept = [(row.revision, row.article_body) for row in store.rows(article_revisions)]
    assert kept == [(1, "a1"), (2, "a2"), (3, "b1"), (4, "b2")]
    assert (article.article_body, article.revision) == ("b3", 5)
    changed = [(row.kind, row.revision) for row in store.rows(article_changes)]
    assert changed == [("inserted", 1), ("revised", 2), ("inserted", 3), ("revised", 4), ("revised", 5), ("merged", 5)]


def test_ids_of_articles_merged_earlier_point_to_the_remaining_article(store: Store, make_article: MakeArticle) -> None:
    ids = [store.save(make_article(f"{ONE}?x={number}", article_body=str(number))).article_id for number in range(3)]
    with store.engine.begin() as connection:
        for table in ("pages", "articles"):
            connection.execute(text(f"UPDATE {table} SET url = replace(url, 'x=2', 'x=1&utm_source=2')"))
        connection.execute(update(url_key_rules).values(made_by="1"))
    upgrade(store.engine)
    assert {row.merged_id: row.article_id for row in store.rows(article_merges)} == {ids[2]: ids[1]}
    store.do(RebuildKeys(UrlKeys({"example.org": UrlKeyRules(drop_parameters=("x",))}), store.now))
    assert {row.merged_id: row.article_id for row in store.rows(article_merges)} == {ids[1]: ids[0], ids[2]: ids[0]}
    assert len(store.rows(articles)) == 1


def test_merge_updates_every_column_that_references_an_article_or_a_page(
    store: Store, make_article: MakeArticle
) -> None:
    named = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if column.name in {"article_id", "page_id"}
        or any(key.column in {articles.c.id, pages.c.id} for key in column.foreign_keys)
    }
    first, second = store_twice(store, make_article)
    upgrade(store.engine)
    [alias] = [page.id for page in store.rows(pages) if "#" in page.url_key]
    with store.engine.connect() as connection:
        for table, column in named:
            gone = second if column == "article_id" else alias
            meant = metadata.tables[table].c[column] == gone
            count = select(func.count()).select_from(metadata.tables[table]).where(meant)
            assert connection.execute(count).scalar() == 0, (table, column)
    assert len(named) > 8
    assert first != second


def test_changed_rules_of_a_site_rebuild_only_its_keys(store: Store, make_article: MakeArticle) -> None:
    kept = [store.save(make_article(f"{ONE}?nav={number}", article_body=str(number))) for number in range(2)]
    other = "https://example.net/one?nav=1"
    store.claim(other, "https://sport.example.org/two?nav=2")
    keys = UrlKeys({"example.org": UrlKeyRules(drop_parameters=("nav",))})
    assert store.do(RebuildKeys(keys, store.now)) == RekeyReport(pages=3, merged_pages=1, merged_articles=1)
    assert {page.url_key.partition("#")[0] for page in store.rows(pages)} == {
        ONE,
        other,
        "https://sport.example.org/two",
    }
    assert [article.id for article in store.rows(articles)] == [kept[0].article_id]
    assert store.do(RebuildKeys(keys, store.now)) == RekeyReport()
    assert {row.site for row in store.rows(url_key_rules)} == {"*", "example.org"}
    assert store.do(RebuildKeys(UrlKeys(), store.now)).pages == 2
    assert {row.site for row in store.rows(url_key_rules)} == {"*"}


def test_crawl_rebuilds_only_keys_of_sites_that_it_has_locked(store: Store, make_article: MakeArticle) -> None:
    store.save(make_article(f"{ONE}?x=1"))
    rules = UrlKeyRules(drop_parameters=("x",))
    keys = UrlKeys({"example.org": rules, "example.net": rules})
    assert store.do(RebuildKeys(keys, store.now, frozenset({"example.net"}))) == RekeyReport()
    assert {row.site for row in store.rows(url_key_rules)} == {"*", "example.net"}
    # The crawl that locked it still uses the rules from its start; the next crawl rebuilds all keys of the site.
    assert store.do(RebuildKeys(keys, store.now, frozenset({"example.org"}))).pages == 1
    assert {row.site for row in store.rows(url_key_rules)} == {"*", "example.net", "example.org"}


def test_article_with_the_key_of_its_canonical_url_keeps_it(store: Store, make_article: MakeArticle) -> None:
    canonical = "https://example.org/news/the-long-vote-ends-1234567"
    store.save(make_article("https://example.org/amphtml/1234567", canonical_url=canonical))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE articles SET url_key = 'https://old/canonical'"))
        connection.execute(update(url_key_rules).values(made_by="1"))
    upgrade(store.engine)
    assert one(store, articles).url_key == canonical


def test_chunk_boundaries_skip_no_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rekeying, "CHUNK", 4)
    store.claim(*(f"https://example.org/{number}?x={copy}" for number in range(9) for copy in range(3)))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE pages SET url = replace(url, '?x=', '?utm_source=')"))
        connection.execute(update(url_key_rules).values(made_by="1"))
    upgrade(store.engine)
    found = [page.url_key for page in store.rows(pages)]
    assert sorted(key for key in found if "#" not in key) == [f"https://example.org/{number}" for number in range(9)]
    assert len(found) == 27
    assert all(key.partition("#")[0] == normalize(page.url) for key, page in zip(found, store.rows(pages), strict=True))


def test_interrupted_upgrade_changes_nothing(
    store: Store, make_article: MakeArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_twice(store, make_article)
    before = {table.name: store.rows(table) for table in metadata.sorted_tables}

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(rekeying, "plan_pages", killed)
        with pytest.raises(KeyboardInterrupt):
            upgrade(store.engine)
    assert {table.name: store.rows(table) for table in metadata.sorted_tables} == before
    assert upgrade(store.engine).is_current
    assert len(store.rows(articles)) == 1


def test_crawl_rejects_keys_of_another_normalizer(store: Store) -> None:
    set_old_keys(store, NORMALIZER_VERSION - 1)
    assert not inspect_schema(store.engine).is_current
    with pytest.raises(StorageError, match="run `scrapy db upgrade`"):
        require_current(store.engine)
    set_old_keys(store, NORMALIZER_VERSION + 1)
    with pytest.raises(StorageError, match="upgrade newscrawl"):
        require_current(store.engine)
    with pytest.raises(StorageError, match="newer version of newscrawl"):
        upgrade(store.engine)
    assert "https://old/" not in {page.url_key for page in store.rows(pages)}


def test_new_database_has_the_keys_of_this_normalizer(engine: Engine) -> None:
    with engine.connect() as connection:
        assert get_keys_version(connection) == NORMALIZER_VERSION


def test_merge_drops_images_and_authors_of_the_older_text(store: Store, make_article: MakeArticle) -> None:
    store_twice(store, make_article)
    upgrade(store.engine)
    assert [row.position for row in store.rows(article_authors)] == [0, 1]
    assert store.rows(article_images) == []
