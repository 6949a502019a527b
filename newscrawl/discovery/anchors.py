"""Where an anchor stands on its page, and what it says. Pure."""

from __future__ import annotations

from typing import Final

from lxml import etree

from newscrawl.discovery.score import within
from newscrawl.discovery.sources import one_line

_INLINE: Final = frozenset(
    ["abbr", "b", "cite", "em", "font", "i", "mark", "q", "small", "strong", "sub", "sup", "u", "wbr"]
)
_CODE: Final = frozenset(["style", "script", "noscript"])


def place_of(element: etree._Element, places: dict[etree._Element, int]) -> int:
    """Give the place of *element*, remembering that of each element above it, so that a page is climbed once."""
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
            place = within(tag, f"{names} {own}" if own else names, place)
        places[node] = place
    return place


def anchor_text(element: etree._Element) -> tuple[str, bool]:
    """Give an anchor's text on one line, that of the heading inside it where there is one, and whether there is."""
    heading: etree._Element | None = None
    if len(element) == 0:
        text = element.text or ""
    else:
        heading = next(element.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
        text = _spaced_text(element if heading is None else heading)
    if not text.strip():
        text = element.get("title") or element.get("aria-label") or ""
    return one_line(text) or "", heading is not None


def stands_in_sentence(element: etree._Element) -> bool:
    """Tell an anchor in running text, whose words are no headline, from one that fills its paragraph."""
    parent = element.getparent()
    if parent is not None and parent.tag in _INLINE:
        element, parent = parent, parent.getparent()
    if parent is None or parent.tag != "p":
        return False
    return len((element.tail or "").strip()) > 2 or len((parent.text or "").strip()) > 2


def _spaced_text(element: etree._Element) -> str:
    """Give the text inside *element* without code, with a space where a part other than emphasis begins or ends."""
    parts: list[str] = []
    for node in element.iter():
        if isinstance(node.tag, str) and node.tag not in _CODE and node.text:
            parts.append(node.text if node.tag in _INLINE else f" {node.text}")
        if node is not element and node.tail:
            parts.append(node.tail if node.tag in _INLINE else f" {node.tail}")
    return "".join(parts)
