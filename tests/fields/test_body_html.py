"""The body as HTML: structure is kept, active content is not."""

from __future__ import annotations

import pytest

from newscrawl.evidence import Block, ExtractionRules, ImageEvidence, ImagePlace, Step
from newscrawl.extraction.extract import extract
from newscrawl.fields.body_html import body_html

URL = "https://e.example/news/lighthouse"
FIRST = "<p>The lighthouse on the northern cape shines again after the storm, the council said.</p>"
LAST = "<p>The keeper moved back into the tower on Monday, and the ferry sails by its light again.</p>"


def render(inside: str) -> str:
    """Return the HTML of *inside* between two paragraphs of an article."""
    page = f'<html><body><article itemprop="articleBody">{FIRST}{inside}{LAST}</article></body></html>'
    extraction = extract(page.encode(), URL, ExtractionRules())
    html = body_html(extraction.blocks, URL, extraction.images) or ""
    assert html.startswith(FIRST)
    assert html.endswith(LAST)
    return html.removeprefix(FIRST).removesuffix(LAST).strip("\n")


def block(text: str, tag: str = "p", html: str | None = None) -> Block:
    return Block(text, tag, True, "body", html)


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Costs</h2>\n<p>The repair was <strong>dear</strong> and <em>slow</em>.</p>",
        "<ul><li>One lamp</li><li>Two lenses</li></ul>",
        "<ol><li>One lamp</li><li>Two lenses</li></ol>",
        "<ol><li>Lamps<ul><li>Large one</li><li>Small one</li></ul></li><li>Lenses</li></ol>",
        "<ul><li><p>One lamp is broken.</p><p>It was old.</p></li><li>Two lenses</li></ul>",
        "<blockquote><p>It shines.</p><p>It will shine.</p></blockquote>",
        "<blockquote><p>We need this:</p><ol><li>One lamp</li></ol></blockquote>",
        "<blockquote><p>It shines.</p></blockquote>\n<blockquote><p>It will shine.</p></blockquote>",
        "<dl><dt>Height</dt><dd>Forty metres</dd></dl>",
        "<table><tr><th>Year</th><th>Ships</th></tr><tr><td>2023</td><td>8,000</td></tr></table>",
    ],
)
def test_structure_is_kept(html: str) -> None:
    assert render(html) == html


def test_adjacent_lists_stay_separate() -> None:
    lists = "<ul><li>One lamp</li></ul><ul><li>Two lenses</li></ul>"
    assert render(lists) == "<ul><li>One lamp</li></ul>\n<ul><li>Two lenses</li></ul>"


def test_a_nested_list_without_an_item_continues_the_outer_list() -> None:
    assert render("<ul><li>One lamp</li><ul><li>Two lenses</li></ul></ul>") == (
        "<ul><li>One lamp</li><li>Two lenses</li></ul>"
    )


def test_an_empty_cell_keeps_its_column() -> None:
    table = "<table><tr><td></td><th>Ships</th></tr><tr><th>2023</th><td>8,000</td></tr></table>"
    assert render(table) == table


def test_layout_tables_are_omitted() -> None:
    left, right = ("<p>" + f"The council wants to pay for the {part}. " * 20 + "</p>" for part in ("lamp", "lens"))
    assert "<t" not in render(f"<table><tr><td>{left}</td><td>{right}</td></tr></table>")
    assert render("<table><tr><td><p>The repair is paid for by all.</p></td></tr></table>") == (
        "<p>The repair is paid for by all.</p>"
    )


def test_elements_around_the_whole_text_are_omitted() -> None:
    page = f"<html><body><h1>Light</h1><blockquote>{FIRST}{LAST}</blockquote></body></html>"
    blocks = extract(page.encode(), URL, ExtractionRules()).blocks
    assert body_html(blocks, URL) == f"{FIRST}\n{LAST}"


