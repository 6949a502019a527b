"""What a crawl did, from the ledger's counts: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newscrawl.items import Outcome
from newscrawl.storage.queries.crawls import SiteCount
from newscrawl.storage.records import PENDING

IN_COOLDOWN = f"{Outcome.BLOCKED}: retry_after"
UNREACHABLE = frozenset(
    f"{Outcome.ERROR}: {reason}" for reason in ("dns", "connection_refused", "timeout", "connection_lost")
)
KEPT = (Outcome.STORED.value, Outcome.UPDATED.value, Outcome.UNCHANGED.value)


@dataclass(slots=True)
class SiteSummary:
    """One site's article pages: fetched = stored + updated + unchanged + the rejected + pending."""

    site: str
    kept: Counter[str] = field(default_factory=Counter)
    """`stored`, `updated`, `unchanged` -> pages."""
    rejected: Counter[str] = field(default_factory=Counter)
    """`outcome: reason` -> pages."""
    pending: int = 0
    listings: int = 0
    """Feeds, sitemaps and sections that were read."""
    listing_failures: Counter[str] = field(default_factory=Counter)
    by_listings: bool = False
    """Whether its listings tell how the site does: then a few pages that fail, when no listing was due, do not."""
    cooldown_until: datetime | None = None
    """The site's host asked not to be visited before; what waits there is not asked for."""
    warnings: list[str] = field(default_factory=list)
    """How the site brought less than it should."""

    @property
    def fetched(self) -> int:
        """Article pages that the crawl took up, each counted once, redirects and retries not."""
        return self.kept.total() + self.rejected.total() + self.pending

    @property
    def failed(self) -> bool:
        """Nothing of the site could be read, and something failed; that its host rests is no failure."""
        if self.kept.total() or self.listings:
            return False
        failures = {label for label in self.rejected if _is_failure(label)}
        if self.by_listings and not self.rejected.keys() <= UNREACHABLE:
            failures = set()
        return bool((self.listing_failures.keys() | failures) - {IN_COOLDOWN})

    def as_json(self) -> dict[str, Any]:
        return {
            "site": self.site,
            "fetched": self.fetched,
            **{outcome: self.kept[outcome] for outcome in KEPT},
            "rejected": dict(self.rejected.most_common()),
            "pending": self.pending,
            "listings": self.listings,
            **({"listing_failures": dict(self.listing_failures.most_common())} if self.listing_failures else {}),
            **({"cooldown_until": self.cooldown_until.isoformat()} if self.cooldown_until else {}),
            **({"complaints": self.warnings} if self.warnings else {}),
        }


def summarize(counts: Iterable[SiteCount]) -> list[SiteSummary]:
    """Add up a crawl's counts, site by site."""
    sites: dict[str, SiteSummary] = {}
    for count in counts:
        summary = sites.setdefault(count.site, SiteSummary(count.site))
        _add(summary, count)
    return list(sites.values())


def _add(summary: SiteSummary, count: SiteCount) -> None:
    label = f"{count.outcome}: {count.reason}"
    if count.kind != "article":
        if count.outcome in {Outcome.NOT_ARTICLE, Outcome.UNCHANGED}:
            summary.listings += count.pages
        elif count.outcome not in {Outcome.DUPLICATE, PENDING}:
            summary.listing_failures[label] += count.pages
    elif count.outcome == PENDING:
        summary.pending += count.pages
    elif count.outcome in KEPT:
        summary.kept[count.outcome] += count.pages
    else:
        summary.rejected[label] += count.pages


def _is_failure(label: str) -> bool:
    return label.split(":")[0] in {Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS, Outcome.GONE}


def totals(sites: Iterable[SiteSummary]) -> Mapping[str, int]:
    """Return the sums over all sites."""
    sites = list(sites)
    return {
        "fetched": sum(site.fetched for site in sites),
        **{outcome: sum(site.kept[outcome] for site in sites) for outcome in KEPT},
        "rejected": sum(site.rejected.total() for site in sites),
        "pending": sum(site.pending for site in sites),
    }
