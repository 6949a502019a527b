"""Links with the metadata that their source declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class LinkKind(StrEnum):
    """Type of page that a link is expected to lead to."""

    ARTICLE = "article"
    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"


PAGINATION = "pagination"
"""`Link.source` of links to the next pages of a section."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link with the metadata that its source declares about the target."""

    url: str
    """Absolute http(s) URL, as written, with entities resolved."""
    kind: LinkKind
    source: str
    """`feed`, `sitemap`, `news sitemap`, `section`, `front page`, `alternate`, `pagination`, `robots.txt`, `site file`,
    `usual path`, `redirect`, `archive` or `argument`; stored listings that are no longer named have `former`."""
    score: float = 1.0
    """0 to 1: confidence that the target is of this kind; 1 for links of feeds and news sitemaps."""
    headline: str | None = None
    date_published: str | None = None
    """As written by the source."""
    date_modified: str | None = None
    article_section: str | None = None
    in_language: str | None = None
    keywords: tuple[str, ...] = ()
    depth: int = 0
    """Of a sitemap: how many sitemap indexes, one in the other, lead to it."""

    def source_metadata(self) -> dict[str, Any] | None:
        """Return the declared fields and the name of the source, ready for JSON; None if no field is declared."""
        declared = {name: getattr(self, name) for name in _SOURCE_FIELDS if getattr(self, name)}
        return {"source": self.source, **declared} if declared else None

    @classmethod
    def from_source_metadata(cls, url: str, metadata: Mapping[str, Any] | None) -> Link | None:
        """Rebuild a link from the result of `source_metadata()`; None if there is none."""
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
    """Why links may be missing; None if everything was parsed."""
    unreadable: str | None = None
    """The reason of a page that is no listing: a page type, `not_feed`, `not_html` ...; None for a listing."""
