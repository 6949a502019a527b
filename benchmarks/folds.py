"""Cross-validate by site: choose a model that was not trained on the site of a page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from newscrawl.extraction.body.model import BlockModel, read_model
from newscrawl.urls.normalize import get_site

FOLDS = 5


def fold_of(url: str) -> int:
    """Return the fold of a page: one per site (registrable domain), the first for pages without a URL."""
    try:
        site = get_site(url)
    except ValueError:
        return 0
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % FOLDS


def fold_file(directory: Path, fold: int) -> Path:
    """Return the file of the model trained on all pages except those of *fold*."""
    return directory / f"fold-{fold}.npz"


def unseen_models(directory: Path | None) -> Callable[[str], BlockModel | None]:
    """Return URL of a page -> the model not trained on its site, or None (the bundled model) without a directory."""
    if directory is None:
        return lambda url: None
    models = [read_model(fold_file(directory, fold)) for fold in range(FOLDS)]
    return lambda url: models[fold_of(url)]
