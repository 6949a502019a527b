"""Feeds: RSS, Atom and RDF through feedparser, and JSON Feed. Pure.

Sources: RSS 2.0 (rssboard.org), RFC 4287 (Atom), RFC 5005 (paging), RSS 1.0, jsonfeed.org/version/1.1.
"""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import feedparser

from newscrawl.discovery.model import Discovered, Link, LinkKind
from newscrawl.discovery.sources import absolute, decompress, one_line, prolog, rejection_reason, to_utf8
from newscrawl.urls.classify import is_static

FEED_PATHS: Final = (
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feeds",
    "/rss/index.xml",
    "/feed/rss",
    "/news/rss",
    "/news/feed",
    "/en/rss.xml",
    "/?feed=rss2",
    "/feeds/posts/default",
    "/feed.json",
)
"""Usual paths of feeds, the most frequent first."""

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_ENTRY_END = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s{0,9}>")
_CLOSING = {"rss": b"</channel></rss>", "feed": b"</feed>"}
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{2,40})", re.I)
_NEXT_RELATIONS = ("next", "prev-archive")


def read_feed(body: bytes, url: str, *, content_type: str | None = None, limit: int = 2_000) -> Discovered:
    """Return the articles of a feed with their declared metadata, and its next page as a link of kind FEED.

    *url* is where the feed was fetched, *content_type* the header of that response. An entry takes about 0.5 ms;
    entries after *limit* are dropped. Of a malformed feed the readable entries are returned, and `partial` gives the
    reason; of a feed with a DTD only the reason.
    """
    decompressed = decompress(body)
    text = to_utf8(decompressed.body)
    if text.lstrip()[:1] == b"{":
        return _read_json_feed(text, url, limit)
    start = prolog(text)
    reason = rejection_reason(start, text)
    if reason is not None:
        return Discovered((), f"feed rejected: {reason}")
    text, cut = _first_entries(text, start.root, limit)
    parsed = _parse(text, url, content_type)
    links = tuple(_unique(_entry_links(parsed, url))) + tuple(_next_pages(parsed, url))
    return Discovered(links, decompressed.partial or cut or _damage(parsed, found=bool(links)))


def _first_entries(body: bytes, root: str, limit: int) -> tuple[bytes, str | None]:
    """Cut the document after *limit* entries, so that a huge feed costs no more than a long one."""
    end = 0
    for number, match in enumerate(_ENTRY_END.finditer(body), 1):
        if number == limit:
            end = match.end()
        elif number > limit:
            return body[:end] + _CLOSING.get(root, b""), f"more than {limit} entries"
    return body, None


def _parse(body: bytes, url: str, content_type: str | None) -> Any:
    body, charset = _clean(body, _CHARSET.search(content_type or ""))
    headers = {"content-location": url}
    if charset:
        headers["content-type"] = f"application/xml; charset={charset}"
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )


def _clean(body: bytes, declared: re.Match[str] | None) -> tuple[bytes, str | None]:
    """Return the body and its encoding: (nearly) valid UTF-8 is UTF-8, whatever is declared.

    Control characters, which no XML parser accepts, are removed unless the encoding itself uses them.
    """
    if b"\x1b" in body:
        return body, declared[1] if declared else None
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    if wrong and 2 * wrong > sum(not char.isascii() for char in text):
        return body.translate(None, _CONTROLS), declared[1] if declared else None
    return text.encode().translate(None, _CONTROLS), "utf-8"


def _damage(parsed: Any, *, found: bool) -> str | None:
    """Return why entries may be missing, or None."""
    if not parsed.get("version") and not found:
        return "not a feed"
    error = parsed.get("bozo_exception")
    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    if not parsed.get("bozo") or isinstance(error, harmless):
        return None
    return f"malformed feed: {one_line(str(error)) or type(error).__name__}"


