"""Is one text a copy of the other? Pure.

Copies share passages; texts of one template, of one topic or with one statement share phrases, a passage at most.
So only words in long common passages count, as a share of each text; and where that leaves doubt, the common words
must be about what both headlines say, which words that stand around every article are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from newscrawl.dedup.shingles import SHINGLE_WORDS, Hashes, ShingledText, shingle_text

MIN_PASSAGE = 8
"""Shingles in a row, eleven words: the values in a template stand closer."""
SHARE_OF_SMALLER = 0.4
SHARE_OF_LARGER = 0.2
"""Less of a long text, as in the summary of a live blog, is no copy of it."""
SAME_SITE_SHARE = 0.8
"""Of both texts, on one site: the same template and the same words around its articles are the rule there."""
CERTAIN_SHARE = 0.6
CERTAIN_SHINGLES = 200
"""A share of the smaller text, and common shingles, from which the headlines need no look."""
TOPIC_LETTERS = 5
"""A word of a headline counts from this length on, and by so many letters, so that its other forms count, too."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be compared."""

    site: str | None
    headline: ShingledText
    body: ShingledText

    @classmethod
    def of(cls, site: str | None, headline: str | None, article_body: str | None) -> Text:
        """Read the parts of an article."""
        return cls(site, shingle_text(headline), shingle_text(article_body))


@dataclass(frozen=True, slots=True)
class Common:
    """What two texts have in common, in passages of at least SHORTEST_PASSAGE shingles."""

    smaller: ShingledText
    larger: ShingledText
    passages: NDArray[np.bool_]
    """Of the smaller text's shingles those that stand in a common passage."""

    @property
    def shingles(self) -> int:
        return int(np.count_nonzero(self.passages))

    @property
    def of_smaller(self) -> float:
        """Share of the smaller text, 0 to 1."""
        return self.shingles / max(1, len(self.smaller.hashes))

    @property
    def of_larger(self) -> float:
        """The same words as a share of the larger text."""
        return self.shingles / max(1, len(self.larger.hashes))

    def topics(self) -> set[str]:
        """What the common words may be about, in the form of `topics_of`."""
        starts = np.flatnonzero(self.passages)
        covered = np.zeros(len(self.smaller.words), np.bool_)
        for offset in range(self.smaller.size):
            covered[starts + offset] = True
        words = [self.smaller.words[at] for at in np.flatnonzero(covered)]
        return topics_of(words, is_unspaced=self.smaller.size != SHINGLE_WORDS)


def measure_similarity(one: Text, other: Text) -> float | None:
    """The share of the smaller text that stands in the other one, 0 to 1; None where neither is a copy."""
    common = common_passages(one.body, other.body)
    if common.shingles < common.smaller.fewest:
        return None
    same_site = one.site is not None and one.site == other.site
    if common.of_smaller < (SAME_SITE_SHARE if same_site else SHARE_OF_SMALLER):
        return None
    if common.of_larger < (SAME_SITE_SHARE if same_site else SHARE_OF_LARGER):
        return None
    certain = common.of_smaller >= CERTAIN_SHARE and common.shingles >= CERTAIN_SHINGLES
    return common.of_smaller if certain or _is_about(common, one, other) else None


def common_passages(one: ShingledText, other: ShingledText) -> Common:
    """Compare two texts shingle by shingle; where passages stand in each does not matter."""
    smaller, larger = sorted((one, other), key=lambda text: len(text.hashes))
    return Common(smaller, larger, _long_runs(_in(smaller.hashes, larger.hashes)))


def topics_of(words: Sequence[bytes], *, is_unspaced: bool = False) -> set[str]:
    """Beginnings of long words; pairs of signs in scripts that do not part words by spaces."""
    texts = [word.decode("utf-8", "replace") for word in words]
    if is_unspaced:
        return {first + second for first, second in pairwise(texts)}
    return {text[:TOPIC_LETTERS] for text in texts if len(text) >= TOPIC_LETTERS}


def _in(some: Hashes, all_of_them: Hashes) -> NDArray[np.bool_]:
    """As numpy.isin, in half the time for a text."""
    if not len(all_of_them):
        return np.zeros(len(some), np.bool_)
    ordered = np.sort(all_of_them)
    found: NDArray[np.bool_] = ordered[np.minimum(ordered.searchsorted(some), len(ordered) - 1)] == some
    return found


def _long_runs(common: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """*common* without what is true for fewer than SHORTEST_PASSAGE places in a row."""
    edges = np.flatnonzero(np.diff(common, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    kept = np.zeros(len(common), np.bool_)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        kept[start:end] = end - start >= MIN_PASSAGE
    return kept


def _is_about(common: Common, *texts: Text) -> bool:
    topics = common.topics()
    return all(not topics.isdisjoint(_headline_topics(text)) for text in texts)


def _headline_topics(text: Text) -> set[str]:
    return topics_of(text.headline.words, is_unspaced=text.headline.size != SHINGLE_WORDS)
