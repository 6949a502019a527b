"""Renaming a site moves its pages, articles and history, by command or because its site file was renamed or added."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from newscrawl.items import Article
from newscrawl.sites.registry import Registry
from newscrawl.storage.operations.claims import ClaimPages
from newscrawl.storage.operations.sites import AdoptPages, MovedSite, move_site
from newscrawl.storage.records import DiscoveredPage
from newscrawl.storage.schema import articles, crawls, pages, site_checks, site_crawls
from newscrawl.urls.normalize import normalize
from tests.support.store import Store

Make = Callable[..., Article]
A, B = "https://www.example.org/a", "https://www.example.org/b"


def claim(store: Store, url: str, site: str) -> None:
    store.do(ClaimPages([DiscoveredPage(url, normalize(url), site, "article")], store.crawl_id, store.now))


def get_names(store: Store, table: Any) -> list[str]:
    return sorted(row.site for row in store.rows(table))


def move(store: Store, old: str, new: str) -> MovedSite:
    with store.engine.begin() as connection:
        return move_site(connection, old, new)


def add_history(store: Store, site: str, **counts: int) -> None:
    """Add counts of the crawl and a check of *site*."""
    row = {"crawl_id": store.crawl_id, "site": site, "outcome": "stored", "reason": "new", "kind": "article"}
    with store.engine.begin() as connection:
        connection.execute(insert(site_crawls), [row | {"pages": counts["pages"], "fetched": counts["fetched"]}])
        check = {"site": site, "crawl_id": store.crawl_id, "warnings": [site]}
        connection.execute(insert(site_checks), check | {"checked_at": store.now + timedelta(days=counts["pages"])})
        warned = {"warnings": {site: ["few"], "other.net": ["none"]}}
        connection.execute(update(crawls).where(crawls.c.id == store.crawl_id).values(warned))


def test_everything_stored_is_moved_to_the_new_name(store: Store, make_article: Make) -> None:
    store.save(make_article(A, site="example.org"))
    claim(store, "https://other.net/a", "other.net")
    add_history(store, "example.org", pages=3, fetched=2)
    moved = move(store, "example.org", "paper")
    assert (moved.pages, moved.articles) == (1, 1)
    assert (get_names(store, pages), get_names(store, articles)) == (["other.net", "paper"], ["paper"])
    assert get_names(store, site_checks) == get_names(store, site_crawls) == ["paper"]
    assert [row.warnings for row in store.rows(crawls) if row.warnings] == [{"paper": ["few"], "other.net": ["none"]}]


def test_history_of_both_names_is_joined(store: Store) -> None:
    store.claim(A)
    add_history(store, "example.org", pages=3, fetched=2)
    add_history(store, "paper", pages=4, fetched=1)
    move(store, "example.org", "paper")
    [counts], [check] = store.rows(site_crawls), store.rows(site_checks)
    assert (counts.site, counts.pages, counts.fetched) == ("paper", 7, 3)
    assert (check.site, check.warnings) == ("paper", ["paper"])


def test_a_name_without_rows_moves_nothing(store: Store) -> None:
    store.claim(A)
    moved = move(store, "nobody", "paper")
    assert (moved.pages, moved.articles, get_names(store, pages)) == (0, 0, ["example.org"])


def adopt(store: Store, folder: Path, **files: str) -> list[tuple[str, str]]:
    """Adopt pages for site files with these front pages; return the renames."""
    for name, url in files.items():
        (folder / f"{name}.toml").write_text(f'url = "{url}"\n', encoding="utf-8")
    registry = Registry(folder)
    sites = [registry.named(name) for name in files]
    return [(one.old, one.new) for one in store.do(AdoptPages(registry.owned_domains(sites), registry.names))]


@pytest.mark.parametrize("old", ["example.org", "former-name", "zzz", "a"])
def test_pages_without_a_site_file_go_to_the_file_of_their_domain(store: Store, tmp_path: Path, old: str) -> None:
    store.claim(A)
    claim(store, "https://other.net/a", "other.net")
    move(store, "example.org", old)
    assert adopt(store, tmp_path, paper="https://example.org/") == [(old, "paper")]
    assert get_names(store, pages) == ["other.net", "paper"]
    assert adopt(store, tmp_path, paper="https://example.org/") == []


@pytest.mark.parametrize(
    "files",
    [
        {"paper": "https://example.net/"},
        {"paper": "https://example.org.evil.net/"},
        {"paper": "https://example.org/", "example.org": "https://example.org/"},
        {},
    ],
)
def test_pages_of_other_domains_or_with_a_file_of_their_own_stay(
    store: Store, tmp_path: Path, files: dict[str, str]
) -> None:
    store.claim(A)
    store.claim(B)
    assert adopt(store, tmp_path, **files) == []
    assert get_names(store, pages) == ["example.org", "example.org"]


def test_of_two_files_for_a_domain_the_first_gets_the_pages(store: Store, tmp_path: Path) -> None:
    store.claim(A)
    assert adopt(store, tmp_path, b="https://example.org/", a="https://m.example.org/") == [("example.org", "a")]
    with store.engine.connect() as connection:
        assert set(connection.execute(select(pages.c.site)).scalars()) == {"a"}
