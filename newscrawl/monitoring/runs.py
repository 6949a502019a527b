"""Tell runs that still work from those whose process is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

HEARTBEAT_TIMEOUT = timedelta(minutes=3)
"""A run that has written no heartbeat for this long is taken for killed."""


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run without an end in the database."""

    crawl_id: int
    host: str | None
    pid: int | None
    last_seen_at: datetime
    """Its last heartbeat, or its start."""


def is_killed(run: OpenRun, now: datetime, *, host: str, process_exists: Callable[[int], bool]) -> bool:
    """Return whether the process of *run* is gone, as seen from *host*.

    A process of this machine can be looked up; of others only their heartbeats are known.
    """
    if now - run.last_seen_at > HEARTBEAT_TIMEOUT:
        return True
    return run.host == host and run.pid is not None and not process_exists(run.pid)
