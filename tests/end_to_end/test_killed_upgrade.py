"""An upgrade that is killed at any moment is taken up by the next one, and ends as if nothing had happened."""

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
from newscrawl.storage import upgrade as storage_upgrade
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.stories import SIGNED_AT_ONCE
from newscrawl.storage.schema import url_key_rules
from newscrawl.storage.upgrade import require_current, upgrade
from tests.conftest import POSTGRESQL_URL
from tests.support.crawling import ROOT, environment, query
from tests.support.database_diff import differences, read_content
from tests.support.databases import Databases, PostgresqlDatabases, SqliteDatabases, database
from tests.support.invariants import faults
from tests.support.store import Store

ARTICLES = 3 * SIGNED_AT_ONCE
KILLS = 5
OLD = (
    "UPDATE articles SET shingles_version = 0",
    "UPDATE article_shingles SET shingle_hash = shingle_hash + 1",
    "UPDATE articles SET url_key = 'https://old/' || page_id",
    "UPDATE pages SET url_key = 'https://old/' || id",
)
"""What makes a database one of an older version: its bands mean nothing, its normalizer took every URL for a page."""


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    if request.param == "sqlite":
        return SqliteDatabases(tmp_path)
    request.getfixturevalue("postgresql")
    return PostgresqlDatabases(POSTGRESQL_URL)


@pytest.fixture
def old(databases: Databases, make_article: Callable[..., Article]) -> Iterator[str]:
    """A database of an older version: copies in pairs, and pages that are one by now."""
    with database(databases) as url:
        engine = open_engine(url)
        upgrade(engine)
        store = Store(engine)
        store.save_all([_article(make_article, number) for number in range(ARTICLES)])
        store.close()
        with engine.begin() as connection:
            for number in (0, 2):
                spelled = {"new": f"https://a.example/news-1?utm_source={number}", "old": f"https://a.example/{number}"}
                for table in ("pages", "articles"):
                    connection.execute(text(f"UPDATE {table} SET url = :new WHERE url = :old"), spelled)
            for statement in OLD:
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


def start(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "db", "upgrade"],
        cwd=ROOT,
        env=environment(url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_killed_upgrade_ends_as_if_it_had_not_been(databases: Databases, old: str) -> None:
    with database(databases, like=old) as url:
        began = time.monotonic()
        assert start(url).wait(60) == 0
        seconds = time.monotonic() - began
        expected, odd = read_content(url), list(faults(url))
        assert expected.count("article_merges") == 1
        assert query(url, "SELECT count(DISTINCT story_id) FROM articles") == [(ARTICLES // 2,)]
    random, killed = Random(1), 0
    with database(databases, like=old) as url:
        for _ in range(KILLS):
            process = start(url)
            time.sleep(random.uniform(0.4, 1.0) * seconds)
            os.kill(process.pid, signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
        assert start(url).wait(60) == 0
        assert killed
        assert list(differences(expected, read_content(url))) == []
        assert list(faults(url)) == odd, "only what two articles that became one explain"


def test_a_crawl_does_not_begin_on_an_upgrade_that_was_broken_off(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(old)
    with monkeypatch.context() as context:
        context.setattr(storage_upgrade, "sign_all", lambda engine: 0)
        upgrade(engine)
    with pytest.raises(StorageError, match=f"copies of {ARTICLES - 1} articles .* `scrapy db upgrade`"):
        require_current(engine)
    upgrade(engine)
    require_current(engine)
    engine.dispose()
