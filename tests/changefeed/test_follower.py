"""A follower that is killed again and again misses nothing, and readers never see half an article."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from newscrawl.dedup.content_hash import content_hash
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.schema import articles
from newscrawl.storage.upgrade import upgrade
from tests.support.feed_copy import finish_follower, read_copy, start_follower, write_changes


@pytest.fixture
def tables(sqlite_url: str) -> str:
    """The URL of a database with all tables."""
    engine = open_engine(sqlite_url)
    upgrade(engine)
    engine.dispose()
    return sqlite_url


def start_writer(url: str, seconds: float) -> threading.Thread:
    writer = threading.Thread(target=write_changes, args=(url, 0, time.monotonic() + seconds, 0.01))
    writer.start()
    return writer


def test_killed_follower_misses_nothing(tables: str, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    writer = start_writer(tables, 3)
    for _ in range(2):
        follower = start_follower(tables, file)
        size, deadline = file.stat().st_size, time.monotonic() + 20
        while file.stat().st_size == size and time.monotonic() < deadline:
            time.sleep(0.01)
        follower.kill()
        follower.wait()
    writer.join()
    finish_follower(tables, file)
    copy = read_copy(file)
    assert len(copy.articles) > 1
    assert (copy.find_faults(tables), copy.torn) == ([], 0)


def test_readers_never_see_half_an_article_or_a_lock(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    upgrade(engine)
    writer, seen, torn, errors = start_writer(sqlite_url, 2), [], [], []

    def read() -> None:
        own = open_engine(sqlite_url, reads_only=True)
        try:
            while writer.is_alive():
                with connect_for_reading(own) as connection:
                    for row in connection.execute(select(articles)):
                        seen.append(row.id)
                        if row.content_hash != content_hash(row.headline, row.article_body):
                            torn.append(row.id)
                time.sleep(0.01)
        except Exception as error:
            errors.append(error)
        finally:
            own.dispose()

    readers = [threading.Thread(target=read) for _ in range(8)]
    for thread in readers:
        thread.start()
    for thread in (*readers, writer):
        thread.join()
    engine.dispose()
    assert seen
    assert (torn, errors) == ([], [])
