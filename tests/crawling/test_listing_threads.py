"""The links of a large listing are looked at beside the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import Engine

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome
from newscrawl.urls.keys import UrlKeys
from tests.support.fake_crawler import open_crawl


@pytest.mark.parametrize(("count", "is_beside"), [(10, False), (1_000, True)])
def test_links_of_large_listings_are_recorded_from_a_thread(
    sqlite_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    is_beside: bool,
) -> None:
    threads = set()

    class NotingKeys(UrlKeys):
        def url_key(self, url: str) -> str:
            threads.add(threading.get_ident())
            return super().url_key(url)

    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            state = crawler.context.state
            [claim] = await state.claim([Link("https://example.org/feed", LinkKind.FEED, "test")], site="example.org")
            state.keys = NotingKeys()
            links = [Link(f"https://example.org/2026/11/20/page-{n}", LinkKind.ARTICLE, "feed") for n in range(count)]
            listed = await state.finish_listing(claim, PageOutcome(Outcome.NOT_ARTICLE, "feed"), links)
            assert listed.new_urls == count

    asyncio.run(run())
    assert (threading.get_ident() not in threads) is is_beside
