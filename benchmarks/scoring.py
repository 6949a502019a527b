"""Score extracted articles against the ground truth, with the figures of public news-extraction benchmarks.

Both are objects with `article_body`, `headline`, `authors` (names) and `date_published` (ISO 8601). The ground truth
may also have `must_contain` and `must_not_contain`, lists of snippets.

| figure | what it is |
| --- | --- |
| precision, recall | mean over pages of the overlap of 4-word shingles |
| f1 | harmonic mean of these two means |
| exact | share of pages whose word sequence equals the ground truth |
| word_f1 | mean over pages of the F1 of the bags of words, lower-cased |
| headline | share that is equal after folding case, white space and punctuation |
| authors | mean F1 of the sets of folded names |
| day | share of equal calendar days: in the zone of the ground truth if it has one, else `date_published_day` |
| instant | share of equal instants, over the pages whose ground truth has a time and an offset |
| leaks, kept | share of the `must_not_contain` and `must_contain` snippets found in the body |

A word is a run of letters and digits; in scripts without spaces (Chinese, Japanese, Thai, Lao, Burmese, Khmer), a
single character.

Every figure but the first five is computed over the pages whose ground truth has the field.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from newscrawl.text.fold import fold_words
from newscrawl.text.scripts import UNSPACED

SHINGLE = 4
"""Number of words."""
FIGURES = ("f1", "precision", "recall", "exact", "word_f1", "leaks", "kept", "headline", "authors", "day", "instant")
LESS_IS_BETTER = frozenset({"leaks"})
_UNSPACED = f"{UNSPACED}\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_SAME_INSTANT = 1.0
"""Seconds below which two moments count as equal."""

Page = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one set of predictions."""

    pages: int
    figures: Mapping[str, float]
    """Figure -> 0 to 1, in the order of FIGURES; those without ground truth are absent."""
    word_f1: Mapping[str, float]
    """Page id -> word F1 of its body."""

    def worst(self, number: int) -> list[tuple[float, str]]:
        """Return the pages with the lowest word F1."""
        return sorted((value, page) for page, value in self.word_f1.items())[:number]


def score(ground_truth: Mapping[str, Page], predicted: Mapping[str, Page]) -> Scores:
    """Score predictions against the ground truth, both by page id; a missing prediction counts as empty."""
    values: dict[str, list[float]] = defaultdict(list)
    by_page: dict[str, float] = {}
    for page, true in ground_truth.items():
        for name, value in page_figures(true, predicted.get(page, {})):
            values[name].append(value)
            if name == "word_f1":
                by_page[page] = value
    means = {name: fmean(found) for name, found in values.items()}
    means["f1"] = harmonic(means.get("precision", 0.0), means.get("recall", 0.0))
    return Scores(len(ground_truth), {name: means[name] for name in FIGURES if name in means}, by_page)


def page_figures(true: Page, guess: Page) -> Iterator[tuple[str, float]]:
    """Yield the figures of one page; `leaks` and `kept` once for each snippet."""
    yield from _body_figures(true["article_body"] or "", guess.get("article_body") or "")
    if true.get("headline"):
        yield "headline", float(fold_words(true["headline"]) == fold_words(guess.get("headline") or ""))
    if true.get("authors"):
        yield "authors", _names_f1(true["authors"], guess.get("authors") or ())
    if true.get("date_published"):
        yield from _date_figures(true["date_published"], guess)
    body = fold_words(guess.get("article_body") or "")
    for name, snippets in (("leaks", true.get("must_not_contain")), ("kept", true.get("must_contain"))):
        for snippet in snippets or ():
            yield name, float(fold_words(snippet) in body)


def _body_figures(true: str, guess: str) -> Iterator[tuple[str, float]]:
    words, guessed = split_words(true), split_words(guess)
    shingles, guessed_shingles = _shingles(words), _shingles(guessed)
    common = (shingles & guessed_shingles).total()
    # Precision is undefined without a prediction, and recall without a text.
    if guessed:
        yield "precision", common / guessed_shingles.total()
    if words:
        yield "recall", common / shingles.total()
    yield "exact", float(words == guessed)
    yield "word_f1", _bag_f1(true, guess)


def split_words(text: str) -> list[str]:
    """Return the words of a text; in scripts without spaces, each character is one."""
    return _WORD.findall(text)


def _shingles(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    """Return all runs of four words, or all words as one run if there are fewer."""
    starts = range(max(1, len(words) - SHINGLE + 1)) if words else ()
    return Counter(tuple(words[at : at + SHINGLE]) for at in starts)


def _bag_f1(true: str, guess: str) -> float:
    a, b = Counter(_WORD.findall(true.lower())), Counter(_WORD.findall(guess.lower()))
    if not a or not b:
        return float(not a and not b)
    return 2 * (a & b).total() / (a.total() + b.total())


def _names_f1(true: Sequence[str], guess: Sequence[str]) -> float:
    a, b = {fold_words(name) for name in true}, {fold_words(name) for name in guess}
    return 2 * len(a & b) / (len(a) + len(b))


def _date_figures(true: str, guess: Page) -> Iterator[tuple[str, float]]:
    moment = guess.get("date_published") or ""
    instant, guessed = _instant(true), _instant(moment)
    day = (guess.get("date_published_day") or moment)[:10]
    if instant is not None and guessed is not None and guess.get("date_published_precision") != "day":
        day = guessed.astimezone(instant.tzinfo).date().isoformat()
    yield "day", float(day == true[:10])
    if instant is not None:
        same = guessed is not None and abs((guessed - instant).total_seconds()) < _SAME_INSTANT
        yield "instant", float(same)


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def harmonic(a: float, b: float) -> float:
    """Return the harmonic mean of two shares."""
    return 2 * a * b / (a + b) if a + b else 0.0
