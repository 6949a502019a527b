"""Which of the links that were found are followed: pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.fields.dates import parse_exact_date
from newscrawl.items import Precision
from newscrawl.urls.classify import LIKELY_ARTICLE
from newscrawl.urls.normalize import get_site

TO_ITS_END = timedelta(days=1, microseconds=-1)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def select_links(
    links: Iterable[Link],
    *,
    site_url: str,
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
    now: datetime,
) -> list[Link]:
    """Keep links of the site of *site_url* that are wanted; articles with a stated date newest first.

    *allow* and *deny* are regular expressions searched in the URL; *allow* concerns articles only.
    """
    site = get_site(site_url)
    dated: list[tuple[datetime, Link]] = []
    others: list[Link] = []
    for link in links:
        if not _is_on(link, site) or any(re.search(pattern, link.url) for pattern in deny):
            continue
        if link.kind is not LinkKind.ARTICLE:
            others.append(link)
        elif link.score >= LIKELY_ARTICLE and (not allow or any(re.search(pattern, link.url) for pattern in allow)):
            dated.append((stated_date(link, now) or LONG_AGO, link))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return others + [link for _, link in dated]


def stated_date(link: Link, now: datetime) -> datetime | None:
    """Return the newest date that the source states of the link; a day counts to its end."""
    dates = (_end_of(text, now) for text in (link.date_published, link.date_modified))
    return max((date for date in dates if date is not None), default=None)


def stated_published(link: Link, now: datetime) -> datetime | None:
    """Return when the source says that the target was published; a day counts to its end."""
    return _end_of(link.date_published, now)


def _end_of(text: str | None, now: datetime) -> datetime | None:
    parsed = parse_exact_date(text, time_zone=None, now=now) if text else None
    if parsed is None:
        return None
    return parsed.moment + (TO_ITS_END if parsed.precision is Precision.DAY else timedelta())


def _is_on(link: Link, site: str) -> bool:
    try:
        return get_site(link.url) == site
    except ValueError:
        return False
