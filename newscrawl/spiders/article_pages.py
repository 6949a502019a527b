"""Fetch the further pages of an article that is spread over several."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scrapy import Request
from scrapy.http import Response

from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.fetch_limits import IS_FURTHER_PAGE
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.evidence import ArticlePages
from newscrawl.exceptions import StorageError
from newscrawl.extraction.article_pages import get_new_texts
from newscrawl.items import Article
from newscrawl.storage.records import Claim
from newscrawl.workers.tasks import FurtherPage, PageInput, read_further_page

if TYPE_CHECKING:
    from newscrawl.spiders.base import BaseSpider

MAX_FURTHER_PAGES = 30
MAX_FURTHER_BYTES = 16 * 1024 * 1024
"""Bytes of the further pages of an article, which are kept until all are there; an article with more is truncated."""


class FurtherPages(NamedTuple):
    """The pages of an article after its first."""

    inputs: list[PageInput]
    """In order."""
    are_all: bool
    """Whether no page is missing."""


async def fetch_further_pages(spider: BaseSpider, claim: Claim, article: Article, pages: ArticlePages) -> FurtherPages:
    """Fetch the other pages of *article*, whose first page is that of *claim*.

    One page that has the whole article is preferred to the single ones. A page without new text ends the article: what
    its links continue is something else, such as the comments. Each page is a claim of its own; one that cannot be
    fetched ends with its reason. Raises FetchDeferred if the crawl is shutting down.
    """
    seen = (article.article_body or "").split("\n\n")
    if pages.whole is not None:
        whole = await _fetch(spider, claim, pages.whole)
        if whole is not None and get_new_texts(whole[1].texts, seen):
            return FurtherPages([whole[0]], are_all=True)
    found: list[PageInput] = []
    url, size = pages.next, 0
    while url is not None and len(found) < MAX_FURTHER_PAGES and size < MAX_FURTHER_BYTES:
        fetched = await _fetch(spider, claim, url)
        if fetched is None:
            return FurtherPages(found, are_all=False)
        page, further = fetched
        new_texts = get_new_texts(further.texts, seen)
        if not new_texts:
            return FurtherPages(found, are_all=True)
        found.append(page)
        size += len(page.body)
        seen += new_texts
        url = further.pages.next if further.pages is not None else None
    return FurtherPages(found, are_all=url is None)


async def _fetch(spider: BaseSpider, first: Claim, url: str) -> tuple[PageInput, FurtherPage] | None:
    """Claim and fetch a further page; return None if it cannot be had, with its outcome recorded."""
    context = spider.context
    links = [Link(url, LinkKind.ARTICLE, source="article page")]
    claims = await context.state.claim(links, site=first.site, discovered_from=first.url, force=True)
    if not claims or context.workers is None:
        return None
    claim = claims[0]
    try:
        with context.shutdown.interruptible():
            response: Response = await spider.crawler.engine.download_async(
                Request(url, meta={"claim": claim, IS_FURTHER_PAGE: True})
            )
    except (FetchDeferred, StorageError):
        raise
    except Exception as error:
        await context.state.finish_failed(claim, error)
        return None
    assert response.request is not None
    claim = response.request.meta["claim"]
    if (outcome := spider.get_outcome(response, claim)) is not None:
        await context.state.finish(claim, outcome)
        return None
    page = spider.get_page_input(response, claim)
    try:
        further = await context.workers.run(read_further_page, page)
    except (FetchDeferred, StorageError):
        raise
    except Exception as error:
        await spider.handle_parse_error(claim, error)
        return None
    await context.state.finish_further_page(claim, first)
    return page, further
