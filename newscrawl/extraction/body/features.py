"""What the model of the body looks at: one row of numbers for each block of a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newscrawl.boilerplate.rules import names
from newscrawl.extraction.body.container import Layout
from newscrawl.extraction.body.look_alikes import KINDS, look_columns
from newscrawl.extraction.body.words import box_word_kinds, word_columns
from newscrawl.extraction.html.elements import ROLES, ZONE_TAGS, Traits
from newscrawl.extraction.html.scan import DomScan

Numbers = NDArray[np.float64]
Indexes = NDArray[np.int64]
Column = NDArray[Any] | Sequence[float] | float
"""A single number is that of all blocks."""

FAR = 99
"""Distance, in blocks, to what there is none of."""
TAGS = {
    "p": 1, "li": 2, "h1": 3, "h2": 4, "h3": 5, "h4": 6, "h5": 7, "h6": 8, "blockquote": 9, "td": 10, "th": 10,
    "pre": 11, "dd": 12, "dt": 12, "div": 13, "section": 14, "article": 15, "figcaption": 16, "body": 17,
}  # fmt: skip
ZONES = {zone: code for code, zone in enumerate(dict.fromkeys(
    [*(rule.id for rule in names() if rule.kind == "zone"), *sorted({*ZONE_TAGS.values(), *ROLES.values()})]
), 1)}  # fmt: skip
REASONS = {"outside": 1, "links": 2, "label": 3, "byline": 4, "headline": 5, "repeated": 6, "heading without text": 7}
ZONE_REASON, RULE_REASON = 8, 9
CONTENT = {"text-part": 1, "article-text": 2}
MARKED = 3
"""Content code of what microdata mark as the body."""
INSIDE = ("li", "table", "article", "main")
"""Tags whose inside is told."""
FAR_FROM_ZONE = 9
"""Levels up to a zone that are counted; also where there is none."""
LEVELS = ("node", "parent", "grandparent")
WIDTHS = (4, 10)
MAX_START = 150
"""Characters of a block in which signs and words are counted."""
SAME_START = 40
"""Characters in which two blocks' beginnings are compared."""
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।॥:;,]['\"”’»“)\]]{0,3}$")
_CAPITALS = re.compile("[A-ZÀ-ÞА-ЯΑ-Ω]")

FEATURES = (
    "words", "ends_sentence", "ends_stop", "capitals", "said", "stated",
    "chars", "link", "size", "reason", "standfirst",
    "depth", "zone_distance", "content", "up", "down", *(f"in_{tag}" for tag in INSIDE),
    "tag", "parent_tag", "zone", "parent_zone", "kept", "held",
    *(f"{level}_{name}" for level in LEVELS for name in ("chars", "link", "kept", "blocks", "prose")),
    "sibling_prose", "sibling_share",
    "position", "after_first", "after_last", "after_headline", "read", "left",
    "after_heading", "heading_tag", "before_heading", "after_prose",
    "page_blocks", "page_prose", "page_paragraphs", "container_share", "article_data",
    "held-2", "held-1", "held+1", "kept-1", "kept+1", "size-1", "size+1", "tag-1", "tag+1", "link+1",
    *(f"{name}~{width}" for width in WIDTHS for name in ("kept", "size", "link", "chars")),
    *(f"{kind}_{name}" for kind in KINDS for name in ("prose", "kept", "blocks")),
    *box_word_kinds(), "links", "same_start", "images", "siblings_before", "siblings_after",
    "box_words~3", "parent_look_prose~3",
)  # fmt: skip
"""The columns, in order; a model is trained for these and no others."""


@dataclass(frozen=True, slots=True)
class FeatureContext:
    """What the rules made of a page, and what the page states of itself."""

    scan: DomScan
    layout: Layout
    containers: frozenset[int]
    held: Sequence[bool]
    """For each node whether it is in a container."""
    reasons: Sequence[str | None]
    """For each block why the rules remove it; None where they keep it."""
    standfirsts: frozenset[int]
    headlines: frozenset[int]
    """The blocks that are the headline."""
    said: frozenset[str] = frozenset()
    """Case-folded words of headline and description."""
    stated: frozenset[tuple[str, str]] = frozenset()
    """Pairs of neighbouring words, case-folded, of the text that JSON-LD states; empty where it states none."""
    has_article_data: bool = False
    """JSON-LD describes an article."""


def block_features(seen: FeatureContext) -> NDArray[np.float32]:
    """The features of a page's blocks, shape (blocks, len(FEATURES)); the page has at least one block."""
    page = _Page(seen)
    columns = [*page.text(), *page.elements(), *page.surroundings(), *page.place(), *page.whole(), *page.neighbours(),
               *page.likeness()]  # fmt: skip
    table = np.empty((len(FEATURES), page.count), dtype=np.float32)
    for row, column in zip(table, columns, strict=True):
        row[:] = column
    return table.T


class _Page:
    """Columns of numbers, one for each block, unless a name says that they are by node."""

    def __init__(self, seen: FeatureContext) -> None:
        self.seen = seen
        self.nodes, blocks, layout = seen.scan.nodes, seen.scan.blocks, seen.layout
        self.count = len(blocks)
        self.at = np.arange(self.count)
        holders = [block.node for block in blocks]
        above = [self.nodes[node].parent for node in holders]
        beyond = [self.nodes[node].parent if node > 0 else 0 for node in above]
        self.levels = np.maximum(np.array([holders, above, beyond]), 0)
        """The nodes of LEVELS; the root is its own parent."""
        self.node = self.levels[0]
        self.last = np.array([node.last for node in self.nodes])
        """By node."""
        self.size = np.array(layout.sizes, dtype=np.float64)
        self.chars = np.array([len(block.text) for block in blocks], dtype=np.float64)
        self.link = np.array([block.link_chars for block in blocks]) / self.chars
        self.kept = np.array([reason is None for reason in seen.reasons], dtype=np.float64)
        self.held = np.array([seen.held[node] for node in holders], dtype=np.float64)
        self.tag = np.array([TAGS.get(block.tag, 0) for block in blocks])
        self.words = [block.text[:MAX_START].casefold().split() for block in blocks]

    @cached_property
    def read(self) -> Numbers:
        """Prose of the container up to and with each block."""
        read: Numbers = np.cumsum(self.size * self.held)
        return read

    @cached_property
    def paragraphs(self) -> Indexes:
        """Indexes of the blocks of prose in the container."""
        found: Indexes = np.flatnonzero((self.size > 0) & (self.held > 0))
        return found

    def text(self) -> list[Column]:
        seen = self.seen
        texts = [block.text for block in seen.scan.blocks]
        starts = [text[:MAX_START] for text in texts]
        standfirst = np.zeros(self.count)
        standfirst[list(seen.standfirsts)] = 1
        return [
            [text.count(" ") + 1 for text in texts],
            [_SENTENCE_END.search(text, len(text) - 4) is not None for text in texts],
            [text[-1] in ".!?…。।؟" for text in texts],
            [len(_CAPITALS.findall(start)) / len(start) for start in starts],
            [_said_share(words, seen.said) for words in self.words] if seen.said else -1.0,
            [_stated_share(words, seen.stated) for words in self.words] if seen.stated else -1.0,
            self.chars, self.link, self.size, [_code_of(reason) for reason in seen.reasons], standfirst,
        ]  # fmt: skip

    def elements(self) -> list[Column]:
        nodes, zones = self.nodes, self.seen.layout.zones
        node, above = self.levels[:2].tolist()
        tags = [TAGS.get(nodes[index].tag, 0) for index in above]
        inherited = [ZONES.get(zones[index] or "", 0) for index in node]
        own = [ZONES.get(nodes[index].traits.zone or "", 0) for index in above]
        return [*self.nesting(), *self.within(), self.tag, tags, inherited, own, self.kept, self.held]

    def nesting(self) -> list[Column]:
        """depth, zone_distance, content, up, down"""
        seen, nodes, telling = self.seen, self.nodes, self.seen.layout.telling
        closed = np.cumsum(np.bincount(self.last, minlength=len(nodes)))
        depth = np.arange(len(nodes)) - np.append(0, closed[:-1])
        zone = self.nearest([index for index in telling if nodes[index].traits.zone])
        line = _line(seen)
        level = self.nearest(sorted(line))
        codes = {index: code for index in telling if (code := _content_code(nodes[index].traits))}
        content = np.zeros(len(nodes))
        for index in sorted(codes, key=codes.__getitem__):
            content[index : nodes[index].last + 1] = codes[index]
        deep = depth[self.node]
        distance = np.where(zone < 0, FAR_FROM_ZONE, np.minimum(FAR_FROM_ZONE, deep - depth[zone]))
        return [deep, distance, content[self.node], [line[index] for index in level.tolist()], deep - depth[level]]

    def nearest(self, marked: Sequence[int]) -> Indexes:
        """The innermost of *marked* nodes, in the order of the page, that each block is in; -1 where it is in none."""
        found = np.full(len(self.nodes), -1)
        for index in marked:
            found[index : self.nodes[index].last + 1] = index
        nearest: Indexes = found[self.node]
        return nearest

    def within(self) -> list[Column]:
        """Whether each block is in an element of the tags of INSIDE."""
        inside = {tag: np.zeros(len(self.nodes)) for tag in INSIDE}
        for index, node in enumerate(self.nodes):
            if node.tag in INSIDE:
                inside[node.tag][index : node.last + 1] = 1
        return [column[self.node] for column in inside.values()]

    def surroundings(self) -> list[Column]:
        """Sums over the element that holds the block, its parent and its grandparent."""
        values = (self.chars, self.chars * self.link, self.chars * self.kept, np.ones(self.count))
        own = [np.bincount(self.node, weights=value, minlength=len(self.nodes)) for value in values]
        before = np.zeros((len(own) + 1, len(self.nodes) + 1))
        np.cumsum(own, axis=1, out=before[:-1, 1:])
        before[-1] = self.seen.layout.prose.before
        columns: list[Column] = []
        for at in self.levels:
            chars, links, kept, count, prose = before[:, self.last[at] + 1] - before[:, at]
            whole = np.maximum(chars, 1.0)
            columns += [chars, links / whole, kept / whole, count, prose / self.all_prose]
        return [*columns, *self.siblings()]

    @property
    def all_prose(self) -> float:
        return max(1.0, float(self.seen.layout.prose.inside(0)))

    def siblings(self) -> list[Column]:
        """Prose in elements of the same tag below the same parent, and its share of the most there is of such."""
        _, kind = np.unique(self.levels[1] * 64 + self.tag, return_inverse=True)
        sums = np.bincount(kind, weights=self.size).astype(np.float64)
        return [sums[kind], sums[kind] / max(1.0, float(sums.max()))]

    def place(self) -> list[Column]:
        at, found = self.at, self.paragraphs
        first, last = (int(found[0]), int(found[-1])) if len(found) else (0, self.count - 1)
        headline = max((index for index in self.seen.headlines if index <= first), default=None)
        above, below = _nearest((self.tag >= TAGS["h1"]) & (self.tag <= TAGS["h6"]))
        before, _ = _nearest(self.size > 0)
        return [
            at / self.count, at - first, at - last, -FAR if headline is None else at - headline,
            self.read / max(1.0, float(self.read[-1])), self.read[-1] - self.read,
            np.where(above >= 0, at - above, FAR), np.where(above >= 0, self.tag[above], 0),
            np.where(below >= 0, below - at, FAR), np.where(before >= 0, at - before, FAR),
        ]  # fmt: skip

    def whole(self) -> list[Column]:
        """What is the same for all blocks of a page."""
        share = self.seen.layout.prose.inside(min(self.seen.containers)) / self.all_prose
        return [self.count, float(self.read[-1]), len(self.paragraphs), share, self.seen.has_article_data]

    def neighbours(self) -> list[Column]:
        """Values of blocks before and after, and means over those around."""
        values = np.stack([self.kept, self.size, self.link, self.chars, self.held, self.tag])
        beside = np.full((len(values), self.count + 3), -1.0)
        beside[:, 2:-1] = values
        kept, size, link, _, held, tag = beside
        near = [(held, -2), (held, -1), (held, 1), (kept, -1), (kept, 1), (size, -1), (size, 1), (tag, -1), (tag, 1),
                (link, 1)]  # fmt: skip
        columns: list[Column] = [value[2 + by : 2 + by + self.count] for value, by in near]
        sums = np.zeros((4, self.count + 1))
        np.cumsum(values[:4], axis=1, out=sums[:, 1:])
        for width in WIDTHS:
            start, end = np.maximum(self.at - width, 0), np.minimum(self.at + width + 1, self.count)
            columns += list((sums[:, end] - sums[:, start]) / (end - start))
        return columns

    def likeness(self) -> list[Numbers]:
        """What a block has in common with the others of its page: look, words, beginning, place among siblings."""
        looks = look_columns(self.seen.layout.nodes, self.seen.scan.blocks, self.size, self.kept)
        boxes = word_columns([block.text for block in self.seen.scan.blocks], self.words)
        of_boxes, alike = np.sum(boxes, axis=0), looks[len(looks) // len(KINDS)]
        return [
            *looks,
            *boxes,
            *self.marks(),
            *self.among_siblings(),
            _mean_around(of_boxes, 3),
            _mean_around(alike, 3),
        ]

    def marks(self) -> list[Numbers]:
        """Number of links, of blocks that begin with the same letters, and of images close by."""
        blocks, count = self.seen.scan.blocks, self.count
        links = [len([1 for _, tag, _ in block.marks if tag == "a"]) if block.link_chars else 0 for block in blocks]
        starts = [block.text[:SAME_START] for block in blocks]
        known = Counter(starts)
        same = [known[start] for start in starts]
        images = np.bincount([min(block, count) for _, block, _ in self.seen.scan.images], minlength=count + 1)
        return [np.array(links), np.array(same), _mean_around(images.astype(np.float64), 3)[:-1]]

    def among_siblings(self) -> list[Numbers]:
        """How many blocks stand before and after a block below the same parent."""
        parents = self.levels[1]
        order = np.argsort(parents, kind="stable")
        starts = np.searchsorted(parents[order], parents[order])
        before = np.empty(self.count)
        before[order] = self.at - starts
        return [before, np.bincount(parents)[parents] - 1 - before]


def neighbours_in(words: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Each pair of neighbouring words."""
    return frozenset(pairwise(words))


def _said_share(words: Sequence[str], said: frozenset[str]) -> float:
    """Share of the words that headline or description has, too."""
    return len(said.intersection(words)) / len(words)


def _stated_share(words: Sequence[str], stated: frozenset[tuple[str, str]]) -> float:
    """Share of the pairs of words that the stated text has, too; -1 where there is no pair."""
    pairs = neighbours_in(words)
    return len(stated.intersection(pairs)) / len(pairs) if pairs else -1.0


def _code_of(reason: str | None) -> int:
    if reason is None:
        return 0
    return REASONS.get(reason) or (ZONE_REASON if reason in ZONES else RULE_REASON)


def _line(seen: FeatureContext) -> dict[int, int]:
    """The containers, and the way up from the first of them: node -> levels above it."""
    line = dict.fromkeys(seen.containers, 0)
    at, level = min(seen.containers), 0
    while at >= 0:
        line[at] = level
        at, level = seen.layout.nodes[at].parent, level + 1
    return line


def _content_code(traits: Traits) -> int:
    return MARKED if traits.is_body else CONTENT.get(traits.meaning.content or "", 0)


def _nearest(marked: NDArray[np.bool_]) -> tuple[Indexes, Indexes]:
    """For each index the nearest marked one before and after it; -1 where there is none."""
    count, at = len(marked), np.arange(len(marked))
    before = np.maximum.accumulate(np.where(marked, at, -1))
    after = np.minimum.accumulate(np.where(marked, at, count)[::-1])[::-1]
    after = np.append(after[1:], count)
    return np.append(-1, before[:-1]), np.where(after == count, -1, after)


def _mean_around(values: Numbers, width: int) -> Numbers:
    """The mean over each block and *width* blocks on either side, as far as the page has them."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    start, end = np.maximum(at - width, 0), np.minimum(at + width + 1, len(values))
    means: Numbers = (sums[end] - sums[start]) / (end - start)
    return means
