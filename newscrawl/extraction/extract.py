"""Extract all evidence from the bytes of a page: the entry point of this package."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import cast

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from newscrawl.evidence import ArticlePages, Extraction, ExtractionRules
from newscrawl.extraction.article_pages import find_article_pages
from newscrawl.extraction.body.classify import classify_blocks
from newscrawl.extraction.body.closing import AGENCY_CREDIT
from newscrawl.extraction.body.model import BlockModel
from newscrawl.extraction.body.opening import drop_opening_lines
from newscrawl.extraction.body.rules import BodyHints
from newscrawl.extraction.declared.bodies import with_declared_body
from newscrawl.extraction.declared.state_article import find_article_in_state
from newscrawl.extraction.html.document import Document, UnreadableDocument, parse
from newscrawl.extraction.html.encoding import MAX_REPLACED
from newscrawl.extraction.html.scan import DomScan, Landmark, get_text, scan_dom
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.images import read_images
from newscrawl.extraction.metadata.json_ld import SOURCE as JSON_LD
from newscrawl.extraction.metadata.json_ld import LinkedData, read_json_ld
from newscrawl.extraction.metadata.meta_tags import find_metadata_elements, read_meta_tags
from newscrawl.extraction.metadata.nearby import SOURCE
from newscrawl.extraction.metadata.standfirst import find_standfirst, mark_standfirst
from newscrawl.extraction.metadata.visible_fields import drop_section_headings, read_headline, read_nearby_fields
from newscrawl.extraction.page_type.classify import ARTICLE, classify_page
from newscrawl.extraction.page_type.facts import Page, collect_facts
from newscrawl.extraction.page_type.model import OTHER_PAGE, is_other_page
from newscrawl.fields.agencies import find_credit_line
from newscrawl.fields.date_search import find_date_in_path
from newscrawl.urls.parse import get_url_host, split_any

SITE_RULE = "site rule"
LIVE_BLOG = "LiveBlogPosting"


def extract(
    body: bytes, url: str, rules: ExtractionRules, *, content_type: str | None = None, model: BlockModel | None = None
) -> Extraction:
    """Return all evidence of one page.

    *content_type* is the response header; *model* replaces the bundled block model. No page content raises: a
    page that cannot be parsed returns an Extraction without blocks and with page type `binary`, `empty` or
    `too_complex`. Raises ValueError for an invalid selector in *rules*.
    """
    try:
        document = parse(body, content_type=content_type, fallback_encoding=rules.encoding, url=url)
        return extract_document(document, url, rules, model)
    except UnreadableDocument as error:
        return Extraction({}, (), is_article=False, page_type=error.reason)


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """Metadata and DOM scan of a page: everything needed to classify its blocks."""

    evidence: EvidenceCollector
    data: LinkedData
    metas: Mapping[str, Sequence[str]]
    links: Sequence[etree._Element]
    """The `link` and `a` elements."""
    scan: DomScan
    headlines: Sequence[Landmark]
    hints: BodyHints
    read_state: Callable[[], str | None]
    """Returns the article in the page's state as HTML. Not called for most pages: reading the state is slow."""


def read_page_metadata(document: Document, url: str, rules: ExtractionRules) -> PageMetadata:
    """Read metadata and scan the DOM, without changing the tree."""
    root, evidence = document.root, EvidenceCollector()
    _read_site_rules(root, rules, evidence)
    elements = find_metadata_elements(root)
    data = read_json_ld(elements["script"], url, evidence)
    metas = read_meta_tags(root, elements, evidence)
    links = (*elements["link"], *elements["a"])
    scan = scan_dom(root, _select(root, rules.drop), _select(root, (rules.article_body,)))
    headlines = read_headline(scan, evidence, url)
    hints = _build_hints(evidence, data, rules, url)
    read_state = partial(find_article_in_state, root, elements["script"], url, hints.headlines)
    return PageMetadata(evidence, data, metas, links, scan, headlines, hints, read_state)


