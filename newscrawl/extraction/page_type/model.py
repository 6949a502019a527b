"""Decide by the page-type model whether a page is unlikely to be an article. Model card: docs/page-type-model.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import IO

import numpy as np

from newscrawl.extraction.page_type.classify import ARTICLE, MIN_TEXT
from newscrawl.extraction.page_type.facts import Page, PageFacts
from newscrawl.extraction.page_type.features import FEATURES, page_features
from newscrawl.extraction.trees import ObliviousTrees, read_trees

OTHER_PAGE = "other_page"
"""The page type that the model decides."""
KINDS = (ARTICLE, "list", "forum", "product", "service")
"""In the order of the classes of the trees."""
THRESHOLDS: Mapping[str, float] = {"list": 0.952, "forum": 0.86, "product": 0.81, "service": 0.875}
"""Likeliest other kind of page -> probability that it is no article from which it is rejected.

A rejected article costs more than a stored list; and few articles look like a forum or a product, but some like a list
or a page about a service.
"""


@dataclass(frozen=True, slots=True)
class PageModel:
    """Trees over the features of a page, one of which is a linear score of its class names."""

    trees: ObliviousTrees
    token_weights: Mapping[str, float]

    def probabilities(self, page: Page, facts: PageFacts) -> dict[str, float]:
        """Return the probability of each of KINDS."""
        row = page_features(page, facts, self.token_weights)
        probabilities = self.trees.class_probabilities(np.array([row], dtype=np.float32))[0]
        return dict(zip(KINDS, probabilities.tolist(), strict=True))


def is_other_page(page: Page, facts: PageFacts, model: PageModel | None = None) -> bool:
    """Return whether the model rejects the page."""
    return is_asked(facts) and is_rejected((model or bundled_page_model()).probabilities(page, facts))


def is_rejected(probabilities: Mapping[str, float], thresholds: Mapping[str, float] = THRESHOLDS) -> bool:
    """Return whether a page with these probabilities of KINDS is no article."""
    likeliest = max(thresholds, key=probabilities.__getitem__)
    return 1 - probabilities[ARTICLE] > thresholds[likeliest]


def is_asked(facts: PageFacts) -> bool:
    """Return whether the model decides: not where JSON-LD declares an article and there is text."""
    return facts.size < MIN_TEXT or not facts.has_article


def read_page_model(file: Path | IO[bytes]) -> PageModel:
    """Read a model written by training/page_type_model.py. Raises ModelError if it was trained on other features."""
    trees = read_trees(file, FEATURES, "training/page_type_model.py")
    if not isinstance(file, Path):
        file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        weights = dict(zip(arrays["tokens"].tolist(), arrays["token_weights"].tolist(), strict=True))
    return PageModel(trees, weights)


@lru_cache(maxsize=1)
def bundled_page_model() -> PageModel:
    """Return the model shipped with newscrawl."""
    with files("newscrawl.extraction.page_type").joinpath("model.npz").open("rb") as file:
        return read_page_model(file)
