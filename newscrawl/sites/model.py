"""What is known of a site before the first page: the contents of a site file."""

from __future__ import annotations

from dataclasses import dataclass, field

from newscrawl.evidence import ExtractionRules
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules


@dataclass(frozen=True, slots=True)
class DiscoveryRules:
    """Where the site's articles are announced. Empty: found from the front page, robots.txt and the usual paths."""

    feeds: tuple[str, ...] = ()
    """URLs of RSS, Atom, RDF or JSON feeds."""
    sitemaps: tuple[str, ...] = ()
    """URLs of sitemaps or sitemap indexes."""
    sections: tuple[str, ...] = ()
    """URLs of section pages."""
    search: bool = True
    """Also look for feeds, sitemaps and sections that are not named here."""
    allow: tuple[str, ...] = ()
    """Regular expressions; when there are any, an article's URL must contain a match of one."""
    deny: tuple[str, ...] = ()
    """Regular expressions; a URL that contains a match of one is left out."""


@dataclass(frozen=True, slots=True)
class Site:
    """One site to crawl."""

    name: str
    """Lower-case letters, digits, dots and hyphens; the file's name without `.toml`. Stands in `pages.site`."""
    url: str
    """The front page."""
    enabled: bool = True
    """False: crawled only when named with `-a site=`."""
    delay: float | None = None
    """Seconds between two requests to one host; None: the crawl's own."""
    max_pages: int | None = None
    """Article pages a crawl; None: no limit."""
    max_time: str | None = None
    """How long a crawl works on the site, as `90s`, `30m` or `2h`; None: no limit."""
    min_articles_per_day: int | None = None
    """New articles in 24 hours, at least; with fewer a crawl is degraded. None: judged by the site's own past only."""
    discovery: DiscoveryRules = field(default_factory=DiscoveryRules)
    extraction: ExtractionRules = field(default_factory=ExtractionRules)
    identity: UrlKeyRules = PLAIN
    """Which parameters of the site's URLs say which page it is."""
