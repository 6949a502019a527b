"""Tells an outage of one's own network from hosts that are down."""

from __future__ import annotations

MIN_HOSTS = 2
"""Fewer hosts that fail at once may be down themselves."""


class NetworkMonitor:
    """Notes which hosts answer and which cannot be reached.

    Hosts are netlocs (`example.org:8080`), as two servers of one machine fail on their own.
    """

    def __init__(self) -> None:
        self._answered: set[str] = set()
        self._failing: set[str] = set()
        """Hosts that could not be reached since a host answered last."""
        self._is_local = False
        """Whether one of them failed in a way that needs no host: no name was resolved, no route was found."""

    def on_response(self, host: str) -> None:
        """Note that *host* answered, whatever it did."""
        self._answered.add(host)
        self._failing.clear()
        self._is_local = False

    def on_failure(self, host: str, *, is_local: bool) -> None:
        """Note that *host* could not be reached; *is_local*: not even its name or a route to it was found."""
        self._failing.add(host)
        self._is_local |= is_local

    @property
    def is_down(self) -> bool:
        """Whether the network is to blame for all failures since a host answered last.

        If no host has answered in this crawl, two failing hosts are evidence, and so is one whose name cannot be
        resolved: nobody can tell then whose fault it is. If some have, at least two of these must fail: hosts that
        never answered may be down, and one of several may go down at any time.
        """
        if not self._answered:
            return self._is_local or len(self._failing) >= MIN_HOSTS
        return len(self._failing & self._answered) >= MIN_HOSTS
