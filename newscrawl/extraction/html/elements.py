"""Derive an element's traits (zone, hidden, menu, byline …) from its tag, class names and roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newscrawl.boilerplate.class_names import NO_MATCH, NameMatch, combine_matches, match_names
from newscrawl.extraction.html.styles import hides_text

# Elements without text, or without prose.
SKIPPED_TAGS = frozenset({
    "script", "style", "svg", "noscript", "template", "iframe", "select", "textarea", "option", "datalist",
    "canvas", "object", "embed", "video", "audio", "map", "title", "meta", "link", "input", "progress",
    "meter", "math", "frame", "frameset", "applet",
})  # fmt: skip
HEAD_TAGS = frozenset({"title", "meta", "link", "script", "style", "noscript", "base", "template"})
INLINE_TAGS = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
ZONE_TAGS = {"nav": "page-frame", "footer": "page-frame", "aside": "aside", "form": "form", "menu": "page-frame",
             "figcaption": "caption", "caption": "caption", "figure": "caption", "dialog": "page-frame",
             "fieldset": "form", "button": "button"}  # fmt: skip
MENU_TAGS = frozenset({"nav", "button"})
MENU_ROLES = frozenset({"navigation", "menu"})
PAGE_TAGS = frozenset({"html", "body"})
"""Their class names describe themes and states, not contents."""
ROLE_ZONES = {"navigation": "page-frame", "search": "page-frame", "contentinfo": "page-frame", "complementary": "aside",
         "dialog": "page-frame", "alertdialog": "page-frame", "banner": "page-frame", "menu": "page-frame",
         "toolbar": "share", "alert": "page-frame", "tablist": "page-frame"}  # fmt: skip
NAME_ATTRIBUTES = ("class", "id", "data-testid", "data-component", "data-qa")
CLASS_ONLY = ("class",)
NAMES = frozenset(NAME_ATTRIBUTES)
ANCHOR_TAGS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li"})
"""Their ids are usually link targets named after the text, so only their classes count."""
DATE_ATTRIBUTES = (
    "data-timestamp", "data-datetime", "data-date", "data-time", "data-published", "data-publish-date",
    "data-published-at", "data-publication-date", "data-pubdate", "data-utime", "data-epoch", "data-unixtime",
    "data-created", "data-created-at",
)  # fmt: skip
SUMMARIES = frozenset({"description", "alternativeHeadline"})
"""Names of summaries in microdata."""
_STAMPS = frozenset(DATE_ATTRIBUTES)
TRAIT_ATTRIBUTES = frozenset({
    *NAME_ATTRIBUTES, *DATE_ATTRIBUTES, "role", "hidden", "style", "itemprop", "property", "rel",
})  # fmt: skip
MAX_ATTRIBUTE = 400
"""Characters; longer values are cut."""

Items = Sequence[tuple[Any, Any]]
"""Attribute names and values. In an HTML tree both are `str`, although lxml's types are wider."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Properties of an element that follow from its tag and attributes alone."""

    meaning: NameMatch = NO_MATCH
    zone: str | None = None
    """Kind of non-article content inside (`related`, `comments`, `caption` …); None if nothing suggests one."""
    is_hidden: bool = False
    is_menu: bool = False
    is_body: bool = False
    """Marked as `articleBody` in microdata."""
    is_date: bool = False
    """Marked as `datePublished` in microdata."""
    is_author: bool = False
    """Marked as an author by microdata or `rel`."""
    is_summary: bool = False
    """Marked as `description` or `alternativeHeadline` in microdata."""
    has_stamp: bool = False
    """Has a data attribute for a date."""
    is_noteworthy: bool = False
    """Needs handling beyond its zone: hidden, menu, date, author or byline."""


PLAIN = Traits()
"""Traits of most elements; compare with `is`."""


