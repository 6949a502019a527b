"""An export reads every current article, from one state of the database, with the values of the view."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from newscrawl.export.writers import Format, make_writer
from newscrawl.items import Article, Image
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.export import (
    BATCH,
    COLUMNS,
    ExportSelection,
    count_articles,
    open_snapshot,
    read_articles,
    read_lines,
    read_rows,
)
from newscrawl.storage.schema import articles
from newscrawl.storage.views import articles_current
from tests.support.store import NOW, Store

DAY = date(2026, 11, 20)


def read(engine: Engine, selection: ExportSelection | None = None) -> list[dict[str, Any]]:
    names = [one.name for one in COLUMNS]
    with open_snapshot(engine) as connection:
        rows = read_rows(connection, selection or ExportSelection())
        return [dict(zip(names, row, strict=True)) for row in rows]


def test_rows_have_the_values_of_the_view_as_plain_text(store: Store, make_article: Callable[..., Article]) -> None:
    text = 'Quotes "“\\ and\nlines\u2028 of 東京 \x1b\u202e'
    facts: dict[str, Any] = {
        "headline": text,
        "article_body": text,
        "authors": [text, "Bob"],
        "keywords": [],
        "images": [Image("https://example.org/i.jpg", text)],
        "date_published": NOW.replace(microsecond=123_456),
        "date_published_day": NOW.date(),
        "is_truncated": False,
        "sources": {"headline": text},
    }
    store.save(make_article("https://example.org/1", **facts))
    store.save(make_article("https://example.org/2"))
    first, second = read(store.engine)
    assert (first["id"], first["headline"], first["article_body"]) == (1, text, text)
    assert json.loads(first["authors"]) == [text, "Bob"]
    assert json.loads(first["images"]) == [{"url": "https://example.org/i.jpg", "caption": text, "credit": None}]
    assert json.loads(first["sources"]) == {"headline": text}
    assert (first["date_published"], first["date_published_day"]) == ("2026-11-22T12:00:00Z", "2026-11-22")
    assert (first["is_truncated"], second["is_truncated"]) == (False, None)
    assert (second["date_published"], second["keywords"]) == (None, "[]")
    with connect_for_reading(store.engine) as connection:
        row = connection.execute(select(articles_current).where(articles_current.c.id == 1)).one()._asdict()
    assert {name: row[name] for name in ("url", "site", "word_count", "content_hash", "revision", "story_id")} == {
        name: first[name] for name in ("url", "site", "word_count", "content_hash", "revision", "story_id")
    }
    assert first["date_downloaded"] == row["date_downloaded"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(("form", "raw_cells"), [(Format.JSONL, False), (Format.CSV, False), (Format.CSV, True)])
def test_the_database_makes_the_lines_that_the_writer_writes(
    store: Store, make_article: Callable[..., Article], form: Format, raw_cells: bool
) -> None:
    text = 'Quotes "“\\ and\r\nlines,\u2028 of 東京 \x1b\u202e'
    facts: dict[str, Any] = {"headline": text, "authors": [text, ""], "keywords": [], "is_truncated": True}
    store.save(make_article("https://example.org/1", article_body=text, date_published=NOW, **facts))
    store.save(make_article("https://example.org/2", headline="=1+1", description="", is_truncated=False))
    with store.engine.begin() as connection:
        connection.execute(articles.update().where(articles.c.id == 2).values(similarity=0.8125))
    file = io.BytesIO()
    with open_snapshot(store.engine) as connection:
        writer = make_writer(file, form, COLUMNS, raw_cells=raw_cells)
        start = file.tell()
        for row in read_rows(connection, ExportSelection()):
            writer.write(row)
        lines = list(read_lines(connection, form, raw_cells=raw_cells))
    assert len(lines) == 2
    if form is Format.JSONL:
        assert all(line.count(b"\n") == 1 for line in lines)
        assert [json.loads(line) for line in lines] == [json.loads(line) for line in file.getvalue().split(b"\n")[:-1]]
    else:
        assert b"".join(lines) == file.getvalue()[start:]


def test_articles_are_chosen_by_site_and_day_without_withdrawn_ones(
    store: Store, make_article: Callable[..., Article]
) -> None:
    facts = [("example.org", 2), ("example.net", 1), ("example.org", 0), ("example.org", None), ("example.com", 1)]
    for number, (site, days) in enumerate(facts, 1):
        day = None if days is None else DAY + timedelta(days=days)
        store.save(make_article(f"https://{site}/{number}", site=site, date_published_day=day))

    def get_ids(**conditions: Any) -> list[int]:
        return [row["id"] for row in read(store.engine, ExportSelection(**conditions))]

    assert get_ids() == [1, 2, 3, 4, 5]
    assert get_ids(sites=("example.org",)) == [1, 3, 4]
    assert get_ids(sites=("example.net", "example.com")) == [2, 5]
    assert get_ids(since=DAY + timedelta(days=1)) == [1, 2, 5]
    assert get_ids(until=DAY) == [3]
    assert get_ids(since=DAY, until=DAY + timedelta(days=1), sites=("example.org",)) == [3]
    assert [one for one in get_ids(by_day=True) if one != 4] == [3, 2, 5, 1]
    assert get_ids(sites=("example.edu",)) == []
    with open_snapshot(store.engine) as connection:
        assert count_articles(connection, ExportSelection()) == 5
        assert count_articles(connection, ExportSelection(until=DAY)) == 1
    with store.engine.begin() as connection:
        connection.execute(update(articles).where(articles.c.id == 3).values(withdrawn_at=NOW))
    assert get_ids() == [1, 2, 4, 5]
    assert get_ids(until=DAY) == []


def test_all_batches_are_read(store: Store, make_article: Callable[..., Article]) -> None:
    urls = [f"https://example.org/{number}" for number in range(BATCH + 5)]
    store.save_all([make_article(url) for url in urls], store.claim(*urls))
    for selection in (ExportSelection(), ExportSelection(sites=("example.org",)), ExportSelection(by_day=True)):
        assert len({row["id"] for row in read(store.engine, selection)}) == len(urls)
    with open_snapshot(store.engine) as connection:
        assert [row[0] for row in read_articles(connection, [7, 3, 10_000, 5])] == [7, 3, 5]


def test_what_is_written_meanwhile_is_not_seen(store: Store, make_article: Callable[..., Article]) -> None:
    urls = [f"https://example.org/{number}" for number in range(BATCH + 5)]
    store.save_all([make_article(url) for url in urls], store.claim(*urls))
    for selection in (ExportSelection(), ExportSelection(sites=("example.org",))):
        before = read(store.engine, selection)
        with open_snapshot(store.engine) as connection, closing(read_rows(connection, selection)) as rows:
            found = [next(rows)]
            with store.engine.begin() as other:
                other.execute(update(articles).values(headline=articles.c.headline + "!"))
            store.save(make_article(f"https://example.org/new-{selection.is_everything}"))
            found += rows
        assert [tuple(row) for row in found] == [tuple(row.values()) for row in before]
        assert len(read(store.engine, selection)) == len(before) + 1
