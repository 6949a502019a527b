"""Say in words what the state of a page is, and what happens to it next."""

from __future__ import annotations

from datetime import datetime

from newscrawl.items import Outcome
from newscrawl.text.moments import format_utc


def describe_origin(discovered_from: str | None) -> str:
    """Return what named the page first."""
    return f"on {discovered_from}" if discovered_from else "named by a user or a site file"


def describe_state(outcome: str | None, reason: str | None, http_status: int | None, claimed_by: int | None) -> str:
    """Return how the last fetch of a page ended, or what it waits for; *claimed_by* is a crawl."""
    if outcome is None:
        return (
            "pending, not fetched yet"
            if claimed_by is None
            else f"pending, claimed by crawl {claimed_by} and not finished"
        )
    status = f" (HTTP {http_status})" if http_status else ""
    return f"{outcome}: {reason}{status}"


def describe_next_fetch(outcome: str | None, next_fetch_at: datetime | None) -> str:
    """Return when a page is fetched next."""
    if outcome == Outcome.NOT_FOLLOWED:
        return "never, unless a listing names it as an article, or `follow` in the site file matches it"
    if outcome == Outcome.DELETED:
        return "never; its article was deleted, and the URL is kept so that no crawl fetches it again"
    if outcome is None:
        return "with the next crawl of its site"
    return format_utc(next_fetch_at) if next_fetch_at else "never, unless a listing declares a change"
