"""A crawl's hand on the database without a crawl: one call, one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Table, select

from newscrawl.discovery.model import PAGINATION
from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.articles import SaveArticle
from newscrawl.storage.operations.claims import (
    FinishListing,
    Followed,
    FollowRedirect,
    TakeListings,
    TakePages,
    TakeUnfinished,
)
from newscrawl.storage.operations.crawls import EndCrawl, StartCrawl
from newscrawl.storage.operations.fetch_results import FinishPage
from newscrawl.storage.records import Ending, Period, Saved, SeenPage, Taken, Visit
from newscrawl.storage.writer import Writer
from newscrawl.urls.normalize import normalise

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Store:
    """Takes pages, saves articles and finishes visits for tests."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.writer = Writer(engine)
        self.now = NOW
        self.crawl_id = self.start_crawl()

    def start_crawl(self) -> int:
        self.crawl_id = self.do(StartCrawl("news", {"url": "https://example.org/"}, self.now, 1, 1))
        return self.crawl_id

    def end_crawl(self) -> None:
        self.do(EndCrawl(self.crawl_id, "finished", self.now))

    def do(self, operation: Any) -> Any:
        return self.writer.submit(operation).result(timeout=30)

    def take(
        self,
        *urls: str,
        kind: str = "article",
        stated_at: datetime | None = None,
        published_at: datetime | None = None,
        **options: Any,
    ) -> list[Visit]:
        pages = [
            SeenPage(url, normalise(url), "example.org", kind, None, stated_at or published_at, published_at)
            for url in urls
        ]
        taken: Taken = self.do(TakePages(pages, self.crawl_id, self.now, **options))
        return taken.visits

    def take_unfinished(self, limit: int = 1000, **period: datetime) -> list[Visit]:
        operation = TakeUnfinished("example.org", self.crawl_id, self.now, limit, Period(**period))
        visits: list[Visit] = self.do(operation)
        return visits

    def take_listings(self, limit: int = 1000, **period: datetime) -> list[Visit]:
        visits: list[Visit] = self.do(TakeListings("example.org", self.crawl_id, self.now, limit, Period(**period)))
        return visits

    def finish_listing(
        self, visit: Visit, *urls: str, turns: Sequence[str] = (), turn: bool = False, **facts: Any
    ) -> int:
        """End the visit of a listing that names articles; return how many were new."""
        seen = [SeenPage(url, normalise(url), "example.org", "article", **facts) for url in urls]
        pages = [SeenPage(url, normalise(url), "example.org", "section", {"source": PAGINATION}) for url in turns]
        listed: Taken = self.do(FinishListing(visit, self.ending(Outcome.NOT_ARTICLE, visit.kind), seen, pages, turn))
        return listed.new

    def follow(self, visit: Visit, url: str) -> Visit | None:
        return self.redirect(visit, url).visit

    def redirect(self, visit: Visit, url: str) -> Followed:
        target = SeenPage(url, normalise(url), "example.org", visit.kind)
        ending = self.ending(Outcome.DUPLICATE, "redirect")
        followed: Followed = self.do(FollowRedirect(visit, ending, target, self.crawl_id))
        return followed

    def finish(self, visit: Visit, outcome: Outcome, reason: str = "reason", **facts: Any) -> None:
        self.do(FinishPage(visit, self.ending(outcome, reason, **facts)))

    def save(self, article: Article, visit: Visit | None = None) -> Saved:
        """Store *article*, as the answer of *visit* or of a visit of its own URL."""
        return self.save_all([article], [visit] if visit else None)[0]

    def save_all(self, articles: Sequence[Article], visits: Sequence[Visit] | None = None) -> list[Saved]:
        """Store articles in as few transactions as the writer makes of them."""
        if visits is None:
            visits = [self.take(article.url or "", force=True)[0] for article in articles]
        for article, visit in zip(articles, visits, strict=True):
            article.page_id, article.crawl_id = visit.page_id, self.crawl_id
        ending = self.ending(Outcome.STORED, "new")
        futures = [
            self.writer.submit(SaveArticle(article, visit, ending))
            for article, visit in zip(articles, visits, strict=True)
        ]
        wait(futures, timeout=30)
        return [future.result(timeout=0) for future in futures]

    def ending(self, outcome: Outcome, reason: str, **facts: Any) -> Ending:
        status = int(reason[5:]) if reason.startswith("http_") else 200
        return replace(Ending(outcome, reason, self.now, http_status=status), **facts)

    def rows(self, table: Table) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))

    def close(self) -> None:
        self.writer.close()
