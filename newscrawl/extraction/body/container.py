"""Find the elements that hold the article: resolve zones, measure prose, choose the containers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from newscrawl.boilerplate.class_names import max_prose_by_zone
from newscrawl.boilerplate.lines import is_widget_title, match_line
from newscrawl.extraction.html.scan import DomScan, Node, RawBlock
from newscrawl.text.scripts import DENSE_CHARACTER

MIN_PROSE = 60
"""Characters; shorter text is prose only if it ends like a sentence."""
MIN_SENTENCE = 25
"""Characters of the shortest sentence that counts as prose."""
MIN_DOMINANT_SHARE = 0.72
"""Share of an element's prose that a child must hold for the descent to continue with it."""
MIN_NARROWED_SHARE = 0.6
"""Share of an element's prose that a named descendant must hold to replace it."""
MAX_UNNAMED_SHARE = 0.1
"""Share of the prose of an element that paragraphs without a name may hold beside those with one."""
MAX_ROUNDS = 12
MIN_SUSPECT_PROSE = 200
"""Characters of prose; the zone of an element with less is not questioned, unless the page has no other prose."""
SHORT_NAME, MIN_SHORT_NAMES = 2, 5
"""Characters of a class that may be random, and the number of such classes that shows that they are."""
MIN_TEXT_IN_GALLERY = 400
"""Characters of prose in an element without images that is named like a gallery and holds text."""
MAX_TEXT_LINKS = 0.15
"""Share of linked characters in running text."""
MIN_HINTED_SHARE = 0.33
"""Share of the dominant element's prose that elements marked as body must hold."""
_CLOSING = r"['\"”’»“)\]]{0,3}$"
_SENTENCE_END = re.compile("[.!?…。！？؟۔।॥:;]" + _CLOSING)
_CLAUSE_END = re.compile("[.!?…。！？؟۔।॥:;,]" + _CLOSING)
MAX_END = 5
"""Characters that these patterns look at, with a line break at the end."""


class SubtreeSums:
    """Sums of a value per block, for the subtree of any element."""

    def __init__(self, scan: DomScan, values: Sequence[int]) -> None:
        """Add up *values*, one for each block of *scan*."""
        own = [0] * len(scan.nodes)
        for block, value in zip(scan.blocks, values, strict=True):
            own[block.node] += value
        self.nodes = scan.nodes
        self.before = list(accumulate(own, initial=0))
        """Prefix sums by node; the last entry is the total."""

    def inside(self, index: int) -> int:
        """Return the sum for an element and its descendants."""
        return self.before[self.nodes[index].last + 1] - self.before[index]


@dataclass(slots=True)
class Layout:
    """Zones and amounts of prose of a page."""

    nodes: Sequence[Node]
    with_traits: Sequence[int]
    """Indexes of nodes whose traits are not PLAIN."""
    zones: list[str | None]
    """Zone of each node, inherited from its outermost ancestor with one."""
    prose: SubtreeSums
    """Characters of prose outside zones, by subtree."""
    sizes: list[int]
    """Characters of prose of each block, inside zones or not."""


def build_layout(scan: DomScan) -> Layout:
    """Measure the prose of a page and resolve its zones."""
    sizes = [measure_prose(block) for block in scan.blocks]
    zones = _resolve_zones(scan, sizes)
    counted = [0 if zones[block.node] else size for block, size in zip(scan.blocks, sizes, strict=True)]
    return Layout(scan.nodes, scan.with_traits, zones, SubtreeSums(scan, counted), sizes)


def measure_prose(block: RawBlock) -> int:
    """Return the characters of prose in a block, double for dense scripts; 0 for links, labels and headings."""
    text = block.text
    size = len(text)
    if block.link_chars * 2 > size or size < 8 or block.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return 0
    if not text.isascii():
        size += len(DENSE_CHARACTER.findall(text[:400]))
    if size >= MIN_PROSE or (size >= MIN_SENTENCE and _SENTENCE_END.search(text, len(text) - MAX_END)):
        return size - block.link_chars
    return 0


def ends_clause(text: str) -> bool:
    """Return whether a text ends in punctuation, perhaps before closing quotation marks and brackets."""
    return _CLAUSE_END.search(text, len(text) - MAX_END) is not None


def choose_containers(layout: Layout, named: Sequence[int] = ()) -> frozenset[int]:
    """Return the nodes that hold the body: those of the site file, else marked ones, else the one with the prose."""
    if named:
        return frozenset(named)
    dominant = _find_dominant(layout)
    return frozenset(_find_hinted(layout, dominant) or {dominant})


def mark_inside(nodes: Sequence[Node], containers: frozenset[int]) -> list[bool]:
    """Return for each node whether it is a container or inside one."""
    in_container = [False] * len(nodes)
    for index in containers:
        after = nodes[index].last + 1
        in_container[index:after] = [True] * (after - index)
    return in_container


