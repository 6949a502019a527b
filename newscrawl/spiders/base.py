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
from newscrawl.crawling.exceptions import LeftAsItIs, Refused
from newscrawl.crawling.failures import verdict_of_failure
from newscrawl.evidence import ExtractionRules
from newscrawl.exceptions import StorageError
from newscrawl.extensions.crawl_state import LedgerExtension
from newscrawl.extensions.shutdown import StopExtension
from newscrawl.extensions.worker_pool import ReaderExtension
from newscrawl.items import Article, Outcome
from newscrawl.outcomes import Verdict, is_html, verdict_of_status
from newscrawl.spiders.arguments import read_scope
from newscrawl.storage.records import Visit
from newscrawl.workers.pool import TooComplexError
from newscrawl.workers.tasks import Answer, read_article

logger = logging.getLogger(__name__)


TOO_COMPLEX = "too_complex"
"""The reason of a page that cannot be read within bounds, whether it was seen beforehand or the deadline passed."""


class PageSpider(Spider):
    """Fetches article pages. Subclasses say which, in start()."""

    scope_type: ClassVar[Any]
    """Makes the spider's scope from settings and `-a` arguments; its keyword parameters are the arguments."""

    scope: Any
    arguments: Mapping[str, str]

    @classmethod
    def scope_of(cls, settings: BaseSettings, **arguments: str) -> Any:
        """Return what the `-a` arguments ask for. Raises UsageError, before anything is opened or fetched."""
        return read_scope(cls.scope_type, cls.name, settings, arguments)

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
    def ledger(self) -> LedgerExtension:
        ledger = self.crawler.get_extension(LedgerExtension)
        assert ledger is not None
        return ledger

    @property
    def reader(self) -> ReaderExtension:
        reader = self.crawler.get_extension(ReaderExtension)
        assert reader is not None
        return reader

    @property
    def stop(self) -> StopExtension:
        stop = self.crawler.get_extension(StopExtension)
        assert stop is not None
        return stop

    def rules_of(self, visit: Visit) -> ExtractionRules:
        """Return how the pages of the visit's site are read."""
        return ExtractionRules()

    def article_request(self, visit: Visit, *, priority: int = 0) -> Request:
        return Request(
            visit.url,
            callback=self.parse_article,
            errback=self.end_failed,
            priority=priority,
            meta={"visit": visit},
        )

    async def parse_article(self, response: Response) -> AsyncIterator[Article]:
        """Turn an article page into an item, or write down why it is none."""
        visit: Visit = response.meta["visit"]
        if not await self.is_readable(response, visit):
            return
        try:
            reading = await self.reader.read(read_article, self.answer(response, visit))
        except Exception as error:
            await self.end_unread(visit, error)
            return
        if reading.article is None:
            outcome = Outcome.ERROR if reading.verdict == TOO_COMPLEX else Outcome.NOT_ARTICLE
            await self.ledger.finish(visit, Verdict(outcome, reading.verdict))
            return
        article = reading.article
        article.page_id, article.site, article.crawl_id = visit.page_id, visit.site, self.ledger.crawl_id
        yield article

    async def is_readable(self, response: Response, visit: Visit) -> bool:
        """Tell whether the answer holds a page; write the outcome where it does not."""
        self.ledger.note_answer(visit, response)
        verdict = verdict_of_status(response.status)
        if verdict is None and not is_html(content_type(response), response.body):
            verdict = Verdict(Outcome.NOT_ARTICLE, "not_html")
        if verdict is not None:
            await self.ledger.finish(visit, verdict)
        return verdict is None

    def answer(self, response: Response, visit: Visit) -> Answer:
        return Answer(
            body=response.body,
            url=response.url,
            downloaded_at=response.meta.get("downloaded_at") or datetime.now(UTC),
            content_type=content_type(response),
            rules=self.rules_of(visit),
            stated=visit.stated,
            identity=self.scope.keys.rules_at(response.url),
        )

    async def end_unread(self, visit: Visit, error: Exception) -> None:
        """Write the outcome of a page that could not be read."""
        if isinstance(error, LeftAsItIs | StorageError):
            return
        if isinstance(error, TooComplexError):
            await self.ledger.finish(visit, Verdict(Outcome.ERROR, TOO_COMPLEX))
            return
        logger.error("reading %s failed", visit.url, exc_info=error)
        await self.ledger.finish(visit, Verdict(Outcome.ERROR, "unreadable"))

    async def end_failed(self, failure: Failure) -> None:
        """Write the outcome of a request that brought no answer."""
        error: Any = failure.value
        visit: Visit = failure.request.meta["visit"]  # type: ignore[attr-defined]
        if isinstance(error, LeftAsItIs | StorageError):
            return
        not_before = error.not_before if isinstance(error, Refused) else None
        logger.debug("%s: %s", visit.url, error)
        await self.ledger.finish(visit, verdict_of_failure(error), not_before=not_before)


def content_type(response: Response) -> str | None:
    """Return the declared content type; one that is no ASCII counts as none."""
    value = response.headers.get("Content-Type")
    return value.decode("ascii") if value and value.isascii() else None
