"""A page of countless elements is rejected before it takes memory; the largest real pages are far below the bounds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.extraction.html import document, scan
from newscrawl.workers.tasks import PageInput, read_section

URL = "https://example.org/2026/11/20/a-new-bridge-over-the-river"
SENTENCES = "<p>The council voted for the new bridge after a long debate about its cost.</p>" * 5


def page(rest: str) -> bytes:
    return f"<html lang=en><body><article><h1>A new bridge</h1>{SENTENCES}{rest}</article></body></html>".encode()


@pytest.mark.parametrize(
    "piece", ["<p>", "<p></p>", "<br>", "<b>x</b>", "<p>x</p>", "<li>a", "<td>1", "<img>", "<a href=/a>b</a>"]
)
def test_page_of_countless_elements_is_too_complex(piece: str) -> None:
    body = page(piece * (document.MAX_TAGS // piece.count("<") + 1))
    assert extract(body, URL, ExtractionRules()).page_type == "too_complex"
    assert read_section(PageInput(body, URL, datetime.now(UTC))).unreadable == "too_complex"


def test_page_of_countless_blocks_is_too_complex(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_BLOCKS", 50)
    assert extract(page("<p>x</p>" * 60), URL, ExtractionRules()).page_type == "too_complex"
    assert extract(page("<p>x</p>" * 40), URL, ExtractionRules()).page_type == "article"


def test_section_that_is_classified_for_want_of_links_may_be_too_complex(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_BLOCKS", 50)
    found = read_section(PageInput(b"<html><body>" + b"<p>x</p>" * 60, "https://example.org/", datetime.now(UTC)))
    assert found.unreadable == "too_complex"


@pytest.mark.parametrize("piece", ["<p>x</p>", "<span>a </span>", "<li>item"])
def test_pages_ten_times_as_large_as_any_real_one_are_read(piece: str) -> None:
    assert extract(page(piece * 5_000), URL, ExtractionRules()).page_type != "too_complex"
