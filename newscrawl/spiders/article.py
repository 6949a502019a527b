"""`scrapy crawl article`: just the pages that are named."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from scrapy import Request

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.downloader.throttling import set_min_delay
from newscrawl.evidence import ExtractionRules
from newscrawl.sites.model import Site
from newscrawl.spiders.arguments import ArticleArguments
from newscrawl.spiders.base import BaseSpider
from newscrawl.storage.records import Claim
from newscrawl.urls.normalize import get_site


class ArticleSpider(BaseSpider):
    """Fetches the given pages, due or not."""

    name = "article"
    scope_type = ArticleArguments
    scope: ArticleArguments

    async def start(self) -> AsyncIterator[Request]:
        by_site: dict[str | None, list[Link]] = {}
        for url in self.scope.urls:
            site = self.site_at(url)
            by_site.setdefault(site.name if site else None, []).append(Link(url, LinkKind.ARTICLE, source="argument"))
            if site is not None and site.delay is not None:
                set_min_delay(self.crawler, urlsplit(url).hostname or "", site.delay)
        with contextlib.suppress(FetchDeferred):
            for name, links in by_site.items():
                taken = await self.ledger.take(links, site=name, force=True)
                for claim in taken.claims:
                    yield self.article_request(claim)

    def get_rules(self, claim: Claim) -> ExtractionRules:
        site = self.site_at(claim.url)
        return site.extraction if site else ExtractionRules()

    def site_at(self, url: str) -> Site | None:
        """The site that has a file and to which the page at *url* belongs."""
        return self.scope.sites.get(get_site(url))
