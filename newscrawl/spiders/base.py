"""What all spiders share: an article page's way from answer to item."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from newscrawl.addon import follow_overrides
from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.crawling.failures import outcome_for_failure
from newscrawl.evidence import ExtractionRules
from newscrawl.exceptions import StorageError
from newscrawl.extensions.crawl_state import CrawlStateExtension
from newscrawl.extensions.shutdown import ShutdownExtension
from newscrawl.extensions.worker_pool import WorkerPoolExtension
from newscrawl.items import Article, Outcome
from newscrawl.outcomes import PageOutcome, is_html, outcome_for_status
from newscrawl.spiders.arguments import parse_arguments
from newscrawl.storage.records import Claim
from newscrawl.workers.pool import PageTooComplex
from newscrawl.workers.tasks import PageInput, extract_article

logger = logging.getLogger(__name__)


TOO_COMPLEX = "too_complex"
"""The reason of a page that cannot be read within bounds, whether it was seen beforehand or the deadline passed."""


class BaseSpider(Spider):
    """Fetches article pages. Subclasses say which, in start()."""

    scope_type: ClassVar[Any]
    """Makes the spider's scope from settings and `-a` arguments; its keyword parameters are the arguments."""

    scope: Any
    arguments: Mapping[str, str]

    @classmethod
    def scope_of(cls, settings: BaseSettings, **arguments: str) -> Any:
        """Return what the `-a` arguments ask for. Raises UsageError, before anything is opened or fetched."""
        return parse_arguments(cls.scope_type, cls.name, settings, arguments)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        follow_overrides(settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:
        spider = super().from_crawler(crawler)
        spider.arguments = arguments
        spider.scope = cls.scope_of(crawler.settings, **arguments)
        return spider

    @property
    def ledger(self) -> CrawlStateExtension:
        ledger = self.crawler.get_extension(CrawlStateExtension)
        assert ledger is not None
        return ledger

    @property
    def reader(self) -> WorkerPoolExtension:
        reader = self.crawler.get_extension(WorkerPoolExtension)
        assert reader is not None
        return reader

    @property
    def stop(self) -> ShutdownExtension:
        stop = self.crawler.get_extension(ShutdownExtension)
        assert stop is not None
        return stop

    def get_rules(self, claim: Claim) -> ExtractionRules:
        """Return how the pages of the visit's site are read."""
        return ExtractionRules()

    def article_request(self, claim: Claim, *, priority: int = 0) -> Request:
        return Request(
            claim.url,
            callback=self.parse_article,
            errback=self.end_failed,
            priority=priority,
            meta={"claim": claim},
        )

    async def parse_article(self, response: Response) -> AsyncIterator[Article]:
        """Turn an article page into an item, or write down why it is none."""
        claim: Claim = response.meta["claim"]
        if not await self.is_readable(response, claim):
            return
        try:
            reading = await self.reader.read(extract_article, self.answer(response, claim))
        except Exception as error:
            await self.end_unread(claim, error)
            return
        if reading.article is None:
            outcome = Outcome.ERROR if reading.page_type == TOO_COMPLEX else Outcome.NOT_ARTICLE
            await self.ledger.finish(claim, PageOutcome(outcome, reading.page_type))
            return
        article = reading.article
        article.page_id, article.site, article.crawl_id = claim.page_id, claim.site, self.ledger.crawl_id
        yield article

    async def is_readable(self, response: Response, claim: Claim) -> bool:
        """Tell whether the answer holds a page; write the outcome where it does not."""
        self.ledger.record_response(claim, response)
        page_outcome = outcome_for_status(response.status)
        if page_outcome is None and not is_html(content_type(response), response.body):
            page_outcome = PageOutcome(Outcome.NOT_ARTICLE, "not_html")
        if page_outcome is not None:
            await self.ledger.finish(claim, page_outcome)
        return page_outcome is None

    def answer(self, response: Response, claim: Claim) -> PageInput:
        return PageInput(
            body=response.body,
            url=response.url,
            downloaded_at=response.meta.get("downloaded_at") or datetime.now(UTC),
            content_type=content_type(response),
            rules=self.get_rules(claim),
            source_metadata=claim.source_metadata,
            identity=self.scope.keys.rules_at(response.url),
        )

    async def end_unread(self, claim: Claim, error: Exception) -> None:
        """Write the outcome of a page that could not be read."""
        if isinstance(error, FetchDeferred | StorageError):
            return
        if isinstance(error, PageTooComplex):
            await self.ledger.finish(claim, PageOutcome(Outcome.ERROR, TOO_COMPLEX))
            return
        logger.error("reading %s failed", claim.url, exc_info=error)
        await self.ledger.finish(claim, PageOutcome(Outcome.ERROR, "unreadable"))

    async def end_failed(self, failure: Failure) -> None:
        """Write the outcome of a request that brought no answer."""
        error: Any = failure.value
        claim: Claim = failure.request.meta["claim"]  # type: ignore[attr-defined]
        if isinstance(error, FetchDeferred | StorageError):
            return
        not_before = error.not_before if isinstance(error, RequestRejected) else None
        logger.debug("%s: %s", claim.url, error)
        await self.ledger.finish(claim, outcome_for_failure(error), not_before=not_before)


def content_type(response: Response) -> str | None:
    """Return the declared content type; one that is no ASCII counts as none."""
    value = response.headers.get("Content-Type")
    return value.decode("ascii") if value and value.isascii() else None
