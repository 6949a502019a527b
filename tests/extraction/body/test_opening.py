"""Headline, byline and date above a text are no part of it; what only looks like them stays."""

from __future__ import annotations

import pytest

from newscrawl.evidence import Block, Extraction, ExtractionRules
from newscrawl.extraction.body.opening import find_opening_lines
from newscrawl.extraction.extract import extract

TEXT = [
    "The old lighthouse in the harbour went dark on Sunday, and no boat left the bay before morning came.",
    "Its keeper had asked for a new lamp three times, but the council had other plans for the money.",
    "Fishermen lit fires on the pier instead, and the whole village stayed awake to feed them.",
]
TITLE = "Harbour Post :: Coast :: Old lighthouse goes dark"


def extracted(lines: str, *, title: str = TITLE, above: str = "") -> Extraction:
    page = f"""<html><head><meta charset=utf-8><title>{title}</title><meta name=author content="Ann Lee"></head><body>
    {above}<table><tr><td>{lines}<p>{"</p><p>".join(TEXT)}</p></td></tr></table></body></html>"""
    return extract(page.encode(), "https://e.example/news/a", ExtractionRules())


def kept(lines: str, **options: str) -> list[str]:
    return [block.text for block in extracted(lines, **options).blocks if block.kept]


@pytest.mark.parametrize(
    "lines",
    [
        "<p>Old lighthouse goes dark</p>",
        "<p>COAST</p><p>Old lighthouse goes dark</p>",
        "<p>No. 94, 23 November 2007<br>Coast<br>Old lighthouse goes dark</p>",
        "<p>Old lighthouse goes dark</p><p>By Ann Lee, Coast Editor</p>",
        "<p>Old lighthouse goes dark<br>Ann Lee, 23.11.2007</p>",
        "<p>Old lighthouse goes dark</p><p>23.11.2007</p><p>Ann Lee | Harbour Post</p>",
        "<p>Ann Lee, Harbour</p>",
        "<p>Von Ann Lee</p>",
        "<p>By ANN LEE<br>Harbour Post staff</p>",
    ],
)
def test_lines_above_a_text_are_removed(lines: str) -> None:
    assert kept(lines) == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "Ann Lee, who has kept the light for thirty years, had asked for a new lamp.",  # a sentence about the author
        "Two lamps are missing",  # neither a part of the title nor above the headline
        "Ann Leeson, harbour master",  # another name
        "Coast",  # too short to be the headline, and nothing follows that is
        "By Sunday the harbour was dark",
        "23 boats stayed in the harbour",
    ],
)
def test_first_lines_of_a_text_stay(line: str) -> None:
    assert kept(f"<p>{line}</p>") == [line, *TEXT]


def test_a_headline_that_stands_above_already_may_be_repeated_by_the_text() -> None:
    title, texts = "Old lighthouse goes dark", [Block(text, "p", True, "body") for text in TEXT]
    line, shown = Block(title, "h2", True, "model"), Block(title, "h1", False, "headline")
    assert find_opening_lines([line, *texts], [title], []) == {0: "headline"}
    assert find_opening_lines([shown, line, *texts], [title], []) == {}


def test_removed_lines_have_a_reason() -> None:
    blocks = extracted("<p>COAST</p><p>Old lighthouse goes dark</p><p>By Ann Lee, Coast Editor</p>").blocks
    assert [block.reason for block in blocks if not block.kept] == ["above-headline", "headline", "byline"]


def test_two_blocks_always_stay() -> None:
    blocks = [Block(text, "p", True, "body") for text in ("Old lighthouse goes dark", "By Ann Lee", "The lamp broke")]
    assert find_opening_lines(blocks, ["Old lighthouse goes dark"], ["Ann Lee"]) == {0: "headline"}
