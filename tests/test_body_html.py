"""The body as HTML: structure kept, nothing that could run."""

from __future__ import annotations

import pytest

from newscrawl.body_html import body_html
from newscrawl.extraction.model import Block


def block(text: str, tag: str = "p", html: str | None = None) -> Block:
    return Block(text, tag, True, "body", html)


def test_structure_is_kept() -> None:
    blocks = [
        block("a"),
        block("b", "h3"),
        block("c", "li"),
        block("d", "li"),
        block("e", "blockquote"),
        block("f", "td"),
    ]
    assert body_html(blocks, "https://e.example/") == (
        "<p>a</p>\n<h3>b</h3>\n<ul><li>c</li><li>d</li></ul>\n<blockquote><p>e</p></blockquote>\n<p>f</p>"
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/x">y</a>', '<a href="https://e.example/x" rel="noopener noreferrer">y</a>'),
        ('<a href="javascript:alert(1)">y</a>', '<a rel="noopener noreferrer">y</a>'),
        (
            '<a href="https://x.example/" onclick="x()">y</a>',
            '<a href="https://x.example/" rel="noopener noreferrer">y</a>',
        ),
        ("<script>alert(1)</script>y", "y"),
        ("<img src=x onerror=alert(1)>y", "y"),
        ("a\x00b\x1b", "ab"),
    ],
)
def test_links_are_absolute_and_nothing_can_run(html: str, expected: str) -> None:
    assert body_html([block("y", html=html)], "https://e.example/") == f"<p>{expected}</p>"


def test_text_without_html_is_escaped() -> None:
    assert body_html([block("1 < 2 & 3")], "https://e.example/") == "<p>1 &lt; 2 &amp; 3</p>"


def test_no_blocks_give_none() -> None:
    assert body_html([], "https://e.example/") is None
