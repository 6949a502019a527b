"""Read feeds: RSS, Atom and RDF through feedparser, and JSON Feed. Pure.

Sources: RSS 2.0 (rssboard.org), RFC 4287 (Atom), RFC 5005 (paging), RSS 1.0, jsonfeed.org/version/1.1.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

import feedparser

from newscrawl.discovery.model import Discovered, Link, LinkKind
from newscrawl.discovery.sources import InvalidUrls, clean_field, clean_title, decompress, resolve_url
from newscrawl.discovery.xml_text import iter_entries, read_xml
from newscrawl.outcomes import TOO_COMPLEX
from newscrawl.urls.classify import is_static
from newscrawl.urls.normalize import same_site
from newscrawl.urls.parse import split_any

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

MAX_JSON_VALUES: Final = 1_000_000
"""Values of a JSON feed, estimated by its punctuation, of up to 230 bytes each. 2,000 entries have some 40,000."""

_ENTRY_END = re.compile(r"</(?:\w{1,20}:)?(?:item|entry)\s{0,9}>")
_CLOSING = {"rss": "</channel></rss>", "feed": "</feed>"}
_REDIRECTOR = re.compile(r"https?://[^/]+/~r/", re.I)
"""Links of FeedBurner, which redirect to the article and count the reader."""
_BASE = re.compile(r"""\s(?:xml:)?base\s{0,9}=\s{0,9}(?:"([^"<]{0,3000})"|'([^'<]{0,3000})')""")
_NEXT_RELATIONS = ("next", "prev-archive")


def read_feed(body: bytes, url: str, *, content_type: str | None = None, limit: int = 2_000) -> Discovered:
    """Return the articles that a feed lists, with their declared metadata, and its next page as a link of kind FEED.

    *url* is the feed's own URL, *content_type* the response header. An entry takes about 0.5 ms; entries after *limit*
    are omitted. If the feed is malformed or entries have invalid URLs, `partial` says so and `links` has what could be
    parsed. A DTD is not processed, and no entity is expanded.
    """
    plain = decompress(body)
    xml = read_xml(plain.body, content_type)
    if xml.text.lstrip()[:1] == "{":
        return _read_json_feed(xml.text, url, limit)
    if not xml.root:
        return Discovered((), plain.partial or "not a feed")
    if xml.rejection is not None:
        return Discovered((), f"feed rejected: {xml.rejection}")
    text, cut = _cut_entries(xml.text, xml.root, limit)
    text = _BASE.sub(_drop_malformed_base, text)
    parsed = _parse_xml(text)
    if parsed.get("bozo"):
        parsed["entries"] = _parse_entries(text, xml.root, limit) or parsed.entries
    base = _get_base(parsed, url)
    invalid = InvalidUrls()
    links = tuple(_unique_links(_iter_links(parsed, base, url, invalid))) + tuple(
        _iter_next_pages(parsed, url, invalid)
    )
    return Discovered(links, invalid.explain(plain.partial or cut or _get_error(parsed, found=bool(links))))


def _cut_entries(text: str, root: str, limit: int) -> tuple[str, str | None]:
    """Return the document cut after *limit* entries, which bounds the cost of a huge feed, and the reason if it was."""
    end = 0
    for number, match in enumerate(_ENTRY_END.finditer(text), 1):
        if number == limit:
            end = match.end()
        elif number > limit:
            return text[:end] + _CLOSING.get(root, ""), f"more than {limit} entries"
    return text, None


def _drop_malformed_base(attribute: re.Match[str]) -> str:
    """Return an `xml:base` as it is, "" for one like "http://[": feedparser resolves all links below it to nothing."""
    return attribute[0] if any(split_any(attribute[1] or attribute[2] or "")) else ""


def _parse_xml(text: str) -> Any:
    """Parse a feed. Its URLs stay as written: feedparser gets no base URL."""
    headers = {"content-type": "application/xml; charset=utf-8"}
    body = io.BytesIO(text.encode("utf-8", "replace"))
    try:
        return feedparser.parse(body, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # Some broken markup makes it fail instead of reporting an error.
        return feedparser.FeedParserDict(
            bozo=True, bozo_exception=error, entries=[], feed=feedparser.FeedParserDict(), version=""
        )


def _parse_entries(text: str, root: str, limit: int) -> list[Any]:
    """Parse a feed with broken markup entry by entry, so that one cannot spoil the others."""
    start = text[: text.find(">") + 1] + ("<channel>" if root == "rss" else "")
    end = _CLOSING.get(root, "")
    parsed = (_parse_xml(f"{start}{entry}{end}") for entry in islice(iter_entries(text, "item|entry"), limit))
    return [entry for one in parsed for entry in one.entries]


def _get_base(parsed: Any, url: str) -> str:
    """Return the URL that links are relative to: the feed's, or the site's where another site serves the feed."""
    home = resolve_url(url, dict.get(parsed.feed, "link"))
    return home if home is not None and not same_site(home, url) else url


def _get_error(parsed: Any, *, found: bool) -> str | None:
    """Return why entries may be missing, or None."""
    if not parsed.get("version") and not found:
        return "not a feed"
    if parsed.entries and not found:
        return f"none of its {len(parsed.entries)} entries has the URL of a page"
    error = parsed.get("bozo_exception")
    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    if not parsed.get("bozo") or isinstance(error, harmless):
        return None
    return f"malformed feed: {clean_field(str(error)) or type(error).__name__}"


def _iter_links(parsed: Any, base: str, url: str, invalid: InvalidUrls) -> Iterator[Link]:
    feed_language = dict.get(parsed.feed, "language")
    dates_are_of_publication = not str(parsed.get("version") or "").startswith("atom")
    for entry in parsed.entries:
        href = _get_entry_url(entry)
        if href is None and any(link.get("href") == "" for link in dict.get(entry, "links", [])):
            # What feedparser makes of "http://[" below an xml:base.
            invalid.reject("")
            continue
        target = _resolve_article(base, href, invalid)
        if target is None or target == url:
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
            headline=clean_title(dict.get(entry, "title")),
            date_published=clean_field(published),
            date_modified=clean_field(updated),
            article_section=terms[0] if terms else None,
            in_language=clean_field(_get_language(entry) or feed_language),
            keywords=terms,
        )


