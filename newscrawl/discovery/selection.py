"""Select the links to follow, and read the dates that their sources declare. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.fields.dates import parse_exact_date
from newscrawl.items import Precision
from newscrawl.text.moments import LONG_AGO
from newscrawl.urls.classify import LIKELY_ARTICLE
from newscrawl.urls.normalize import get_site

MAX_NOT_FOLLOWED = 200
"""Links of a listing that are recorded although they are not followed: those with the highest scores."""
MIN_SITEMAP_SCORE = 0.2
"""Sitemaps name every page of a site; what scores less is none that could be an article."""
TO_END_OF_DAY = timedelta(days=1, microseconds=-1)
"""From the first to the last moment of a day."""


class Obstacle(StrEnum):
    """Why a link is not followed."""

    OTHER_SITE = "other_site"
    DENIED = "denied"
    """It matches `deny` of the site file."""
    UNLIKELY_ARTICLE = "unlikely_article"
    NOT_ALLOWED = "not_allowed"
    """It does not match `allow` of the site file."""


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Regular expressions of a site file, searched in the URLs of links."""

    allow: tuple[str, ...] = ()
    """For articles; where there are any, one must match."""
    deny: tuple[str, ...] = ()
    """For all links; none may match."""
    follow: tuple[str, ...] = ()
    """For articles; one that matches replaces score and *allow*."""


NO_RULES = LinkRules()


@dataclass(frozen=True, slots=True)
class SelectedLinks:
    """The links of a listing: those that are followed, and those that could be articles."""

    followed: list[Link]
    """Listings first, then articles, newest first; those without a declared date last."""
    not_followed: list[tuple[Link, Obstacle]]
    """At most MAX_NOT_FOLLOWED articles, with the highest scores."""


def select_links(links: Iterable[Link], *, site_url: str, now: datetime, rules: LinkRules = NO_RULES) -> SelectedLinks:
    """Select the links to follow on the site of *site_url*.

    Feeds and sitemaps may be on other sites; `discovery.offsite` has decided which.
    """
    site = get_site(site_url)
    dated: list[tuple[datetime, Link]] = []
    others: list[Link] = []
    not_followed: list[tuple[Link, Obstacle]] = []
    for link in links:
        if rules is NO_RULES and link.score >= LIKELY_ARTICLE and _is_on_site(link, site):
            obstacle = None
        else:
            obstacle = find_obstacle(link, site, rules)
        if obstacle is not None:
            if _could_be_article(link, obstacle):
                not_followed.append((link, obstacle))
        elif link.kind is LinkKind.ARTICLE:
            dated.append((get_source_modified_at(link, now) or LONG_AGO, link))
        else:
            others.append(link)
    dated.sort(key=lambda pair: pair[0], reverse=True)
    not_followed.sort(key=lambda pair: -pair[0].score)
    return SelectedLinks(others + [link for _, link in dated], not_followed[:MAX_NOT_FOLLOWED])


def find_obstacle(link: Link, site: str, rules: LinkRules) -> Obstacle | None:
    """Return why *link* is not followed on *site* (a registrable domain), or None if it is."""
    if link.kind not in (LinkKind.FEED, LinkKind.SITEMAP) and not _is_on_site(link, site):
        return Obstacle.OTHER_SITE
    if _matches(rules.deny, link.url):
        return Obstacle.DENIED
    if link.kind is not LinkKind.ARTICLE or _matches(rules.follow, link.url):
        return None
    if link.score < LIKELY_ARTICLE:
        return Obstacle.UNLIKELY_ARTICLE
    return Obstacle.NOT_ALLOWED if rules.allow and not _matches(rules.allow, link.url) else None


def _could_be_article(link: Link, obstacle: Obstacle) -> bool:
    if link.kind is not LinkKind.ARTICLE or obstacle is Obstacle.OTHER_SITE:
        return False
    return link.source != "sitemap" or link.score >= MIN_SITEMAP_SCORE


def _matches(patterns: Sequence[str], url: str) -> bool:
    return any(re.search(pattern, url) for pattern in patterns)


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
