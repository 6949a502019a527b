"""Articles of many paragraphs, which no real page of the training data has."""

from __future__ import annotations

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract

PLACES = ["harbour", "market", "school", "bridge", "station", "library", "theatre", "hospital", "tower", "garden"]
DEEDS = ["was closed", "opened its doors again", "needs a new roof", "will cost more than planned", "has found a buyer"]


def write_paragraphs(count: int) -> list[str]:
    """Return different paragraphs."""
    return [
        f"The {PLACES[number % 10]} of district {number} {DEEDS[number % 5]}, the council said. "
        f"Of {number * 13 % 97 + 3} people who were asked, most agreed that {DEEDS[number % 3]} is only half of it."
        for number in range(count)
    ]


@pytest.mark.parametrize("tag", ["p", "p class='x9f3a1'", "div", "li"])
@pytest.mark.parametrize("count", [40, 150, 400, 1_200])
def test_long_articles_are_kept_to_their_end(count: int, tag: str) -> None:
    texts = write_paragraphs(count)
    name = tag.split()[0]
    body = "".join(f"<{tag}>{text}</{name}>" for text in texts)
    menu = "".join(f"<li><a href='/s{number}'>Section {number}</a></li>" for number in range(20))
    page = (
        f"<html lang=en><title>The long read</title><ul>{menu}</ul><article><h1>The long read</h1>"
        f"{f'<ul>{body}</ul>' if name == 'li' else body}</article><footer>All rights reserved.</footer></html>"
    )
    found = extract(page.encode(), "https://example.org/2026/05/06/the-long-read", ExtractionRules())
    kept = {block.text for block in found.blocks if block.kept}
    assert [text for text in texts if text not in kept] == []
    assert "All rights reserved." not in kept
