"""Stores articles in the database."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import ArticleRejected
from newscrawl.dedup.comparisons import VersionComparison, compare_versions
from newscrawl.items import Article, Outcome
from newscrawl.outcomes import TOO_COMPLEX, WORKER_DIED, PageOutcome
from newscrawl.storage.records import ComparisonNeeded
from newscrawl.workers.pool import PageTooComplex, WorkerDied


class StorePipeline:
    """Waits until the article and the outcome of its page are written, in one transaction.

    A new version is compared with the stored one in a worker. A comparison that takes too long leaves the stored
    version as it is; the page then has the reason `too_complex`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._context = CrawlContext.of_crawl(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Article) -> Article:
        saved = await self._context.state.save(item, self._compare)
        if saved.outcome in {Outcome.DUPLICATE, Outcome.DELETED}:
            # Another writer stored it after DedupePipeline had looked; the transaction recorded that.
            raise ArticleRejected(PageOutcome(saved.outcome, saved.reason), is_recorded=True)
        return item

    async def _compare(self, needed: ComparisonNeeded) -> VersionComparison:
        workers = self._context.workers
        if workers is None:
            return compare_versions(needed.stored, needed.new)
        try:
            return await workers.run_for_listing(compare_versions, needed.stored, needed.new)
        except PageTooComplex as error:
            raise ArticleRejected(PageOutcome(Outcome.ERROR, TOO_COMPLEX)) from error
        except WorkerDied as error:
            raise ArticleRejected(PageOutcome(Outcome.ERROR, WORKER_DIED)) from error
