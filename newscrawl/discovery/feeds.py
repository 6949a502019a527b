"""Read feeds: RSS, Atom and RDF through feedparser, and JSON Feed. Pure.

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
from newscrawl.discovery.sources import clean_field, decompress, get_rejection_reason, read_prolog, resolve_url, to_utf8
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
"""Usual paths of feeds, most common first."""

_CONTROL_CHARACTERS = bytes(set(range(32)) - set(b"\t\n\r"))
_ENTRY_END = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s{0,9}>")
_CLOSING = {"rss": b"</channel></rss>", "feed": b"</feed>"}
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{2,40})", re.I)
_NEXT_RELATIONS = ("next", "prev-archive")


def read_feed(body: bytes, url: str, *, content_type: str | None = None, limit: int = 2_000) -> Discovered:
    """Return the articles that a feed lists, with their declared metadata, and its next page as a link of kind FEED.

    *url* is the feed's own URL, *content_type* the response header. An entry takes about 0.5 ms; entries after *limit*
    are omitted. If the feed is malformed, `partial` gives the reason and `links` what could be parsed. A feed with a
    DTD is not parsed: it returns a reason and no links.
    """
    plain = decompress(body)
    text = to_utf8(plain.body)
    if text.lstrip()[:1] == b"{":
        return _read_json_feed(text, url, limit)
    start = read_prolog(text)
    reason = get_rejection_reason(start, text)
    if reason is not None:
        return Discovered((), f"feed rejected: {reason}")
    text, cut = _cut_entries(text, start.root, limit)
    parsed = _parse_xml(text, url, content_type)
    links = tuple(_unique_links(_iter_links(parsed, url))) + tuple(_iter_next_pages(parsed, url))
    return Discovered(links, plain.partial or cut or _get_error(parsed, found=bool(links)))


def _cut_entries(body: bytes, root: str, limit: int) -> tuple[bytes, str | None]:
    """Return the document cut after *limit* entries, which bounds the cost of a huge feed, and the reason if it was."""
    end = 0
    for number, match in enumerate(_ENTRY_END.finditer(body), 1):
        if number == limit:
            end = match.end()
        elif number > limit:
            return body[:end] + _CLOSING.get(root, b""), f"more than {limit} entries"
    return body, None


def _parse_xml(body: bytes, url: str, content_type: str | None) -> Any:
    body, charset = _choose_encoding(body, _CHARSET.search(content_type or ""))
    headers = {"content-location": url}
    if charset:
        headers["content-type"] = f"application/xml; charset={charset}"
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )


def _choose_encoding(body: bytes, declared: re.Match[str] | None) -> tuple[bytes, str | None]:
    """Return the body without control characters, and its encoding.

    Bytes that are (nearly) valid UTF-8 are treated as UTF-8, whatever is declared. XML parsers reject control
    characters; they stay only in encodings that use escape sequences (ISO-2022-JP).
    """
    if b"\x1b" in body:
        return body, declared[1] if declared else None
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    if wrong and 2 * wrong > sum(not char.isascii() for char in text):
        return body.translate(None, _CONTROL_CHARACTERS), declared[1] if declared else None
    return text.encode().translate(None, _CONTROL_CHARACTERS), "utf-8"


def _get_error(parsed: Any, *, found: bool) -> str | None:
    """Return why entries may be missing, or None."""
    if not parsed.get("version") and not found:
        return "not a feed"
    error = parsed.get("bozo_exception")
    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    if not parsed.get("bozo") or isinstance(error, harmless):
        return None
    return f"malformed feed: {clean_field(str(error)) or type(error).__name__}"


def _iter_links(parsed: Any, url: str) -> Iterator[Link]:
    feed_language = dict.get(parsed.feed, "language")
    dates_are_of_publication = not str(parsed.get("version") or "").startswith("atom")
    for entry in parsed.entries:
        target = _resolve_article(url, _get_entry_url(entry))
        if target is None:
            continue
        published = dict.get(entry, "published") or dict.get(entry, "created")
        updated = dict.get(entry, "updated")
        if dates_are_of_publication and not published:
            published, updated = updated, None
        terms = _get_categories(entry)
        yield Link(
            url=target,
            kind=LinkKind.ARTICLE,
            source="feed",
            headline=_get_title(entry),
            date_published=clean_field(published),
            date_modified=clean_field(updated),
            article_section=terms[0] if terms else None,
            in_language=clean_field(_get_language(entry) or feed_language),
            keywords=terms,
        )


def _resolve_article(url: str, href: str | None) -> str | None:
    """Return *href* resolved against the feed's *url*; None for files, the feed itself and front pages of hosts."""
    target = resolve_url(url, href)
    if target is None or is_static(target) or target == url:
        return None
    return target if target.partition("://")[2].partition("/")[2] else None


