"""What goes into the store and what comes back: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newscrawl.items import Outcome


@dataclass(frozen=True, slots=True)
class DiscoveredPage:
    """A URL as discovery met it."""

    url: str
    """The URL to fetch."""
    url_key: str
    """Its identity, from urls.normalize()."""
    site: str
    kind: str
    """`article`, `feed`, `sitemap` or `section`."""
    source_metadata: Mapping[str, Any] | None = None
    """What the source says of the target (headline, dates, section), JSON-ready."""
    source_modified_at: datetime | None = None
    """The newest date among it; a day counts to its end."""
    source_published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A page that this crawl has taken up and must finish with one outcome."""

    page_id: int
    url: str
    url_key: str
    site: str
    kind: str
    crawl_id: int | None = None
    """The crawl that took it up."""
    fetch_count: int = 0
    """Finished fetches before this one."""
    recrawl_step: int = 0
    failures: int = 0
    newest_link_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    source_metadata: Mapping[str, Any] | None = None
    article_id: int | None = None
    last_status: int | None = None
    """HTTP status of the visit before this one."""
    last_visited_at: datetime | None = None

    @property
    def is_article(self) -> bool:
        return self.kind == "article"


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What became of pages that a listing named."""

    claims: list[Claim]
    """Those that are due, taken up."""
    new: int = 0
    """How many no crawl had seen before."""


@dataclass(frozen=True, slots=True)
class FetchResult:
    """How a visit ended."""

    outcome: Outcome
    reason: str
    at: datetime
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_before: datetime | None = None
    """The host asked not to be visited again before this time."""
    source_metadata: Mapping[str, Any] | None = None
    """What the page itself turned out to state, in place of what its source did."""
    source_modified_at: datetime | None = None
    """The newest date among it."""
    date_published: datetime | None = None
    """Of the article that was read, also where it is not kept."""
    new_links: int | None = None
    """Of a listing: the articles it named that no crawl had seen before."""
    newest_link_at: datetime | None = None
    """Of a listing: the newest date among its links."""
    redirects_to: int | None = None
    article_id: int | None = None


LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Saved:
    """What the store made of an article."""

    outcome: Outcome
    reason: str
    article_id: int
