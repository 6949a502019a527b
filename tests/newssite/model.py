"""The vocabulary of the bundled site: what an article is, what a page is, and what the truth says about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

Kind = Literal["paragraph", "heading", "item", "quotation", "question"]
Precision = Literal["instant", "day"]
Theme = Literal["tagdiv", "schema", "classic", "hydrated"]
Role = Literal["open", "feed", "rdf", "news-sitemap", "sitemap", "section", "deep-section", "private"]
"""Where an article is listed: ``open`` nearly everywhere, the others in that one kind of place only."""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an article's body: text with single spaces, nothing else."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """A text, before it has a place on a site."""

    language: str
    genre: str
    section: str
    headline: str
    description: str
    blocks: tuple[Block, ...]
    authors: tuple[str, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A story at its place: host, address, theme, dates."""

    number: int
    story: Story
    host: int
    theme: Theme
    role: Role
    path: str
    url: str
    published: datetime
    precision: Precision
    modified: datetime | None = None
    amp_path: str | None = None
    free: bool = True
    image: str = ""

    @property
    def listed(self) -> bool:
        """May any page of the site name it, beside the place that its role gives it?"""
        return self.role == "open"


class Page(NamedTuple):
    """An answer, whole. *first* is what the first request gets instead."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    first: "Page | None" = None


@dataclass(frozen=True, slots=True)
class TruthArticle:
    """What must be known of an article after a crawl."""

    host: int
    """0 or 1."""
    url: str
    """Canonical, without tracking parameters or fragment."""
    path: str
    """Path of *url*, percent-encoded where needed."""
    headline: str
    description: str
    paragraphs: tuple[str, ...]
    """Paragraphs, sub-headings, list items and quotations of the body, in order."""
    authors: tuple[str, ...]
    date_published: datetime
    """UTC; midnight where the precision is ``day``."""
    date_published_precision: Precision
    date_modified: datetime | None
    article_section: str
    keywords: tuple[str, ...]
    in_language: str
    main_image: str | None
    is_accessible_for_free: bool | None
    """None where the page does not say."""
    theme: Theme
    genre: str
    """``report, feature, list, quotation, live, interview, brief``."""
    found_by: frozenset[str]
    """Of ``front, section, feed, sitemap``; the private article is linked from a section."""
    listed_on: tuple[str, ...]
    """URLs of the feeds, sitemaps, front and section pages that name it, tag and author pages left out."""
    only_by: str | None
    """The one way to it (``feed, rdf, news-sitemap, sitemap, section, deep-section``); None where there are several."""
    amp_url: str | None
    fetchable: bool
    """False behind robots.txt, and for an article that answers 410 in this edition."""
    duplicate_of: str | None = None
    """URL of the article of which this is an exact copy."""
    changed_in_edition_2: bool = False
    gone_in_edition_2: bool = False
    new_in_edition_2: bool = False

    @property
    def article_body(self) -> str:
        """The body exactly as it must be stored."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class NewsSite:
    """Everything that both hosts answer in one edition, and the truth about it."""

    seed: int
    edition: int
    today: date
    host_urls: tuple[str, str]
    """Without a slash at the end."""
    pages: Mapping[int, Mapping[str, Page]]
    """Host index, then path (with its query where that matters)."""
    articles: Sequence[TruthArticle]
    boilerplate_lines: frozenset[str]
    """Every visible line of an article page that is no part of its body; never a line of any body."""
    special: Mapping[str, str] = field(default_factory=dict)
    """Name -> URL of the pages that misbehave on purpose."""
    disallowed: frozenset[str] = frozenset()
    """URLs that robots.txt forbids."""
    must_not_be_fetched: frozenset[str] = frozenset()
    """``disallowed`` and the addresses off the site that the pages lead to."""

    @property
    def fetchable(self) -> tuple[TruthArticle, ...]:
        """What a complete crawl of both hosts stores (a copy among them, see ``duplicate_of``)."""
        return tuple(article for article in self.articles if article.fetchable)
