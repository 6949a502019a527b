"""`scrapy changes` prints the change feed, and remembers how far each consumer is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from newscrawl.exceptions import ExitCode
from newscrawl.items import Article
from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import upgrade
from tests.support.crawling import Crawl, StubResponse, environment, query, scrapy
from tests.support.paths import ROOT
from tests.support.receiver import receiver
from tests.support.store import Store

MakeArticle = Callable[..., Article]
HEADLINE = "Rain\u2028in <b>Ulm</b> \u202e"


@pytest.fixture
def filled(database_url: str, make_article: MakeArticle) -> str:
    """The URL of a database with three changes, on each engine in turn."""
    return fill(database_url, make_article)


@pytest.fixture
def filled_sqlite(sqlite_url: str, make_article: MakeArticle) -> str:
    return fill(sqlite_url, make_article)


def fill(database_url: str, make_article: MakeArticle) -> str:
    engine = open_engine(database_url)
    upgrade(engine)
    store = Store(engine)
    for number in range(3):
        store.save(make_article(f"https://example.org/{number}", headline=HEADLINE, authors=["Ann"]))
    store.close()
    engine.dispose()
    return database_url


def parse(done: Crawl) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.output.splitlines()]


def ids(done: Crawl) -> list[int]:
    return [change["change_id"] for change in parse(done)]


def test_changes_are_lines_of_json(filled: str) -> None:
    done = scrapy("changes", database_url=filled)
    assert done.code == ExitCode.OK
    assert "\u202e" not in done.output
    first, *_ = parse(done)
    assert (first["change_id"], first["kind"], first["headline"]) == (1, "inserted", HEADLINE)
    assert first["changed_at"] == "2026-11-22T12:00:00+00:00"
    assert ids(done) == [1, 2, 3]
    assert ids(scrapy("changes", "--since", "1", "--limit", "1", database_url=filled)) == [2]
    [whole] = parse(scrapy("changes", "--since", "2", "--full", "--site", "example.org", database_url=filled))
    assert (whole["article"]["authors"], whole["article"]["images"]) == (["Ann"], [])
    assert whole["article"]["article_body"].startswith("What happened")


def test_cursor_goes_on_where_it_stopped(filled: str) -> None:
    assert ids(scrapy("changes", "--cursor", "mirror", "--limit", "2", database_url=filled)) == [1, 2]
    behind = scrapy("changes", "--cursors", database_url=filled).output
    assert behind.startswith("mirror  at change 2, 1 changes behind since 2026-11-22 12:00:00 UTC, moved ")
    assert ids(scrapy("changes", "--cursor", "mirror", database_url=filled)) == [3]
    assert ids(scrapy("changes", "--cursor", "mirror", database_url=filled)) == []
    [state] = json.loads(scrapy("changes", "--cursors", "--json", database_url=filled).output)
    assert (state["name"], state["change_id"], state["pending"]) == ("mirror", 3, 0)
    done = scrapy("changes", "--reset", "mirror", "--since", "1", database_url=filled)
    assert done.output == "The cursor mirror is now at change 1.\n"
    assert ids(scrapy("changes", "--cursor", "mirror", database_url=filled)) == [2, 3]
    assert scrapy("changes", "--delete", "mirror", database_url=filled).output == "Deleted the cursor mirror.\n"
    assert query(filled, "SELECT * FROM change_cursors") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["example.org"], "unexpected argument 'example.org'"),
        (["--since", "x"], "invalid --since 'x': expected a change_id, or `newest`"),
        (["--since", "4"], "there is no change 4 yet, the last one is 3"),
        (["--cursor", "a b"], "invalid cursor name 'a b'"),
        (["--cursor", "old", "--since", "1"], "the cursor 'old' exists and is at change 9: leave out --since"),
        (["--cursor", "old"], "is at change 9, but the last change is 3: the database was replaced by an older one"),
        (["--reset", "old"], "say where to: scrapy changes --reset old --since N"),
        (["--reset", "odl", "--since", "1"], "there is no cursor 'odl'; did you mean 'old'?"),
        (["--delete", "odl"], "there is no cursor 'odl'; did you mean 'old'?"),
        (["--cursors", "--delete", "old"], "--cursors, --reset and --delete exclude each other"),
        (["--post", "https://example.org/"], "--post needs --cursor NAME"),
        (["--secret-env", "HOOK_SECRET"], "--secret-env is only for --post"),
        (["--post", "ftp://example.org/", "--cursor", "new"], "invalid --post: expected a URL such as https://"),
        (
            ["--post", "https://example.org/", "--cursor", "new", "--secret-env", "NONE"],
            "environment variable, but NONE is not set",
        ),
        (["--limit", "0"], "invalid --limit 0"),
        (["--interval", "nan"], "invalid --interval nan"),
        (["--site", "example.com"], "no page of site 'example.com' is in the database; did you mean 'example.org'?"),
    ],
)
def test_wrong_options_are_rejected(filled_sqlite: str, arguments: list[str], message: str) -> None:
    engine = open_engine(filled_sqlite)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO change_cursors VALUES ('old', 9, '2026-11-22 12:00:00', '2026-11-22 12:00:00')"
        )
    engine.dispose()
    done = scrapy("changes", *arguments, database_url=filled_sqlite)
    assert done.code == ExitCode.USAGE
    assert message in done.log


@contextmanager
def following(database_url: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "scrapy", "changes", "--follow", "--interval", "0.1", *arguments]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, env=environment(database_url), bufsize=0, **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    change: dict[str, Any] = json.loads(process.stdout.readline())
    return change


def test_follower_delivers_new_changes_until_it_is_stopped(filled: str, make_article: MakeArticle) -> None:
    with following(filled, "--cursor", "mirror", "--since", "newest") as process:
        store = Store.open(filled)
        while not query(filled, "SELECT 1 FROM change_cursors"):
            time.sleep(0.05)
        store.save(make_article("https://example.org/new"))
        store.close()
        store.engine.dispose()
        assert read_line(process)["url"] == "https://example.org/new"
        second = scrapy("changes", "--cursor", "mirror", database_url=filled)
        assert second.code == ExitCode.LOCKED
        assert "another run is reading the change feed with cursor mirror: process" in second.log
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert process.returncode == ExitCode.OK
    assert "received SIGTERM, stopped after change 4; run it again with --cursor mirror" in log.decode()
    assert query(filled, "SELECT name, change_id FROM change_cursors") == [("mirror", 4)]


def test_follower_without_a_cursor_says_where_to_go_on(filled_sqlite: str) -> None:
    with following(filled_sqlite) as process:
        assert [read_line(process)["change_id"] for _ in range(3)] == [1, 2, 3]
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=20)
    assert process.returncode == ExitCode.OK
    assert "received SIGINT, stopped after change 3; go on with --since 3" in log.decode()


def test_nothing_is_remembered_that_was_written_into_a_broken_pipe(filled_sqlite: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "scrapy", "changes", "--cursor", "mirror"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(filled_sqlite),
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.FAILURE, b"")
    assert query(filled_sqlite, "SELECT name, change_id FROM change_cursors") == [("mirror", 0)]


def test_changes_are_posted_once_and_in_order(filled: str) -> None:
    secret = "hunter2-hunter2-hunter2-"
    with receiver(StubResponse(status=204), StubResponse(b"no", 422)) as found:
        arguments = ("changes", "--cursor", "hook", "--post", found.url, "--secret-env", "HOOK_SECRET")
        done = scrapy(*arguments, "--limit", "2", database_url=filled, HOOK_SECRET=secret)
        assert (done.code, done.output, done.log) == (ExitCode.OK, "", "")
        rejected = scrapy(*arguments, database_url=filled, HOOK_SECRET=secret)
        assert rejected.code == ExitCode.FAILURE
        assert "returned 422 ('no') to changes 3 to 3; the cursor hook stays before them" in rejected.log
        assert secret not in rejected.log
        assert query(filled, "SELECT name, change_id FROM change_cursors") == [("hook", 2)]
        assert scrapy(*arguments, database_url=filled, HOOK_SECRET=secret).code == ExitCode.OK
    assert found.change_ids() == [[1, 2], [3], [3]]
    assert all(headers["webhook-signature"].startswith("v1,") for headers in found.headers)
