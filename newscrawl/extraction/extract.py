"""The door: a page's bytes in, all its evidence out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from newscrawl.evidence import Extraction, ExtractionRules
from newscrawl.extraction.body.classify import classify_blocks, with_stated_body
from newscrawl.extraction.body.model import BlockModel
from newscrawl.extraction.body.rules import BodyHints
from newscrawl.extraction.html.document import Document, UnreadableDocument, parse
from newscrawl.extraction.html.scan import DomScan, Landmark, scan_dom, text_of
from newscrawl.extraction.metadata.evidence_book import EvidenceBook
from newscrawl.extraction.metadata.images import read_images
from newscrawl.extraction.metadata.json_ld import LinkedData, read_json_ld
from newscrawl.extraction.metadata.meta_tags import read_metadata, stating
from newscrawl.extraction.metadata.visible_fields import leave_out_section_headings, read_around, read_headline
from newscrawl.extraction.page_type.classify import ARTICLE, classify_page
from newscrawl.extraction.page_type.facts import Page, collect_facts

SITE_RULE = "site rule"
_DATE_IN_PATH = re.compile(r"/((?:19|20)\d{2})(?P<sign>[/-]?)(\d{2})(?P=sign)(\d{2})(?=[/-])")
MANY_REPLACED = 0.01
"""Share of unreadable characters above which the page gets a warning."""


def extract(
    body: bytes, url: str, rules: ExtractionRules, *, content_type: str | None = None, model: BlockModel | None = None
) -> Extraction:
    """Read all evidence of one page.

    *content_type* is the answer's header; *model* judges the blocks in place of the bundled one. Never raises for
    what a page may hold: what cannot be read at all gives an Extraction without blocks whose verdict is `binary`,
    `empty` or `too_complex`.
    """
    try:
        document = parse(body, content_type=content_type, fallback_encoding=rules.encoding)
    except UnreadableDocument as error:
        return Extraction({}, (), is_article=False, page_type=error.reason)
    return extract_document(document, url, rules, model)


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page states of itself, and its walk."""

    book: EvidenceBook
    data: LinkedData
    metas: Mapping[str, Sequence[str]]
    scan: DomScan
    headlines: Sequence[Landmark]
    hints: BodyHints


def read_stated(document: Document, url: str, rules: ExtractionRules) -> PageMetadata:
    """Everything that is read before the blocks are judged; the tree is left as it is."""
    root, book = document.root, EvidenceBook()
    _read_site_rules(root, rules, book)
    elements = stating(root)
    data = read_json_ld(elements["script"], url, book)
    metas = read_metadata(root, elements, book)
    scan = scan_dom(root, _selected(root, rules.drop), _selected(root, (rules.article_body,)))
    headlines = read_headline(scan, book)
    return PageMetadata(book, data, metas, scan, headlines, _hints(book, data, rules))


def extract_document(
    document: Document, url: str, rules: ExtractionRules, model: BlockModel | None = None
) -> Extraction:
    """Read all evidence of a parsed page; its tree is left as it is."""
    root, stated = document.root, read_stated(document, url, rules)
    book, data, scan, headlines = stated.book, stated.data, stated.scan, stated.headlines
    judged = with_stated_body(classify_blocks(scan, stated.hints, model), data.article_body)
    leave_out_section_headings(headlines, judged, book)
    read_around(scan, judged, headlines[0] if headlines else None, book)
    read_images(scan, judged, book)
    facts = collect_facts(Page(root, url, scan, judged, book, data, stated.metas))
    if match := _DATE_IN_PATH.search(urlsplit(url).path):
        book.add("date_published", "-".join(match.group(1, 3, 4)), "url")
    page_type = classify_page(facts)
    return Extraction(
        evidence={name: tuple(values) for name, values in book.evidence.items() if values},
        blocks=tuple(judged.blocks),
        left_out=scan.left_out,
        images=tuple(book.images),
        encoding=document.encoding,
        is_article=page_type == ARTICLE,
        kind=data.kind,
        page_type=page_type,
        warnings=("unreadable characters",) if document.replaced > MANY_REPLACED else (),
    )


def _hints(book: EvidenceBook, data: LinkedData, rules: ExtractionRules) -> BodyHints:
    return BodyHints(
        headlines=tuple(dict.fromkeys(book.all("headline")))[:6],
        description=book.first("description"),
        authors=book.all("authors")[:10],
        language=rules.language or book.first("in_language"),
        drop_text=_patterns(rules.drop_text),
        article_body=data.article_body,
        has_article_data=data.kind is not None,
    )


def _read_site_rules(root: etree._Element, rules: ExtractionRules, book: EvidenceBook) -> None:
    for name, selector in (
        ("headline", rules.headline), ("authors", rules.authors), ("date_published", rules.date_published),
    ):  # fmt: skip
        for element in _selected(root, (selector,)):
            book.add(name, _value(element), SITE_RULE)


def _value(element: etree._Element) -> str:
    for attribute in ("datetime", "content"):
        if value := element.get(attribute):
            return value
    return text_of(element)


def _selected(root: etree._Element, selectors: tuple[str | None, ...]) -> dict[etree._Element, str]:
    """The elements that CSS selectors match, in the order of selectors; the first body selector that matches wins."""
    found: dict[etree._Element, str] = {}
    for selector in selectors:
        if selector:
            for element in cast("list[etree._Element]", _compiled(selector)(root)):
                found.setdefault(element, SITE_RULE)
    return found


@lru_cache(maxsize=1_000)
def _compiled(selector: str) -> CSSSelector:
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {selector!r}: {error}") from error


@lru_cache(maxsize=500)
def _patterns(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
