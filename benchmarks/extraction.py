"""Run extraction over corpora of saved pages, score it, and fail if a figure is worse than its floor.

    python benchmarks/extraction.py CORPUS... [OUT.jsonl] [--repeat N] [--every N] [--worst N] [--folds DIRECTORY]

A CORPUS contains truth.jsonl and html/<id>.html.gz. Prints the figures (benchmarks/scoring.py), those without what is a
matter of taste (benchmarks/neutral.py), and the milliseconds per page next to those of the bare parse of the same
bytes. Writes predictions to OUT.jsonl. Exits with 1 if a figure is worse than its floor in floors.toml. With --folds
(written by training/body_model.py), each page is classified by a model that was not trained on its site: only those
figures hold for other pages.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus, SavedPage
from benchmarks.floors import read_floors, shortfalls
from benchmarks.folds import unseen_models
from benchmarks.neutral import score_neutral
from benchmarks.scoring import Scores, score
from benchmarks.timing import Times, bare_parse, milliseconds, times
from newscrawl.evidence import Extraction, ExtractionRules
from newscrawl.extraction.body.model import BlockModel
from newscrawl.extraction.extract import extract
from newscrawl.items import Article
from newscrawl.loaders import load_article

RULES = ExtractionRules()


@dataclass(slots=True)
class Measured:
    """Results of one corpus."""

    predictions: dict[str, dict[str, Any]] = field(default_factory=dict)
    page_types: Counter[str] = field(default_factory=Counter)
    bare: list[float] = field(default_factory=list)
    """Milliseconds of the bare parse, per page."""
    whole: list[float] = field(default_factory=list)
    """Milliseconds from bytes to Article, per page."""


def run(page: SavedPage, now: datetime, model: BlockModel | None = None) -> tuple[Extraction, Article]:
    """Extract one page like a crawl."""
    extraction = extract(page.body, page.url, RULES, model=model)
    return extraction, load_article(extraction, url=page.url, source_metadata=None, rules=RULES, now=now)


def measure(corpus: Corpus, *, repeat: int = 1, folds: Path | None = None) -> Measured:
    """Extract every page, and time it *repeat* times, of which the best counts."""
    measured, now = Measured(), datetime.now(UTC)
    model_for = unseen_models(folds)
    for page in corpus.pages():
        extraction, article = run(page, now, model_for(page.url))
        measured.predictions[page.id] = prediction(extraction, article)
        measured.page_types[extraction.page_type] += 1
        measured.bare.append(min(milliseconds(bare_parse, page.body) for _ in range(repeat)))
        measured.whole.append(min(milliseconds(run, page, now) for _ in range(repeat)))
    return measured


def prediction(extraction: Extraction, article: Article) -> dict[str, Any]:
    """Return the scored fields, and others that help to explain the score."""
    return {
        "article_body": article.article_body,
        "headline": article.headline,
        "alternative_headline": article.alternative_headline,
        "standfirst": article.standfirst,
        "authors": article.authors,
        "date_published": None if article.date_published is None else article.date_published.isoformat(),
        "date_published_precision": article.date_published_precision,
        "date_published_day": None if article.date_published_day is None else article.date_published_day.isoformat(),
        "date_published_raw": article.date_published_raw,
        "page_type": extraction.page_type,
        "sources": article.sources,
    }


def write_predictions(path: Path, predictions: Mapping[str, Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as out:
        for page, found in predictions.items():
            out.write(json.dumps({"id": page, **found}, ensure_ascii=False) + "\n")


def report(corpus: Corpus, measured: Measured, scores: Scores, neutral: Scores) -> None:
    print(f"{corpus.name}: {scores.pages} pages, page types {dict(measured.page_types.most_common())}")
    print("  " + "  ".join(f"{name} {value:.4f}" for name, value in scores.figures.items()))
    print("  neutral: " + "  ".join(f"{name} {value:.4f}" for name, value in neutral.figures.items()))
    bare, whole = times(measured.bare), times(measured.whole)
    _print_times("bare parse", bare)
    _print_times("extraction", whole)
    print(f"  ratio      {whole.mean / bare.mean:6.2f}")


def _print_times(name: str, value: Times) -> None:
    print(f"  {name} {value.mean:6.2f} ms per page, median {value.median:.2f}, p99 {value.p99:.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="CORPUS... [OUT.jsonl]")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="time each page N times and keep the best")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="use only every Nth page")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="also list the N pages with the worst body")
    parser.add_argument("--folds", type=Path, metavar="DIRECTORY", help="models not trained on a page's site")
    options = parser.parse_args()
    folders = [path for path in options.paths if path.is_dir()]
    outs = [path for path in options.paths if not path.is_dir()]
    if not folders or len(outs) > 1 or (outs and len(folders) > 1):
        parser.error("expected folders with truth.jsonl, or one folder and a file for the predictions")
    # The garbage collector runs as rarely as in a worker.
    import_module("newscrawl.workers.warmup")
    failed = []
    for corpus in (Corpus(folder, options.every) for folder in folders):
        measured = measure(corpus, repeat=options.repeat, folds=options.folds)
        if outs:
            write_predictions(outs[0], measured.predictions)
        ground_truth = corpus.ground_truth()
        scores = score(ground_truth, measured.predictions)
        report(corpus, measured, scores, score_neutral(ground_truth, measured.predictions))
        for value, page in scores.worst(options.worst):
            print(f"  {value:.3f}  {page}")
        failed += shortfalls(corpus, scores, read_floors())
    for line in failed:
        print(f"regression: {line}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
