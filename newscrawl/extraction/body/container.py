"""Which elements hold the article: zones, the amount of prose in each element, and the choice of the container."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from newscrawl.boilerplate.names import most_prose
from newscrawl.extraction.html.scan import DomScan, Node, RawBlock

MIN_PROSE = 60
"""Characters; shorter text counts as prose only where it ends like a sentence."""
MIN_SENTENCE = 25
DOMINANT = 0.72
"""Share of its parent's prose with which a child is gone down to."""
NARROWER = 0.6
"""Share of an element's prose with which a named element inside is preferred to it."""
MAX_ROUNDS = 12
MIN_SUSPECT = 200
"""Prose in an element under which its zone is not called into question, unless there is no other prose."""
HINT_SHARE = 0.33
"""Share of the dominant element's prose that an element marked as the body must hold."""
_DENSE_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_END = re.compile(r"[.!?…。！？؟۔।॥:;]['\"”’»“)\]]{0,3}$")


class Sums:
    """Sums over the blocks of a page, for any of its elements."""

    def __init__(self, scan: DomScan, values: Sequence[int]) -> None:
        """*values* are those of the blocks."""
        own = [0] * len(scan.nodes)
        for block, value in zip(scan.blocks, values, strict=True):
            own[block.node] += value
        self.nodes = scan.nodes
        self.before = list(accumulate(own, initial=0))
        """For each node the sum of those before it; at the end that of all."""

    def inside(self, index: int) -> int:
        """The sum of the blocks in an element: what is in it follows it directly."""
        return self.before[self.nodes[index].last + 1] - self.before[index]


@dataclass(slots=True)
class Layout:
    """The page's elements with what is known of them, by node index."""

    nodes: Sequence[Node]
    telling: Sequence[int]
    """The nodes whose tag or attributes say something."""
    zones: list[str | None]
    """Zone of each node, inherited from above."""
    prose: Sums
    """Of prose, zones left out."""
    sizes: list[int]
    """Prose of each block by itself, zones included."""


def lay_out(scan: DomScan) -> Layout:
    """Sum up the page's prose and settle which zones hold."""
    sizes = [prose_size(block) for block in scan.blocks]
    zones = _settled_zones(scan, sizes)
    counted = [0 if zones[block.node] else size for block, size in zip(scan.blocks, sizes, strict=True)]
    return Layout(scan.nodes, scan.telling, zones, Sums(scan, counted), sizes)


def prose_size(block: RawBlock) -> int:
    """Characters of prose in a block; signs of dense scripts count double. 0 for links, labels and headings."""
    text = block.text
    size = len(text)
    if block.link_chars * 2 > size or size < 8 or block.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return 0
    if not text.isascii():
        size += len(_DENSE_SCRIPT.findall(text[:400]))
    if size >= MIN_PROSE or (size >= MIN_SENTENCE and _END.search(text)):
        return size - block.link_chars
    return 0


def choose_containers(layout: Layout, named: Sequence[int] = ()) -> frozenset[int]:
    """The nodes that hold the article's text: those a site's rules name, else marked ones, else where the prose is."""
    if named:
        return frozenset(named)
    dominant = _dominant(layout)
    return frozenset(_hinted(layout, dominant) or {dominant})


def inside(nodes: Sequence[Node], containers: frozenset[int]) -> list[bool]:
    """For each node whether it is a container or in one."""
    held = [False] * len(nodes)
    for index in containers:
        after = nodes[index].last + 1
        held[index:after] = [True] * (after - index)
    return held


def _inherited(nodes: Sequence[Node], own: Mapping[int, str]) -> list[str | None]:
    """The zone of each node: that of the outermost element around it that is one; *own* is in document order."""
    zones: list[str | None] = [None] * len(nodes)
    after = 0
    for index, zone in own.items():
        if index >= after:
            after = nodes[index].last + 1
            zones[index:after] = [zone] * (after - index)
    return zones


def _settled_zones(scan: DomScan, sizes: Sequence[int]) -> list[str | None]:
    """Zones with those undone that would leave out nearly all of the page's prose: their names mean something else."""
    nodes, everything = scan.nodes, Sums(scan, sizes)
    own = {index: zone for index in scan.telling if (zone := nodes[index].traits.zone) is not None}
    prose = {index: everything.inside(index) for index in own}
    for index, size in prose.items():
        if size > most_prose().get(own[index], size):
            del own[index]
    for body in scan.named_bodies:
        index = body
        while index >= 0:
            own.pop(index, None)
            index = nodes[index].parent
    for _ in range(MAX_ROUNDS):
        zones = _inherited(nodes, own)
        free = sum([size for block, size in zip(scan.blocks, sizes, strict=True) if zones[block.node] is None])
        suspects = [index for index in own if prose[index] >= (MIN_SUSPECT if free else 1)]
        wrong = [
            index for index in suspects
            if _is_outermost(nodes, zones, index) and free < (200 if own[index] == "comments" else 0.3 * prose[index])
        ]  # fmt: skip
        if not wrong:
            return zones
        worst = max(wrong, key=prose.__getitem__)
        for index in _alike(nodes, own, suspects, worst):
            del own[index]
    return _inherited(nodes, own)


