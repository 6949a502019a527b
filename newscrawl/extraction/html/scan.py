"""Scan the DOM in one iterative pass: text blocks, the elements around them, dates, bylines and images."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from lxml import etree

from newscrawl.extraction.html.document import UnreadableDocument
from newscrawl.extraction.html.elements import HEAD_TAGS, INLINE_TAGS, PLAIN, SKIPPED_TAGS, Traits, get_traits
from newscrawl.extraction.html.styles import hides_own_text_only
from newscrawl.text.clean import INVISIBLE, limit_marks
from newscrawl.text.fold import fold_word_characters

HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
ARTICLE_TAGS = ("main", "article", "h1", "p")
MARKS = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "sub": "sub", "sup": "sup", "code": "code"}
SHADOW_ROOTS = frozenset({"shadowrootmode", "shadowroot"})
"""Attributes of a `template` that declares a shadow root; the second is the older name."""
MIN_PARAGRAPH, MAX_CONTROL = 60, 60
"""Characters of a paragraph, and of the label of a button that shows the rest of a text."""
MIN_INSIDE = 2
"""Paragraphs in an `a` that was never closed. The links of 1,900 real pages have fewer, or a headline above them."""
HIDDEN_NAME = "hidden-name"
"""The zone of elements whose class says that they are not shown."""
MIN_CARD_LABEL, MAX_CARD_TEXT = 12, 250
"""Word characters of the label of a link that covers a card, and characters of the headline in the card."""
MAX_CARD_LEVELS, MAX_CARD_NODES = 5, 25
"""Elements around a headline in which such a link is looked for, and elements of a card."""
MAX_RECORDED = 200
"""Dates, bylines or images of one page."""
DATE_NAME = re.compile(r"date|datum|fecha|time|meta|publi|info|details|kicker|topline|header", re.IGNORECASE)
"""Part of a class name that says more about the contents than the name of a list ("news-list-date")."""
AUTHOR_NAME = re.compile(r"author|autor|auteur", re.IGNORECASE)
"""The same for an author ("news-list-author")."""
MAX_BLOCKS = 20_000
"""Blocks of a page. Classifying one takes 60 to 110 µs and 7 KB: more could not be done in the time of a page."""
BREAK = "\x00"
BOX_TAGS = frozenset({"a", "span", "time"})
"""Inline elements that follow each other without white space where they are no parts of a word."""
BOX_PARENTS = frozenset({"div", "header", "section", "article", "footer", "address", "aside"})
"""Elements that hold boxes rather than sentences."""
"""Stands for a `br` in a block's pieces. Page text cannot contain it: parsing removes NUL."""

FoundElement = tuple[int, int, etree._Element]
"""Index of its own node (for inline elements: of the node around it), index of the next block, the element."""


@dataclass(slots=True)
class Node:
    """A block-level element."""

    parent: int
    tag: str
    traits: Traits
    last: int = 0
    """Index of its last descendant, or its own. Descendants directly follow their ancestor in `DomScan.nodes`."""
    classes: str = ""
    """The class attribute, as written."""


@dataclass(slots=True)
class RawBlock:
    """A run of text between two block boundaries."""

    node: int
    tag: str
    pieces: list[str]
    marks: list[tuple[int, str, str | None]]
    """(index of the piece that it precedes, "a" or "/a" …, href)."""
    link_chars: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Landmark:
    """A heading or other element of interest, with its position."""

    node: int
    block: int
    """Index of the first block at or after it."""
    text: str
    value: str | None = None


@dataclass(slots=True)
class DomScan:
    """Result of one scan. Node and block indexes follow document order."""

    nodes: list[Node] = field(default_factory=list)
    with_traits: list[int] = field(default_factory=list)
    """Indexes of nodes whose traits are not PLAIN."""
    blocks: list[RawBlock] = field(default_factory=list)
    times: list[FoundElement] = field(default_factory=list)
    """`time` elements and microdata dates."""
    named_dates: list[FoundElement] = field(default_factory=list)
    """The same in inline elements that are named after a date and a list, and these elements if there are none."""
    stamps: list[FoundElement] = field(default_factory=list)
    """Elements with a date in a data attribute."""
    bylines: list[FoundElement] = field(default_factory=list)
    """Elements marked as author or byline by class name, microdata or rel."""
    images: list[FoundElement] = field(default_factory=list)
    named_bodies: list[int] = field(default_factory=list)
    """Indexes of nodes that the site file selects as body."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Reason -> number of elements skipped with all their contents."""
    links: int = 0
    password_fields: int = 0


