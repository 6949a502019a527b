"""What the model of the body looks at: one row of numbers for each block of a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from newscrawl.boilerplate.rules import names
from newscrawl.extraction.block_looks import KINDS, look_columns
from newscrawl.extraction.block_words import box_word_kinds, word_columns
from newscrawl.extraction.container import Layout
from newscrawl.extraction.elements import PLAIN, ROLES, ZONE_TAGS, Traits
from newscrawl.extraction.walk import RawBlock, Walked

Numbers = NDArray[np.float64]
Indexes = NDArray[np.int64]

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
INSIDE = {"li": 1, "table": 2, "article": 4, "main": 8}
"""Tags whose inside is told, and their bits."""
LEVELS = ("node", "parent", "grandparent")
WIDTHS = (4, 10)
LONGEST_START = 150
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
class Sighting:
    """What the rules made of a page, and what the page states of itself."""

    walked: Walked
    layout: Layout
    containers: frozenset[int]
    held: Sequence[bool]
    """For each node whether it is in a container."""
    reasons: Sequence[str | None]
    """For each block why the rules remove it; None where they keep it."""
    standfirsts: frozenset[int]
    headlines: Sequence[int]
    """The blocks that are the headline."""
    said: frozenset[str] = frozenset()
    """Case-folded words of headline and description."""
    stated: frozenset[tuple[str, str]] = frozenset()
    """Pairs of neighbouring words, case-folded, of the text that JSON-LD states; empty where it states none."""
    has_article_data: bool = False
    """JSON-LD describes an article."""


def block_features(seen: Sighting) -> NDArray[np.float32]:
    """The features of a page's blocks, shape (blocks, len(FEATURES)); the page has at least one block."""
    page = _Page(seen)
    columns = [*page.text(), *page.elements(), *page.surroundings(), *page.place(), *page.whole(), *page.neighbours(),
               *page.likeness()]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


