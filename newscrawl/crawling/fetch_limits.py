"""How many fetches of a site may bring no article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

IS_FURTHER_PAGE = "is_further_page"
"""Key in `meta` of requests for the further pages of an article: that article waits for them."""
PER_ARTICLE = 4
"""Further fetches that each article pays for: a site of which every fifth page is an article is crawled to its end."""


@dataclass(slots=True)
class FetchLimits:
    """Each site may spend a number of fetches, and earns more with each article; the rest is left to the next crawl."""

    max_fruitless: int
    """Fetches of a site that has brought no article yet."""
    kept: Mapping[str, int]
    """Site -> pages that turned out to be articles."""
    sent: Counter[str] = field(default_factory=Counter)
    """Site -> requests for article pages, and all that were redirected or tried again."""
    reached: set[str] = field(default_factory=set)
    """Sites with pages that were not fetched because of the limit."""
    waiting: dict[object, str] = field(default_factory=dict)
    """Request that waits for what the running ones bring -> its host, which is sent no others meanwhile."""

    def is_used_up(self, site: str) -> bool:
        """Return whether *site* has to bring another article before it is asked again."""
        return self.sent[site] >= self._get_limit(site)

    def holds_back(self, host: str) -> bool:
        """Return whether a request to *host* is waiting."""
        return host in self.waiting.values()

    def describe(self, site: str) -> str:
        """Return how the limit of *site* was reached."""
        return (
            f"{self.sent[site]:,} requests for article pages brought {self.kept.get(site, 0):,} articles, "
            f"the limit is {self._get_limit(site):,}"
        )

    def _get_limit(self, site: str) -> int:
        return self.max_fruitless + PER_ARTICLE * self.kept.get(site, 0)