def _inherit_zones(nodes: Sequence[Node], own: Mapping[int, str]) -> list[str | None]:
    """Return the zone of each node, from its outermost ancestor in *own*, which must be in document order."""
    zones: list[str | None] = [None] * len(nodes)
    after = 0
    for index, zone in own.items():
        if index >= after:
            after = nodes[index].last + 1
            zones[index:after] = [zone] * (after - index)
    return zones


def _resolve_zones(scan: DomScan, sizes: Sequence[int]) -> list[str | None]:
    """Return the zone of each node, ignoring zones that hold nearly all prose: their names mislead."""
    nodes, all_prose = scan.nodes, SubtreeSums(scan, sizes)
    own = {index: zone for index in scan.with_traits if (zone := nodes[index].traits.zone) is not None}
    prose = {index: all_prose.inside(index) for index in own}
    random_names = _count_short_names(nodes) >= MIN_SHORT_NAMES
    for index, size in prose.items():
        if (
            (random_names and len(nodes[index].classes) <= SHORT_NAME)
            or _is_running_text(scan, own, sizes, index, size)
            or size > max_prose_by_zone().get(own[index], size)
        ):
            del own[index]
    for body in scan.named_bodies:
        index = body
        while index >= 0:
            own.pop(index, None)
            index = nodes[index].parent
    for _ in range(MAX_ROUNDS):
        zones = _inherit_zones(nodes, own)
        free = sum([size for block, size in zip(scan.blocks, sizes, strict=True) if zones[block.node] is None])
        suspects = [index for index in own if prose[index] >= (MIN_SUSPECT_PROSE if free else 1)]
        wrong = [
            index for index in suspects
            if _is_outermost(nodes, zones, index) and free < (200 if own[index] == "comments" else 0.3 * prose[index])
        ]  # fmt: skip
        if not wrong:
            return zones
        worst = max(wrong, key=prose.__getitem__)
        for index in _find_same_kind(nodes, own, suspects, worst):
            del own[index]
    return _inherit_zones(nodes, own)


def _count_short_names(nodes: Sequence[Node]) -> int:
    """Return the number of different classes of two letters, which stylesheet compilers generate."""
    return len({node.classes for node in nodes if len(node.classes) == SHORT_NAME and node.classes.isalpha()})


def _is_running_text(scan: DomScan, own: Mapping[int, str], sizes: Sequence[int], index: int, prose: int) -> bool:
    """Return whether an element that is named like a box of links or pictures holds paragraphs instead."""
    if own[index] not in ("related", "caption") or prose < MIN_SUSPECT_PROSE or scan.nodes[index].tag == "figure":
        return False
    last, traits = scan.nodes[index].last, scan.nodes[index].traits
    inside = [at for at, block in enumerate(scan.blocks) if index <= block.node <= last]
    blocks = [scan.blocks[at] for at in inside]
    paragraphs = sum(sizes[at] > 0 and scan.blocks[at].tag == "p" for at in inside)
    chars, links = sum(len(block.text) for block in blocks), sum(block.link_chars for block in blocks)
    if (
        paragraphs < 2
        or links > MAX_TEXT_LINKS * chars
        or is_widget_title(blocks[0].text)
        or match_line(blocks[0].text)
    ):
        return False
    if own[index] == "caption":
        has_images = any(index <= node <= last for node, _, _ in scan.images)
        return traits.meaning.content is not None and not has_images and prose >= MIN_TEXT_IN_GALLERY
    return _continues_text(scan, sizes, index, inside[0]) and not any(
        block.link_chars * 2 > len(block.text) for block in blocks
    )


def _continues_text(scan: DomScan, sizes: Sequence[int], index: int, first: int) -> bool:
    """Return whether a paragraph is the sibling before an element or its parent; *first* is the first block in it."""
    if first == 0 or not sizes[first - 1] or scan.blocks[first - 1].tag != "p":
        return False
    parent = scan.nodes[index].parent
    return scan.nodes[scan.blocks[first - 1].node].parent in (parent, scan.nodes[parent].parent)


def _find_same_kind(nodes: Sequence[Node], own: Mapping[int, str], suspects: Sequence[int], worst: int) -> list[int]:
    """Return suspects with the same tag and zone as *worst*: a misleading name misleads all over the page."""
    zone, tag = own[worst], nodes[worst].tag
    return [index for index in suspects if own[index] == zone and nodes[index].tag == tag]


def _is_outermost(nodes: Sequence[Node], zones: Sequence[str | None], index: int) -> bool:
    parent = nodes[index].parent
    return parent < 0 or zones[parent] is None