def _resolve_article(url: str, href: str | None, invalid: InvalidUrls) -> str | None:
    """Return *href* resolved against the feed's *url*; None for files, the feed itself and front pages of hosts."""
    target = invalid.resolve(url, href)
    if target is None or is_static(target) or target == url:
        return None
    return target if target.partition("://")[2].partition("/")[2] else None


def _get_entry_url(entry: Any) -> str | None:
    """Return an entry's URL: FeedBurner's `origLink`, else the HTML alternate, the link, or an id that is a URL."""
    original = dict.get(entry, "feedburner_origlink")
    if isinstance(original, str) and original.strip():
        return original
    guid = _get_permalink(entry)
    alternates = [link for link in dict.get(entry, "links", []) if link.get("rel", "alternate") == "alternate"]
    alternates.sort(key=lambda link: "html" not in link.get("type", "text/html"))
    hrefs = [link.get("href") for link in alternates]
    if not dict.get(entry, "guidislink"):
        hrefs.append(dict.get(entry, "link"))
    if guid is not None and any(href and _REDIRECTOR.match(href) for href in hrefs):
        return guid
    return next((href for href in hrefs if isinstance(href, str) and href.strip()), guid)


def _get_permalink(entry: Any) -> str | None:
    """Return the guid or id of an entry if it is a URL; with `isPermaLink="false"` it must be an absolute one."""
    guid = dict.get(entry, "id")
    if not isinstance(guid, str):
        return None
    guid = guid.strip()
    is_path = guid.startswith("/") and dict.get(entry, "guidislink")
    return guid if is_path or guid.lower().startswith(("http://", "https://")) else None


def _get_language(entry: Any) -> object:
    return dict.get(entry, "language") or (dict.get(entry, "title_detail") or {}).get("language")


def _get_categories(entry: Any) -> tuple[str, ...]:
    """Return the names of the categories in order, without duplicates."""
    tags = dict.get(entry, "tags") or []
    return _deduplicate(tag.get("label") or tag.get("term") for tag in tags)


def _deduplicate(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := clean_field(value))))[:50]


def _iter_next_pages(parsed: Any, url: str, invalid: InvalidUrls) -> Iterator[Link]:
    for link in dict.get(parsed.feed, "links", []):
        if link.get("rel") in _NEXT_RELATIONS:
            yield from _follow_next_page(url, link.get("href"), invalid)


def _follow_next_page(url: str, href: str | None, invalid: InvalidUrls) -> Iterator[Link]:
    """Yield the link to the next page of the feed *url*, unless it leads nowhere or to the feed itself."""
    target = resolve_url(url, href)
    if target is not None and target != url:
        yield Link(target, LinkKind.FEED, "pagination")
    elif target is None and href and href.strip():
        invalid.next_page = href.strip()


def _unique_links(links: Iterable[Link]) -> Iterator[Link]:
    seen: set[str] = set()
    for link in links:
        if link.url not in seen:
            seen.add(link.url)
            yield link


def _read_json_feed(text: str, url: str, limit: int) -> Discovered:
    # A lower bound of what json.loads() creates.
    if text.count(",") + text.count("[") + text.count("{") > MAX_JSON_VALUES:
        reason = f"feed rejected: more than {MAX_JSON_VALUES} JSON values"
        return Discovered((), reason, unreadable=TOO_COMPLEX)
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Discovered((), f"malformed JSON feed: {clean_field(str(error))}")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Discovered((), "not a feed")
    language = feed.get("language")
    invalid = InvalidUrls()
    links = [link for item in items[:limit] if (link := _parse_json_item(item, url, language, invalid))]
    links += _follow_next_page(url, _get_string(feed, "next_url"), invalid)
    cut = f"more than {limit} entries" if len(items) > limit else None
    return Discovered(tuple(_unique_links(links)), invalid.explain(cut))


def _parse_json_item(item: object, url: str, feed_language: object, invalid: InvalidUrls) -> Link | None:
    if not isinstance(item, dict):
        invalid.reject(item)
        return None
    named = _get_string(item, "url") or _get_string(item, "external_url") or _get_permalink(item)
    if named is None and (wrong := item.get("url") or item.get("external_url")):
        invalid.reject(wrong)
        return None
    target = _resolve_article(url, named, invalid)
    if target is None:
        return None
    tags = item.get("tags")
    terms = _deduplicate(tags) if isinstance(tags, list) else ()
    return Link(
        url=target,
        kind=LinkKind.ARTICLE,
        source="feed",
        headline=clean_title(item.get("title")),
        date_published=clean_field(item.get("date_published")),
        date_modified=clean_field(item.get("date_modified")),
        article_section=terms[0] if terms else None,
        in_language=clean_field(item.get("language")) or clean_field(feed_language),
        keywords=terms,
    )


def _get_string(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) and value.strip() else None