def scan_dom(root: etree._Element, drop: Mapping[etree._Element, str], bodies: Mapping[etree._Element, str]) -> DomScan:
    """Scan a page. The site file excludes the elements in *drop* and selects those in *bodies* as body.

    Raises UnreadableDocument for a page of more than MAX_BLOCKS blocks.
    """
    scanner = _DomScanner(drop, bodies)
    scanner.run(root)
    return scanner.scan


class _DomScanner:
    """Handlers named `start_…` process a start tag and return whether to skip the contents of the element."""

    def __init__(self, drop: Mapping[etree._Element, str], bodies: Mapping[etree._Element, str]) -> None:
        self.scan = DomScan()
        self.nodes = self.scan.nodes
        self.drop = drop
        self.bodies = bodies
        self.node = -1
        self.pieces: list[str] = []
        self.marks: list[tuple[int, str, str | None]] = []
        self.links: list[etree._Element] = []
        """The links around the current position, which are hardly ever more than one."""
        self.link_chars = 0
        self.cards: dict[int, tuple[str, str]] = {}
        """Node -> label and address of the link without a visible text that covers it."""

    def run(self, root: etree._Element) -> None:
        events = etree.iterwalk(root, events=("start", "end"))
        get_handler, start_block = HANDLERS.get, _DomScanner.start_block
        for event, element in events:
            tag = element.tag
            if event == "end":
                if tag in INLINE_TAGS:
                    if tag == "a":
                        self.end_link(element)
                    elif tag in MARKS:
                        self.marks.append((len(self.pieces), f"/{MARKS[tag]}", None))
                    if not element.tail and self.pieces and self.is_box(element):
                        self.pieces.append(" ")
                else:
                    if self.pieces:
                        self.flush()
                    node = self.nodes[self.node]
                    node.last = len(self.nodes) - 1
                    self.node = node.parent
                text = element.tail
            elif get_handler(tag, start_block)(self, element, tag):
                events.skip_subtree()
                next(events)
                text = element.tail
            else:
                text = element.text
            if text and (self.pieces or not text.isspace()):
                self.pieces.append(text)
                if self.links:
                    self.link_chars += len(text.strip())
        if self.pieces:
            self.flush()
        if self.cards:
            self.link_cards()

    def record(self, found: list[FoundElement], element: etree._Element) -> None:
        if len(found) < MAX_RECORDED:
            found.append((self.node, len(self.scan.blocks), element))

    def exclude(self, reason: str) -> bool:
        self.scan.left_out[reason] = self.scan.left_out.get(reason, 0) + 1
        return True

    def skip(self, element: etree._Element, tag: str) -> bool:
        return True

    def start_head(self, element: etree._Element, tag: str) -> bool:
        """Skip the head, unless missing tags made the parser put the whole page into it."""
        return all(child.tag in HEAD_TAGS for child in element) or self.start_block(element, tag)

    def start_template(self, element: etree._Element, tag: str) -> bool:
        """Skip a template, unless browsers show it as the shadow root of the element around it."""
        return SHADOW_ROOTS.isdisjoint(element.keys()) or self.start_block(element, tag)

    def start_input(self, element: etree._Element, tag: str) -> bool:
        self.scan.password_fields += element.get("type") == "password"
        return True

    def start_image(self, element: etree._Element, tag: str) -> bool:
        self.record(self.scan.images, element)
        return True

    def line_break(self, element: etree._Element, tag: str) -> bool:
        """Record a line break; the second in a row ends the block."""
        if self.pieces:
            if "".join(self.pieces[-2:]).rstrip(" \t\r\n").endswith(BREAK):
                self.flush()
            else:
                self.pieces.append(BREAK)
        return True

    def start_inline(self, element: etree._Element, tag: str) -> bool:
        if items := element.items():
            traits = get_traits(tag, items)
            if traits is not PLAIN and self.excludes_inline(element, tag, traits):
                return True
        if self.drop and element in self.drop:
            return self.exclude(self.drop[element])
        if tag == "time":
            self.record(self.scan.times, element)
        elif tag == "a" and not _is_target(element):
            self.links.append(element)
            self.scan.links += 1
            self.marks.append((len(self.pieces), "a", element.get("href")))
        elif tag in MARKS:
            self.marks.append((len(self.pieces), MARKS[tag], None))
        return False

    def excludes_inline(self, element: etree._Element, tag: str, traits: Traits) -> bool:
        """Return whether the text of an inline element is not part of the sentence around it."""
        # Syntax highlighters put code comments in elements with the class "comment".
        if traits.zone and self.nodes[self.node].tag != "pre" and element.getparent().tag != "code":  # type: ignore[union-attr]
            if traits.zone == "byline":
                self.record(self.scan.bylines, element)
            if not (tag == "a" and _is_text_link(element)) and next(element.iter("p"), None) is None:
                self.record_dates_inside(element, tag)
                if traits.zone != "byline" and AUTHOR_NAME.search(element.get("class") or ""):
                    self.record(self.scan.bylines, element)
                return self.exclude(traits.zone)
        if traits.is_hidden and not _shows_parts(element):
            return self.exclude("hidden")
        self.record_microdata(element, traits)
        return False

    def record_dates_inside(self, element: etree._Element, tag: str) -> None:
        """Record the dates of an inline element that is left out, unless it links to other articles."""
        if tag != "a" and DATE_NAME.search(element.get("class") or "") and next(element.iter("a"), None) is None:
            for inner in list(element.iter("time")) or [element]:
                self.record(self.scan.named_dates, inner)

    def record_microdata(self, element: etree._Element, traits: Traits) -> None:
        if traits.is_date:
            self.record(self.scan.times, element)
        elif traits.is_author:
            self.record(self.scan.bylines, element)
        elif traits.has_stamp:
            self.record(self.scan.stamps, element)

    def start_block(self, element: etree._Element, tag: str) -> bool:
        if self.pieces:
            self.flush()
        index, traits = len(self.nodes), get_traits(tag, element.items())
        if (traits.is_noteworthy or self.drop) and self.node >= 0 and self.is_excluded(element, traits):
            return True
        if traits.zone == HIDDEN_NAME and _is_rest_of_text(element):
            traits = PLAIN
        if self.bodies and element in self.bodies:
            self.scan.named_bodies.append(index)
        if traits is not PLAIN:
            self.scan.with_traits.append(index)
        self.nodes.append(Node(self.node, tag, traits, 0, element.get("class", "")))
        self.node = index
        if traits.is_noteworthy:
            if traits.meaning.zone == "byline":
                self.record(self.scan.bylines, element)
                if traits.has_stamp:
                    self.record(self.scan.stamps, element)
            else:
                self.record_microdata(element, traits)
        return False

    def is_excluded(self, element: etree._Element, traits: Traits) -> bool:
        """Return whether to skip an element: it is hidden, a menu, or dropped by the site file."""
        if traits.is_hidden and not (_is_panel(element) or _is_rest_of_text(element) or _shows_parts(element)):
            return self.exclude("hidden")
        if element in self.drop:
            return self.exclude(self.drop[element])
        # If a menu is never closed, the parser puts the rest of the page into it.
        return traits.is_menu and next(element.iter(*ARTICLE_TAGS), None) is None and self.exclude("menu")

    def is_box(self, element: etree._Element) -> bool:
        """Return whether an inline element is a box of its own, which style sheets set apart from the next one.

        Pages that are rendered by a framework have no white space between such elements: "Politics", "14 October".
        """
        after, node = element.getnext(), self.nodes[self.node]
        if after is None or after.tag not in BOX_TAGS or element.tag not in BOX_TAGS or node.tag not in BOX_PARENTS:
            return False
        if element.getparent().tag != node.tag:  # type: ignore[union-attr]
            return False
        last, first = self.pieces[-1].lstrip(), get_text(after, max_length=3)
        return len(last) > 1 and last[-1].isalnum() and len(first) > 1 and first[0].isalnum()

    def end_link(self, element: etree._Element) -> None:
        if self.links and self.links[-1] is element:
            self.links.pop()
            href = element.get("href")
            if href and "#" not in href and self.marks[-1:] == [(len(self.pieces), "a", href)]:
                label = element.get("aria-label") or get_text(element, max_length=MAX_CARD_TEXT) or element.get("title")
                self.cards[self.node] = (fold_word_characters(label or ""), href)
            self.marks.append((len(self.pieces), "/a", None))

    def link_cards(self) -> None:
        """Link the headlines of cards, such as teasers, that a link beside them covers: it repeats them invisibly."""
        for block in self.scan.blocks:
            node, text = block.node, ""
            for _ in range(MAX_CARD_LEVELS if not block.link_chars and len(block.text) <= MAX_CARD_TEXT else 0):
                if node < 0:
                    break
                label, href = self.cards.get(node, ("", ""))
                if label and self.nodes[node].last - node <= MAX_CARD_NODES:
                    text = text or fold_word_characters(block.text)
                    if len(label) >= MIN_CARD_LABEL and label in text and 2 * len(label) >= len(text):
                        block.link_chars = len(block.text)
                        block.marks = [(0, "a", href), *block.marks, (len(block.pieces), "/a", None)]
                        break
                node = self.nodes[node].parent

    def flush(self) -> None:
        """End the current run of text; it becomes a block if it is not blank."""
        pieces = self.pieces
        text = _join_pieces(pieces)
        if text:
            if len(self.scan.blocks) >= MAX_BLOCKS:
                raise UnreadableDocument("too_complex")
            tag = self.nodes[self.node].tag if self.node >= 0 else "body"
            self.scan.blocks.append(RawBlock(self.node, tag, pieces, self.marks, self.link_chars, text))
        self.pieces, self.marks = [], []
        self.link_chars = 0


