"""Articles into the database."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newscrawl.extensions.crawl_state import CrawlStateExtension
from newscrawl.items import Article, Outcome
from newscrawl.outcomes import PageOutcome
from pipelines.validation import Rejected


class StorePipeline:
    """Waits until the article and its page's outcome are written; a known text ends here as a duplicate."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Article) -> Article:
        ledger = self._crawler.get_extension(CrawlStateExtension)
        assert ledger is not None
        saved = await ledger.save(item)
        if saved.outcome is Outcome.DUPLICATE:
            raise Rejected(PageOutcome(saved.outcome, saved.reason))
        return item
