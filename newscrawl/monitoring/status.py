"""The state of sites between runs, as `scrapy status` shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from newscrawl.items import Outcome
from newscrawl.monitoring.listings import ListingState, explain_failing, explain_listing, find_degrading
from newscrawl.outcomes import FinishReason

RUNNING = "running"
RECENT = timedelta(days=7)
"""The runs whose pages are counted in the error share."""
_FAILED_CODES = frozenset([1, 2, 6])
"""Exit codes of runs that did not do their work."""


@dataclass(frozen=True, slots=True)
class RunState:
    """One run."""

    crawl_id: int
    spider: str
    started_at: datetime
    finished_at: datetime | None
    finish_reason: str
    """As in `crawls`; `running` or `killed` where that has none."""
    exit_code: int | None
    warnings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    last_seen_at: datetime | None = None
    """Its last heartbeat, or its start."""

    def as_json(self, *, with_warnings: bool) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if with_warnings or name != "warnings"}

    @property
    def failure(self) -> str | None:
        """Why the run did not do its work; None if it did, or still works."""
        if self.finish_reason == FinishReason.KILLED:
            return f"run {self.crawl_id} was killed"
        if self.finish_reason == FinishReason.NETWORK_DOWN:
            return f"run {self.crawl_id} could reach no host: the network was down"
        if self.exit_code not in _FAILED_CODES:
            return None
        cause = "".join(f": {line}" for line in self.warnings.get("*", ())[:1])
        return f"run {self.crawl_id} failed with exit code {self.exit_code} ({self.finish_reason}){cause}"


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """What is known about one site."""

    site: str
    listings: Sequence[ListingState] = ()
    last_run: RunState | None = None
    """The last run that asked it for anything; None: it was never crawled."""
    last_new_at: datetime | None = None
    """When its last new article was stored."""
    articles: int = 0
    pending: int = 0
    """Article pages that were discovered and not fetched."""
    pages: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(outcome, reason) -> article pages of the last seven days."""
    cooldown_until: datetime | None = None
    checked_at: datetime | None = None
    degraded_since: datetime | None = None
    """As of the last check."""
    warnings: Sequence[str] = ()
    """Why it is degraded."""

    @property
    def state(self) -> str:
        if self.degraded_since is not None:
            return "degraded"
        if self.last_run is None:
            return "never crawled"
        return "in backoff" if self.cooldown_until is not None else "ok"

    @property
    def known_listings(self) -> list[ListingState]:
        """Its listings without guessed paths that do not exist and pages that redirect."""
        return [one for one in self.listings if not one.is_guess and one.outcome != Outcome.DUPLICATE]

    @property
    def finished(self) -> int:
        return sum(self.pages.values())

    @property
    def failed(self) -> int:
        failures = {Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS}
        return sum(count for (outcome, _), count in self.pages.items() if outcome in failures)

    @property
    def unreadable(self) -> int:
        others = {Outcome.NOT_ARTICLE, Outcome.TOO_SHORT, Outcome.GONE}
        return sum(count for (outcome, _), count in self.pages.items() if outcome in others)

    def next_due_at(self, now: datetime) -> datetime | None:
        """Return when the next run finds something to fetch; None: nothing is scheduled."""
        due = [now] if self.pending else []
        due += [now if one.outcome is None else one.next_fetch_at for one in self.listings if one.next_fetch_at]
        due += [now for one in self.listings if one.outcome is None]
        if not due:
            return None
        return max(min(due), now, self.cooldown_until or now)

    def as_json(self, now: datetime) -> dict[str, Any]:
        reasons = {f"{outcome}: {reason}": count for (outcome, reason), count in self.pages.items()}
        return {
            "site": self.site,
            "state": self.state,
            "degraded_since": self.degraded_since,
            "warnings": list(self.warnings),
            "checked_at": self.checked_at,
            "last_run": None if self.last_run is None else self.last_run.as_json(with_warnings=False),
            "last_new_article_at": self.last_new_at,
            "articles": self.articles,
            "pending": self.pending,
            "next_due_at": self.next_due_at(now),
            "cooldown_until": self.cooldown_until,
            "last_week": {
                "pages": self.finished,
                "error_share": _share(self.failed, self.finished),
                "unreadable_share": _share(self.unreadable, self.finished),
                "reasons": dict(sorted(reasons.items(), key=lambda one: -one[1])),
            },
            "listings": [_listing_json(one) for one in self.known_listings],
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _listing_json(listing: ListingState) -> dict[str, Any]:
    return {
        "url": listing.url,
        "kind": listing.kind,
        "is_front_page": listing.is_front,
        "outcome": listing.outcome,
        "reason": listing.reason,
        "cause": explain_listing(listing) if listing.is_failing else None,
        "last_read_at": listing.last_read_at,
        "failing_since": listing.failing_since,
        "next_fetch_at": listing.next_fetch_at,
    }


def find_unchecked(status: SiteStatus, now: datetime) -> tuple[datetime, list[str]] | None:
    """Return since when and why a site is degraded according to runs that came to no check; None if it is not.

    A run that is killed checks nothing, nor does one that is shut down.
    """
    run = status.last_run
    since: list[datetime] = []
    warnings: list[str] = []
    if run is not None and run.failure is not None:
        since, warnings = [run.started_at], [run.failure]
    is_checked = status.checked_at is not None and run is not None and status.checked_at >= run.started_at
    known = status.known_listings
    if not is_checked:
        is_read = any(one.is_read for one in known)
        failing = find_degrading(known, now) if is_read else [one for one in known if one.is_failing]
        since += [one.failing_since for one in failing if one.failing_since is not None]
        warnings += [line if is_read else f"nothing could be read: {line}" for line in explain_failing(failing)]
    return (min(since), warnings) if since and warnings else None
