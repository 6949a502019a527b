"""`scrapy crawl archive`: pages that were saved earlier, read as if they came from the network."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import islice

from scrapy import Request, signals
from scrapy.http import Response

from newscrawl.archives import SavedPage, open_archive
from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Outcome
from newscrawl.middlewares.archive import ARCHIVED
from newscrawl.outcomes import PageOutcome
from newscrawl.spiders.arguments import ArchiveArguments
from newscrawl.spiders.base import BaseSpider
from newscrawl.storage.records import Claim

logger = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = 32
"""Pages read from the archive before the ledger is asked about them."""


class ArchiveSpider(BaseSpider):
    """Reads a WARC file or a folder of pages; asks nothing of any host."""

    name = "archive"
    scope_type = ArchiveArguments
    scope: ArchiveArguments
    failure: ArchiveError | None = None
    """What ended the reading before the archive's end."""

    async def start(self) -> AsyncIterator[Request]:
        pages = self._pages()
        with contextlib.suppress(FetchDeferred):
            while not self.stop.stopping and (batch := list(islice(pages, AHEAD))):
                for request in await self._requests(batch):
                    yield request
                engine = self.crawler.engine
                assert engine is not None
                while engine.needs_backout():
                    await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _pages(self) -> Iterator[SavedPage]:
        """Give the archive's pages up to where it can be read."""
        try:
            yield from open_archive(self.scope.path)
        except ArchiveError as error:
            self.failure = error
            logger.error("%s", error)

    async def _requests(self, pages: list[SavedPage]) -> list[Request]:
        by_key: dict[str, SavedPage] = {}
        for page in pages:
            try:
                self._keep_newest(by_key, self.scope.keys.url_key(page.url), page)
            except ValueError as error:
                self.crawler.stats.inc_value("archive/no_url")
                logger.warning("a page of the archive is left out: %s", error)
        links = [Link(page.url, LinkKind.ARTICLE, source="archive") for page in by_key.values()]
        taken = await self.ledger.take(links, discovered_from=str(self.scope.path), force=True)
        self.crawler.stats.inc_value("archive/other_captures", len(links) - len(taken.claims))
        whole = []
        for claim in taken.claims:
            page = by_key[claim.url_key]
            if page.problem is None:
                whole.append(self._request(claim, page))
            else:
                await self.ledger.finish(claim, PageOutcome(Outcome.ERROR, page.problem))
        return whole

    def _keep_newest(self, by_key: dict[str, SavedPage], key: str, page: SavedPage) -> None:
        other = by_key.get(key)
        if other is not None:
            self.crawler.stats.inc_value("archive/other_captures")
        if other is None or (page.date_downloaded or EPOCH) >= (other.date_downloaded or EPOCH):
            by_key[key] = page

    def _request(self, claim: Claim, page: SavedPage) -> Request:
        request = self.article_request(claim)
        headers = {"Content-Type": page.content_type} if page.content_type else {}
        request.meta[ARCHIVED] = Response(
            request.url, status=page.status, headers=headers, body=page.body, flags=[ARCHIVED]
        )
        request.meta.update(dont_retry=True, downloaded_at=page.date_downloaded)
        return request
