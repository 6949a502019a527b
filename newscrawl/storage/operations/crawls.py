"""The start and end of a crawl, the counts of the pages that it claimed, and what it found out about its sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.discovery.sources import clean_field
from newscrawl.monitoring.runs import is_killed
from newscrawl.outcomes import PENDING, FinishReason
from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.processes import get_host, process_exists
from newscrawl.storage.queries.runs import find_open_runs
from newscrawl.storage.schema import crawls, pages, site_checks, site_crawls

MAX_REASON = 64


@dataclass(frozen=True, slots=True)
class StartCrawl(SingleOperation[int]):
    """Record a new crawl of this process, and the end of those whose process is gone. Result: its id."""

    spider: str
    arguments: Mapping[str, Any]
    now: datetime
    extractor_version: int
    normalizer_version: int
    pid: int | None = None

    def apply(self, connection: Connection) -> int:
        host = get_host()
        for run in find_open_runs(connection):
            # In a container, the run before may have had the id of this process.
            if is_killed(run, self.now, host=host, process_exists=lambda pid: pid != self.pid and process_exists(pid)):
                end = {"finished_at": run.last_seen_at, "finish_reason": FinishReason.KILLED.value}
                connection.execute(update(crawls).where(crawls.c.id == run.crawl_id).values(end))
        row = {
            "spider": self.spider,
            "arguments": dict(self.arguments),
            "started_at": self.now,
            "extractor_version": self.extractor_version,
            "normalizer_version": self.normalizer_version,
            "host": host,
            "pid": self.pid,
            "heartbeat_at": self.now,
        }
        return int(connection.execute(insert(crawls).returning(crawls.c.id), row).scalar_one())


@dataclass(frozen=True, slots=True)
class WriteHeartbeat(SingleOperation[None]):
    """Record that a crawl still runs. Result: None."""

    crawl_id: int
    now: datetime

    def apply(self, connection: Connection) -> None:
        connection.execute(update(crawls).where(crawls.c.id == self.crawl_id).values(heartbeat_at=self.now))


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
            .values(finished_at=self.now, finish_reason=self.reason[:MAX_REASON])
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


@dataclass(frozen=True, slots=True)
class RecordResult(SingleOperation[None]):
    """Record the exit code and the warnings of a crawl, and the state of the sites that it checked. Result: None."""

    crawl_id: int
    exit_code: int
    warnings: Mapping[str, Sequence[str]]
    """Site -> warnings."""
    checked: Mapping[str, Sequence[str]]
    """Each site that was checked -> its warnings; [] for one that is not degraded."""
    now: datetime

    def apply(self, connection: Connection) -> None:
        result = {"exit_code": self.exit_code, "warnings": to_json(self.warnings) or None}
        connection.execute(update(crawls).where(crawls.c.id == self.crawl_id).values(result))
        if not self.checked:
            return
        rows = [
            {
                "site": site,
                "crawl_id": self.crawl_id,
                "checked_at": self.now,
                "degraded_since": self.now if warnings else None,
                "warnings": list(warnings),
            }
            for site, warnings in self.checked.items()
        ]
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        upsert = dialect.insert(site_checks)
        new = upsert.excluded
        # A site that is still degraded has been since the same time.
        still = case(
            (new.degraded_since.is_(None), None), else_=func.coalesce(site_checks.c.degraded_since, new.degraded_since)
        )
        values = {name: new[name] for name in ("crawl_id", "checked_at", "warnings")} | {"degraded_since": still}
        connection.execute(upsert.on_conflict_do_update(index_elements=["site"], set_=values), rows)


def to_json(warnings: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return `crawls.warnings`."""
    return {site: [clean_field(line) or "" for line in lines] for site, lines in warnings.items() if lines}
