"""`scrapy crawl archive`: processes saved pages as if they came from the network."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from scrapy import Request, signals
from scrapy.http import Response

from newscrawl.archives.model import SavedPage
from newscrawl.archives.reader import open_archive
from newscrawl.crawling.responses import ARCHIVED
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.exceptions import ArchiveError, UsageError
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome
from newscrawl.spiders.arguments import ArchiveArguments
from newscrawl.spiders.base import BaseSpider
from newscrawl.storage.records import Claim

logger = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLAIM_BATCH = 32
"""Pages that are read from the archive before they are claimed together."""
MAX_BATCH_BYTES = 8 * 1024 * 1024
"""Bytes of their bodies; a batch ends with the page that reaches them."""

MAX_CLOCK_ERROR = timedelta(days=1)
"""A capture from later than this is taken for one of now: otherwise no newer one could ever replace it."""


class ArchiveSpider(BaseSpider):
    """Reads a WARC file or a folder of pages; asks no host for anything.

    Stats: `archive/invalid_url`, `archive/other_captures`.
    """

    name = "archive"
    arguments_type = ArchiveArguments
    arguments: ArchiveArguments
    follows_article_pages = False

    async def get_requests(self) -> AsyncIterator[Request]:
        pages = self._read_pages()
        # A bad record may take long to skip, so the event loop does not wait for it.
        while batch := await asyncio.to_thread(_take_batch, pages):
            if self.context.shutdown.stopping:
                break
            for request in await self._claim(batch):
                yield request
            while self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _read_pages(self) -> Iterator[SavedPage]:
        """Yield the pages of the archive, up to where it can be read."""
        try:
            yield from open_archive(self.arguments.path, lambda: self.context.shutdown.stopping)
        except (ArchiveError, UsageError) as error:
            self.failure = error
            logger.error("%s", error)

    async def _claim(self, pages: list[SavedPage]) -> list[Request]:
        by_key: dict[str, SavedPage] = {}
        for page in pages:
            try:
                self._keep_newest(by_key, self.context.state.keys.url_key(page.url), page)
            except ValueError as error:
                self.skipped += 1
                self.crawler.stats.inc_value("archive/invalid_url")
                if page.problem is None:  # Otherwise the log has it already.
                    logger.warning("skipped a page of the archive: %s", error)
        state = self.context.state
        links = [Link(page.url, LinkKind.ARTICLE, source="archive") for page in by_key.values()]
        claims = await state.claim(
            links, discovered_from=os.fsencode(self.arguments.path).decode(errors="replace"), force=True
        )
        self.crawler.stats.inc_value("archive/other_captures", len(links) - len(claims))
        requests = []
        for claim in claims:
            page = by_key[claim.url_key]
            if page.problem is None:
                requests.append(self._make_request(claim, page))
            else:
                await state.finish(claim, PageOutcome(Outcome.ERROR, page.problem, page.detail))
        return requests

    def _keep_newest(self, by_key: dict[str, SavedPage], key: str, page: SavedPage) -> None:
        other = by_key.get(key)
        if other is not None:
            self.crawler.stats.inc_value("archive/other_captures")
        now = datetime.now(UTC)
        if other is None or _get_rank(page, now) >= _get_rank(other, now):
            by_key[key] = page

    def _make_request(self, claim: Claim, page: SavedPage) -> Request:
        request = self.article_request(claim)
        headers = {"Content-Type": page.content_type} if page.content_type else {}
        request.meta[ARCHIVED] = Response(
            request.url, status=page.status, headers=headers, body=page.body, flags=[ARCHIVED]
        )
        request.meta.update(dont_retry=True, downloaded_at=_get_download_time(page, datetime.now(UTC)))
        return request


def _take_batch(pages: Iterator[SavedPage]) -> list[SavedPage]:
    batch, size = [], 0
    for page in islice(pages, CLAIM_BATCH):
        batch.append(page)
        size += len(page.body)
        if size >= MAX_BATCH_BYTES:
            break
    return batch


def _get_rank(page: SavedPage, now: datetime) -> tuple[bool, datetime]:
    """Return by what captures of one page are compared: readable ones before others, then the newest."""
    return page.problem is None, _get_download_time(page, now) or EPOCH


def _get_download_time(page: SavedPage, now: datetime) -> datetime | None:
    """Return when *page* was saved; *now* for a time in the future, None if it is unknown."""
    saved_at = page.date_downloaded
    return now if saved_at is not None and saved_at > now + MAX_CLOCK_ERROR else saved_at
