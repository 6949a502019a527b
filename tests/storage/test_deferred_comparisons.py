"""The writer asks for the comparison of two versions, writes nothing until it has it, and never makes it itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from newscrawl.crawling.exceptions import ArticleRejected
from newscrawl.dedup.comparisons import compare_versions
from newscrawl.items import Article, Outcome
from newscrawl.storage.operations import articles as operations
from newscrawl.storage.operations.articles import SaveArticle
from newscrawl.storage.records import Claim, ComparisonNeeded, KnownComparison, Saved
from newscrawl.storage.schema import article_changes, article_revisions, article_shingles, articles, fetches, pages
from newscrawl.workers.pool import PageTooComplex
from pipelines.store import StorePipeline
from tests.support.fake_crawler import open_crawl
from tests.support.store import Store

Make = Callable[..., Article]
URL = "https://example.org/one"
OLD = " ".join(f"The bridge number {n} was closed after the flood of last spring." for n in range(20))
NEW = OLD + " The mayor said that it will be opened again in May, and that the work has cost more than was planned."


def claim_again(store: Store, url: str = URL) -> Claim:
    store.now += timedelta(hours=1)
    store.start_crawl()
    [claim] = store.claim(url, force=True)
    return claim


def save(
    store: Store, article: Article, claim: Claim, known: KnownComparison | None = None
) -> Saved | ComparisonNeeded:
    article.page_id, article.crawl_id = claim.page_id, store.crawl_id
    result: Saved | ComparisonNeeded = store.do(
        SaveArticle(article, claim, store.result(Outcome.STORED, "new"), known, may_defer=True)
    )
    return result


@pytest.fixture(autouse=True)
def no_comparison_in_the_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the writer compared two versions")

    monkeypatch.setattr(operations, "compare_versions", fail)


def test_new_and_unchanged_articles_need_no_comparison(store: Store, make_article: Make) -> None:
    assert isinstance(save(store, make_article(article_body=OLD), store.claim(URL)[0]), Saved)
    saved = save(store, make_article(article_body=OLD), claim_again(store))
    assert isinstance(saved, Saved)
    assert saved.outcome is Outcome.UNCHANGED


def test_new_version_is_stored_once_it_has_been_compared(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=OLD))
    claim = claim_again(store)
    needed = save(store, make_article(article_body=NEW), claim)
    assert isinstance(needed, ComparisonNeeded)
    assert (needed.stored.article_body, needed.new.article_body) == (OLD, NEW)
    assert [row.article_body for row in store.rows(articles)] == [OLD]
    assert [row.kind for row in store.rows(article_changes)] == ["inserted"]
    assert len(store.rows(fetches)) == 1
    known = KnownComparison(needed.key, compare_versions(needed.stored, needed.new))
    saved = save(store, make_article(article_body=NEW), claim, known)
    assert isinstance(saved, Saved)
    assert (saved.outcome, saved.reason) == (Outcome.UPDATED, "content_changed")
    assert [row.article_body for row in store.rows(article_revisions)] == [OLD]
    [_, change] = store.rows(article_changes)
    assert (change.change_label, change.change_size > 0) == ("update", True)
    hashes = set(make_article(article_body=NEW).shingle_hashes or ())
    assert {row.shingle_hash for row in store.rows(article_shingles)} == hashes


def test_comparison_with_another_version_does_not_count(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=OLD))
    needed = save(store, make_article(article_body=NEW), claim_again(store))
    assert isinstance(needed, ComparisonNeeded)
    known = KnownComparison(needed.key, compare_versions(needed.stored, needed.new))
    assert isinstance(save(store, make_article(article_body=NEW), claim_again(store), known), Saved)
    newest = make_article(article_body=f"{NEW} It was.")
    again = save(store, newest, claim_again(store), known)
    assert isinstance(again, ComparisonNeeded)
    assert again.key != needed.key


def test_regression_is_rejected_by_its_comparison(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=OLD))
    claim, half = claim_again(store), make_article(article_body=OLD[: len(OLD) // 3])
    needed = save(store, half, claim)
    assert isinstance(needed, ComparisonNeeded)
    saved = save(store, half, claim, KnownComparison(needed.key, compare_versions(needed.stored, needed.new)))
    assert isinstance(saved, Saved)
    assert saved.reason == "regression_half_body"


def test_article_moves_to_its_own_page_only_with_its_comparison(store: Store, make_article: Make) -> None:
    copy, own = "https://example.org/copy", "https://example.org/own"
    store.save(make_article(copy, canonical_url=own, article_body=OLD))
    [claim] = store.claim(own)
    needed = save(store, make_article(own, article_body=NEW), claim)
    assert isinstance(needed, ComparisonNeeded)
    assert [(row.url, row.page_id) for row in store.rows(articles)] == [(copy, 1)]
    assert len(store.rows(article_changes)) == 1
    known = KnownComparison(needed.key, compare_versions(needed.stored, needed.new))
    saved = save(store, make_article(own, article_body=NEW), claim, known)
    assert isinstance(saved, Saved)
    assert saved.reason == "content_changed"
    assert [(row.url, row.page_id) for row in store.rows(articles)] == [(own, claim.page_id)]
    assert [row.url for row in store.rows(article_revisions)] == [copy]


@pytest.mark.parametrize("error", [None, PageTooComplex("not done after 10 s of CPU time")])
def test_pipeline_compares_in_a_worker(sqlite_engine: Engine, make_article: Make, error: Exception | None) -> None:
    class Workers:
        calls = 0

        async def run_for_listing(self, function: Callable[..., object], *arguments: object) -> object:
            self.calls += 1
            if error is not None:
                raise error
            return function(*arguments)

    async def fetch(body: str) -> None:
        async with open_crawl(sqlite_engine) as crawler:
            crawler.context.workers = workers  # type: ignore[assignment]
            store = StorePipeline.from_crawler(crawler)  # type: ignore[arg-type]
            [claim] = await crawler.claim(URL)
            article = make_article(URL, page_id=claim.page_id, article_body=body)
            try:
                await store.process_item(article)
            except ArticleRejected as rejected:
                await crawler.context.state.finish_rejected(article, rejected)

    workers = Workers()
    for body, calls in ((OLD, 0), (OLD, 0), (NEW, 1)):
        asyncio.run(fetch(body))
        assert workers.calls == calls
    store = Store(sqlite_engine)
    try:
        [row], [page] = store.rows(articles), store.rows(pages)
        assert (row.article_body, page.reason) == ((NEW, "content_changed") if error is None else (OLD, "too_complex"))
    finally:
        store.close()
