"""Collect the facts that the page type is decided on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from newscrawl.discovery.page_words import EDITIONS
from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.scan import DomScan, get_text
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.json_ld import LinkedData
from newscrawl.extraction.page_type.teasers import MAX_BUTTON, TeaserList, count_teasers, is_linked
from newscrawl.text.clean import weight
from newscrawl.text.fold import fold_term
from newscrawl.urls.classify import score_article_url
from newscrawl.urls.parse import split_any

MAX_TEXT = 3_000
"""Characters of the page searched for phrases; a page with a longer run of text is not searched."""
MAX_SHORT = 200
_PARTS = re.compile(r"\s+[-–—·•]+\s+|\s*[|»«]+\s*|\s+::?\s+")
_ENDS = " .!…"


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Facts about a page. Texts are folded like the terms of the rules."""

    titles: frozenset[str] = frozenset()
    """Title and headline, whole and in parts. Pages with hardly any text include their first headings; on other
    pages those may belong to banners and widgets."""
    headline: frozenset[str] = frozenset()
    """Title and headline, each up to the first dash or bar."""
    words: str = ""
    """Start of the text, kept or removed; empty if a run of text reaches MAX_TEXT (MAX_SHORT if has_article)."""
    lines: Counter[str] = field(default_factory=Counter)
    """Short blocks with their counts; empty in the same cases."""
    segments: tuple[str, ...] = ()
    """Segments of the URL path, lower case."""
    is_front: bool = False
    """The URL is the front page of the site or of an edition."""
    article_path: float | None = None
    """How much the URL looks like an article, 0 to 1; None if there is no URL."""
    classes: frozenset[str] = frozenset()
    """Classes of the `body` element."""
    generator: str = ""
    """Of the `generator` meta element, case-folded."""
    types: frozenset[str] = frozenset()
    """JSON-LD types, and `og:type` values prefixed with `og:`."""
    has_article: bool = False
    """JSON-LD describes this page as an article."""
    other_articles: int = 0
    """Articles in JSON-LD if none of them is this page."""
    is_published: bool = False
    """A meta element declares `article:published_time`."""
    has_date: bool = False
    size: int = 0
    """Characters of kept text; characters of dense scripts count double."""
    teaser_list: TeaserList = field(default_factory=TeaserList)
    links: int = 0
    dates: int = 0
    password_fields: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """An extracted page."""

    root: etree._Element
    url: str
    scan: DomScan
    classified: ClassifiedBlocks
    evidence: EvidenceCollector
    data: LinkedData
    metas: Mapping[str, Sequence[str]]


def collect_facts(page: Page) -> PageFacts:
    """Count and fold what the rules need."""
    scan, classified = page.scan, page.classified
    teaser_list = count_teasers(scan, classified, page.url)
    parts = split_any(page.url)
    segments = tuple(segment for segment in parts.path.lower().split("/") if segment)
    titles = [text for text in (page.evidence.first("page_title"), page.evidence.first("headline")) if text]
    has_article = page.data.kind is not None and not page.data.other_articles
    is_short = teaser_list.run < (MAX_SHORT if has_article else MAX_TEXT)
    body = page.root.find("body")
    return PageFacts(
        titles=frozenset(_split_titles([*titles, *_get_headings(scan)] if teaser_list.run < MAX_SHORT else titles)),
        headline=frozenset(_trim(_PARTS.split(fold_term(text), maxsplit=1)[0]) for text in titles),
        words=_get_text(page, noscript=teaser_list.run < MAX_SHORT) if is_short else "",
        lines=_count_short_texts(scan) if is_short else Counter(),
        segments=segments,
        is_front=bool(page.url) and _is_front_page(segments, parts.query),
        article_path=score_article_url(page.url) if page.url else None,
        classes=frozenset((body.get("class") or "").lower().split()) if body is not None else frozenset(),
        generator=" ".join(page.metas.get("generator", ())).casefold(),
        types=frozenset(map(fold_term, page.data.types))
        | {"og:" + fold_term(kind) for kind in page.metas.get("og:type", ())},
        has_article=has_article,
        other_articles=page.data.other_articles,
        is_published="article:published_time" in page.metas,
        has_date=bool(page.evidence.all("date_published")),
        size=sum(weight(block.text) for block in classified.blocks if block.kept),
        teaser_list=teaser_list,
        links=scan.links,
        dates=len(scan.times),
        password_fields=scan.password_fields,
    )


def _count_short_texts(scan: DomScan) -> Counter[str]:
    return Counter(fold_term(block.text) for block in scan.blocks if len(block.text) <= MAX_BUTTON)


def _get_headings(scan: DomScan) -> Iterator[str]:
    heads = (block.text for block in scan.blocks if block.tag in HEADINGS and block.tag < "h4")
    return islice((text for text in heads if len(text) <= MAX_SHORT), 4)


def _split_titles(titles: Sequence[str]) -> Iterator[str]:
    for title in map(fold_term, titles):
        yield title
        yield _trim(title)
        yield from map(_trim, _PARTS.split(title))


def _trim(text: str) -> str:
    return text.strip(_ENDS)


def _get_text(page: Page, *, noscript: bool) -> str:
    texts: list[str] = []
    size = 0
    for block in page.scan.blocks:
        if not is_linked(block):
            texts.append(block.text)
            size += len(block.text)
            if size > MAX_TEXT:
                break
    if noscript:
        texts += [get_text(element, " ", max_length=MAX_SHORT) for element in islice(page.root.iter("noscript"), 5)]
    return fold_term("\n".join(texts)[: 2 * MAX_TEXT])


def _is_front_page(segments: Sequence[str], query: str) -> bool:
    if not segments:
        return not query
    if len(segments) > 1:
        return False
    name = segments[0].partition(".")[0]
    return name in ("index", "default", "home") or segments[0].partition("-")[0] in EDITIONS
