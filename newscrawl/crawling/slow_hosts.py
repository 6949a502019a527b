"""Hosts that keep a crawl waiting: how long each has not answered, and which have timed out."""

from __future__ import annotations

import time
from collections.abc import Callable

STALLED_AFTER = 1.0
"""Seconds without an answer after which a host counts as stalled."""
MAX_TIMEOUTS = 4
"""Timeouts in a row, each after a cooldown of its own, after which a crawl asks nothing more of a host."""


class SlowHosts:
    """Counts the running downloads of each host, and remembers since when it has not answered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._running: dict[str, int] = {}
        self._silent_since: dict[str, float] = {}
        """When a host with running downloads answered last, or the first of them began."""
        self._timeouts: dict[str, int] = {}

    def begin(self, host: str) -> bool:
        """Note that a download from *host* begins; return whether it is the only one."""
        self._running[host] = self._running.get(host, 0) + 1
        if self._running[host] == 1:
            self._silent_since[host] = self._clock()
        return self._running[host] == 1

    def end(self, host: str) -> None:
        """Note that a download from *host* has ended, whatever came of it."""
        self._running[host] -= 1
        if not self._running[host]:
            del self._running[host], self._silent_since[host]

    def on_response(self, host: str) -> None:
        """Note that *host* has answered."""
        self._timeouts.pop(host, None)
        if host in self._silent_since:
            self._silent_since[host] = self._clock()

    def on_timeout(self, host: str) -> None:
        """Note that *host* has timed out; those that a shared cooldown covers count once."""
        self._timeouts[host] = self._timeouts.get(host, 0) + 1

    def is_in_doubt(self, host: str) -> bool:
        """Return whether *host* has timed out and not answered since."""
        return host in self._timeouts

    def is_given_up(self, host: str) -> bool:
        """Return whether this crawl asks nothing more of *host*."""
        return self._timeouts.get(host, 0) >= MAX_TIMEOUTS

    def get_stalled(self) -> set[str]:
        """Return the hosts that hold up their requests: silent for STALLED_AFTER seconds, or in doubt."""
        silent_since = self._clock() - STALLED_AFTER
        return {host for host, since in self._silent_since.items() if since <= silent_since} | self._timeouts.keys()
