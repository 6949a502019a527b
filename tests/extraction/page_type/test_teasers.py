"""What counts as a teaser, and what as text between two."""

from __future__ import annotations

import pytest

from newscrawl.extraction.body.classify import classify_blocks
from newscrawl.extraction.body.rules import BodyHints
from newscrawl.extraction.html.document import parse
from newscrawl.extraction.html.scan import scan_dom
from newscrawl.extraction.page_type.teasers import TeaserList, read_river

TEXT = "The council approved a plan on Tuesday to rebuild the lighthouse, which has been dark since the storm."
LINK = "<a href='/news/4'>Harbour bridge to close for weeks</a>"


def river_of(html: str, url: str = "https://www.e.example/x") -> TeaserList:
    scan = scan_dom(parse(f"<main>{html}</main>".encode()).root, {}, {})
    return read_river(scan, classify_blocks(scan, BodyHints()), url)


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
    assert river_of(f"<p>{TEXT}</p>{html}").teasers >= 1


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
def test_links_in_a_text_to_other_sites_to_sections_and_in_the_frame_are_none(html: str) -> None:
    assert river_of(f"<p>{TEXT}</p>{html}").teasers == 0


def test_a_run_goes_from_teaser_to_teaser() -> None:
    river = river_of(f"<p>1 {TEXT}</p><p>2 {TEXT}</p><h2>{LINK}</h2><div><p>3 {TEXT}</p></div>")
    assert (river.runs, river.paragraphs) == (2, 3)
    assert river.run == 2 * len(TEXT) + 4


def test_links_that_say_read_on_are_counted_apart() -> None:
    buttons = "".join(f"<div><a href='/{n}'>{text}</a></div>" for n, text in enumerate(["Read more", "Weiterlesen!"]))
    river = river_of(f"<p>{TEXT}</p>{buttons}")
    assert (river.read_on, river.teasers) == (2, 0)
