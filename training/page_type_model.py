"""Train the page-type model, newscrawl/extraction/page_type/model.npz, and print what it does on unseen sites.

    python training/page_type_model.py --articles CORPUS... --others CORPUS

*articles* hold articles, *others* pages with a `page_type`; documentation is left out. Each page is judged by a model
that has not seen its site, at several thresholds; then the model that is shipped is trained on all of them. The score
of class names, a feature of the trees, is computed for each training page by a linear model that has not seen its fold.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus, SavedPage
from benchmarks.folds import FOLDS, fold_of
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction import extract as extraction
from newscrawl.extraction.page_type.classify import ARTICLE, MIN_TEXT, classify_page
from newscrawl.extraction.page_type.facts import Page, collect_facts
from newscrawl.extraction.page_type.features import FEATURES, collect_tokens, page_features
from tests.support.page_types.pages import pages as made_up_pages
from training.body_model import write

MODEL = Path(__file__).parents[1] / "newscrawl" / "extraction" / "page_type" / "model.npz"
MIN_PAGES = 8
"""Pages that must have a class name for it to get a weight."""
TOKEN_SCORE = FEATURES.index("token_score")
PARAMETERS = {
    "iterations": 300, "depth": 4, "learning_rate": 0.06, "l2_leaf_reg": 6, "border_count": 64, "rsm": 0.5,
    "bootstrap_type": "Bernoulli", "subsample": 0.8, "random_seed": 1, "thread_count": 1, "verbose": False,
    "allow_writing_files": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One page."""

    kind: str
    """`article`, or the page type in the corpus."""
    corpus: str
    fold: int
    by_rules: str
    """The page type that the rules give."""
    is_declared: bool
    """Structured data declares an article, so that the model is not asked."""
    row: list[float]
    tokens: frozenset[str]


def build_example(body: bytes, url: str, kind: str, corpus: str, fold: int) -> Example | None:
    """Return the example of a page, or None for one that cannot be parsed."""
    seen: list[Page] = []

    def remember(page: Page) -> str:
        seen.append(page)
        return ARTICLE

    extraction._get_page_type = remember
    extraction.extract(body, url, ExtractionRules())
    if not seen:
        return None
    [page] = seen
    facts = collect_facts(page)
    is_declared = facts.has_article and facts.size >= MIN_TEXT
    tokens = frozenset(collect_tokens(page.root))
    return Example(kind, corpus, fold, classify_page(facts), is_declared, page_features(page, facts, {}), tokens)


def build_examples(corpus: Corpus) -> Iterator[Example | None]:
    """Yield the examples of the pages of a corpus and of their variants."""
    truth = corpus.ground_truth()
    for page in corpus.pages():
        kind = truth[page.id].get("page_type", ARTICLE)
        for body, url, name in _variants(page, kind):
            yield build_example(body, url, kind, name or corpus.name, fold_of(page.url or page.id))


def build_synthetic_examples() -> Iterator[Example | None]:
    """Yield those of the made-up pages of the tests whose shapes are not held out."""
    for number, page in enumerate(made_up_pages()):
        if not page.held_out:
            kind = ARTICLE if page.expected == ARTICLE else "made up"
            yield build_example(page.html.encode(), page.url, kind, VARIANT, number % FOLDS)


def _variants(page: SavedPage, kind: str) -> Iterator[tuple[bytes, str, str]]:
    """Yield body, URL and name of a page as served, and of its variants; the name of the first is empty.

    Variants lack what a page may lack without being another kind of page: class names, metadata, all but the text. So
    the model does not take a plain page for a list.
    """
    yield page.body, page.url, ""
    found = extraction.extract(page.body, page.url, ExtractionRules())
    if not found.blocks:
        return
    plain = re.sub(rb"(?i)\s(?:class|id|itemtype)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", b"", page.body)
    yield re.sub(rb"(?is)<meta\b[^>]*>|<script\b.*?</script>", b"", plain), page.url, VARIANT
    if kind == ARTICLE:
        random = Random(page.id)
        kept = [escape(block.text) for block in found.blocks if block.kept][: random.choice((2, 4, 8, 30))]
        headline = escape(next((one.value for one in found.evidence.get("headline", ())), "News"))
        text = "".join(f"<p>{one}</p>" for one in kept)
        head = f"<meta charset=utf-8><title>{headline}</title>"
        bare = f"<html><head>{head}</head><body><h1>{headline}</h1>{text}</body></html>"
        yield bare.encode(), random.choice((page.url, "", "https://example.org/news/story")), VARIANT


