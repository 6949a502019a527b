"""Record runs that ended without a writer: before they started, or after their database had failed."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, update
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.exceptions import NewscrawlError
from newscrawl.storage.engine import open_existing
from newscrawl.storage.operations.crawls import MAX_REASON, to_json
from newscrawl.storage.processes import get_host
from newscrawl.storage.schema import crawls

TIMEOUT = 2.0
"""Seconds to wait for a database that another program has locked."""
ALL_SITES = "*"
"""The key of `crawls.warnings` for what concerns the whole run."""


def record_failed_start(
    url: str, spider: str, arguments: Mapping[str, str], *, exit_code: int, reason: str, error: str
) -> None:
    """Add a run that did not start to the database at *url*, if that can be written."""
    now = datetime.now(UTC)
    row = {
        "spider": spider[:MAX_REASON],
        "arguments": dict(arguments),
        "started_at": now,
        "finished_at": now,
        "finish_reason": reason[:MAX_REASON],
        "exit_code": exit_code,
        "warnings": to_json({ALL_SITES: [error]}),
        "host": get_host(),
        "pid": os.getpid(),
    }
    _write(url, lambda connection: connection.execute(insert(crawls), row))


def record_end(url: str, crawl_id: int, *, exit_code: int, reason: str, error: str) -> None:
    """Record how a run ended that could not write its result, if the database at *url* can be written now."""
    end = {
        "finished_at": func.coalesce(crawls.c.finished_at, datetime.now(UTC), type_=crawls.c.finished_at.type),
        "finish_reason": func.coalesce(crawls.c.finish_reason, reason[:MAX_REASON]),
        "exit_code": exit_code,
        "warnings": to_json({ALL_SITES: [error]}),
    }
    query = update(crawls).where(crawls.c.id == crawl_id, crawls.c.exit_code.is_(None)).values(end)
    _write(url, lambda connection: connection.execute(query))


def _write(url: str, write: Callable[[Connection], object]) -> None:
    def work() -> None:
        # Where the database cannot be written, that has been said, or is of no interest.
        with contextlib.suppress(NewscrawlError, SQLAlchemyError):
            engine = open_existing(url)
            with engine.begin() as connection:
                write(connection)
            engine.dispose()

    # The exit waits for no lock: the thread ends with the process, and its transaction is rolled back.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(TIMEOUT)