def test_the_standfirst_has_a_class_and_no_other_class_of_the_page_is_kept() -> None:
    blocks = [
        Block("A < B", "h2", True, "body", 'A <strong class="x">&lt; B</strong>', standfirst="class name"),
        Block("First.", "p", True, "body", '<span class="standfirst">First.</span>'),
        Block("Point.", "li", True, "body", "Point.", (Step("ul", 1), Step("li", 2)), standfirst="class name"),
    ]
    assert body_html(blocks, URL) == (
        '<p class="standfirst">A <strong>&lt; B</strong></p>\n<p>First.</p>\n'
        '<ul><li><p class="standfirst">Point.</p></li></ul>'
    )


def test_preformatted_text_keeps_line_breaks_and_spaces() -> None:
    assert render("<pre>\nlamp  on\n    lens 2\n</pre>") == "<pre>lamp  on\n    lens 2</pre>"
    assert render('<pre>lamp on<img src="/a.jpg"></pre>') == "<pre>lamp on</pre>"


def test_images_keep_their_position_caption_and_credit() -> None:
    figure = (
        '<figure><img src="/a.jpg" alt="A &quot;tower&quot;"><figcaption>Tower. Photo: Ann Lee</figcaption></figure>'
    )
    assert render(f"{figure}<p>Then came the storm of the year.</p>") == (
        '<figure><img src="https://e.example/a.jpg" alt="A &quot;tower&quot;">'
        "<figcaption>Tower. <small>Ann Lee</small></figcaption></figure>\n<p>Then came the storm of the year.</p>"
    )


def test_an_image_in_a_list_stays_in_its_item() -> None:
    item = "<ul><li><img src='https://i.example/a.jpg'>One lamp</li><li>Two lenses</li></ul>"
    assert render(item) == (
        '<ul><li><figure><img src="https://i.example/a.jpg" alt=""></figure><p>One lamp</p></li>'
        "<li>Two lenses</li></ul>"
    )


def test_an_image_is_rendered_once() -> None:
    assert render('<img src="/a.jpg"><p>Then came the storm of the year.</p><img src="/a.jpg">').count("<img") == 1


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:image/png;base64,AAAA", "http://[", "ftp://e.example/a.png"]
)
def test_images_without_an_http_url_are_omitted(url: str) -> None:
    image = ImageEvidence(url, "dom", place=ImagePlace(0))
    assert body_html([block("y")], URL, [image]) == "<p>y</p>"


def test_image_attributes_are_escaped() -> None:
    image = ImageEvidence('/a"b.jpg', "dom", "<script>x</script>", "<b onclick=x>", ImagePlace(0, (), '"><script>'))
    html = body_html([block("y")], URL, [image]) or ""
    assert html == (
        '<figure><img src="https://e.example/a&quot;b.jpg" alt="&quot;&gt;&lt;script&gt;"><figcaption>'
        "&lt;script&gt;x&lt;/script&gt; <small>&lt;b onclick=x&gt;</small></figcaption></figure>\n<p>y</p>"
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
        ("<iframe src=x></iframe>y", "y"),
        ("a\x00b\x1b", "ab"),
    ],
)
def test_links_are_absolute_and_active_content_is_removed(html: str, expected: str) -> None:
    assert body_html([block("y", html=html)], URL) == f"<p>{expected}</p>"


def test_deep_nesting_is_bounded() -> None:
    deep = "".join(f"<ul><li>Lamp number {number}" for number in range(200))
    html = render(deep + "</li></ul>" * 200)
    assert html.count("<ul>") <= 12
    assert "Lamp number 199" in html


def test_removed_blocks_are_not_rendered() -> None:
    assert body_html([block("a"), Block("b", "p", False, "links"), block("c")], URL) == "<p>a</p>\n<p>c</p>"


def test_text_without_html_is_escaped() -> None:
    assert body_html([block("1 < 2 & 3")], URL) == "<p>1 &lt; 2 &amp; 3</p>"


def test_no_blocks_render_to_none() -> None:
    assert body_html([], URL) is None
