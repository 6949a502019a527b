"""Find the standfirst: the summary (deck, lede) between the headline and the first paragraph.

A text is a standfirst if the page marks it as one, or shows it apart from the paragraphs of the body. A summary that
only metadata have is a description, and a first paragraph is a first paragraph, even if it is bold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from newscrawl.boilerplate.lines import match_line
from newscrawl.boilerplate.notices import match_notice
from newscrawl.extraction.body.classify import ClassifiedBlocks
from newscrawl.extraction.body.date_lines import is_date_line
from newscrawl.extraction.body.rules import is_strong
from newscrawl.extraction.html.scan import HEADINGS, DomScan, Landmark, Node
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.fields.name_kinds import are_people, names_a_role
from newscrawl.fields.name_lists import get_words
from newscrawl.fields.people import names_in_line, split_names
from newscrawl.text.clean import weight
from newscrawl.text.fold import fold_letters

ROLE = "standfirst"


class Cue(StrEnum):
    """What shows that a block is a standfirst, strongest first."""

    MICRODATA = "microdata"
    DECLARED = "declared description"
    NAME = "class name"
    HEADING = "heading below the headline"
    POSITION = "above the byline"


_CUES = tuple(Cue)
MAX_ABOVE = 3
"""Blocks above the headline that may be a standfirst, if the page marks them as one."""
MAX_BELOW = 40
"""Blocks below the headline among which a standfirst may stand."""
MIN_LENGTH, MAX_LENGTH = 20, 900
"""Characters."""
MIN_SENTENCE, MIN_LONG = 60, 90
"""Characters of a heading below the headline that is no second headline: if it ends like a sentence, and anyway.
East Asian ones count double, here and below."""
MIN_ABOVE_BYLINE = 60
"""Characters of a sentence above the byline that nothing else shows to be a standfirst."""
MAX_NAMED = 450
"""Characters of a text that only its name shows to be one. Longer ones are introductions."""
MAX_HEADING_DISTANCE = 3
"""Blocks from the headline to a heading that is a standfirst."""
MAX_NAMED_BLOCKS = 5
"""Blocks of an element that is named as a standfirst; more of them are the body."""
MAX_DATELINE = 30
"""Folded characters before the declared description in a text that repeats it: a place, the name of a series."""
MAX_SHORT = 60
"""Characters of a kept line that may precede the standfirst; what follows a longer one is the body."""
SHAPE = 3
"""Elements, from the inside, whose tags and classes tell whether two texts look alike."""
MIN_ALIKE = 0.6
"""Share of the classes of two elements that look alike. Style sheets give the first paragraph other margins."""
MAX_BYLINE = 80
"""Characters of a line that says who wrote the text."""
MIN_NAMES = 0.6
"""Share of the characters of a line with names that are the names."""
POSSIBLE = frozenset({
    "outside", "label", "model", "heading without text", "standfirst", "not in articleBody", "byline", "related",
    "repeated",
})  # fmt: skip
"""Reasons of removed blocks that may be a standfirst all the same."""
_STATEMENT_END = re.compile(r"(?<!\.\.)[.!。！।۔][\"'”’»)]*$")
_FIRST = re.compile(r"first|initial|drop-?cap|^odd$|^even$|^last$|primero|premier|erste", re.IGNORECASE)
"""Part of a class that says which paragraph it is, not what."""
_EMPHASIS = re.compile(r"bold|strong|medium|italic|large|xl|big", re.IGNORECASE)
"""Part of a class for larger or bolder type."""
_OTHER_NAME = re.compile(
    r"author|person|editor|expert|profile|bio(?![a-z])|newsletter|card|table(?!t)|product|compar|price", re.IGNORECASE
)
"""Part of a class beside the name of a standfirst that says whose description it is."""
_INVITATION = re.compile(
    r"(?:your|ihr|dein|votre|ton|tu|su|seu|sua|tua|je|din|twoj\w*) "
    r"(?:inbox|posteingang|postfach|bo[iî]te|correo|caixa|casella|inkorg|skrzynk\w*)"
    r"|(?:sign up|subscribe|register) (?:to|for|here|now)|(?:no|get|receive|kein\w*) spam\b|newsletter abonnieren"
    r"|s['’]abonner|suscríbe\w*|inscreva-se|iscriviti|schrijf je in",
    re.IGNORECASE,
)
"""Of a newsletter."""
_STAMP = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}:\d{2}")


def find_standfirst(
    scan: DomScan, classified: ClassifiedBlocks, headlines: Sequence[Landmark], evidence: EvidenceCollector
) -> dict[int, Cue]:
    """Return the index of each block of the standfirst, with what shows it; empty if there is none.

    *headlines* are the headings of the page, the most likely one first. The last block of the body is no standfirst.
    """
    titles = frozenset(fold_letters(text) for text in evidence.all("headline"))
    headline = _find_headline(scan, classified, headlines, titles)
    if headline is None or classified.first is None:
        return {}
    described, alternatives = (
        tuple(key for text in evidence.all(name) if len(key := fold_letters(text)) >= MIN_LENGTH)
        for name in ("description", "alternative_headline")
    )
    authors, language = evidence.all("authors")[:10], evidence.first("in_language")
    return _Finder(scan, classified, headline, titles, authors, language, described, alternatives).find()


def _find_headline(
    scan: DomScan, classified: ClassifiedBlocks, headlines: Sequence[Landmark], titles: frozenset[str]
) -> int | None:
    """Return the index of the block with the headline: a heading, or the last line above the text that repeats it."""
    if headlines:
        return headlines[0].block
    lines = range(min(classified.first or 0, len(scan.blocks)))
    return max((index for index in lines if fold_letters(scan.blocks[index].text) in titles), default=None)


@dataclass(slots=True)
class _Finder:
    scan: DomScan
    classified: ClassifiedBlocks
    headline: int
    """Index of its block."""
    titles: frozenset[str]
    """Folded headlines of the page."""
    authors: Sequence[str]
    language: str | None
    described: tuple[str, ...]
    """Folded descriptions that the page declares."""
    alternatives: tuple[str, ...]
    """Folded alternative headlines that it declares."""

    def find(self) -> dict[int, Cue]:
        """Return the blocks with the strongest cue that stand together."""
        found: dict[int, Cue] = {}
        for index in self.iter_candidates():
            if (cue := self.get_cue(index)) is not None and not self.is_notice(index):
                found[index] = cue
            elif self.begins_body(index):
                break
        run = dict(self.take_run(found)) if found else {}
        return {index: cue for index, cue in run.items() if not self.is_title_in(index, run)}

    def is_title_in(self, index: int, run: Mapping[int, Cue]) -> bool:
        """Return whether a block is the title of the sentences of the same element, or of what follows them."""
        texts = [self.scan.blocks[other].text for other in run]
        text = self.scan.blocks[index].text
        is_short = weight(text) < MIN_SENTENCE and not _STATEMENT_END.search(text)
        return is_short and run[index] is Cue.NAME and any(map(_STATEMENT_END.search, texts))

    def take_run(self, found: Mapping[int, Cue]) -> Iterator[tuple[int, Cue]]:
        """Yield the first block with the strongest cue, and those that follow and belong to it.

        At most one block apart: with the same cue, in the same element, or the next items of a list.
        """
        first = last = min(found, key=lambda index: (_CUES.index(found[index]), index))
        is_list = self.scan.blocks[first].tag == "li"
        while last < len(self.scan.blocks):
            yield last, found.get(last, found[first])
            for index in range(last + 1, min(last + 3, len(self.scan.blocks))):
                is_sibling = self.get_parent(index) == self.get_parent(first)
                if found.get(index) is found[first] or (is_sibling and index in found):
                    break
                if is_sibling and is_list and self.is_possible(index, min_length=1) and not self.is_notice(index):
                    break
            else:
                return
            last = index

    def begins_body(self, index: int) -> bool:
        """Return whether a kept block below the headline is a paragraph or a subheading."""
        raw = self.scan.blocks[index]
        is_text = len(raw.text) > MAX_SHORT or (raw.tag in HEADINGS and index - self.headline > MAX_HEADING_DISTANCE)
        return self.classified.blocks[index].kept and is_text

    def get_parent(self, index: int) -> int:
        return self.scan.nodes[self.scan.blocks[index].node].parent

    def iter_candidates(self) -> Iterator[int]:
        """Yield the indexes of blocks that may be a standfirst, and of kept blocks, around the headline."""
        kept = [index for index, block in enumerate(self.classified.blocks) if block.kept]
        stop = min(len(self.scan.blocks), self.headline + MAX_BELOW, kept[-1] if kept else 0)
        yield from range(max(0, self.headline - MAX_ABOVE), stop)

    def get_cue(self, index: int) -> Cue | None:
        """Return what shows that a block is a standfirst, or None."""
        if not self.is_possible(index):
            return None
        node = self.scan.nodes[self.scan.blocks[index].node]
        if node.traits.is_summary:
            return Cue.MICRODATA
        if index < self.headline:
            return Cue.DECLARED if self.is_declared(index) and self.is_apart(index) else None
        is_named = self.is_named(index)
        if self.is_declared(index) and (is_named or self.is_apart(index)):
            return Cue.DECLARED
        if is_named and len(self.scan.blocks[index].text) <= MAX_NAMED:
            return Cue.NAME
        if self.get_zone(index) is not None or self.is_second_headline(index):
            return None
        if self.scan.blocks[index].tag in HEADINGS:
            is_near = index - self.headline <= MAX_HEADING_DISTANCE
            return Cue.HEADING if is_near and self.is_in_header(index) else None
        return Cue.POSITION if self.is_above_byline(index) else None

    def is_in_header(self, index: int) -> bool:
        """Return whether a block is in the element of the headline, or above the byline: not the text in large type."""
        after = self.find_prose(index)
        is_above = after is not None and self.has_byline(index, after)
        return is_above or self.get_parent(index) == self.get_parent(self.headline)

    def is_possible(self, index: int, *, min_length: int = MIN_LENGTH) -> bool:
        block, raw = self.classified.blocks[index], self.scan.blocks[index]
        if index == self.headline or raw.tag == "h1" or not (block.kept or block.reason in POSSIBLE):
            return False
        size = len(raw.text)
        if not min_length <= size <= MAX_LENGTH or 2 * raw.link_chars > size:
            return False
        if self.get_zone(index) not in (None, "byline", "related") or (size < 120 and _STAMP.search(raw.text)):
            return False
        key = fold_letters(raw.text)
        return not any(key in title or (title and key.startswith(title)) for title in self.titles)

    def is_notice(self, index: int) -> bool:
        """Return whether a line is a date, names, a title of what follows, or a notice that rules know."""
        text = self.scan.blocks[index].text
        if text.endswith((":", "：")) or is_date_line(text, self.authors) or _lists_people(text):
            return True
        if _INVITATION.search(text):
            return True
        return bool(match_line(text, self.language) or match_notice(text, at_edge=True))

    def get_zone(self, index: int) -> str | None:
        return self.classified.zones[self.scan.blocks[index].node]

    def is_named(self, index: int) -> bool:
        """Return whether the element of a block, or a small one around it, has the name of a standfirst."""
        nodes, node = self.scan.nodes, self.scan.blocks[index].node
        for _ in range(SHAPE):
            if node < 0 or _OTHER_NAME.search(nodes[node].classes):
                return False
            if nodes[node].traits.meaning.role == ROLE:
                return self.is_small(node)
            node = nodes[node].parent
        return False

    def is_small(self, node: int) -> bool:
        """Return whether an element has few blocks, and not the headline."""
        last = self.scan.nodes[node].last
        inside = [index for index, block in enumerate(self.scan.blocks) if node <= block.node <= last]
        return len(inside) <= MAX_NAMED_BLOCKS and self.headline not in inside

    def is_second_headline(self, index: int) -> bool:
        raw = self.scan.blocks[index]
        is_long = weight(raw.text) >= (MIN_SENTENCE if _STATEMENT_END.search(raw.text) else MIN_LONG)
        return raw.tag in HEADINGS and not is_long

    def is_declared(self, index: int) -> bool:
        """Return whether a block repeats a declared description, or is the beginning of one.

        A heading needs to repeat all of it; an alternative headline that is no sentence is only a headline.
        """
        key = fold_letters(self.scan.blocks[index].text)
        if len(key) < MIN_LENGTH:
            return False
        if self.repeats(key, self.described):
            return True
        if self.scan.blocks[index].tag in HEADINGS:
            return self.repeats(key, self.alternatives) and not self.is_second_headline(index)
        return self.repeats(key, self.alternatives) or any(one.startswith(key) for one in self.described)

    def repeats(self, key: str, declared: Sequence[str]) -> bool:
        """Return whether a folded text has all of a declared one, perhaps after a dateline."""
        return any(0 <= key.find(one) <= MAX_DATELINE for one in declared)

    def is_emphasised(self, index: int, other: int) -> bool:
        """Return whether a text is set in larger or bolder type than another."""
        one, after = self.scan.blocks[index], self.scan.blocks[other]
        nodes = self.scan.nodes
        classes = set(nodes[one.node].classes.split()) - set(nodes[after.node].classes.split())
        return any(map(_EMPHASIS.search, classes)) or (is_strong(one) and not is_strong(after))

    def find_prose(self, index: int) -> int | None:
        """Return the first paragraph of the body after a block."""
        blocks = self.classified.blocks
        after = range(index + 1, len(self.scan.blocks))
        return next((at for at in after if blocks[at].kept and self.scan.blocks[at].tag not in HEADINGS), None)

    def is_apart(self, index: int) -> bool:
        """Return whether a block does not look like the next paragraph.

        One that repeats all of a description may also be in bold, or have the byline between.
        """
        after = self.find_prose(index)
        if after is None:
            return False
        if self.repeats(fold_letters(self.scan.blocks[index].text), self.described) and (
            self.has_byline(index, after) or self.is_emphasised(index, after)
        ):
            return True
        return not any(self.look_alike(index, other) for other in (after, self.find_paragraph(after)))

    def find_paragraph(self, index: int) -> int:
        """Return the first `p` of the body from a block on, or that block if there is none."""
        blocks = self.classified.blocks
        after = range(index, len(self.scan.blocks))
        return next((at for at in after if blocks[at].kept and self.scan.blocks[at].tag == "p"), index)

    def look_alike(self, one: int, other: int) -> bool:
        """Return whether the elements around two blocks have the same tags and nearly the same classes."""
        pairs = zip(self.iter_around(one), self.iter_around(other), strict=False)
        return all(a.tag == b.tag and _are_alike(a.classes, b.classes) for a, b in pairs)

    def iter_around(self, index: int) -> Iterator[Node]:
        nodes, node = self.scan.nodes, self.scan.blocks[index].node
        for _ in range(SHAPE):
            if node >= 0:
                yield nodes[node]
                node = nodes[node].parent

    def is_above_byline(self, index: int) -> bool:
        """Return whether a sentence stands between the headline and the byline or date."""
        text, after = self.scan.blocks[index].text, self.find_prose(index)
        if after is None or weight(text) < MIN_ABOVE_BYLINE or not _STATEMENT_END.search(text):
            return False
        return self.has_byline(index, after) and not self.has_byline(self.headline, index)

    def has_byline(self, start: int, end: int) -> bool:
        """Return whether a byline or a date stands between two blocks."""
        found = (at for _, at, _ in (*self.scan.bylines, *self.scan.times))
        if any(start < at <= end for at in found):
            return True
        return any(
            self.get_zone(at) == "byline" or self.classified.blocks[at].reason in ("byline", "date-line")
            for at in range(start + 1, end)
        )


def _lists_people(text: str) -> bool:
    """Return whether a text is hardly more than names of people; splitting cuts a sentence down to a name, too."""
    if len(text) <= MAX_BYLINE and names_in_line(text) and not _STATEMENT_END.search(text):
        return True
    if sum(word.strip(",;.&()").casefold() in get_words("credential") for word in text.split()) > 1:
        return not _STATEMENT_END.search(text)
    names = split_names(text)
    has_role = names_a_role(text) and text.startswith(tuple(names)) and not _STATEMENT_END.search(text)
    return are_people(names) and (has_role or len(" ".join(names)) >= MIN_NAMES * len(text))


def _are_alike(one: str, other: str) -> bool:
    """Return whether two class attributes have nearly the same classes."""
    if one == other:
        return True
    a, b = ({name for name in text.split() if not _FIRST.search(name)} for text in (one, other))
    return len(a & b) >= MIN_ALIKE * len(a | b)


def mark_standfirst(classified: ClassifiedBlocks, found: Mapping[int, Cue]) -> None:
    """Mark the blocks of the standfirst, and blocks of the body with the same text if only they are kept."""
    blocks = classified.blocks
    for index, cue in found.items():
        blocks[index] = replace(blocks[index], standfirst=cue.value)
    removed = {fold_letters(blocks[index].text): cue for index, cue in found.items() if not blocks[index].kept}
    for index, block in enumerate(blocks if removed else ()):
        if block.kept and (same := removed.get(fold_letters(block.text))) is not None:
            blocks[index] = replace(block, standfirst=same.value)
