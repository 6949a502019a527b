"""The scan of a page: what counts as the text of links."""

from __future__ import annotations

import pytest

from newscrawl.extraction.html.document import parse
from newscrawl.extraction.html.scan import scan_dom

LONG = "The harbour was flooded on Monday evening, and three boats sank before help arrived."


def get_links(middle: str) -> dict[str, int]:
    """Return the text of each block in an article, with the characters of links in it."""
    page = f"<html><body><article><p>First.</p>{middle}</article></body></html>"
    return {block.text: block.link_chars for block in scan_dom(parse(page.encode()).root, {}, {}).blocks}


@pytest.mark.parametrize(
    "start",
    ["<a href='/map'>", "<a href='/map'>See the map", "<A HREF=/map class=more>Zur Karte<br>", "<a href='#top'><b>"],
)
def test_paragraphs_after_a_link_that_is_never_closed_are_text(start: str) -> None:
    links = get_links(f"{start}<p>{LONG}</p><p>{LONG} Again.</p><p>Short.</p>")
    assert links[LONG] == links[f"{LONG} Again."] == links["Short."] == 0


@pytest.mark.parametrize(
    "teaser",
    [
        f"<a href='/x'><h3>Other story</h3><p>{LONG}</p><p>{LONG} Again.</p></a>",
        f"<a href='/x'><img src=/x.png><p>{LONG}</p><p>{LONG} Again.</p></a>",
        f"<a href='/x'><div><h2>Other</h2></div><p>{LONG}</p><p>{LONG} Again.</p></a>",
        f"<a href='/x'><p>{LONG}</p><p>3 minutes</p></a>",
        f"<a href='/x'><p>{LONG}</p></a><a href='/y'><p>{LONG}</p></a>",
        f"<p><a href='/x'>{LONG}</a></p>",
    ],
)
def test_teasers_in_a_link_are_links(teaser: str) -> None:
    assert get_links(teaser)[LONG] == len(LONG)


def read_blocks(html: str) -> list[str]:
    return [block.text for block in scan_dom(parse(f"<body>{html}</body>".encode()).root, {}, {}).blocks]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div><span>Politics</span><span>14 October</span><span>9 min</span></div>", "Politics 14 October 9 min"),
        ("<div><a href=/ann>Ann Lee</a><time>14 October</time></div>", "Ann Lee 14 October"),
        ("<header><span>Von</span><span>Ann Lee</span></header>", "Von Ann Lee"),
        ("<div><span><b>Ann</b></span><span>Lee</span></div>", "Ann Lee"),
        # parts of a word, a sentence, punctuation, or white space of their own
        ("<p><span>un</span><span>known</span></p>", "unknown"),
        ("<div><span>T</span><span>he lamp</span></div>", "The lamp"),
        ("<div><b>Ann</b><span>abel</span></div>", "Annabel"),
        ("<div><span>Ann Lee</span><span>, editor</span></div>", "Ann Lee, editor"),
        ("<div><span>Ann</span> <span>Lee</span></div>", "Ann Lee"),
        ("<div><b><span>un</span><span>known</span></b></div>", "unknown"),
    ],
)  # fmt: skip
def test_inline_elements_that_are_boxes_are_set_apart(html: str, text: str) -> None:
    assert read_blocks(html) == [text]


STORY = "Government cuts red tape for showmen"
CARD = f"<h3>Economy: {STORY}</h3>"


@pytest.mark.parametrize(
    "card",
    [
        f"<a href='/x' aria-label='{STORY}'></a><div>{CARD}</div>",
        f"<a href='/x'><span class='sr-only'>{STORY}</span></a><div>{CARD}</div>",
        f"<div>{CARD}</div><a href='https://e.example/x' title='{STORY}'><img src='/x.png' alt=''></a>",
        f"<a href='/x' aria-label=' {STORY.upper()} '></a>{CARD}",
    ],
    ids=["label", "for screen readers", "image with title", "capitals"],
)
def test_a_link_that_covers_a_card_is_that_of_its_headline(card: str) -> None:
    text = f"Economy: {STORY}"
    assert get_links(f"<section><article>{card}</article></section><p>{LONG}</p>") == {
        "First.": 0, text: len(text), LONG: 0
    }  # fmt: skip


@pytest.mark.parametrize(
    "card",
    [
        f"<a href='#x' aria-label='{STORY}'></a>{CARD}",
        f"<a href='/page#x' aria-label='{STORY}'></a>{CARD}",
        f"<a href='/x' aria-label='Share this story on Example'></a>{CARD}",
        f"<a aria-label='{STORY}'></a>{CARD}",
        f"<a href='/x' aria-label='Economy'></a>{CARD}",
        f"<a href='/x' aria-label='{STORY}'></a>{CARD.replace('</h3>', ', as the mayor has often said before.</h3>')}",
        f"<a href='/x' aria-label='{STORY}'></a>{'<div><p>Text.</p></div>' * 20}{CARD}",
    ],
    ids=["mark", "mark on the page", "other label", "no address", "short label", "small part", "no card"],
)
def test_a_link_with_another_label_covers_nothing(card: str) -> None:
    assert set(get_links(f"<section><div>{card}</div></section>").values()) == {0}
