"""Compute the features of the block model: one row of numbers for each block of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newscrawl.boilerplate.rules import name_rules
from newscrawl.extraction.body.appearance import KINDS, Numbers, look_columns
from newscrawl.extraction.body.container import Layout, ends_clause
from newscrawl.extraction.body.widget_words import widget_word_kinds, word_columns
from newscrawl.extraction.html.elements import ROLE_ZONES, ZONE_TAGS, Traits
from newscrawl.extraction.html.scan import DomScan

Indexes = NDArray[np.int64]
Column = NDArray[Any] | Sequence[float] | float
"""A single number applies to all blocks."""

FAR = 99
"""Distance in blocks if there is no such block."""
TAGS = {
    "p": 1, "li": 2, "h1": 3, "h2": 4, "h3": 5, "h4": 6, "h5": 7, "h6": 8, "blockquote": 9, "td": 10, "th": 10,
    "pre": 11, "dd": 12, "dt": 12, "div": 13, "section": 14, "article": 15, "figcaption": 16, "body": 17,
}  # fmt: skip
ZONES = {zone: code for code, zone in enumerate(dict.fromkeys(
    [*(rule.id for rule in name_rules() if rule.kind == "zone"), *sorted({*ZONE_TAGS.values(), *ROLE_ZONES.values()})]
), 1)}  # fmt: skip
REASONS = {"outside": 1, "links": 2, "label": 3, "byline": 4, "headline": 5, "repeated": 6, "heading without text": 7}
ZONE_REASON, RULE_REASON = 8, 9
CONTENT = {"text-part": 1, "article-text": 2}
MICRODATA_BODY = 3
"""Content code of elements that microdata mark as body."""
ANCESTOR_TAGS = ("li", "table", "article", "main")
"""A feature says whether a block is inside such an element."""
FAR_FROM_ZONE = 9
"""Maximum distance to a zone in levels; also used if there is no zone."""
LEVELS = ("node", "parent", "grandparent")
WINDOWS = (4, 10)
"""Blocks on either side that moving averages include."""
MAX_START = 150
"""Characters of a block in which capitals and words are counted."""
SAME_START = 40
"""Characters compared to decide whether two blocks begin alike."""
_CAPITALS = (("A", "Z"), ("À", "Þ"), ("А", "Я"), ("Α", "Ω"))
"""First and last capital of the Latin, Cyrillic and Greek alphabets."""

FEATURES = (
    "words", "ends_sentence", "ends_stop", "capitals", "said", "stated",
    "chars", "link", "size", "reason", "standfirst",
    "depth", "zone_distance", "content", "up", "down", *(f"in_{tag}" for tag in ANCESTOR_TAGS),
    "tag", "parent_tag", "zone", "parent_zone", "kept", "held",
    *(f"{level}_{name}" for level in LEVELS for name in ("chars", "link", "kept", "blocks", "prose")),
    "sibling_prose", "sibling_share",
    "position", "after_first", "after_last", "after_headline", "read", "left",
    "after_heading", "heading_tag", "before_heading", "after_prose",
    "page_blocks", "page_prose", "page_paragraphs", "container_share", "article_data",
    "held-2", "held-1", "held+1", "kept-1", "kept+1", "size-1", "size+1", "tag-1", "tag+1", "link+1",
    *(f"{name}~{window}" for window in WINDOWS for name in ("kept", "size", "link", "chars")),
    *(f"{kind}_{name}" for kind in KINDS for name in ("prose", "kept", "blocks")),
    *widget_word_kinds(), "links", "same_start", "images", "siblings_before", "siblings_after",
    "box_words~3", "parent_look_prose~3",
)  # fmt: skip
"""The columns, in order. A model fits only the features it was trained on, so their names are part of its file."""


@dataclass(frozen=True, slots=True)
class FeatureContext:
    """Input of the features: scan, layout, results of the rules, and metadata of one page."""

    scan: DomScan
    layout: Layout
    containers: frozenset[int]
    in_container: Sequence[bool]
    """For each node, whether it is in a container."""
    reasons: Sequence[str | None]
    """For each block, why the rules remove it; None if they keep it."""
    standfirsts: frozenset[int]
    """Indexes of blocks."""
    headlines: frozenset[int]
    """Indexes of `h1` blocks and of blocks that repeat the headline."""
    headline_words: frozenset[str] = frozenset()
    """Words of headline and description, case-folded."""
    declared_pairs: frozenset[tuple[str, str]] = frozenset()
    """Pairs of adjacent words of the body declared in JSON-LD, case-folded; empty if there is none."""
    has_article_data: bool = False
    """JSON-LD describes an article."""
    is_live_blog: bool = False


def block_features(context: FeatureContext) -> NDArray[np.float32]:
    """Return the features of all blocks, shape (blocks, len(FEATURES)). The page must have at least one block."""
    page = _PageColumns(context)
    columns = [*page.text(), *page.elements(), *page.surroundings(), *page.position(), *page.page_totals(),
               *page.neighbours(), *page.similarity()]  # fmt: skip
    table = np.empty((len(FEATURES), page.count), dtype=np.float32)
    for row, column in zip(table, columns, strict=True):
        row[:] = column
    return table.T


class _PageColumns:
    """Columns of numbers, one for each block unless noted otherwise."""

    def __init__(self, context: FeatureContext) -> None:
        self.context = context
        self.nodes, blocks, layout = context.scan.nodes, context.scan.blocks, context.layout
        self.count = len(blocks)
        self.at = np.arange(self.count)
        holders = [block.node for block in blocks]
        above = [self.nodes[node].parent for node in holders]
        beyond = [self.nodes[node].parent if node > 0 else 0 for node in above]
        self.levels = np.maximum(np.array([holders, above, beyond]), 0)
        """Node indexes, shape (len(LEVELS), blocks); the root is its own parent."""
        self.node = self.levels[0]
        self.last = np.array([node.last for node in self.nodes])
        """Index of the last descendant, by node."""
        self.size = np.array(layout.sizes, dtype=np.float64)
        self.chars = np.array([len(block.text) for block in blocks], dtype=np.float64)
        self.link = np.array([block.link_chars for block in blocks]) / self.chars
        self.kept = np.array([reason is None for reason in context.reasons], dtype=np.float64)
        self.in_container = np.array([context.in_container[node] for node in holders], dtype=np.float64)
        self.tag = np.array([TAGS.get(block.tag, 0) for block in blocks])
        self.words = [block.text[:MAX_START].casefold().split() for block in blocks]

    @cached_property
    def read(self) -> Numbers:
        """Characters of prose in the container up to and including each block."""
        read: Numbers = np.cumsum(self.size * self.in_container)
        return read

    @cached_property
    def paragraphs(self) -> Indexes:
        """Indexes of blocks of prose in the container."""
        found: Indexes = np.flatnonzero((self.size > 0) & (self.in_container > 0))
        return found

    def text(self) -> list[Column]:
        """Return features of the text itself."""
        context, headline_words, pairs = self.context, self.context.headline_words, self.context.declared_pairs
        texts = [block.text for block in context.scan.blocks]
        starts = [text[:MAX_START] for text in texts]
        standfirst = np.zeros(self.count)
        standfirst[list(context.standfirsts)] = 1
        return [
            [text.count(" ") + 1 for text in texts],
            [ends_clause(text) for text in texts],
            [text[-1] in ".!?…。।؟" for text in texts],
            _count_capitals(starts) / [len(start) for start in starts],
            [len(headline_words.intersection(words)) / len(words) for words in self.words] if headline_words else -1.0,
            [_declared_share(words, pairs) for words in self.words] if pairs else -1.0,
            self.chars, self.link, self.size, [_get_reason_code(reason) for reason in context.reasons], standfirst,
        ]  # fmt: skip

    def elements(self) -> list[Column]:
        """Return features of the elements around each block."""
        nodes, zones = self.nodes, self.context.layout.zones
        node, above = self.levels[:2].tolist()
        tags = [TAGS.get(nodes[index].tag, 0) for index in above]
        inherited = [ZONES.get(zones[index] or "", 0) for index in node]
        own = [ZONES.get(nodes[index].traits.zone or "", 0) for index in above]
        return [*self.nesting(), *self.within(), self.tag, tags, inherited, own, self.kept, self.in_container]

    def nesting(self) -> list[Column]:
        """Return depth, zone_distance, content, up and down."""
        context, nodes, with_traits = self.context, self.nodes, self.context.layout.with_traits
        closed = np.cumsum(np.bincount(self.last, minlength=len(nodes)))
        depth = np.arange(len(nodes)) - np.append(0, closed[:-1])
        zone = self.find_innermost([index for index in with_traits if nodes[index].traits.zone])
        ancestry = _get_ancestry(context)
        level = self.find_innermost(sorted(ancestry))
        codes = {index: code for index in with_traits if (code := _get_content_code(nodes[index].traits))}
        content = np.zeros(len(nodes))
        for index in sorted(codes, key=codes.__getitem__):
            content[index : nodes[index].last + 1] = codes[index]
        deep = depth[self.node]
        distance = np.where(zone < 0, FAR_FROM_ZONE, np.minimum(FAR_FROM_ZONE, deep - depth[zone]))
        return [deep, distance, content[self.node], [ancestry[index] for index in level.tolist()], deep - depth[level]]

    def find_innermost(self, marked: Sequence[int]) -> Indexes:
        """Return for each block the innermost of the *marked* nodes (in document order) around it, or -1."""
        found = np.full(len(self.nodes), -1)
        for index in marked:
            found[index : self.nodes[index].last + 1] = index
        innermost: Indexes = found[self.node]
        return innermost

    def within(self) -> list[Column]:
        """Return for each of ANCESTOR_TAGS whether each block is inside such an element."""
        inside = {tag: np.zeros(len(self.nodes)) for tag in ANCESTOR_TAGS}
        for index, node in [one for one in enumerate(self.nodes) if one[1].tag in ANCESTOR_TAGS]:
            inside[node.tag][index : node.last + 1] = 1
        return [column[self.node] for column in inside.values()]

    def surroundings(self) -> list[Column]:
        """Return sums over the block's element, its parent and its grandparent."""
        values = (self.chars, self.chars * self.link, self.chars * self.kept, np.ones(self.count))
        own = [np.bincount(self.node, weights=value, minlength=len(self.nodes)) for value in values]
        before = np.zeros((len(own) + 1, len(self.nodes) + 1))
        np.cumsum(own, axis=1, out=before[:-1, 1:])
        before[-1] = self.context.layout.prose.before
        columns: list[Column] = []
        for at in self.levels:
            chars, links, kept, count, prose = before[:, self.last[at] + 1] - before[:, at]
            whole = np.maximum(chars, 1.0)
            columns += [chars, links / whole, kept / whole, count, prose / self.all_prose]
        return [*columns, *self.siblings()]

    @property
    def all_prose(self) -> float:
        return max(1.0, float(self.context.layout.prose.inside(0)))

    def siblings(self) -> list[Column]:
        """Return the prose in siblings with the same tag, and its ratio to the largest such sum of the page."""
        _, kind = np.unique(self.levels[1] * 64 + self.tag, return_inverse=True)
        sums = np.bincount(kind, weights=self.size).astype(np.float64)
        return [sums[kind], sums[kind] / max(1.0, float(sums.max()))]

    def position(self) -> list[Column]:
        """Return distances to the ends of the text, headline and headings."""
        at, found = self.at, self.paragraphs
        first, last = (int(found[0]), int(found[-1])) if len(found) else (0, self.count - 1)
        headline = max((index for index in self.context.headlines if index <= first), default=None)
        above, below = _find_nearest((self.tag >= TAGS["h1"]) & (self.tag <= TAGS["h6"]))
        before, _ = _find_nearest(self.size > 0)
        return [
            at / self.count, at - first, at - last, -FAR if headline is None else at - headline,
            self.read / max(1.0, float(self.read[-1])), self.read[-1] - self.read,
            np.where(above >= 0, at - above, FAR), np.where(above >= 0, self.tag[above], 0),
            np.where(below >= 0, below - at, FAR), np.where(before >= 0, at - before, FAR),
        ]  # fmt: skip

    def page_totals(self) -> list[Column]:
        """Return the features of the page as a whole, equal for all blocks."""
        share = self.context.layout.prose.inside(min(self.context.containers)) / self.all_prose
        return [self.count, float(self.read[-1]), len(self.paragraphs), share, self.context.has_article_data]

    def neighbours(self) -> list[Column]:
        """Return values of the blocks before and after, and moving averages."""
        values = np.stack([self.kept, self.size, self.link, self.chars, self.in_container, self.tag])
        beside = np.full((len(values), self.count + 3), -1.0)
        beside[:, 2:-1] = values
        kept, size, link, _, held, tag = beside
        near = [(held, -2), (held, -1), (held, 1), (kept, -1), (kept, 1), (size, -1), (size, 1), (tag, -1), (tag, 1),
                (link, 1)]  # fmt: skip
        columns: list[Column] = [value[2 + by : 2 + by + self.count] for value, by in near]
        sums = np.zeros((4, self.count + 1))
        np.cumsum(values[:4], axis=1, out=sums[:, 1:])
        for window in WINDOWS:
            start, end = np.maximum(self.at - window, 0), np.minimum(self.at + window + 1, self.count)
            columns += list((sums[:, end] - sums[:, start]) / (end - start))
        return columns

    def similarity(self) -> list[Numbers]:
        """Return what a block shares with others: appearance, widget words, beginning, position among siblings."""
        appearance = look_columns(self.context.layout.nodes, self.context.scan.blocks, self.size, self.kept)
        widgets = word_columns([block.text for block in self.context.scan.blocks], self.words)
        widget_words, look_prose = np.sum(widgets, axis=0), appearance[len(appearance) // len(KINDS)]
        around = [_mean_around(widget_words, 3), _mean_around(look_prose, 3)]
        return [*appearance, *widgets, *self.counts(), *self.among_siblings(), *around]

    def counts(self) -> list[Numbers]:
        """Return the numbers of links, of blocks with the same beginning, and of images nearby."""
        blocks, count = self.context.scan.blocks, self.count
        links = [len([1 for _, tag, _ in block.marks if tag == "a"]) if block.link_chars else 0 for block in blocks]
        starts = [block.text[:SAME_START] for block in blocks]
        known = Counter(starts)
        same = [known[start] for start in starts]
        images = np.bincount([min(block, count) for _, block, _ in self.context.scan.images], minlength=count + 1)
        return [np.array(links), np.array(same), _mean_around(images.astype(np.float64), 3)[:-1]]

    def among_siblings(self) -> list[Numbers]:
        """Return the numbers of blocks before and after each block below the same parent."""
        parents = self.levels[1]
        order = np.argsort(parents, kind="stable")
        starts = np.searchsorted(parents[order], parents[order])
        before = np.empty(self.count)
        before[order] = self.at - starts
        return [before, np.bincount(parents)[parents] - 1 - before]


def get_word_pairs(words: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Return all pairs of adjacent words."""
    return frozenset(pairwise(words))


def _count_capitals(texts: Sequence[str]) -> Numbers:
    """Return the number of capitals in each text, none of which is empty."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    is_capital = np.zeros(len(codes))
    for first, last in _CAPITALS:
        # Below the first letter the difference wraps around.
        is_capital[codes - np.uint32(ord(first)) <= ord(last) - ord(first)] = 1
    ends = np.cumsum([len(text) for text in texts])
    counts: Numbers = np.add.reduceat(is_capital, np.append(0, ends[:-1]))
    return counts


def _declared_share(words: Sequence[str], declared_pairs: frozenset[tuple[str, str]]) -> float:
    """Return the share of word pairs that also occur in the declared body; -1 if there are no pairs."""
    pairs = get_word_pairs(words)
    return len(declared_pairs.intersection(pairs)) / len(pairs) if pairs else -1.0


def _get_reason_code(reason: str | None) -> int:
    if reason is None:
        return 0
    return REASONS.get(reason) or (ZONE_REASON if reason in ZONES else RULE_REASON)


def _get_ancestry(context: FeatureContext) -> dict[int, int]:
    """Return the containers and the ancestors of the first one: node -> levels above the container."""
    ancestry = dict.fromkeys(context.containers, 0)
    at, level = min(context.containers), 0
    while at >= 0:
        ancestry[at] = level
        at, level = context.layout.nodes[at].parent, level + 1
    return ancestry


def _get_content_code(traits: Traits) -> int:
    return MICRODATA_BODY if traits.is_body else CONTENT.get(traits.meaning.content or "", 0)


def _find_nearest(marked: NDArray[np.bool_]) -> tuple[Indexes, Indexes]:
    """Return for each index the nearest marked index before and after it; -1 if there is none."""
    count, at = len(marked), np.arange(len(marked))
    before = np.maximum.accumulate(np.where(marked, at, -1))
    after = np.minimum.accumulate(np.where(marked, at, count)[::-1])[::-1]
    after = np.append(after[1:], count)
    return np.append(-1, before[:-1]), np.where(after == count, -1, after)


def _mean_around(values: Numbers, window: int) -> Numbers:
    """Return the mean over each block and up to *window* blocks on either side."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    start, end = np.maximum(at - window, 0), np.minimum(at + window + 1, len(values))
    means: Numbers = (sums[end] - sums[start]) / (end - start)
    return means
