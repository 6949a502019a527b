"""Score how well documents match: BM25 over weighted fields (BM25F), with the candidates as the collection."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date

from newscrawl.search.expression import Leaf, Phrase

WEIGHTS = {"headline": 6.0, "description": 2.0, "authors": 2.0, "body": 1.0}
SATURATION, LENGTH_SHARE, USUAL_LENGTH = 1.2, 0.5, 3_000
"""k1 and b of BM25, and the length in characters that counts as usual."""
HALF_LIFE_DAYS = 14
OLD_SHARE = 0.3
"""What is left of the score of an old article where recent ones are preferred."""


def score_documents(documents: Mapping[int, str], leaves: Sequence[Leaf]) -> dict[int, float]:
    """Return the score of each document: id -> a line of tokens, with spaces between them, for each of WEIGHTS."""
    wanted = [[_make_pattern(phrase) for phrase in leaf] for leaf in leaves]
    frequencies = {key: _weigh(document, wanted) for key, document in documents.items()}
    number = len(documents)
    rarity = []
    for column in range(len(leaves)):
        found = sum(one[column] > 0 for one in frequencies.values())
        rarity.append(math.log(1 + (number - found + 0.5) / (found + 0.5)) + 0.1)
    return {
        key: sum(weight * count / (count + SATURATION) for weight, count in zip(rarity, counts, strict=True))
        for key, counts in frequencies.items()
    }


def _weigh(document: str, wanted: Sequence[Sequence[str]]) -> list[float]:
    """Return how often each term occurs, weighted by field and, in the body, by its length."""
    text = f" {document} ".replace(" ", "  ").replace("\n", " \n ")
    fields = list(zip(text.split("\n"), WEIGHTS.items(), strict=False))
    totals = [0.0] * len(wanted)
    for number, patterns in enumerate(wanted):
        for pattern in patterns:
            if pattern not in text:
                continue
            for field, (name, weight) in fields:
                if name == "body":
                    weight /= 1 - LENGTH_SHARE + LENGTH_SHARE * len(field) / USUAL_LENGTH
                totals[number] += weight * field.count(pattern)
    return totals


def _make_pattern(phrase: Phrase) -> str:
    """Return what to count in a text of tokens with two spaces between them, so that neighbours count both."""
    tokens = "  ".join(phrase.tokens)
    return f" {tokens}" if phrase.is_prefix else f" {tokens} "


def decay(score: float, day: date, today: date) -> float:
    """Return *score* reduced by the age of an article."""
    age = max((today - day).days, 0)
    return score * (OLD_SHARE + (1 - OLD_SHARE) * math.exp2(-age / HALF_LIFE_DAYS))
