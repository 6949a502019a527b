"""The article's headline."""

from __future__ import annotations

import pytest

from newscrawl.extraction.model import Evidence
from newscrawl.headlines import clean_headline, in_order


@pytest.mark.parametrize(
    ("text", "publisher", "site", "expected"),
    [
        ("A light again | The Times", "The Times", "times.example", "A light again"),
        ("A light again - BBC News", None, "bbc.co.uk", "A light again"),
        ("A light again - News - The Times", "The Times", None, "A light again - News"),
        ("The Times: A light again", "The Times", None, "The Times: A light again"),
        ("The Times | A light again", "The Times", None, "A light again"),
        ("A light again | DW | 28.04.2023", None, "dw.com", "A light again"),
        ("A light - and a tower", "The Times", "times.example", "A light - and a tower"),
        ("古い灯台、再び輝く｜港新聞", "港新聞", None, "古い灯台、再び輝く"),
        ("The Times", "The Times", None, "The Times"),
        ("", None, None, None),
    ],
)
def test_the_sites_name_goes(text: str, publisher: str | None, site: str | None, expected: str | None) -> None:
    assert clean_headline(text, publisher, site) == expected


def best(**values: str) -> str:
    names = {"ld": "json-ld", "og": "opengraph", "h1": "dom", "meta": "meta", "rule": "site rule"}
    return in_order([Evidence(value, names[name]) for name, value in values.items()], "Post", None)[0].value


def test_the_best_headline_comes_first() -> None:
    assert best(ld="A", og="B", h1="C", rule="D") == "D"
    assert best(ld="A", og="B", h1="C") == "A"
    assert best(ld="A", og="B | Post", h1="B") == "B | Post"
    assert best(og="For sharing: a tower of light", h1="A light again") == "A light again"
    assert best(meta="M", og="O") == "O"


def test_a_kicker_before_the_headline_goes() -> None:
    title = "The old lighthouse will shine again"
    assert best(og=title, h1=f"After the storm {title}") == title
    assert best(ld=f"After the storm: {title}", og=title, h1=f"After the storm: {title}") == title


def test_no_headline_is_lost() -> None:
    values = [Evidence("A", "json-ld"), Evidence("B", "dom")]
    assert sorted(e.value for e in in_order(values, None, None)) == ["A", "B"]
    assert in_order([], None, None) == []
