"""A killed crawl, once finished, leaves the same database as an uninterrupted one; and the comparison can fail."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tests.newssite.check import find_problems
from tests.newssite.server import RunningSite, serve
from tests.support.crash_harness import (
    CrashResult,
    KillPoint,
    Scenario,
    choose_kill_points,
    kill_and_finish,
    run_baseline,
)
from tests.support.crawling import execute, make_due, query
from tests.support.database_diff import Content, differences, read_content
from tests.support.databases import POSTGRESQL_URL, PostgresqlDatabases, SqliteDatabases, database
from tests.support.invariants import equation, faults

Scenarios = dict[int, tuple[Scenario, str]]


@pytest.fixture(scope="module")
def site() -> Iterator[RunningSite]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def scenarios(site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenarios]:
    """Edition -> baseline and URL of its database; edition 2 is crawled over a finished edition 1."""
    folder = tmp_path_factory.mktemp("crash")
    databases = SqliteDatabases(folder)
    with run_baseline(site, databases, folder) as (first, first_url), database(databases, like=first_url) as due_url:
        assert list(find_problems(site.site, first_url)) == [], "the baseline itself matches the ground truth"
        make_due(due_url)
        site.edition = 2
        with run_baseline(site, databases, folder, start=due_url) as (second, second_url):
            yield {1: (first, first_url), 2: (second, second_url)}


def crawl_with_kills(scenario: Scenario, edition: int, points: list[KillPoint]) -> CrashResult:
    scenario.site.edition = edition
    return kill_and_finish(scenario, points)


@pytest.mark.parametrize(("edition", "seed", "kills"), [(1, 1, 4), (1, 2, 4), (2, 4, 4)])
def test_killed_crawl_ends_with_the_same_database_as_an_uninterrupted_one(
    scenarios: Scenarios, edition: int, seed: int, kills: int
) -> None:
    result = crawl_with_kills(
        scenarios[edition][0], edition, choose_kill_points(Random(seed), scenarios[edition][0], kills=kills)
    )
    assert result.kills
    assert result.is_fine, (result.differences, result.faults)


def test_killed_crawl_on_postgresql_ends_with_the_same_database_too(scenarios: Scenarios, postgresql: None) -> None:
    scenario = scenarios[1][0].on(PostgresqlDatabases(POSTGRESQL_URL))
    points = [
        KillPoint(0.9),
        KillPoint(0.02, requests=3),
        KillPoint(0.0, share=0.3, whole_group=False),
        KillPoint(0.1, share=0.6),
    ]
    result = crawl_with_kills(scenario, 1, points)
    assert result.kills
    assert result.is_fine, (result.differences, result.faults)


DEFECTS = {
    "a lost article": (
        "DELETE FROM articles WHERE id = 7",
        "lost: articles",
    ),
    "lost keywords": (
        "DELETE FROM article_keywords WHERE article_id = 7",
        "lost: article_keywords",
    ),
    "a duplicated change": (
        "INSERT INTO article_changes (article_id, kind, revision, changed_at) "
        "SELECT article_id, kind, revision, changed_at FROM article_changes WHERE article_id = 7",
        "duplicated: article_changes",
    ),
    "a duplicated page": (
        "INSERT INTO pages (url, url_key, site, kind, discovered_at, outcome, reason) "
        "SELECT url, url_key || '?', site, kind, discovered_at, outcome, reason FROM pages "
        "WHERE kind = 'article' LIMIT 1",
        "duplicated: pages",
    ),
    "a truncated body": (
        "UPDATE articles SET article_body = substr(article_body, 1, 50) WHERE id = 7",
        "different: articles",
    ),
    "another author": (
        "UPDATE article_authors SET name = 'Nobody' WHERE article_id = (SELECT min(article_id) FROM article_authors)",
        "different: article_authors",
    ),
    "another outcome": (
        "UPDATE pages SET outcome = 'error' WHERE article_id = 7",
        "different: pages",
    ),
    "a page with another article": (
        "UPDATE pages SET article_id = 8 WHERE article_id = 7",
        "different: pages",
    ),
    "a lost revision": (
        "DELETE FROM article_revisions WHERE article_id = (SELECT min(article_id) FROM article_revisions)",
        "lost: article_revisions",
    ),
    "a lost shingle hash": (
        "DELETE FROM article_shingles WHERE shingle_hash = (SELECT max(shingle_hash) FROM article_shingles)",
        "lost: article_shingles",
    ),
    "a lost withdrawal": (
        "UPDATE articles SET withdrawn_at = NULL",
        "different: articles",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_comparison_reports(scenarios: Scenarios, defect: str) -> None:
    scenario, url = scenarios[2]
    sql, expected = DEFECTS[defect]
    reported = {f"{one.kind}: {one.table}" for one in differences(scenario.expected, content_after(scenario, url, sql))}
    assert expected in reported


def content_after(scenario: Scenario, url: str, sql: str) -> Content:
    with database(scenario.databases, like=url) as copy:
        execute(copy, sql)
        return read_content(copy)


def test_comparison_ignores_which_page_of_a_redirect_loop_was_requested_first(
    scenarios: Scenarios,
) -> None:
    scenario, url = scenarios[2]
    loop = "SELECT id, url_key FROM pages WHERE reason = 'redirect_loop' OR redirects_to IN (SELECT id FROM pages "
    loop += "WHERE reason = 'redirect_loop') ORDER BY id"
    with database(scenario.databases, like=url) as copy:
        one, other = query(copy, loop)
        for page, key in ((one[0], "between"), (other[0], one[1]), (one[0], other[1])):
            execute(copy, f"UPDATE pages SET url_key = '{key}' WHERE id = {page}")
        assert list(differences(scenario.expected, read_content(copy))) == []


def test_comparison_reports_nothing_for_equal_databases(scenarios: Scenarios) -> None:
    scenario, url = scenarios[2]
    assert list(differences(scenario.expected, read_content(url))) == []
    assert scenario.expected.count("articles") > 88
    assert scenario.expected.count("article_revisions") == 6


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE pages SET outcome = NULL WHERE article_id = 7", "without an outcome"),
        ("DELETE FROM article_changes WHERE article_id = 7", "without exactly one `inserted`"),
        ("UPDATE pages SET article_id = 9999 WHERE article_id = 7", "point to no article"),
        ("UPDATE articles SET revision = 5 WHERE id = 7", "with missing revisions"),
        ("UPDATE articles SET withdrawn_at = '2026-01-01' WHERE id = 7", "contradicts withdrawn_at"),
        (
            "UPDATE articles SET content_hash = (SELECT max(other.content_hash) FROM articles AS other "
            "WHERE other.site = articles.site AND other.id != articles.id) WHERE id = 7",
            "twice",
        ),
    ],
)
def test_inconsistent_database_is_reported(scenarios: Scenarios, sql: str, expected: str) -> None:
    scenario, url = scenarios[2]
    assert list(faults(url)) == []
    with database(scenario.databases, like=url) as copy:
        execute(copy, sql)
        assert any(expected in fault for fault in faults(copy))


def test_fetched_page_without_a_record_breaks_the_equation(scenarios: Scenarios) -> None:
    scenario, url = scenarios[2]
    assert list(equation(url, scenario.fetched.keys())) == []
    assert list(equation(url, [*scenario.fetched, "https://example.org/not-recorded"])) != []
    with database(scenario.databases, like=url) as copy:
        execute(copy, "DELETE FROM articles WHERE id = 7")
        assert list(equation(copy, scenario.fetched.keys())) != []