def get_traits(tag: str, items: Items = ()) -> Traits:
    """Return the traits of an element. Cached: pages of one site share nearly all of them."""
    # Most elements have no attribute but a class.
    is_filtered = not items or (len(items) == 1 and items[0][0] == "class")
    filtered = items if is_filtered else [item for item in items if item[0] in TRAIT_ATTRIBUTES]
    if not filtered:
        return _compute_tag_traits(tag)
    if len(filtered) == 1 and filtered[0][0] == "class":
        return _compute_class_traits(tag, filtered[0][1][:MAX_ATTRIBUTE])
    # Of stamps only that there is one, so that the cache holds.
    return _compute_traits(tag, *[(name, "" if name in _STAMPS else value[:MAX_ATTRIBUTE]) for name, value in filtered])


@lru_cache(maxsize=1_000)
def _compute_tag_traits(tag: str) -> Traits:
    return _derive_traits(tag, match_names(tag) if "byline" in tag else NO_MATCH)


@lru_cache(maxsize=20_000)
def _compute_class_traits(tag: str, value: str) -> Traits:
    return _compute_traits(tag, ("class", value)) if tag == "figure" else _derive_traits(tag, match_names(value))


@lru_cache(maxsize=20_000)
def _compute_traits(tag: str, *filtered: tuple[str, str]) -> Traits:
    attributes = dict(filtered)
    meaning = _get_meaning(attributes, tag)
    if meaning is NO_MATCH and "byline" in tag:
        # A custom element is named after what it is: <x-byline>.
        meaning = match_names(tag)
    if NAMES.issuperset(attributes) and tag != "figure":
        return _derive_traits(tag, meaning)
    return _derive_traits(tag, meaning, *filtered)


@lru_cache(maxsize=20_000)
def _derive_traits(tag: str, meaning: NameMatch, *filtered: tuple[str, str]) -> Traits:
    """Return the traits of an element whose names have *meaning*; there are few different ones."""
    attributes = dict(filtered)
    item = attributes.get("itemprop") or attributes.get("property", "").rpartition(":")[2]
    is_hidden = tag not in PAGE_TAGS and _is_hidden(attributes)
    is_menu = tag in MENU_TAGS or attributes.get("role") in MENU_ROLES
    is_date = "datePublished" in item.split()
    has_stamp = not _STAMPS.isdisjoint(attributes)
    is_author = not is_date and ("author" in item or "author" in attributes.get("rel", ""))
    # Some themes give dates and authors the class of captions. The contents of an inline element in a zone are skipped.
    is_inline_date = is_date and tag in INLINE_TAGS
    zone = None if is_inline_date and meaning.zone != "byline" else _get_zone(tag, attributes, meaning)
    if is_author and zone == "caption" and tag in INLINE_TAGS:
        zone = "byline"
    traits = Traits(
        meaning=meaning,
        zone=zone,
        is_hidden=is_hidden,
        is_menu=is_menu,
        is_body="articlebody" in item.lower(),
        is_date=is_date,
        is_author=is_author,
        is_summary=item in SUMMARIES,
        has_stamp=has_stamp,
        is_noteworthy=is_hidden or is_menu or is_date or is_author or has_stamp or meaning.zone == "byline",
    )
    return PLAIN if traits == PLAIN else traits


def _get_meaning(attributes: dict[str, str], tag: str) -> NameMatch:
    """Return the combined meaning of class, id and data attributes; earlier attributes take precedence."""
    found = NO_MATCH
    for name in CLASS_ONLY if tag in ANCHOR_TAGS else NAME_ATTRIBUTES:
        if name in attributes:
            meaning = match_names(attributes[name])
            if meaning is not NO_MATCH:
                found = combine_matches(found, meaning)
    return found


def _get_zone(tag: str, attributes: dict[str, str], meaning: NameMatch) -> str | None:
    if tag in PAGE_TAGS:
        return None
    if tag in INLINE_TAGS:
        return meaning.zone
    if tag == "figure":
        names = attributes.get("class", "").lower()
        return None if "table" in names or ("quote" in names and not meaning.zone) else meaning.zone or "caption"
    return meaning.zone or ZONE_TAGS.get(tag) or ROLE_ZONES.get(attributes.get("role", ""))


def _is_hidden(attributes: dict[str, str]) -> bool:
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        # React streams late parts of a page in hidden elements with these ids and moves them into place by script.
        return not attributes.get("id", "").startswith("S:")
    style = attributes.get("style")
    return style is not None and hides_text(style)
