"""The docs name everything that there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from newscrawl import settings
from newscrawl.dedup.changes import Change
from newscrawl.dedup.regressions import Regression
from newscrawl.dedup.revisions import Label
from newscrawl.items import Article, Outcome
from newscrawl.spiders.archive import ArchiveSpider
from newscrawl.spiders.article import ArticleSpider
from newscrawl.spiders.news import NewsSpider
from newscrawl.storage.engine import open_engine, reading
from newscrawl.storage.schema import metadata
from newscrawl.storage.upgrade import upgrade
from tests.support.store import Store

ROOT = Path(__file__).parents[1]
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
FIELDS = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
SCHEMA = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]


@pytest.mark.parametrize("name", [name for name in dir(settings) if name.startswith("NEWSCRAWL_")])
def test_every_setting_is_explained_with_its_default(name: str) -> None:
    default = getattr(settings, name)
    [line] = [line for line in COMMANDS.splitlines() if line.startswith(f"| `{name}`")]
    assert f"`{default}`" in line if default else "none" in line


@pytest.mark.parametrize("outcome", [*Outcome, *Change, *Label, *Regression])
def test_every_outcome_and_change_is_explained(outcome: str) -> None:
    assert f"`{outcome}`" in COMMANDS + SCHEMA + FIELDS


@pytest.mark.parametrize("spider", [NewsSpider, ArticleSpider, ArchiveSpider])
def test_every_spider_is_explained(spider: type) -> None:
    assert f"scrapy crawl {spider.name}" in COMMANDS


@pytest.mark.parametrize("command", [path.stem for path in (ROOT / "newscrawl" / "commands").glob("[a-z]*.py")])
def test_every_command_is_explained(command: str) -> None:
    assert f"`scrapy {command}" in COMMANDS


@pytest.mark.parametrize(
    ("table", "column"), [(table.name, column.name) for table in metadata.tables.values() for column in table.columns]
)
def test_every_column_is_explained_under_its_table(table: str, column: str) -> None:
    [section] = re.findall(rf"^## {table}\n(.*?)(?=^## |\Z)", FIELDS, re.M | re.S)
    assert f"`{column}`" in section


@pytest.mark.parametrize("table", list(metadata.tables))
def test_every_table_is_explained(table: str) -> None:
    assert f"`{table}`" in SCHEMA


def test_every_field_of_an_article_is_kept_somewhere() -> None:
    kept = {column.name for table in metadata.tables.values() for column in table.columns}
    lists = {"authors", "keywords", "images", "shingle_hashes"}
    assert set(Article.__dataclass_fields__) - lists <= kept


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_every_reason_that_the_code_gives_is_explained() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in (
            "newscrawl/spiders",
            "newscrawl/middlewares",
            "newscrawl/extensions",
            "newscrawl/storage",
            "pipelines",
        )
        for path in (ROOT / folder).rglob("*.py")
    )
    reasons = set(re.findall(r'(?:PageOutcome|Saved|FetchResult)\(Outcome\.\w+, "(\w+)"', code))
    assert len(reasons) > 15
    assert {reason for reason in reasons if f"`{reason}`" not in COMMANDS} == set()


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
    with reading(engine) as connection:
        assert connection.execute(text(sql)).all() == []


@pytest.mark.parametrize("sql", blocks("docs/operations.md", "sql"))
def test_the_queries_for_operators_run(engine: Engine, sql: str) -> None:
    with reading(engine) as connection:
        assert connection.execute(text(sql)).all() in ([], [(0, 0, None)])
