"""Runs that have no end in the database."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from newscrawl.monitoring.runs import OpenRun
from newscrawl.storage.schema import crawls


def find_open_runs(connection: Connection) -> list[OpenRun]:
    """Return the runs that have not ended, or whose process could not write their end."""
    last_seen = func.coalesce(crawls.c.heartbeat_at, crawls.c.started_at, type_=crawls.c.started_at.type)
    query = select(crawls.c.id, crawls.c.host, crawls.c.pid, last_seen).where(crawls.c.finished_at.is_(None))
    return [OpenRun(*row) for row in connection.execute(query.order_by(crawls.c.id))]
