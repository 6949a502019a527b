"""What an HTTP response without an article means for its page, and the reasons that several components share."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from newscrawl.items import Outcome

BEFORE_SINCE = "before_since"
"""The reason of an article older than the period that the crawl was limited to."""
AFTER_UNTIL = "after_until"
"""The reason of an article newer than that period."""
TOO_COMPLEX = "too_complex"
"""The reason of a page that cannot be processed within bounds: seen beforehand, or past its CPU time."""
WORKER_DIED = "worker_died"
PENDING = "pending"
"""Stands in for the outcome of a page that a crawl claimed and did not finish."""


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """An outcome with its reason."""

    outcome: Outcome
    reason: str
    detail: str | None = field(default=None, compare=False)
    """What exactly was found: the target of a redirect, a content type, a parser's message, what a listing lost."""


_LISTINGS = ("feed", "sitemap", "section")
LISTING_PARTIAL = tuple(f"{kind}_partial" for kind in _LISTINGS)
"""The reasons of listings of which only a part could be read, with the outcome `not_article`."""
LISTING_READ = (*_LISTINGS, *LISTING_PARTIAL)
"""The reasons of listings that could be read, with the outcome `not_article`."""
WALLS = frozenset(
    [
        "bot_challenge",
        "consent_wall",
        "error_page",
        "geo_block",
        "javascript_required",
        "login",
        "paywall",
        "soft_404",
    ]
)
"""Types of pages that are shown in place of what was asked for."""


def is_listing_read(outcome: str | None, reason: str | None) -> bool:
    """Return whether a listing that ended so was read, or has not changed since."""
    return outcome == Outcome.UNCHANGED or (outcome == Outcome.NOT_ARTICLE and reason in LISTING_READ)


REDIRECTED = PageOutcome(Outcome.DUPLICATE, "redirect")
FURTHER_PAGE = PageOutcome(Outcome.DUPLICATE, "further_page")
"""Of a page after the first of an article: its text is part of that article."""

_KEPT = frozenset([Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED])


def is_of_article(outcome: PageOutcome) -> bool:
    """Return whether a page with *outcome* is an article or a part of one, stored or outside the crawl's period."""
    return outcome.outcome in _KEPT or outcome.reason in (BEFORE_SINCE, AFTER_UNTIL) or outcome == FURTHER_PAGE


NAMED_SOURCES = frozenset(["alternate", "robots.txt", "redirect"])
"""Sources of listings that count as long as a page of the site names them."""
FORMER = "former"
"""The source of listings that the page that named them has been read without."""
USUAL_PATH = "usual path"
"""The source of listings that no page names: whether they exist is a guess."""
UNREACHABLE = frozenset({"dns", "no_route", "connection_refused", "connection_failed", "connection_lost", "timeout"})
"""The reasons of pages whose host could not be reached."""


NOT_MODIFIED = 304
_BLOCKED = frozenset({401, 402, 403, 407, 429, 451})
_GONE = frozenset({404, 410})


def outcome_for_status(status: int, *, asks_to_wait: bool = False) -> PageOutcome | None:
    """Return the outcome that a response has by its status; None for 200, where the body decides.

    *asks_to_wait*: the host asked for a pause, and it did so on the last retry, too. The page is `blocked` then.
    """
    if status == 200:
        return None
    reason = f"http_{status}"
    if status == NOT_MODIFIED:
        return PageOutcome(Outcome.UNCHANGED, "not_modified")
    if status in _GONE:
        return PageOutcome(Outcome.GONE, reason)
    if status in _BLOCKED or asks_to_wait:
        return PageOutcome(Outcome.BLOCKED, reason)
    return PageOutcome(Outcome.ERROR, reason)


_HTML = ("text/html", "application/xhtml+xml")
_XML = ("text/xml", "application/xml")


def is_html(content_type: str | None, body: bytes) -> bool:
    """Return whether a response is an HTML page, by its Content-Type, or by its first bytes if that is vague."""
    declared = (content_type or "").partition(";")[0].strip().lower()
    if declared in _HTML:
        return True
    start = body[:1024].lstrip().lower()
    looks_html = b"<html" in start or start.startswith(b"<!doctype html")
    return looks_html if declared in {"", "text/plain", *_XML, "application/octet-stream"} else False


class FinishReason(StrEnum):
    """Why a crawl ended: `crawls.finish_reason`, and Scrapy's close reason."""

    FINISHED = "finished"
    NETWORK_DOWN = "network_down"
    """No host could be reached any more, so the network of the crawler is to blame."""
    SHUTDOWN = "shutdown"
    """A signal ended it; what is pending is left to the next crawl."""
    LIMIT_REACHED = "limit_reached"
    """It fetched as many pages, or ran as long, as it was allowed to."""
    STORAGE_FAILED = "storage_failed"
    """The database could not be read or written any more."""
    LOCK_LOST = "lock_lost"
    """Another run took the lock."""
    INTERNAL_ERROR = "internal_error"
    """A background task failed; the log has the traceback."""
    WORKERS_FAILED = "workers_failed"
    """Worker processes died again and again."""
    ABORTED = "aborted"
    """It ended without being closed."""
    KILLED = "killed"
    """Its process ended without writing an end; a later crawl noticed."""
