"""Say in one line why listings could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newscrawl.discovery.model import PAGINATION
from newscrawl.items import Outcome
from newscrawl.outcomes import FORMER, USUAL_PATH, WALLS, is_listing_read
from newscrawl.text.moments import format_utc
from newscrawl.urls.parse import split_any

SITE_FILE = "site file"
REMOVED_AFTER = timedelta(days=7)
"""A listing that the site's owner no longer offers degrades the site for this long, if others can be read."""
MIN_FAILING = 3
"""Sections and partial sitemaps that fail together; one alone is a page like any other."""
_SAME_CRAWL = timedelta(minutes=10)
"""What was read this short a time before a failure was most likely read by the same crawl."""
MAX_NAMED = 3
"""Failing listings that are named one by one."""

_OF_THE_SITE = frozenset(["alternate", "robots.txt", "redirect", USUAL_PATH])
"""Sources of the feeds and sitemaps that a site offers as a whole."""
_NEVER = frozenset([PAGINATION, FORMER])
"""Sources of listings whose failure says nothing about the site."""
_NO_LISTING = frozenset(["not_feed", "not_sitemap"])
_NOTHING = frozenset(["no_text", "empty"])
_SEE_SITE_FILE = "name a feed or sitemap in its site file"

CAUSES = {
    "javascript_required": f"is a JavaScript application, and newscrawl runs no scripts; {_SEE_SITE_FILE}",
    "consent_wall": f"is a consent wall; {_SEE_SITE_FILE}",
    "bot_challenge": f"is a bot challenge, so the host rejects crawlers; ask its owner, or {_SEE_SITE_FILE}",
    "login": f"is a login form; {_SEE_SITE_FILE}",
    "paywall": f"is a paywall; {_SEE_SITE_FILE}",
    "geo_block": f"is not shown in this country; {_SEE_SITE_FILE}",
    "soft_404": "says that the page does not exist; check the address",
    "error_page": "shows an error message or a placeholder; check the address",
    "no_text": "has no text and no links; check the address",
    "empty": "is empty; check the address",
    "binary": "is a binary file, not a web page; check the address",
    "too_complex": "takes too long to parse",
    "dns": "could not be fetched: host name not found; check the spelling and the network",
    "connection_refused": "could not be fetched: nothing listens there; check the address",
    "connection_lost": "could not be fetched: the connection was lost; try again later",
    "bad_certificate": "could not be fetched: the certificate of its host is not trusted; `scrapy why` says why",
    "bad_response": "could not be fetched: its host does not answer in HTTP; look at its URL",
    "timeout": "could not be fetched: no response in time; try again later",
    "truncated": "could not be fetched: the response was cut off; try again later",
    "too_large": "could not be fetched: the response is too large",
    "headers_too_large": "could not be fetched: the headers of the response are too large",
    "forbidden_address": "leads to a private address and was not fetched; NEWSCRAWL_ALLOWED_ADDRESSES may allow it",
    "forbidden_port": "has a port other than 80 and 443 and was not fetched; NEWSCRAWL_ALLOWED_ADDRESSES may allow it",
    "robots_unavailable": "was not fetched: robots.txt could not be fetched, so nothing is allowed; try again later",
    "disallowed": "was not fetched: robots.txt disallows it; ask its owner",
    "retry_after": "was not fetched: the host asked for a pause; run again later",
    "redirect_loop": "redirects in a loop; check the address",
    "too_many_redirects": "redirects too often; check the address",
    "redirect_to_no_url": "redirects to an invalid URL; check the address",
    "http_401": "answered with HTTP 401: the host denies access; ask its owner",
    "http_403": "answered with HTTP 403: the host denies access; ask its owner",
    "http_404": "answered with HTTP 404; check the address",
    "http_410": "answered with HTTP 410; check the address",
}
"""Reason of a listing -> what follows its name in a sentence."""

TYPES = {
    "text/html": "an HTML page",
    "text/plain": "plain text",
    "application/pdf": "a PDF",
    "application/json": "JSON data",
    "application/zip": "a ZIP archive",
    "image": "an image",
    "video": "a video",
    "audio": "an audio file",
}
"""Content type, or its first half, -> what it is called."""


@dataclass(frozen=True, slots=True)
class ListingState:
    """A feed, sitemap or section as it was found last."""

    url: str
    kind: str
    source: str
    """What named it first: `Link.source`."""
    url_key: str = field(default="", kw_only=True)
    outcome: str | None
    reason: str | None
    is_front: bool = False
    """It is the front page, or what that redirects to."""
    crawl_id: int | None = None
    """The crawl that claimed it last."""
    fetched_at: datetime | None = None
    next_fetch_at: datetime | None = None
    detail: str | None = None
    last_read_at: datetime | None = None
    failing_since: datetime | None = None
    """The first of the fetches since then that brought nothing."""

    @property
    def is_read(self) -> bool:
        return is_listing_read(self.outcome, self.reason)

    @property
    def is_failing(self) -> bool:
        """Whether its last fetch brought nothing. Redirects lead to other listings, cooldowns are those of the host."""
        is_open = self.outcome in {None, Outcome.DUPLICATE} or self.reason == "retry_after"
        return not is_open and not self.is_read

    @property
    def is_guess(self) -> bool:
        """Whether it may not exist: nothing names it, and it was never read."""
        return self.source == USUAL_PATH and self.last_read_at is None


