"""The contents of a site file."""

from __future__ import annotations

from dataclasses import dataclass, field

from newscrawl.discovery.selection import NO_RULES, LinkRules
from newscrawl.evidence import ExtractionRules
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules


@dataclass(frozen=True, slots=True)
class DiscoveryRules:
    """Where the site lists its articles. Without any: derived from the front page, robots.txt and the usual paths."""

    feeds: tuple[str, ...] = ()
    """URLs of RSS, Atom, RDF or JSON feeds."""
    sitemaps: tuple[str, ...] = ()
    """URLs of sitemaps or sitemap indexes."""
    sections: tuple[str, ...] = ()
    """URLs of section pages."""
    search: bool = True
    """Also look for feeds, sitemaps and sections that are not named here."""
    allow: tuple[str, ...] = ()
    """Regular expressions; where there are any, the URL of an article must match one (`re.search`)."""
    deny: tuple[str, ...] = ()
    """Regular expressions; URLs that match one (`re.search`) are skipped."""
    follow: tuple[str, ...] = ()
    """Regular expressions; links that match one (`re.search`) are articles, whatever their score and `allow` say."""

    @property
    def urls(self) -> tuple[str, ...]:
        """The listings that are named."""
        return self.feeds + self.sitemaps + self.sections

    @property
    def link_rules(self) -> LinkRules:
        rules = LinkRules(self.allow, self.deny, self.follow)
        return rules if rules != NO_RULES else NO_RULES


@dataclass(frozen=True, slots=True)
class Site:
    """One site to crawl."""

    name: str
    """Lower-case letters, digits, dots and hyphens; the file's name without `.toml`. Stored in `pages.site`."""
    url: str
    """The front page."""
    enabled: bool = True
    """False: crawled only when named with `-a site=`."""
    delay: float | None = None
    """Seconds between two requests to one host; None: the delay of the crawl."""
    max_pages: int | None = None
    """Article pages per crawl; None: no limit."""
    max_time: float | None = None
    """Seconds a crawl spends on the site, written as `90s`, `30m` or `2h` in the file; None: no limit."""
    min_articles_per_day: int | None = None
    """New articles in 24 hours; with fewer the crawl is degraded. None: compared with the site's own past only."""
    discovery: DiscoveryRules = field(default_factory=DiscoveryRules)
    extraction: ExtractionRules = field(default_factory=ExtractionRules)
    identity: UrlKeyRules = PLAIN
    """Query parameters that identify a page, and those that do not."""
