"""Datasette shows the database with docs/datasette/metadata.yaml."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from newscrawl.items import Article, Outcome
from newscrawl.storage.engine import open_engine
from newscrawl.storage.schema import metadata
from newscrawl.storage.upgrade import upgrade
from tests.support.paths import ROOT
from tests.support.store import NOW, Store

METADATA: dict[str, Any] = yaml.safe_load((ROOT / "docs/datasette/metadata.yaml").read_text(encoding="utf-8"))
SHOWN = METADATA["databases"]["newscrawl"]
TEXT = "The town council has decided to repaint the old harbour bridge before the summer. " * 20
DATE = {"date_published": NOW, "date_published_day": NOW.date()}


@pytest.fixture
def answers(tmp_path: Path, make_article: Callable[..., Article]) -> dict[str, Any]:
    """Return what Datasette answers for each page and canned query: path -> status, or JSON."""
    file = tmp_path / "newscrawl.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    store = Store(engine)
    for site in ("a.example", "b.example"):
        url = f"https://{site}/rain"
        store.save(make_article(url, site=site, article_body=TEXT, headline="Rain", authors=["A B"], **DATE))
    store.start_crawl()
    corrected = f"{TEXT}\n\nCorrection: An earlier version of this article misstated the name of the bridge."
    store.save(
        make_article("https://a.example/rain", site="a.example", article_body=corrected, headline="Rain", **DATE)
    )
    store.claim("https://example.org/pending", limit=0)
    store.finish(store.claim("https://example.org/gone")[0], Outcome.GONE, "http_404")
    store.close()
    engine.dispose()
    return asyncio.run(ask(file))


async def ask(file: Path) -> dict[str, Any]:
    from datasette.app import Datasette

    app = Datasette([str(file)], metadata=METADATA)
    tables = [name for name, options in SHOWN["tables"].items() if not options.get("hidden")]
    found: dict[str, Any] = {}
    for path in (
        "/",
        "/newscrawl",
        *(f"/newscrawl/{name}" for name in (*tables, *SHOWN["queries"], "articles_current")),
    ):
        response = await app.client.get(path)
        found[path] = (response.status_code, response.text)
    for name in SHOWN["queries"]:
        response = await app.client.get(f"/newscrawl/{name}.json?_shape=array&words=Rain")
        found[name] = response.json()
    return found


@pytest.mark.filterwarnings("ignore")
def test_pages_and_canned_queries_answer(answers: dict[str, Any]) -> None:
    pages = {path: answer for path, answer in answers.items() if path.startswith("/")}
    assert {path: status for path, (status, _) in pages.items() if status != 200} == {}
    rows = {name: answers[name] for name in SHOWN["queries"]}
    assert [(row["site"], row["articles"]) for row in rows["articles_by_day"]] == [("a.example", 1), ("b.example", 1)]
    assert {row["headline"] for row in rows["headlines"]} == {"Rain"}
    assert [(row["sites"], row["articles"]) for row in rows["stories"]] == [(2, 2)]
    assert [row["site"] for row in rows["corrections"]] == ["a.example"]
    assert [(row["outcome"], row["pages"]) for row in rows["why_not_stored"]] == [("gone", 1)]
    assert {row["name"] for row in rows["authors"]} == {"A B"}
    assert "One row is an article in its newest version" in pages["/newscrawl/articles"][1]
    assert "article_shingles" not in pages["/"][1], "internal tables are hidden"


def test_only_tables_and_columns_that_exist_are_described() -> None:
    for name, options in SHOWN["tables"].items():
        table = metadata.tables.get(name)
        assert table is not None or name == "alembic_version", name
        if table is not None and not options.get("hidden"):
            assert set(options["columns"]) <= set(table.columns.keys()), name
            assert len(options["columns"]) > 2, name
