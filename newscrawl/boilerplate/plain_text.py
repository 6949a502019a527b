"""Strip boilerplate lines from a page's plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newscrawl.boilerplate.lines import match_line
from newscrawl.text.clean import clean_line

MAX_HEADLINE = 300
MIN_PROSE = 100
"""A line of this many characters is prose, whatever it ends with."""
MIN_SENTENCE = 40
"""A shorter line is not prose even if it ends like a sentence."""
_SENTENCE_END = re.compile(r"[.…:;,。]['\"”’»]*$")


@dataclass(frozen=True, slots=True)
class StrippedText:
    """The article in a page's plain text, and the lines that were removed from it."""

    headline: str | None
    article_body: str | None
    """Paragraphs separated by one blank line."""
    removed: tuple[str, ...]
    """Boilerplate lines, in page order."""


def strip_boilerplate_lines(text: str, language: str | None = None) -> StrippedText:
    """Remove the boilerplate lines from a page's visible text, which has one block per line.

    The first remaining line becomes the headline if it is shorter than the line after it and does not end like a
    sentence. Lines are removed whole or not at all, so prose that contains a boilerplate phrase stays.
    """
    lines = [line for line in (clean_line(line) for line in text.split("\n")) if line]
    prose = [index for index, line in enumerate(lines) if _is_prose(line)]
    first, last = (prose[0], prose[-1]) if prose else (len(lines), -1)
    kept: list[str] = []
    removed: list[str] = []
    for index, line in enumerate(lines):
        at_edge = index < first or index > last
        (kept if match_line(line, language, at_edge=at_edge) is None else removed).append(line)
    headline = kept[0] if len(kept) > 1 and _is_headline(kept[0], kept[1]) else None
    body = kept[1:] if headline else kept
    return StrippedText(headline, "\n\n".join(body) or None, tuple(removed))


def _is_prose(line: str) -> bool:
    return len(line) >= MIN_PROSE or (len(line) >= MIN_SENTENCE and bool(_SENTENCE_END.search(line)))


def _is_headline(line: str, following: str) -> bool:
    return len(line) <= MAX_HEADLINE and not _SENTENCE_END.search(line) and len(line) < len(following)
