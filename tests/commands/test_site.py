"""`scrapy site rename`, and what a crawl moves after a site file was added."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.exceptions import ExitCode
from newscrawl.storage.lock import take_lock, this_process
from tests.support.crawling import article_page, crawl, execute, front_page, query, scrapy, tiny_site

ARTICLE = "/2026/11/20/report-on-one-of-the-town"
NAMES = "SELECT DISTINCT site FROM pages UNION SELECT site FROM articles UNION SELECT site FROM site_crawls"


def test_a_site_is_renamed_by_command_and_by_adding_a_file(tmp_path: Path, database_url: str) -> None:
    settings = {"NEWSCRAWL_SITES_DIR": tmp_path}
    with tiny_site({"/": front_page(ARTICLE), ARTICLE: article_page("one")}) as site:
        crawl("news", database_url=database_url, url=f"{site.url}/", settings=settings)
        domain = site.url.removeprefix("http://")
        (tmp_path / "paper.toml").write_text(f'url = "{site.url}/"\n', encoding="utf-8")
        added = crawl("news", database_url=database_url, site="paper", settings=settings)
        assert f"site {domain} is now paper, after its site file: moved" in added.log
        assert query(database_url, NAMES) == [("paper",)]
        assert site.paths().count(ARTICLE) == 1
    done = scrapy("site", "rename", "paper", "gazette", database_url=database_url, **settings)
    assert (done.code, "paper is now gazette: moved" in done.output) == (0, True), done.log
    assert query(database_url, NAMES) == [("gazette",)]
    assert [file.name for file in tmp_path.glob("*.toml")] == ["gazette.toml"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rename", "paper"], "expected `scrapy site rename OLD NEW` or `scrapy site remove NAME`"),
        (["move", "paper", "gazette"], "expected `scrapy site rename OLD NEW` or `scrapy site remove NAME`"),
        (["rename", "nobody", "gazette"], "no page and no site file is named 'nobody'"),
        (["rename", "paper", "The Gazette"], "no name for a site"),
        (["rename", "paper", "../gazette"], "no name for a site"),
        (["rename", "paper", "paper"], "is the name already"),
        (["rename", "paper", "other"], "has files of both sites"),
    ],
)
def test_impossible_names_are_refused(tmp_path: Path, sqlite_url: str, arguments: list[str], words: str) -> None:
    for name in ("paper", "other"):
        (tmp_path / f"{name}.toml").write_text(f'url = "https://{name}.org/"\n', encoding="utf-8")
    scrapy("db", "upgrade", database_url=sqlite_url, NEWSCRAWL_SITES_DIR=tmp_path)
    done = scrapy("site", *arguments, database_url=sqlite_url, NEWSCRAWL_SITES_DIR=tmp_path)
    assert (done.code, words in done.log, done.log.count("\n")) == (2, True, 1), done.log
    assert sorted(file.name for file in tmp_path.glob("*.toml")) == ["other.toml", "paper.toml"]


def test_a_site_is_not_renamed_while_it_is_crawled(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "paper.toml").write_text('url = "https://paper.org/"\n', encoding="utf-8")
    scrapy("db", "upgrade", database_url=sqlite_url, NEWSCRAWL_SITES_DIR=tmp_path)
    lock = take_lock(sqlite_url, ["paper"], this_process("scrapy crawl news"))
    done = scrapy("site", "rename", "paper", "gazette", database_url=sqlite_url, NEWSCRAWL_SITES_DIR=tmp_path)
    lock.release()
    assert (done.code, "another run is crawling paper" in done.log) == (ExitCode.LOCKED, True)
    assert (tmp_path / "paper.toml").exists()


def test_a_site_is_removed_after_a_dry_run(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "paper.toml").write_text('url = "https://paper.org/"\n', encoding="utf-8")
    scrapy("db", "upgrade", database_url=database_url, NEWSCRAWL_SITES_DIR=tmp_path)
    columns = "INSERT INTO pages (url, url_key, site, kind, discovered_at) VALUES "
    rows = [f"('https://paper.org/{n}', 'https://paper.org/{n}', 'paper', 'article', '2026-11-01')" for n in range(3)]
    execute(database_url, columns + ", ".join(rows))
    settings = {"database_url": database_url, "NEWSCRAWL_SITES_DIR": tmp_path}
    dry = scrapy("site", "remove", "paper", "--dry-run", **settings)  # type: ignore[arg-type]
    assert (dry.code, "would remove paper: 0 articles and 3 pages" in dry.output) == (0, True), dry.log
    unasked = scrapy("site", "remove", "paper", **settings)  # type: ignore[arg-type]
    assert (unasked.code, "pass --yes" in unasked.log) == (ExitCode.USAGE, True), unasked.log
    lock = take_lock(database_url, ["paper"], this_process("scrapy crawl news"))
    locked = scrapy("site", "remove", "paper", "--yes", **settings)  # type: ignore[arg-type]
    lock.release()
    assert (locked.code, "another run is crawling paper" in locked.log) == (ExitCode.LOCKED, True)
    assert query(database_url, "SELECT count(*) FROM pages") == [(3,)]
    done = scrapy("site", "remove", "paper", "--yes", **settings)  # type: ignore[arg-type]
    assert (done.code, "removed paper: 0 articles and 3 pages" in done.output) == (0, True), done.log
    assert "paper.toml still names it" in done.output
    assert query(database_url, "SELECT count(*) FROM pages") == [(0,)]
    again = scrapy("site", "remove", "paper", "--yes", **settings)  # type: ignore[arg-type]
    assert (again.code, "nothing is stored of site 'paper'" in again.log) == (ExitCode.USAGE, True)
