"""What a page says anew about an article whose text is the same: another author, date, section. Pure decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from newscrawl.items import Precision

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
"""The queries of their addresses mean nothing: sizes, versions, tokens."""
TEXT = ("headline", "article_body", "article_body_html")
"""The same but for white space, case and signs: only a newer extractor's is taken."""
PUBLISHED = ("date_published", "date_published_raw", "date_published_precision")
MODIFIED = ("date_modified", "date_modified_raw", "date_modified_precision")
FIELDS = (*FACTS, *PICTURES, *TEXT, *PUBLISHED, *MODIFIED, "disagreements", "sources")
"""All that a new version may change while the text is the same."""

_Values = Mapping[str, Any]


def changed_metadata(stored: _Values, new: _Values, *, by_extractor: bool) -> dict[str, Any]:
    """Give what a new version changes about the *stored* one, whose text it has: field -> value; empty for nothing.

    Both have FIELDS; an image is a mapping with `url`, `caption` and `credit`. A value that the page no longer states
    stays, as pages lose a line now and then; but what a newer extractor (*by_extractor*) leaves out, it leaves out on
    purpose. A later `date_modified` alone is no change: many sites state the time of the answer.
    """
    changed = {
        name
        for name in (*FACTS, *PICTURES, *(TEXT if by_extractor else ()))
        if not _is_same(name, stored, new) and (by_extractor or _is_stated(new[name]))
    }
    if _is_published_otherwise(stored, new):
        changed |= {*PUBLISHED, *MODIFIED}
    if not changed:
        return {}
    if _is_modified_later(stored, new):
        changed |= set(MODIFIED)
    sources = {name: source for name, source in stored["sources"].items() if name not in changed}
    sources |= {name: source for name, source in new["sources"].items() if name in changed}
    return {name: new[name] for name in (*changed, "disagreements")} | {"sources": sources}


def _is_stated(value: Any) -> bool:
    return value is not None and value != []


def _is_same(name: str, stored: _Values, new: _Values) -> bool:
    if name in PICTURES:
        return bool(_without_queries(stored[name]) == _without_queries(new[name]))
    return bool(stored[name] == new[name])


def _without_queries(value: str | Sequence[_Values] | None) -> Any:
    if isinstance(value, str):
        return value.partition("?")[0]
    return [{**image, "url": image["url"].partition("?")[0]} for image in value or ()]


def _is_published_otherwise(stored: _Values, new: _Values) -> bool:
    """Whether another date of publication is stated, not the same one less exactly."""
    old_date: datetime | None = stored["date_published"]
    new_date: datetime | None = new["date_published"]
    if new_date is None or new_date == old_date:
        return False
    return old_date is None or new["date_published_precision"] != Precision.DAY or old_date.date() != new_date.date()


def _is_modified_later(stored: _Values, new: _Values) -> bool:
    before: datetime | None = stored["date_modified"] or stored["date_published"]
    return new["date_modified"] is not None and (before is None or new["date_modified"] > before)
