"""Check the regression gate of extraction."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.corpus import Corpus
from benchmarks.floors import read_floors, shortfalls
from benchmarks.scoring import Scores
from tests.support.crawling import ROOT, article_page


def test_every_figure_worse_than_its_bound_is_reported() -> None:
    floors = {"news": {"f1": 0.9, "leaks": 0.1, "day": 0.5, "kept": 0.8}}
    found = shortfalls(Corpus(Path("news")), Scores(1, {"f1": 0.89, "leaks": 0.11, "day": 0.5}, {}), floors)
    assert found == [
        "news: f1 is 0.8900, its floor in floors.toml is 0.9",
        "news: leaks is 0.1100, its ceiling in floors.toml is 0.1",
        "news: kept is nan, its floor in floors.toml is 0.8",
    ]


def test_corpus_and_its_sample_have_separate_floors() -> None:
    floors = {"news": {"f1": 0.9}, "news/8": {"f1": 0.5}}
    scores = Scores(1, {"f1": 0.6}, {})
    assert len(shortfalls(Corpus(Path("news")), scores, floors)) == 1
    assert shortfalls(Corpus(Path("news"), every=8), scores, floors) == []
    assert shortfalls(Corpus(Path("other")), scores, floors) == []


def test_misspelt_figure_raises_an_error(tmp_path: Path) -> None:
    file = tmp_path / "floors.toml"
    file.write_text("[news]\nf2 = 0.9\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"\[news\]: unknown figure 'f2'"):
        read_floors(file)


def test_bundled_floors_load() -> None:
    assert {"news-dev", "news-dev/8", "wcxb-dev", "wcxb-dev/8"} <= read_floors().keys()


def make_corpus(folder: Path, body: str) -> Path:
    (folder / "html").mkdir(parents=True)
    truth = {"id": "one", "url": "https://example.org/one", "headline": "Report on one", "article_body": body}
    (folder / "truth.jsonl").write_text(json.dumps(truth) + "\n", encoding="utf-8")
    (folder / "html" / "one.html.gz").write_bytes(gzip.compress(article_page("one")))
    return folder


def test_gate_scores_a_corpus_and_writes_predictions(tmp_path: Path) -> None:
    corpus, out = make_corpus(tmp_path / "mine", "Something else altogether."), tmp_path / "found.jsonl"
    done = run_gate(corpus, out)
    assert (done.returncode, done.stderr) == (0, "")
    assert "mine: 1 pages, page types {'article': 1}" in done.stdout
    assert "headline 1.0000" in done.stdout
    found = json.loads(out.read_text(encoding="utf-8"))
    assert (found["id"], found["headline"]) == ("one", "Report on one")
    assert "Paragraph 2 of the report" in found["article_body"]


def test_gate_fails_if_a_figure_is_below_its_floor(tmp_path: Path) -> None:
    done = run_gate(make_corpus(tmp_path / "news-dev", "Something else altogether."))
    assert done.returncode == 1
    assert "regression: news-dev: f1 is 0.0000, its floor in floors.toml is" in done.stderr
    assert "headline" not in done.stderr


def run_gate(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "benchmarks/extraction.py", *map(str, paths)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
