"""An upgrade that was killed is completed by the next one, with the same result as an uninterrupted one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text, update

from newscrawl.exceptions import StorageError
from newscrawl.items import Article
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.stories import INDEX_BATCH
from newscrawl.storage.schema import url_key_rules
from newscrawl.storage.upgrade import require_current, upgrade
from tests.support.crawling import environment, query
from tests.support.database_diff import differences, read_content
from tests.support.databases import POSTGRESQL_URL, Databases, PostgresqlDatabases, SqliteDatabases, database
from tests.support.invariants import faults
from tests.support.paths import ROOT
from tests.support.store import Store

ARTICLES = 3 * INDEX_BATCH
KILLS = 5
DOWNGRADE = (
    "UPDATE articles SET shingles_version = 0",
    "UPDATE article_shingles SET shingle_hash = shingle_hash + 1",
    "UPDATE articles SET url_key = 'https://old/' || page_id",
    "UPDATE pages SET url_key = 'https://old/' || id",
)
"""Turns a database into one of an older version: outdated shingle hashes, and a separate key for every URL."""


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    if request.param == "sqlite":
        return SqliteDatabases(tmp_path)
    request.getfixturevalue("postgresql")
    return PostgresqlDatabases(POSTGRESQL_URL)


@pytest.fixture
def old_url(databases: Databases, make_article: Callable[..., Article]) -> Iterator[str]:
    """Yield a database of an older version with pairs of copies, and pages that now share a URL key."""
    with database(databases) as url:
        engine = open_engine(url)
        upgrade(engine)
        store = Store(engine)
        store.save_all([_article(make_article, number) for number in range(ARTICLES)])
        store.close()
        with engine.begin() as connection:
            for number in (0, 2):
                urls = {"new": f"https://a.example/news-1?utm_source={number}", "old": f"https://a.example/{number}"}
                for table in ("pages", "articles"):
                    connection.execute(text(f"UPDATE {table} SET url = :new WHERE url = :old"), urls)
            for statement in DOWNGRADE:
                connection.execute(text(statement))
            connection.execute(update(url_key_rules).where(url_key_rules.c.site == "*").values(made_by="1"))
        engine.dispose()
        yield url


def _article(make_article: Callable[..., Article], number: int) -> Article:
    site = "ab"[number % 2]
    body = " ".join(f"w{number // 2}x{one}" for one in range(300))
    return make_article(
        f"https://{site}.example/{number}", headline=f"News {number}", article_body=body, site=f"{site}.example"
    )


def start_upgrade(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "db", "upgrade"],
        cwd=ROOT,
        env=environment(url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_killed_upgrade_ends_with_the_same_database_as_an_uninterrupted_one(databases: Databases, old_url: str) -> None:
    with database(databases, like=old_url) as url:
        started = time.monotonic()
        assert start_upgrade(url).wait(60) == 0
        seconds = time.monotonic() - started
        expected, expected_faults = read_content(url), list(faults(url))
        assert expected.count("article_merges") == 1
        assert query(url, "SELECT count(DISTINCT story_id) FROM articles") == [(ARTICLES // 2,)]
    random, killed = Random(1), 0
    with database(databases, like=old_url) as url:
        for _ in range(KILLS):
            process = start_upgrade(url)
            time.sleep(random.uniform(0.4, 1.0) * seconds)
            os.kill(process.pid, signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
        assert start_upgrade(url).wait(60) == 0
        assert killed
        assert list(differences(expected, read_content(url))) == []
        assert list(faults(url)) == expected_faults, "only those explained by the merged articles"


def test_crawl_does_not_start_after_an_aborted_upgrade(old_url: str) -> None:
    engine = open_engine(old_url)
    upgrade(engine)
    with engine.begin() as connection:
        # Hashing the texts is the last step: an upgrade that is killed then has finished all others.
        connection.execute(text("DELETE FROM article_shingles"))
        connection.execute(text("UPDATE articles SET shingles_version = NULL"))
    with pytest.raises(StorageError, match=f"near-duplicates of {ARTICLES - 1} articles .* `scrapy db upgrade`"):
        require_current(engine)
    upgrade(engine)
    require_current(engine)
    engine.dispose()
