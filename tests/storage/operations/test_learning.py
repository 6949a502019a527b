"""Learned parameters are kept, applied to stored keys, and forgotten when a canonical link contradicts."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from newscrawl.items import Article
from newscrawl.storage.operations.learning import LearnedParameter, LearningResult, LearnParameters
from newscrawl.storage.operations.rekeying import RebuildKeys
from newscrawl.storage.queries.url_keys import get_stored_keys
from newscrawl.storage.schema import learned_parameters, pages
from newscrawl.storage.upgrade import upgrade
from newscrawl.urls.key_rules import UrlKeyRules
from newscrawl.urls.keys import UrlKeys
from tests.support.store import Store

MakeArticle = Callable[..., Article]
STORIES = [f"https://example.org/news/the-long-vote-ends-after-day-{number}" for number in range(1, 5)]
LEARNED = LearnedParameter("example.org", "teaser", 3)


def store_stories(store: Store, make_article: MakeArticle) -> None:
    for number, url in enumerate(STORIES[:3]):
        article = make_article(f"{url}?teaser=box{number}", canonical_url=url, headline=url, article_body=url)
        store.save(article)


def learn(store: Store, keys: UrlKeys | None = None, domain: str = "example.org") -> LearningResult:
    operation = LearnParameters(keys or UrlKeys(), ["example.org"], frozenset({domain}), store.now)
    result: LearningResult = store.do(operation)
    return result


def test_learned_parameter_is_kept_and_no_longer_part_of_keys(store: Store, make_article: MakeArticle) -> None:
    store_stories(store, make_article)
    store.claim(f"{STORIES[0]}?teaser=other", f"{STORIES[3]}?teaser=box")
    result = learn(store)
    assert result.learned == (LEARNED,)
    assert result.keys.fetchable(f"{STORIES[0]}?teaser=new&id=2") == f"{STORIES[0]}?id=2"
    [row] = store.rows(learned_parameters)
    assert (row.site, row.parameter, row.articles, row.learned_at) == ("example.org", "teaser", 3, store.now)
    # The keys of these pages were those of their own URLs.
    assert store.do(RebuildKeys(result.keys, store.now, frozenset({"example.org"}))).merged_pages == 1
    assert {page.url_key.partition("#")[0] for page in store.rows(pages)} == set(STORIES)
    again = learn(store)
    assert (again.learned, again.keys) == ((), result.keys)


def test_upgrade_keeps_the_keys_that_were_made_with_learned_parameters(store: Store, make_article: MakeArticle) -> None:
    store_stories(store, make_article)
    store.do(RebuildKeys(learn(store).keys, store.now))
    keys = {page.url_key for page in store.rows(pages)}
    upgrade(store.engine)
    assert {page.url_key for page in store.rows(pages)} == keys == set(STORIES[:3])
    with store.engine.connect() as connection:
        assert get_stored_keys(connection).url_key(f"{STORIES[3]}?teaser=x") == STORIES[3]


def test_copies_of_stored_articles_are_evidence(store: Store, make_article: MakeArticle) -> None:
    for url in STORIES[:3]:
        store.save(make_article(url, canonical_url=url, headline=url, article_body=url))
        copy = f"{url}?teaser={url[-1]}x"
        assert store.save(make_article(copy, canonical_url=url, headline=url, article_body=url)).reason == "same_url"
    assert learn(store).learned == (LEARNED,)


def test_site_file_overrules_what_was_learned(store: Store, make_article: MakeArticle) -> None:
    store_stories(store, make_article)
    learn(store)
    keys = UrlKeys({"example.org": UrlKeyRules(keep_parameters=("teaser",), drop_parameters=("nav",))})
    assert learn(store, keys).keys == keys


def test_parameter_is_forgotten_when_a_canonical_link_has_it(store: Store, make_article: MakeArticle) -> None:
    store_stories(store, make_article)
    learn(store)
    url = f"{STORIES[3]}?teaser=part2"
    store.save(make_article(url, canonical_url=url, headline=url, article_body=url))
    result = learn(store)
    assert (result.learned, result.keys) == ((), UrlKeys())
    assert store.rows(learned_parameters) == []


def test_nothing_is_learned_about_sites_that_the_crawl_has_not_locked(store: Store, make_article: MakeArticle) -> None:
    store_stories(store, make_article)
    assert learn(store, domain="example.net").learned == ()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE articles SET canonical_url = replace(canonical_url, '.org', '.net')"))
    assert learn(store).learned == ()
