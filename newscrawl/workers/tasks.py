"""What a worker process does with the bytes of a response: plain data in, plain data out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.discovery.feeds import read_feed
from newscrawl.discovery.model import Discovered, Link
from newscrawl.discovery.pages import find_links
from newscrawl.discovery.sitemaps import read_sitemap
from newscrawl.evidence import EXTRACTOR_VERSION, ArticlePages, Extraction, ExtractionRules
from newscrawl.extraction.article_pages import join_article_pages
from newscrawl.extraction.extract import extract
from newscrawl.extraction.html.document import parse
from newscrawl.items import Article
from newscrawl.loaders import load_article
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules

__all__ = [
    "ExtractionResult",
    "PageInput",
    "extract_article",
    "read_feed",
    "read_further_page",
    "read_section",
    "read_sitemap",
    "warm_up",
]


@dataclass(frozen=True, slots=True)
class PageInput:
    """The body of a response, and what is known about the page."""

    body: bytes
    url: str
    """After redirects."""
    downloaded_at: datetime
    content_type: str | None = None
    rules: ExtractionRules = field(default_factory=ExtractionRules)
    source_metadata: Mapping[str, Any] | None = None
    """What the feed, sitemap or page that linked it declares about it (Link.source_metadata)."""
    identity: UrlKeyRules = PLAIN


@dataclass(frozen=True, slots=True)
class ExtractionResult:
    """An article, or the type of a page that is not one."""

    article: Article | None
    page_type: str
    """`article`, or the reason that the page gets instead."""
    pages: ArticlePages | None = None
    """None for an article of one page."""


@dataclass(frozen=True, slots=True)
class FurtherPage:
    """What a page after the first contributes to its article."""

    texts: tuple[str, ...]
    """Kept blocks, in page order."""
    pages: ArticlePages | None


def extract_article(
    page: PageInput, further: Sequence[PageInput] = (), *, has_all_pages: bool = False
) -> ExtractionResult:
    """Return the article of a page, extracted and cleaned.

    *further* are the article's other pages, in order; where there are more of them, unless *has_all_pages*, the article
    is truncated.
    """
    extraction = _extract(page)
    if not extraction.is_article:
        return ExtractionResult(None, extraction.page_type)
    if further:
        extraction = join_article_pages([extraction, *map(_extract, further)])
    article = load_article(
        extraction,
        url=page.url,
        source_metadata=Link.from_source_metadata(page.url, page.source_metadata),
        rules=page.rules,
        now=page.downloaded_at,
    )
    if extraction.pages is not None and extraction.pages.next is not None and not has_all_pages:
        article.is_truncated = True
    article.date_downloaded = page.downloaded_at
    article.extractor_version = EXTRACTOR_VERSION
    article.shingle_hashes = compute_shingle_hashes(article.article_body)
    return ExtractionResult(article, extraction.page_type, extraction.pages)


def read_further_page(page: PageInput) -> FurtherPage:
    """Return the texts of a page after the first of an article."""
    extraction = _extract(page)
    return FurtherPage(tuple(block.text for block in extraction.blocks if block.kept), extraction.pages)


def _extract(page: PageInput) -> Extraction:
    return extract(page.body, page.url, page.rules, content_type=page.content_type)


def read_section(page: PageInput) -> Discovered:
    """Return the links of a front page, section or other page."""
    encoding = page.rules.encoding
    document = parse(page.body, content_type=page.content_type, fallback_encoding=encoding, url=page.url)
    return find_links(document.root, page.url, page.identity)


def warm_up() -> None:
    """Run every task once, so that libraries have loaded what they load lazily."""
    body = (
        b"<html lang=en><body><article><h1>News</h1><time>3 May 2024, 10:00</time><p>Text of it.</p></article></body>"
    )
    page = PageInput(body, "https://example.org/news/one-two-three", datetime.now(UTC))
    extract_article(page)
    read_section(page)
    read_feed(b"<rss version='2.0'><channel><item><link>https://example.org/</link></item></channel></rss>", page.url)