def find_degrading(listings: Sequence[ListingState], now: datetime) -> list[ListingState]:
    """Return the failing listings that degrade a site of which other listings can be read.

    These are the front page, feeds and sitemaps that could be read before, those that answer with an HTML page, feeds
    of the front page that answer with an error or with anything but a feed, and all that the site file names; of
    sections and the parts of sitemaps, all if at least three and at least half fail, and a section that shows a wall or
    nothing while no other listing has been read since. What the site file does not name counts for a week, and only as
    long as a page names it.
    """
    main = [one for one in listings if _is_main(one)]
    found = [one for one in main if one.is_failing and _counts(one, now)]
    parts = [one for one in listings if not _is_main(one) and one.source not in _NEVER and not one.is_guess]
    failing = [one for one in parts if one.is_failing and _counts(one, now)]
    known = sum(one.is_read for one in parts) + len(failing)
    if len(failing) >= max(MIN_FAILING, known / 2):
        return found + failing
    last_read_at = max((one.fetched_at for one in listings if one.is_read and one.fetched_at), default=None)
    return found + [one for one in failing if _is_newest_evidence(one, last_read_at)]


def _is_newest_evidence(listing: ListingState, last_read_at: datetime | None) -> bool:
    """Return whether *listing* shows what a whole site shows that breaks, and nothing was read since it does."""
    is_replaced = listing.reason in WALLS or listing.reason in _NOTHING
    if not is_replaced or listing.last_read_at is None or listing.failing_since is None:
        return False
    return last_read_at is None or last_read_at < listing.failing_since - _SAME_CRAWL


def _is_main(listing: ListingState) -> bool:
    is_offered = listing.kind != "section" and listing.source in _OF_THE_SITE
    return listing.is_front or listing.source == SITE_FILE or is_offered


def _counts(listing: ListingState, now: datetime) -> bool:
    if listing.source == SITE_FILE:
        return True
    is_page = listing.kind != "section" and (listing.detail == "text/html" or listing.reason in WALLS)
    is_dead = listing.kind == "feed" and listing.source == "alternate" and listing.outcome != Outcome.ROBOTS
    is_recent = listing.failing_since is None or now - listing.failing_since <= REMOVED_AFTER
    if listing.last_read_at is None:
        return (is_page or is_dead) and is_recent and not listing.is_guess
    return is_recent or listing.is_front


def explain_failing(failing: Iterable[ListingState], crawl_id: int | None = None) -> list[str]:
    """Return a line for each cause, with the listings that it concerns.

    A failure of another crawl than *crawl_id* has its time, and that of the next attempt.
    """
    by_cause: dict[str, list[ListingState]] = {}
    for listing in sorted(failing, key=lambda one: (not one.is_front, one.kind, one.url)):
        by_cause.setdefault(explain_listing(listing), []).append(listing)
    lines = list(_explain_causes(by_cause, crawl_id))
    if len(lines) > MAX_NAMED:
        lines[MAX_NAMED:] = [f"{len(lines) - MAX_NAMED} more causes; `scrapy status` names them"]
    return lines


def _explain_causes(by_cause: dict[str, list[ListingState]], crawl_id: int | None) -> Iterator[str]:
    for cause, [first, *others] in by_cause.items():
        more = f" (and {len(others)} more {'listing' if len(others) == 1 else 'listings'})" if others else ""
        yield f"{name_listing(first)}{more} {cause}{_format_times(first, crawl_id)}"


def _format_times(listing: ListingState, crawl_id: int | None) -> str:
    is_old = crawl_id is not None and listing.crawl_id != crawl_id and listing.fetched_at is not None
    times = {
        "last read": listing.last_read_at,
        "last tried": listing.fetched_at if is_old else None,
        "not tried before": listing.next_fetch_at if is_old else None,
    }
    known = [f"{what} {format_utc(time)}" for what, time in times.items() if time is not None]
    return f" ({', '.join(known)})" if known else ""


def name_listing(listing: ListingState) -> str:
    return "the front page" if listing.is_front else f"the {listing.kind} {listing.url}"


def explain_listing(listing: ListingState) -> str:
    """Return why *listing* could not be read, as a predicate: "is empty", "answered with HTTP 500"."""
    reason, detail = listing.reason or "", listing.detail
    if reason == "offsite_redirect" and detail:
        return _explain_move(listing.url, detail)
    if reason == "not_html":
        return f"is {name_type(detail)}, not a web page; check the address"
    if reason in _NO_LISTING:
        kind = reason.removeprefix("not_")
        if detail and "/" in detail and " " not in detail:
            return f"answers with {name_type(detail)}, not with a {kind}"
        return f"is not a {kind} that can be read" + (f": {detail}" if detail and detail != f"not a {kind}" else "")
    if status := re.fullmatch(r"http_(\d+)", reason):
        return CAUSES.get(reason, f"answered with HTTP {status[1]}; try again later")
    return CAUSES.get(reason, f"could not be read: {listing.outcome}: {reason}")


def _explain_move(url: str, target: str) -> str:
    """Say where a redirect to another site leads. A page that is to lead back afterwards is a wall, not a move."""
    parts = split_any(target)
    host, old = parts.hostname or target, split_any(url).hostname or url
    words = set(re.split(r"[^a-z]+", f"{host} {parts.path}".lower()))
    if words & {"consent", "privacy", "cmp", "gdpr", "cookie", "cookies", "cookiewall", "privacygate", "myprivacy"}:
        return f"redirects to a consent wall at {host}; {_SEE_SITE_FILE}"
    if old in parts.query:
        what = "a login" if words & {"login", "signin", "auth", "sso", "account", "accounts", "id"} else "a gateway"
        return f"redirects to {what} at {host}; {_SEE_SITE_FILE}"
    return f"moved to {host}: crawl that (-a url={parts.scheme}://{parts.netloc}/)"


def name_type(content_type: str | None) -> str:
    """Return what a file of *content_type* is called, with its article."""
    name = (content_type or "").partition(";")[0].strip().lower()
    return TYPES.get(name) or TYPES.get(name.partition("/")[0]) or (f"a file of type {name}" if name else "a file")
