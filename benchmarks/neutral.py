"""Score extracted articles without what is a matter of taste, beside the strict figures of benchmarks/scoring.py.

| figure | what does not count |
| --- | --- |
| f1, exact | standfirsts, in either text; paragraphs that the ground truth lacks although it has those on both sides |
| headline | which of two headlines it is, if the page states two (`headline`, `alternative_headline`) |
| day | the zone: `date_published_day`, the publisher's day, is right as well |

Predictions have `standfirst`, `alternative_headline` and `date_published_day` beside the fields that are scored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.scoring import Page, Scores, score, split_words
from newscrawl.text.fold import fold_words

FIGURES = ("f1", "exact", "headline", "day")
"""Those that are reported; the others are the same, or mean nothing here."""


def score_neutral(ground_truth: Mapping[str, Page], predicted: Mapping[str, Page]) -> Scores:
    """Score predictions by page id, as `score` does, without what is a matter of taste."""
    pairs = {page: _make_neutral(true, predicted.get(page, {})) for page, true in ground_truth.items()}
    scores = score({page: pair[0] for page, pair in pairs.items()}, {page: pair[1] for page, pair in pairs.items()})
    figures = {name: scores.figures[name] for name in FIGURES if name in scores.figures}
    return Scores(scores.pages, figures, scores.word_f1)


def _make_neutral(true: Page, guess: Page) -> tuple[Page, Page]:
    """Return both pages with texts, headline and date that differ only if they differ in more than taste."""
    true_body = _join(true.get("article_body") or "")
    paragraphs = [_join(text) for text in (guess.get("article_body") or "").split("\n\n")]
    standfirst = {_join(text) for text in (guess.get("standfirst") or "").split("\n\n")} - {""}
    body = "".join(_without_inserted([text for text in paragraphs if text not in standfirst], true_body))
    for text in standfirst:
        true_body = true_body.replace(text, " ", 1)
    neutral: dict[str, Any] = {**guess, "article_body": body}
    headlines = [guess.get(name) or "" for name in ("headline", "alternative_headline")]
    neutral["headline"] = next((text for text in headlines if _is_same(text, true.get("headline"))), headlines[0])
    if guess.get("date_published_day") == (true.get("date_published") or "")[:10] != "":
        neutral |= {"date_published": guess["date_published_day"], "date_published_precision": "day"}
    return {**true, "article_body": true_body}, neutral


def _join(text: str) -> str:
    """Return the words of a text with a space around each, so that one text can be looked up in another."""
    words = split_words(text)
    return f" {' '.join(words)} " if words else ""


def _without_inserted(paragraphs: Sequence[str], true_body: str) -> list[str]:
    """Return the *paragraphs* without those that *true_body* lacks although it has the ones on both sides."""
    known = [text in true_body for text in paragraphs]
    inside = range(1, len(paragraphs) - 1)
    inserted = {at for at in inside if not known[at] and known[at - 1] and known[at + 1]}
    return [text for at, text in enumerate(paragraphs) if at not in inserted]


def _is_same(one: str, other: str | None) -> bool:
    return bool(other) and fold_words(one) == fold_words(other or "")
