"""How many words of a block are of those that are common in the boxes around an article."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from newscrawl.boilerplate.rules import box_words

Numbers = NDArray[np.float64]

CUT = 7
"""Letters of a word that are compared: enough to tell words apart, few enough for their inflected forms."""
_DENSE_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def terms_of(words: Sequence[str], *, plain: bool = False) -> list[str]:
    """The beginnings of words; of those in scripts without spaces every two signs. *plain*: all are ASCII."""
    if not plain and any(map(_DENSE_SCRIPT.match, words)):
        return [word[at : at + 2] for word in words for at in range(max(1, len(word) - 1))]
    return [word[:CUT] for word in words]


def box_word_kinds() -> tuple[str, ...]:
    """The kinds of words that are common in boxes, in the order of their columns."""
    return tuple(rule.id for rule in box_words())


def word_columns(texts: Sequence[str], words: Sequence[Sequence[str]]) -> list[Numbers]:
    """For each kind of box words how many different ones are among the *words* of each text, case-folded."""
    known = _known()
    counts = np.zeros((len(box_words()), len(texts)))
    for at, text in enumerate(texts):
        for term in known.keys() & terms_of(words[at], plain=text.isascii()):
            counts[known[term], at] += 1
    return list(counts)


@lru_cache(maxsize=1)
def _known() -> Mapping[str, int]:
    """Term -> its kind; the first of several."""
    return {
        term: kind
        for kind, rule in reversed(list(enumerate(box_words())))
        for words in rule.words.values()
        for word in words
        for term in terms_of([word.casefold()])
    }
