"""Detect fields on which the reliable sources of a page disagree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations

from newscrawl.evidence import Evidence
from newscrawl.fields.dates import parse_exact_date
from newscrawl.fields.headlines import clean_headline, get_name_key, title_overlap
from newscrawl.fields.name_kinds import are_accounts, names_only_site, without_sites
from newscrawl.fields.people import split_names
from newscrawl.items import Precision

SOURCES = ("json-ld", "opengraph", "meta", "dom", "feed", "news sitemap")
MIN_OVERLAP = 0.34
"""Headlines with a smaller share of common words differ."""
DAY = timedelta(hours=24)


def headlines_differ(values: Sequence[Evidence], publisher: str | None, site: str | None) -> bool:
    """Return whether two sources have headlines with hardly a common word, neither of which contains the other."""
    cleaned = (clean_headline(value, publisher, site) for value in _first_values(values))
    return any(_are_different(one, other) for one, other in combinations(set(filter(None, cleaned)), 2))


def _are_different(one: str, other: str) -> bool:
    if title_overlap(one, other) >= MIN_OVERLAP:
        return False
    key, other_key = get_name_key(one), get_name_key(other)
    return key not in other_key and other_key not in key


def dates_differ(values: Sequence[Evidence], now: datetime) -> bool:
    """Return whether two sources have dates more than 24 hours apart; a day is anywhere in its 24 hours."""
    moments = []
    for value in _first_values(values):
        parsed = parse_exact_date(value, time_zone=None, now=now)
        if parsed is not None:
            end = parsed.moment + (DAY if parsed.precision is Precision.DAY else timedelta())
            moments.append((parsed.moment, end))
    return any(start - end > DAY for start, _ in moments for _, end in moments)


def authors_differ(values: Sequence[Evidence], publisher: str | None, site: str | None) -> bool:
    """Return whether two sources name people, and no person is named by both."""
    groups: list[set[str]] = []
    for source in SOURCES:
        names = [name for value in values if value.source == source for name in split_names(value.value)]
        if names and not names_only_site(names, publisher, site) and not are_accounts(names):
            groups.append({get_name_key(name) for name in without_sites(names, publisher, site)})
    return any(one.isdisjoint(other) for index, one in enumerate(groups) for other in groups[index + 1 :])


def _first_values(values: Sequence[Evidence]) -> list[str]:
    """Return the first value of each reliable source."""
    first: dict[str, str] = {}
    for value in values:
        if value.source in SOURCES:
            first.setdefault(value.source, value.value)
    return list(first.values())
