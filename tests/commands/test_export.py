"""`scrapy export` writes files that other tools read, and leaves nothing half written."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow.parquet as pq
import pytest
from sqlalchemy import insert, select

from newscrawl.commands.export import parse_options
from newscrawl.exceptions import ExitCode, UsageError
from newscrawl.items import Article, Image
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.schema import articles
from newscrawl.storage.upgrade import upgrade
from newscrawl.storage.views import articles_current
from tests.support.crawling import environment, scrapy
from tests.support.paths import ROOT
from tests.support.store import NOW, Store

HOSTILE = 'Quotes "“\\ and\nlines\u2028 of 東京 \x1b\u202e =1+1'


@pytest.fixture
def database(database_url: str, make_article: Callable[..., Article]) -> str:
    """Return a database with three articles of two sites."""
    engine = open_engine(database_url)
    upgrade(engine)
    store = Store(engine)
    images = [Image("https://example.org/i.jpg", HOSTILE)]
    facts: dict[str, Any] = {"date_published": NOW, "date_published_day": NOW.date(), "is_truncated": True}
    facts |= {"headline": HOSTILE, "article_body": HOSTILE, "authors": [HOSTILE], "images": images}
    store.save(make_article("https://example.org/1", **facts))
    store.save(make_article("https://example.net/2", site="example.net", date_published_day=date(2026, 11, 20)))
    store.save(make_article("https://example.net/3", site="example.net"))
    store.close()
    engine.dispose()
    return database_url


def read_table(url: str) -> list[dict[str, Any]]:
    engine = open_engine(url)
    with connect_for_reading(engine) as connection:
        rows = connection.execute(select(articles_current).order_by(articles_current.c.id)).all()
    engine.dispose()
    return [{name: value for name, value in row._asdict().items() if name != "published_epoch"} for row in rows]


def make_json(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: f"{row[name]:%Y-%m-%dT%H:%M:%SZ}" for name in row if name in _TIMES and row[name]}
    day = row["date_published_day"]
    return row | times | {"date_published_day": day and day.isoformat()}


_TIMES = {"date_published", "date_modified", "date_downloaded"}


def test_every_format_equals_the_table(database: str, tmp_path: Path) -> None:
    table = read_table(database)
    paths = {form: tmp_path / f"a.{form}" for form in ("jsonl", "csv", "parquet")}
    for path in paths.values():
        done = scrapy("export", "-o", str(path), database_url=database)
        assert (done.code, done.log.strip()) == (0, f"Exported 3 articles to {path}."), done.log
    lines = paths["jsonl"].read_bytes().split(b"\n")[:-1]
    assert [json.loads(line) for line in lines] == [make_json(row) for row in table]
    with paths["csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["headline"], json.loads(row["authors"])) for row in rows] == [
        (row["headline"], row["authors"]) for row in table
    ]
    expected = [row | {"sources": row["sources"]} for row in table]
    name = str(paths["parquet"])
    by_reader = {
        "pyarrow": pq.read_table(name).to_pylist(),
        "polars": polars.read_parquet(name).to_dicts(),
        "duckdb": duckdb.sql(f"SELECT * FROM '{name}'").to_arrow_table().to_pylist(),
    }
    for rows in by_reader.values():
        assert [row | {"sources": json.loads(row["sources"])} for row in rows] == expected


def test_partitions_are_read_as_one_table(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    arguments = ["export", "--format", "parquet", "--partition", "day,site", "-o", str(folder)]
    assert scrapy(*arguments, database_url=database).code == 0
    assert {str(path.parent.relative_to(folder)) for path in folder.rglob("*.parquet")} == {
        "day=2026-11-22/site=example.org",
        "day=2026-11-20/site=example.net",
        "day=__HIVE_DEFAULT_PARTITION__/site=example.net",
    }
    query = f"SELECT id, site, day FROM read_parquet('{folder}/**/*.parquet', hive_partitioning=true) ORDER BY id"
    assert duckdb.sql(query).fetchall() == [
        (1, "example.org", date(2026, 11, 22)),
        (2, "example.net", date(2026, 11, 20)),
        (3, "example.net", None),
    ]
    again = scrapy(*arguments, database_url=database)
    assert (again.code, "exists already" in again.log) == (ExitCode.USAGE, True)


def test_articles_are_chosen_by_options(database: str) -> None:
    chosen = scrapy("export", "-o", "-", "--site", "example.net", "--until", "2026-11-21", database_url=database)
    assert [json.loads(line)["id"] for line in chosen.output.split("\n")[:-1]] == [2]
    nothing = scrapy("export", "-o", "-", "--since", "2027-01-01", database_url=database)
    assert (nothing.code, nothing.output) == (0, "")
    assert "No article matches; standard output has no rows." in nothing.log


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"output": None}, "name the file to write"),
        ({"format": "jsnl"}, "unknown format 'jsnl'; did you mean 'jsonl'?"),
        ({"since": "yesterday"}, "--since: invalid date 'yesterday': expected YYYY-MM-DD"),
        ({"since": "2026-11-22", "until": "2026-11-21"}, "--since 2026-11-22 is after --until 2026-11-21"),
        ({"partition": "month"}, "cannot partition by 'month'; known: day, site"),
        ({"output": "-", "partition": "day"}, "--partition writes folders"),
        ({"format": "jsonl", "raw_cells": True}, "--raw-cells is an option of CSV"),
    ],
)
def test_mistakes_are_explained(options: dict[str, Any], message: str) -> None:
    given = {"output": "a", "format": None, "since": None, "until": None, "partition": None, "site": []}
    given |= {"raw_cells": False}
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_options(Namespace(**(given | options)))


def test_a_missing_or_empty_database_is_named(sqlite_url: str) -> None:
    missing = scrapy("export", "-o", "a.jsonl", database_url=sqlite_url)
    assert (missing.code, "there is no database" in missing.log) == (ExitCode.STORAGE, True)
    open_engine(sqlite_url).dispose()
    empty = scrapy("export", "-o", "a.jsonl", database_url=sqlite_url)
    assert (empty.code, "the database is empty" in empty.log) == (ExitCode.STORAGE, True), empty.log
    assert not (ROOT / "a.jsonl").exists()


def fill(url: str, make_article: Callable[..., Article], count: int) -> None:
    """Store many long articles."""
    engine = open_engine(url)
    upgrade(engine)
    store = Store(engine)
    store.save(make_article(article_body="word " * 20_000))
    store.close()
    with engine.begin() as connection:
        row = connection.execute(select(articles)).one()._asdict()
        copies = [{"id": key, "url": f"https://example.org/{key}", "url_key": str(key)} for key in range(2, count)]
        connection.execute(insert(articles), [row | copy for copy in copies])
    engine.dispose()


def start(url: str, output: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "export", "-o", output, "--format", "jsonl"],
        cwd=ROOT,
        env=environment(url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_export_leaves_the_old_file(
    sqlite_url: str, tmp_path: Path, make_article: Callable[..., Article], number: signal.Signals
) -> None:
    fill(sqlite_url, make_article, 150)
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "a.jsonl"
    path.write_text("old")
    running = start(sqlite_url, str(path))
    deadline = time.monotonic() + 30
    while not (found := list(folder.glob(".a.jsonl.*.part"))) or not found[0].stat().st_size:
        assert time.monotonic() < deadline
        time.sleep(0.0005)
    running.send_signal(number)
    _, log = running.communicate(timeout=30)
    assert path.read_text() == "old"
    if number is signal.SIGKILL:
        assert running.returncode == -number
    else:
        assert (running.returncode, log.decode()) == (128 + number, "newscrawl: stopped; nothing was written\n")
        assert list(folder.iterdir()) == [path]


def test_a_reader_that_closes_the_pipe_ends_the_export_quietly(
    sqlite_url: str, make_article: Callable[..., Article]
) -> None:
    fill(sqlite_url, make_article, 20)
    running = start(sqlite_url, "-")
    assert running.stdout is not None
    assert running.stdout.read(10) == b'{"id":1,"u'
    running.stdout.close()
    assert running.stderr is not None
    assert (running.wait(timeout=30), running.stderr.read()) == (0, b"")
    running.stderr.close()


def test_query_chooses_the_articles(database: str, tmp_path: Path) -> None:
    def export(*arguments: str) -> list[str]:
        path = tmp_path / "found.jsonl"
        done = scrapy("export", "-o", str(path), *arguments, database_url=database)
        assert done.code == 0, done.log
        return [json.loads(line)["url"] for line in path.read_bytes().split(b"\n")[:-1]]

    assert export("site:example.net") == ["https://example.net/2", "https://example.net/3"]
    assert export("--until", "2026-11-20", "site:example.net") == ["https://example.net/2"]
    assert export("東京", "site:example.org") == ["https://example.org/1"]
    assert export("--site", "example.net", "site:example.org") == []
    invalid = scrapy("export", "-o", str(tmp_path / "x.jsonl"), "from:yesterday", database_url=database)
    assert (invalid.code, (tmp_path / "x.jsonl").exists()) == (ExitCode.USAGE, False)
