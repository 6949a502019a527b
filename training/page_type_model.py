"""Train the page-type model, newscrawl/extraction/page_type/model.npz, and print what it does on unseen sites.

    python training/page_type_model.py --articles CORPUS... --others CORPUS --folds DIRECTORY

*articles* hold articles, *others* pages with a `page_type`; documentation is left out. Each page is classified by a
model that has not seen its site, with the thresholds of the shipped model and with thresholds chosen on the other
sites; then the model that is shipped is trained on all of them. The score of class names, a feature of the trees, is
computed for each training page by a linear model that has not seen its fold.

DIRECTORY has the cross-validation models of `training/body_model.py --folds`. The bundled body model was trained on
some of the articles and is surer of them than of other pages; their features come from a model that has not seen the
site.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain, product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus, SavedPage
from benchmarks.folds import FOLDS, fold_of, unseen_models
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction import extract as extraction
from newscrawl.extraction.body.model import BlockModel
from newscrawl.extraction.page_type.classify import ARTICLE, classify_page
from newscrawl.extraction.page_type.facts import Page, collect_facts
from newscrawl.extraction.page_type.features import FEATURES, collect_tokens, page_features
from newscrawl.extraction.page_type.model import KINDS, THRESHOLDS, is_asked
from tests.support.page_types.pages import pages as made_up_pages
from training.body_model import write

MODEL = Path(__file__).parents[1] / "newscrawl" / "extraction" / "page_type" / "model.npz"
MIN_PAGES = 8
"""Pages that must have a class name for it to get a weight."""
TOKEN_SCORE = FEATURES.index("token_score")
VARIANT = "variants"
"""Corpus of the variants, for the report."""
MADE_UP = "made up"
"""The same of the made-up pages."""
VARIANT_WEIGHT = 0.3
"""Weight of a variant relative to other pages."""
MIN_KEPT = 0.995
"""Share of the articles that the thresholds must keep."""
KIND_OF = {
    ARTICLE: ARTICLE, "listing": "list", "collection": "list", "forum": "forum", "product": "product",
    "service": "service", "section_page": "list", "forum_thread": "forum", "product_page": "product",
}  # fmt: skip
"""Page type in the corpus, or of a made-up page -> class of the trees. Pages of other types are left out."""
PARAMETERS = {
    "iterations": 300, "depth": 4, "learning_rate": 0.06, "l2_leaf_reg": 6, "border_count": 64, "rsm": 0.5,
    "bootstrap_type": "Bernoulli", "subsample": 0.8, "loss_function": "MultiClass", "random_seed": 1,
    "thread_count": 1, "verbose": False, "allow_writing_files": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One page."""

    kind: str
    """One of KINDS."""
    corpus: str
    fold: int
    by_rules: str
    """The page type that the rules give."""
    is_asked: bool
    """The model decides, because structured data does not declare an article."""
    row: list[float]
    tokens: frozenset[str]


Build = Callable[[str, str, int], Example]
"""Kind, corpus and fold -> example."""


def build_example(body: bytes, url: str, model: BlockModel | None = None) -> Build | None:
    """Return a function that makes the example of a page, or None for a page that cannot be parsed."""
    seen: list[Page] = []

    def remember(page: Page) -> str:
        seen.append(page)
        return ARTICLE

    extraction._get_page_type = remember
    extraction.extract(body, url, ExtractionRules(), model=model)
    if not seen:
        return None
    [page] = seen
    facts = collect_facts(page)
    row, tokens = page_features(page, facts, {}), frozenset(collect_tokens(page.root))
    by_rules, asked = classify_page(facts), is_asked(facts)
    return lambda kind, corpus, fold: Example(kind, corpus, fold, by_rules, asked, row, tokens)


