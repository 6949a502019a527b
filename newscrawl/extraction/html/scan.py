"""One iterative walk over the tree: its text blocks, the elements around them, and what stands out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from newscrawl.extraction.html.elements import INLINE, OF_HEAD, PLAIN, SKIPPED, Traits, traits_of
from newscrawl.text.clean import INVISIBLE

HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
OF_ARTICLES = ("main", "article", "h1", "p")
MARKS = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "sub": "sub", "sup": "sup", "code": "code"}
END_MARKS = {"a": "/a"} | {tag: f"/{mark}" for tag, mark in MARKS.items()}
MAX_NOTED = 200
BREAK = "\x00"
"""Stands for one `br` in a block's pieces; no page text can hold it."""

Place = tuple[int, int, etree._Element]
"""Node, next block, and the element that was noted there."""


@dataclass(slots=True)
class Node:
    """An element that is no mere run of text."""

    parent: int
    tag: str
    traits: Traits
    last: int = 0
    """Index of its last descendant, or its own: what is inside an element follows it directly."""
    classes: str = ""
    """Its class attribute."""


@dataclass(slots=True)
class RawBlock:
    """One run of text between block borders."""

    node: int
    tag: str
    pieces: list[str]
    marks: list[tuple[int, str, str | None]]
    """(index into pieces before which it stands, "a" or "/a" …, href)."""
    link_chars: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Landmark:
    """Something that stands out, with its place."""

    node: int
    block: int
    """Index of the block that begins at or after it."""
    text: str
    value: str | None = None


@dataclass(slots=True)
class DomScan:
    """What one walk found."""

    nodes: list[Node] = field(default_factory=list)
    telling: list[int] = field(default_factory=list)
    """Nodes whose tag or attributes say something of what is inside."""
    blocks: list[RawBlock] = field(default_factory=list)
    times: list[Place] = field(default_factory=list)
    """(node, next block, element) of `time` elements and of microdata dates."""
    bylines: list[Place] = field(default_factory=list)
    """The same of elements that are, by name, microdata or rel, an author."""
    images: list[Place] = field(default_factory=list)
    named_bodies: list[int] = field(default_factory=list)
    """Nodes that the site's rules name as the body."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Reason -> elements with words that are none of the article's, whatever they say."""
    links: int = 0
    password_fields: int = 0


def scan_dom(root: etree._Element, drop: Mapping[etree._Element, str], bodies: Mapping[etree._Element, str]) -> DomScan:
    """Walk the page once. *drop*: elements a site's rules leave out; *bodies*: those they name as the body."""
    walker = _DomScanner(drop, bodies)
    walker.run(root)
    return walker.scan