class _Page:
    """Columns of numbers, one for each block, unless a name says that they are by node."""

    def __init__(self, seen: Sighting) -> None:
        self.seen = seen
        blocks, layout = seen.walked.blocks, seen.layout
        self.count = len(blocks)
        self.at = np.arange(self.count)
        self.node = np.array([block.node for block in blocks])
        self.parents = np.array([max(node.parent, 0) for node in layout.nodes])
        """By node; the root is its own parent."""
        self.prose = np.array(layout.prose, dtype=np.float64)
        """By node."""
        self.size = np.array(layout.sizes, dtype=np.float64)
        self.chars = np.array([len(block.text) for block in blocks], dtype=np.float64)
        self.link = np.array([block.link_chars for block in blocks]) / self.chars
        self.kept = np.array([reason is None for reason in seen.reasons], dtype=np.float64)
        self.held = np.array(seen.held, dtype=np.float64)[self.node]
        self.tag = np.array([TAGS.get(block.tag, 0) for block in blocks])
        self.words = [block.text[:LONGEST_START].casefold().split() for block in blocks]

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

    def text(self) -> list[Numbers]:
        seen = self.seen
        texts = zip(seen.walked.blocks, self.words, strict=True)
        facts = np.array([_text_facts(block, words, seen) for block, words in texts], dtype=np.float64)
        codes = np.array([_code_of(reason) for reason in seen.reasons])
        standfirst = np.zeros(self.count)
        standfirst[list(seen.standfirsts)] = 1
        return [*facts.T, self.chars, self.link, self.size, codes, standfirst]

    def elements(self) -> list[Numbers]:
        nodes, zones = self.seen.layout.nodes, self.seen.layout.zones
        *facts, inside = np.array(_node_facts(self.seen))[:, self.node + 1]
        tags = np.array([TAGS.get(node.tag, 0) for node in nodes])
        inherited = np.array([ZONES.get(zone, 0) if zone else 0 for zone in zones])
        own = np.array([ZONES.get(node.traits.zone, 0) if node.traits.zone else 0 for node in nodes])
        above = self.parents[self.node]
        within = [inside & bit > 0 for bit in INSIDE.values()]
        return [*facts, *within, self.tag, tags[above], inherited[self.node], own[above], self.kept, self.held]

    def surroundings(self) -> list[Numbers]:
        """Sums over the element that holds the block, its parent and its grandparent."""
        chars, links, kept, count = (
            self.inside(values)
            for values in (self.chars, self.chars * self.link, self.chars * self.kept, np.ones(self.count))
        )
        columns: list[Numbers] = []
        at = self.node
        for _ in LEVELS:
            whole = np.maximum(chars[at], 1.0)
            columns += [chars[at], links[at] / whole, kept[at] / whole, count[at], self.prose[at] / self.all_prose]
            at = self.parents[at]
        return [*columns, *self.siblings()]

    @property
    def all_prose(self) -> float:
        return max(1.0, float(self.prose[0]))

    def inside(self, values: Numbers) -> Numbers:
        """By node, the sum over it and its descendants, which follow it directly."""
        own = np.bincount(self.node, weights=values, minlength=len(self.parents))
        sums = np.concatenate(([0.0], np.cumsum(own)))
        inside: Numbers = sums[np.array(self.seen.layout.ends) + 1] - sums[:-1]
        return inside

    def siblings(self) -> list[Numbers]:
        """Prose in elements of the same tag below the same parent, and its share of the most there is of such."""
        _, kind = np.unique(self.parents[self.node] * 64 + self.tag, return_inverse=True)
        sums = np.bincount(kind, weights=self.size).astype(np.float64)
        return [sums[kind], sums[kind] / max(1.0, float(sums.max()))]

    def place(self) -> list[Numbers]:
        at, found = self.at, self.paragraphs
        first, last = (int(found[0]), int(found[-1])) if len(found) else (0, self.count - 1)
        headline = max((index for index in self.seen.headlines if index <= first), default=None)
        above, below = _nearest((self.tag >= TAGS["h1"]) & (self.tag <= TAGS["h6"]))
        before, _ = _nearest(self.size > 0)
        return [
            at / self.count, at - first, at - last,
            np.full(self.count, -FAR) if headline is None else at - headline,
            self.read / max(1.0, float(self.read[-1])), self.read[-1] - self.read,
            np.where(above >= 0, at - above, FAR), np.where(above >= 0, self.tag[above], 0),
            np.where(below >= 0, below - at, FAR), np.where(before >= 0, at - before, FAR),
        ]  # fmt: skip

    def whole(self) -> list[Numbers]:
        """What is the same for all blocks of a page."""
        share = float(self.prose[min(self.seen.containers)]) / self.all_prose
        facts = (self.count, self.read[-1], len(self.paragraphs), share, self.seen.has_article_data)
        return [np.full(self.count, float(fact)) for fact in facts]

    def neighbours(self) -> list[Numbers]:
        near = [
            *(_shifted(self.held, by) for by in (-2, -1, 1)), *(_shifted(self.kept, by) for by in (-1, 1)),
            *(_shifted(self.size, by) for by in (-1, 1)), *(_shifted(self.tag, by) for by in (-1, 1)),
            _shifted(self.link, 1),
        ]  # fmt: skip
        for width in WIDTHS:
            near += [_mean_around(values, width) for values in (self.kept, self.size, self.link, self.chars)]
        return near

    def likeness(self) -> list[Numbers]:
        """What a block has in common with the others of its page: look, words, beginning, place among siblings."""
        looks = look_columns(self.seen.layout.nodes, self.seen.walked.blocks, self.size, self.kept)
        boxes = word_columns([block.text for block in self.seen.walked.blocks], self.words)
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
        blocks, count = self.seen.walked.blocks, self.count
        links = [len([1 for _, tag, _ in block.marks if tag == "a"]) if block.link_chars else 0 for block in blocks]
        starts = [block.text[:SAME_START] for block in blocks]
        known = Counter(starts)
        same = [known[start] for start in starts]
        images = np.bincount([min(block, count) for _, block, _ in self.seen.walked.images], minlength=count + 1)
        return [np.array(links), np.array(same), _mean_around(images.astype(np.float64), 3)[:-1]]

    def among_siblings(self) -> list[Numbers]:
        """How many blocks stand before and after a block below the same parent."""
        parents = self.parents[self.node]
        order = np.argsort(parents, kind="stable")
        starts = np.searchsorted(parents[order], parents[order])
        before = np.empty(self.count)
        before[order] = self.at - starts
        return [before, np.bincount(parents)[parents] - 1 - before]


