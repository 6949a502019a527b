"""The vocabulary: an Article and its parts, in schema.org's NewsArticle words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a page. Each goes with a reason in `pages.reason`."""

    STORED = "stored"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    NOT_ARTICLE = "not_article"
    TOO_SHORT = "too_short"
    BLOCKED = "blocked"
    ROBOTS = "robots"
    GONE = "gone"
    ERROR = "error"


class Precision(StrEnum):
    """How exactly a date is known."""

    INSTANT = "instant"
    DAY = "day"


@dataclass(slots=True)
class Image:
    """An image of the article."""

    url: str
    """Absolute http(s) URL."""
    caption: str | None = None
    """One line of text, without the credit where the page separates them."""
    credit: str | None = None
    """Photographer or agency, as the page names them."""


@dataclass(slots=True)
class Article:
    """One article, clean. A value that the page does not state is None (lists: empty)."""

    url: str | None = None
    """Absolute URL the text was read from, after redirects; fragment and tracking parameters removed."""
    canonical_url: str | None = None
    """Absolute URL that the page declares as its canonical one, when on the same site; else None."""
    headline: str | None = None
    """One line; the article's own, without the site's name."""
    description: str | None = None
    """One line; the summary the page states, not a cut of the body made by us."""
    authors: list[str] = field(default_factory=list)
    """People (or, where none is named, organisations), in the page's order, without "By" and roles."""
    date_published: datetime | None = None
    """Aware, UTC. With precision `day` it is 00:00 of that day in UTC."""
    date_published_raw: str | None = None
    """The string it was read from, as the page has it; kept also where it could not be read."""
    date_published_precision: Precision | None = None
    """`instant` or `day`."""
    date_modified: datetime | None = None
    """Aware, UTC; never earlier than date_published, where only the day is known than its day."""
    date_modified_raw: str | None = None
    date_modified_precision: Precision | None = None
    article_body: str | None = None
    """Paragraphs separated by one blank line; no boilerplate."""
    article_body_html: str | None = None
    """The same with its structure, sanitised: headings, lists, quotations, links."""
    in_language: str | None = None
    """BCP 47 tag as declared, lower-case language and upper-case region ("pt-BR"); the text's own language where it
    plainly is another one, or where none is declared."""
    article_section: str | None = None
    """The section as the page or its source names it."""
    keywords: list[str] = field(default_factory=list)
    publisher: str | None = None
    source_organization: str | None = None
    """The news agency (or other organisation) that the page credits with the text, by its common name."""
    main_image: str | None = None
    """Absolute URL of the image that stands for the article."""
    images: list[Image] = field(default_factory=list)
    is_accessible_for_free: bool | None = None
    """As the page declares it (schema.org isAccessibleForFree)."""
    is_truncated: bool | None = None
    """Whether the text looks like the beginning of a longer one (a paywall, a teaser); None without a text."""
    disagreements: list[str] = field(default_factory=list)
    """The fields (of `headline`, `authors`, `date_published`, `in_language`) on which good sources differ."""
    sources: dict[str, str] = field(default_factory=dict)
    """Field -> where its value came from: `site rule`, `json-ld`, `opengraph`, `meta`, `dom`, `feed`, `sitemap`, `url`,
    `text` (the language or the agency read from the text), `date_modified` (published as last changed)."""

    url_key: str | None = None
    """The identity of its URL (urls.keys.UrlKeys.article_key)."""
    content_hash: str | None = None
    """dedup.content_hash of headline and body."""
    shingle_hashes: tuple[int, ...] | None = None
    """dedup.shingles.compute_shingle_hashes of the body; None until they are taken."""
    date_downloaded: datetime | None = None
    """Aware, UTC: when the bytes were fetched. Stored: those that showed the version last."""
    site: str | None = None
    """Registrable domain or configured site name."""
    page_id: int | None = None
    """The ledger row of the page it was read from."""
    extractor_version: int | None = None
    crawl_id: int | None = None