def _find_dominant(layout: Layout) -> int:
    """Return the deepest element reached from the root by following children that hold nearly all prose."""
    at, prose = 0, layout.prose.inside
    while (heaviest := max(_iter_children(layout.nodes, at), key=prose, default=None)) is not None:
        if prose(heaviest) < MIN_DOMINANT_SHARE * prose(at) or layout.nodes[heaviest].tag in ("p", "ul", "ol"):
            break
        at = heaviest
    return at


def _iter_children(nodes: Sequence[Node], index: int) -> Iterator[int]:
    child, last = index + 1, nodes[index].last
    while child <= last:
        yield child
        child = nodes[child].last + 1


def _find_hinted(layout: Layout, dominant: int) -> list[int]:
    """Return the elements that names or microdata mark as body, if they hold enough of the prose."""
    enough = max(1.0, MIN_HINTED_SHARE * layout.prose.inside(dominant))
    with_traits = [(i, layout.nodes[i]) for i in layout.with_traits if not layout.zones[i]]
    bodies = [i for i, node in with_traits if node.traits.is_body]
    marked = _find_outermost(layout, bodies)
    if sum(layout.prose.inside(i) for i in marked) >= enough:
        return _keep_heaviest_article(layout, marked)
    for hint, share in (("article-text", MIN_NARROWED_SHARE), ("text-part", 0.9)):
        named = [
            i for i, node in with_traits
            if node.traits.meaning.content == hint and node.tag != "body" and layout.prose.inside(i)
        ]  # fmt: skip
        named = _drop_named_paragraphs(layout, named)
        chosen = _narrow(layout, named, _keep_heaviest_article(layout, _find_outermost(layout, named)), share)
        needed = enough if hint == "article-text" else 0.85 * layout.prose.inside(dominant)
        if sum(layout.prose.inside(i) for i in chosen) >= needed:
            return chosen
    return []


def _drop_named_paragraphs(layout: Layout, named: list[int]) -> list[int]:
    """Return *named* without paragraphs beside others without the name: Word's have the class MsoBodyText."""
    sums: dict[int, int] = {}
    for i in named:
        if layout.nodes[i].tag == "p":
            parent = layout.nodes[i].parent
            sums[parent] = sums.get(parent, 0) + layout.prose.inside(i)
    mixed = {
        parent for parent, size in sums.items() if size < (1 - MAX_UNNAMED_SHARE) * _prose_in_paragraphs(layout, parent)
    }
    return [i for i in named if layout.nodes[i].tag != "p" or layout.nodes[i].parent not in mixed]


def _prose_in_paragraphs(layout: Layout, index: int) -> int:
    return sum(
        layout.prose.inside(child) for child in _iter_children(layout.nodes, index) if layout.nodes[child].tag == "p"
    )


def _narrow(layout: Layout, named: Sequence[int], chosen: list[int], share: float) -> list[int]:
    """Replace nested named elements by the inner ones, as long as these hold nearly all of the text."""
    for _ in range(MAX_ROUNDS):
        inner = _find_inside(layout, named, chosen)
        deeper = _keep_heaviest_article(layout, _find_outermost(layout, inner))
        if not deeper or sum(layout.prose.inside(i) for i in deeper) < share * sum(
            layout.prose.inside(i) for i in chosen
        ):
            break
        chosen = deeper
    return chosen


def _find_inside(layout: Layout, indexes: Sequence[int], outer: Sequence[int]) -> list[int]:
    """Return the *indexes* inside one of *outer*. Both are in document order; *outer* do not overlap."""
    found: list[int] = []
    around = iter(outer)
    current = next(around, None)
    for index in indexes:
        while current is not None and index > layout.nodes[current].last:
            current = next(around, None)
        if current is not None and index > current:
            found.append(index)
    return found


def _find_outermost(layout: Layout, indexes: Sequence[int]) -> list[int]:
    chosen: list[int] = []
    for index in indexes:
        if not chosen or index > layout.nodes[chosen[-1]].last:
            chosen.append(index)
    return chosen


def _keep_heaviest_article(layout: Layout, marked: list[int]) -> list[int]:
    """Return the marked elements of the article with the most prose: infinite-scroll pages hold several articles."""
    if len(marked) < 2:
        return marked
    articles = {i: _find_article(layout, i) for i in marked}
    weights: dict[int, int] = {}
    for i, article in articles.items():
        weights[article] = weights.get(article, 0) + layout.prose.inside(i)
    best = max(weights, key=lambda article: (weights[article], -article))
    return [i for i in marked if articles[i] == best]


def _find_article(layout: Layout, index: int) -> int:
    """Return the nearest `article` ancestor of a node, or the root."""
    at = layout.nodes[index].parent
    while at > 0 and layout.nodes[at].tag != "article":
        at = layout.nodes[at].parent
    return at
