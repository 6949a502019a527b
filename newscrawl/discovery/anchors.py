"""Determine an anchor's place on the page and its text. Pure."""

from __future__ import annotations

from typing import Final

from lxml import etree

from newscrawl.discovery.score import get_place_inside
from newscrawl.discovery.sources import clean_field

_INLINE: Final = frozenset(
    ["abbr", "b", "cite", "em", "font", "i", "mark", "q", "small", "strong", "sub", "sup", "u", "wbr"]
)
_CODE: Final = frozenset(["style", "script", "noscript"])


def get_place(element: etree._Element, places: dict[etree._Element, int]) -> int:
    """Return the place flags of *element* (see `score`). *places* caches those of its ancestors."""
    unknown = []
    node: etree._Element | None = element
    while node is not None and node not in places:
        unknown.append(node)
        node = node.getparent()
    place = places[node] if node is not None else 0
    for node in reversed(unknown):
        tag = str(node.tag)
        if tag not in ("html", "body"):
            names = node.get("class") or ""
            own = node.get("id")
            place = get_place_inside(tag, f"{names} {own}" if own else names, place)
        places[node] = place
    return place


def get_anchor_text(element: etree._Element) -> tuple[str, bool]:
    """Return the anchor's text on one line and whether it comes from a heading inside the anchor."""
    heading: etree._Element | None = None
    if len(element) == 0:
        text = element.text or ""
    else:
        heading = next(element.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
        text = _spaced_text(element if heading is None else heading)
    if not text.strip():
        text = element.get("title") or element.get("aria-label") or ""
    return clean_field(text) or "", heading is not None


def is_in_sentence(element: etree._Element) -> bool:
    """Return whether the anchor is part of a sentence, so that its text is not a headline."""
    parent = element.getparent()
    if parent is not None and parent.tag in _INLINE:
        element, parent = parent, parent.getparent()
    if parent is None or parent.tag != "p":
        return False
    return len((element.tail or "").strip()) > 2 or len((parent.text or "").strip()) > 2


def _spaced_text(element: etree._Element) -> str:
    """Return the text inside *element* without scripts and styles, with spaces around all but inline elements."""
    parts: list[str] = []
    for node in element.iter():
        if isinstance(node.tag, str) and node.tag not in _CODE and node.text:
            parts.append(node.text if node.tag in _INLINE else f" {node.text}")
        if node is not element and node.tail:
            parts.append(node.tail if node.tag in _INLINE else f" {node.tail}")
    return "".join(parts)
