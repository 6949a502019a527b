"""Explain why no crawl has fetched a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl.sites.registry import Registry
from newscrawl.urls.classify import LIKELY_ARTICLE, is_static, score_article_url
from newscrawl.urls.normalize import get_site


def explain_absence(url: str, registry: Registry) -> Iterator[str]:
    """Yield what would keep a crawl from following a link to *url*."""
    if is_static(url):
        yield "Its path ends like that of a file that is not a page; such links are not followed."
    elif (score := score_article_url(url)) < LIKELY_ARTICLE and not _is_forced(url, registry):
        yield (
            f"It does not look like the URL of an article ({score:.2f}; links are followed from {LIKELY_ARTICLE:g}). "
            "Links in feeds and news sitemaps are followed anyway, as are those that `follow` in the site file matches."
        )
    site = registry.find_by_url(url)
    if site is None:
        yield f"{get_site(url)} has no site file, so it is crawled only with -a url=."
        return
    if not site.enabled:
        yield f"Its site {site.name} is disabled, so it is crawled only with -a site={site.name}."
    for pattern in site.discovery.deny:
        if re.search(pattern, url):
            yield f"Its site file denies it: deny = {pattern!r}."
    if site.discovery.allow and not any(re.search(pattern, url) for pattern in site.discovery.allow):
        yield f"Its site file allows only other URLs: allow = {list(site.discovery.allow)}."


def _is_forced(url: str, registry: Registry) -> bool:
    site = registry.find_by_url(url)
    return site is not None and any(re.search(pattern, url) for pattern in site.discovery.follow)
