"""What a worker process does with the bytes of a response: plain data in, plain data out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from newscrawl.discovery import feeds, sitemaps
from newscrawl.discovery.model import Discovered, Link, LinkKind
from newscrawl.discovery.pages import find_links
from newscrawl.discovery.sources import decompress
from newscrawl.evidence import EXTRACTOR_VERSION, ArticlePages, Extraction, ExtractionRules
from newscrawl.extraction.article_pages import join_article_pages
from newscrawl.extraction.extract import extract
from newscrawl.extraction.html.document import UnreadableDocument, parse
from newscrawl.extraction.listings import (
    SIGNATURES,
    detect_file_type,
    detect_wall,
    explain_missing_links,
    is_xml_listing,
)
from newscrawl.extraction.page_type.model import OTHER_PAGE
from newscrawl.items import Article
from newscrawl.loaders import load_article
from newscrawl.outcomes import is_html
from newscrawl.urls.classify import LIKELY_ARTICLE
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules
from newscrawl.workers.fingerprints import compute_fingerprints

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
    follow: tuple[str, ...] = ()
    """Of a section: regular expressions of links that are articles (`follow` in the site file)."""


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
    link = Link.from_source_metadata(page.url, page.source_metadata)
    if not extraction.is_article and not (extraction.page_type == OTHER_PAGE and _is_named_as_article(link)):
        return ExtractionResult(None, extraction.page_type)
    if further:
        extraction = join_article_pages([extraction, *map(_extract, further)])
    article = load_article(
        extraction,
        url=page.url,
        source_metadata=link,
        rules=page.rules,
        now=page.downloaded_at,
    )
    if extraction.pages is not None and extraction.pages.next is not None and not has_all_pages:
        article.is_truncated = True
    article.date_downloaded = page.downloaded_at
    article.extractor_version = EXTRACTOR_VERSION
    article.fingerprints = compute_fingerprints(article)
    return ExtractionResult(article, extraction.page_type, extraction.pages)


def _is_named_as_article(link: Link | None) -> bool:
    """Return whether the page was found in a feed or a news sitemap, which hardly ever name anything but articles."""
    return link is not None and link.source in ("feed", "news sitemap")


def read_further_page(page: PageInput) -> FurtherPage:
    """Return the texts of a page after the first of an article."""
    extraction = _extract(page)
    return FurtherPage(tuple(block.text for block in extraction.blocks if block.kept), extraction.pages)


def _extract(page: PageInput) -> Extraction:
    return extract(page.body, page.url, page.rules, content_type=page.content_type)


def read_section(page: PageInput) -> Discovered:
    """Return the links of a front page, section or other page; those of a feed or sitemap in its place, too."""
    if is_xml_listing(page.body):
        return read_sitemap(page.body, page.url)
    if (file_type := detect_file_type(page.content_type, page.body)) is not None:
        return Discovered((), file_type, unreadable="not_html")
    try:
        encoding = page.rules.encoding
        document = parse(page.body, content_type=page.content_type, fallback_encoding=encoding, url=page.url)
        found = find_links(document.root, page.url, page.identity, page.follow)
        likely = [link for link in found.links if link.kind is not LinkKind.ARTICLE or link.score >= LIKELY_ARTICLE]
        unreadable = explain_missing_links(document, page.url, page.rules, likely)
        return replace(found, unreadable=unreadable)
    except UnreadableDocument as error:
        return Discovered((), str(error), unreadable=error.reason)


def read_feed(body: bytes, url: str, *, content_type: str | None = None) -> Discovered:
    """Return the articles that a feed lists."""
    found = feeds.read_feed(body, url, content_type=content_type)
    return _explain_unreadable(found, "not_feed", body, url, content_type)


def read_sitemap(body: bytes, url: str) -> Discovered:
    """Return the pages and sitemaps that a sitemap lists; also reads feeds."""
    return _explain_unreadable(sitemaps.read_sitemap(body, url), "not_sitemap", body, url, None)


def _explain_unreadable(found: Discovered, reason: str, body: bytes, url: str, content_type: str | None) -> Discovered:
    """Add what the page is where nothing could be read because it is no feed or sitemap."""
    if found.unreadable is not None or found.links:
        return found
    plain = decompress(body)
    if not plain.body.strip() and plain.partial is None:
        return replace(found, unreadable="empty")
    body = plain.body or body
    if found.partial is None:
        return found
    if is_html(None, body):
        wall = detect_wall(body, url, content_type)
        return replace(found, partial="text/html", unreadable=wall or reason)
    file_type = "application/json" if body.lstrip()[:1] in {b"{", b"["} else detect_file_type(None, body)
    is_known = file_type in {"application/json", *SIGNATURES.values()}
    return replace(found, partial=file_type if is_known else found.partial, unreadable=reason)


def warm_up() -> None:
    """Run every task once, so that libraries have loaded what they load lazily."""
    body = (
        b"<html lang=en><body><article><h1>News</h1><time>3 May 2024, 10:00</time><p>Text of it.</p></article></body>"
    )
    page = PageInput(body, "https://example.org/news/one-two-three", datetime.now(UTC))
    extract_article(page)
    read_section(page)
    read_feed(b"<rss version='2.0'><channel><item><link>https://example.org/</link></item></channel></rss>", page.url)
