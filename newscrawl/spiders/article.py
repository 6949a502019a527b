"""`scrapy crawl article`: just the pages that are named."""

from __future__ import annotations

from collections.abc import AsyncIterator

from scrapy import Request

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.spiders.pages import PageSpider
from newscrawl.spiders.scope import ArticleScope


class ArticleSpider(PageSpider):
    """Fetches the given pages, due or not."""

    name = "article"
    scope_type = ArticleScope
    scope: ArticleScope

    async def start(self) -> AsyncIterator[Request]:
        links = [Link(url, LinkKind.ARTICLE, source="argument") for url in self.scope.urls]
        taken = await self.ledger.take(links, force=True)
        for visit in taken.visits:
            yield self.article_request(visit)
