"""How many article pages a crawl may still claim, in total and on each site."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(slots=True)
class PageLimits:
    """Limits count down as pages are reserved; None means no limit."""

    total: int | None
    by_site: dict[str, int | None]
    shares: dict[str, int] = field(init=False)
    """What each site may claim before all sites have been asked; empty without a limit in total."""

    def __post_init__(self) -> None:
        share = self.get_share(len(self.by_site))
        self.shares = {} if share is None else dict.fromkeys(self.by_site, share)

    def get_share(self, sites: int) -> int | None:
        """Return how many of the pages left in total each of *sites* sites may claim, None without a limit."""
        return None if self.total is None else math.ceil(self.total / max(1, sites))

    def reserve(self, site: str, wanted: int, *, within_share: bool = False) -> int:
        """Reserve up to *wanted* pages of *site*; return how many were granted.

        *within_share*: no more than the site's share, as not all sites have been asked yet.
        """
        if within_share:
            wanted = min(wanted, self.shares.get(site, wanted))
        left = self.get_left(site)
        granted = wanted if left is None else min(wanted, left)
        self._add(site, -granted)
        return granted

    def get_left(self, site: str) -> int | None:
        """Return how many pages of *site* may still be claimed, None without a limit."""
        return min((number for number in (self.total, self.by_site.get(site)) if number is not None), default=None)

    def give_back(self, site: str, unused: int) -> None:
        """Return reserved pages that were not claimed."""
        self._add(site, unused)

    def is_reached(self, site: str) -> bool:
        """Return whether no further page of *site* may be claimed."""
        return self.get_left(site) == 0

    def _add(self, site: str, number: int) -> None:
        if self.total is not None:
            self.total += number
        left = self.by_site.get(site)
        if left is not None:
            self.by_site[site] = left + number
        if site in self.shares:
            self.shares[site] = max(0, self.shares[site] + number)