def neighbours_in(words: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Each pair of neighbouring words."""
    return frozenset(pairwise(words))


def _text_facts(block: RawBlock, words: Sequence[str], seen: Sighting) -> tuple[float, ...]:
    """words, ends_sentence, ends_stop, capitals, said, stated"""
    text = block.text
    start = text[:LONGEST_START]
    return (
        text.count(" ") + 1,
        _SENTENCE_END.search(text, len(text) - 4) is not None,
        text[-1] in ".!?…。।؟",
        len(_CAPITALS.findall(start)) / len(start),
        len(seen.said.intersection(words)) / len(words) if seen.said else -1.0,
        _stated_share(words, seen.stated),
    )


def _stated_share(words: Sequence[str], stated: frozenset[tuple[str, str]]) -> float:
    """Share of a block's pairs of words that the stated text has, too; -1 where that is not known."""
    pairs = neighbours_in(words) if stated else ()
    return len(stated.intersection(pairs)) / len(pairs) if pairs else -1.0


def _code_of(reason: str | None) -> int:
    if reason is None:
        return 0
    return REASONS.get(reason) or (ZONE_REASON if reason in ZONES else RULE_REASON)


def _node_facts(seen: Sighting) -> list[list[int]]:
    """By node: depth, distance to a zone, content code, way up to and down from the container, bits of INSIDE."""
    nodes = seen.layout.nodes
    line: dict[int, int] = dict.fromkeys(seen.containers, 0)
    at, level = min(seen.containers), 0
    while at >= 0:
        line[at] = level
        at, level = nodes[at].parent, level + 1
    depths, zones, contents, ups, downs, insides = facts = [[-1], [8], [0], [0], [0], [0]]
    for index, node in enumerate(nodes):
        above, traits = node.parent + 1, node.traits
        depths.append(depths[above] + 1)
        zones.append(0 if traits.zone else min(9, zones[above] + 1))
        contents.append(max(contents[above], _content_code(traits)) if traits is not PLAIN else contents[above])
        ups.append(line[index] if index in line else ups[above])
        downs.append(0 if index in line else downs[above] + 1)
        insides.append(insides[above] | INSIDE.get(node.tag, 0))
    return facts


def _content_code(traits: Traits) -> int:
    return MARKED if traits.is_body else CONTENT.get(traits.meaning.content or "", 0)


def _nearest(marked: NDArray[np.bool_]) -> tuple[Indexes, Indexes]:
    """For each index the nearest marked one before and after it; -1 where there is none."""
    count, at = len(marked), np.arange(len(marked))
    before = np.maximum.accumulate(np.where(marked, at, -1))
    after = np.minimum.accumulate(np.where(marked, at, count)[::-1])[::-1]
    after = np.append(after[1:], count)
    return np.append(-1, before[:-1]), np.where(after == count, -1, after)


def _shifted(values: Numbers, by: int) -> Numbers:
    """The value *by* blocks further on; -1 beyond the page."""
    out = np.full(len(values), -1.0)
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


def _mean_around(values: Numbers, width: int) -> Numbers:
    """The mean over each block and *width* blocks on either side, as far as the page has them."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    start, end = np.maximum(at - width, 0), np.minimum(at + width + 1, len(values))
    means: Numbers = (sums[end] - sums[start]) / (end - start)
    return means
