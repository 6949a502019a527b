"""Streams of teasers below the text, and lists of links that are the text."""

from __future__ import annotations

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract

TITLE = "Ice rink on the lake closes a week early"
TEXT = [
    "The ice rink on the lake closed on Monday, a week before the end of the season, after two days of heavy rain.",
    "The association that runs it measured eleven centimetres of ice on Sunday, four less than the rules ask for.",
    "Some nine thousand visitors came this winter, the treasurer said, nearly twice as many as in the year before.",
    "The boards and the hut for the skates are to be taken down on Saturday by volunteers, weather permitting.",
]
TEASERS = [
    ("Ski lift gets a new rope", "The old one ran for thirty-one years without a fault."),
    ("Baker hands over to her niece", "The shop in the Long Lane stays as it is, both of them say."),
    ("Choir sings in the tunnel", "Two hundred people listened to the concert under the railway."),
]


def kept(below: str, *, text: list[str] = TEXT, head: str = "", after: str = "") -> list[str]:
    paragraphs = "".join(f"<p>{line}</p>" for line in text)
    page = f"<title>{TITLE}</title>{head}<div class='m'><h1>{TITLE}</h1><div class='t'>{paragraphs}{below}</div>{after}"
    blocks = extract(f"<html>{page}</div></html>".encode(), "https://www.e.example/rink", ExtractionRules()).blocks
    return [block.text for block in blocks if block.kept]


def build(item: str, teasers: list[tuple[str, str]] = TEASERS) -> str:
    return "".join(item.format(at=at, title=title, text=text) for at, (title, text) in enumerate(teasers))


def lines(teasers: list[tuple[str, str]] = TEASERS) -> list[str]:
    return [line for teaser in teasers for line in teaser]


ITEM = "<div class='i'><h3><a href='/n/{at}'>{title}</a></h3><p>{text}</p></div>"


@pytest.mark.parametrize(
    "below",
    [
        build(ITEM),
        f"<div><h2>From the valley</h2>{build(ITEM)}</div>",
        "<div>" + build("<h3><a href='https://e.example/n/{at}'>{title}</a></h3><p>{text}</p>") + "</div>",
        "<ul>" + build("<li><a href='/n/{at}'><b>{title}</b></a><br>{text}</li>") + "</ul>",
        build("<article><span>3 March</span><a href='n{at}'>{title}</a><p>{text}</p></article>"),
        "<div>" + build(ITEM) + "</div><div>" + build(ITEM.replace("/n/", "/m/")) + "</div>",
    ],
)  # fmt: skip
def test_streams_of_teasers_below_the_text_are_removed(below: str) -> None:
    assert kept(below) == TEXT
    assert kept("", after=below) == TEXT


@pytest.mark.parametrize(
    "item",
    [
        ITEM.replace("/n/{at}", "https://shop{at}.example.org/"),
        ITEM.replace("/n/", "#part-"),
        ITEM.replace("<a href='/n/{at}'>{title}</a>", "{title}"),
        ITEM.replace("{title}", "Part {at}: {title}"),
        ITEM.replace("{text}", "{text} " + 4 * "That is what the neighbours say, who know every stone there. "),
        ITEM.replace("</p>", "</p><p>It is the only one of its kind in the whole of the valley.</p>"),
    ],
)
def test_sections_that_link_elsewhere_or_hold_text_stay(item: str) -> None:
    assert [line for line in kept(build(item)) if line in TEXT or line in lines()][: len(TEXT)] == TEXT
    assert all(any(title in line for line in kept(build(item))) for title, _ in TEASERS)


def test_lists_of_links_that_are_the_text_stay() -> None:
    stream = f"<div>{build(ITEM)}</div>"
    assert (
        kept(stream, text=["Here is what our readers liked best in this first week of the month of March."])[1:]
        == lines()
    )
    assert kept(f"{stream}<p>{TEXT[0].replace('lake', 'pond')}</p>")[4:-1] == lines()
    assert kept(f"<div>{build(ITEM, TEASERS[:2])}</div>")[4:] == lines(TEASERS[:2])
    body = " ".join([*TEXT, *lines()])
    data = f'<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{body}"}}</script>'
    assert kept(stream, head=data)[4:] == lines()
