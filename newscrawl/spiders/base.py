"""What all spiders share: the way of an article page from response to item."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.protocols import CrawlArguments
from newscrawl.crawling.responses import asks_to_wait, get_content_type
from newscrawl.evidence import ExtractionRules
from newscrawl.exceptions import NewscrawlError, StorageError
from newscrawl.extraction.html.document import UnreadableDocument
from newscrawl.items import Article, Outcome
from newscrawl.outcomes import (
    FURTHER_PAGE,
    TOO_COMPLEX,
    WORKER_DIED,
    FinishReason,
    PageOutcome,
    is_html,
    outcome_for_status,
)
from newscrawl.spiders.arguments import parse_arguments
from newscrawl.spiders.article_pages import fetch_further_pages
from newscrawl.storage.records import Claim
from newscrawl.urls.parse import get_url_host
from newscrawl.workers.pool import PageTooComplex, WorkerDied
from newscrawl.workers.tasks import ExtractionResult, PageInput, extract_article

logger = logging.getLogger(__name__)


class BaseSpider(Spider):
    """Fetches article pages. Subclasses say which, in get_requests()."""

    arguments_type: ClassVar[type[Any]]
    arguments: CrawlArguments
    raw_arguments: Mapping[str, str]
    crawls_listings: ClassVar[bool] = False
    follows_article_pages: ClassVar[bool] = True
    """Whether the other pages of an article of several pages are fetched."""
    failure: NewscrawlError | None = None
    skipped: int = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:
        spider = super().from_crawler(crawler)
        spider.raw_arguments = arguments
        spider.arguments = parse_arguments(cls.arguments_type, cls.name, crawler.settings, arguments)
        spider.set_site_delays()
        crawler.signals.connect(spider.on_idle, signal=signals.spider_idle)
        return spider

    def set_site_delays(self) -> None:
        """Apply the `delay` of site files in place of NEWSCRAWL_DELAY; Crawl-delay in robots.txt may raise it later."""
        settings = self.crawler.settings
        given, slots = settings.getdict("DOWNLOAD_SLOTS"), settings.getdict("DOWNLOAD_SLOTS")
        for site in self.arguments.sites:
            if site.delay is None:
                continue
            host = get_url_host(site.url).removeprefix("www.")
            # Either of the two usually redirects to the other.
            for name in (host, f"www.{host}"):
                delay = max(site.delay, slots.get(name, {}).get("delay", 0.0))
                slots[name] = {"delay": delay, **given.get(name, {})}
        settings.set("DOWNLOAD_SLOTS", slots, "spider")

    @property
    def context(self) -> CrawlContext:
        """What this spider shares with the other components of the crawl."""
        return CrawlContext.of(self.crawler)

    async def start(self) -> AsyncIterator[Request]:
        for site in self.arguments.sites:
            self.context.addresses.name(site.name, (site.url, *site.discovery.urls))
        try:
            async for request in self.get_requests():
                yield request
        except (FetchDeferred, StorageError):
            # The crawl is ending, and its reason has been logged.
            return
        except Exception as error:
            self.context.tasks.fail("starting the spider", error)

    def on_idle(self) -> None:
        """End the crawl if no host can be reached any more: further requests would fail as well."""
        if self.context.network.is_down(sites=len(self.arguments.sites)):
            logger.error("no host could be reached; is the network up?")
            raise CloseSpider(FinishReason.NETWORK_DOWN)

    def get_requests(self) -> AsyncIterator[Request]:
        """Yield the first requests of the crawl."""
        raise NotImplementedError

    def get_rules(self, claim: Claim) -> ExtractionRules:
        """Return the extraction rules for the pages of the claim's site."""
        return ExtractionRules()

    def article_request(self, claim: Claim, *, priority: int = 0) -> Request:
        return Request(
            claim.url,
            callback=self.parse_article,
            errback=self.handle_failure,
            priority=priority,
            meta={"claim": claim},
        )

    async def parse_article(self, response: Response) -> AsyncIterator[Article | Request]:
        """Yield the article of a page, or record why there is none.

        If the page is a later one of an article of several pages, yield the request for the first one.
        """
        claim: Claim = response.meta["claim"]
        if (outcome := self.get_outcome(response, claim)) is not None:
            await self.context.state.finish(claim, outcome)
            return
        try:
            extracted = await self.extract(response, claim)
        except Exception as error:
            await self.handle_parse_error(claim, error)
            return
        if extracted.article is None:
            kind = Outcome.ERROR if extracted.page_type == TOO_COMPLEX else Outcome.NOT_ARTICLE
            await self.context.state.finish(claim, PageOutcome(kind, extracted.page_type))
        elif (first_page := self._get_first_page(claim, extracted)) is not None:
            first = await self.context.state.follow_redirect(
                claim, first_page, http_status=response.status, redirected=FURTHER_PAGE
            )
            if first is not None:
                yield self.article_request(first)
        else:
            article = extracted.article
            article.page_id, article.site, article.crawl_id = claim.page_id, claim.site, self.context.state.crawl_id
            yield article

    def _get_first_page(self, claim: Claim, extracted: ExtractionResult) -> str | None:
        """Return the URL of the article's first page if *extracted* is a later one."""
        first = extracted.pages.first if self.follows_article_pages and extracted.pages is not None else None
        if first is None or self.context.state.keys.url_key(first) == claim.url_key:
            return None
        return first

    def get_outcome(self, response: Response, claim: Claim) -> PageOutcome | None:
        """Record the response; return the outcome that its status or type decides, None for a page to extract."""
        self.context.state.record_response(claim, response)
        outcome = outcome_for_status(response.status, asks_to_wait=asks_to_wait(response))
        if outcome is None and not is_html(get_content_type(response), response.body):
            return PageOutcome(Outcome.NOT_ARTICLE, "not_html", get_content_type(response))
        return outcome

    async def extract(self, response: Response, claim: Claim) -> ExtractionResult:
        """Extract the article of a page in a worker, with the further pages of an article that starts on it."""
        workers, page = self.context.workers, self.get_page_input(response, claim)
        assert workers is not None
        extracted = await workers.run(extract_article, page)
        pages, article = extracted.pages, extracted.article
        if not self.follows_article_pages or article is None or pages is None or not pages.is_first:
            return extracted
        further = await fetch_further_pages(self, claim, article, pages)
        return await workers.run_for_listing(extract_article, page, further.inputs, has_all_pages=further.are_all)

    def get_page_input(self, response: Response, claim: Claim) -> PageInput:
        return PageInput(
            body=response.body,
            url=response.url,
            downloaded_at=response.meta.get("downloaded_at") or datetime.now(UTC),
            content_type=get_content_type(response),
            rules=self.get_rules(claim),
            source_metadata=claim.source_metadata,
            identity=self.context.state.keys.get_rules(response.url),
        )

    async def handle_parse_error(self, claim: Claim, error: Exception) -> None:
        """Record the outcome of a page that could not be parsed."""
        if isinstance(error, FetchDeferred | StorageError):
            return
        if isinstance(error, PageTooComplex):
            await self.context.state.finish(claim, PageOutcome(Outcome.ERROR, TOO_COMPLEX))
            return
        if isinstance(error, MemoryError):
            await self.context.state.finish_failed(claim, error)
            return
        if isinstance(error, WorkerDied):
            await self.context.state.finish(claim, PageOutcome(Outcome.ERROR, WORKER_DIED))
            return
        if isinstance(error, UnreadableDocument):
            await self.context.state.finish(claim, PageOutcome(Outcome.ERROR, error.reason))
            return
        logger.error("could not parse %s", claim.url, exc_info=error)
        await self.context.state.finish(claim, PageOutcome(Outcome.ERROR, "unreadable"))

    async def handle_failure(self, failure: Failure) -> None:
        """Record the outcome of a request that got no response."""
        error: Any = failure.value
        await self.context.state.finish_failed(failure.request.meta["claim"], error)  # type: ignore[attr-defined]
