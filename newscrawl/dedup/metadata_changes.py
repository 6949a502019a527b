"""What a page says anew about an article whose text is the same: another author, date, section. Pure decisions.

A page says less on some days than on others, so a value only gives way to one from a source that is as good.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from newscrawl.fields.people import names_only_site
from newscrawl.items import Precision

SOURCES = ("site rule", "json-ld", "opengraph", "meta", "dom", "feed", "news sitemap", "sitemap")
"""Where values come from, the best first; others are behind them."""
GUESSES = frozenset({"url", "text", "date_modified"})
"""Sources that state nothing: a value that was read from them replaces none."""
ALWAYS_THERE = frozenset({"dom", *GUESSES})
FACTS = (
    "description",
    "authors",
    "article_section",
    "keywords",
    "publisher",
    "source_organization",
    "in_language",
    "is_accessible_for_free",
    "is_truncated",
)
PICTURES = ("main_image", "images")
TEXT = ("headline", "article_body", "article_body_html")
"""The same but for white space, case and signs: only a newer extractor's is taken."""
PUBLISHED = ("date_published", "date_published_raw", "date_published_precision")
MODIFIED = ("date_modified", "date_modified_raw", "date_modified_precision")
FIELDS = (*FACTS, *PICTURES, *TEXT, *PUBLISHED, *MODIFIED, "disagreements", "sources", "date_downloaded", "site")
"""What both versions are asked for."""
ABOUT_A_DAY = timedelta(hours=36)
"""A day in the time of any place on earth is no further from an instant of it."""
IMAGE_FILES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"})

_Values = Mapping[str, Any]


def changed_metadata(stored: _Values, new: _Values, *, by_extractor: bool) -> dict[str, Any]:
    """Give what a new version changes about the *stored* one, whose text it has: field -> value; empty for nothing.

    Both have FIELDS; `authors`, `keywords`, `images` and `disagreements` are lists, `sources` is a mapping, and an
    image is one with `url`, `caption` and `credit`.

    A value stays where the new version states none, or has another one from a lesser source. From a newer extractor
    (*by_extractor*) each value is taken, also none, for which the source of the stored one is still there to be read.
    A later `date_modified` alone is no change: many sites state the time of the answer.
    """
    changed = {name for name in (*FACTS, *PICTURES) if _is_changed(name, stored, new, by_extractor=by_extractor)}
    if by_extractor:
        changed |= {name for name in TEXT if stored[name] != new[name]}
    if _is_published_otherwise(stored, new):
        changed |= set(PUBLISHED)
    if not changed:
        return {}
    values = {name: new[name] for name in changed}
    values |= _modified(stored, new, values.get("date_published", stored["date_published"]))
    taken = values.keys()
    sources = {name: source for name, source in stored["sources"].items() if name not in taken}
    sources |= {name: source for name, source in new["sources"].items() if values.get(name) is not None}
    disputed = [name for name in stored["disagreements"] if name not in taken]
    disputed += [name for name in new["disagreements"] if name in taken]
    return values | {"sources": sources, "disagreements": disputed}


def _is_changed(name: str, stored: _Values, new: _Values, *, by_extractor: bool) -> bool:
    if _comparable(name, stored[name]) == _comparable(name, new[name]):
        return False
    source = stored["sources"].get(name)
    if by_extractor and source is not None and (source in ALWAYS_THERE or source in new["sources"].values()):
        return True
    is_declared = new[name] is not None and new[name] != []
    return is_declared and _is_as_good(name, stored, new)


def _is_as_good(name: str, stored: _Values, new: _Values) -> bool:
    """Whether the new value comes from a source that is no worse than that of the stored one, if there is one."""
    if stored[name] is None or stored[name] == []:
        return True
    if name == "authors" and _names_people(new) != _names_people(stored):
        return _names_people(new)
    source, before = new["sources"].get(name), stored["sources"].get(name)
    return source not in GUESSES and _rank(source) <= _rank(before)


def _names_people(version: _Values) -> bool:
    """Whether somebody else than the site and its staff is named."""
    return not names_only_site(version["authors"], version["publisher"], version["site"])


def _rank(source: str | None) -> int:
    if source in SOURCES:
        return SOURCES.index(source)
    return len(SOURCES) + (source in GUESSES)


def _comparable(name: str, value: Any) -> Any:
    """What remains of a value when order, case and the places where a site keeps its images mean nothing."""
    if name in {"authors", "keywords"}:
        return {one.casefold() for one in value}
    if name == "main_image":
        return _image_file(value)
    if name == "images":
        return [{**image, "url": _image_file(image["url"])} for image in value]
    return value


def _image_file(url: str | None) -> str | None:
    """An image's address without host, and without a query (sizes, versions, tokens) where its path names a file."""
    if url is None:
        return None
    parts = urlsplit(url)
    return parts.path if PurePosixPath(parts.path).suffix.lower() in IMAGE_FILES else f"{parts.path}?{parts.query}"


def _is_published_otherwise(stored: _Values, new: _Values) -> bool:
    """Whether another date of publication is stated, that can be true and is not the same one less exactly."""
    before: datetime | None = stored["date_published"]
    date: datetime | None = new["date_published"]
    if date is None or date == before or not _is_as_good("date_published", stored, new):
        return False
    if before is None:
        return True
    if new["date_published_precision"] == Precision.DAY != stored["date_published_precision"]:
        return abs(date - before) > ABOUT_A_DAY
    was_there_before_it = date > before and date > stored["date_downloaded"]
    return not was_there_before_it


def _modified(stored: _Values, new: _Values, published: datetime | None) -> dict[str, Any]:
    """The time of change that goes along: a later one, and none from before a new date of publication."""
    before: datetime | None = stored["date_modified"]
    date: datetime | None = new["date_modified"]
    if date is not None and (before is None or date > before) and (published is None or date >= published):
        return {name: new[name] for name in MODIFIED}
    is_too_early = before is not None and published is not None and before < published != stored["date_published"]
    return dict.fromkeys(MODIFIED) if is_too_early else {}
