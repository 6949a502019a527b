"""Count teasers, and runs of text between them."""

from __future__ import annotations

import pytest

from newscrawl.extraction.body.classify import classify_blocks
from newscrawl.extraction.body.rules import BodyHints
from newscrawl.extraction.html.document import parse
from newscrawl.extraction.html.scan import scan_dom
from newscrawl.extraction.page_type.teasers import TeaserList, count_teasers

TEXT = "The council approved a plan on Tuesday to rebuild the lighthouse, which has been dark since the storm."
LINK = "<a href='/news/4'>Harbour bridge to close for weeks</a>"


def count_in(html: str, url: str = "https://www.e.example/x") -> TeaserList:
    scan = scan_dom(parse(f"<main>{html}</main>".encode()).root, {}, {})
    return count_teasers(scan, classify_blocks(scan, BodyHints()), url)


@pytest.mark.parametrize(
    "html",
    [
        f"<h2>{LINK}</h2>",
        f"<div><span>{LINK}</span></div>",
        f"<a href='/news/4'><h3>Harbour bridge to close</h3><p>{TEXT}</p></a>",
        "<h2><a href='https://e.example/news/4'>Harbour bridge to close</a></h2>",
        "<h2><a href='https://sport.e.example/4'>Harbour bridge to close</a></h2>",
        "<h2><a href='/4'>港の橋が通行止め</a></h2>",
        f"<div>{LINK}<br>6 February<br>{TEXT} And more of it, so that the link is the smaller part.</div>",
    ],
)
def test_a_linked_headline_is_a_teaser(html: str) -> None:
    assert count_in(f"<p>{TEXT}</p>{html}").teasers >= 1


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{LINK}</p>",
        "<h2><a href='https://other.example/news/4'>Harbour bridge to close</a></h2>",
        "<h2>Harbour bridge to close for weeks</h2>",
        "<h2><a href='/world'>World</a></h2>",
        f"<div>{TEXT} {LINK}</div>",
        f"<footer><h2>{LINK}</h2></footer>",
    ],
)
def test_inline_external_section_and_footer_links_are_not_teasers(html: str) -> None:
    assert count_in(f"<p>{TEXT}</p>{html}").teasers == 0


def test_a_run_of_text_ends_at_a_teaser() -> None:
    counts = count_in(f"<p>1 {TEXT}</p><p>2 {TEXT}</p><h2>{LINK}</h2><div><p>3 {TEXT}</p></div>")
    assert (counts.runs, counts.paragraphs) == (2, 3)
    assert counts.run == 2 * len(TEXT) + 4


def test_read_more_links_are_counted_separately() -> None:
    buttons = "".join(f"<div><a href='/{n}'>{text}</a></div>" for n, text in enumerate(["Read more", "Weiterlesen!"]))
    counts = count_in(f"<p>{TEXT}</p>{buttons}")
    assert (counts.read_on, counts.teasers) == (2, 0)
