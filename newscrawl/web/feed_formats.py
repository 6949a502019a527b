"""Write search results as Atom (RFC 4287) and as JSON Feed 1.1."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

ATOM = "http://www.w3.org/2005/Atom"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""`updated` of a feed without entries."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a feed."""

    id: int
    site: str
    url: str | None
    """Of the publisher; None if it is none that a link may lead to."""
    headline: str
    summary: str
    authors: Sequence[str]
    section: str | None
    language: str | None
    published: datetime | None
    updated: datetime

    @property
    def uri(self) -> str:
        """The same for each version of the article, in every feed."""
        return uuid5(NAMESPACE_URL, f"newscrawl:{self.site}:{self.id}").urn


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of results."""

    title: str
    query: str
    """The search in words of its parameters; the same for every page and format."""
    home: str
    this: str
    next: str | None
    entries: Sequence[Entry]

    @property
    def uri(self) -> str:
        return uuid5(NAMESPACE_URL, f"newscrawl:search:{self.query}").urn

    @property
    def updated(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=NEVER)


def write_atom(feed: Feed) -> bytes:
    """Return *feed* as an Atom document; its next page is linked as RFC 5005 has it."""
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    _add(root, "id", feed.uri)
    _add(root, "title", feed.title)
    _add(root, "updated", _write_time(feed.updated))
    _add(root, "generator", "newscrawl")
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.this)
    _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    if feed.next is not None:
        _add(root, "link", rel="next", type="application/atom+xml", href=feed.next)
    for entry in feed.entries:
        _add_entry(root, entry)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_entry(root: ElementTree.Element, entry: Entry) -> None:
    element = _add(root, "entry")
    if entry.language:
        element.set("xml:lang", _clean(entry.language))
    _add(element, "id", entry.uri)
    _add(element, "title", entry.headline)
    _add(element, "updated", _write_time(entry.updated))
    if entry.published is not None:
        _add(element, "published", _write_time(entry.published))
    for name in entry.authors or [entry.site]:
        _add(_add(element, "author"), "name", name)
    if entry.section:
        _add(element, "category", term=entry.section)
    _add(element, "summary", entry.summary, type="text")
    if entry.url is not None:
        _add(element, "link", rel="alternate", href=entry.url)
    else:
        _add(element, "content", entry.summary, type="text")


def write_json_feed(feed: Feed) -> bytes:
    """Return *feed* as a JSON Feed document."""
    values: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.this,
        "items": [_make_item(entry) for entry in feed.entries],
    }
    if feed.next is not None:
        values["next_url"] = feed.next
    return json.dumps(values, ensure_ascii=False).encode()


def _make_item(entry: Entry) -> dict[str, Any]:
    item = {
        "id": entry.uri,
        "url": entry.url,
        "title": entry.headline,
        "content_text": entry.summary or entry.headline,
        "authors": [{"name": name} for name in entry.authors] or None,
        "tags": [entry.section] if entry.section else None,
        "language": entry.language,
        "date_published": entry.published and _write_time(entry.published),
        "date_modified": _write_time(entry.updated),
    }
    return {name: value for name, value in item.items() if value is not None}


def _add(parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    cleaned = {name: _clean(value) for name, value in attributes.items()}
    element = ElementTree.SubElement(parent, tag, cleaned)
    element.text = None if text is None else _clean(text)
    return element


def _clean(text: str) -> str:
    """Return *text* without characters that XML cannot have."""
    return _NOT_XML.sub("", text)


def _write_time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment.year >= 1000 else "1000-01-01T00:00:00Z"
