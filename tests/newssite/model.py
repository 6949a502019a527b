"""Data types of the bundled site: stories, articles, pages and the ground truth about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

Kind = Literal["paragraph", "heading", "item", "quotation", "question"]
Precision = Literal["instant", "day"]
Theme = Literal["tagdiv", "schema", "classic", "hydrated"]
Role = Literal["open", "feed", "rdf", "news-sitemap", "sitemap", "section", "deep-section", "private"]
"""Where an article is listed: ``open`` articles nearly everywhere, the others in that one kind of place only."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of an article's body; its text has single spaces and no markup."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """A text that has not been placed on a site yet."""

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
    """A story placed on the site: host, URL, theme, dates."""

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
        """Whether any page may link to it, and not only the place that its role names."""
        return self.role == "open"


class Page(NamedTuple):
    """A complete response; *first* replaces it for the first request."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    first: "Page | None" = None


@dataclass(frozen=True, slots=True)
class GroundTruthArticle:
    """What a crawl must know about an article."""

    host: int
    """0 or 1."""
    url: str
    """Canonical, without tracking parameters or fragment."""
    path: str
    """Path of *url*, percent-encoded where necessary."""
    headline: str
    description: str
    paragraphs: tuple[str, ...]
    """Paragraphs, subheadings, list items and quotations of the body, in order."""
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
    """None if the page does not say."""
    theme: Theme
    genre: str
    """``report, feature, list, quotation, live, interview, brief``."""
    found_by: frozenset[str]
    """Subset of ``front, section, feed, sitemap``; the private article is linked from a section."""
    listed_on: tuple[str, ...]
    """URLs of the feeds, sitemaps, front and section pages that list it; tag and author pages are left out."""
    only_by: str | None
    """The only kind of place that lists it (``Role``); None if several do."""
    amp_url: str | None
    fetchable: bool
    """False if robots.txt disallows it or it returns 410 in this edition."""
    duplicate_of: str | None = None
    """URL of the article that this one copies exactly."""
    changed_in_edition_2: bool = False
    gone_in_edition_2: bool = False
    new_in_edition_2: bool = False

    @property
    def article_body(self) -> str:
        """The exact body to store."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class NewsSite:
    """All responses of both hosts in one edition, with the ground truth about them."""

    seed: int
    edition: int
    today: date
    host_urls: tuple[str, str]
    """Without a trailing slash."""
    pages: Mapping[int, Mapping[str, Page]]
    """Host index -> path (with its query where that matters) -> page."""
    articles: Sequence[GroundTruthArticle]
    boilerplate_lines: frozenset[str]
    """All visible lines of article pages outside the body; never a line of any body."""
    special: Mapping[str, str] = field(default_factory=dict)
    """Name -> URL of the pages that misbehave on purpose."""
    disallowed: frozenset[str] = frozenset()
    """URLs that robots.txt disallows."""
    must_not_be_fetched: frozenset[str] = frozenset()
    """``disallowed`` and the off-site URLs that pages redirect to."""

    @property
    def fetchable(self) -> tuple[GroundTruthArticle, ...]:
        """What a complete crawl of both hosts stores, including the copy (see ``duplicate_of``)."""
        return tuple(article for article in self.articles if article.fetchable)
