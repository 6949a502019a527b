"""The docs describe everything that users meet, and their examples work."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from newscrawl import settings
from newscrawl.evidence import ExtractionRules
from newscrawl.exceptions import ExitCode
from newscrawl.items import Article
from newscrawl.monitoring.summary import SiteSummary, totals
from newscrawl.sites.model import DiscoveryRules, Site
from newscrawl.sites.registry import parse_site
from newscrawl.spiders.arguments import ARGUMENTS
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.schema import metadata
from newscrawl.storage.upgrade import upgrade
from newscrawl.urls.key_rules import UrlKeyRules
from tests.support.paths import ROOT
from tests.support.public_names import (
    COLUMNS,
    COMMANDS,
    COMMANDS_DOC,
    FINISH_NAMES,
    OUTCOMES,
    SETTINGS,
    get_reasons,
    get_section,
    get_stats,
)
from tests.support.store import Store

FIELDS = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
SCHEMA = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
SITES = (ROOT / "docs" / "sites.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_explained_with_its_default(name: str) -> None:
    default = getattr(settings, name)
    [line] = [line for line in COMMANDS_DOC.splitlines() if line.startswith(f"| `{name}`")]
    assert f"`{default}`" in line if default else "none" in line


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_and_change_is_explained(outcome: str) -> None:
    assert f"`{outcome}`" in COMMANDS_DOC + SCHEMA + FIELDS


@pytest.mark.parametrize(("spider", "argument"), [(name, one) for name, kind in ARGUMENTS.items() for one in kind.HELP])
def test_every_argument_of_a_spider_is_explained(spider: str, argument: str) -> None:
    assert f"`-a {argument}=" in get_section(COMMANDS_DOC, f"`scrapy crawl {spider}`")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(command: str) -> None:
    assert f"`scrapy {command}" in COMMANDS_DOC


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_column_is_explained_under_its_table(table: str, column: str) -> None:
    assert f"`{column}`" in get_section(FIELDS, table)


@pytest.mark.parametrize("table", list(metadata.tables))
def test_every_table_is_explained(table: str) -> None:
    assert f"`{table}`" in SCHEMA


def test_every_field_of_an_article_is_kept_somewhere() -> None:
    kept = {column.name for table in metadata.tables.values() for column in table.columns}
    lists = {"authors", "keywords", "images", "shingle_hashes", "fingerprints"}
    assert set(Article.__dataclass_fields__) - lists <= kept


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_every_promise_of_the_security_page_names_tests_that_exist() -> None:
    security = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", security)
    assert len(named) > 30
    for file, test in named:
        assert f"def {test}" in (ROOT / file).read_text(encoding="utf-8"), (file, test)
    rows = [
        line for line in security.partition("## Promises")[2].partition("## What is not")[0].splitlines() if "|" in line
    ]
    assert [row for row in rows if "`tests/" not in row and not re.match(r"\| (?:promise|---)", row)] == []


def test_every_reason_that_the_code_gives_is_explained() -> None:
    reasons = get_reasons()
    assert len(reasons) > 25
    assert {"bad_certificate", "too_complex", "before_since"} <= reasons, "those of constants are found, too"
    assert {reason for reason in reasons if f"`{reason}`" not in COMMANDS_DOC} == set()


@pytest.mark.parametrize("reason", FINISH_NAMES)
def test_every_finish_reason_is_explained(reason: str) -> None:
    assert f"`{reason}`" in get_section(COMMANDS_DOC, "While a crawl runs")


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_explained_and_has_advice(code: ExitCode) -> None:
    assert f"| `{code:d}` |" in get_section(COMMANDS_DOC, "Exit codes")
    assert f"| {code:d} |" in get_section(OPERATIONS, "What to do at each code")


def test_the_docs_list_exactly_the_stats_that_the_code_counts() -> None:
    counted = get_stats()
    assert len(counted) > 15
    assert counted == set(re.findall(r"^\| `([^`]+/[^`]+)` \|", get_section(COMMANDS_DOC, "Stats"), re.M))


def test_every_key_of_the_json_line_is_explained() -> None:
    site = SiteSummary(
        "example.org", listing_failures=Counter(x=1), cooldown_until=datetime(2026, 11, 22, tzinfo=UTC), warnings=["x"]
    )
    keys = {*site.as_json(), *totals([site])} - {"site"}
    section = get_section(COMMANDS_DOC, "While a crawl runs")
    assert {key for key in keys if f"`{key}`" not in section} == set()


def test_the_docs_list_exactly_the_keys_of_a_site_file() -> None:
    [text] = re.findall(r"^```toml\n(.*?)^```", get_section(SITES, "All keys"), re.M | re.S)
    assert parse_site(text, name="example.org").min_articles_per_day == 30
    keys = {field.name for kind in (Site, DiscoveryRules, ExtractionRules, UrlKeyRules) for field in fields(kind)}
    documented = set(re.findall(r"^\[?(\w+)(?:\]$| = )", text, re.M))
    assert documented == keys - {"name"}


def test_the_changelog_names_everything_that_the_upgrade_renames() -> None:
    migration = import_module("newscrawl.storage.migrations.versions.0010_standard_terms")
    renamed = [*migration.REASONS.items()]
    renamed += [names for columns in migration.COLUMNS.values() for names in columns.items()]
    rows = {f"`{old}` | `{new}` |" for old, new in renamed}
    rows |= {f"table `{old}` | table `{new}` |" for old, new in migration.TABLES.items()}
    assert {row for row in rows if row not in CHANGELOG} == set()


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def test_the_python_of_the_readme_runs(
    sqlite_url: str, make_article: Callable[..., Article], capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_engine(sqlite_url)
    upgrade(engine)
    store = Store(engine)
    store.save(make_article(headline="The newest of all"))
    store.close()
    [code] = blocks("README.md", "python")
    assert "sqlite:///newscrawl.db" in code
    names: dict[str, Any] = {}
    exec(code.replace("sqlite:///newscrawl.db", sqlite_url), names)
    names["engine"].dispose()
    engine.dispose()
    assert "The newest of all" in capsys.readouterr().out


@pytest.mark.parametrize("sql", blocks("docs/schema.md", "sql") + blocks("docs/commands.md", "sql"))
def test_the_queries_of_the_docs_run(engine: Engine, sql: str) -> None:
    with connect_for_reading(engine) as connection:
        assert connection.execute(text(sql)).all() == []


@pytest.mark.parametrize("sql", blocks("docs/operations.md", "sql"))
def test_the_queries_for_operators_run(engine: Engine, sql: str) -> None:
    with connect_for_reading(engine) as connection:
        assert connection.execute(text(sql)).all() in ([], [(0, 0, None)])
