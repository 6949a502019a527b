"""Tell the links of a site from those of other sites. Pure.

Articles are on the site itself. Its feeds and sitemaps may be elsewhere (FeedBurner, a content delivery network), but
only where the site names them, so that no feed can send a crawl through the web.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from newscrawl.discovery.model import PAGINATION, Link, LinkKind
from newscrawl.urls.normalize import get_site

MAX_OTHER_SITES: Final = 5
"""Other sites on which the listings of a site are followed."""

_LISTINGS = frozenset([LinkKind.FEED, LinkKind.SITEMAP])
_NAMED_BY_SITE = frozenset(["alternate", "robots.txt", "site file"])
"""Sources of listings that the site itself names, on its front page or in robots.txt."""
_NAMED_BY_LISTING = frozenset(["sitemap", PAGINATION])
_EMBEDDED = re.compile(r"https?(?::|%3A)(?:/|%2F){2}", re.I)


@dataclass(frozen=True, slots=True)
class DividedLinks:
    """The links of a page, in its order."""

    own: list[Link]
    others: list[Link]
    """Links to other sites, which are not followed."""


def divide_by_site(links: Iterable[Link], *, site_url: str, listing_url: str) -> DividedLinks:
    """Divide the links of the page *listing_url* into those of the site of *site_url* and those of other sites.

    A feed or sitemap on another site is the site's own if its front page or robots.txt names it, on at most
    `MAX_OTHER_SITES` sites. Such a listing may name more on its own host's site or on that of *site_url*, but not on a
    third one. The link of a redirector, such as `https://other.net/click?url=https%3A%2F%2Fexample.org%2Fa`, is
    replaced by its target on the site.
    """
    site, listing_site = get_site(site_url), _get_site(listing_url)
    divided = DividedLinks([], [])
    followed: set[str] = set()
    for link in links:
        target_site = _get_site(link.url)
        if target_site is None:
            continue
        if target_site == site:
            divided.own.append(link)
        elif link.kind in _LISTINGS and _is_own_listing(link, target_site, site, listing_site):
            if target_site not in followed and len(followed) == MAX_OTHER_SITES:
                divided.others.append(link)
            else:
                followed.add(target_site)
                divided.own.append(link)
        elif link.kind is LinkKind.ARTICLE and (target := _find_target(link.url, site)):
            divided.own.append(replace(link, url=target))
        else:
            divided.others.append(link)
    return divided


def _is_own_listing(link: Link, target_site: str, site: str, listing_site: str | None) -> bool:
    if link.source in _NAMED_BY_SITE:
        return listing_site == site
    return link.source in _NAMED_BY_LISTING and listing_site in (site, target_site)


def _find_target(url: str, site: str) -> str | None:
    """Return the URL on *site* that *url* carries in its path or query, or None."""
    for match in _EMBEDDED.finditer(url, 8):
        target = url[match.start() :]
        if "?" in url[: match.start()]:
            target = target.partition("&")[0]
        if "%" in match[0]:
            target = unquote(target)
        if _get_site(target) == site and target.split("://", 1)[1].partition("/")[2]:
            return target
    return None


def _get_site(url: str) -> str | None:
    try:
        return get_site(url)
    except ValueError:
        return None
