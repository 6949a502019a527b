"""Count the words of a block that are common in the widgets around an article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from newscrawl.boilerplate.rules import widget_words
from newscrawl.extraction.body.appearance import Numbers
from newscrawl.text.scripts import DENSE_CHARACTER

MAX_TERM = 7
"""Letters of a word that are compared: enough to tell words apart, few enough to match inflected forms."""


def get_terms(words: Sequence[str], *, plain: bool = False) -> list[str]:
    """Return the stems of words, or all character bigrams in scripts without spaces. *plain*: all are ASCII."""
    if not plain and any(map(DENSE_CHARACTER.match, words)):
        return [word[at : at + 2] for word in words for at in range(max(1, len(word) - 1))]
    return [word[:MAX_TERM] for word in words]


def widget_word_kinds() -> tuple[str, ...]:
    """Return the kinds of widget words, in the order of their columns."""
    return tuple(rule.id for rule in widget_words())


def word_columns(texts: Sequence[str], words: Sequence[Sequence[str]]) -> list[Numbers]:
    """Return for each kind the number of distinct widget words in each text; *words* are case-folded."""
    terms = _load_terms()
    known = _list_terms()
    counts = np.zeros((len(widget_words()), len(texts)))
    for at, text in enumerate(texts):
        for term in known.intersection(get_terms(words[at], plain=text.isascii())):
            counts[terms[term], at] += 1
    return list(counts)


def count_words(text: str, kind: str) -> int:
    """Return the number of distinct widget words of one *kind* in a text."""
    terms, at = _load_terms(), widget_word_kinds().index(kind)
    found = terms.keys() & get_terms(text.casefold().split(), plain=text.isascii())
    return sum(terms[term] == at for term in found)


@lru_cache(maxsize=1)
def _list_terms() -> frozenset[str]:
    return frozenset(_load_terms())


@lru_cache(maxsize=1)
def _load_terms() -> Mapping[str, int]:
    """Return term -> index of its kind; the first kind wins."""
    return {
        term: kind
        for kind, rule in reversed(list(enumerate(widget_words())))
        for words in rule.words.values()
        for word in words
        for term in get_terms([word.casefold()])
    }
