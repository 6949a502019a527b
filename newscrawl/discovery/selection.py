"""Select the links to follow, and read the dates that their sources declare. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.fields.dates import parse_exact_date
from newscrawl.items import Precision
from newscrawl.text.moments import LONG_AGO
from newscrawl.urls.classify import LIKELY_ARTICLE
from newscrawl.urls.normalize import get_site

TO_END_OF_DAY = timedelta(days=1, microseconds=-1)
"""From the first to the last moment of a day."""


def select_links(
    links: Iterable[Link],
    *,
    site_url: str,
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
    now: datetime,
) -> list[Link]:
    """Return the links to follow on the site of *site_url*: listings first, then articles, newest first.

    Feeds and sitemaps may be on other sites; `discovery.offsite` has decided which.
    *allow* and *deny* are regular expressions searched in the URL; *allow* applies to articles only. Articles without
    a declared date come last.
    """
    site = get_site(site_url)
    dated: list[tuple[datetime, Link]] = []
    others: list[Link] = []
    for link in links:
        is_elsewhere = link.kind not in (LinkKind.FEED, LinkKind.SITEMAP) and not _is_on_site(link, site)
        if is_elsewhere or any(re.search(pattern, link.url) for pattern in deny):
            continue
        if link.kind is not LinkKind.ARTICLE:
            others.append(link)
        elif link.score >= LIKELY_ARTICLE and (not allow or any(re.search(pattern, link.url) for pattern in allow)):
            dated.append((get_source_modified_at(link, now) or LONG_AGO, link))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return others + [link for _, link in dated]


def get_source_modified_at(link: Link, now: datetime) -> datetime | None:
    """Return the newest date that the source declares; a date without a time counts as the end of its day."""
    dates = (_parse_latest(text, now) for text in (link.date_published, link.date_modified))
    return max((date for date in dates if date is not None), default=None)


def get_source_published_at(link: Link, now: datetime) -> datetime | None:
    """Return the declared date of publication; a date without a time counts as the end of its day."""
    return _parse_latest(link.date_published, now)


def _parse_latest(text: str | None, now: datetime) -> datetime | None:
    parsed = parse_exact_date(text, time_zone=None, now=now) if text else None
    if parsed is None:
        return None
    return parsed.moment + (TO_END_OF_DAY if parsed.precision is Precision.DAY else timedelta())


def _is_on_site(link: Link, site: str) -> bool:
    try:
        return get_site(link.url) == site
    except ValueError:
        return False
