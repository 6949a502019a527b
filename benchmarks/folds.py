"""Cross-validation by site: which pages a model must not have seen."""

from __future__ import annotations

import hashlib
from pathlib import Path

from newscrawl.urls import site_of

FOLDS = 5


def fold_of(url: str) -> int:
    """The fold of a page: all pages of a site (its registrable domain) are in one, pages without a URL in the first."""
    try:
        site = site_of(url)
    except ValueError:
        return 0
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % FOLDS


def fold_file(directory: Path, fold: int) -> Path:
    """The model that has seen all pages but those of *fold*."""
    return directory / f"fold-{fold}.npz"
