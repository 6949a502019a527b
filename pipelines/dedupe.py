"""Drops articles that are stored already: by the key of their URL, and by the hash of their content."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import ArticleRejected
from newscrawl.items import Article, Fingerprints
from newscrawl.outcomes import PageOutcome
from newscrawl.workers.fingerprints import compute_fingerprints


class DedupePipeline:
    """Gives an article its fingerprints and drops it if the database has it on another page.

    Near-duplicates are not dropped: StorePipeline puts them into one story. If two copies are looked up at the same
    moment, the transaction that stores them decides (newscrawl.storage.operations.articles).
    Stats: `dedupe/<reason>`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._context = CrawlContext.of_crawl(crawler)
        self._state = self._context.state
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Article) -> Article:
        item.url_key = self._state.keys.article_key(item.url or "", item.canonical_url)
        item.fingerprints = prints = await self._get_fingerprints(item)
        item.content_hash, item.shingle_hashes = prints.content_hash, prints.shingle_hashes
        duplicate = await self._state.find_duplicate(item)
        if duplicate is not None:
            self._stats.inc_value(f"dedupe/{duplicate.reason}")
            outcome = PageOutcome(duplicate.outcome, duplicate.reason)
            raise ArticleRejected(outcome, article_id=duplicate.article_id)
        return item

    async def _get_fingerprints(self, item: Article) -> Fingerprints:
        """Return those that came with the article, or new ones if another pipeline has changed its text."""
        if item.fingerprints is not None and item.fingerprints.describe(item):
            return item.fingerprints
        workers = self._context.workers
        return compute_fingerprints(item) if workers is None else await workers.run(compute_fingerprints, item)
