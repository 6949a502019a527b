"""Decide which metadata of an article to update when its text is unchanged: another author, date or section.

Pages sometimes omit metadata they showed before, so missing values never overwrite stored ones, and a value is only
replaced by one from an equally reliable source.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from newscrawl.fields.dating import MAX_DAY_DISTANCE
from newscrawl.fields.name_kinds import names_only_site
from newscrawl.items import Precision
from newscrawl.urls.parse import split_any

SOURCES = ("site rule", "json-ld", "opengraph", "meta", "dom", "feed", "news sitemap", "sitemap")
"""Sources of values, most reliable first; any other source comes after them."""
GUESSES = frozenset({"url", "text", "date_modified"})
"""Sources that declare nothing: a value derived from them replaces no other."""
ALWAYS_PRESENT = frozenset({"dom", *GUESSES})
"""Sources that every page has."""
FACTS = (
    "alternative_headline",
    "description",
    "standfirst",
    "authors",
    "article_type",
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
"""These can differ in white space, case and punctuation only; updated by a newer extractor only."""
PUBLISHED = (
    "date_published",
    "date_published_raw",
    "date_published_precision",
    "date_published_utc_offset",
    "date_published_zone",
    "date_published_day",
)
MODIFIED = ("date_modified", "date_modified_raw", "date_modified_precision")
FIELDS = (*FACTS, *PICTURES, *TEXT, *PUBLISHED, *MODIFIED, "disagreements", "sources", "date_downloaded", "site")
"""The fields that both versions need to have."""
IMAGE_FILES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"})

_Values = Mapping[str, Any]


def changed_metadata(stored: _Values, new: _Values, *, by_extractor: bool) -> dict[str, Any]:
    """Return the fields to update in *stored*, which has the same text as *new*: field -> value, empty for no change.

    Both have FIELDS; `authors`, `keywords`, `images` and `disagreements` are lists, `sources` is a mapping, and each
    image is a mapping with `url`, `caption` and `credit`.

    A stored value stays if the new version has none, or one from a less reliable source. A newer extractor
    (*by_extractor*) overrides, even with None, any value whose source is still present on the page. A later
    `date_modified` alone is no change: many sites declare the time of the response.
    """
    changed = {name for name in (*FACTS, *PICTURES) if _is_changed(name, stored, new, by_extractor=by_extractor)}
    if by_extractor:
        changed |= {name for name in TEXT if stored[name] != new[name]}
    if _is_republished(stored, new) or (by_extractor and _is_same_moment_in_zone(stored, new)):
        changed |= set(PUBLISHED)
    if not changed:
        return {}
    values = {name: new[name] for name in changed}
    values |= _modified(stored, new, values.get("date_published", stored["date_published"]))
    replaced = values.keys()
    sources = {name: source for name, source in stored["sources"].items() if name not in replaced}
    sources |= {name: source for name, source in new["sources"].items() if values.get(name) is not None}
    disagreements = [name for name in stored["disagreements"] if name not in replaced]
    disagreements += [name for name in new["disagreements"] if name in replaced]
    return values | {"sources": sources, "disagreements": disagreements}


def _is_changed(name: str, stored: _Values, new: _Values, *, by_extractor: bool) -> bool:
    if _comparable(name, stored[name]) == _comparable(name, new[name]):
        return False
    source = stored["sources"].get(name)
    if by_extractor and source is not None and (source in ALWAYS_PRESENT or source in new["sources"].values()):
        return True
    is_declared = new[name] is not None and new[name] != []
    return is_declared and _is_as_good(name, stored, new)


def _is_as_good(name: str, stored: _Values, new: _Values) -> bool:
    """Return whether the new value comes from a source that is at least as reliable as that of the stored one."""
    if stored[name] is None or stored[name] == []:
        return True
    if name == "authors" and _names_people(new) != _names_people(stored):
        return _names_people(new)
    source, before = new["sources"].get(name), stored["sources"].get(name)
    return source not in GUESSES and _rank(source) <= _rank(before)


def _names_people(version: _Values) -> bool:
    """Return whether anybody but the site and its staff is named."""
    return not names_only_site(version["authors"], version["publisher"], version["site"])


def _rank(source: str | None) -> int:
    if source in SOURCES:
        return SOURCES.index(source)
    return len(SOURCES) + (source in GUESSES)


def _comparable(name: str, value: Any) -> Any:
    """Return *value* without what does not count: order, case, and the host and query of image URLs."""
    if name in {"authors", "keywords"}:
        return {one.casefold() for one in value}
    if name == "main_image":
        return _image_file(value)
    if name == "images":
        return [{**image, "url": _image_file(image["url"])} for image in value]
    return value


def _image_file(url: str | None) -> str | None:
    """Return an image URL without host, and without query (sizes, versions, tokens) if its path names a file."""
    if url is None:
        return None
    parts = split_any(url)
    return parts.path if PurePosixPath(parts.path).suffix.lower() in IMAGE_FILES else f"{parts.path}?{parts.query}"


def _is_republished(stored: _Values, new: _Values) -> bool:
    """Return whether the new publication date is plausible and not the stored one with less precision."""
    before: datetime | None = stored["date_published"]
    date: datetime | None = new["date_published"]
    if date is None or date == before or not _is_as_good("date_published", stored, new):
        return False
    if before is None:
        return True
    if new["date_published_precision"] == Precision.DAY != stored["date_published_precision"]:
        return abs(date - before) > MAX_DAY_DISTANCE
    is_after_download = date > before and date > stored["date_downloaded"]
    return not is_after_download


def _is_same_moment_in_zone(stored: _Values, new: _Values) -> bool:
    """Return whether only the zone or the day of the publication date is new."""
    is_same = new["date_published"] is not None and new["date_published"] == stored["date_published"]
    return is_same and any(new[name] is not None and new[name] != stored[name] for name in PUBLISHED[3:])


def _modified(stored: _Values, new: _Values, published: datetime | None) -> dict[str, Any]:
    """Return the modified date to store along: the new one if it is later; None if it precedes the publication date."""
    before: datetime | None = stored["date_modified"]
    date: datetime | None = new["date_modified"]
    if date is not None and (before is None or date > before) and (published is None or date >= published):
        return {name: new[name] for name in MODIFIED}
    is_too_early = before is not None and published is not None and before < published != stored["date_published"]
    return dict.fromkeys(MODIFIED) if is_too_early else {}
