"""Whatever moment a crawl is killed at, the next one ends with what an undisturbed one brings. And this can fail."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import text

from newscrawl.storage.engine import open_engine
from tests.conftest import POSTGRESQL_URL
from tests.newssite.server import RunningSite, serve
from tests.support.crash_harness import Aim, Killed, Scene, kill_and_finish, scatter, undisturbed
from tests.support.crawling import make_due, query
from tests.support.database_diff import Content, differences, read_content
from tests.support.databases import PostgresqlDatabases, SqliteDatabases, database
from tests.support.invariants import equation, faults

Scenes = dict[int, tuple[Scene, str]]


@pytest.fixture(scope="module")
def site() -> Iterator[RunningSite]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def scenes(site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenes]:
    """What an undisturbed crawl brings of each edition, the second one over a finished first; and a database of it."""
    folder = tmp_path_factory.mktemp("crash")
    databases = SqliteDatabases(folder)
    with undisturbed(site, databases, folder) as (first, first_url), database(databases, like=first_url) as due_url:
        make_due(due_url)
        site.edition = 2
        with undisturbed(site, databases, folder, start=due_url) as (second, second_url):
            yield {1: (first, first_url), 2: (second, second_url)}


def killed_crawl(scene: Scene, edition: int, aims: list[Aim]) -> Killed:
    scene.site.edition = edition
    return kill_and_finish(scene, aims)


@pytest.mark.parametrize(("edition", "seed", "kills"), [(1, 1, 4), (1, 2, 4), (1, 3, 4), (2, 4, 4)])
def test_a_crawl_that_was_killed_ends_as_if_it_had_not_been(
    scenes: Scenes, edition: int, seed: int, kills: int
) -> None:
    killed = killed_crawl(scenes[edition][0], edition, scatter(Random(seed), scenes[edition][0], kills=kills))
    assert killed.kills
    assert killed.is_fine, (killed.wrong, killed.faults)


def test_a_crawl_on_postgresql_that_was_killed_ends_as_if_it_had_not_been(scenes: Scenes, postgresql: None) -> None:
    scene = scenes[1][0].on(PostgresqlDatabases(POSTGRESQL_URL))
    aims = [Aim(0.9), Aim(0.02, requests=3), Aim(0.0, share=0.3, whole_group=False), Aim(0.1, share=0.6)]
    killed = killed_crawl(scene, 1, aims)
    assert killed.kills
    assert killed.is_fine, (killed.wrong, killed.faults)


SABOTAGE = {
    "an article is lost": (
        "DELETE FROM articles WHERE id = 7",
        "lost: articles",
    ),
    "an article's keywords are lost": (
        "DELETE FROM article_keywords WHERE article_id = 7",
        "lost: article_keywords",
    ),
    "a change is told twice": (
        "INSERT INTO article_changes (article_id, kind, revision, changed_at) "
        "SELECT article_id, kind, revision, changed_at FROM article_changes WHERE article_id = 7",
        "duplicated: article_changes",
    ),
    "a page is there twice": (
        "INSERT INTO pages (url, url_key, site, kind, discovered_at, outcome, reason) "
        "SELECT url, url_key || '?', site, kind, discovered_at, outcome, reason FROM pages "
        "WHERE kind = 'article' LIMIT 1",
        "duplicated: pages",
    ),
    "a body is cut": (
        "UPDATE articles SET article_body = substr(article_body, 1, 50) WHERE id = 7",
        "different: articles",
    ),
    "an author is another": (
        "UPDATE article_authors SET name = 'Nobody' WHERE article_id = (SELECT min(article_id) FROM article_authors)",
        "different: article_authors",
    ),
    "a page has another outcome": (
        "UPDATE pages SET outcome = 'error' WHERE article_id = 7",
        "different: pages",
    ),
    "a page points to another article": (
        "UPDATE pages SET article_id = 8 WHERE article_id = 7",
        "different: pages",
    ),
    "a revision is lost": (
        "DELETE FROM article_revisions WHERE article_id = (SELECT min(article_id) FROM article_revisions)",
        "lost: article_revisions",
    ),
    "a signature's band is lost": (
        "DELETE FROM article_shingles WHERE shingle_hash = (SELECT max(shingle_hash) FROM article_shingles)",
        "lost: article_shingles",
    ),
    "a withdrawal is lost": (
        "UPDATE articles SET withdrawn_at = NULL",
        "different: articles",
    ),
}


@pytest.mark.parametrize("sabotage", SABOTAGE)
def test_the_comparison_sees_when(scenes: Scenes, sabotage: str) -> None:
    scene, url = scenes[2]
    sql, expected = SABOTAGE[sabotage]
    told = {f"{one.kind}: {one.table}" for one in differences(scene.expected, after(scene, url, sql))}
    assert expected in told


def after(scene: Scene, url: str, sql: str) -> Content:
    with database(scene.databases, like=url) as copy:
        execute(copy, sql)
        return read_content(copy)


def execute(url: str, sql: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(sql))
    engine.dispose()


def test_the_comparison_does_not_mind_which_of_two_pages_that_redirect_to_each_other_was_asked_first(
    scenes: Scenes,
) -> None:
    scene, url = scenes[2]
    circle = "SELECT id, url_key FROM pages WHERE reason = 'redirect_loop' OR redirects_to IN (SELECT id FROM pages "
    circle += "WHERE reason = 'redirect_loop') ORDER BY id"
    with database(scene.databases, like=url) as copy:
        one, other = query(copy, circle)
        for page, key in ((one[0], "between"), (other[0], one[1]), (one[0], other[1])):
            execute(copy, f"UPDATE pages SET url_key = '{key}' WHERE id = {page}")
        assert list(differences(scene.expected, read_content(copy))) == []


def test_the_comparison_finds_nothing_where_nothing_differs(scenes: Scenes) -> None:
    scene, url = scenes[2]
    assert list(differences(scene.expected, read_content(url))) == []
    assert scene.expected.count("articles") > 88
    assert scene.expected.count("article_revisions") == 6


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE pages SET outcome = NULL WHERE article_id = 7", "without an outcome"),
        ("DELETE FROM article_changes WHERE article_id = 7", "without exactly one `inserted`"),
        ("UPDATE pages SET article_id = 9999 WHERE article_id = 7", "point to no article"),
        ("UPDATE articles SET revision = 5 WHERE id = 7", "revisions are not all there"),
        ("UPDATE articles SET withdrawn_at = '2026-01-01' WHERE id = 7", "otherwise whether they are withdrawn"),
        (
            "UPDATE articles SET content_hash = (SELECT max(other.content_hash) FROM articles AS other "
            "WHERE other.site = articles.site AND other.id != articles.id) WHERE id = 7",
            "twice",
        ),
    ],
)
def test_a_database_that_is_not_sound_is_told_of(scenes: Scenes, sql: str, told: str) -> None:
    scene, url = scenes[2]
    assert list(faults(url)) == []
    with database(scene.databases, like=url) as copy:
        execute(copy, sql)
        assert any(told in fault for fault in faults(copy))


def test_a_page_that_was_fetched_and_is_not_in_the_ledger_breaks_the_equation(scenes: Scenes) -> None:
    scene, url = scenes[2]
    assert list(equation(url, scene.fetched.keys())) == []
    assert list(equation(url, [*scene.fetched, "https://example.org/nobody-wrote-this-down"])) != []
    with database(scene.databases, like=url) as copy:
        execute(copy, "DELETE FROM articles WHERE id = 7")
        assert list(equation(copy, scene.fetched.keys())) != []
