"""Tells an outage of one's own network from hosts that are down."""

from __future__ import annotations

CONNECTED = "connected"
"""Key in `meta` of requests for which a connection to the host was made."""
MIN_HOSTS = 2
"""Fewer hosts that fail at once may be down themselves."""


class NetworkMonitor:
    """Notes which hosts can be reached and which cannot.

    A host that accepts a connection can be reached, whatever it does then: send garbage, close it, or stay silent.

    Hosts are netlocs (`example.org:8080`), as two servers of one machine fail on their own.
    """

    def __init__(self) -> None:
        self._reached: set[str] = set()
        self._failing: set[str] = set()
        """Hosts that could not be reached since another one could."""
        self._is_local = False
        """Whether one of them failed in a way that needs no host: no name was resolved, no route was found."""

    def on_contact(self, host: str) -> None:
        """Note that *host* accepted a connection or answered."""
        self._reached.add(host)
        self._failing.clear()
        self._is_local = False

    def on_failure(self, host: str, *, is_local: bool) -> None:
        """Note that *host* could not be reached; *is_local*: not even its name or a route to it was found."""
        self._failing.add(host)
        self._is_local |= is_local

    def is_down(self, *, sites: int) -> bool:
        """Return whether the network is to blame for all failures since a host could be reached last.

        If none could be in this crawl, two failing hosts are evidence. In a crawl of a single site, one whose name
        cannot be resolved is, too: nobody can tell then whose fault it is. Of several *sites*, one may be the only one
        that was due. If some hosts could be reached, at least two of these must fail: the others may be down, and one
        of several may go down at any time.
        """
        if not self._reached:
            return len(self._failing) >= MIN_HOSTS or (self._is_local and sites <= 1)
        return len(self._failing & self._reached) >= MIN_HOSTS
