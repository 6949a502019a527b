"""Captures whose date lies in the future are taken for ones of now."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

from tests.support.crawling import article_page, crawl, query


def test_capture_from_the_future_counts_as_one_of_now(tmp_path: Path, sqlite_url: str) -> None:
    folder = tmp_path / "pages"
    (folder / "html").mkdir(parents=True)
    (folder / "html" / "a.html.gz").write_bytes(gzip.compress(article_page("the future")))
    row = {"id": "a", "url": "https://example.org/2026/11/20/report", "date_downloaded": "9998-01-01T00:00:00+00:00"}
    (folder / "index.jsonl").write_text(json.dumps(row))
    done = crawl("archive", path=folder, database_url=sqlite_url)
    assert done.summary["stored"] == 1
    [(date,)] = query(sqlite_url, "SELECT date_downloaded FROM articles")
    assert str(date)[:4] <= str(datetime.now(UTC).year)
