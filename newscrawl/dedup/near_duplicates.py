"""Decide whether two texts are near-duplicates.

Copies share passages. Texts with the same template, topic or quotation share phrases, and one passage at most. So only
words in long common passages count, as a share of each text. In doubtful cases the common words must have to do with
both headlines, which notices around every article do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from newscrawl.dedup.shingles import SHINGLE_WORDS, Hashes, ShingledText, shingle_text, split_words

MIN_PASSAGE = 8
"""Consecutive shingles, i.e. eleven words; the values in a template are closer together."""
SHARE_OF_SMALLER = 0.4
SHARE_OF_LARGER = 0.2
"""A smaller part of a long text, such as the summary of a live blog, is not a copy of it."""
SAME_SITE_SHARE = 0.8
"""Needed of both texts on the same site, where articles share a template and notices."""
CERTAIN_SHARE = 0.6
CERTAIN_SHINGLES = 200
"""Share of the smaller text, and common shingles, from which the headlines are not checked."""
MAX_COMPARED_LENGTH = 100_000
"""Characters of a body that are compared with others; it takes 10 ms. What follows is as the part before it."""
TOPIC_LETTERS = 5
"""Shorter headline words are ignored, longer ones cut to this length, so that inflected forms match."""


@dataclass(frozen=True, slots=True)
class Text:
    """An article's text, prepared for comparison."""

    site: str | None
    headline: str | None
    body: ShingledText

    @classmethod
    def of(cls, site: str | None, headline: str | None, article_body: str | None) -> Text:
        """Prepare headline and body."""
        return cls(site, headline, shingle_body(article_body))


def shingle_body(article_body: str | None) -> ShingledText:
    """Split the part of a body that is compared into shingles."""
    return shingle_text((article_body or "")[:MAX_COMPARED_LENGTH])


@dataclass(frozen=True, slots=True)
class Common:
    """What two texts have in common, in passages of at least MIN_PASSAGE shingles."""

    smaller: ShingledText
    larger: ShingledText
    passages: NDArray[np.bool_]
    """For each shingle of the smaller text, whether it is in a common passage."""

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
        """Return the topics of the common words (see get_topics)."""
        starts = np.flatnonzero(self.passages)
        covered = np.zeros(self.smaller.word_count, np.bool_)
        for offset in range(self.smaller.size):
            covered[starts + offset] = True
        all_words = self.smaller.words
        words = [all_words[at] for at in np.flatnonzero(covered)]
        return get_topics(words, is_unspaced=self.smaller.size != SHINGLE_WORDS)


def measure_similarity(one: Text, other: Text) -> float | None:
    """Return the share of the smaller text that is in the other one, 0 to 1; None if they are not near-duplicates."""
    common = common_passages(one.body, other.body)
    if common.shingles < common.smaller.min_words:
        return None
    same_site = one.site is not None and one.site == other.site
    if common.of_smaller < (SAME_SITE_SHARE if same_site else SHARE_OF_SMALLER):
        return None
    if common.of_larger < (SAME_SITE_SHARE if same_site else SHARE_OF_LARGER):
        return None
    certain = common.of_smaller >= CERTAIN_SHARE and common.shingles >= CERTAIN_SHINGLES
    return common.of_smaller if certain or _is_about(common, one, other) else None


def common_passages(one: ShingledText, other: ShingledText) -> Common:
    """Compare two texts shingle by shingle; the position of passages does not matter."""
    smaller, larger = sorted((one, other), key=lambda text: len(text.hashes))
    return Common(smaller, larger, _long_runs(_in(smaller.hashes, larger.hashes)))


def get_topics(words: Sequence[bytes], *, is_unspaced: bool = False) -> set[str]:
    """Return the stems of long words, or pairs of characters in scripts without spaces between words."""
    texts = [word.decode("utf-8", "replace") for word in words]
    if is_unspaced:
        return {first + second for first, second in pairwise(texts)}
    return {text[:TOPIC_LETTERS] for text in texts if len(text) >= TOPIC_LETTERS}


def _in(some: Hashes, others: Hashes) -> NDArray[np.bool_]:
    """Like numpy.isin, in half the time for texts of usual length."""
    if not len(others):
        return np.zeros(len(some), np.bool_)
    ordered = np.sort(others)
    found: NDArray[np.bool_] = ordered[np.minimum(ordered.searchsorted(some), len(ordered) - 1)] == some
    return found


def _long_runs(common: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return *common* without its runs of fewer than MIN_PASSAGE."""
    kept = np.zeros(len(common), np.bool_)
    if np.count_nonzero(common) < MIN_PASSAGE:
        return kept
    padded = np.concatenate(([False], common, [False]))
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    starts, ends = edges[::2], edges[1::2]
    is_long = ends - starts >= MIN_PASSAGE
    for start, end in zip(starts[is_long].tolist(), ends[is_long].tolist(), strict=True):
        kept[start:end] = True
    return kept


def _is_about(common: Common, *texts: Text) -> bool:
    topics = common.topics()
    return all(not topics.isdisjoint(_headline_topics(text)) for text in texts)


def _headline_topics(text: Text) -> set[str]:
    words, size = split_words(text.headline or "")
    return get_topics(words, is_unspaced=size != SHINGLE_WORDS)
