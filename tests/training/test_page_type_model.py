"""Thresholds of the page-type model."""

from __future__ import annotations

import numpy as np

from newscrawl.extraction.page_type.classify import ARTICLE
from newscrawl.extraction.page_type.model import KINDS
from training.page_type_model import Predictions, choose_thresholds, reject_unseen


def predict(*pages: tuple[str, str, float], by_rules: int = 0) -> Predictions:
    """Return pages of (kind, likeliest other kind, probability); the last *by_rules* are rejected by rules."""
    kinds, likeliest, probabilities = zip(*pages, strict=True)
    count = len(pages)
    return Predictions(
        np.array(kinds), np.array(["corpus"] * count), np.arange(count) % 5, np.arange(count) >= count - by_rules,
        np.ones(count, dtype=bool), np.array(likeliest), np.array(probabilities),
    )  # fmt: skip


ARTICLES = [(ARTICLE, kind, probability) for kind in KINDS[1:] for probability in (0.1, 0.2)] * 11
OTHERS = [(kind, kind, probability) for kind in KINDS[1:] for probability in (0.6, 0.7, 0.95)]
NOISE = [(ARTICLE, "service", 0.9), (ARTICLE, "list", 0.65)]
ALL = np.ones(len(ARTICLES) + len(OTHERS) + len(NOISE), dtype=bool)


def test_a_kind_that_no_article_looks_like_has_a_low_threshold() -> None:
    found = choose_thresholds(predict(*ARTICLES, *OTHERS, *NOISE), ALL, 1.0)
    assert found == {"list": 0.65, "forum": 0.5, "product": 0.5, "service": 0.9}


def test_an_article_is_lost_where_most_other_pages_are_gained() -> None:
    pages = predict(*ARTICLES, *OTHERS, *NOISE)
    assert choose_thresholds(pages, ALL, 0.985) == {"list": 0.65, "forum": 0.5, "product": 0.5, "service": 0.5}


def test_articles_that_the_rules_reject_count_as_lost() -> None:
    pages = predict(*ARTICLES, *OTHERS, *NOISE[::-1], by_rules=1)
    assert choose_thresholds(pages, ALL, 0.985)["list"] == 0.65


def test_thresholds_for_a_page_do_not_depend_on_its_fold() -> None:
    pages = predict(*ARTICLES, *OTHERS, *NOISE)
    is_noise = np.arange(len(ALL)) >= len(ALL) - len(NOISE)
    assert not pages.reject(choose_thresholds(pages, ALL, 1.0))[is_noise].any()
    assert reject_unseen(pages, 1.0)[is_noise].all()
