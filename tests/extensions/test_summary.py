"""The summary at the end of a crawl, and its progress line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import make_url

from newscrawl.extensions.progress import progress_line
from newscrawl.extensions.summary import next_step
from newscrawl.scheduling.periods import Period
from newscrawl.storage.queries.frontier import count_pending_articles
from tests.support.store import Store


def test_articles_outside_the_period_do_not_count_as_pending(store: Store) -> None:
    for number, year in enumerate((2020, 2026)):
        moment = datetime(year, 11, 1, tzinfo=UTC)
        store.claim(f"https://example.org/news-{number}", limit=0, published_at=moment)
    period = Period(since=datetime(2026, 1, 1, tzinfo=UTC))
    assert count_pending_articles(store.engine, ["example.org"]) == {"example.org": 2}
    assert count_pending_articles(store.engine, ["example.org"], period) == {"example.org": 1}


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ((0, 0, 0, 0, 0, 0.0), "0 pages fetched, 0 articles stored, 0 pending"),
        ((1200, 1300, 1000, 0, 0, 60.0), "1,200 pages fetched, 1,000 articles stored, 0 pending"),
        ((7, 10, 5, 20, 1, 10.0), "7 pages fetched, 5 articles stored, 20 pending, 1 host in backoff, about 20 s left"),
        (
            (7, 10, 5, 600, 2, 10.0),
            "7 pages fetched, 5 articles stored, 600 pending, 2 hosts in backoff, about 10 min left",
        ),
    ],
)
def test_progress_line_counts_pages_and_estimates_the_time_left(
    facts: tuple[int, int, int, int, int, float], line: str
) -> None:
    assert progress_line(*facts) == line


def test_next_step_uses_the_tools_that_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite, postgresql = make_url("sqlite:///a.db"), make_url("postgresql+psycopg://joe:secret@db.example/news")
    assert next_step(postgresql).startswith('psql "postgresql://joe@db.example/news" -c "SELECT')
    monkeypatch.setenv("PATH", "/nowhere")
    assert next_step(sqlite).startswith('python3 -c "import sqlite3')
