"""Which elements hold the article: zones, the amount of prose in each element, and the choice of the container."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newscrawl.boilerplate.names import most_prose
from newscrawl.extraction.walk import Node, RawBlock, Walked

SHORTEST_PROSE = 60
"""Characters; shorter text counts as prose only where it ends like a sentence."""
SHORTEST_SENTENCE = 25
DOMINANT = 0.72
"""Share of its parent's prose with which a child is gone down to."""
NARROWER = 0.6
"""Share of an element's prose with which a named element inside is preferred to it."""
MOST_ROUNDS = 12
LEAST_SUSPECT = 200
"""Prose in an element under which its zone is not called into question, unless there is no other prose."""
HINT_SHARE = 0.33
"""Share of the dominant element's prose that an element marked as the body must hold."""
_DENSE_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_END = re.compile(r"[.!?…。！？؟۔।॥:;]['\"”’»“)\]]{0,3}$")


@dataclass(slots=True)
class Layout:
    """The page's elements with what is known of them, by node index."""

    nodes: Sequence[Node]
    zones: list[str | None]
    """Zone of each node, inherited from above."""
    prose: list[int]
    """Prose inside each node, zones left out."""
    heaviest: list[int]
    """The child of each node that holds most prose, the first of equals; -1 without children."""
    ends: list[int]
    """Index of each node's last descendant, or its own."""
    sizes: list[int]
    """Prose of each block by itself, zones included."""


def lay_out(walked: Walked) -> Layout:
    """Sum up the page's prose and settle which zones hold."""
    nodes = walked.nodes
    sizes = [prose_size(block) for block in walked.blocks]
    parents = [node.parent for node in nodes]
    zones = _settled_zones(walked, parents, sizes)
    counted = [0 if zones[block.node] else size for block, size in zip(walked.blocks, sizes, strict=True)]
    prose = _sums(parents, walked.blocks, counted)
    return Layout(nodes, zones, prose, _heaviest(parents, prose), _ends(parents), sizes)


def prose_size(block: RawBlock) -> int:
    """Characters of prose in a block; signs of dense scripts count double. 0 for links, labels and headings."""
    text = block.text
    size = len(text)
    if block.link_chars * 2 > size or size < 8 or block.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return 0
    if not text.isascii():
        size += len(_DENSE_SCRIPT.findall(text[:400]))
    if size >= SHORTEST_PROSE or (size >= SHORTEST_SENTENCE and _END.search(text)):
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
    held: list[bool] = []
    for index, node in enumerate(nodes):
        held.append((node.parent >= 0 and held[node.parent]) or index in containers)
    return held


def _sums(parents: Sequence[int], blocks: Sequence[RawBlock], sizes: Sequence[int]) -> list[int]:
    sums = [0] * len(parents)
    for block, size in zip(blocks, sizes, strict=True):
        sums[block.node] += size
    for index in range(len(parents) - 1, 0, -1):
        if size := sums[index]:
            sums[parents[index]] += size
    return sums


def _heaviest(parents: Sequence[int], prose: Sequence[int]) -> list[int]:
    heaviest = [-1] * len(parents)
    for index in range(1, len(parents)):
        parent = parents[index]
        best = heaviest[parent]
        if best < 0 or prose[index] > prose[best]:
            heaviest[parent] = index
    return heaviest


def _ends(parents: Sequence[int]) -> list[int]:
    ends = list(range(len(parents)))
    for index in range(len(parents) - 1, 0, -1):
        parent = parents[index]
        if ends[index] > ends[parent]:
            ends[parent] = ends[index]
    return ends


def _inherited(parents: Sequence[int], own: Sequence[str | None]) -> list[str | None]:
    zones = list(own[:1])
    for index in range(1, len(parents)):
        zones.append(zones[parents[index]] or own[index])
    return zones


def _settled_zones(walked: Walked, parents: Sequence[int], sizes: Sequence[int]) -> list[str | None]:
    """Zones with those undone that would leave out nearly all of the page's prose: their names mean something else."""
    everything = _sums(parents, walked.blocks, sizes)
    own = [node.traits.zone for node in walked.nodes]
    named = [index for index, zone in enumerate(own) if zone is not None]
    for index in named:
        if everything[index] > most_prose().get(own[index] or "", everything[index]):
            own[index] = None
    for body in walked.named_bodies:
        index = body
        while index >= 0:
            own[index] = None
            index = parents[index]
    for _ in range(MOST_ROUNDS):
        zones = _inherited(parents, own)
        free = sum([size for block, size in zip(walked.blocks, sizes, strict=True) if zones[block.node] is None])
        suspects = [index for index in named if everything[index] >= (LEAST_SUSPECT if free else 1)]
        wrong = [
            index for index in suspects
            if own[index] is not None and _is_outermost(parents, zones, index)
            and free < (200 if own[index] == "comments" else 0.3 * everything[index])
        ]  # fmt: skip
        if not wrong:
            return zones
        worst = max(wrong, key=everything.__getitem__)
        for index in _alike(walked.nodes, own, suspects, worst):
            own[index] = None
    return _inherited(parents, own)