def _get_entry_url(entry: Any) -> str | None:
    """Return an entry's URL: FeedBurner's `origLink`, else the HTML alternate, the link, or an id that is a URL."""
    original = dict.get(entry, "feedburner_origlink")
    if isinstance(original, str) and original.strip():
        return original
    alternates = [link for link in dict.get(entry, "links", []) if link.get("rel", "alternate") == "alternate"]
    alternates.sort(key=lambda link: "html" not in link.get("type", "text/html"))
    for href in (*(link.get("href") for link in alternates), dict.get(entry, "link"), dict.get(entry, "id")):
        if isinstance(href, str) and href.strip() and not href.startswith(("urn:", "tag:")):
            return href
    return None


def _get_title(entry: Any) -> str | None:
    title = dict.get(entry, "title")
    return clean_field(html.unescape(_MARKUP.sub(" ", title[:8_000]))) if isinstance(title, str) else None


def _get_language(entry: Any) -> object:
    return dict.get(entry, "language") or (dict.get(entry, "title_detail") or {}).get("language")


def _get_categories(entry: Any) -> tuple[str, ...]:
    """Return the names of the categories in order, without duplicates."""
    tags = dict.get(entry, "tags") or []
    return _deduplicate(tag.get("label") or tag.get("term") for tag in tags)


def _deduplicate(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := clean_field(value))))[:50]


def _iter_next_pages(parsed: Any, url: str) -> Iterator[Link]:
    for link in dict.get(parsed.feed, "links", []):
        target = resolve_url(url, link.get("href")) if link.get("rel") in _NEXT_RELATIONS else None
        if target is not None and target != url:
            yield Link(target, LinkKind.FEED, "pagination")


def _unique_links(links: Iterable[Link]) -> Iterator[Link]:
    seen: set[str] = set()
    for link in links:
        if link.url not in seen:
            seen.add(link.url)
            yield link


def _read_json_feed(body: bytes, url: str, limit: int) -> Discovered:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Discovered((), f"malformed JSON feed: {clean_field(str(error))}")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Discovered((), "not a feed")
    language = feed.get("language")
    links = [
        link for item in items[:limit] if isinstance(item, dict) and (link := _parse_json_item(item, url, language))
    ]
    next_page = _get_string(feed, "next_url")
    target = resolve_url(url, next_page)
    if target is not None and target != url:
        links.append(Link(target, LinkKind.FEED, "pagination"))
    return Discovered(tuple(_unique_links(links)), f"more than {limit} entries" if len(items) > limit else None)


def _parse_json_item(item: dict[str, Any], url: str, feed_language: object) -> Link | None:
    href = _get_string(item, "url") or _get_string(item, "external_url") or _get_string(item, "id")
    target = _resolve_article(url, href) if href and (href.startswith("/") or "://" in href) else None
    if target is None:
        return None
    tags = item.get("tags")
    terms = _deduplicate(tags) if isinstance(tags, list) else ()
    return Link(
        url=target,
        kind=LinkKind.ARTICLE,
        source="feed",
        headline=clean_field(item.get("title")),
        date_published=clean_field(item.get("date_published")),
        date_modified=clean_field(item.get("date_modified")),
        article_section=terms[0] if terms else None,
        in_language=clean_field(item.get("language")) or clean_field(feed_language),
        keywords=terms,
    )


def _get_string(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) and value.strip() else None
