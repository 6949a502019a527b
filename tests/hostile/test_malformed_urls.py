"""A malformed URL, wherever a page, a listing or an operator has it, costs nothing but itself.

A page has as many places at once as go together; each of them is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
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
from tests.hostile.pages import article, sentences

NAME = "a malformed link"
SITE = "https://example.org/"
URL = "https://example.org/2026/11/20/report-on-a-malformed-link"
GOOD = "https://example.org/2026/11/20/a-good-story-of-this-day"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
urls = pytest.mark.parametrize("url", MALFORMED_URLS.values(), ids=MALFORMED_URLS)


PARTS = ("head", "start", "headline", "lead", "middle", "end")


@dataclass(frozen=True)
class Places:
    """Parts of a page with `@` for the URL in an attribute, and `$` for it as a JSON string."""

    head: str = ""
    start: str = ""
    headline: str = ""
    lead: str = ""
    middle: str = ""
    end: str = ""

    def __add__(self, other: Places) -> Places:
        return Places(*(getattr(self, part) + getattr(other, part) for part in PARTS))

    def fill_in(self, url: str) -> dict[str, str]:
        as_json = json.dumps(url).replace("<", "\\u003c")
        return {part: getattr(self, part).replace("$", as_json).replace("@", escape(url)) for part in PARTS}


def meta(*names: str) -> str:
    return "".join(f"<meta property='{name}' content='@'><meta name='{name}' content='@'>" for name in names)


def linked_data(text: str) -> str:
    return f"<script type='application/ld+json'>{text}</script>"


ARTICLE = '"@type": "NewsArticle", "headline": "Report on a malformed link"'
PLACES = {
    "base": Places(head="<base href='@'>", end="<p><a href='/other'>Other</a> <a href='?page=2'>2</a></p>"),
    "links of the head": Places(
        head="".join(
            f"<link rel='{rel}' href='@'>"
            for rel in ("canonical", "amphtml", "next", "prev", "icon", "author", "publisher", "image_src", "shortlink")
        )
        + "<link rel=alternate hreflang=de href='@'><link rel=alternate type='application/rss+xml' href='@'>"
        "<link rel=preload as=image imagesrcset='@ 1x, @ 2x'><script src='@'></script>"
    ),
    "meta elements": Places(
        head=meta("og:url", "og:image", "og:image:secure_url", "og:video", "twitter:image", "twitter:url", "thumbnail")
        + meta("article:author", "article:publisher", "author", "parsely-link", "parsely-image-url", "og:site_name")
        + "<meta itemprop=url content='@'><meta itemprop=image content='@'><meta itemprop=author content='@'>"
    ),
    "refresh": Places(head="<meta http-equiv=refresh content='0; url=@'><meta http-equiv=refresh content='9;@'>"),
    "linked data": Places(
        head=linked_data(
            f'{{{ARTICLE}, "@id": $, "url": $, "image": $, "thumbnailUrl": $, "mainEntityOfPage": $, "isPartOf": $, '
            '"author": {"@type": "Person", "name": "Ann Lee", "@id": $, "url": $, "image": $, "sameAs": [$, $]}, '
            '"publisher": {"@type": "Organization", "name": "Daily", "url": $, "logo": {"url": $}, "sameAs": $}}'
        )
    ),
    "objects of linked data": Places(
        head=linked_data(
            f'{{"@context": $, "@graph": [{{{ARTICLE}, "image": [{{"@type": "ImageObject", "url": $, "@id": $}}, $], '
            '"mainEntityOfPage": {"@type": "WebPage", "@id": $, "url": $}, "author": [{"@id": $}, $, {"name": $}], '
            '"publisher": $, "isBasedOn": $, "video": {"contentUrl": $, "embedUrl": $}}, '
            '{"@type": "WebPage", "@id": $, "url": $, "primaryImageOfPage": {"@id": $}}, '
            '{"@type": "NewsArticle", "headline": "Another report of that day", "url": $}, '
            '{"@type": "NewsArticle", "headline": "A third report of that day", "mainEntityOfPage": $}, '
            '{"@type": "Person", "@id": $, "name": "Ann Lee", "url": $}, {"@type": $, "@id": $}]}'
        )
    ),
    "name of the site": Places(start="<header><h1><a href='@'>Daily News</a></h1></header>"),
    "headline": Places(headline="<a href='@'>Report on a malformed link</a>"),
    "byline": Places(
        lead="<p class=byline>By <a rel=author href='@'>Ann Lee</a></p>",
        middle="<div class=author><a itemprop=url href='@'><span itemprop=name>Ann Lee</span></a></div>",
    ),
    "author line": Places(lead="<p><a href='@'>Ann Lee</a></p><p>May 4, 2025</p>"),
    "text": Places(middle="<p>The council says so in <a href='@'>a paper</a> of its own, as it has always done.</p>"),
    "images": Places(
        middle="<figure><a href='@'><img src='@' alt=x></a><figcaption>The tower</figcaption></figure>"
        "<img src='/placeholder.gif' data-src='@'><img data-lazy-src='@'><img data-original='@'>"
        "<img srcset='@ 1x, @ 2x' longdesc='@'><picture><source srcset='@'><img data-srcset='@ 800w'></picture>"
        "<video poster='@' src='@'><source src='@'></video><iframe src='@' data-src='@'></iframe><embed src='@'>"
        "<object data='@'></object><blockquote cite='@'><p>x</p></blockquote><q cite='@'>y</q>"
        "<svg><image href='@'/></svg>"
    ),
    "microdata": Places(
        middle="<div itemscope itemtype='@' itemid='@'><link itemprop=mainEntityOfPage href='@'>"
        "<a itemprop=url href='@'>x</a><span itemprop=image itemscope><meta itemprop=url content='@'></span></div>"
    ),
    "pages of the article": Places(
        end="<div class=pagination><a href='@'>1</a><a href='@'>2</a><a rel=next href='@'>Next</a></div>"
        "<nav><a href='@'>2</a> <a href='?page=3'>3</a></nav>"
    ),
    "teasers": Places(
        start="<nav><ul><li><a href='@'>Politics</a><li><a href='@'>Sport</a></ul></nav>",
        end="<section>"
        + "<article><h3><a href='@'>What the council of the town says today</a></h3><img src='@'></article>" * 4
        + "</section><map><area href='@'></map><form action='@'><button formaction='@'>Go</button></form>",
    ),
    "state": Places(
        end='<script id=__NEXT_DATA__ type="application/json">{"props": {"url": $, "canonical": $, "slug": $, '
        '"article": {"url": $, "href": $, "body": [{"type": "image", "src": $, "url": $}, '
        '{"type": "link", "href": $}]}}}'
        "</script><script>window.__INITIAL_STATE__ = {url: $, image: {src: $}};</script>"
    ),
}


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


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


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
        for target in filter(None, (result.pages.next, result.pages.first) if result.pages else ()):
            UrlKeys().url_key(target)


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


RSS = (
    "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/' "
    "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel xml:base='@'><title>News</title>"
    "<link>@</link><atom:link rel='self' href='@'/><atom:link rel='next' href='@'/><image><url>@</url><link>@</link>"
    "</image><item><title>One</title><link>@</link></item><item><title>Two</title><guid>@</guid></item>"
    "<item><title>Three</title><guid isPermaLink='false'>@</guid><comments>@</comments><source url='@'>x</source>"
    "<enclosure url='@' length='@' type='image/png'/><media:content url='@'/><media:thumbnail url='@'/></item>"
    "<item xml:base='@'><title>Four</title><feedburner:origLink>@</feedburner:origLink><link>/a</link></item>"
    "<item><title>A good story</title><link>!</link></item></channel></rss>"
)
ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='@'><title>News</title><id>@</id><link href='@'/>"
    "<link rel='self' href='@'/><link rel='next' href='@'/><logo>@</logo><icon>@</icon><author><uri>@</uri></author>"
    "<entry><title>One</title><id>@</id><link href='@'/><content src='@'/></entry>"
    "<entry xml:base='@'><title>Two</title><link rel='enclosure' href='@'/><link rel='alternate' href='@'/></entry>"
    "<entry><title>A good story</title><link href='!'/></entry></feed>"
)
ITEM = '{"id": $, "url": $, "external_url": $, "image": $, "banner_image": $, "attachments": [{"url": $}], "tags": [$]}'
JSON_FEED = (
    f'{{"version": "https://jsonfeed.org/version/1.1", "home_page_url": $, "feed_url": $, "next_url": $, "icon": $, '
    f'"items": [{ITEM}, {{"id": $}}, {{"external_url": $}}, {{"title": "A good story", "url": "!"}}]}}'
)
SITEMAP = (
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:image='http://www.google.com/schemas/"
    "sitemap-image/1.1' xmlns:xhtml='http://www.w3.org/1999/xhtml'><url><loc>@</loc></url>"
    "<url><loc>/a</loc><image:image><image:loc>@</image:loc></image:image><xhtml:link rel='alternate' href='@'/></url>"
    "<url><loc>!</loc></url></urlset>"
)
INDEX = (
    "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>@</loc></sitemap>"
    "<sitemap><loc>!</loc></sitemap></sitemapindex>"
)
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
        filled = text.replace("!", GOOD).replace("$", json.dumps(url)).replace("@", escape(url))
        assert GOOD in follow(read(encode(filled), f"{SITE}listing.xml"), f"{SITE}listing.xml"), name


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
        page = f"<html><head>{Places(head=head).fill_in(url)['head']}</head><body></body></html>"
        target = find_html_redirect(encode(page), URL, content_type="text/html")
        if target is not None:
            Request(UrlKeys().fetchable(target))


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
