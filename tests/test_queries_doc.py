"""The queries of docs/queries.md give the same in SQL, SQLAlchemy and pandas, on both engines."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from newscrawl.items import Article
from newscrawl.storage.engine import open_engine
from tests.support.databases import Databases, database
from tests.support.paths import ROOT
from tests.support.store import Store

DOCUMENT = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", DOCUMENT, re.M | re.S))
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COMMON = " ".join(f"The word number {number} of this text is followed by another sentence." for number in range(20))


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.M | re.S)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Yield an engine for a database with articles of two sites, on each engine in turn."""
    databases: Databases
    databases, tables = request.getfixturevalue(f"{request.param}_tables")
    with database(databases, like=tables) as url:
        engine = open_engine(url)
        _fill(Store(engine), request.getfixturevalue("make_article_for_module"))
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def make_article_for_module() -> Callable[..., Article]:
    from tests.conftest import make_article

    factory: Callable[..., Article] = make_article.__wrapped__()  # type: ignore[attr-defined]
    return factory


def _fill(store: Store, make_article: Callable[..., Article]) -> None:
    for number in range(12):
        published = NOW - timedelta(hours=7 * number)
        store.save(
            make_article(
                f"https://example.org/{number}",
                headline=f"Report {number}",
                article_body=f"Report {number} says it. " * (number + 1),
                authors=["Ada Lovelace", "Ben"] if number % 3 == 0 else [],
                keywords=["rain", "wind"] if number % 2 else ["rain"],
                date_published=published,
                date_published_day=published.date(),
                article_type=("NewsArticle", "OpinionNewsArticle", None)[number % 3],
                in_language=("en", "de")[number % 2],
            )
        )
    for number, site in enumerate(("example.org", "example.net")):
        published = NOW + timedelta(minutes=number)
        url = f"https://{site}/shared"
        store.save(make_article(url, site=site, article_body=COMMON, headline="Shared", date_published=published))
    store.now += timedelta(days=1)
    store.start_crawl()
    store.save(make_article("https://example.org/0", headline="Report 0, corrected", date_downloaded=store.now))
    store.close()


@pytest.mark.parametrize("name", SECTIONS)
def test_the_three_forms_of_a_query_give_the_same(filled: Engine, name: str) -> None:
    section = SECTIONS[name]
    [sql] = blocks(section, "sql") or blocks(section, f"sql {filled.dialect.name}")
    with_sqlalchemy, with_pandas = blocks(section, "python")
    with filled.connect() as connection:
        expected = normalize(connection.execute(text(sql)).all())
    assert expected
    assert normalize(run(with_sqlalchemy, filled)["rows"]) == expected
    assert normalize(run(with_pandas, filled)["frame"].itertuples(index=False)) == expected


def test_there_are_ten_queries() -> None:
    assert len(SECTIONS) == 10


def run(code: str, engine: Engine) -> dict[str, Any]:
    """Run the code after the beginning that all share."""
    [beginning] = blocks(DOCUMENT.partition("\n## ")[0], "python")
    names: dict[str, Any] = {}
    exec(re.sub(r"^engine = .*$", "", beginning, flags=re.M), names)
    names["engine"] = engine
    exec(code, names)
    return names


def normalize(rows: Any) -> list[tuple[Any, ...]]:
    return [tuple(map(_normalize, row)) for row in rows]


def _normalize(value: Any) -> Any:
    """Return a value that is equal for the same value from SQL, SQLAlchemy or pandas."""
    if isinstance(value, str) and value.startswith("["):
        return json.loads(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return None if math.isnan(value) else round(float(value), 3)
    return value.item() if hasattr(value, "item") else value
