"""A malformed number, date, reference or charset, wherever a page or a listing has it, costs nothing but itself."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from protego import Protego

from newscrawl.archives.model import parse_datetime
from newscrawl.discovery.robotstxt import fix_robotstxt
from newscrawl.discovery.selection import select_links
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.html.redirects import find_html_redirect
from newscrawl.fields.dates import EARLIEST, FUTURE_TOLERANCE
from newscrawl.items import Article
from newscrawl.scheduling.backoff import MAX_COOLDOWN, parse_retry_after
from newscrawl.scheduling.validators import is_credible
from newscrawl.workers.tasks import PageInput, extract_article, read_feed, read_section, read_sitemap
from tests.hostile.malformed import CHARSETS, MALFORMED_DATES, MALFORMED_NUMBERS
from tests.hostile.malformed_places import encode, fill_in
from tests.hostile.pages import article, sentences
from tests.support.paths import ROOT

NAME = "a malformed value"
SITE = "https://example.org/"
URL = "https://example.org/2026/11/20/report-on-a-malformed-value"
GOOD = "https://example.org/2026/11/20/a-good-story-of-this-day"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
numbers = pytest.mark.parametrize("number", MALFORMED_NUMBERS.values(), ids=MALFORMED_NUMBERS)
dates = pytest.mark.parametrize("date", MALFORMED_DATES.values(), ids=MALFORMED_DATES)
charsets = pytest.mark.parametrize("charset", CHARSETS, ids=[ascii(charset[:20]) for charset in CHARSETS])


def extract(rules: ExtractionRules | None = None, **parts: str) -> Article:
    """Return the article of a page, which must have its text."""
    page = PageInput(encode(article(NAME, **parts)), URL, NOW, "text/html", rules or ExtractionRules())
    found = extract_article(page).article
    assert found is not None
    assert found.headline == f"Report on {NAME}"
    assert [text for text in sentences(NAME) if text not in (found.article_body or "")] == []
    return found


META_NUMBERS = ("og:image:width", "og:image:height", "twitter:data1", "article:word_count", "viewport", "theme-color")
NUMBERS = {
    "head": "".join(f"<meta property='{name}' content='@'><meta name='{name}' content='@'>" for name in META_NUMBERS)
    + "<script type='application/ld+json'>"
    '{"@type": "NewsArticle", "headline": "Report on a malformed value", "wordCount": $, "commentCount": $, '
    '"isAccessibleForFree": $, "position": $, "timeRequired": $, "image": {"url": "/a.png", "width": $, "height": $}}'
    "</script><style>.a { width: @px; left: -@px; font-size: @em }</style>",
    "lead": "<p>@ min read</p><p><span>@</span> comments</p>",
    "middle": "<figure><img src='/a.png' width='@' height='@'><figcaption>@</figcaption></figure>"
    "<img src='/b.png' width='@px' height='@px' data-width='@'><p style='position:absolute;left:-@px;width:@px'></p>"
    "<ol start='@'><li value='@'>The first of them</li></ol><div role=heading aria-level='@' tabindex='@'></div>"
    "<table><tr><td colspan='@' rowspan='@'>Votes of the council</td><td>Seats</td></tr></table>"
    "<time datetime='@'>@</time><video width='@' height='@' src='/a.mp4'></video><font size='@'>x</font>",
    "end": "<div class=pagination><a href='?page=@'>@</a><a href='/page/@'>@</a><a href='?p=@'>Next</a></div>"
    "<script id=__NEXT_DATA__ type='application/json'>"
    '{"article": {"id": $, "words": $, "body": [{"type": "heading", "level": $, "text": "x"}, {"type": $}]}}</script>'
    "<script>window.__STATE__ = {a: @, b: [@, -@], c: {d: +@}};</script>",
}


@numbers
def test_article_is_extracted_whatever_its_numbers_are(number: str) -> None:
    found = extract(**{part: fill_in(text, number) for part, text in NUMBERS.items()})
    assert {image.url for image in found.images} <= {f"{SITE}a.png", f"{SITE}b.png"}


@numbers
def test_numbers_of_listings_cost_no_entry(number: str) -> None:
    rss = (
        "<rss version='@'><channel><ttl>@</ttl><skipHours><hour>@</hour></skipHours><item><title>A good story</title>"
        f"<link>{GOOD}</link><enclosure url='/a.mp3' length='@' type='audio/mpeg'/><guid isPermaLink='@'>@</guid>"
        "<slash:comments>@</slash:comments><itunes:duration>@</itunes:duration><thr:total>@</thr:total>"
        "<media:content url='/a.png' width='@' height='@' fileSize='@' duration='@'/><geo:lat>@</geo:lat>"
        "<georss:point>@ @</georss:point></item></channel></rss>"
    )
    feed = f'{{"version": $, "items": [{{"id": $, "url": "{GOOD}", "attachments": [{{"size_in_bytes": $}}]}}]}}'
    sitemap = f"<urlset><url><loc>{GOOD}</loc><priority>@</priority><changefreq>@</changefreq></url></urlset>"
    for read, text in ((read_feed, rss), (read_feed, feed), (read_sitemap, sitemap)):
        found = read(encode(fill_in(text, number)), f"{SITE}listing.xml")
        assert GOOD in [link.url for link in found.links]


@numbers
def test_numbers_of_robotstxt_cost_no_rule(number: str) -> None:
    text = (
        f"User-agent: *\nCrawl-delay: {number}\nRequest-rate: {number}/{number}s {number}-{number}\n"
        f"Visit-time: {number}-{number}\nDisallow: /private/\n"
    )
    parser = Protego.parse(fix_robotstxt(encode(text), f"{SITE}robots.txt", "newscrawl").decode())
    assert not parser.can_fetch(f"{SITE}private/", "newscrawl")
    float(parser.crawl_delay("newscrawl") or 0)


@numbers
def test_delay_of_a_refresh_may_be_anything(number: str) -> None:
    page = f"<meta http-equiv=refresh content='{escape(number)}; url=/a'><script>setTimeout('location = 1', {number})"
    assert find_html_redirect(encode(page), URL, content_type="text/html") in (None, f"{SITE}a")


@numbers
@pytest.mark.parametrize("form", ["&#{};", "&#x{};", "&#{}", "&amp;#{};", "&amp;amp;#{};"])
def test_reference_to_no_character_costs_nothing(form: str, number: str) -> None:
    text = form.format(number)
    data = {
        "@type": "NewsArticle",
        "headline": "Report on a malformed value",
        "alternativeHeadline": text,
        "description": f"What {text} means",
        "author": {"name": f"Ann Lee {text}"},
        "keywords": [text],
        "articleBody": f"&lt;p&gt;The council {text} met.&lt;/p&gt;",
    }
    block = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    extract(
        head=f"{block}<meta property='og:description' content='{text}'><meta name=author content='Ann {text}'>",
        middle=f"<p>{text}</p><p><a href='/a?b={text}' title='{text}'>The paper of the council</a></p>",
    )
    rss = f"<rss><channel><item><title>A good {text} story</title><description>{text}</description><link>{GOOD}</link>"
    sitemap = f"<urlset><url><loc>{GOOD}</loc><news:news><news:title>{text}</news:title></news:news></url>"
    bad = f"<url><loc>/a?b={text}</loc></url></urlset>"
    for found in (
        read_feed(encode(f"{rss}</item><item><link>/a?b={text}</link></item></channel></rss>"), f"{SITE}feed"),
        read_feed(encode(json.dumps({"version": "x", "items": [{"url": GOOD, "title": text}]})), f"{SITE}feed"),
        read_sitemap(encode(sitemap + bad), f"{SITE}map.xml"),
    ):
        assert GOOD in [link.url for link in found.links]


META_DATES = (
    "article:published_time",
    "article:modified_time",
    "date",
    "pubdate",
    "last-modified",
    "dc.date",
    "timestamp",
)
DATES = {
    "head": "".join(f"<meta property='{name}' content='@'><meta name='{name}' content='@'>" for name in META_DATES)
    + "<script type='application/ld+json'>"
    '{"@type": "NewsArticle", "headline": "Report on a malformed value", "datePublished": $, "dateModified": $, '
    '"dateCreated": $, "uploadDate": $, "liveBlogUpdate": [{"datePublished": $, "articleBody": "x"}]}</script>'
    "<meta itemprop=datePublished content='@'>",
    "lead": "<p class=date>@</p><time datetime='@'>@</time><p>Published: @ | Updated: @</p>",
    "middle": "<time datetime='@' pubdate>@</time><p>The council met on @ in the town hall, as it had said.</p>",
    "end": "<footer>© @ <time>@</time></footer>",
}


@dates
def test_article_is_extracted_whatever_its_dates_are(date: str) -> None:
    parts = {part: fill_in(text, date) for part, text in DATES.items()}
    for zone, language in ((None, None), ("Asia/Tokyo", "ja"), ("America/Los_Angeles", "fa"), (None, "th")):
        found = extract(ExtractionRules(time_zone=zone, language=language), **parts)
        assert found.date_published is None or found.date_published <= NOW + timedelta(days=1)


@dates
def test_dates_of_listings_cost_no_entry(date: str) -> None:
    rss = (
        f"<rss version='2.0'><channel><pubDate>@</pubDate><lastBuildDate>@</lastBuildDate><item><link>{GOOD}</link>"
        "<title>A good story</title><pubDate>@</pubDate><dc:date>@</dc:date><expirationDate>@</expirationDate>"
        "<dcterms:modified>@</dcterms:modified></item></channel></rss>"
    )
    atom = (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><updated>@</updated><entry><title>A good story</title>"
        f"<link href='{GOOD}'/><published>@</published><updated>@</updated><created>@</created></entry></feed>"
    )
    feed = f'{{"version": "x", "items": [{{"url": "{GOOD}", "date_published": $, "date_modified": $}}]}}'
    sitemap = (
        f"<urlset><url><loc>{GOOD}</loc><lastmod>@</lastmod><news:news><news:publication_date>@</news:publication_date>"
        "</news:news></url></urlset>"
    )
    for read, text in ((read_feed, rss), (read_feed, atom), (read_feed, feed), (read_sitemap, sitemap)):
        found = read(encode(fill_in(text, date)), f"{SITE}listing.xml")
        followed = select_links(found.links, site_url=SITE, now=NOW).followed
        assert GOOD in [link.url for link in followed]


@dates
def test_dates_of_headers_and_archives_are_read_or_ignored(date: str) -> None:
    seconds = parse_retry_after(encode(date), NOW)
    assert seconds is None or 0 <= seconds <= MAX_COOLDOWN
    for newest in (None, NOW, EARLIEST, NOW + FUTURE_TOLERANCE):
        assert is_credible(date, newest) in (True, False)
    found = parse_datetime(date)
    assert found is None or found.tzinfo is UTC


@numbers
def test_numbers_of_headers_are_read_or_ignored(number: str) -> None:
    seconds = parse_retry_after(encode(number), NOW)
    assert seconds is None or 0 <= seconds <= MAX_COOLDOWN
    assert not is_credible(number, NOW)


OTHER_LETTERS = ("cp037", "ebcdic-us")
"""Encodings in which no markup is ASCII; a header that declares one of them is believed."""


@charsets
def test_charset_of_a_page_may_be_anything(charset: str) -> None:
    text = "<p>Über die Brücke gehen am Abend viele Leute, auch wenn es regnet.</p>"
    ways = {
        "meta": f"<meta charset='{escape(charset)}'>",
        "equiv": f"<meta http-equiv=content-type content='text/html; charset={escape(charset)}'>",
        "declaration": f"<?xml version='1.0' encoding='{escape(charset)}'?>",
        "header": "",
    }
    for way, declaration in ways.items():
        page = article(NAME, charset=declaration, middle=text)
        for body in (encode(page), page.encode("cp1252", "replace")):
            header = f"text/html; charset={charset}" if way == "header" else "text/html"
            result = extract_article(PageInput(body, URL, NOW, header))
            if charset not in OTHER_LETTERS:
                assert result.article is not None
                assert sentences(NAME)[0] in (result.article.article_body or "")
            read_section(PageInput(body, SITE, NOW, header))


@charsets
def test_charset_of_a_listing_may_be_anything(charset: str) -> None:
    start = f"<?xml version='1.0' encoding='{escape(charset)}'?>"
    rss = f"{start}<rss version='2.0'><channel><item><title>Brücke</title><link>{GOOD}</link></item></channel></rss>"
    sitemap = f"{start}<urlset><url><loc>{GOOD}</loc><x>ü</x></url></urlset>"
    for text in (rss, sitemap):
        for body in (encode(text), text.encode("cp1252", "replace")):
            for header in (None, f"application/xml; charset={charset}"):
                found = (
                    read_feed(body, f"{SITE}feed", content_type=header)
                    if text is rss
                    else read_sitemap(body, f"{SITE}map")
                )
                if charset not in OTHER_LETTERS:
                    assert GOOD in [link.url for link in found.links]


@pytest.mark.parametrize(
    ("names", "allowed"),
    [
        ("urlsplit|urlparse|urljoin|urldefrag", {"urls/parse.py", "changefeed/http.py", "storage/engine.py"}),
        (r"html import .*\bunescape|html\.unescape", {"text/references.py"}),
        ("parsedate_to_datetime", {"text/moments.py", "fields/dates.py"}),
        ("html_to_unicode", set()),
    ],
)
def test_functions_that_raise_for_what_sites_write_are_called_in_one_place(names: str, allowed: set[str]) -> None:
    """Others call `split_any` and `join`, `references.unescape`, `parse_http_date` and `find_text_encoding`."""
    found = {
        path.relative_to(ROOT / "newscrawl").as_posix()
        for path in (ROOT / "newscrawl").rglob("*.py")
        if re.search(rf"\b(?:{names})\b", path.read_text(encoding="utf-8"))
    }
    assert found == allowed
