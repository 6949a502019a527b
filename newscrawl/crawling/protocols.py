"""What the components of a crawl need of a spider and of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from newscrawl.exceptions import NewscrawlError
from newscrawl.scheduling.periods import Period
from newscrawl.sites.model import Site
from newscrawl.urls.keys import UrlKeys


class CrawlArguments(Protocol):
    """What a crawl was asked to do: the spider arguments, checked."""

    keys: UrlKeys
    sites: Sequence[Site]
    """The sites that are crawled, or that the pages to fetch belong to."""
    period: Period
    """Articles outside it are recorded and not stored."""
    max_time: float | None
    """Seconds that the whole crawl may take."""

    @property
    def domains(self) -> frozenset[str] | None:
        """Registrable domains whose pages are written; None for any."""

    @property
    def locks(self) -> Sequence[str]:
        """Names that no other run may hold at the same time."""


class CrawlSpider(Protocol):
    """A spider whose pages go through the crawl state."""

    name: str
    raw_arguments: Mapping[str, str]
    """The `-a` arguments as given."""
    arguments: CrawlArguments
    crawls_listings: bool
    """Whether the spider finds articles through listings, so that a site can be judged by them."""
    failure: NewscrawlError | None
    """Why the spider could not read all of its input."""
    skipped: int
    """Pages of its input that have no valid URL, and so no row in the database."""


class SitemapSource(Protocol):
    """Knows the sitemaps that robots.txt names."""

    async def get_sitemaps(self, url: str) -> list[str]:
        """Return the sitemap URLs of the robots.txt that applies to *url*."""

    def is_unavailable(self, url: str) -> bool:
        """Return whether nothing of the host of *url* is fetched, because its robots.txt could not be."""
