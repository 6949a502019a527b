"""The sentences that explain a crawl's summary, and hints for the reasons that users can act on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from newscrawl.monitoring.summary import IdleSite, PartialListing, SiteSummary
from newscrawl.outcomes import FinishReason
from newscrawl.text.moments import format_utc

HINTS = {
    "dns": "host name not found; check the spelling and the network",
    "connection_refused": "nothing listens there; check the address",
    "no_route": "no route to the host; check the network",
    "connection_failed": "no connection to the host; check the network",
    "bad_certificate": "its certificate is not trusted; `scrapy why` of a page says why",
    "timeout": "no response in time; try again later",
    "robots_unavailable": "its robots.txt could not be fetched, so nothing is allowed; try again later",
    "disallowed": "its robots.txt disallows it",
    "retry_after": "the host asked for a pause; run again later",
    "forbidden_address": "it leads to a private address; NEWSCRAWL_ALLOWED_ADDRESSES may allow it",
    "forbidden_port": "its port is neither 80 nor 443; NEWSCRAWL_ALLOWED_ADDRESSES may allow it",
    "offsite_redirect": "it redirects to another site; crawl that one (-L DEBUG names it)",
}
"""Reason -> what it means and what to do."""


MAX_IDLE_SITES = 20
"""Sites of which nothing was due that are named one by one."""


def explain_results(
    sites: Sequence[SiteSummary],
    reason: str,
    waiting: Mapping[str, int],
    idle: Mapping[str, IdleSite] = MappingProxyType({}),
) -> list[str]:
    """Return a line for each thing in the summary that needs an explanation.

    *waiting* is the number of article pages by site that were discovered and not fetched, *idle* has the sites to which
    no request was sent because nothing of them was due.
    """
    lines: list[str] = []
    if reason == FinishReason.SHUTDOWN:
        lines.append("The crawl was stopped; the next one fetches the pending pages.")
    elif reason == FinishReason.NETWORK_DOWN:
        since = " any more" if any(site.kept.total() or site.listings for site in sites) else ""
        lines.append(
            f"No host could be reached{since}: is the network up? "
            "No page counts as failed; the next crawl tries them all."
        )
    elif not sites:
        lines.append("Nothing was due; `scrapy plan` shows what is due when.")
    for site in sites:
        if site.failed and not site.warnings:
            causes = "; ".join(add_hint(label) for label in site.rejected + site.listing_failures)
            lines.append(f"{site.site}: nothing could be fetched: {causes}")
        if site.cooldown_until is not None:
            until = format_utc(site.cooldown_until)
            lines.append(f"{site.site}: backing off until {until}; no crawl sends a request before.")
        lines += [f"{site.site}: {warning}." for warning in site.warnings]
        if site.partial_listing is not None:
            lines.append(f"{site.site}: {_explain_partial(site.partial_listing, site.partial_listings - 1)}")
        if site.listing_limit is not None:
            lines.append(f"{site.site}: {site.listing_limit}; the next crawl reads the other listings.")
        if site.fetch_limit is not None:
            lines.append(f"{site.site}: {site.fetch_limit}; the next crawl goes on.")
        if number := waiting.get(site.site):
            lines.append(f"{site.site}: {number:,} more pages are waiting; the next crawl fetches them.")
    return lines + list(_explain_idle(idle))


def explain_skipped(number: int) -> str:
    """Return a sentence about pages of an archive without a valid URL."""
    what = "1 page of the archive has" if number == 1 else f"{number:,} pages of the archive have"
    return f"{what} no valid URL and cannot be stored; the log says which."


def _explain_partial(listing: PartialListing, others: int) -> str:
    more = f" {others:,} more were, too." if others > 1 else " Another one was, too." if others else ""
    cause = f": {listing.detail}" if listing.detail else ""
    return f"only a part of the {listing.kind} {listing.url} could be read{cause}.{more}"


def _explain_idle(idle: Mapping[str, IdleSite]) -> Iterator[str]:
    for site, times in islice(sorted(idle.items()), MAX_IDLE_SITES):
        last = f"last tried at {format_utc(times.last_fetched_at)}, " if times.last_fetched_at else ""
        due = f"not tried before {format_utc(times.next_fetch_at)}" if times.next_fetch_at else "nothing is scheduled"
        yield f"{site}: no request was sent; {last}{due}; use -a force=1 to try now."
    if len(idle) > MAX_IDLE_SITES:
        yield f"To {len(idle) - MAX_IDLE_SITES} more sites no request was sent; `scrapy plan` shows what is due when."


def add_hint(label: str) -> str:
    """Return *label* (`outcome: reason`) with a hint in parentheses if there is one."""
    reason = label.partition(": ")[2]
    return f"{label} ({HINTS[reason]})" if reason in HINTS else label
