"""The start and end of a crawl, and the counts of the pages that it claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, func, insert, literal, select, update

from newscrawl.outcomes import PENDING
from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.schema import crawls, pages, site_crawls


@dataclass(frozen=True, slots=True)
class StartCrawl(SingleOperation[int]):
    """Record a new crawl. Result: its id."""

    spider: str
    arguments: Mapping[str, Any]
    now: datetime
    extractor_version: int
    normalizer_version: int

    def apply(self, connection: Connection) -> int:
        row = {
            "spider": self.spider,
            "arguments": dict(self.arguments),
            "started_at": self.now,
            "extractor_version": self.extractor_version,
            "normalizer_version": self.normalizer_version,
        }
        return int(connection.execute(insert(crawls).returning(crawls.c.id), row).scalar_one())


@dataclass(frozen=True, slots=True)
class EndCrawl(SingleOperation[None]):
    """Record the end of a crawl and count its pages by site, kind, outcome and reason. Result: None."""

    crawl_id: int
    reason: str
    now: datetime

    def apply(self, connection: Connection) -> None:
        connection.execute(
            update(crawls)
            .where(crawls.c.id == self.crawl_id)
            .values(finished_at=self.now, finish_reason=self.reason[:64])
        )
        connection.execute(delete(site_crawls).where(site_crawls.c.crawl_id == self.crawl_id))
        outcome = func.coalesce(pages.c.outcome, PENDING)
        reason = func.coalesce(pages.c.reason, "unfinished")
        # A pending page still has the status of an earlier crawl.
        fetched = func.count(case((pages.c.outcome.is_not(None), pages.c.http_status)))
        counted = (
            select(literal(self.crawl_id), pages.c.site, outcome, reason, pages.c.kind, func.count(), fetched)
            .where(pages.c.crawl_id == self.crawl_id)
            .group_by(pages.c.site, outcome, reason, pages.c.kind)
        )
        names = ["crawl_id", "site", "outcome", "reason", "kind", "pages", "fetched"]
        connection.execute(insert(site_crawls).from_select(names, counted))
