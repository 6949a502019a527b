"""How many listings a crawl reads of each site, and how many new URLs it records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class ListingLimits:
    """Counts up; what is left over stays pending for the next crawl."""

    max_listings: int
    """Listings of a site."""
    max_new_urls: int
    """New URLs of a site, after which no further listing of it is read."""
    listings: Counter[str] = field(default_factory=Counter)
    new_urls: Counter[str] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)
    """Sites with listings that were not read because of a limit."""

    def limit_to_pages(self, max_pages: int | None) -> None:
        """Lower the number of listings for a crawl that fetches at most *max_pages* articles."""
        if max_pages is not None:
            self.max_listings = min(self.max_listings, MIN_LISTINGS + max_pages)

    def get_left(self, site: str) -> int:
        """Return how many listings of *site* may still be claimed."""
        return 0 if self.is_full(site) else max(0, self.max_listings - self.listings[site])

    def is_full(self, site: str) -> bool:
        """Return whether no further URLs of *site* are to be recorded."""
        return self.new_urls[site] >= self.max_new_urls

    def describe(self, site: str) -> str:
        """Return which limit of *site* was reached."""
        if self.is_full(site):
            return f"{self.new_urls[site]:,} new URLs were found, the limit is {self.max_new_urls:,}"
        return f"{self.listings[site]:,} listings were selected, the limit is {self.max_listings:,}"


MIN_LISTINGS = 100
"""Listings that a crawl with `max_pages` may read besides as many as pages."""
