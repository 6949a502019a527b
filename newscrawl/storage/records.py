"""What goes into the store and what comes back: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newscrawl.items import Outcome

PENDING = "pending"
"""Stands for the outcome of a page that a crawl took up and did not finish."""


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A URL as discovery met it."""

    url: str
    """The URL to fetch."""
    key: str
    """Its identity, from urls.normalise()."""
    site: str
    kind: str
    """`article`, `feed`, `sitemap` or `section`."""
    stated: Mapping[str, Any] | None = None
    """What the source says of the target (headline, dates, section), JSON-ready."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that this crawl has taken up and must finish with one outcome."""

    page_id: int
    url: str
    key: str
    site: str
    kind: str
    visits: int = 0
    """Finished visits before this one."""
    etag: str | None = None
    last_modified: str | None = None
    stated: Mapping[str, Any] | None = None
    article_id: int | None = None
    redirected_from: tuple[int, ...] = ()
    """Pages that led here in this crawl; they get the article's id, too."""

    @property
    def is_article(self) -> bool:
        return self.kind == "article"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of pages that a listing named."""

    visits: list[Visit]
    """Those that are due, taken up."""
    new: int
    """How many no crawl had seen before."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a visit ended."""

    outcome: Outcome
    reason: str
    at: datetime
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_before: datetime | None = None
    """The host asked not to be visited again before this time."""
    stated: Mapping[str, Any] | None = None
    """What the page itself turned out to state, in place of what its source did."""
    redirects_to: int | None = None
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What the store made of an article."""

    outcome: Outcome
    reason: str
    article_id: int


@dataclass(frozen=True, slots=True)
class HostState:
    """How a host has been refusing us since it last answered."""

    rest_until: datetime
    """It is not asked before."""
    refusals: int
    """Rests that it has asked for."""
    refused_since: datetime
    """When it asked for the first of them."""
