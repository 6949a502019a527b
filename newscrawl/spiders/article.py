"""`scrapy crawl article`: just the pages that are named."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from scrapy import Request

from newscrawl.crawling.exceptions import LeftAsItIs
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.downloader.throttling import slow_down
from newscrawl.evidence import ExtractionRules
from newscrawl.sites.model import Site
from newscrawl.spiders.arguments import ArticleScope
from newscrawl.spiders.base import PageSpider
from newscrawl.storage.records import Visit
from newscrawl.urls.normalize import site_of


class ArticleSpider(PageSpider):
    """Fetches the given pages, due or not."""

    name = "article"
    scope_type = ArticleScope
    scope: ArticleScope

    async def start(self) -> AsyncIterator[Request]:
        by_site: dict[str | None, list[Link]] = {}
        for url in self.scope.urls:
            site = self.site_at(url)
            by_site.setdefault(site.name if site else None, []).append(Link(url, LinkKind.ARTICLE, source="argument"))
            if site is not None and site.delay is not None:
                slow_down(self.crawler, urlsplit(url).hostname or "", site.delay)
        with contextlib.suppress(LeftAsItIs):
            for name, links in by_site.items():
                taken = await self.ledger.take(links, site=name, force=True)
                for visit in taken.visits:
                    yield self.article_request(visit)

    def rules_of(self, visit: Visit) -> ExtractionRules:
        site = self.site_at(visit.url)
        return site.extraction if site else ExtractionRules()

    def site_at(self, url: str) -> Site | None:
        """The site that has a file and to which the page at *url* belongs."""
        return self.scope.sites.get(site_of(url))
