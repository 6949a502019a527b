"""Bodies that a page declares as data: HTML in articleBody, entries of live blogs, shadow roots."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract

A = "The mill at Tarnow will grind flour again from September, eleven years after its wheel came to a stop for good."
B = "A cooperative of forty bakers has bought the building, and the province pays a third of the cost of the repairs."
C = "The wheel itself was found in a barn near by, where a farmer had kept it dry under sacks since the owner left."
D = "Visitors will be able to see the stones at work on Saturdays; on other days the millers want to be left in peace."
PARAGRAPHS = [A, B, C, D]


def read(data: dict[str, Any] | None, shown: str = "") -> list[tuple[str, str]]:
    """Return (tag, text) of the kept blocks."""
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data else ""
    page = f"<html><head><title>Mill</title>{script}</head><body><h1>The mill turns</h1>{shown}</body></html>"
    blocks = extract(page.encode(), "https://e.example/news/mill", ExtractionRules()).blocks
    return [(block.tag, block.text) for block in blocks if block.kept]


def read_body(body: Any) -> list[str]:
    return [text for _, text in read({"@type": "NewsArticle", "headline": "The mill turns", "articleBody": body})]


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"<p>{text}</p>" for text in PARAGRAPHS),
        "".join(f'<p class="x">{text}</p>\n' for text in PARAGRAPHS),
        "<div>" + "</div><div>".join(PARAGRAPHS) + "</div>",
        "<br>".join(PARAGRAPHS),
        "<br /><br />".join(PARAGRAPHS),
        "\n<br/>\n".join(PARAGRAPHS),
        "\n\n".join(PARAGRAPHS),
        "\n\n".join(f"<strong>{text[:9]}</strong>{text[9:]}" for text in PARAGRAPHS),
        "&nbsp;\n\n".join(PARAGRAPHS),
        escape("".join(f"<p>{text}</p>" for text in PARAGRAPHS)),
        escape(escape("".join(f"<p>{text}</p>" for text in PARAGRAPHS))),
        escape("<br><br>".join(PARAGRAPHS)),
        PARAGRAPHS,
        f"<p>{A}</p><style>p {{}}</style><p>{B}</p><figure><figcaption>The wheel.</figcaption></figure>"
        f"<p>{C}</p><p>{D}</p>",
    ],
)
def test_markup_in_a_declared_body_becomes_paragraphs(body: Any) -> None:
    assert read_body(body) == PARAGRAPHS


def test_headings_and_lists_in_a_declared_body_keep_their_kind() -> None:
    body = f"<p>{A}</p><h2>The wheel</h2><p>{B} {C}</p><ul><li>Stones</li><li>Sacks</li></ul><p>{D}</p>"
    blocks = read({"@type": "NewsArticle", "articleBody": body})
    assert [tag for tag, _ in blocks] == ["p", "h2", "p", "li", "li", "p"]


@pytest.mark.parametrize(
    "text",
    [
        "If a < b and c > d, the stones of the mill turn faster than the wheel outside of the building.",
        "The price fell to 5 <3 times in a row>, he wrote, and nobody at the mill could say what that means.",
        "Write <name@mill.example> or call R&D at the mill; AT&T has laid a cable to the house this summer.",
    ],
)
def test_angle_brackets_in_plain_text_stay(text: str) -> None:
    assert read_body("\n\n".join([*PARAGRAPHS, text]))[-1] == text


def live(updates: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"@type": "LiveBlogPosting", "headline": "The mill turns", "liveBlogUpdate": updates, **more}


def update(headline: str, body: str) -> dict[str, Any]:
    return {"@type": "BlogPosting", "headline": headline, "articleBody": body, "datePublished": "2026-09-01T08:00:00Z"}


UPDATES = [update(f"Entry {text[:5]} x", text) for text in PARAGRAPHS]
ENTRIES = [entry for text in PARAGRAPHS for entry in (("h2", f"Entry {text[:5]} x"), ("p", text))]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (live(UPDATES), ""),
        (live(UPDATES), "<div id='live'>Loading …</div>"),
        (live([{**one, "articleBody": f"<p>{one['articleBody']}</p>"} for one in UPDATES]), ""),
        ({"@graph": [{"@id": f"#{at}", **one} for at, one in enumerate(UPDATES)]
          + [live([{"@id": f"#{at}"} for at in range(4)])]}, ""),
        (live([*UPDATES, UPDATES[0]]), f"<article><p>{A}</p></article>"),
    ],
)  # fmt: skip
def test_entries_of_a_live_blog_become_the_body_if_the_page_lacks_them(data: dict[str, Any], shown: str) -> None:
    assert read(data, shown) == ENTRIES


def test_entries_without_headlines_and_an_introduction_are_read() -> None:
    intro = "We follow the opening of the mill at Tarnow, where the first sacks of rye are expected in the morning."
    updates = [{"@type": "BlogPosting", "articleBody": text} for text in PARAGRAPHS]
    assert read(live(updates, articleBody=intro)) == [("p", text) for text in (intro, *PARAGRAPHS)]


def test_entries_that_the_page_shows_stay_as_they_are() -> None:
    shown = "<article>" + "".join(f"<div><h3>Now</h3><p>{text}</p></div>" for text in PARAGRAPHS) + "</article>"
    assert [text for tag, text in read(live(UPDATES), shown) if tag == "p"] == PARAGRAPHS


def test_paginated_live_blog_keeps_the_entries_of_its_page() -> None:
    texts = [
        f"Entry number {at} of this day at the mill says that sack {at} of the rye has gone down." for at in range(40)
    ]
    shown = "<article>" + "".join(f"<div><p>{text}</p></div>" for text in texts[:12]) + "</article>"
    blocks = read(live([update("", text) for text in texts]), shown)
    assert [text for _, text in blocks] == texts[:12]


@pytest.mark.parametrize("attribute", ["shadowrootmode='open'", "shadowrootmode=closed", "shadowroot='open'"])
def test_text_in_a_declared_shadow_root_is_read(attribute: str) -> None:
    inside = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    shown = f"<story-text><template {attribute}><style>p {{}}</style><slot></slot>{inside}</template></story-text>"
    assert read(None, f"<main>{shown}</main>") == [("p", text) for text in PARAGRAPHS]


@pytest.mark.parametrize("template", ["<template>", "<template id='teaser'>", "<template v-if='open'>"])
def test_other_templates_are_not_shown(template: str) -> None:
    shown = f"<main><p>{A}</p>{template}<p>{B}</p></template><p>{C}</p></main>"
    assert read(None, shown) == [("p", A), ("p", C)]


@pytest.mark.parametrize(
    "text",
    [
        "磨坊从九月起重新磨面，距离水轮停转已经过去了十一年。",
        "방앗간은 구월부터 다시 밀가루를 빻는다고 마을 조합이 밝혔다.",
    ],
)
def test_short_bodies_in_dense_scripts_are_long_enough(text: str) -> None:
    paragraphs = [f"{text}{at}。" for at in range(6)]
    assert read_body("".join(f"<p>{line}</p>" for line in paragraphs)) == paragraphs
    assert read_body(f"<p>{text}</p>") == []
