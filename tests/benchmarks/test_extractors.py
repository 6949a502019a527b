"""Check the comparison with other extractors, with fake tools in place of the real ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks import extractors
from benchmarks.corpus import Corpus, SavedPage
from benchmarks.extractors import BARE, REFERENCE, as_json, measure, table


@dataclass(frozen=True)
class FakeTool:
    name: str
    read: Callable[[SavedPage], dict[str, Any]]
    lacks: frozenset[str] = frozenset()

    def label(self) -> str:
        return f"{self.name} 1.0"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    rows = [{"id": name, "url": None, "headline": name, "article_body": f"the text of {name}"} for name in "abc"]
    (tmp_path / "html").mkdir()
    (tmp_path / "truth.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for row in rows:
        (tmp_path / "html" / f"{row['id']}.html.gz").write_bytes(gzip.compress(b"<html><p>page</p></html>"))
    return Corpus(tmp_path)


def fails_on_b(page: SavedPage) -> dict[str, Any]:
    if page.id == "b":
        raise RecursionError("too deep")
    return {"article_body": f"the text of {page.id}"}


def test_every_tool_parses_every_page_and_an_error_counts_as_an_empty_page(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractors, "PAGES_PER_TURN", 2)
    order: list[tuple[str, str]] = []

    def perfect(page: SavedPage) -> dict[str, Any]:
        order.append(("perfect", page.id))
        return {"article_body": f"the text of {page.id}", "headline": page.id}

    def failing(page: SavedPage) -> dict[str, Any]:
        order.append(("failing", page.id))
        return fails_on_b(page)

    tools = (FakeTool(REFERENCE, perfect), FakeTool("other", failing, frozenset({"headline"})))
    measured = measure(corpus, tools, repeat=1)
    # Each turn starts with a different tool.
    turns = [("perfect", "ab"), ("failing", "ab"), ("failing", "c"), ("perfect", "c")]
    assert order == [(name, page) for name, pages in turns for page in pages]
    assert {name: len(values) for name, values in measured.ms.items()} == {BARE: 3, REFERENCE: 3, "other": 3}

    lines = table(corpus, measured, tools)
    head, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    by_tool = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert (
        by_tool["trafilatura 1.0"] | {"f1": "1.000", "headline": "1.000", "errors": "0"} == by_tool["trafilatura 1.0"]
    )
    assert by_tool["other 1.0"]["recall"] == "0.667"
    assert (by_tool["other 1.0"]["headline"], by_tool["other 1.0"]["errors"]) == ("–", "1")
    assert by_tool["trafilatura 1.0"]["× trafilatura"] == "1.00"
    assert by_tool[BARE]["× bare parse"] == "1.0"

    [tool] = [found for name, found in as_json(corpus, measured, tools)["tools"].items() if name == "other 1.0"]
    assert (tool["exact"], tool["errors"]) == (pytest.approx(2 / 3), ["b"])
