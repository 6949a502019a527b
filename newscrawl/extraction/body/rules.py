"""Apply the rules to each block: keep it, or remove it for a named reason. The model can overrule some reasons."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from newscrawl.boilerplate.lines import is_time_of_day, is_widget_title, match_line
from newscrawl.boilerplate.notices import match_notice
from newscrawl.extraction.body.container import Layout, ends_clause
from newscrawl.extraction.body.copies import REPEATED
from newscrawl.extraction.body.places import CaptionFinder, find_data_tables
from newscrawl.extraction.body.streams import find_streams
from newscrawl.extraction.html.scan import BREAK, DomScan, RawBlock
from newscrawl.text.fold import fold_word_characters as fold

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
TEXT_TAGS = frozenset({"p", "li", "blockquote", "pre", "dd", "dt", "td", "th"}) | HEADINGS
MAX_STANDFIRST = 900
"""Characters."""
MIN_LOOSE_TEXT = 40
"""Characters; shorter text outside text elements is removed unless it ends like a sentence."""
MAX_LINKS = 0.66
"""Share of linked characters in a sentence."""
MAX_LINKS_LOOSE = 0.5
"""The same for text that does not end like a sentence."""
MIN_AROUND_LINK = 12
"""Characters outside links that make a mostly linked sentence text."""
OUTSIDE, TIME_OF_DAY, TEASERS, UNFILLED = "outside", "time-of-day", "teasers", "unfilled-placeholder"
LINE_NUMBERS = "line-numbers"
MIN_ENTRIES = 3
"""Entries of a live blog."""
MAX_ENDS = 3
"""Blocks of prose at either end of the article among which notices and dates may stand."""
NOT_STANDFIRSTS = frozenset({
    "caption", "old-article", "affiliate-notice", "messenger-invitation",
    "translation-notice",
})  # fmt: skip
"""Reasons of blocks that are no standfirst, wherever they stand."""
MIN_LINKED_SENTENCE = 60
_STOPS = (".", ".”", '."', ".»", "。", "।", "۔")
_STAMP = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}:\d{2}")


@dataclass(frozen=True, slots=True)
class BodyHints:
    """Metadata that helps to classify blocks."""

    headlines: Sequence[str] = ()
    description: str | None = None
    authors: Sequence[str] = ()
    language: str | None = None
    drop_text: Sequence[re.Pattern[str]] = ()
    article_body: str | None = None
    """The body declared in JSON-LD."""
    is_live_blog: bool = False
    """JSON-LD describes a live blog."""
    has_article_data: bool = False
    """JSON-LD describes an article."""
    host: str = ""
    """The host of the page, without "www."."""


def get_max_folded_length(text: str) -> int:
    """Return an upper bound of the length of folded *text*: folding turns one character into up to three."""
    return len(text) if text.isascii() else 3 * len(text)


def is_code(block: RawBlock) -> bool:
    """Return whether a block is or has code, in which a template shows what it looks like."""
    return block.tag == "pre" or any(tag == "code" for _, tag, _ in block.marks)


def is_line_numbers(text: str) -> bool:
    """Return whether a text is only line numbers, counting from 1, as shown beside code."""
    numbers = text.split()
    return numbers[:1] == ["1"] and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _find_headlines(blocks: Sequence[RawBlock], headlines: Sequence[str]) -> Iterator[int]:
    """Yield the indexes of `h1` blocks and of blocks that repeat one of *headlines*."""
    keys = {fold(text) for text in headlines}
    max_length = 20 + max(map(len, headlines), default=0)
    shortest = min(map(len, keys), default=max_length)
    starts = {key[:1] for key in keys}
    for index, block in enumerate(blocks):
        text = block.text
        has_length = len(text) < max_length and get_max_folded_length(text) >= shortest
        if block.tag == "h1" or (has_length and _may_begin(text, starts) and fold(text) in keys):
            yield index


def _may_begin(text: str, starts: Collection[str]) -> bool:
    """Return whether folded *text* may begin with one of the characters *starts*; punctuation may precede it."""
    first = text[0].casefold()[0]
    return first in starts or not first.isalnum()


def is_strong(block: RawBlock) -> bool:
    """Return whether the whole text of a block is in one strong element."""
    words = [at for at, piece in enumerate(block.pieces) if piece != BREAK and not piece.isspace()]
    strong = [at for at, tag, _ in block.marks if tag in ("strong", "/strong")]
    return len(strong) == 2 and strong[0] <= words[0] and strong[1] > words[-1]


class BlockRules:
    """Rules of one page. After `run`, `reasons[i]` is why block i is removed, or None if it is kept."""

    def __init__(self, scan: DomScan, layout: Layout, hints: BodyHints, in_container: list[bool]) -> None:
        self.scan = scan
        self.raw = scan.blocks
        self.nodes = scan.nodes
        self.layout = layout
        self.hints = hints
        self.in_container = in_container
        self.reasons: list[str | None] = [OUTSIDE] * len(self.raw)
        self.headlines = frozenset(_find_headlines(self.raw, hints.headlines))
        """Indexes of `h1` blocks and of blocks that repeat a declared headline."""
        self.description = fold(hints.description or "")
        self.standfirsts: set[int] = set()
        self.is_live_blog = False
        self.starts = range(0)
        """Indexes of blocks before and among the first prose."""
        self.ends: Collection[int] = ()
        """Indexes of blocks before, among and after the first and the last prose."""
        self.captions: Collection[int] = ()
        """Indexes of blocks."""
        self.in_data = [False] * len(scan.nodes)
        """For each node, whether it is in a table that holds data."""

    def run(self) -> None:
        """Apply all rules: single blocks first, then repetitions, standfirst and headings."""
        prose = [
            i for i, block in enumerate(self.raw)
            if self.in_container[block.node] and not self.layout.zones[block.node] and self.layout.sizes[i]
        ]  # fmt: skip
        first, last = (prose[0], prose[-1]) if prose else (0, len(self.raw) - 1)
        last_prose = [*prose[:MAX_ENDS], *prose[-MAX_ENDS:]]
        self.starts = range(prose[min(len(prose), MAX_ENDS) - 1] + 1 if prose else 0)
        self.ends = {*range(first), *range(last + 1, len(self.raw)), *last_prose}
        self.captions = CaptionFinder(self.scan, self.layout, self.in_container).find() if self.scan.images else ()
        for start, end in find_data_tables(self.scan):
            self.in_data[start : end + 1] = [True] * (end + 1 - start)
        for index, block in enumerate(self.raw):
            if self.in_container[block.node]:
                self.reasons[index] = self.get_reason(index, block, at_edge=not first < index < last)
        self.remove_entry_times()
        self.remove_repeated()
        self.keep_standfirst()
        self.remove_streams()
        self.remove_loose_headings()

    def get_reason(self, index: int, block: RawBlock, *, at_edge: bool) -> str | None:
        zone = self.layout.zones[block.node]
        if zone is not None:
            return zone
        text = block.text
        if index in self.headlines:
            return "headline"
        if any(pattern.fullmatch(text) for pattern in self.hints.drop_text):
            return "site rule"
        if self.in_data[block.node]:
            return None
        if index in self.captions and not self.is_described(text):
            return "caption"
        rule = match_line(text, self.hints.language, at_edge=at_edge) or self.match_notice(index, text)
        if rule is not None and (rule != UNFILLED or not is_code(block)):
            return rule
        return self.detect_non_prose(index, block)

    def match_notice(self, index: int, text: str) -> str | None:
        at_edge = index in self.ends
        return match_notice(text, at_edge=at_edge, at_end=at_edge and index not in self.starts)

    def detect_non_prose(self, index: int, block: RawBlock) -> str | None:
        if block.tag == "pre" and is_line_numbers(block.text):
            return LINE_NUMBERS
        if block.tag not in HEADINGS and self.is_links(block) and not self.is_linked_sentence(index):
            return "links"
        is_loose = block.tag not in TEXT_TAGS and len(block.text) < MIN_LOOSE_TEXT
        return "label" if is_loose and not ends_clause(block.text) and not self.is_subheading(index) else None

    def is_subheading(self, index: int) -> bool:
        """Return whether a block is a strong line before prose, where only line breaks separate paragraphs."""
        block, after = self.raw[index], index + 1
        if after == len(self.raw) or self.raw[after].node != block.node:
            return False
        return self.layout.sizes[after] > 0 and is_strong(block)

    @staticmethod
    def is_links(block: RawBlock) -> bool:
        """Return whether a block is mostly links; sentences may have more of them."""
        share = block.link_chars / len(block.text)
        if ends_clause(block.text):
            return share > MAX_LINKS and len(block.text) - block.link_chars < MIN_AROUND_LINK
        return share > MAX_LINKS_LOOSE

    def is_linked_sentence(self, index: int) -> bool:
        """Return whether a linked paragraph is a sentence of the story: it stands alone between paragraphs."""
        block = self.raw[index]
        if block.tag != "p" or len(block.text) < MIN_LINKED_SENTENCE or not block.text.endswith(_STOPS):
            return False
        if not 0 < index < len(self.raw) - 1:
            return False
        parent, beside = self.nodes[block.node].parent, (index - 1, index + 1)
        return all(
            self.layout.sizes[at] and self.raw[at].tag == "p" and self.nodes[self.raw[at].node].parent == parent
            for at in beside
        )

    def remove_entry_times(self) -> None:
        """Treat the times of all entries of a live blog alike: remove them, or keep all where nothing marks them."""
        times = [
            index for index, block in enumerate(self.raw)
            if self.in_container[block.node] and self.reasons[index] in (None, TIME_OF_DAY, "label")
            and not self.in_data[block.node] and is_time_of_day(block.text)
        ]  # fmt: skip
        if len(times) < MIN_ENTRIES:
            return
        marked = {block for _, block, element in self.scan.times if element.tag == "time"}
        self.is_live_blog = self.hints.is_live_blog or len(marked.intersection(times)) >= MIN_ENTRIES
        if not self.is_live_blog:
            tags = {self.raw[index].tag for index in times if self.reasons[index] is None}
            times = [index for index in times if self.raw[index].tag in tags]
        for index in times:
            self.reasons[index] = TIME_OF_DAY if self.is_live_blog else None

    def remove_repeated(self) -> None:
        seen: set[str] = set()
        for index, block in enumerate(self.raw):
            if self.reasons[index] is None and len(block.text) > 40:
                if block.text in seen:
                    self.reasons[index] = REPEATED
                seen.add(block.text)

    def keep_standfirst(self) -> None:
        kept = [i for i, reason in enumerate(self.reasons) if reason is None and self.layout.sizes[i]]
        if not kept:
            return
        first = kept[0]
        start = self.headline_before(first)
        if start is None:
            return
        first_text = fold(self.raw[first].text)
        for index in range(start, first):
            if self.reasons[index] is None or not self.is_standfirst(index):
                continue
            if fold(self.raw[index].text) not in first_text:
                self.reasons[index] = None
                self.standfirsts.add(index)

    def headline_before(self, first: int) -> int | None:
        for index in range(first, max(-1, first - 60), -1):
            if index in self.headlines:
                return max(0, index - 3)
        return None

    def is_standfirst(self, index: int) -> bool:
        block = self.raw[index]
        size = len(block.text)
        zone = self.layout.zones[block.node]
        if zone is None and self.reasons[index] in NOT_STANDFIRSTS:
            return False
        if not 20 <= size <= MAX_STANDFIRST or block.link_chars * 2 > size or zone not in (None, "byline", "related"):
            return False
        if block.tag == "h1" or self.reasons[index] == "headline" or (size < 120 and _STAMP.search(block.text)):
            return False
        if match_line(block.text, self.hints.language) is not None:
            return False
        if self.is_described(block.text):
            return True
        if self.nodes[block.node].traits.meaning.role == "standfirst":
            return True
        if zone is not None or block.tag == "li":
            return False
        return self.layout.sizes[index] > 0 and ends_clause(block.text)

    def is_described(self, text: str) -> bool:
        key, description = fold(text), self.description
        return (
            len(key) > 20
            and len(description) > 20
            and (key in description or description in key[: len(description) + 40])
        )

    def remove_streams(self) -> None:
        """Remove teasers of other articles below the text, unless the page is a live blog."""
        if self.is_live_blog or self.hints.is_live_blog:
            return
        body = self.hints.article_body or ""
        for index in find_streams(self.scan, self.layout, self.reasons, self.hints.host, body):
            self.reasons[index] = self.reasons[index] or TEASERS

    def remove_loose_headings(self) -> None:
        """Remove headings without text after them, and titles of widgets."""
        text_follows = False
        for index in range(len(self.raw) - 1, -1, -1):
            if self.reasons[index] is not None:
                continue
            block = self.raw[index]
            if block.tag in HEADINGS and index not in self.standfirsts:
                if not text_follows or is_widget_title(block.text):
                    self.reasons[index] = "heading without text"
            else:
                text_follows = True