def extract_document(
    document: Document, url: str, rules: ExtractionRules, model: BlockModel | None = None
) -> Extraction:
    """Return all evidence of a parsed page, without changing its tree; raise UnreadableDocument if it is huge."""
    root, page = document.root, read_page_metadata(document, url, rules)
    evidence, data, scan, headlines = page.evidence, page.data, page.scan, page.headlines
    classified = with_declared_body(classify_blocks(scan, page.hints, model), data, page.hints, page.read_state)
    drop_section_headings(headlines, classified, evidence)
    read_nearby_fields(scan, classified, headlines[0] if headlines else None, evidence, url)
    drop_opening_lines(classified, evidence.all("headline"), evidence.all("authors"))
    mark_standfirst(classified, find_standfirst(scan, classified, headlines, evidence))
    read_images(scan, classified, evidence)
    for block in classified.blocks:
        if block.reason == AGENCY_CREDIT:
            evidence.add("credit_text", find_credit_line(block.text), SOURCE)
    if classified.is_live_blog and data.kind != LIVE_BLOG:
        evidence.add("article_type", LIVE_BLOG, SOURCE)
    evidence.add("article_type", data.kind, JSON_LD)
    page_type = _get_page_type(Page(root, url, scan, classified, evidence, data, page.metas))
    evidence.add("date_published", find_date_in_path(split_any(url).path), "url")
    pages = find_article_pages(page.links, url, evidence.first("canonical_url"))
    return Extraction(
        evidence={name: tuple(values) for name, values in evidence.by_field.items() if values},
        blocks=tuple(classified.blocks),
        left_out=scan.left_out,
        images=tuple(evidence.images),
        encoding=document.encoding,
        is_encoding_detected=document.warning is not None,
        is_article=page_type == ARTICLE,
        kind=data.kind,
        page_type=page_type,
        warnings=_list_warnings(document, page_type, pages, data.unreadable),
        pages=pages,
    )


def _get_page_type(page: Page) -> str:
    facts = collect_facts(page)
    page_type = classify_page(facts)
    return OTHER_PAGE if page_type == ARTICLE and is_other_page(page, facts) else page_type


def _list_warnings(
    document: Document, page_type: str, pages: ArticlePages | None, unreadable_data: Sequence[str]
) -> tuple[str, ...]:
    unreadable = "unreadable characters" if document.replaced > MAX_REPLACED else None
    has_next = pages is not None and pages.is_first and page_type == ARTICLE
    continues = f"the article continues on {pages.next}" if pages is not None and has_next else None
    data = f"JSON-LD that cannot be read is ignored: {'; '.join(unreadable_data[:3])}" if unreadable_data else None
    return tuple(filter(None, (document.warning, unreadable, continues, data)))


def _build_hints(evidence: EvidenceCollector, data: LinkedData, rules: ExtractionRules, url: str) -> BodyHints:
    return BodyHints(
        headlines=tuple(dict.fromkeys(evidence.all("headline")))[:6],
        description=evidence.first("description"),
        authors=evidence.all("authors")[:10],
        language=rules.language or evidence.first("in_language"),
        drop_text=_compile_patterns(rules.drop_text),
        article_body=data.article_body,
        is_live_blog=data.kind == LIVE_BLOG,
        has_article_data=data.kind is not None,
        host=get_url_host(url).removeprefix("www."),
    )


def _read_site_rules(root: etree._Element, rules: ExtractionRules, evidence: EvidenceCollector) -> None:
    for name, selector in (
        ("headline", rules.headline), ("authors", rules.authors), ("date_published", rules.date_published),
    ):  # fmt: skip
        for element in _select(root, (selector,)):
            evidence.add(name, _get_value(element), SITE_RULE)


def _get_value(element: etree._Element) -> str:
    for attribute in ("datetime", "content"):
        if value := element.get(attribute):
            return value
    return get_text(element)


def _select(root: etree._Element, selectors: tuple[str | None, ...]) -> dict[etree._Element, str]:
    """Return the elements that match, in the order of *selectors*, each with the reason `site rule`."""
    found: dict[etree._Element, str] = {}
    for selector in selectors:
        if selector:
            for element in cast("list[etree._Element]", _compile_selector(selector)(root)):
                found.setdefault(element, SITE_RULE)
    return found


@lru_cache(maxsize=1_000)
def _compile_selector(selector: str) -> CSSSelector:
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise ValueError(f"invalid CSS selector {selector!r}: {error}") from error


@lru_cache(maxsize=500)
def _compile_patterns(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
