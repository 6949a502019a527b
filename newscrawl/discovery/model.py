"""What discovery gives: links with what their source states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class LinkKind(StrEnum):
    """What a link is expected to lead to."""

    ARTICLE = "article"
    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"


PAGINATION = "pagination"
"""The source of links to a section's next pages."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link, with what the source that named it states about its target."""

    url: str
    """Absolute http(s) URL, as written (entities resolved)."""
    kind: LinkKind
    source: str
    """`feed`, `sitemap`, `news sitemap`, `section`, `front page`, `alternate`, `pagination`, `robots.txt`, `site file`,
    `usual path`, `redirect`, `archive` or `argument`."""
    score: float = 1.0
    """0 to 1: how surely it is of its kind. Links of feeds and news sitemaps have 1."""
    headline: str | None = None
    date_published: str | None = None
    """As the source writes it."""
    date_modified: str | None = None
    article_section: str | None = None
    in_language: str | None = None
    keywords: tuple[str, ...] = ()

    def source_metadata(self) -> dict[str, Any] | None:
        """Return what the source states, ready for JSON, with the source's name; None where it states nothing."""
        said = {name: getattr(self, name) for name in _SOURCE_FIELDS if getattr(self, name)}
        return {"source": self.source, **said} if said else None

    @classmethod
    def from_source_metadata(cls, url: str, metadata: Mapping[str, Any] | None) -> Link | None:
        """Make the link again from what `source_metadata()` returned; None where nothing was stated."""
        if not metadata:
            return None
        known = {name: metadata[name] for name in _SOURCE_FIELDS if name in metadata}
        keywords = tuple(known.pop("keywords", ()))
        return cls(url, LinkKind.ARTICLE, source=metadata["source"], keywords=keywords, **known)


_SOURCE_FIELDS = ("headline", "date_published", "date_modified", "article_section", "in_language", "keywords")


@dataclass(frozen=True, slots=True)
class Discovered:
    """The links of one feed, sitemap or page, in the source's order."""

    links: tuple[Link, ...]
    partial: str | None = None
    """None when all could be read; else the reason why links may be missing."""
