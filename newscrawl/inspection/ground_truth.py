"""Compare the blocks of a page with the ground truth of its article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from newscrawl.evidence import Block
from newscrawl.text.clean import split_paragraphs
from newscrawl.text.fold import fold_words

SHINGLE = 4
"""Consecutive words that another text shares only if it has the same sentence."""
ENOUGH = 0.5
"""Share of a paragraph's shingles that must occur in the other text."""


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """The known article of a page."""

    article_body: str
    fields: Mapping[str, str]
    """Field -> value, as far as it is known."""
    must_contain: Sequence[str] = ()
    must_not_contain: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BodyComparison:
    """Differences between the extracted body and the ground truth."""

    in_ground_truth: Sequence[bool | None]
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


def parse_ground_truth(row: Mapping[str, Any]) -> GroundTruth:
    """Return the ground truth in one row of a corpus' truth.jsonl."""
    fields = {name: row[name] for name in ("headline", "description", "date_published") if row.get(name)}
    fields |= {name: ", ".join(row[name]) for name in ("authors", "keywords") if row.get(name)}
    return GroundTruth(
        row.get("article_body") or "", fields, row.get("must_contain") or (), row.get("must_not_contain") or ()
    )


def compare_with_ground_truth(blocks: Sequence[Block], ground_truth: GroundTruth) -> BodyComparison:
    """Compare paragraph by paragraph: both sides cut their text differently, so runs of words decide."""
    true, page = _Text(ground_truth.article_body), _Text("\n\n".join(block.text for block in blocks))
    body = fold_words("\n\n".join(block.text for block in blocks if block.kept))
    return BodyComparison(
        in_ground_truth=tuple(true.has(block.text) for block in blocks),
        missing=tuple(part for part in split_paragraphs(ground_truth.article_body) if page.has(part) is False),
        lost=tuple(snippet for snippet in ground_truth.must_contain if fold_words(snippet) not in body),
        leaked=tuple(snippet for snippet in ground_truth.must_not_contain if fold_words(snippet) in body),
    )


class _Text:
    """A text that can be asked for parts of it."""

    def __init__(self, text: str) -> None:
        self._shingles = _shingles(_words(text))
        self._lines = {fold_words(line) for line in text.split("\n")}

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
    return fold_words(text).split()


def _shingles(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}
