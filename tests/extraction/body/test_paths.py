"""Paths of nodes: the lists, quotations and tables around them."""

from __future__ import annotations

import pytest

from newscrawl.extraction.body.paths import MAX_DEPTH, PathBuilder
from newscrawl.extraction.html.document import parse
from newscrawl.extraction.html.scan import scan_dom


def get_tags(html: str) -> list[tuple[str, int]]:
    """Return tag and column of each step around the last block of *html*."""
    scan = scan_dom(parse(f"<main>{html}</main>".encode()).root, {}, {})
    paths = PathBuilder(scan.nodes, [True] * len(scan.nodes))
    found = [paths.get_path(block.node) for block in scan.blocks]
    return [(step.tag, step.column) for step in found[-1]]


@pytest.mark.parametrize(
    ("html", "tags"),
    [
        ("<p>a</p>", []),
        ("<ul><li><p>a</p></li></ul>", [("ul", 0), ("li", 0)]),
        ("<ol><li>a<ul><li>b</li></ul></li></ol>", [("ol", 0), ("li", 0), ("ul", 0), ("li", 0)]),
        ("<dir><li>a</li></dir>", [("ul", 0), ("li", 0)]),
        ("<li>a</li>", [("ul", 0), ("li", 0)]),
        ("<ul><ul><li>a</li></ul></ul>", [("ul", 0), ("li", 0)]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", [("table", 0), ("tr", 0), ("td", 1)]),
        ("<blockquote><pre>a</pre></blockquote>", [("blockquote", 0), ("pre", 0)]),
        ("<dd>a</dd>", []),
    ],
)
def test_a_path_has_the_elements_that_html_allows(html: str, tags: list[tuple[str, int]]) -> None:
    assert get_tags(html) == tags


def test_deep_nesting_is_flattened() -> None:
    assert len(get_tags("<blockquote>" * 30 + "a")) == MAX_DEPTH
