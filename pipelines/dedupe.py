"""Drops articles that are stored already: by the key of their URL, and by the hash of their content."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import ArticleRejected
from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.items import Article
from newscrawl.outcomes import PageOutcome


class DedupePipeline:
    """Gives an article its fingerprints and drops it if the database has it on another page.

    Near-duplicates are not dropped: StorePipeline puts them into one story. If two copies are looked up at the same
    moment, the transaction that stores them decides (newscrawl.storage.operations.articles).
    Stats: `dedupe/<reason>`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._state = CrawlContext.of_crawl(crawler).state
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Article) -> Article:
        item.url_key = self._state.keys.article_key(item.url or "", item.canonical_url)
        item.content_hash = content_hash(item.headline, item.article_body)
        if item.shingle_hashes is None:
            item.shingle_hashes = compute_shingle_hashes(item.article_body)
        duplicate = await self._state.find_duplicate(item)
        if duplicate is not None:
            self._stats.inc_value(f"dedupe/{duplicate.reason}")
            outcome = PageOutcome(duplicate.outcome, duplicate.reason)
            raise ArticleRejected(outcome, article_id=duplicate.article_id)
        return item
