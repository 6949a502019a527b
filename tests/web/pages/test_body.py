from __future__ import annotations

import pytest
from lxml import html as html_parser

from newscrawl.web.pages.body import show_body

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    '<img src="https://t.example/p.gif" alt="&quot;><script>alert(1)</script>">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="https://x.example/" onclick="alert(1)" style="x" target="_top">x</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<svg><script>alert(1)</script></svg>",
    "<style>*{display:none}</style>",
    "<form action='https://x.example'><input></form>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "</div></main><h1>broken out</h1>",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_stored_html_is_sanitized_again(html: str) -> None:
    shown = str(show_body(f"<p>text</p>{html}", "text"))
    assert "<p>text</p>" in shown
    elements = list(html_parser.fragment_fromstring(shown, create_parent="div").iter())
    assert {str(one.tag) for one in elements} <= {"div", "p", "a", "span", "table", "tbody"}
    assert {name for one in elements for name in one.attrib} <= {"href", "rel", "class", "dir"}
    assert all(one.get("href", "https:").startswith("https:") for one in elements)


def test_images_are_links_that_only_a_click_follows() -> None:
    shown = show_body('<figure><img src="https://x.example/a.jpg?b=1&amp;c=2" alt="A &amp; B"></figure>', "")
    assert '<a class="image" href="https://x.example/a.jpg?b=1&amp;c=2" rel="noopener nofollow noreferrer"' in shown
    assert ">Image: A &amp; B</a>" in shown
    assert "<img" not in show_body('<img src="javascript:x" alt="a > b">', "")


def test_links_do_not_vouch_for_their_target() -> None:
    assert 'rel="noopener nofollow noreferrer"' in show_body('<p><a href="https://x.example/">x</a></p>', "x")


def test_without_html_the_text_is_shown_in_paragraphs() -> None:
    assert show_body(None, "One <b>\n\nTwo") == "<p>One &lt;b&gt;</p>\n<p>Two</p>"