def fit_tokens(pages: Sequence[Example]) -> dict[str, float]:
    """Return the weights of class names, from a logistic regression."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counted = Counter(token for page in pages for token in page.tokens)
    names = sorted(token for token, count in counted.items() if count >= MIN_PAGES)
    column = {token: number for number, token in enumerate(names)}
    cells = [(row, column[token]) for row, page in enumerate(pages) for token in page.tokens if token in column]
    rows, columns = np.array(cells).T
    matrix = csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(pages), len(names)))
    model = LogisticRegression(C=0.02, max_iter=500).fit(matrix, [page.kind != ARTICLE for page in pages])
    return dict(zip(names, model.coef_[0].tolist(), strict=True))


def score_tokens(pages: Sequence[Example], weights: dict[str, float]) -> list[float]:
    return [sum(weights.get(token, 0.0) for token in page.tokens) for page in pages]


def build_rows(pages: Sequence[Example], scores: Sequence[float]) -> NDArray[np.float32]:
    rows = np.array([page.row for page in pages], dtype=np.float32)
    rows[:, TOKEN_SCORE] = scores
    return rows


def score_unseen_tokens(pages: Sequence[Example]) -> list[float]:
    """Return for each page the score by a linear model that has not seen its fold."""
    scores = [0.0] * len(pages)
    for fold in {page.fold for page in pages}:
        weights = fit_tokens([page for page in pages if page.fold != fold])
        for number, page in enumerate(pages):
            if page.fold == fold:
                scores[number] = score_tokens([page], weights)[0]
    return scores


def fit(pages: Sequence[Example], seed: int = 1) -> tuple[Any, dict[str, float]]:
    from catboost import CatBoostClassifier, Pool

    labels = [page.kind != ARTICLE for page in pages]
    model = CatBoostClassifier(**PARAMETERS | {"random_seed": seed})
    model.fit(Pool(build_rows(pages, score_unseen_tokens(pages)), labels))
    return model, fit_tokens(pages)


def cross_validate(pages: Sequence[Example], seed: int) -> NDArray[np.float64]:
    """Return for each page the probability that it is no article, by a model that has not seen its site."""
    probabilities = np.zeros(len(pages))
    for fold in range(FOLDS):
        model, weights = fit([page for page in pages if page.fold != fold and page.kind != "documentation"], seed)
        unseen = [number for number, page in enumerate(pages) if page.fold == fold]
        chosen = [pages[number] for number in unseen]
        probabilities[unseen] = model.predict_proba(build_rows(chosen, score_tokens(chosen, weights)))[:, 1]
    return probabilities


VARIANT = "variants"
"""Corpus of the variants, for the report."""
GROUPS = {"listing": "lists", "collection": "lists"}


def report(pages: Sequence[Example], probabilities: NDArray[np.float64]) -> None:
    """Print the share of rejected pages of each kind, and that of kept articles of each corpus."""
    corpora = np.array([page.corpus for page in pages])
    kinds = np.array([GROUPS.get(page.kind, page.kind) for page in pages])
    kinds = np.where((corpora == VARIANT) & (kinds != ARTICLE), "variants", kinds)
    by_rules = np.array([page.by_rules != ARTICLE for page in pages])
    asked = ~np.array([page.is_declared for page in pages])
    for threshold in (2.0, 0.8, 0.85, 0.9, 0.93, 0.95):
        rejected = by_rules | (asked & (probabilities > threshold))
        shares = {kind: rejected[kinds == kind].mean() for kind in sorted(set(kinds)) if kind != ARTICLE}
        is_article = (kinds == ARTICLE) & (corpora != VARIANT)
        kept = {name: 1 - rejected[is_article & (corpora == name)].mean() for name in sorted(set(corpora[is_article]))}
        kept[VARIANT] = 1 - rejected[(kinds == ARTICLE) & (corpora == VARIANT)].mean()
        label = "rules alone" if threshold > 1 else f"{threshold:.2f}"
        print(f"{label:12} kept {1 - rejected[is_article].mean():.4f}", end="  ")
        print(" ".join(f"{kind} {share:.3f}" for kind, share in shares.items()), end="  |  ")
        print(" ".join(f"{name} {share:.4f}" for name, share in kept.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", nargs="+", type=Path, required=True)
    parser.add_argument("--others", nargs="+", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1, help="cross-validate with this many seeds")
    options = parser.parse_args()
    built = (build_examples(Corpus(folder)) for folder in [*options.articles, *options.others])
    pages = [page for page in chain(*built, build_synthetic_examples()) if page is not None]
    print(f"{len(pages)} pages")
    for seed in range(1, options.seeds + 1):
        print(f"seed {seed}")
        report(pages, cross_validate(pages, seed))
    model, weights = fit([page for page in pages if page.kind != "documentation"])
    write(
        model,
        MODEL,
        FEATURES,
        tokens=np.array(list(weights)),
        token_weights=np.array(list(weights.values()), np.float32),
    )


if __name__ == "__main__":
    main()
