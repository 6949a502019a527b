"""What a worker process does with the bytes of an answer: plain data in, plain data out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.discovery.feeds import read_feed
from newscrawl.discovery.model import Discovered, Link
from newscrawl.discovery.pages import page_links
from newscrawl.discovery.sitemaps import read_sitemap
from newscrawl.evidence import EXTRACTOR_VERSION, ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.extraction.html.document import parse
from newscrawl.items import Article
from newscrawl.loaders import load_article
from newscrawl.urls.identity import PLAIN, UrlKeyRules

__all__ = ["ExtractionResult", "PageInput", "extract_article", "read_feed", "read_section", "read_sitemap", "warm_up"]


@dataclass(frozen=True, slots=True)
class PageInput:
    """An answer's bytes, and what is known beside them."""

    body: bytes
    url: str
    """After redirects."""
    downloaded_at: datetime
    content_type: str | None = None
    rules: ExtractionRules = field(default_factory=ExtractionRules)
    source_metadata: Mapping[str, Any] | None = None
    """What the source that named the page states of it."""
    identity: UrlKeyRules = PLAIN


@dataclass(frozen=True, slots=True)
class ExtractionResult:
    """An article, or the reason why the page is none."""

    article: Article | None
    page_type: str
    """`article`, or what the page is instead."""


def extract_article(answer: PageInput) -> ExtractionResult:
    """Extract and clean the article of a page."""
    extraction = extract(answer.body, answer.url, answer.rules, content_type=answer.content_type)
    if not extraction.is_article:
        return ExtractionResult(None, extraction.page_type)
    article = load_article(
        extraction,
        url=answer.url,
        source_metadata=Link.from_source_metadata(answer.url, answer.source_metadata),
        rules=answer.rules,
        now=answer.downloaded_at,
    )
    article.date_downloaded = answer.downloaded_at
    article.extractor_version = EXTRACTOR_VERSION
    article.shingle_hashes = compute_shingle_hashes(article.article_body)
    return ExtractionResult(article, extraction.page_type)


def read_section(answer: PageInput) -> Discovered:
    """Find the links of a front, section or other page."""
    document = parse(answer.body, content_type=answer.content_type, fallback_encoding=answer.rules.encoding)
    return page_links(document.root, answer.url, answer.identity)


def warm_up() -> None:
    """Do everything once, so that what libraries load lazily is loaded."""
    page = (
        b"<html lang=en><body><article><h1>News</h1><time>3 May 2024, 10:00</time><p>Text of it.</p></article></body>"
    )
    answer = PageInput(page, "https://example.org/news/one-two-three", datetime.now(UTC))
    extract_article(answer)
    read_section(answer)
    read_feed(b"<rss version='2.0'><channel><item><link>https://example.org/</link></item></channel></rss>", answer.url)
