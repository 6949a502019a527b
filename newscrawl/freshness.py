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
CONFIRM_AFTER = timedelta(hours=1)
"""When an article's page that answered 404 is asked again, before the article counts as withdrawn."""
CONFIRM_SPAN = timedelta(minutes=30)
"""How long a page must have been missing: two 404s within minutes may be one fault."""


class Change(StrEnum):
    """One kind of line in the feed that consumers follow."""

    INSERTED = "inserted"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    RE_EXTRACTED = "re-extracted"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


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
    outcome: Outcome,
    *,
    is_article: bool,
    visits: int,
    now: datetime,
    not_before: datetime | None = None,
    has_article: bool = False,
    to_confirm: bool = False,
) -> datetime | None:
    """Return when the page is due again, None for never.

    *visits* counts finished visits, this one included. *not_before* is what the host itself asked for (Retry-After).
    *has_article*: an article was read from the page before, so it is looked at again whatever it shows today.
    *to_confirm*: it is missing, and that is not certain yet.
    """
    if is_article and to_confirm:
        due: datetime | None = now + CONFIRM_AFTER
    elif is_article and has_article and outcome in _STAND_IN:
        due = _rung(visits, now)
    else:
        due = _due(outcome, is_article=is_article, visits=visits, now=now)
    if not_before is None:
        return due
    return max(not_before, due or not_before)


_STAND_IN = frozenset({Outcome.NOT_ARTICLE, Outcome.TOO_SHORT, Outcome.GONE})
"""What a page may show for a while in place of its article."""


def _rung(visits: int, now: datetime) -> datetime | None:
    rung = max(visits, 1) - 1
    return now + ARTICLE_LADDER[rung] if rung < len(ARTICLE_LADDER) else None


def _due(outcome: Outcome, *, is_article: bool, visits: int, now: datetime) -> datetime | None:
    match outcome:
        case Outcome.STORED | Outcome.UPDATED | Outcome.UNCHANGED if is_article:
            return _rung(visits, now)
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


def is_withdrawn(http_status: int | None, *, last_status: int | None, since_last: timedelta | None) -> bool:
    """Tell whether an answer says for certain that a page's article was withdrawn.

    410 says so. 404 may be a fault of the hour: only where the visit before, at least CONFIRM_SPAN ago, met a 404
    (or 410), too.
    """
    if http_status == 410:
        return True
    if http_status != 404 or last_status not in {404, 410}:
        return False
    return since_last is not None and since_last >= CONFIRM_SPAN