def _alike(nodes: Sequence[Node], own: Sequence[str | None], suspects: Sequence[int], worst: int) -> list[int]:
    """Elements of the same tag in the same zone: a name that means something else once does so all over the page."""
    zone, tag = own[worst], nodes[worst].tag
    return [index for index in suspects if own[index] == zone and nodes[index].tag == tag]


def _is_outermost(parents: Sequence[int], zones: Sequence[str | None], index: int) -> bool:
    parent = parents[index]
    return parent < 0 or zones[parent] is None


def _dominant(layout: Layout) -> int:
    """Go down from the root as long as one child holds nearly all of the prose."""
    at = 0
    while (heaviest := layout.heaviest[at]) >= 0:
        if layout.prose[heaviest] < DOMINANT * layout.prose[at] or layout.nodes[heaviest].tag in ("p", "ul", "ol"):
            break
        at = heaviest
    return at


def _hinted(layout: Layout, dominant: int) -> list[int]:
    """The elements that names or microdata mark as the body, when they hold a good part of the prose."""
    enough = max(1.0, HINT_SHARE * layout.prose[dominant])
    bodies = [i for i, node in enumerate(layout.nodes) if node.traits.is_body and not layout.zones[i]]
    marked = _outermost(layout, bodies)
    if sum(layout.prose[i] for i in marked) >= enough:
        return _same_place(layout, marked)
    for hint, share in (("article-text", NARROWER), ("text-part", 0.9)):
        named = [
            i for i, node in enumerate(layout.nodes)
            if node.traits.meaning.content == hint and layout.prose[i] and not layout.zones[i] and node.tag != "body"
        ]  # fmt: skip
        chosen = _narrowed(layout, named, _same_place(layout, _outermost(layout, named)), share)
        if sum(layout.prose[i] for i in chosen) >= (
            enough if hint == "article-text" else 0.85 * layout.prose[dominant]
        ):
            return chosen
    return []


def _narrowed(layout: Layout, named: Sequence[int], chosen: list[int], share: float) -> list[int]:
    """Of named elements in each other the inner ones, as long as they hold nearly all of the text."""
    for _ in range(MOST_ROUNDS):
        inner = _inside(layout, named, chosen)
        deeper = _same_place(layout, _outermost(layout, inner))
        if not deeper or sum(layout.prose[i] for i in deeper) < share * sum(layout.prose[i] for i in chosen):
            break
        chosen = deeper
    return chosen


def _inside(layout: Layout, indexes: Sequence[int], outer: Sequence[int]) -> list[int]:
    """Those of *indexes* that lie in one of *outer*; both in document order, *outer* apart from each other."""
    found: list[int] = []
    around = iter(outer)
    current = next(around, None)
    for index in indexes:
        while current is not None and index > layout.ends[current]:
            current = next(around, None)
        if current is not None and index > current:
            found.append(index)
    return found


def _outermost(layout: Layout, indexes: Sequence[int]) -> list[int]:
    chosen: list[int] = []
    for index in indexes:
        if not chosen or index > layout.ends[chosen[-1]]:
            chosen.append(index)
    return chosen


def _same_place(layout: Layout, marked: list[int]) -> list[int]:
    """Of several marked elements those of the heaviest's article: endless pages mark the next article's text too."""
    if len(marked) < 2:
        return marked
    homes = {i: _home(layout, i) for i in marked}
    weights: dict[int, int] = {}
    for i, home in homes.items():
        weights[home] = weights.get(home, 0) + layout.prose[i]
    best = max(weights, key=lambda home: (weights[home], -home))
    return [i for i in marked if homes[i] == best]


def _home(layout: Layout, index: int) -> int:
    """The nearest `article` element around a node, or the root."""
    at = layout.nodes[index].parent
    while at > 0 and layout.nodes[at].tag != "article":
        at = layout.nodes[at].parent
    return at
