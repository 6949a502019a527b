"""Find the notes below a text that are not part of it: who supplied, translated or illustrated it, and who wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from newscrawl.boilerplate.lines import is_widget_title, match_closing_line
from newscrawl.extraction.body.container import ends_clause
from newscrawl.extraction.body.widget_words import count_words
from newscrawl.extraction.html.scan import HEADINGS, RawBlock
from newscrawl.fields.agencies import find_credit_line
from newscrawl.text.fold import fold_line

AGENCY_CREDIT, AUTHOR_NOTE, LOOSE_HEADING = "agency-credit", "author-note", "heading without text"
COMMENTS = "comments"
MIN_PARAGRAPHS = 3
"""Paragraphs above the notes; a shorter text is left as it is, up to a note in brackets."""
MAX_NOTES = 6
MAX_NOTE = 900
"""Characters of a note about the author."""
MAX_BEFORE_NAME = 14
"""Characters before the author's name: "About the ", "– "."""
NOT_CREDITS = frozenset({"li", "td", "th", "dt", "dd", "pre"})
"""Tags of items of lists and tables, where a name may be one of many."""
_BRACKETS = ("(", "[", "（", "【")
_VERBS = (
    "is was has writes wrote covers joined works worked lives serves teaches holds studied reports specializes "
    "ist war arbeitet schreibt studierte leitet lebt lehrt est était écrit travaille collabore es fue escribe trabaja "
    "dirige é foi escreve trabalha è scrive lavora werkt schrijft är skriver arbetar er arbeider on kirjoittaa "
    "jest pracuje pisze je píše pracuje este scrie"
)
_SAYS_WHO = re.compile(rf"(?:,[^,]{{2,60}},)?\s+(?:{'|'.join(dict.fromkeys(_VERBS.split()))})\b")
_ADDS_WHO = re.compile(r"\s*[,(（:：–—|-]|\s+[—–-]\s")


def find_closing_notes(
    blocks: Sequence[RawBlock], sizes: Sequence[int], kept: Sequence[int], authors: Sequence[str]
) -> dict[int, str]:
    """Return the index of each kept block that is a note below the text, with the reason to remove it.

    *sizes* are the characters of prose of all blocks, *kept* the indexes of those that are kept, in order. The search
    ends at the first block from below that is text.
    """
    paragraphs = sum(sizes[index] > 0 for index in kept)
    found: dict[int, str] = {}
    for index in reversed(kept[-MAX_NOTES:]):
        paragraphs -= sizes[index] > 0
        is_bracketed = blocks[index].text.startswith(_BRACKETS)
        enough = 1 if is_bracketed else MIN_PARAGRAPHS
        reason = get_closing_reason(blocks[index], authors) if paragraphs >= enough else None
        if reason is None:
            break
        found[index] = reason
    return found


def find_comments_below(
    blocks: Sequence[RawBlock], sizes: Sequence[int], kept: Sequence[int], titles: Sequence[int]
) -> list[int]:
    """Return the index of each kept block below a title such as "Comments (12)" that no element sets apart.

    *titles* are the indexes of removed blocks that may be it. Below it stands less text than above, and above it at
    least MIN_PARAGRAPHS paragraphs. A link with such a text leads to the comments and is no title.
    """
    for title in titles:
        if blocks[title].link_chars or not is_widget_title(blocks[title].text):
            continue
        above, below = [index for index in kept if index < title], [index for index in kept if index > title]
        size_above, size_below = (sum(sizes[index] for index in part) for part in (above, below))
        if sum(sizes[index] > 0 for index in above) >= MIN_PARAGRAPHS and size_below < size_above:
            return below
    return []


def get_closing_reason(block: RawBlock, authors: Sequence[str]) -> str | None:
    """Return why the last block of a text is a note about it, or None if it is text."""
    text = block.text
    if block.tag in HEADINGS:
        return None if ends_clause(text) else LOOSE_HEADING
    if block.tag not in NOT_CREDITS and find_credit_line(text) is not None:
        return AGENCY_CREDIT
    if len(text) <= MAX_NOTE and is_about_author(text, authors):
        return AUTHOR_NOTE
    return match_closing_line(text)


def is_about_author(text: str, authors: Sequence[str]) -> bool:
    """Return whether a paragraph begins with the full name of an author and says who that is."""
    line = fold_line(text)
    for name in map(_fold_name, authors):
        start = line.find(name) if " " in name else -1
        if 0 <= start <= MAX_BEFORE_NAME:
            after = line[start + len(name) :]
            if _SAYS_WHO.match(after) or (_ADDS_WHO.match(after) and count_words(text, "person")):
                return True
    return False


@lru_cache(maxsize=1_000)
def _fold_name(name: str) -> str:
    return fold_line(name)
