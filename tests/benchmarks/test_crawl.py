"""Check how the crawls of benchmarks/crawl.py are measured and compared."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.crawl import BARE, NEWSCRAWL, PLAIN, Fetched, Run, check_stored, measure, report, rotate, serve

FETCHED = Fetched(urls=["/", "/a", "/b", "/c"], article_urls=["/a", "/b"], stored=2)


def test_the_report_prints_medians_of_the_ratios_within_each_round(capsys: pytest.CaptureFixture[str]) -> None:
    runs = {
        NEWSCRAWL: [Run(1.0, 0.3, 90.0), Run(2.0, 0.6, 80.0)],
        PLAIN: [Run(5.0, 5.0, 50.0), Run(8.0, 7.0, 60.0)],
        BARE: [Run(0.5, 0.2, 30.0), Run(1.0, 0.5, 30.0)],
    }
    report(FETCHED, runs)
    printed = capsys.readouterr().out.splitlines()
    assert f"| {NEWSCRAWL} | 1 | 3 | 1.5 | 112.50 | 90 |" in printed
    assert f"speed, newscrawl / {PLAIN}: 4.50 (5.00, 4.00)" in printed
    assert f"main-process CPU, newscrawl / {BARE}: 1.35 (1.50, 1.20)" in printed
    assert json.loads(printed[-1])["ratios"] == [0.5, 0.5]


@pytest.mark.parametrize("texts, is_complete", [(["x", "y"], True), (["x", ""], False), (["x", None], False)])
def test_a_plain_project_that_misses_articles_is_not_compared(
    tmp_path: Path, texts: list[str | None], is_complete: bool
) -> None:
    database = tmp_path / "plain.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE articles (text)")
        connection.executemany("INSERT INTO articles VALUES (?)", [(text,) for text in texts])
    if is_complete:
        check_stored(database, FETCHED)
    else:
        with pytest.raises(SystemExit, match="only 1 of 2"):
            check_stored(database, FETCHED)


def test_each_round_starts_with_a_different_program() -> None:
    assert [rotate(["a", "b", "c"], number)[0] for number in range(4)] == ["a", "b", "c", "a"]


def test_cpu_time_of_children_is_not_counted() -> None:
    busy = "import time\nwhile time.process_time() < 1: pass"
    run = measure(
        [sys.executable, "-c", f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {busy!r}])"], {}
    )
    assert run.cpu_seconds < 1
    assert measure([sys.executable, "-c", busy], {}).cpu_seconds >= 0.9


def test_a_site_that_cannot_be_served_ends_the_benchmark() -> None:
    # The bundled site needs more articles.
    with pytest.raises(SystemExit, match=r"not served: it ended with code [1-9]"), serve(5):
        pass
