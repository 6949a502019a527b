"""When a page is visited, and what a new version of it is: pure decisions on plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newscrawl.items import Outcome

ARTICLE_LADDER = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""How long after its n-th visit a stored article is looked at again; after the last, never."""

RETRY_FIRST = timedelta(hours=1)
RETRY_LIMIT = timedelta(days=7)
LOOK_AGAIN = timedelta(days=7)
"""When a feed, sitemap or section that is gone is asked for again."""


class Change(StrEnum):
    """One kind of line in the feed that consumers follow."""

    INSERTED = "inserted"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PageState:
    """What the ledger knows of a page when a crawl meets it."""

    outcome: str | None
    next_visit_at: datetime | None
    crawl_id: int | None


def should_visit(page: PageState, *, crawl_id: int, now: datetime, force: bool = False) -> bool:
    """Tell whether this crawl fetches the page: once a crawl, when unfinished or due (*force*: or not)."""
    if page.crawl_id == crawl_id:
        return False
    if page.outcome is None or force:
        return True
    return page.next_visit_at is not None and page.next_visit_at <= now


def next_visit(
    outcome: Outcome, *, is_article: bool, visits: int, now: datetime, not_before: datetime | None = None
) -> datetime | None:
    """Return when the page is due again, None for never.

    *visits* counts finished visits, this one included. *not_before* is what the host itself asked for (Retry-After).
    """
    if outcome is Outcome.BLOCKED and not_before is not None:
        # The host has said when; how often it did so is counted for the host, not for each of its pages.
        return not_before
    due = _due(outcome, is_article=is_article, visits=visits, now=now)
    if not_before is None:
        return due
    return max(not_before, due or not_before)


def _due(outcome: Outcome, *, is_article: bool, visits: int, now: datetime) -> datetime | None:
    match outcome:
        case Outcome.STORED | Outcome.UPDATED | Outcome.UNCHANGED if is_article:
            rung = max(visits, 1) - 1
            return now + ARTICLE_LADDER[rung] if rung < len(ARTICLE_LADDER) else None
        case Outcome.ERROR | Outcome.BLOCKED | Outcome.ROBOTS:
            # Capping the exponent, too: a page that failed for years must not overflow timedelta.
            return now + min(RETRY_FIRST * (1 << min(max(visits, 1) - 1, 10)), RETRY_LIMIT)
        case Outcome.TOO_SHORT:
            return now + timedelta(days=1)
        case Outcome.GONE if not is_article:
            return now + LOOK_AGAIN
        case _ if not is_article:
            return now
        case _:
            return None


def classify_change(stored_hash: str | None, new_hash: str | None) -> Change:
    """Tell whether a text is a first version, a revision, or nothing new."""
    if stored_hash is None:
        return Change.INSERTED
    return Change.UNCHANGED if stored_hash == new_hash else Change.REVISED