def build_examples(corpus: Corpus, get_model: Callable[[str], BlockModel | None]) -> Iterator[Example]:
    """Yield the examples of the pages of a corpus and of their variants."""
    truth = corpus.ground_truth()
    for page in corpus.pages():
        kind = KIND_OF.get(truth[page.id].get("page_type", ARTICLE))
        if kind is None:
            continue
        model, fold = get_model(page.url), fold_of(page.url)
        for body, url, name in _variants(page, kind, model):
            if build := build_example(body, url, model):
                yield build(kind, name or corpus.name, fold)


def build_synthetic_examples() -> Iterator[Example]:
    """Yield those of the made-up pages of the tests whose shapes are not held out."""
    for number, page in enumerate(made_up_pages()):
        kind = KIND_OF.get(page.expected)
        if kind and not page.held_out and (build := build_example(page.html.encode(), page.url)):
            yield build(kind, MADE_UP, number % FOLDS)


def _variants(page: SavedPage, kind: str, model: BlockModel | None) -> Iterator[tuple[bytes, str, str]]:
    """Yield body, URL and name of a page as served, and of its variants; the name of the first is empty.

    Variants lack what a page may lack without being another kind of page: class names, metadata, all but the text. So
    the model does not take a plain page for a list.
    """
    yield page.body, page.url, ""
    found = extraction.extract(page.body, page.url, ExtractionRules(), model=model)
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

    labels = [KINDS.index(page.kind) for page in pages]
    weights = [VARIANT_WEIGHT if page.corpus == VARIANT else 1.0 for page in pages]
    model = CatBoostClassifier(**PARAMETERS | {"random_seed": seed})
    model.fit(Pool(build_rows(pages, score_unseen_tokens(pages)), labels, weight=weights))
    return model, fit_tokens(pages)


@dataclass(frozen=True, slots=True)
class Predictions:
    """Pages with what models say that have not seen their sites; arrays with an entry per page."""

    kinds: NDArray[np.str_]
    corpora: NDArray[np.str_]
    folds: NDArray[np.int64]
    by_rules: NDArray[np.bool_]
    """The rules reject the page."""
    is_asked: NDArray[np.bool_]
    likeliest: NDArray[np.str_]
    """The likeliest kind but an article."""
    probability: NDArray[np.float64]
    """That the page is no article."""

    @property
    def is_served(self) -> NDArray[np.bool_]:
        """The pages as served, neither variants nor made up."""
        return ~np.isin(self.corpora, [VARIANT, MADE_UP])

    def reject(self, thresholds: Mapping[str, float]) -> NDArray[np.bool_]:
        limits = np.array([thresholds[kind] for kind in self.likeliest])
        return self.by_rules | (self.is_asked & (self.probability > limits))


def cross_validate(pages: Sequence[Example], seed: int) -> Predictions:
    """Return what a model says about each page whose site it has not seen."""
    probabilities = np.zeros((len(pages), len(KINDS)))
    for fold in range(FOLDS):
        model, weights = fit([page for page in pages if page.fold != fold], seed)
        unseen = [number for number, page in enumerate(pages) if page.fold == fold]
        chosen = [pages[number] for number in unseen]
        probabilities[unseen] = model.predict_proba(build_rows(chosen, score_tokens(chosen, weights)))
    return Predictions(
        np.array([page.kind for page in pages]),
        np.array([page.corpus for page in pages]),
        np.array([page.fold for page in pages]),
        np.array([page.by_rules != ARTICLE for page in pages]),
        np.array([page.is_asked for page in pages]),
        np.array(KINDS)[1 + probabilities[:, 1:].argmax(axis=1)],
        1 - probabilities[:, 0],
    )


