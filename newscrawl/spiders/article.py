"""`scrapy crawl article`: fetches the pages that are named."""

from __future__ import annotations

from collections.abc import AsyncIterator

from scrapy import Request

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.evidence import ExtractionRules
from newscrawl.sites.model import Site
from newscrawl.spiders.arguments import ArticleArguments
from newscrawl.spiders.base import BaseSpider
from newscrawl.storage.records import Claim
from newscrawl.urls.normalize import get_site


class ArticleSpider(BaseSpider):
    """Fetches the given pages, whether they are due or not."""

    name = "article"
    arguments_type = ArticleArguments
    arguments: ArticleArguments

    async def get_requests(self) -> AsyncIterator[Request]:
        by_site: dict[str | None, list[Link]] = {}
        for url in self.arguments.urls:
            site = self.get_site_at(url)
            by_site.setdefault(site.name if site else None, []).append(Link(url, LinkKind.ARTICLE, source="argument"))
        for name, links in by_site.items():
            for claim in await self.context.state.claim(links, site=name, force=True):
                self.context.addresses.name(claim.site, [claim.url])
                yield self.article_request(claim)

    def get_rules(self, claim: Claim) -> ExtractionRules:
        site = self.get_site_at(claim.url)
        return site.extraction if site else ExtractionRules()

    def get_site_at(self, url: str) -> Site | None:
        """Return the site with a site file that the page at *url* belongs to."""
        return self.arguments.sites_by_domain.get(get_site(url))
