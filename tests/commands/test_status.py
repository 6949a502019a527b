"""`scrapy status` from the outside."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from newscrawl.items import Outcome
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.crawls import RecordResult
from newscrawl.storage.schema import pages
from newscrawl.storage.upgrade import upgrade
from tests.support.crawling import Crawl, scrapy
from tests.support.store import Store

NOW = datetime.now(UTC)
SITES = 300


def status(url: str, *options: str, folder: Path | None = None) -> Crawl:
    return scrapy("status", *options, database_url=url, NEWSCRAWL_SITES_DIR=folder or "/nowhere", COLUMNS="100")


def fill(url: str, warnings: dict[str, list[str]]) -> Store:
    """Store a crawl that has just read a front page and failed on a feed, with its result."""
    engine = open_engine(url)
    upgrade(engine)
    store = Store(engine)
    store.now = NOW
    store.start_crawl()
    [front] = store.claim("https://example.org/", kind="section")
    store.finish_listing(front, "https://example.org/a")
    [feed] = store.claim("https://example.org/feed", kind="feed")
    store.finish(feed, Outcome.NOT_ARTICLE, "not_feed", detail="text/html")
    store.end_crawl()
    store.do(RecordResult(store.crawl_id, 4 if any(warnings.values()) else 0, warnings, warnings, NOW))
    return store


def as_json(url: str, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(status(url, "--json", *options).output)
    return found


def test_it_works_before_the_first_crawl_and_creates_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "example.org.toml").write_text('url = "https://example.org/"\n', encoding="utf-8")
    missing = status(f"sqlite:///{tmp_path}/none.db", folder=folder)
    (tmp_path / "empty.db").touch()
    empty = status(f"sqlite:///{tmp_path}/empty.db")
    tables = f"sqlite:///{tmp_path}/tables.db"
    engine = open_engine(tables)
    upgrade(engine)
    engine.dispose()
    never = status(tables, folder=folder)
    assert [done.code for done in (missing, empty, never)] == [0, 0, 0]
    assert "never crawled" in missing.output
    assert "never crawled" in never.output
    assert f"No crawl has used sqlite:///{tmp_path}/empty.db yet" in empty.output
    assert not (tmp_path / "none.db").exists()


def test_a_degraded_site_is_explained_and_gives_code_4(sqlite_url: str) -> None:
    fill(sqlite_url, {"example.org": ["no new article for 3 days"]}).close()
    done = status(sqlite_url)
    assert done.code == 4
    assert "example.org: degraded since" in done.output
    assert "no new article for 3 days" in done.output
    assert max(map(len, done.output.partition("example.org: ")[0].splitlines())) <= 100
    named = status(sqlite_url, "https://www.example.org/")
    assert "the feed https://example.org/feed answers with an HTML page, not with a feed, failing since" in named.output
    [site] = as_json(sqlite_url, "example.org")["sites"]
    assert (site["state"], site["warnings"], site["pending"]) == ("degraded", ["no new article for 3 days"], 1)
    assert [one["reason"] for one in site["listings"]] == ["section", "not_feed"]
    assert status(sqlite_url, "exmaple.org").code == 2


def test_a_fine_site_gives_code_0_and_a_killed_run_code_4(sqlite_url: str) -> None:
    store = fill(sqlite_url, {"example.org": []})
    assert status(sqlite_url).code == 0
    store.now = NOW - timedelta(hours=1)
    store.start_crawl()
    found = as_json(sqlite_url)
    assert (found["last_run"]["finish_reason"], found["exit_code"]) == ("killed", 4)
    store.now = datetime.now(UTC)
    running = store.start_crawl()
    found = as_json(sqlite_url)
    assert (found["last_run"]["crawl_id"], found["last_run"]["finish_reason"]) == (running, "running")
    assert found["exit_code"] == 0
    store.close()


def test_hundreds_of_sites_have_a_row_each(sqlite_url: str) -> None:
    store = fill(sqlite_url, {})
    rows = [
        {"url": f"https://s{n}.org/", "url_key": f"https://s{n}.org/", "site": f"s{n}.org", "kind": "section"}
        for n in range(SITES)
    ]
    with store.engine.begin() as connection:
        connection.execute(insert(pages), [row | {"discovered_at": NOW} for row in rows])
    store.close()
    assert len(as_json(sqlite_url)["sites"]) == SITES + 1
    assert status(sqlite_url).output.count(".org") == SITES + 1


def test_a_run_that_did_not_start_is_recorded_and_shown(sqlite_url: str) -> None:
    fill(sqlite_url, {"example.org": []}).close()
    assert scrapy("crawl", "news", "-a", "site=nowhere", database_url=sqlite_url).code == 2
    done = status(sqlite_url)
    assert done.code == 4
    assert "failed with exit code 2 (bad_configuration)" in done.output
