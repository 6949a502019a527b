"""`scrapy site rename`, and what a crawl moves after a site file was added."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.exceptions import ExitCode
from newscrawl.storage.lock import take_lock, this_process
from tests.support.crawling import article_page, crawl, front_page, query, scrapy, tiny_site

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
        (["rename", "paper"], "expected `scrapy site rename OLD NEW`"),
        (["move", "paper", "gazette"], "expected `scrapy site rename OLD NEW`"),
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