HANDLERS: dict[str, Callable[[_DomScanner, etree._Element, str], bool]] = {
    **dict.fromkeys(SKIPPED_TAGS, _DomScanner.skip),
    **dict.fromkeys(INLINE_TAGS, _DomScanner.start_inline),
    "head": _DomScanner.start_head,
    "template": _DomScanner.start_template,
    "br": _DomScanner.line_break,
    "img": _DomScanner.start_image,
    "input": _DomScanner.start_input,
}


def get_text(element: etree._Element, separator: str = "", *, max_length: int = 2_000) -> str:
    """Return the text of an element as one line of at most *max_length*; *separator* joins its text nodes."""
    runs, size = [], 0
    for run in cast("Iterator[str]", element.itertext()):
        runs.append(run)
        size += len(run)
        if size > max_length:
            break
    return " ".join(separator.join(runs).split())[:max_length]


def _join_pieces(pieces: list[str]) -> str:
    text = "".join(pieces) if len(pieces) > 1 else pieces[0]
    line = " ".join(text.split())
    # No character in INVISIBLE is printable, and neither is BREAK.
    if (BREAK not in line) if line.isascii() else line.isprintable():
        return limit_marks(line)
    text = limit_marks(_remove_invisible(text))
    if BREAK not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split(BREAK))
    return "\n".join(line for line in lines if line)


