"""What an HTTP answer without an article means for the ledger: pure."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawl.items import Outcome

BEFORE_SINCE = "before_since"
"""The reason of an article that is older than a crawl was asked for."""
AFTER_UNTIL = "after_until"
"""The reason of an article that is newer than a crawl was asked for."""


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """An outcome with its reason."""

    outcome: Outcome
    reason: str


NOT_MODIFIED = 304
_BLOCKED = frozenset({401, 402, 403, 407, 429, 451, 503})
_GONE = frozenset({404, 410})


def outcome_for_status(status: int) -> PageOutcome | None:
    """Return what an answer's status alone decides; None for 200, whose body decides.

    429 and 503 get here after the last retry: the host sends us away, so the page is `blocked`, not broken.
    """
    if status == 200:
        return None
    reason = f"http_{status}"
    if status == NOT_MODIFIED:
        return PageOutcome(Outcome.UNCHANGED, "not_modified")
    if status in _GONE:
        return PageOutcome(Outcome.GONE, reason)
    if status in _BLOCKED:
        return PageOutcome(Outcome.BLOCKED, reason)
    return PageOutcome(Outcome.ERROR, reason)


_HTML = ("text/html", "application/xhtml+xml")
_XML = ("text/xml", "application/xml")


def is_html(content_type: str | None, body: bytes) -> bool:
    """Tell whether an answer can be a page: by its declared type, by its first bytes where none is declared."""
    declared = (content_type or "").partition(";")[0].strip().lower()
    if declared in _HTML:
        return True
    start = body[:1024].lstrip().lower()
    looks_html = b"<html" in start or start.startswith(b"<!doctype html")
    return looks_html if declared in {"", "text/plain", *_XML, "application/octet-stream"} else False
