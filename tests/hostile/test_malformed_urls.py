"""A malformed URL, wherever a page, a listing or an operator has it, costs nothing but itself.

A page has as many places at once as go together; each of them is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from protego import Protego
from scrapy import Request

from newscrawl.discovery.model import Discovered
from newscrawl.discovery.offsite import divide_by_site
from newscrawl.discovery.periods import parse_period
from newscrawl.discovery.robotstxt import fix_robotstxt
from newscrawl.discovery.selection import select_links
from newscrawl.exceptions import SiteFileError, UsageError
from newscrawl.extraction.html.redirects import find_html_redirect
from newscrawl.items import Article
from newscrawl.sites.registry import parse_site
from newscrawl.urls.addresses import AddressPolicy
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import check_start_url, get_site
from newscrawl.urls.parse import get_url_host, split_any
from newscrawl.workers.tasks import PageInput, extract_article, read_feed, read_section, read_sitemap
from tests.hostile.malformed import MALFORMED_URLS
from tests.hostile.malformed_places import ATOM, INDEX, JSON_FEED, PLACES, RSS, SITEMAP, Places, encode, fill_in
from tests.hostile.pages import article, sentences

NAME = "a malformed link"
SITE = "https://example.org/"
URL = "https://example.org/2026/11/20/report-on-a-malformed-link"
GOOD = "https://example.org/2026/11/20/a-good-story-of-this-day"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
urls = pytest.mark.parametrize("url", MALFORMED_URLS.values(), ids=MALFORMED_URLS)


PAGES = {
    "base": ("base",),
    "declared": (
        *("links of the head", "meta elements", "refresh", "linked data", "name of the site", "text", "images"),
        *("pages of the article", "state"),
    ),
    "linked": ("objects of linked data", "byline", "microdata", "teasers"),
    "visible": ("headline", "author line"),
}
"""Name of a page -> its places."""


def make_page(names: Iterable[str], url: str, middle: str = "") -> bytes:
    places = sum((PLACES[name] for name in names), Places(middle=middle))
    return encode(article(NAME, **places.fill_in(url)))


def list_urls(found: Article) -> Iterator[str]:
    yield from filter(None, (found.canonical_url, found.main_image))
    yield from (image.url for image in found.images)


def test_every_place_is_on_a_page() -> None:
    assert sorted(name for names in PAGES.values() for name in names) == sorted(PLACES)


@urls
def test_article_is_extracted(url: str) -> None:
    for names in PAGES.values():
        result = extract_article(PageInput(make_page(names, url), URL, NOW, "text/html"))
        assert result.article is not None
        assert result.article.headline == f"Report on {NAME}"
        assert [text for text in sentences(NAME) if text not in (result.article.article_body or "")] == []
        for found in list_urls(result.article):
            parts = urlsplit(found)
            assert parts.scheme in ("http", "https")
            assert parts.hostname
            assert parts.port is None or parts.port >= 0
        if result.pages is not None and result.pages.first is not None:
            UrlKeys().url_key(result.pages.first)
        if result.pages is not None and result.pages.next is not None and not split_any(result.pages.next).netloc:
            assert result.article.is_truncated


def follow(found: Discovered, listing_url: str) -> set[str]:
    """Return the URLs that a crawl fetches of what a listing names; all of it must be possible to fetch."""
    divided = divide_by_site(found.links, site_url=SITE, listing_url=listing_url)
    for link in divided.others:
        get_url_host(link.url)
    fetched = set()
    for link in select_links(divided.own, site_url=SITE, now=NOW).followed:
        parse_period(link.url)
        fetched.add(UrlKeys().fetchable(link.url))
    for url in fetched:
        parts = urlsplit(Request(url).url)
        assert parts.hostname
        assert parts.port is None or parts.port > 0
        AddressPolicy().check_url(url, "example.org")
    return fetched


LISTINGS: dict[str, tuple[Callable[[bytes, str], Discovered], str]] = {
    "RSS": (read_feed, RSS),
    "Atom": (read_feed, ATOM),
    "JSON Feed": (read_feed, JSON_FEED),
    "sitemap": (read_sitemap, SITEMAP),
    "index of sitemaps": (read_sitemap, INDEX),
    "sitemap of plain text": (read_sitemap, "!\n@\n"),
}


@urls
def test_good_entry_of_a_listing_is_followed(url: str) -> None:
    for name, (read, text) in LISTINGS.items():
        filled = encode(fill_in(text.replace("!", GOOD), url))
        assert GOOD in follow(read(filled, f"{SITE}listing.xml"), f"{SITE}listing.xml"), name


@urls
def test_good_link_of_a_page_is_followed(url: str) -> None:
    for names in PAGES.values():
        good = f"<h2><a href='{GOOD}'>A good story of this day and of the days before it</a></h2>"
        found = read_section(PageInput(make_page(names, url, good), SITE, NOW, "text/html"))
        assert GOOD in follow(found, SITE)


@urls
def test_rules_of_robotstxt_are_kept(url: str) -> None:
    text = f"Sitemap: {url}\nUser-agent: *\nAllow: {url}\nDisallow: {url}\nDisallow: /private/\nSitemap: /map.xml\n"
    fixed = fix_robotstxt(encode(text), f"{SITE}robots.txt", "newscrawl").decode()
    parser = Protego.parse(fixed)
    assert "/map.xml" in list(parser.sitemaps)
    assert not parser.can_fetch(f"{SITE}private/", "newscrawl")
    assert parser.can_fetch(f"{SITE}news/", "newscrawl")


@urls
def test_redirect_leads_to_a_page_or_is_none(url: str) -> None:
    for head in (
        "<meta http-equiv=refresh content='0; url=@'>",
        "<base href='@'><meta http-equiv=refresh content='0; url=/a'>",
        "<script>location.href = $</script>",
    ):
        page = f"<html><head>{fill_in(head, url)}</head><body></body></html>"
        target = find_html_redirect(encode(page), URL, content_type="text/html")
        if target is not None:
            assert urlsplit(Request(UrlKeys().fetchable(target)).url).hostname, target


@urls
def test_all_functions_agree_on_what_can_be_fetched(url: str) -> None:
    try:
        key = UrlKeys().url_key(url)
    except ValueError:
        for function in (UrlKeys().fetchable, get_site):
            with pytest.raises(ValueError, match=r"."):
                function(url)
        assert split_any(url) is not None
        return
    assert UrlKeys().url_key(UrlKeys().fetchable(url)) == key
    assert urlsplit(UrlKeys().fetchable(url)).hostname


@urls
def test_operator_is_told_what_is_wrong(url: str) -> None:
    try:
        assert urlsplit(check_start_url(url)).hostname
    except UsageError as error:
        assert len(str(error)) < 500  # noqa: PT017
    for text in (f"url = {json.dumps(url)}", f"url = '{SITE}'\n[discovery]\nfeeds = [{json.dumps(url)}]"):
        try:
            parse_site(text, name="example.org")
        except SiteFileError as error:
            assert len(str(error)) < 500  # noqa: PT017
