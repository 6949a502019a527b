"""The places in which pages and listings have URLs, to be filled with malformed ones. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape

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
        return {part: fill_in(getattr(self, part), url) for part in PARTS}


def meta(*names: str) -> str:
    return "".join(f"<meta property='{name}' content='@'><meta name='{name}' content='@'>" for name in names)


def linked_data(text: str) -> str:
    return f"<script type='application/ld+json'>{text}</script>"


ARTICLE = '"@type": "NewsArticle", "headline": "Report on a malformed link"'
PLACES = {
    "base": Places(head="<base href='@'>", end="<p><a href='/other'>Other</a> <a href='other'>another</a></p>"),
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
"""Name of a place -> parts of a page."""


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def fill_in(text: str, url: str) -> str:
    """Return *text* with *url* for `@` in markup, and for `$` as a JSON string."""
    forms = {"$": json.dumps(url).replace("<", "\\u003c"), "@": escape(url)}
    return re.sub("[$@]", lambda match: forms[match[0]], text)


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
