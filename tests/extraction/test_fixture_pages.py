"""Every tests/pages/*/page.html is extracted as in a crawl and compared with its expected.json."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.loaders import load_article
from tests.support.paths import PAGES as FIXTURES

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAGES = sorted(path.parent for path in FIXTURES.glob("*/page.html"))


@pytest.mark.parametrize("folder", PAGES, ids=lambda folder: folder.name)
def test_a_fixture_page_yields_its_expected_article(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    url, rules = expected.pop("url"), ExtractionRules(time_zone=expected.pop("time_zone", None))
    extraction = extract((folder / "page.html").read_bytes(), url, rules)
    article = load_article(extraction, url=url, source_metadata=None, rules=rules, now=NOW)
    found = {name: getattr(article, name) for name in expected}
    found["date_published"] = article.date_published and article.date_published.isoformat()
    assert extraction.page_type == "article"
    assert found == expected
