"""Implement `scrapy discover`: load a page, find its links, and say what a crawl does with each of them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import BaseSettings

from newscrawl.crawling.responses import get_content_type
from newscrawl.discovery.model import PAGINATION, Link, LinkKind
from newscrawl.discovery.pages import LinkNotes, find_links
from newscrawl.discovery.selection import find_obstacle
from newscrawl.discovery.sitemaps import read_sitemap
from newscrawl.exceptions import UsageError
from newscrawl.extraction.html.document import UnreadableDocument, parse
from newscrawl.inspection.fetch import fetch_page
from newscrawl.inspection.inspector import UNREADABLE, UnreadablePage, read_saved_page
from newscrawl.inspection.model import PageSource
from newscrawl.outcomes import is_html
from newscrawl.sites.model import Site
from newscrawl.sites.registry import Registry
from newscrawl.text.secrets import mask_page_urls
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import check_start_url, get_site, normalize
from newscrawl.urls.parse import join, split_any

FOLLOWED, NOT_FOLLOWED, IGNORED = "followed", "not_followed", "ignored"
ORDER = (FOLLOWED, NOT_FOLLOWED, IGNORED)


@dataclass(frozen=True, slots=True)
class LinkDecision:
    """What a crawl does with one link."""

    url: str
    anchor: str
    kind: str | None
    """`article`, `section`, `feed` or `sitemap`; None if it is ignored."""
    score: float | None
    decision: str
    """`followed`, `not_followed` (recorded only) or `ignored`."""
    reason: str | None
    """Why it is not followed."""


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The links of a page: those that are followed first, the highest scores first."""

    url: str
    site: str
    links: tuple[LinkDecision, ...]
    partial: str | None
    """Why links may be missing."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def discover_links(settings: BaseSettings, process: Any, args: list[str], opts: argparse.Namespace) -> PageLinks:
    """Return the links of the page that *args* and *opts* of the command name.

    Raises UsageError for wrong arguments, FetchError or UnreadablePage for a page that cannot be read.
    """
    if len(args) != 1:
        raise UsageError("expected one page: scrapy discover https://… or scrapy discover FILE --url https://…")
    registry = Registry(Path(opts.sites or settings["NEWSCRAWL_SITES_DIR"]))
    keys = UrlKeys(registry.url_key_rules())
    if "://" in args[0]:
        if opts.id or opts.url:
            raise UsageError("--id and --url are for saved pages; leave them out for a URL")
        assert isinstance(process, AsyncCrawlerProcess)
        response = fetch_page(process, args[0], any_type=True)
        source = PageSource(response.body, response.url, mask_page_urls(args[0]), get_content_type(response))
    else:
        source = read_saved_page(Path(args[0]), opts)
        if not source.url:
            raise UsageError(f"{args[0]} has no URL to resolve its links with; give it with --url https://…")
        check_start_url(source.url)
    site = registry.find_by_url(source.url) or Site(get_site(source.url), join(source.url, "/"))
    return decide_links(source, site, keys)


def decide_links(source: PageSource, site: Site, keys: UrlKeys) -> PageLinks:
    """Return what a crawl of *site* does with each link of a page. Raises UnreadablePage."""
    notes = LinkNotes()
    if is_html(source.content_type, source.body):
        encoding = site.extraction.encoding
        try:
            document = parse(source.body, content_type=source.content_type, fallback_encoding=encoding, url=source.url)
        except UnreadableDocument as error:
            raise UnreadablePage(f"{source.origin} cannot be read: {UNREADABLE[error.reason]}") from error
        rules = keys.get_rules(source.url)
        found = find_links(document.root, source.url, rules, site.discovery.follow, notes=notes)
    else:
        found = read_sitemap(source.body, source.url)
        if not found.links and found.partial:
            raise UnreadablePage(f"{source.origin} is neither a page nor a feed or sitemap: {found.partial}")
    is_front = not split_any(source.url).path.strip("/") or normalize(source.url) == normalize(site.url)
    decisions = [_decide(link, site, notes.anchors, is_front=is_front) for link in found.links]
    known = {link.url for link in found.links}
    decisions += [
        LinkDecision(url, notes.anchors.get(url, ""), None, None, IGNORED, reason)
        for url, reason in notes.ignored.items()
        if url not in known
    ]
    decisions.sort(key=lambda one: (ORDER.index(one.decision), -(one.score or 0.0)))
    return PageLinks(source.url, site.name, tuple(decisions), found.partial)


def _decide(link: Link, site: Site, anchors: Mapping[str, str], *, is_front: bool) -> LinkDecision:
    """Return the decision on a link as `spiders.news.NewsSpider` makes it."""
    obstacle: str | None = find_obstacle(link, get_site(site.url), site.discovery.link_rules)
    decision = FOLLOWED
    if obstacle is not None:
        decision = NOT_FOLLOWED if link.kind is LinkKind.ARTICLE and obstacle != "other_site" else IGNORED
    elif link.kind is not LinkKind.ARTICLE and link.source != PAGINATION and link.kind is not LinkKind.SITEMAP:
        if not is_front:
            decision, obstacle = IGNORED, "not_front_page"
        elif not site.discovery.search:
            decision, obstacle = IGNORED, "search_is_off"
    return LinkDecision(
        link.url, link.headline or anchors.get(link.url, ""), str(link.kind), link.score, decision, obstacle
    )