def _remove_invisible(text: str) -> str:
    for character in INVISIBLE:
        if character in text:
            text = text.replace(character, "")
    return text


def _is_panel(element: etree._Element) -> bool:
    """Return whether an element is an accordion panel, labelled or directly preceded by a heading with a button.

    https://www.w3.org/WAI/ARIA/apg/patterns/accordion/
    """
    if element.get("role") == "region" and "aria-labelledby" in element.keys():  # noqa: SIM118
        return True
    before = element.getprevious()
    return before is not None and before.tag in HEADINGS and next(before.iter("button"), None) is not None


def _shows_parts(element: etree._Element) -> bool:
    """Return whether letters without a size hide no more than the space between elements that set it again."""
    if not hides_own_text_only(element.get("style") or ""):
        return False
    return any(inner.get("class") or inner.get("style") for inner in element.iterdescendants(etree.Element))


def _is_rest_of_text(element: etree._Element) -> bool:
    """Return whether a hidden element holds the rest of a text: paragraphs after others, and a button beside them."""
    sizes = [len(get_text(child)) for child in element.iterchildren("p")]
    if (
        sum(size >= MIN_PARAGRAPH for size in sizes) < 2
        or next(element.iter("form", "input", "nav", "h1"), None) is not None
    ):
        return False
    before = list(islice(element.itersiblings(preceding=True), 2))
    has_text = any(one.tag == "p" and len(get_text(one)) >= MIN_PARAGRAPH for one in before)
    return has_text and any(map(_is_control, (*before, *islice(element.itersiblings(), 2))))


def _is_control(element: etree._Element) -> bool:
    """Return whether an element is, or only holds, a button or a link that leads nowhere."""
    control = next(element.iter("button", "a"), None)
    if control is None or len(get_text(element)) > MAX_CONTROL:
        return False
    address = control.get("href") or "#"
    return control.tag == "button" or control.get("role") == "button" or address.startswith(("#", "javascript:"))


def _is_target(element: etree._Element) -> bool:
    """Return whether an `a` is no link: only the target of links, or never closed, with the rest of the text inside."""
    if element.get("href") is None:
        return element.get("name") is not None or not element.keys()
    return len(element) >= MIN_INSIDE and _has_rest_of_text(element)


def _has_rest_of_text(element: etree._Element) -> bool:
    """Return whether a link has paragraphs inside and, unlike a teaser, no headline."""
    paragraphs = (child for child in element.iterchildren("p") if len(get_text(child)) >= MIN_PARAGRAPH)
    is_long = len(list(islice(paragraphs, MIN_INSIDE))) == MIN_INSIDE
    return is_long and next(element.iter(*HEADINGS, "img"), None) is None


def _is_text_link(element: etree._Element) -> bool:
    """Return whether a link is inside a sentence; its text is kept whatever its class."""
    before = element.getprevious()
    text = element.getparent().text if before is None else before.tail  # type: ignore[union-attr]
    return bool(text and text.strip()) or bool(element.tail and element.tail.strip())
