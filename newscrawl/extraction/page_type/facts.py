"""What the verdict on a page rests on, counted from what the walk has found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from newscrawl.boilerplate.page_rules import folded
from newscrawl.discovery.page_words import EDITIONS
from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.scan import DomScan, text_of
from newscrawl.extraction.metadata.evidence_book import EvidenceBook
from newscrawl.extraction.metadata.json_ld import LinkedData
from newscrawl.extraction.page_type.teasers import MAX_BUTTON, TeaserList, is_linked, read_river
from newscrawl.text.clean import weight
from newscrawl.urls.normalize import score_article_url

MAX_READ = 3_000
"""Characters of the page in which phrases are looked for; none where a longer text goes on."""
SHORT = 200
_PARTS = re.compile(r"\s+[-–—·•]+\s+|\s*[|»«]+\s*|\s+::?\s+")
_ENDS = " .!…"


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Plain data; texts are folded as the terms of rules are."""

    titles: frozenset[str] = frozenset()
    """The page's title and headline, whole and in their parts; its first headings too where it has hardly any text,
    for with text they may be those of banners and boxes."""
    headline: frozenset[str] = frozenset()
    """Title and headline, each without what follows the first dash or bar."""
    words: str = ""
    """The first text of the page, kept or removed; empty where there is a long text, or an article, to judge by."""
    lines: Counter[str] = field(default_factory=Counter)
    """Short blocks, with how often they come; empty in the same case."""
    segments: tuple[str, ...] = ()
    """Parts of the URL's path."""
    is_front: bool = False
    """The URL is that of the site or of one of its editions."""
    article_path: float | None = None
    """How much the URL looks like an article's, 0 to 1; None where it is not known."""
    classes: frozenset[str] = frozenset()
    """Of the body element."""
    generator: str = ""
    types: frozenset[str] = frozenset()
    """JSON-LD types, and og:type with the prefix `og:`."""
    has_article: bool = False
    """JSON-LD describes this page as an article."""
    others: int = 0
    """Articles that it describes besides, none of which is this page."""
    is_published: bool = False
    """A meta element states when."""
    has_date: bool = False
    size: int = 0
    """Characters of kept text; signs of dense scripts count double."""
    river: TeaserList = field(default_factory=TeaserList)
    links: int = 0
    dates: int = 0
    password_fields: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was read."""

    root: etree._Element
    url: str
    scan: DomScan
    judged: ClassifiedBlocks
    book: EvidenceBook
    data: LinkedData
    metas: Mapping[str, Sequence[str]]


def collect_facts(page: Page) -> PageFacts:
    """Count and fold what rules ask for."""
    scan, judged = page.scan, page.judged
    river = read_river(scan, judged, page.url)
    parts = urlsplit(page.url)
    segments = tuple(segment for segment in parts.path.lower().split("/") if segment)
    titles = [text for text in (page.book.first("page_title"), page.book.first("headline")) if text]
    has_article = page.data.kind is not None and not page.data.others
    is_short = river.run < (SHORT if has_article else MAX_READ)
    body = page.root.find("body")
    return PageFacts(
        titles=frozenset(_parts([*titles, *_headings(scan)] if river.run < SHORT else titles)),
        headline=frozenset(_trimmed(_PARTS.split(folded(text), maxsplit=1)[0]) for text in titles),
        words=_words(page, noscript=river.run < SHORT) if is_short else "",
        lines=_buttons(scan) if is_short else Counter(),
        segments=segments,
        is_front=bool(page.url) and _is_front(segments, parts.query),
        article_path=score_article_url(page.url) if page.url else None,
        classes=frozenset((body.get("class") or "").lower().split()) if body is not None else frozenset(),
        generator=" ".join(page.metas.get("generator", ())).casefold(),
        types=frozenset(map(folded, page.data.types))
        | {"og:" + folded(kind) for kind in page.metas.get("og:type", ())},
        has_article=has_article,
        others=page.data.others,
        is_published="article:published_time" in page.metas,
        has_date=bool(page.book.all("date_published")),
        size=sum(weight(block.text) for block in judged.blocks if block.kept),
        river=river,
        links=scan.links,
        dates=len(scan.times),
        password_fields=scan.password_fields,
    )


def _buttons(scan: DomScan) -> Counter[str]:
    return Counter(folded(block.text) for block in scan.blocks if len(block.text) <= MAX_BUTTON)


def _headings(scan: DomScan) -> Iterator[str]:
    heads = (block.text for block in scan.blocks if block.tag in HEADINGS and block.tag < "h4")
    return islice((text for text in heads if len(text) <= SHORT), 4)


def _parts(titles: Sequence[str]) -> Iterator[str]:
    for title in map(folded, titles):
        yield title
        yield _trimmed(title)
        yield from map(_trimmed, _PARTS.split(title))


def _trimmed(text: str) -> str:
    return text.strip(_ENDS)


def _words(page: Page, *, noscript: bool) -> str:
    texts: list[str] = []
    size = 0
    for block in page.scan.blocks:
        if not is_linked(block):
            texts.append(block.text)
            size += len(block.text)
            if size > MAX_READ:
                break
    if noscript:
        texts += [text_of(element, " ", longest=SHORT) for element in islice(page.root.iter("noscript"), 5)]
    return folded("\n".join(texts)[: 2 * MAX_READ])


def _is_front(segments: Sequence[str], query: str) -> bool:
    if not segments:
        return not query
    if len(segments) > 1:
        return False
    name = segments[0].partition(".")[0]
    return name in ("index", "default", "home") or segments[0].partition("-")[0] in EDITIONS
