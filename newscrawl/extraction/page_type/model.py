"""Decide by the page-type model whether a page is unlikely to be an article. Model card: docs/page-type-model.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import IO

import numpy as np

from newscrawl.extraction.page_type.classify import MIN_TEXT
from newscrawl.extraction.page_type.facts import Page, PageFacts
from newscrawl.extraction.page_type.features import FEATURES, page_features
from newscrawl.extraction.trees import ObliviousTrees, read_trees

OTHER_PAGE = "other_page"
"""The page type that the model decides."""
THRESHOLD = 0.9
"""Probability from which a page is no article: a rejected article costs more than a stored list."""


@dataclass(frozen=True, slots=True)
class PageModel:
    """Trees over the features of a page, one of which is a linear score of its class names."""

    trees: ObliviousTrees
    token_weights: Mapping[str, float]

    def probability(self, page: Page, facts: PageFacts) -> float:
        """Return the probability that the page is no article, 0 to 1."""
        row = page_features(page, facts, self.token_weights)
        return self.trees.probabilities(np.array([row], dtype=np.float32))[0]


def is_other_page(page: Page, facts: PageFacts, model: PageModel | None = None) -> bool:
    """Return whether the model rejects the page.

    It is not asked where structured data declares an article, or holds the body.
    """
    if facts.size >= MIN_TEXT and (facts.has_article or len(page.classified.blocks) > len(page.scan.blocks)):
        return False
    return (model or bundled_page_model()).probability(page, facts) > THRESHOLD


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