def _entry_links(parsed: Any, url: str) -> Iterator[Link]:
    feed_language = dict.get(parsed.feed, "language")
    is_publication_date = not str(parsed.get("version") or "").startswith("atom")
    for entry in parsed.entries:
        target = _article_url(url, _entry_href(entry))
        if target is None:
            continue
        published = dict.get(entry, "published") or dict.get(entry, "created")
        updated = dict.get(entry, "updated")
        if is_publication_date and not published:
            published, updated = updated, None
        terms = _terms(entry)
        yield Link(
            url=target,
            kind=LinkKind.ARTICLE,
            source="feed",
            headline=_title(entry),
            date_published=one_line(published),
            date_modified=one_line(updated),
            article_section=terms[0] if terms else None,
            in_language=one_line(_language(entry) or feed_language),
            keywords=terms,
        )


def _article_url(url: str, href: str | None) -> str | None:
    """Resolve *href* against the feed's *url*; None for a static file, the feed itself and the front page of a host."""
    target = absolute(url, href)
    if target is None or is_static(target) or target == url:
        return None
    return target if target.partition("://")[2].partition("/")[2] else None


def _entry_href(entry: Any) -> str | None:
    """Return the URL of an entry: FeedBurner's original link, the HTML alternate, link, or an id that is a URL."""
    original = dict.get(entry, "feedburner_origlink")
    if isinstance(original, str) and original.strip():
        return original
    alternates = [link for link in dict.get(entry, "links", []) if link.get("rel", "alternate") == "alternate"]
    alternates.sort(key=lambda link: "html" not in link.get("type", "text/html"))
    for href in (*(link.get("href") for link in alternates), dict.get(entry, "link"), dict.get(entry, "id")):
        if isinstance(href, str) and href.strip() and not href.startswith(("urn:", "tag:")):
            return href
    return None


def _title(entry: Any) -> str | None:
    title = dict.get(entry, "title")
    return one_line(html.unescape(_MARKUP.sub(" ", title[:8_000]))) if isinstance(title, str) else None


def _language(entry: Any) -> object:
    return dict.get(entry, "language") or (dict.get(entry, "title_detail") or {}).get("language")


def _terms(entry: Any) -> tuple[str, ...]:
    """Return the names of the categories, in order and without duplicates."""
    tags = dict.get(entry, "tags") or []
    return _distinct(tag.get("label") or tag.get("term") for tag in tags)


def _distinct(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := one_line(value))))[:50]


def _next_pages(parsed: Any, url: str) -> Iterator[Link]:
    for link in dict.get(parsed.feed, "links", []):
        target = absolute(url, link.get("href")) if link.get("rel") in _NEXT_RELATIONS else None
        if target is not None and target != url:
            yield Link(target, LinkKind.FEED, "pagination")


def _unique(links: Iterable[Link]) -> Iterator[Link]:
    seen: set[str] = set()
    for link in links:
        if link.url not in seen:
            seen.add(link.url)
            yield link


def _read_json_feed(body: bytes, url: str, limit: int) -> Discovered:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Discovered((), f"malformed JSON feed: {one_line(str(error))}")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Discovered((), "not a feed")
    language = feed.get("language")
    links = [link for item in items[:limit] if isinstance(item, dict) and (link := _json_link(item, url, language))]
    next_page = _string(feed, "next_url")
    target = absolute(url, next_page)
    if target is not None and target != url:
        links.append(Link(target, LinkKind.FEED, "pagination"))
    return Discovered(tuple(_unique(links)), f"more than {limit} entries" if len(items) > limit else None)


def _json_link(item: dict[str, Any], url: str, feed_language: object) -> Link | None:
    href = _string(item, "url") or _string(item, "external_url") or _string(item, "id")
    target = _article_url(url, href) if href and (href.startswith("/") or "://" in href) else None
    if target is None:
        return None
    tags = item.get("tags")
    terms = _distinct(tags) if isinstance(tags, list) else ()
    return Link(
        url=target,
        kind=LinkKind.ARTICLE,
        source="feed",
        headline=one_line(item.get("title")),
        date_published=one_line(item.get("date_published")),
        date_modified=one_line(item.get("date_modified")),
        article_section=terms[0] if terms else None,
        in_language=one_line(item.get("language")) or one_line(feed_language),
        keywords=terms,
    )


def _string(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) and value.strip() else None
