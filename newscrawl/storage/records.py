"""What operations take and return, and what queries share: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.dedup.revisions import ArticleVersion
from newscrawl.items import Outcome
from newscrawl.scheduling.periods import ANY_TIME, Period

if TYPE_CHECKING:
    # It imports numpy, which no command needs to start.
    from newscrawl.dedup.comparisons import VersionComparison


@dataclass(frozen=True, slots=True)
class DiscoveredPage:
    """A URL that discovery found."""

    url: str
    """The URL to fetch."""
    url_key: str
    """Its identity, from `UrlKeys.url_key`."""
    site: str
    kind: str
    """`article`, `feed`, `sitemap` or `section`."""
    source_metadata: Mapping[str, Any] | None = None
    """What the source declares about the page (headline, dates, section), JSON-ready."""
    source_modified_at: datetime | None = None
    """The newest date among it; a day counts to its end."""
    source_published_at: datetime | None = None
    obstacle: str | None = None
    """Why it is not followed; None if it is."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A page that this crawl has claimed and must finish with one outcome."""

    page_id: int
    url: str
    url_key: str
    site: str
    kind: str
    crawl_id: int | None = None
    """The crawl that claimed it."""
    fetch_count: int = 0
    """Finished fetches before this one."""
    recrawl_step: int = 0
    failures: int = 0
    newest_link_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_modified_count: int = 0
    """304 responses in a row before this fetch."""
    source_metadata: Mapping[str, Any] | None = None
    article_id: int | None = None
    last_status: int | None = None
    """HTTP status of the fetch before this one."""
    last_fetched_at: datetime | None = None

    @property
    def is_article(self) -> bool:
        return self.kind == "article"


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What became of discovered pages."""

    claims: list[Claim]
    """Those that are due, in the order given."""
    new: int = 0
    """How many were not recorded before."""


@dataclass(frozen=True, slots=True)
class DueListings:
    """Listings of a site that were pending or due."""

    claims: list[Claim]
    has_more: bool = False
    """Whether others were left because there were too many."""


@dataclass(frozen=True, slots=True)
class ListingClaims:
    """What to claim of the pages that a listing links to."""

    articles: int = 0
    """Maximum number of articles."""
    remaining: int | None = None
    """Articles of the site that the crawl may still claim, these included; None for no limit. When the articles claimed
    reach it, next pages are not claimed. 0 therefore claims no next page."""
    period: Period = ANY_TIME
    """Pages dated outside are recorded only."""
    listings: int | None = None
    """Maximum number of listings, next pages included; None for no limit."""

    def includes_next_pages(self, articles: int) -> bool:
        """Return whether next pages are claimed after that many *articles*."""
        return self.remaining is None or articles < self.remaining


@dataclass(frozen=True, slots=True)
class ListingResult:
    """What became of the pages that a listing links to."""

    claims: list[Claim]
    """Listings first, then articles, each in the order of the links."""
    next_page_claims: list[Claim]
    new: int = 0
    """How many articles were not recorded before."""
    new_urls: int = 0
    """How many pages of any kind were not."""
    is_limited: bool = False
    """Whether listings were not claimed because there were too many."""
    contradicts_304: bool = False
    """Whether the host had returned 304 for the listing, and it has something new."""


@dataclass(frozen=True, slots=True)
class FetchResult:
    """How a fetch ended."""

    outcome: Outcome
    reason: str
    at: datetime
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    was_not_modified: bool = False
    """The host returned 304, whether or not it sent the page when it was asked again without validators."""
    is_contradicted: bool = False
    """The page that it then sent had something new."""
    not_before: datetime | None = None
    """The host asked not to be fetched from before this time."""
    stays_due: bool = False
    """The fetch says nothing about the page: its schedule is kept, and the next crawl fetches it."""
    source_metadata: Mapping[str, Any] | None = None
    """Replaces what the source declared, where the page itself turned out to declare something else."""
    source_modified_at: datetime | None = None
    """The newest date among it."""
    date_published: datetime | None = None
    """Of the extracted article, even where it is not stored."""
    new_links: int | None = None
    """Of a listing: how many of its articles were not recorded before."""
    newest_link_at: datetime | None = None
    """Of a listing: the newest date among its links."""
    redirects_to: int | None = None
    article_id: int | None = None
    detail: str | None = None
    """`PageOutcome.detail`."""


@dataclass(frozen=True, slots=True)
class ComparisonNeeded:
    """Two versions of an article that must be compared before the new one can be saved. Nothing was written."""

    key: tuple[object, ...]
    """Identifies the stored version."""
    stored: ArticleVersion
    new: ArticleVersion


@dataclass(frozen=True, slots=True)
class KnownComparison:
    """The comparison of a new version with the stored one that *key* identifies."""

    key: tuple[object, ...]
    comparison: VersionComparison


@dataclass(frozen=True, slots=True)
class Saved:
    """What the store did with an article."""

    outcome: Outcome
    reason: str
    article_id: int | None
    """The stored article; None for a text that was deleted."""
