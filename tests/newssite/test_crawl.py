"""`make crawl` keeps the bundled site apart from real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import upgrade
from tests.newssite.crawl import DATABASE_URL, choose_database
from tests.support.crawling import execute


def add_page(url: str, site: str) -> None:
    execute(
        url,
        "INSERT INTO pages (url, url_key, site, kind, discovered_at) "
        f"VALUES ('{site}', '{site}', '{site}', 'article', '2026-11-22 12:00:00.000000')",
    )


def create(url: str, *sites: str) -> str:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    for site in sites:
        add_page(url, site)
    return url


def test_without_a_named_database_it_has_its_own() -> None:
    assert choose_database(None) == choose_database("") == DATABASE_URL == "sqlite:///demo.db"


@pytest.mark.parametrize("sites", [[], ["127.0.0.1:8471", "localhost:8472"], ["127.0.0.1:9001"]])
def test_a_named_database_without_real_sites_is_used(sqlite_url: str, sites: list[str]) -> None:
    assert choose_database(create(sqlite_url, *sites)) == sqlite_url


def test_a_named_database_that_is_missing_or_has_no_tables_is_used(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for name in ("none.db", "empty.db"):
        assert choose_database(f"sqlite:///{tmp_path}/{name}") == f"sqlite:///{tmp_path}/{name}"
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("sites", [["example.org"], ["127.0.0.1:8471", "example.org", "localhost:8472"]])
def test_a_database_with_real_sites_is_left_alone(
    sqlite_url: str, sites: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert choose_database(create(sqlite_url, *sites)) == DATABASE_URL
    assert "real sites (example.org, …)" in capsys.readouterr().out
