"""Storage operations for tests: one call, one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Engine, Table, select

from newscrawl.discovery.model import PAGINATION
from newscrawl.items import Article, Outcome
from newscrawl.scheduling.periods import Period
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.articles import SaveArticle
from newscrawl.storage.operations.claims import (
    ClaimListings,
    ClaimPages,
    ClaimPending,
    FollowRedirect,
    RedirectResult,
)
from newscrawl.storage.operations.crawls import EndCrawl, StartCrawl
from newscrawl.storage.operations.fetch_results import FinishFetch
from newscrawl.storage.operations.listings import FinishListing
from newscrawl.storage.records import Claim, ClaimResult, DiscoveredPage, DueListings, FetchResult, ListingResult, Saved
from newscrawl.storage.writer import Writer
from newscrawl.urls.normalize import normalize

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Store:
    """Claims pages, saves articles and finishes fetches as a crawl does."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.writer = Writer(engine)
        self.now = NOW
        self.crawl_id = self.start_crawl()

    @classmethod
    def open(cls, url: str) -> Self:
        return cls(open_engine(url))

    def start_crawl(self) -> int:
        self.crawl_id = self.do(StartCrawl("news", {"url": "https://example.org/"}, self.now, 1, 1))
        return self.crawl_id

    def end_crawl(self) -> None:
        self.do(EndCrawl(self.crawl_id, "finished", self.now))

    def do(self, operation: Any) -> Any:
        return self.writer.submit(operation).result(timeout=30)

    def claim(
        self,
        *urls: str,
        kind: str = "article",
        source_modified_at: datetime | None = None,
        published_at: datetime | None = None,
        **options: Any,
    ) -> list[Claim]:
        pages = [
            DiscoveredPage(
                url, normalize(url), "example.org", kind, None, source_modified_at or published_at, published_at
            )
            for url in urls
        ]
        result: ClaimResult = self.do(ClaimPages(pages, self.crawl_id, self.now, **options))
        return result.claims

    def claim_pending(self, limit: int = 1000, **period: datetime) -> list[Claim]:
        operation = ClaimPending("example.org", self.crawl_id, self.now, limit, Period(**period))
        claims: list[Claim] = self.do(operation)
        return claims

    def claim_listings(self, limit: int = 1000, *, only_failed: bool = False, **period: datetime) -> list[Claim]:
        operation = ClaimListings("example.org", self.crawl_id, self.now, limit, Period(**period), only_failed)
        due: DueListings = self.do(operation)
        return due.claims

    def finish_listing(
        self, claim: Claim, *urls: str, next_pages: Sequence[str] = (), is_next_page: bool = False, **facts: Any
    ) -> int:
        """Finish a listing that links to articles; return how many are new."""
        seen = [DiscoveredPage(url, normalize(url), "example.org", "article", **facts) for url in urls]
        source = {"source": PAGINATION}
        pages = [DiscoveredPage(url, normalize(url), "example.org", "section", source) for url in next_pages]
        listed: ListingResult = self.do(
            FinishListing(claim, self.result(Outcome.NOT_ARTICLE, claim.kind), seen, pages, is_next_page)
        )
        return listed.new

    def follow(self, claim: Claim, url: str) -> Claim | None:
        return self.redirect(claim, url).claim

    def redirect(self, claim: Claim, url: str) -> RedirectResult:
        target = DiscoveredPage(url, normalize(url), "example.org", claim.kind)
        result = self.result(Outcome.DUPLICATE, "redirect")
        followed: RedirectResult = self.do(FollowRedirect(claim, result, target, self.crawl_id))
        return followed

    def finish(self, claim: Claim, outcome: Outcome, reason: str = "reason", **facts: Any) -> None:
        self.do(FinishFetch(claim, self.result(outcome, reason, **facts)))

    def save(self, article: Article, claim: Claim | None = None) -> Saved:
        """Save *article* for *claim*, or for a new claim of its URL."""
        return self.save_all([article], [claim] if claim else None)[0]

    def save_all(self, articles: Sequence[Article], claims: Sequence[Claim] | None = None) -> list[Saved]:
        """Save articles, in as few transactions as the writer needs."""
        if claims is None:
            claims = [self.claim(article.url or "", force=True)[0] for article in articles]
        for article, claim in zip(articles, claims, strict=True):
            article.page_id, article.crawl_id = claim.page_id, self.crawl_id
        result = self.result(Outcome.STORED, "new")
        futures = [
            self.writer.submit(SaveArticle(article, claim, result))
            for article, claim in zip(articles, claims, strict=True)
        ]
        wait(futures, timeout=30)
        return [future.result(timeout=0) for future in futures]

    def result(self, outcome: Outcome, reason: str, **facts: Any) -> FetchResult:
        status = int(reason[5:]) if reason.startswith("http_") else 200
        return replace(FetchResult(outcome, reason, self.now, http_status=status), **facts)

    def rows(self, table: Table) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))

    def close(self) -> None:
        self.writer.close()
