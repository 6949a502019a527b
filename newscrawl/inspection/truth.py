"""A page's blocks held against what is known to be its article."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from newscrawl.evidence import Block
from newscrawl.text.clean import split_paragraphs

SHINGLE = 4
"""Words in a row that are found in another text only where that has the same sentence."""
ENOUGH = 0.5
"""Share of a paragraph's shingles that makes it the other text's, too."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a page."""

    article_body: str
    fields: Mapping[str, str]
    """Field -> value, as far as it is known."""
    must_contain: Sequence[str] = ()
    must_not_contain: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where body and truth differ."""

    in_truth: Sequence[bool | None]
    """For each block of the page; None for one without words."""
    missing: Sequence[str]
    """Paragraphs of the truth that stand in no block of the page."""
    lost: Sequence[str] = ()
    """Snippets that must be in the body and are not."""
    leaked: Sequence[str] = ()
    """Snippets that must not be in the body and are."""

    def as_dict(self) -> dict[str, Any]:
        """For scripts; `in_truth` stands with the blocks."""
        return {name: list(value) for name, value in asdict(self).items() if name != "in_truth"}


def parse_ground_truth(row: Mapping[str, Any]) -> Truth:
    """Read a line of a corpus' truth.jsonl."""
    fields = {name: row[name] for name in ("headline", "description", "date_published") if row.get(name)}
    fields |= {name: ", ".join(row[name]) for name in ("authors", "keywords") if row.get(name)}
    return Truth(
        row.get("article_body") or "", fields, row.get("must_contain") or (), row.get("must_not_contain") or ()
    )


def judge(blocks: Sequence[Block], truth: Truth) -> Judgement:
    """Compare paragraph by paragraph: both sides cut their text differently, so runs of words decide."""
    true, page = _Text(truth.article_body), _Text("\n\n".join(block.text for block in blocks))
    body = _folded("\n\n".join(block.text for block in blocks if block.kept))
    return Judgement(
        in_truth=tuple(true.has(block.text) for block in blocks),
        missing=tuple(part for part in split_paragraphs(truth.article_body) if page.has(part) is False),
        lost=tuple(snippet for snippet in truth.must_contain if _folded(snippet) not in body),
        leaked=tuple(snippet for snippet in truth.must_not_contain if _folded(snippet) in body),
    )


class _Text:
    """A text that can be asked for parts of it."""

    def __init__(self, text: str) -> None:
        self._shingles = _shingles(_words(text))
        self._lines = {_folded(line) for line in text.split("\n")}

    def has(self, part: str) -> bool | None:
        """Whether most of *part* stands here; a part of few words as a line of its own. None without words."""
        words = _words(part)
        if not words:
            return None
        if len(words) < 2 * SHINGLE:
            return " ".join(words) in self._lines
        shingles = _shingles(words)
        return len(shingles & self._shingles) >= ENOUGH * len(shingles)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _folded(text: str) -> str:
    return " ".join(_words(text))


def _shingles(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}
