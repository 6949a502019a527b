"""`scrapy why` explains what happened to a URL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from newscrawl.commands.why import format_history
from newscrawl.items import Article, Outcome
from newscrawl.sites.absence import explain_absence
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.rekeying import RebuildKeys
from newscrawl.storage.queries.history import PageHistory, find_page_history, get_page_history
from newscrawl.storage.upgrade import upgrade
from newscrawl.urls.key_rules import UrlKeyRules
from newscrawl.urls.keys import UrlKeys
from tests.support.crawling import article_page, crawl, front_page, scrapy, tiny_site
from tests.support.store import Store

A, B, FEED = (f"https://example.org/{name}" for name in ("a", "b", "feed"))


def history(store: Store, url: str) -> PageHistory:
    found = get_page_history(store.engine, url)
    assert found is not None
    return found


def test_history_of_a_page_lists_every_fetch_and_its_result(store: Store, make_article: Callable[..., Article]) -> None:
    [claim] = store.claim(A, discovered_from=FEED)
    store.finish(claim, Outcome.ERROR, "timeout", http_status=None)
    store.start_crawl()
    store.now += timedelta(hours=1)
    [claim] = store.claim(A)
    store.save(make_article(A, headline="The news"), claim)
    store.start_crawl()
    store.now += timedelta(hours=1)
    [claim] = store.claim(A)
    store.save(make_article(A, headline="The later news"), claim)
    text = "\n".join(format_history(history(store, A)))
    assert f"found       2026-11-22 12:00:00 UTC, on {FEED}" in text
    assert "error: timeout, no response" in text
    assert "stored: new, HTTP 200" in text
    assert "updated: content_changed, HTTP 200" in text
    assert "article 1, which was extracted from this page, revision 2" in text
    assert "The later news" in text
    assert [change.kind for change in history(store, A).article.changes] == ["inserted", "revised"]  # type: ignore[union-attr]
    assert "revised, revision 2, " in text
    assert "next fetch  2026-11-22 15:00:00 UTC" in text


def test_history_names_the_agency_and_other_articles_of_the_story(
    store: Store, make_article: Callable[..., Article]
) -> None:
    facts = {"headline": "The news", "article_body": "What an agency wrote of it.\n\nAnd what it means."}
    store.save(make_article(A, **facts))
    store.save(make_article("https://example.net/copy", site="example.net", source_organization="AFP", **facts))
    assert f"the same story: {A}" in "\n".join(format_history(history(store, "https://example.net/copy")))
    assert "credited to AFP" in "\n".join(format_history(history(store, "https://example.net/copy")))


def test_history_shows_redirects_from_and_to_a_page(store: Store) -> None:
    [old] = store.claim(A)
    assert store.follow(old, B) is not None
    assert history(store, A).redirects_to == B
    assert history(store, B).redirected_from == (A,)
    assert "pending, claimed by crawl 1 and not finished" in "\n".join(format_history(history(store, B)))


def test_history_of_a_listing_shows_how_many_articles_it_named(store: Store) -> None:
    [feed] = store.claim(FEED, kind="feed")
    store.finish_listing(feed, A, B)
    assert "not_article: feed, HTTP 200, 2 new articles" in "\n".join(format_history(history(store, FEED)))
    assert "pending, not fetched yet" in "\n".join(format_history(history(store, A)))


def test_unknown_url_is_explained_by_the_rules_that_exclude_it(tmp_path: Path) -> None:
    (tmp_path / "example.org.toml").write_text(
        'url = "https://example.org/"\nenabled = false\n[discovery]\ndeny = ["/shop/"]\nallow = ["/20"]',
        encoding="utf-8",
    )
    registry = Registry(tmp_path)
    reasons = "\n".join(explain_absence("https://example.org/shop/cart", registry))
    assert "does not look like the URL of an article" in reasons
    assert "is disabled" in reasons
    assert "deny = '/shop/'" in reasons
    assert "allow = ['/20']" in reasons
    assert "file that is not a page" in "\n".join(explain_absence("https://example.org/a.jpg", registry))
    assert "example.net has no site file" in "\n".join(explain_absence("https://example.net/x", registry))


def test_command_accepts_any_variant_of_a_url_and_has_an_exit_code_per_result(sqlite_url: str) -> None:
    path = "/2026/11/20/report-of-the-town-council-was-published"
    missing = scrapy("why", "https://example.org/a", database_url=sqlite_url)
    assert (missing.code, "there is no database" in missing.log) == (6, True)
    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()
    with tiny_site({"/": front_page(path), path: article_page("council")}) as site:
        crawl("news", url=site.url, database_url=sqlite_url)
        done = scrapy("why", f"{site.url}{path}/?utm_source=rss#top", database_url=sqlite_url)
        as_json = scrapy("why", "--json", site.url + path, database_url=sqlite_url)
        unknown = scrapy("why", f"{site.url}/2026/11/21/nothing-of-the-kind", database_url=sqlite_url)
    assert done.code == 0, done.log
    assert "stored: new, HTTP 200" in done.output
    assert json.loads(as_json.output)["fetches"][0]["outcome"] == "stored"
    assert (unknown.code, "URL not seen yet" in unknown.output) == (1, True)
    wrong = scrapy("why", "example.org/a", database_url=sqlite_url)
    assert (wrong.code, "did you mean" in wrong.log) == (2, True)


def test_page_is_found_by_the_url_rules_in_the_database(store: Store) -> None:
    rules = UrlKeyRules(drop_parameters=("teaser",))
    store.do(RebuildKeys(UrlKeys({"example.org": rules}), store.now))
    store.claim(A)
    found = find_page_history(store.engine, f"{A}?teaser=1&utm_source=x")
    assert found is not None
    assert found.url == A
    assert find_page_history(store.engine, f"{A}?other=1") is None


def test_command_works_while_another_program_writes(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        done = scrapy("why", A, database_url=sqlite_url)
    assert (done.code, "URL not seen yet" in done.output) == (1, True), done.log


def test_history_says_what_exactly_a_fetch_found(store: Store) -> None:
    [claim] = store.claim(A)
    store.finish(claim, Outcome.ERROR, "bad_certificate", http_status=None, detail="certificate has expired")
    assert "error: bad_certificate, no response (certificate has expired)" in "\n".join(
        format_history(history(store, A))
    )
    assert history(store, A).fetches[0].detail == "certificate has expired"
