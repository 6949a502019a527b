"""What the verdict on a page rests on, counted from what the walk has found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from newscrawl.boilerplate.page_rules import folded
from newscrawl.discovery.page_words import EDITIONS, GENERIC
from newscrawl.extraction.body import HEADINGS, Judged
from newscrawl.extraction.container import prose_size
from newscrawl.extraction.evidence import EvidenceBook
from newscrawl.extraction.json_ld import LinkedData
from newscrawl.extraction.walk import BREAK, RawBlock, Walked, text_of
from newscrawl.urls import looks_like_article

LINK_SHARE = 0.8
SHORTEST_TEASER = 12
LONGEST_BUTTON = 40
MOST_READ = 3_000
"""Characters of the page in which phrases are looked for; none where a longer text goes on."""
SHORT = 200
LONGEST_BEFORE_HOST = 30
"""Scheme and labels such as `www.` before a site's own host in a URL."""
_PARTS = re.compile(r"\s+[-–—·•]+\s+|\s*[|»«]+\s*|\s+::?\s+")
_ENDS = " .!…"
_DENSE_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


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
    run: int = 0
    """Most characters of kept prose in a row, between two teasers."""
    runs: int = 0
    """How many such runs there are."""
    paragraphs: int = 0
    teasers: int = 0
    """Lines outside menus and sidebars that are, or begin with, a link to another page of the site."""
    read_on: int = 0
    """Links that say no more than to read on."""
    captions: int = 0
    links: int = 0
    dates: int = 0
    password_fields: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was read."""

    root: etree._Element
    url: str
    walked: Walked
    judged: Judged
    book: EvidenceBook
    data: LinkedData
    metas: Mapping[str, Sequence[str]]


def facts_of(page: Page) -> PageFacts:
    """Count and fold what rules ask for."""
    walked, judged = page.walked, page.judged
    river = _River(page)
    parts = urlsplit(page.url)
    segments = tuple(segment for segment in parts.path.lower().split("/") if segment)
    titles = [text for text in (page.book.first("page_title"), page.book.first("headline")) if text]
    has_article = page.data.has_article and not page.data.others
    is_short = river.run < (SHORT if has_article else MOST_READ)
    body = page.root.find("body")
    return PageFacts(
        titles=frozenset(_parts([*titles, *_headings(walked)] if river.run < SHORT else titles)),
        headline=frozenset(_trimmed(_PARTS.split(folded(text), maxsplit=1)[0]) for text in titles),
        words=_words(page, noscript=river.run < SHORT) if is_short else "",
        lines=_buttons(walked) if is_short else Counter(),
        segments=segments,
        is_front=bool(page.url) and _is_front(segments, parts.query),
        article_path=looks_like_article(page.url) if page.url else None,
        classes=frozenset((body.get("class") or "").lower().split()) if body is not None else frozenset(),
        generator=" ".join(page.metas.get("generator", ())).casefold(),
        types=frozenset(map(folded, page.data.types))
        | {"og:" + folded(kind) for kind in page.metas.get("og:type", ())},
        has_article=has_article,
        others=page.data.others,
        is_published="article:published_time" in page.metas,
        has_date=bool(page.book.all("date_published")),
        size=sum(_weight(block.text) for block in judged.blocks if block.kept),
        run=river.run,
        runs=river.runs,
        paragraphs=river.paragraphs,
        teasers=river.teasers,
        read_on=river.read_on,
        captions=river.captions,
        links=walked.links,
        dates=len(walked.times),
        password_fields=walked.password_fields,
    )


class _River:
    """Text and teasers in the order of the page."""

    def __init__(self, page: Page) -> None:
        self.run = self.runs = self.paragraphs = self.teasers = self.read_on = self.captions = 0
        self._host = (urlsplit(page.url).hostname or "").removeprefix("www.")
        zones, here = page.judged.zones, 0
        stated = page.judged.blocks[len(page.walked.blocks) :]
        for raw, block in zip(page.walked.blocks, page.judged.blocks, strict=False):
            zone, teaser = zones[raw.node], self._teaser(raw)
            self.captions += zone == "caption" and not block.kept
            self.teasers += teaser and zone in (None, "related")
            size = prose_size(raw) if block.kept else 0
            self.paragraphs += size > 0
            here = 0 if teaser else here
            self.runs += here == 0 < size
            here += size
            self.run = max(self.run, here)
        self.run = max(self.run, sum(_weight(block.text) for block in stated))

    def _teaser(self, block: RawBlock) -> bool:
        if not block.link_chars:
            return False
        text = block.text
        if block.link_chars < LINK_SHARE * len(text):
            return _begins_with_link(block)
        if len(text) <= LONGEST_BUTTON and _says_read_on(text):
            self.read_on += 1
            return False
        return (len(text) >= SHORTEST_TEASER or _weight(text) >= SHORTEST_TEASER) and not self._leads_away(block)

    def _leads_away(self, block: RawBlock) -> bool:
        href = next((href for _, _, href in block.marks if href), "")
        return href.startswith(("http:", "https:")) and self._host not in href[: LONGEST_BEFORE_HOST + len(self._host)]


def _begins_with_link(block: RawBlock) -> bool:
    """A linked first line with more below it: the teaser of pages that are built with line breaks."""
    if "\n" not in block.text or block.marks[0][:2] != (0, "a"):
        return False
    end = next((at for at, tag, _ in block.marks if tag == "/a"), 0)
    linked = "".join(block.pieces[:end]).replace(BREAK, " ").split()
    return " ".join(linked) == block.text.partition("\n")[0]


@lru_cache(maxsize=5_000)
def _says_read_on(text: str) -> bool:
    return _trimmed(folded(text)) in GENERIC


def _buttons(walked: Walked) -> Counter[str]:
    return Counter(folded(block.text) for block in walked.blocks if len(block.text) <= LONGEST_BUTTON)


def _headings(walked: Walked) -> Iterator[str]:
    heads = (block.text for block in walked.blocks if block.tag in HEADINGS and block.tag < "h4")
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
    for block in page.walked.blocks:
        if block.link_chars < LINK_SHARE * len(block.text):
            texts.append(block.text)
            size += len(block.text)
            if size > MOST_READ:
                break
    if noscript:
        texts += [text_of(element, " ", longest=SHORT) for element in islice(page.root.iter("noscript"), 5)]
    return folded("\n".join(texts)[: 2 * MOST_READ])


def _is_front(segments: Sequence[str], query: str) -> bool:
    if not segments:
        return not query
    if len(segments) > 1:
        return False
    name = segments[0].partition(".")[0]
    return name in ("index", "default", "home") or segments[0].partition("-")[0] in EDITIONS


def _weight(text: str) -> int:
    return len(text) if text.isascii() else len(text) + len(_DENSE_SCRIPT.findall(text))
