"""Sum up what a crawl did on each site, and choose its exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newscrawl.exceptions import ExitCode
from newscrawl.items import Outcome
from newscrawl.outcomes import LISTING_PARTIAL, PENDING, UNREACHABLE, FinishReason, is_listing_read

CLEAN_REASONS = frozenset({FinishReason.FINISHED, FinishReason.SHUTDOWN, FinishReason.LIMIT_REACHED})
"""Close reasons of crawls that ended as planned or were asked to stop."""
IN_COOLDOWN = f"{Outcome.BLOCKED}: retry_after"
_UNREACHABLE_LABELS = frozenset(f"{Outcome.ERROR}: {reason}" for reason in UNREACHABLE)
KEPT = (Outcome.STORED.value, Outcome.UPDATED.value, Outcome.UNCHANGED.value)


@dataclass(frozen=True, slots=True)
class SiteCount:
    """How many pages of one site and kind ended with one outcome in a crawl."""

    site: str
    kind: str
    outcome: str
    reason: str
    pages: int
    fetched: int = 0
    """Those of `pages` that got an HTTP response."""


@dataclass(frozen=True, slots=True)
class IdleSite:
    """A site of which nothing was due, so that a crawl sent it no request."""

    last_fetched_at: datetime | None
    next_fetch_at: datetime | None
    """When the first of its pages is due; None: none is scheduled."""


@dataclass(frozen=True, slots=True)
class PartialListing:
    """A listing of which a crawl could read only a part."""

    kind: str
    url: str
    detail: str | None
    """What is missing, and why."""


@dataclass(slots=True)
class SiteSummary:
    """What a crawl did on one site; the counts are of article pages unless stated otherwise."""

    site: str
    kept: Counter[str] = field(default_factory=Counter)
    """`stored`, `updated`, `unchanged` -> pages."""
    rejected: Counter[str] = field(default_factory=Counter)
    """`outcome: reason` -> pages."""
    pending: int = 0
    """Claimed and not finished."""
    pending_listings: int = 0
    """Feeds, sitemaps and sections claimed and not finished."""
    fetched: int = 0
    """Got an HTTP response."""
    listings: int = 0
    """Feeds, sitemaps and sections that were read."""
    partial_listings: int = 0
    """Those of them of which only a part could be read."""
    partial_listing: PartialListing | None = None
    """The first of those."""
    listing_failures: Counter[str] = field(default_factory=Counter)
    by_listings: bool = False
    """Judge the site by its listings: if none was due, a few failed pages are not a failure of the site."""
    cooldown_until: datetime | None = None
    """The site's host is in backoff until then; its pages are not requested."""
    listing_limit: str | None = None
    """Which limit of listings or new URLs was reached, so that the next crawl reads the others; None if none was."""
    fetch_limit: str | None = None
    """How the limit of fetches without an article was reached; None if it was not."""
    warnings: list[str] = field(default_factory=list)
    """How the site yielded less than it should."""
    nothing_read: bool | None = None
    """Whether nothing of the site can be read, by all that is known about it; None: judge by the counts."""

    @property
    def selected(self) -> int:
        """Pages that the crawl claimed: kept, rejected and pending. Redirects and retries do not count again."""
        return self.kept.total() + self.rejected.total() + self.pending

    @property
    def failed(self) -> bool:
        """Whether nothing of the site could be read and something failed; a host in backoff is not a failure."""
        if self.kept.total():
            return False
        if self.nothing_read is not None:
            return self.nothing_read
        if self.listings:
            return False
        failures = {label for label in self.rejected if _is_failure(label)}
        if self.by_listings and not self.rejected.keys() <= _UNREACHABLE_LABELS:
            failures = set()
        return bool((self.listing_failures.keys() | failures) - {IN_COOLDOWN})

    def as_json(self) -> dict[str, Any]:
        return {
            "site": self.site,
            "selected": self.selected,
            "fetched": self.fetched,
            **{outcome: self.kept[outcome] for outcome in KEPT},
            "rejected": dict(self.rejected.most_common()),
            "pending": self.pending,
            "listings": self.listings,
            **({"partial_listings": self.partial_listings} if self.partial_listings else {}),
            **({"listing_failures": dict(self.listing_failures.most_common())} if self.listing_failures else {}),
            **({"cooldown_until": self.cooldown_until.isoformat()} if self.cooldown_until else {}),
            **({"listing_limit": self.listing_limit} if self.listing_limit else {}),
            **({"fetch_limit": self.fetch_limit} if self.fetch_limit else {}),
            **({"warnings": self.warnings} if self.warnings else {}),
        }


def summarize(counts: Iterable[SiteCount]) -> list[SiteSummary]:
    """Add up a crawl's counts by site."""
    sites: dict[str, SiteSummary] = {}
    for count in counts:
        summary = sites.setdefault(count.site, SiteSummary(count.site))
        _add(summary, count)
    return list(sites.values())


def _add(summary: SiteSummary, count: SiteCount) -> None:
    label = f"{count.outcome}: {count.reason}"
    if count.kind != "article":
        if is_listing_read(count.outcome, count.reason):
            summary.listings += count.pages
            summary.partial_listings += count.pages if count.reason in LISTING_PARTIAL else 0
        elif count.outcome == PENDING:
            summary.pending_listings += count.pages
        elif count.outcome != Outcome.DUPLICATE:
            summary.listing_failures[label] += count.pages
        return
    summary.fetched += count.fetched
    if count.outcome == PENDING:
        summary.pending += count.pages
    elif count.outcome in KEPT:
        summary.kept[count.outcome] += count.pages
    else:
        summary.rejected[label] += count.pages


def warn_if_unfinished(sites: Iterable[SiteSummary], reason: str) -> None:
    """Add a warning to each site of which claimed pages have no outcome though the crawl did all it had to do."""
    for site in sites:
        if reason == FinishReason.FINISHED and (left := site.pending + site.pending_listings):
            site.warnings.append(f"{left} claimed pages have no outcome; the log says why, the next crawl fetches them")


def _is_failure(label: str) -> bool:
    return label.split(":")[0] in {Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS, Outcome.GONE}


def totals(sites: Iterable[SiteSummary]) -> Mapping[str, int]:
    """Return the sums over all sites."""
    sites = list(sites)
    return {
        "selected": sum(site.selected for site in sites),
        "fetched": sum(site.fetched for site in sites),
        **{outcome: sum(site.kept[outcome] for site in sites) for outcome in KEPT},
        "rejected": sum(site.rejected.total() for site in sites),
        "pending": sum(site.pending for site in sites),
    }


def choose_exit_code(
    sites: Sequence[SiteSummary], reason: str, *, has_idle: bool = False, archive_failed: bool = False
) -> ExitCode:
    """Return the exit code of a crawl that closed with *reason*.

    *has_idle*: nothing was due of some site, so it is not among those that could not be read.
    A crawl that was shut down is judged by what it did so far, and never as one that fetched nothing.
    """
    failed = [site for site in sites if site.failed]
    if reason == FinishReason.LOCK_LOST:
        return ExitCode.LOCKED
    if reason == FinishReason.NETWORK_DOWN:
        is_read = any(site.kept.total() or site.listings for site in sites)
        return ExitCode.DEGRADED if is_read else ExitCode.NOTHING_FETCHED
    if archive_failed or reason not in CLEAN_REASONS:
        return ExitCode.FAILURE
    if sites and len(failed) == len(sites) and not has_idle and reason != FinishReason.SHUTDOWN:
        return ExitCode.NOTHING_FETCHED
    return ExitCode.DEGRADED if failed or any(site.warnings for site in sites) else ExitCode.OK
