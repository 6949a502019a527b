"""Check extraction of real pages, if present, against floors well below the measured figures (benchmarks/README.md)."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from statistics import fmean

import pytest

from benchmarks.corpus import Corpus
from benchmarks.extraction import measure
from benchmarks.floors import read_floors, shortfalls
from benchmarks.scoring import score
from newscrawl.storage.engine import open_engine
from newscrawl.urls.normalize import normalize
from tests.support.crawling import crawl
from tests.support.stored_articles import stored_articles


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def overlap(expected: str, found: str) -> float:
    """Return the F1 of the bags of words."""
    a, b = words(expected), words(found)
    return 2 * (a & b).total() / (a.total() + b.total()) if a or b else 1.0


def test_real_news_pages_are_stored_with_their_text_and_day(corpora: Path, sqlite_url: str) -> None:
    folder = corpora / "news-dev"
    done = crawl("archive", database_url=sqlite_url, path=folder)
    assert (done.code, "Traceback" in done.log) == (0, False), done.log
    assert done.summary["stored"] >= 130

    engine = open_engine(sqlite_url)
    stored = {article.page_url_key: article for article in stored_articles(engine)}
    engine.dispose()
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").split("\n")
    expected = [json.loads(line) for line in lines if line]
    pairs = [(row, stored.get(normalize(row["url"]))) for row in expected]
    assert fmean(overlap(row["article_body"], found.article_body if found else "") for row, found in pairs) > 0.95
    dated = [(row, found) for row, found in pairs if row["date_published"] and found and found.date_published]
    # The day of the ground truth is the publisher's, the stored day is in UTC.
    near = [abs(int(row["date_published"][8:10]) - found.date_published.day) in {0, 1, 29, 30} for row, found in dated]
    assert len(dated) >= 130
    assert fmean(near) > 0.95


@pytest.mark.parametrize("name", ["news-dev", "wcxb-dev"])
def test_extraction_of_every_eighth_page_is_not_worse_than_its_floors(corpora: Path, name: str) -> None:
    corpus = Corpus(corpora / name, every=8)
    scores = score(corpus.ground_truth(), measure(corpus).predictions)
    assert scores.pages > 15
    assert shortfalls(corpus, scores, read_floors()) == []
