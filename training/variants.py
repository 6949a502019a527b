"""Build variants of a page that lack what another site may lack, or have what it may have."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from lxml import etree

from newscrawl.boilerplate.rules import phrases

FRAGMENT = (20, 220)
"""Characters of a sentence that becomes an item of a list or a quotation."""
CUT_SHARE = 0.35
"""Share of them that are cut to a few words."""
KINDS = {"paragraph": 62, "list": 12, "quotation": 9, "section": 9, "table": 3, "question": 5}
"""Relative frequency of what is inserted into an article."""
WIDGETS = {"label": 35, "link": 35, "links": 30}
"""The same for what is inserted among it and is no text."""
_NAMES = re.compile(rb"""(?i)(\s(?:class|id)\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_STOPS = ".,;:!?"


def hash_names(body: bytes) -> bytes:
    """Replace every word of class and id attributes by a hash of it, as build tools for style sheets do.

    What had the same name still has the same name, but the name says nothing.
    """
    return _NAMES.sub(_hash_words, body)


def _hash_words(attribute: re.Match[bytes]) -> bytes:
    words = attribute[2].strip(b"\"'").split()
    return attribute[1] + b'"' + b" ".join(b"x%07x" % (zlib.crc32(word) & 0xFFFFFFF) for word in words) + b'"'


@dataclass(frozen=True, slots=True)
class Section:
    """Elements that are inserted into an article in one place."""

    elements: Sequence[etree._Element]
    texts: Sequence[str] = ()
    """The texts of their blocks; none if they do not belong to the article."""


def insert_sections(root: etree._Element, body: Collection[str], writer: SectionWriter) -> set[str] | None:
    """Insert all sections of *writer* between the paragraphs of the article. Return their texts, None without any.

    *body* are the texts of the article's blocks. Inserted paragraphs have the attributes of the article's first one.
    """
    found = [element for element in root.iter("p") if " ".join("".join(element.itertext()).split()) in body]
    parents = Counter(element.getparent() for element in found)
    if not parents:
        return None
    parent, _ = parents.most_common(1)[0]
    siblings = [element for element in found if element.getparent() is parent]
    sections = list(writer.write(dict(siblings[0].attrib)))
    for number, section in enumerate(sections):
        above = siblings[number * len(siblings) // len(sections)]
        for element in reversed(section.elements):
            above.addnext(element)
    return {text for section in sections for text in section.texts}


class SectionWriter:
    """Write sections from paragraphs of other articles, in plain markup without class names.

    They are paragraphs, lists, quotations, subheadings, tables and questions, and among them widgets: labels of
    advertisements, links to other articles, and lists of them. Corpora have few long articles and few of these
    elements, and their class names tell most of them apart.
    """

    def __init__(self, paragraphs: Sequence[str], random: Random, *, language: str, widgets: float) -> None:
        self.count = len(paragraphs)
        self.source = iter(paragraphs)
        self.random = random
        self.widgets = widgets
        """Widgets per section."""
        self.phrases = {phrase.id: phrase.lines.get(language) or phrase.lines["en"] for phrase in phrases()}

    def write(self, look: Mapping[str, str]) -> Iterator[Section]:
        """Yield sections until the source has no paragraphs left; *look* are the attributes of paragraphs."""
        for text in self.source:
            if self.random.random() < self.widgets:
                yield Section(list(self.write_widget()))
            yield self.write_section(self.choose(KINDS), text, look)

    def write_section(self, kind: str, text: str, look: Mapping[str, str]) -> Section:
        random = self.random
        if kind == "list":
            items = [self.cut_fragment(other) for other in self.take(2, 6)]
            bare = random.random() < 0.8
            rows = [build("li", item) if bare else build("li", children=[build("p", item)]) for item in items]
            rest = [build(random.choice(("ul", "ul", "ol")), children=rows)] if rows else []
            return Section([build("p", text, look), *rest], [text, *items])
        if kind == "quotation":
            said = self.cut_fragment(text) if random.random() < 0.5 else text
            inside = random.random() < 0.75
            quotation = build("blockquote", children=[build("p", said)]) if inside else build("blockquote", said)
            return Section([quotation], [said])
        if kind == "section":
            heading, below = cut_title(text, random.randint(2, 8)), self.take(1, 2)
            elements = [
                build(random.choice(("h2", "h2", "h3")), heading),
                *(build("p", other, look) for other in below),
            ]
            return Section(elements, [heading, *below]) if below else Section([])
        if kind == "table":
            cells = [
                [cut_title(other, 1), str(random.randint(1, 900)), cut_title(other, 3)] for other in self.take(2, 6)
            ]
            rows = [build("tr", children=[build("td", cell) for cell in row]) for row in cells]
            return Section([build("table", children=rows)] if rows else [], [cell for row in cells for cell in row])
        if kind == "question":
            question, answers = cut_title(text, random.randint(4, 12)) + "?", self.take(1, 1)
            asked = build("p", attributes=look, children=[build("strong", question)])
            elements = [asked, *(build("p", answer, look) for answer in answers)]
            return Section(elements, [question, *answers]) if answers else Section([])
        return Section([build("p", text, look)], [text])

    def write_widget(self) -> Iterator[etree._Element]:
        kind, random = self.choose(WIDGETS), self.random
        titles = [cut_title(text, random.randint(5, 11)) for text in self.take(2, 4)]
        links = [build("a", title, {"href": f"/news/{random.randint(1000, 9999)}"}) for title in titles]
        if kind == "label" or not links:
            yield build(
                random.choice(("div", "p", "p", "span")), self.say("ad-label", "ad-label", "newsletter", "share")
            )
        elif kind == "link":
            label = build(random.choice(("b", "strong", "span")), self.say("read-more", "list-title") + ":")
            label.tail = " "
            yield build(random.choice(("p", "p", "div")), children=[label, links[0]])
        else:
            if random.random() < 0.6:
                yield build(random.choice(("h3", "h4", "p", "div")), self.say("list-title"))
            yield build("ul", children=[build("li", children=[link]) for link in links])

    def choose(self, shares: Mapping[str, int]) -> str:
        return self.random.choices(list(shares), list(shares.values()))[0]

    def say(self, *ids: str) -> str:
        phrase = self.random.choice(self.phrases[self.random.choice(ids)])
        return phrase[:1].upper() + phrase[1:]

    def take(self, minimum: int, maximum: int) -> list[str]:
        return list(islice(self.source, self.random.randint(minimum, maximum)))

    def cut_fragment(self, text: str) -> str:
        """Return a sentence of a paragraph, or its first words."""
        sentences = [one for one in _SENTENCE_END.split(text) if FRAGMENT[0] <= len(one) <= FRAGMENT[1]]
        sentence = self.random.choice(sentences) if sentences else cut_title(text, 12)
        return cut_title(sentence, self.random.randint(3, 8)) if self.random.random() < CUT_SHARE else sentence


def cut_title(text: str, words: int) -> str:
    return " ".join(text.split()[:words]).rstrip(_STOPS)


def build(
    tag: str,
    text: str | None = None,
    attributes: Mapping[str, str] | None = None,
    children: Sequence[etree._Element] = (),
) -> etree._Element:
    element = etree.Element(tag, dict(attributes or {}))
    element.text = text
    element.extend(children)
    return element
