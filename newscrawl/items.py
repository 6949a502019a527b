"""The item: an Article and its parts, with the field names of schema.org's NewsArticle in snake_case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of a page; its reason is in `pages.reason`."""

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
    NOT_FOLLOWED = "not_followed"
    """A link that could lead to an article, and is not fetched."""
    DELETED = "deleted"
    """The article of the page was deleted; the page is never fetched again."""


class Precision(StrEnum):
    """The precision of a date."""

    INSTANT = "instant"
    DAY = "day"


class DateZone(StrEnum):
    """Where the time zone of an instant comes from."""

    DECLARED = "stated"
    """Stated with the date, or elsewhere on the page for the same moment."""
    SITE = "site"
    """`time_zone` of the site file."""
    ASSUMED = "assumed"
    """Unknown; UTC is assumed."""


@dataclass(slots=True)
class Image:
    """An image of the article."""

    url: str
    """Absolute http(s) URL."""
    caption: str | None = None
    """One line, without the credit if the two can be told apart."""
    credit: str | None = None
    """Photographer or agency, as on the page."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What is computed from an article's text where it is extracted, so that the writer need not look at the text."""

    source: tuple[object, ...]
    """The values that they were computed from."""
    content_hash: str
    """newscrawl.dedup.content_hash of headline and body."""
    shingle_hashes: tuple[int, ...]
    """The smallest shingle hashes of the body, by which near-duplicates are found."""
    shingles: bytes
    """All shingle hashes of the part of the body that is compared with near-duplicates, as unsigned 64-bit integers."""
    shingle_size: int
    """Words in a shingle."""
    shingled_words: int
    """Words of the part that is compared."""
    word_count: int
    """Words of the body."""
    search_tokens: tuple[str, str, str, str]
    """Tokens of headlines, description with standfirst, authors and body for the search index, separated by spaces."""

    def describe(self, article: Article) -> bool:
        """Return whether they belong to the text that *article* has now."""
        return self.source == get_fingerprinted(article)


def get_fingerprinted(article: Article) -> tuple[object, ...]:
    """Return the values of *article* that its fingerprints are computed from."""
    headlines, summaries = (article.headline, article.alternative_headline), (article.description, article.standfirst)
    return headlines, summaries, (*article.authors,), article.article_body, article.in_language


@dataclass(slots=True)
class Article:
    """One cleaned article. A missing value is None, a missing list is empty."""

    url: str | None = None
    """Absolute URL of the page after redirects, without fragment and tracking parameters."""
    canonical_url: str | None = None
    """Absolute URL that the page declares as canonical, if it is on the same site."""
    headline: str | None = None
    """One line, without the site's name."""
    alternative_headline: str | None = None
    """One line; the best other headline that the page states, without the site's name."""
    description: str | None = None
    """One line; as declared by the page, never an excerpt of the body."""
    standfirst: str | None = None
    """The summary below the headline, as shown; paragraphs separated by one blank line. Often part of the body, too."""
    authors: list[str] = field(default_factory=list)
    """People (organisations if no person is named), in page order, without "By" and roles."""
    date_published: datetime | None = None
    """Aware, UTC; 00:00 UTC if the precision is `day`."""
    date_published_raw: str | None = None
    """The string on the page, even if it could not be parsed."""
    date_published_precision: Precision | None = None
    """`instant` or `day`."""
    date_published_utc_offset: int | None = None
    """Minutes east of UTC, as declared; None for a day, and if the zone is assumed."""
    date_published_zone: DateZone | None = None
    """Where the zone comes from; None for a day."""
    date_published_day: date | None = None
    """The calendar day at the publisher's."""
    date_modified: datetime | None = None
    """Aware, UTC; never before date_published (with precision `day`, never before its day)."""
    date_modified_raw: str | None = None
    date_modified_precision: Precision | None = None
    article_body: str | None = None
    """Paragraphs separated by one blank line, without boilerplate."""
    article_body_html: str | None = None
    """The same as sanitised HTML, with headings, lists, quotations, links and images."""
    in_language: str | None = None
    """BCP 47 tag in canonical case ("pt-BR"), as declared; detected if none is declared or the text clearly contradicts
    it."""
    article_type: str | None = None
    """schema.org type: `NewsArticle`, `LiveBlogPosting`, `OpinionNewsArticle` ..."""
    article_section: str | None = None
    """As on the page or in the feed or sitemap."""
    keywords: list[str] = field(default_factory=list)
    publisher: str | None = None
    source_organization: str | None = None
    """The credited news agency, by its common name, or other organisation."""
    main_image: str | None = None
    """Absolute URL of the image that represents the article."""
    images: list[Image] = field(default_factory=list)
    is_accessible_for_free: bool | None = None
    """As declared (schema.org isAccessibleForFree)."""
    is_truncated: bool | None = None
    """Whether the body looks like the start of a longer text (a paywall, a teaser); None without a body."""
    disagreements: list[str] = field(default_factory=list)
    """Fields (of `headline`, `authors`, `date_published`, `in_language`) on which reliable sources disagree."""
    sources: dict[str, str] = field(default_factory=dict)
    """Field -> source of its value: `site rule`, `json-ld`, `opengraph`, `meta`, `dom`, `feed`, `sitemap`, `url`,
    `text` (detected in the body), `date_modified` (the only date, used as date_published)."""

    url_key: str | None = None
    """urls.keys.UrlKeys.article_key of its URL."""
    content_hash: str | None = None
    """dedup.content_hash of headline and body."""
    shingle_hashes: tuple[int, ...] | None = None
    """dedup.shingles.compute_shingle_hashes of the body; None until computed."""
    date_downloaded: datetime | None = None
    """Aware, UTC; when the page was fetched. In the database, the last fetch that had this version."""
    site: str | None = None
    """Registrable domain, or the name of the site file."""
    page_id: int | None = None
    """`pages.id` of its page."""
    extractor_version: int | None = None
    crawl_id: int | None = None
    fingerprints: Fingerprints | None = None
