"""How many listings a crawl reads of each site, and how many new URLs it records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class ListingLimits:
    """Counts up; what is left over stays pending for the next crawl."""

    max_listings: int
    """Listings of a site."""
    max_new_urls: int
    """New URLs of a site, after which no further listing of it is read."""
    max_unproven: int
    """Listings of a site that have named no article that is stored."""
    listings: Counter[str] = field(default_factory=Counter)
    new_urls: Counter[str] = field(default_factory=Counter)
    unproven: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Site -> page ids of the listings that this crawl claimed, without those that are known to have proved useful."""
    reached: set[str] = field(default_factory=set)
    """Sites with listings that were not read because of a limit."""
    _checked_at: dict[str, int] = field(default_factory=dict)
    """Site -> how many of its articles the crawl had kept when its unproven listings were looked up last."""

    def limit_to_pages(self, max_pages: int | None) -> None:
        """Lower the number of listings for a crawl that fetches at most *max_pages* articles."""
        if max_pages is not None:
            self.max_listings = min(self.max_listings, MIN_LISTINGS + max_pages)

    def add(self, site: str, page_ids: Iterable[int], *, named_by_operator: bool = False) -> None:
        """Count listings of *site* that were claimed; nobody has to prove those that its site file names."""
        claimed = set(page_ids)
        self.listings[site] += len(claimed)
        if not named_by_operator:
            self.unproven[site] |= claimed

    def needs_check(self, site: str, kept: int) -> bool:
        """Return whether to look up which unproven listings of *site* have proved useful by now.

        *kept* is how many of its articles this crawl has kept.
        """
        is_changed = kept > self._checked_at.get(site, -1)
        return is_changed and len(self.unproven[site]) >= self.max_unproven

    def prove(self, site: str, page_ids: Iterable[int], kept: int) -> None:
        """Note that listings of *site* have named articles that are stored."""
        self._checked_at[site] = kept
        self.unproven[site].difference_update(page_ids)

    def get_left(self, site: str) -> int:
        """Return how many listings of *site* may still be claimed."""
        return min(self.get_total_left(site), self.get_unproven_left(site))

    def get_total_left(self, site: str) -> int:
        """Return how many may be claimed of which it is known that they have proved useful."""
        return 0 if self.is_full(site) else max(0, self.max_listings - self.listings[site])

    def get_unproven_left(self, site: str) -> int:
        """Return how many others may be claimed."""
        return 0 if self.is_full(site) else max(0, self.max_unproven - len(self.unproven[site]))

    def is_full(self, site: str) -> bool:
        """Return whether no further URLs of *site* are to be recorded."""
        return self.new_urls[site] >= self.max_new_urls

    def describe(self, site: str) -> str:
        """Return which limit of *site* was reached."""
        if self.is_full(site):
            return f"{self.new_urls[site]:,} new URLs were found, the limit is {self.max_new_urls:,}"
        if not self.get_total_left(site):
            return f"{self.listings[site]:,} listings were selected, the limit is {self.max_listings:,}"
        unproven = len(self.unproven[site])
        return f"{unproven:,} of its listings have named no article that is stored, the limit is {self.max_unproven:,}"


MIN_LISTINGS = 100
"""Listings that a crawl with `max_pages` may read besides as many as pages."""
