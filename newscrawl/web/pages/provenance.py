"""Show where each field of an article comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newscrawl.web.formats import format_moment

FIELDS = (
    "headline", "alternative_headline", "description", "standfirst", "authors", "date_published", "date_modified",
    "article_body", "in_language",
    "article_type", "article_section", "keywords", "publisher", "source_organization", "canonical_url", "main_image",
    "images", "is_accessible_for_free", "is_truncated",
)  # fmt: skip
MAX_VALUE = 200


@dataclass(frozen=True, slots=True)
class FieldOrigin:
    """A field with its value, for people, and the source that declared it."""

    name: str
    value: str | None
    raw: str | None
    """The string on the page, where it says more than the value."""
    source: str | None
    is_disputed: bool
    """Whether good sources of the page contradict each other."""


def list_origins(version: Any) -> list[FieldOrigin]:
    """Return the fields of a version of an article, those without a value last."""
    origins = [_get_origin(version, name) for name in FIELDS]
    return sorted(origins, key=lambda one: one.value is None)


def _get_origin(version: Any, name: str) -> FieldOrigin:
    value = getattr(version, name)
    source = version.sources.get(name) if value not in (None, ()) else None
    raw = getattr(version, f"{name}_raw", None)
    return FieldOrigin(name, _show(name, value), raw, source, name in version.disagreements)


def _show(name: str, value: Any) -> str | None:
    if value is None or value == ():
        return None
    if name == "article_body":
        return f"{len(value):,} characters"
    if name == "images":
        return f"{len(value)}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return format_moment(value)
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"
