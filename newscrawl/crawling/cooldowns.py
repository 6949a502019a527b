"""Hosts in cooldown: those that asked for a pause and are not asked again before a time."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from newscrawl.scheduling.backoff import HostBackoff


class HostCooldowns:
    """The backoff of each host, in this run and in earlier ones.

    A cooldown of at most *max_wait* seconds makes requests wait; a longer one closes the host for this crawl.
    """

    def __init__(self, max_wait: float) -> None:
        self.max_wait = timedelta(seconds=max_wait)
        self._backoffs: dict[str, HostBackoff] = {}
        self._waiting_until: dict[str, float] = {}
        """Host -> end of its cooldown, in seconds of time.monotonic()."""
        self._closed_until: dict[str, datetime] = {}

    def start(self, host: str, backoff: HostBackoff, now: datetime) -> None:
        """Keep *backoff* and start its cooldown; a longer cooldown of *host* that runs already stays."""
        self._backoffs[host] = backoff
        left = backoff.cooldown_until - now
        if left > self.max_wait:
            self._closed_until[host] = backoff.cooldown_until
        elif left > timedelta():
            end = time.monotonic() + left.total_seconds()
            self._waiting_until[host] = max(self._waiting_until.get(host, 0.0), end)

    def clear(self, host: str) -> None:
        """Forget the backoff of *host*: it has answered again."""
        self._backoffs.pop(host, None)

    def get(self, host: str) -> HostBackoff | None:
        """Return the backoff of *host*, or None if it has answered since."""
        return self._backoffs.get(host)

    def closed_until(self, host: str) -> datetime | None:
        """Return the end of the cooldown of *host* if this crawl does not wait that long, else None."""
        return self._closed_until.get(host)

    def seconds_left(self, host: str) -> float:
        """Return the seconds until *host* may be asked again, 0 when it may be now."""
        until = self._waiting_until.get(host)
        return max(0.0, until - time.monotonic()) if until is not None else 0.0

    def count_waiting(self) -> int:
        """Return how many hosts are in a cooldown that this crawl waits for."""
        return sum(self.seconds_left(host) > 0 for host in self._waiting_until)
