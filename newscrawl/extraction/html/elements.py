"""What an element says of itself: by its tag, its names and its roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newscrawl.boilerplate.names import NOTHING, Meaning, meaning_of, merged

# What holds no text of the page, or none that is prose.
SKIPPED = frozenset({
    "script", "style", "svg", "noscript", "template", "iframe", "select", "textarea", "option", "datalist",
    "canvas", "object", "embed", "video", "audio", "map", "title", "meta", "link", "input", "progress",
    "meter", "math", "frame", "frameset", "applet",
})  # fmt: skip
OF_HEAD = frozenset({"title", "meta", "link", "script", "style", "noscript", "base", "template"})
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
ZONE_TAGS = {"nav": "page-frame", "footer": "page-frame", "aside": "aside", "form": "form", "menu": "page-frame",
             "figcaption": "caption", "caption": "caption", "figure": "caption", "dialog": "page-frame",
             "fieldset": "form", "button": "button"}  # fmt: skip
MENUS = frozenset({"nav", "button"})
MENU_ROLES = frozenset({"navigation", "menu"})
FRAME = frozenset({"html", "body"})
"""The whole page: its names tell of themes and states, not of what it holds."""
ROLES = {"navigation": "page-frame", "search": "page-frame", "contentinfo": "page-frame", "complementary": "aside",
         "dialog": "page-frame", "alertdialog": "page-frame", "banner": "page-frame", "menu": "page-frame",
         "toolbar": "share", "alert": "page-frame", "tablist": "page-frame"}  # fmt: skip
NAME_ATTRIBUTES = ("class", "id", "data-testid", "data-component", "data-qa")
CLASS_ONLY = ("class",)
NAMES = frozenset(NAME_ATTRIBUTES)
ANCHORED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li"})
"""Their ids are targets for links, named after the text."""
TELLING = frozenset({*NAME_ATTRIBUTES, "role", "hidden", "style", "itemprop", "property", "rel"})
MAX_ATTRIBUTE = 400
"""Of longer values the beginning is read."""

Items = Sequence[tuple[Any, Any]]
"""Names and values of attributes. In an HTML tree they are text, whatever lxml's types say."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What follows from an element's tag and attributes alone."""

    meaning: Meaning = NOTHING
    zone: str | None = None
    """Why what is inside is not the article's."""
    is_hidden: bool = False
    is_menu: bool = False
    is_body: bool = False
    """Marked up as the article's body in microdata."""
    is_date: bool = False
    """Marked up as the date of publication."""
    is_author: bool = False
    """Marked up as an author."""
    is_noteworthy: bool = False
    """Whether more follows than what its text belongs to: it is hidden, a menu, a date or a byline."""


PLAIN = Traits()
"""Those of most inline elements."""


def traits_of(tag: str, items: Items = ()) -> Traits:
    """What an element's tag and attributes say. Pages of one site share nearly all of them."""
    stated = telling(items) if items else items
    if not stated:
        return _read(tag)
    if len(stated) == 1:
        name, value = stated[0]
        if name == "class":
            return _read_class(tag, value)
    return _read(tag, *stated)


def telling(items: Items) -> Items:
    """Those of an element's attributes that say what it is; of endless values the beginning."""
    stated = []
    for item in items:
        name, value = item
        if name in TELLING:
            stated.append(item if len(value) <= MAX_ATTRIBUTE else (name, value[:MAX_ATTRIBUTE]))
    return stated


@lru_cache(maxsize=20_000)
def _read_class(tag: str, value: str) -> Traits:
    return _read(tag, ("class", value))


@lru_cache(maxsize=20_000)
def _read(tag: str, *stated: tuple[str, str]) -> Traits:
    attributes = dict(stated)
    meaning = _meaning(attributes, tag)
    if meaning is NOTHING and attributes and tag != "figure" and NAMES.issuperset(attributes):
        return _read(tag)
    item = attributes.get("itemprop") or attributes.get("property", "").rpartition(":")[2]
    is_hidden = tag not in FRAME and _hidden(attributes)
    is_menu = tag in MENUS or attributes.get("role") in MENU_ROLES
    is_date = item == "datePublished"
    is_author = not is_date and ("author" in item or "author" in attributes.get("rel", ""))
    traits = Traits(
        meaning=meaning,
        # Themes name a date after the small print of captions; an inline element in a zone would not be looked into.
        zone=None if is_date and tag in INLINE and meaning.zone != "byline" else _zone(tag, attributes, meaning),
        is_hidden=is_hidden,
        is_menu=is_menu,
        is_body="articlebody" in item.lower(),
        is_date=is_date,
        is_author=is_author,
        is_noteworthy=is_hidden or is_menu or is_date or is_author or meaning.zone == "byline",
    )
    return PLAIN if traits == PLAIN else traits


def _meaning(attributes: dict[str, str], tag: str) -> Meaning:
    """What the element's names say; those of a name that comes earlier count more."""
    found = NOTHING
    for name in CLASS_ONLY if tag in ANCHORED else NAME_ATTRIBUTES:
        if name in attributes:
            meaning = meaning_of(attributes[name])
            if meaning is not NOTHING:
                found = merged(found, meaning)
    return found


def _zone(tag: str, attributes: dict[str, str], meaning: Meaning) -> str | None:
    if tag in FRAME:
        return None
    if tag in INLINE:
        return meaning.zone
    if tag == "figure":
        names = attributes.get("class", "").lower()
        return None if "table" in names or ("quote" in names and not meaning.zone) else meaning.zone or "caption"
    return meaning.zone or ZONE_TAGS.get(tag) or ROLES.get(attributes.get("role", ""))


def _hidden(attributes: dict[str, str]) -> bool:
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        # React streams late parts of a page in hidden elements with such ids, and its script puts them in place.
        return not attributes.get("id", "").startswith("S:")
    style = attributes.get("style")
    if style is None:
        return False
    style = style.replace(" ", "").lower()
    if "display:none" in style or "visibility:hidden" in style:
        return True
    return "clip:rect(" in style and "1px" in style