class _DomScanner:
    """Its `start_…` handlers take note of an element; they give True where its inside is to be left out."""

    def __init__(self, drop: Mapping[etree._Element, str], bodies: Mapping[etree._Element, str]) -> None:
        self.scan = DomScan()
        self.nodes = self.scan.nodes
        self.drop = drop
        self.bodies = bodies
        self.node = -1
        self.pieces: list[str] = []
        self.marks: list[tuple[int, str, str | None]] = []
        self.anchors = 0
        self.link_chars = 0

    def run(self, root: etree._Element) -> None:
        events = etree.iterwalk(root, events=("start", "end"))
        handler_of, start_block = HANDLERS.get, _DomScanner.start_block
        for event, element in events:
            tag = element.tag
            if event == "end":
                if tag in INLINE:
                    if tag in END_MARKS:
                        self.end_mark(tag)
                else:
                    if self.pieces:
                        self.flush()
                    node = self.nodes[self.node]
                    node.last = len(self.nodes) - 1
                    self.node = node.parent
                text = element.tail
            elif handler_of(tag, start_block)(self, element, tag):
                events.skip_subtree()
                next(events)
                text = element.tail
            else:
                text = element.text
            if text and (self.pieces or not text.isspace()):
                self.pieces.append(text)
                if self.anchors:
                    self.link_chars += len(text.strip())
        if self.pieces:
            self.flush()

    def note(self, places: list[Place], element: etree._Element) -> None:
        if len(places) < MAX_NOTED:
            places.append((self.node, len(self.scan.blocks), element))

    def leave_out(self, reason: str) -> bool:
        self.scan.left_out[reason] = self.scan.left_out.get(reason, 0) + 1
        return True

    def skip(self, element: etree._Element, tag: str) -> bool:
        return True

    def start_head(self, element: etree._Element, tag: str) -> bool:
        """The parser puts a page that leaves out the tags between head and body into the head."""
        return all(child.tag in OF_HEAD for child in element) or self.start_block(element, tag)

    def start_input(self, element: etree._Element, tag: str) -> bool:
        self.scan.password_fields += element.get("type") == "password"
        return True

    def start_image(self, element: etree._Element, tag: str) -> bool:
        self.note(self.scan.images, element)
        return True

    def line_break(self, element: etree._Element, tag: str) -> bool:
        """Two line breaks end a paragraph."""
        if self.pieces:
            if "".join(self.pieces[-2:]).rstrip(" \t\r\n").endswith(BREAK):
                self.flush()
            else:
                self.pieces.append(BREAK)
        return True

    def start_inline(self, element: etree._Element, tag: str) -> bool:
        if items := element.items():
            traits = traits_of(tag, items)
            if traits is not PLAIN and self.leaves_out(element, tag, traits):
                return True
        if self.drop and element in self.drop:
            return self.leave_out(self.drop[element])
        if tag == "time":
            self.note(self.scan.times, element)
        elif tag == "a":
            self.anchors += 1
            self.scan.links += 1
            self.marks.append((len(self.pieces), "a", element.get("href")))
        elif tag in MARKS:
            self.marks.append((len(self.pieces), MARKS[tag], None))
        return False

    def leaves_out(self, element: etree._Element, tag: str, traits: Traits) -> bool:
        """Whether the words of an inline element are none of the sentence around it."""
        # Highlighted code has its comments in elements of that name.
        if traits.zone and self.nodes[self.node].tag != "pre" and element.getparent().tag != "code":  # type: ignore[union-attr]
            if traits.zone == "byline":
                self.note(self.scan.bylines, element)
            if not (tag == "a" and _is_text_link(element)) and next(element.iter("p"), None) is None:
                return self.leave_out(traits.zone)
        if traits.is_hidden:
            return self.leave_out("hidden")
        self.note_microdata(element, traits)
        return False

    def note_microdata(self, element: etree._Element, traits: Traits) -> None:
        if traits.is_date:
            self.note(self.scan.times, element)
        elif traits.is_author:
            self.note(self.scan.bylines, element)

    def start_block(self, element: etree._Element, tag: str) -> bool:
        if self.pieces:
            self.flush()
        index, traits = len(self.nodes), traits_of(tag, element.items())
        if (traits.is_noteworthy or self.drop) and self.node >= 0 and self.is_gone(element, traits):
            return True
        if self.bodies and element in self.bodies:
            self.scan.named_bodies.append(index)
        if traits is not PLAIN:
            self.scan.telling.append(index)
        self.nodes.append(Node(self.node, tag, traits, classes=element.get("class", "")))
        self.node = index
        if traits.is_noteworthy:
            if traits.meaning.zone == "byline":
                self.note(self.scan.bylines, element)
            else:
                self.note_microdata(element, traits)
        return False

    def is_gone(self, element: etree._Element, traits: Traits) -> bool:
        """Whether nobody sees an element, or it is a menu: then there is no need to look inside."""
        if traits.is_hidden and not _is_panel(element):
            return self.leave_out("hidden")
        if element in self.drop:
            return self.leave_out(self.drop[element])
        # Where a menu was never closed, the parser puts the rest of the page into it.
        return traits.is_menu and next(element.iter(*OF_ARTICLES), None) is None and self.leave_out("menu")

    def end_mark(self, tag: str) -> None:
        if tag == "a":
            self.anchors -= 1
        self.marks.append((len(self.pieces), END_MARKS[tag], None))

    def flush(self) -> None:
        """Close the run of text; a block is what has a word in it."""
        pieces = self.pieces
        text = _text_of(pieces)
        if text:
            tag = self.nodes[self.node].tag if self.node >= 0 else "body"
            self.scan.blocks.append(RawBlock(self.node, tag, pieces, self.marks, self.link_chars, text))
        self.pieces, self.marks = [], []
        self.link_chars = 0


HANDLERS: dict[str, Callable[[_DomScanner, etree._Element, str], bool]] = {
    **dict.fromkeys(SKIPPED, _DomScanner.skip),
    **dict.fromkeys(INLINE, _DomScanner.start_inline),
    "head": _DomScanner.start_head,
    "br": _DomScanner.line_break,
    "img": _DomScanner.start_image,
    "input": _DomScanner.start_input,
}


def text_of(element: etree._Element, between: str = "", *, longest: int = 2_000) -> str:
    """The text inside an element as one line, cut at *longest*; *between* is put between the runs of its elements."""
    runs, size = [], 0
    for run in cast("Iterator[str]", element.itertext()):
        runs.append(run)
        size += len(run)
        if size > longest:
            break
    return " ".join(between.join(runs).split())[:longest]


def _text_of(pieces: list[str]) -> str:
    text = "".join(pieces) if len(pieces) > 1 else pieces[0]
    if not text.isascii():
        text = _without_invisible(text)
    if BREAK not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split(BREAK))
    return "\n".join(line for line in lines if line)


def _without_invisible(text: str) -> str:
    for sign in INVISIBLE:
        if sign in text:
            text = text.replace(sign, "")
    return text


def _is_panel(element: etree._Element) -> bool:
    """A closed part of an accordion: readers open it, by a heading that names it or that stands right before it.

    https://www.w3.org/WAI/ARIA/apg/patterns/accordion/
    """
    if element.get("role") == "region" and "aria-labelledby" in element.keys():  # noqa: SIM118
        return True
    before = element.getprevious()
    return before is not None and before.tag in HEADINGS and next(before.iter("button"), None) is not None


def _is_text_link(element: etree._Element) -> bool:
    """A link inside a sentence keeps its words whatever its class says."""
    before = element.getprevious()
    text = element.getparent().text if before is None else before.tail  # type: ignore[union-attr]
    return bool(text and text.strip()) or bool(element.tail and element.tail.strip())
