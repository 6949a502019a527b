"""Apply the rules to each block: keep it, or remove it for a named reason. The model can overrule some reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newscrawl.boilerplate.lines import is_widget_title, match_line
from newscrawl.extraction.body.container import CLAUSE_END, Layout
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
    has_article_data: bool = False
    """JSON-LD describes an article."""


def get_max_folded_length(text: str) -> int:
    """Return an upper bound of the length of folded *text*: folding turns one character into up to three."""
    return len(text) if text.isascii() else 3 * len(text)


def is_strong(block: RawBlock) -> bool:
    """Return whether the whole text of a block is in one strong element."""
    words = [at for at, piece in enumerate(block.pieces) if piece != BREAK and not piece.isspace()]
    strong = [at for at, tag, _ in block.marks if tag in ("strong", "/strong")]
    return len(strong) == 2 and strong[0] <= words[0] and strong[1] > words[-1]


class BlockRules:
    """Rules of one page. After `run`, `reasons[i]` is why block i is removed, or None if it is kept."""

    def __init__(self, scan: DomScan, layout: Layout, hints: BodyHints, in_container: list[bool]) -> None:
        self.raw = scan.blocks
        self.nodes = scan.nodes
        self.layout = layout
        self.hints = hints
        self.in_container = in_container
        self.reasons: list[str | None] = ["outside"] * len(self.raw)
        headlines = {fold(text) for text in hints.headlines}
        max_length = 20 + max((len(text) for text in hints.headlines), default=0)
        shortest = min(map(len, headlines), default=max_length)
        texts = ((index, block.text) for index, block in enumerate(self.raw) if len(block.text) < max_length)
        repeated = {
            index for index, text in texts if get_max_folded_length(text) >= shortest and fold(text) in headlines
        }
        self.headlines = frozenset(repeated.union(index for index, block in enumerate(self.raw) if block.tag == "h1"))
        """Indexes of `h1` blocks and of blocks that repeat a declared headline."""
        self.description = fold(hints.description or "")
        self.authors = [name for name in map(fold, hints.authors) if len(name) > 4]
        self.standfirsts: set[int] = set()

    def run(self) -> None:
        """Apply all rules: single blocks first, then repetitions, standfirst and headings."""
        prose = [
            i for i, block in enumerate(self.raw)
            if self.in_container[block.node] and not self.layout.zones[block.node] and self.layout.sizes[i]
        ]  # fmt: skip
        first, last = (prose[0], prose[-1]) if prose else (0, len(self.raw) - 1)
        for index, block in enumerate(self.raw):
            if self.in_container[block.node]:
                self.reasons[index] = self.get_reason(index, block, at_edge=not first < index < last)
        self.remove_repeated()
        self.keep_standfirst()
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
        if (rule := match_line(text, self.hints.language, at_edge=at_edge)) is not None:
            return rule
        return self.detect_non_prose(index, block, at_edge=at_edge)

    def detect_non_prose(self, index: int, block: RawBlock, *, at_edge: bool) -> str | None:
        size = len(block.text)
        if block.tag not in HEADINGS and self.is_links(block):
            return "links"
        if block.tag not in TEXT_TAGS and size < MIN_LOOSE_TEXT and not CLAUSE_END.search(block.text):
            return None if self.is_subheading(index) else "label"
        if at_edge and size < 120 and self.is_byline(block.text):
            return "byline"
        return None

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
        if CLAUSE_END.search(block.text):
            return share > MAX_LINKS and len(block.text) - block.link_chars < MIN_AROUND_LINK
        return share > MAX_LINKS_LOOSE

    def is_byline(self, text: str) -> bool:
        key = fold(text)
        return any(name in key and len(key) < len(name) + 14 for name in self.authors)

    def remove_repeated(self) -> None:
        seen: set[str] = set()
        for index, block in enumerate(self.raw):
            if self.reasons[index] is None and len(block.text) > 40:
                if block.text in seen:
                    self.reasons[index] = "repeated"
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
        return self.has_role(block.node, "standfirst") or (
            self.layout.sizes[index] > 0 and bool(CLAUSE_END.search(block.text))
        )

    def is_described(self, text: str) -> bool:
        key, description = fold(text), self.description
        return (
            len(key) > 20
            and len(description) > 20
            and (key in description or description in key[: len(description) + 40])
        )

    def has_role(self, node: int, role: str) -> bool:
        for _ in range(3):
            if node < 0:
                return False
            if self.nodes[node].traits.meaning.role == role:
                return True
            node = self.nodes[node].parent
        return False

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