def _alike(nodes: Sequence[Node], own: Mapping[int, str], suspects: Sequence[int], worst: int) -> list[int]:
    """Elements of the same tag in the same zone: a name that means something else once does so all over the page."""
    zone, tag = own[worst], nodes[worst].tag
    return [index for index in suspects if own[index] == zone and nodes[index].tag == tag]


def _is_outermost(nodes: Sequence[Node], zones: Sequence[str | None], index: int) -> bool:
    parent = nodes[index].parent
    return parent < 0 or zones[parent] is None


def _dominant(layout: Layout) -> int:
    """Go down from the root as long as one child holds nearly all of the prose."""
    at, prose = 0, layout.prose.inside
    while (heaviest := max(_children(layout.nodes, at), key=prose, default=None)) is not None:
        if prose(heaviest) < DOMINANT * prose(at) or layout.nodes[heaviest].tag in ("p", "ul", "ol"):
            break
        at = heaviest
    return at


def _children(nodes: Sequence[Node], index: int) -> Iterator[int]:
    child, last = index + 1, nodes[index].last
    while child <= last:
        yield child
        child = nodes[child].last + 1


def _hinted(layout: Layout, dominant: int) -> list[int]:
    """The elements that names or microdata mark as the body, when they hold a good part of the prose."""
    enough = max(1.0, HINT_SHARE * layout.prose.inside(dominant))
    telling = [(i, layout.nodes[i]) for i in layout.telling if not layout.zones[i]]
    bodies = [i for i, node in telling if node.traits.is_body]
    marked = _outermost(layout, bodies)
    if sum(layout.prose.inside(i) for i in marked) >= enough:
        return _same_place(layout, marked)
    for hint, share in (("article-text", NARROWER), ("text-part", 0.9)):
        named = [
            i for i, node in telling
            if node.traits.meaning.content == hint and node.tag != "body" and layout.prose.inside(i)
        ]  # fmt: skip
        chosen = _narrowed(layout, named, _same_place(layout, _outermost(layout, named)), share)
        if sum(layout.prose.inside(i) for i in chosen) >= (
            enough if hint == "article-text" else 0.85 * layout.prose.inside(dominant)
        ):
            return chosen
    return []


def _narrowed(layout: Layout, named: Sequence[int], chosen: list[int], share: float) -> list[int]:
    """Of named elements in each other the inner ones, as long as they hold nearly all of the text."""
    for _ in range(MAX_ROUNDS):
        inner = _inside(layout, named, chosen)
        deeper = _same_place(layout, _outermost(layout, inner))
        if not deeper or sum(layout.prose.inside(i) for i in deeper) < share * sum(
            layout.prose.inside(i) for i in chosen
        ):
            break
        chosen = deeper
    return chosen


def _inside(layout: Layout, indexes: Sequence[int], outer: Sequence[int]) -> list[int]:
    """Those of *indexes* that lie in one of *outer*; both in document order, *outer* apart from each other."""
    found: list[int] = []
    around = iter(outer)
    current = next(around, None)
    for index in indexes:
        while current is not None and index > layout.nodes[current].last:
            current = next(around, None)
        if current is not None and index > current:
            found.append(index)
    return found


def _outermost(layout: Layout, indexes: Sequence[int]) -> list[int]:
    chosen: list[int] = []
    for index in indexes:
        if not chosen or index > layout.nodes[chosen[-1]].last:
            chosen.append(index)
    return chosen


def _same_place(layout: Layout, marked: list[int]) -> list[int]:
    """Of several marked elements those of the heaviest's article: endless pages mark the next article's text too."""
    if len(marked) < 2:
        return marked
    homes = {i: _home(layout, i) for i in marked}
    weights: dict[int, int] = {}
    for i, home in homes.items():
        weights[home] = weights.get(home, 0) + layout.prose.inside(i)
    best = max(weights, key=lambda home: (weights[home], -home))
    return [i for i in marked if homes[i] == best]


def _home(layout: Layout, index: int) -> int:
    """The nearest `article` element around a node, or the root."""
    at = layout.nodes[index].parent
    while at > 0 and layout.nodes[at].tag != "article":
        at = layout.nodes[at].parent
    return at
