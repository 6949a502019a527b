"""Stores articles in the database."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import ArticleRejected
from newscrawl.items import Article, Outcome
from newscrawl.outcomes import PageOutcome


class StorePipeline:
    """Waits until the article and the outcome of its page are written, in one transaction."""

    def __init__(self, crawler: Crawler) -> None:
        self._state = CrawlContext.of_crawl(crawler).state

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Article) -> Article:
        saved = await self._state.save(item)
        if saved.outcome in {Outcome.DUPLICATE, Outcome.DELETED}:
            # Another writer stored it after DedupePipeline had looked; the transaction recorded that.
            raise ArticleRejected(PageOutcome(saved.outcome, saved.reason), is_recorded=True)
        return item
