"""Find blocks that only their place tells: captions beside an image, cells of tables that hold data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lxml import etree

from newscrawl.extraction.body.container import Layout, SubtreeSums, ends_clause
from newscrawl.extraction.html.elements import INLINE_TAGS
from newscrawl.extraction.html.scan import DomScan, RawBlock
from newscrawl.fields.captions import split_caption
from newscrawl.text.fold import fold_word_characters as fold
from newscrawl.text.numbers import parse_whole_number
from newscrawl.text.scripts import DENSE_CHARACTER

MAX_CAPTION = 250
"""Characters."""
MAX_LOOSE_CAPTION = 150
"""The same for text that is not in an element of its own."""
MAX_SENTENCE = 100
"""The same for a sentence in the same element as the image."""
MAX_NAMES, MAX_NAME = 5, 60
"""Names below pictures, and their characters; with more of them the page is a list of these things."""
MAX_LINES = 2
"""Blocks beside an image that are its caption and credit."""
MAX_CLIMB = 4
"""Levels above an image that are searched for its wrapper."""
MAX_SHARE = 0.3
"""Captions, as a share of the prose of the article; more of them are the text of a list of pictures."""
MIN_SIZE = 60
"""Pixels of the smallest image that has a caption."""
MIN_ALT = 15
"""Folded characters of an alternative text that a caption repeats."""
MAX_CELL = 120
"""Mean characters of the cells of a table that holds data."""
MAX_LINKED_CELLS = 0.6
EMPHASIS = frozenset({"em", "i", "small", "cite"})
ICONS = ("emoji", "smiley", "icon", "avatar", "pixel")
"""Parts of the classes of images without a caption."""
NOT_WRAPPERS = frozenset({"li", "dd", "blockquote", "article", "main", "body", "html", "pre", "tr", "tbody"})
MAX_CREDIT = 80
_QUOTES = '“"«„‘「『'
_WORDS = re.compile(rf"[^\W\d_]{{2,}}\W+[^\W\d_]{{2}}|{DENSE_CHARACTER.pattern}{{4}}|[\u0e00-\u0e7f]{{8}}")
MAX_HEADING, MAX_HEADINGS = 150, 100
"""Characters of a subheading, and `h1` elements of a page."""
_IMAGE_NAME = re.compile(
    r"ima?ge?(?![a-z])|image|photo|foto|picture|[_-]pic|^pic|media|bild|figure|thumb|caption|legend|illustration",
    re.IGNORECASE,
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class CaptionFinder:
    """Finds the captions in the containers of a page."""

    def __init__(self, scan: DomScan, layout: Layout, in_container: Sequence[bool]) -> None:
        self.scan = scan
        self.nodes = scan.nodes
        self.layout = layout
        self.in_container = in_container
        self.counts = SubtreeSums(scan, [1] * len(scan.blocks))
        self.starts = [block.node for block in scan.blocks]

    def find(self) -> frozenset[int]:
        """Return the indexes of the blocks that are captions or credits of an image."""
        found: set[int] = set()
        near: set[int] = set()
        for node, at, element in self.scan.images:
            if element.tag == "img" and self.in_container[node] and not self.layout.zones[node] and is_picture(element):
                near.update(range(max(0, at - 1), min(at + 2, len(self.scan.blocks))))
                found.update(self.find_beside(node, at, element))
        found.update(index for index in near - found if self.has_credit(self.scan.blocks[index]))
        names = {index for index in found if self.is_name(self.scan.blocks[index])}
        if len(names) > MAX_NAMES:
            found -= names
        own = sum(self.layout.sizes[index] for index in found)
        prose = sum(
            size for block, size in zip(self.scan.blocks, self.layout.sizes, strict=True)
            if self.in_container[block.node] and not self.layout.zones[block.node]
        )  # fmt: skip
        return frozenset(found) if own <= MAX_SHARE * prose else frozenset()

    def is_name(self, block: RawBlock) -> bool:
        return len(block.text) <= MAX_NAME and not ends_clause(block.text) and not self.has_credit(block)

    def find_beside(self, node: int, at: int, element: etree._Element) -> Iterator[int]:
        """Yield the captions of one image at *node*; *at* is the index of the block after it."""
        yield from self.find_repeated_alt(at, element)
        wrapper, child = node, node
        for _ in range(MAX_CLIMB):
            if wrapper < 0 or not self.in_container[wrapper] or self.counts.inside(wrapper):
                break
            wrapper, child = self.nodes[wrapper].parent, wrapper
        if wrapper < 0 or not self.in_container[wrapper] or not self.counts.inside(wrapper):
            return
        if self.is_wrapper(wrapper):
            yield from self.find_in_wrapper(wrapper, node, at, element)
        elif child != wrapper and at < len(self.scan.blocks) and self.is_emphasised_after(child, at, element):
            is_sentence = ends_clause(self.scan.blocks[at].text)
            yield from () if is_sentence and self.has_emphasised_prose() else (at,)

    def is_wrapper(self, wrapper: int) -> bool:
        """Return whether an element in the container holds hardly more than an image and a line or two."""
        parent = self.nodes[wrapper].parent
        is_inside = parent >= 0 and self.in_container[parent]
        return is_inside and self.nodes[wrapper].tag not in NOT_WRAPPERS and self.counts.inside(wrapper) <= MAX_LINES

    def find_in_wrapper(self, wrapper: int, node: int, at: int, element: etree._Element) -> Iterator[int]:
        last = self.nodes[wrapper].last
        for index in (at - 2, at - 1, at, at + 1):
            if not 0 <= index < len(self.starts) or not wrapper <= self.starts[index] <= last:
                continue
            block = self.scan.blocks[index]
            if block.tag in HEADINGS or len(block.text) > MAX_CAPTION or block.text[:1] in _QUOTES:
                continue
            is_sentence = ends_clause(block.text)
            if "\n" in block.text or not _WORDS.search(block.text):
                is_caption = False
            elif block.node != node:
                is_caption = not is_sentence or self.is_named_for_images(wrapper, block.node)
            elif is_in_own_element(element):
                is_caption = index >= at and (not is_sentence or len(block.text) <= MAX_SENTENCE)
            else:
                is_caption = index >= at and is_before_break(element) and is_label(block.text)
            if is_caption or self.has_credit(block):
                yield index

    def is_named_for_images(self, wrapper: int, node: int) -> bool:
        """Return whether the classes of a wrapper, or of the elements in it around a text, name a picture."""
        while node >= wrapper:
            if _IMAGE_NAME.search(self.nodes[node].classes):
                return True
            node = self.nodes[node].parent
        return False

    def find_repeated_alt(self, at: int, element: etree._Element) -> Iterator[int]:
        texts = {fold(element.get(name) or "") for name in ("alt", "title", "data-caption")}
        for index in range(max(0, at - 1), min(at + 2, len(self.scan.blocks))):
            block = self.scan.blocks[index]
            if block.tag not in HEADINGS and len(text := fold(block.text)) >= MIN_ALT and text in texts:
                yield index

    def is_emphasised_after(self, child: int, at: int, element: etree._Element) -> bool:
        """Return whether the block after an image-only element *child* is its sibling, and all in italics."""
        block = self.scan.blocks[at]
        if self.nodes[block.node].parent != self.nodes[child].parent or len(block.text) > MAX_CAPTION:
            return False
        around: etree._Element | None = element
        while around is not None and (around.tag in INLINE_TAGS or around.tag == "img" or around.getnext() is None):
            around = around.getparent()
        after = around.getnext() if around is not None else None
        return after is not None and after.tag == self.nodes[block.node].tag and is_emphasised(after)

    def has_emphasised_prose(self) -> bool:
        """Return whether the page has paragraphs in italics that do not follow an image."""
        after_images = {at for _, at, _ in self.scan.images}
        return any(
            self.layout.sizes[index] and block.marks and is_marked(block)
            for index, block in enumerate(self.scan.blocks)
            if index not in after_images and self.in_container[block.node]
        )

    def has_credit(self, block: RawBlock) -> bool:
        """Return whether a short text ends in the credit of a picture."""
        if block.tag in HEADINGS or len(block.text) > MAX_CAPTION or not self.in_container[block.node]:
            return False
        if ends_clause(block.text.rstrip(")]")):
            return False
        caption, credit = split_caption(block.text)
        if credit is None or len(credit) > MAX_CREDIT:
            return False
        return caption is None or not block.text[len(caption) :].lstrip()[:1].isalnum() or caption[-1:] in ".!?…。！？"


def is_picture(element: etree._Element) -> bool:
    """Return whether an image is not an icon or a counter."""
    if any(icon in (element.get("class") or "").lower() for icon in ICONS):
        return False
    sizes = ((element.get(name) or "").removesuffix("px") for name in ("width", "height"))
    return not any(number is not None and number < MIN_SIZE for number in map(parse_whole_number, sizes))


def is_emphasised(element: etree._Element) -> bool:
    """Return whether the whole text of an element is in italics or small print."""
    while not (element.text or "").strip() and len(element) == 1 and not (element[0].tail or "").strip():
        element = element[0]
        if element.tag in EMPHASIS:
            return True
    return False


def is_marked(block: RawBlock) -> bool:
    """Return whether one `em` holds the whole text of a block."""
    words = [at for at, piece in enumerate(block.pieces) if not piece.isspace()]
    marks = [at for at, tag, _ in block.marks if tag in ("em", "/em")]
    return len(marks) == 2 and marks[0] <= words[0] and marks[1] > words[-1]


def is_in_own_element(image: etree._Element) -> bool:
    """Return whether the text around an image is all in elements behind it, such as `em` or `span`."""
    parent = image.getparent()
    while parent is not None and parent.tag in ("a", "picture", "span") and parent.getparent() is not None:
        image, parent = parent, parent.getparent()
    if parent is None or (parent.text or "").strip():
        return False
    after = [one for one in image.itersiblings() if one.tag != "br"]
    tails = (image, *image.itersiblings())
    is_loose = any((one.tail or "").strip() for one in tails)
    wanted = EMPHASIS if parent.tag == "p" else EMPHASIS | {"span", "font"}
    return bool(after) and not is_loose and all(one.tag in wanted for one in after)


def is_before_break(image: etree._Element) -> bool:
    """Return whether a line break follows an image."""
    while (
        (after := image.getnext()) is None and (parent := image.getparent()) is not None and parent.tag in INLINE_TAGS
    ):
        image = parent
    return after is not None and after.tag == "br" and not (image.tail or "").strip()


def is_label(text: str) -> bool:
    """Return whether a text is short and does not end like a sentence."""
    return len(text) <= MAX_LOOSE_CAPTION and not ends_clause(text)


def find_data_tables(scan: DomScan) -> list[tuple[int, int]]:
    """Return (first node, last node) of the tables that hold data, as opposed to those that lay out the page."""
    nodes = scan.nodes
    tables = [index for index, node in enumerate(nodes) if node.tag == "table"]
    inner = [index for index, after in pairwise([*tables, len(nodes)]) if after > nodes[index].last]
    return [(index, nodes[index].last) for index in inner if _holds_data(scan, index)]


def _holds_data(scan: DomScan, table: int) -> bool:
    """Return whether a table has at least two rows with two cells of short text."""
    rows: dict[int, int] = {}
    has_header, linked, size, count = False, 0, 0, 0
    for block in scan.blocks:
        if table < block.node <= scan.nodes[table].last:
            cell = block.node
            while scan.nodes[cell].tag not in ("td", "th") and cell > table:
                cell = scan.nodes[cell].parent
            has_header = has_header or scan.nodes[cell].tag == "th"
            row = scan.nodes[cell].parent
            rows[row] = rows.get(row, 0) + 1
            linked += block.link_chars * 2 > len(block.text)
            size, count = size + len(block.text), count + 1
    enough = [row for row, cells in rows.items() if cells > 1]
    return (
        len(enough) >= 2 and (has_header or 2 * len(enough) >= len(rows)) and size <= MAX_CELL * count
        and linked <= MAX_LINKED_CELLS * count
    )  # fmt: skip


def find_subheadings(scan: DomScan, layout: Layout, in_container: Sequence[bool]) -> list[int]:
    """Return the indexes of `h1` blocks between paragraphs of one element: some editors use them as subheadings."""
    headings = [index for index, block in enumerate(scan.blocks) if block.tag == "h1"]
    if len(headings) > MAX_HEADINGS or not headings:
        return []
    prose = [
        index for index, block in enumerate(scan.blocks)
        if layout.sizes[index] and in_container[block.node] and not layout.zones[block.node]
    ]  # fmt: skip
    found = []
    for index in headings:
        block = scan.blocks[index]
        above, below = [at for at in prose if at < index], index + 1
        is_repeated = any(scan.blocks[other].text == block.text for other in headings if other != index)
        if above and below in prose and not is_repeated and not block.link_chars and len(block.text) <= MAX_HEADING:
            parents = {_get_parent(scan, at) for at in (above[-1], index, below)}
            if len(parents) == 1:
                found.append(index)
    return found


def _get_parent(scan: DomScan, index: int) -> int:
    return scan.nodes[scan.blocks[index].node].parent
