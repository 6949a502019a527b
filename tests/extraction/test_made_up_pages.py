"""Pages made up without knowledge of the rules yield their headline, authors and day (made_up/pages.toml)."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.items import Article
from newscrawl.loaders import load_article

FOLDER = Path(__file__).parent / "made_up"
PAGES: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "pages.toml").read_text(encoding="utf-8"))
PROSE: dict[str, str] = tomllib.loads((FOLDER / "prose.toml").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def read_page(page: dict[str, Any]) -> Article:
    language = page["language"]
    prose = "".join(f"<p>{line}</p>" for line in PROSE[language].split("\n") if line)
    body = page["body"].replace("{prose}", prose)
    head = f'<html lang="{language}"><head><meta charset="utf-8">{page["head"]}</head>'
    html = f"<!DOCTYPE html>{head}<body>{body}</body></html>"
    extraction = extract(html.encode(), page["url"], ExtractionRules())
    return load_article(extraction, url=page["url"], source_metadata=None, rules=ExtractionRules(), now=NOW)


def _fold(value: str | list[str] | None) -> str:
    """Return a value as text; bylines are in capitals on some pages."""
    return str(value).casefold()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_yields_its_headline_authors_and_day(name: str) -> None:
    """Those in `missed` of a page are not found yet, and count as such in benchmarks/README.md."""
    page, article = PAGES[name], read_page(PAGES[name])
    day, missed = article.date_published_day, page.get("missed", [])
    found = {"headline": article.headline, "authors": article.authors, "day": day.isoformat() if day else ""}
    wrong = {field: value for field, value in found.items() if _fold(value) != _fold(page[field])}
    assert sorted(wrong) == missed, wrong


def test_half_of_the_pages_are_traps() -> None:
    assert sum(page.get("trap", False) for page in PAGES.values()) * 2 == len(PAGES) == 60
