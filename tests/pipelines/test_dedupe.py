"""Articles that another page has brought are dropped with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from newscrawl.crawling.exceptions import ArticleRejected
from newscrawl.dedup.content_hash import content_hash
from newscrawl.items import Article
from newscrawl.workers.fingerprints import compute_fingerprints
from pipelines.dedupe import DedupePipeline
from pipelines.store import StorePipeline
from tests.support.fake_crawler import open_crawl

ONE, TWO, CANONICAL = (f"https://example.org/2026/11/20/report-on-the-vote-{name}" for name in ("one", "two", "three"))
TEXT = {"headline": "The vote", "article_body": "What was decided, and what it means for those who live there."}


@pytest.mark.parametrize(
    ("canonical_url", "outcome", "stat"),
    [
        (None, "duplicate: same_content", "dedupe/same_content"),
        (CANONICAL, "duplicate: same_url", "dedupe/same_url"),
    ],
)
def test_second_page_with_an_article_is_dropped(
    sqlite_engine: Engine, make_article: Callable[..., Article], canonical_url: str | None, outcome: str, stat: str
) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            dedupe, store = DedupePipeline.from_crawler(crawler), StorePipeline.from_crawler(crawler)  # type: ignore[arg-type]
            first, second = [
                make_article(claim.url, page_id=claim.page_id, canonical_url=canonical_url, **TEXT)
                for claim in await crawler.claim(ONE, TWO)
            ]
            await store.process_item(await dedupe.process_item(first))
            with pytest.raises(ArticleRejected, match=f"^{outcome}$") as rejected:
                await dedupe.process_item(second)
            assert rejected.value.article_id == 1
            assert crawler.stats.get_value(stat) == 1

    asyncio.run(run())


def test_duplicate_that_the_transaction_found_is_recorded_already(
    sqlite_engine: Engine, make_article: Callable[..., Article]
) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            store = StorePipeline.from_crawler(crawler)  # type: ignore[arg-type]
            first, second = [
                make_article(claim.url, page_id=claim.page_id, **TEXT) for claim in await crawler.claim(ONE, TWO)
            ]
            await store.process_item(first)
            with pytest.raises(ArticleRejected, match=r"^duplicate: same_content$") as rejected:
                await store.process_item(second)
            assert rejected.value.is_recorded
            assert crawler.stats.get_value("dedupe/same_content") is None

    asyncio.run(run())


def test_new_article_gets_its_fingerprints(sqlite_engine: Engine, make_article: Callable[..., Article]) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            article = make_article(ONE, page_id=claim.page_id)
            expected = article.url_key, article.content_hash, article.shingle_hashes
            article.url_key = article.content_hash = article.shingle_hashes = None
            await DedupePipeline(crawler).process_item(article)  # type: ignore[arg-type]
            assert (article.url_key, article.content_hash, article.shingle_hashes) == expected

    asyncio.run(run())


def test_fingerprints_of_a_text_that_another_pipeline_changed_are_computed_again(
    sqlite_engine: Engine, make_article: Callable[..., Article]
) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            article = make_article(ONE, page_id=claim.page_id)
            prints = article.fingerprints = compute_fingerprints(article)
            assert (await DedupePipeline(crawler).process_item(article)).fingerprints is prints  # type: ignore[arg-type]
            article.article_body = "Something else entirely."
            await DedupePipeline(crawler).process_item(article)  # type: ignore[arg-type]
            assert article.content_hash == content_hash(article.headline, "Something else entirely.")
            assert article.fingerprints is not prints

    asyncio.run(run())
