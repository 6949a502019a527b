"""A text that a page shows twice is kept once; paragraphs that recur within a text stay."""

from __future__ import annotations

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.body.copies import find_copies
from newscrawl.extraction.extract import extract

PARAGRAPHS = [
    "The old lighthouse in the harbour went dark on Sunday, and no boat left the bay before morning came.",
    "Its keeper had asked for a new lamp three times, but the council had other plans for the money.",
    "What the council says",
    "Nobody expected the lamp to fail in the middle of the season, the head of the council told this paper.",
    "A new one costs as much as two of the benches on the promenade, which were painted again last year.",
    "Fishermen lit fires on the pier instead, and the whole village stayed awake to feed them all night.",
    "The council will meet again in May, and the lamp is the first item on its list this time, it says.",
]
OTHERS = [
    f"On day {n} of the outage, {n + 2} boats waited in front of the harbour, more than {n} of them without fuel."
    for n in range(40)
]
LINES = ["Light the lamp", "Light the lamp, my son", "For the boats are on the sea", "And the night is dark again"]
CHORUS = ["Oh keeper, light the lamp again for those out on the sea tonight", "And let the harbour shine once more"]
STEPS = ["Warm up for ten minutes and stay in the first zone all the time", "Cool down for ten minutes, easy jogging"]


def get_texts(texts: list[str]) -> list[str]:
    copies = find_copies(texts)
    return [text for index, text in enumerate(texts) if index not in copies]


@pytest.mark.parametrize(
    "texts",
    [
        PARAGRAPHS * 2,
        PARAGRAPHS * 3,
        [text for text in PARAGRAPHS for _ in range(2)],
        [*PARAGRAPHS, *PARAGRAPHS[1:]],
        [*PARAGRAPHS, *PARAGRAPHS[:3], "Read the whole story with a subscription, from one euro.", *PARAGRAPHS[3:]],
    ],
    ids=["twice", "three times", "each paragraph twice", "only a part", "with a line between"],
)
def test_second_copy_of_a_text_is_found(texts: list[str]) -> None:
    assert [text for text in get_texts(texts) if "subscription" not in text] == PARAGRAPHS


@pytest.mark.parametrize(
    "texts",
    [
        PARAGRAPHS,
        [*PARAGRAPHS, *LINES, *OTHERS[:3], *LINES, *OTHERS[3:6], *LINES],
        [part for text in OTHERS[:8] for part in (text, *CHORUS)],
        [part for text in OTHERS[:12] for part in (STEPS[0], text, STEPS[1])],
        [*PARAGRAPHS, PARAGRAPHS[0], *OTHERS[:3], PARAGRAPHS[1]],
        [*PARAGRAPHS, *reversed(PARAGRAPHS)],
        [*OTHERS, *PARAGRAPHS[:2], *OTHERS[:3]],
        [],
    ],
    ids=[
        "once",
        "refrain in lines",
        "chorus",
        "training plan",
        "two quotations",
        "other order",
        "few of many",
        "empty",
    ],
)
def test_paragraphs_that_recur_stay(texts: list[str]) -> None:
    assert get_texts(texts) == texts


def test_page_that_shows_its_text_for_two_widths_is_read_once() -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in [*PARAGRAPHS, *OTHERS[:5]])
    columns = "".join(f"<div class='{name}'>{paragraphs}</div>" for name in ("col-wide", "col-narrow"))
    menu = "".join(f"<li><a href='/{n}'>Part {n}</a></li>" for n in range(9))
    page = f"<html><body><ul>{menu}</ul><article><h1>Lighthouse dark</h1>{columns}</article></body></html>"
    found = extract(page.encode(), "https://e.example/news/a", ExtractionRules()).blocks
    assert [block.text for block in found if block.kept] == [*PARAGRAPHS, *OTHERS[:5]]
    assert [block.reason for block in found if block.text == PARAGRAPHS[0]] == ["body", "repeated"]