def choose_thresholds(predictions: Predictions, chosen: NDArray[np.bool_], min_kept: float) -> dict[str, float]:
    """Return the thresholds that keep *min_kept* of the *chosen* articles and reject most of the other pages.

    All kinds count the same, however many pages they have. No threshold is below 0.5.
    """
    served = chosen & predictions.is_served
    is_article = predictions.kinds == ARTICLE
    lost = int(is_article[served].sum() * (1 - min_kept) + 1e-9) - int(
        (is_article & predictions.by_rules)[served].sum()
    )
    decided = served & predictions.is_asked & ~predictions.by_rules
    options: list[list[tuple[float, float]]] = []
    for kind in KINDS[1:]:
        like = decided & (predictions.likeliest == kind)
        articles = [*np.sort(predictions.probability[like & is_article])[::-1].tolist(), 0.0]
        rows = []
        for limit in (max(0.5, one) for one in articles[: max(lost, 0) + 1]):
            rejected = like & (predictions.probability > limit)
            shares = [rejected[served & (predictions.kinds == other)].mean() for other in KINDS[1:]]
            rows.append((float(sum(shares)), limit))
        options.append(rows)
    counts = (one for one in product(*(range(len(rows)) for rows in options)) if sum(one) <= max(lost, 0))
    best = max(counts, key=lambda one: sum(rows[count][0] for rows, count in zip(options, one, strict=True)))
    limits = [rows[count][1] for rows, count in zip(options, best, strict=True)]
    return dict(zip(KINDS[1:], limits, strict=True))


def reject_unseen(predictions: Predictions, min_kept: float) -> NDArray[np.bool_]:
    """Return which pages are rejected, each with the thresholds chosen on the pages of the other folds."""
    rejected = np.zeros(len(predictions.kinds), dtype=bool)
    for fold in range(FOLDS):
        inside = predictions.folds == fold
        rejected[inside] = predictions.reject(choose_thresholds(predictions, ~inside, min_kept))[inside]
    return rejected


def report(predictions: Predictions) -> None:
    """Print the share of rejected pages of each kind, and that of kept articles of each corpus."""
    everywhere = np.ones(len(predictions.kinds), dtype=bool)
    chosen = choose_thresholds(predictions, everywhere, MIN_KEPT)
    print("chosen on all pages:", " ".join(f"{kind} {limit:.3f}" for kind, limit in chosen.items()))
    results = {
        "rules alone": predictions.by_rules,
        "shipped": predictions.reject(THRESHOLDS),
        f"kept {MIN_KEPT}": predictions.reject(chosen),
        f"unseen {MIN_KEPT}": reject_unseen(predictions, MIN_KEPT),
        "kept 0.99": predictions.reject(choose_thresholds(predictions, everywhere, 0.99)),
        "unseen 0.99": reject_unseen(predictions, 0.99),
    }
    is_article, is_served = predictions.kinds == ARTICLE, predictions.is_served
    for label, rejected in results.items():
        shares = [f"{kind} {rejected[is_served & (predictions.kinds == kind)].mean():.3f}" for kind in KINDS[1:]]
        kept = [f"{name} {1 - rejected[is_article & (predictions.corpora == name)].mean():.4f}" for name in
                sorted(set(predictions.corpora[is_article]))]  # fmt: skip
        print(f"{label:12} kept {1 - rejected[is_article & is_served].mean():.4f}  {' '.join(shares)}", end="  ")
        print(f"variants and made-up pages {rejected[~is_article & ~is_served].mean():.3f}  |  {' '.join(kept)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", nargs="+", type=Path, required=True)
    parser.add_argument("--others", nargs="+", type=Path, required=True)
    parser.add_argument("--folds", type=Path, metavar="DIRECTORY", required=True)
    parser.add_argument("--seeds", type=int, default=1, help="cross-validate with this many seeds")
    options = parser.parse_args()
    get_model = unseen_models(options.folds)
    built = (build_examples(Corpus(folder), get_model) for folder in [*options.articles, *options.others])
    pages = [*chain(*built), *build_synthetic_examples()]
    print(f"{len(pages)} pages")
    for seed in range(1, options.seeds + 1):
        print(f"seed {seed}")
        report(cross_validate(pages, seed))
    model, weights = fit(pages)
    write(
        model,
        MODEL,
        FEATURES,
        tokens=np.array(list(weights)),
        token_weights=np.array(list(weights.values()), np.float32),
    )


if __name__ == "__main__":
    main()
