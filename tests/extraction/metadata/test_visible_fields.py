"""Which lines of a page are the headline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.loaders import load_article

URL = "https://post.example/2023/lamp"
TEXT = "said that the lamp would be lit again before the winter, when the repairs are finished."
PROSE = "".join(f"<p>The {who} {TEXT}</p>" for who in ("keeper", "mayor", "sailor", "teacher"))
HOME = "<h1><a href='https://post.example/'>post.example</a></h1>"


def headline_of(title: str, page: str) -> str | None:
    html = f"<html lang='en'><head><title>{title}</title></head><body>{page}{PROSE}</body></html>"
    extraction = extract(html.encode(), URL, ExtractionRules())
    return load_article(
        extraction, url=URL, source_metadata=None, rules=ExtractionRules(), now=datetime(2024, 1, 1, tzinfo=UTC)
    ).headline


@pytest.mark.parametrize(
    ("title", "page", "headline"),
    [
        ("post.example The Lamp", f"{HOME}<h3>The Lamp</h3>", "The Lamp"),
        ("Post - Coast - A lamp for the harbour", "<p>Coast<br>A lamp for the harbour<br>2 May</p>",
         "A lamp for the harbour"),
        ("Sea and Coast Society - Lamps", "<p>Sea and Coast Society<br>since 1974</p><p>Menu</p><p>Lamps</p>",
         "Sea and Coast Society - Lamps"),
        ("Coast News :: No. 4 :: A lamp at last", "<h2>A lamp at last</h2>", "A lamp at last"),
        ("Coast News » Town » A lamp at last", "<h1>A lamp at last</h1>", "A lamp at last"),
        ("Harbour life: a lamp at last", "<h1>a lamp at last</h1>", "Harbour life: a lamp at last"),
        ("The lamp is lit again – Playful Sea", "<h2>The lamp is lit again</h2>", "The lamp is lit again"),
        ("Playful Sea: the lamp of the old tower is lit again", "<p>The lamp of the old tower is lit again</p>",
         "The lamp of the old tower is lit again"),
        ("The lamp is lit againㅣSea", "<h2>The lamp is lit again</h2>", "The lamp is lit again"),
        ("The lamp -- Lit again - Sea", "<h2>The lamp -- Lit again</h2><h3>Lit again</h3>", "The lamp -- Lit again"),
        ("The lamp: lit again at last", "<h1>The lamp: lit again at last</h1><h2>Lit again at last</h2>",
         "The lamp: lit again at last"),
        ("The lamp is lit - post.example", "<h4>post.example</h4>", "The lamp is lit"),
        ("The lamp is lit - News", "<h2>News</h2>", "The lamp is lit - News"),
        ("The lamp is lit - Sea and Coast News", "<p>Sea News</p>", "The lamp is lit - Sea and Coast News"),
        ("The lamp, lit again - Sea", "<h1>A lamp for the sea</h1><p>The lamp, lit again</p>", "A lamp for the sea"),
    ],
    ids=["site in the h1", "line of a block", "head of the page", "trail", "trail and h1", "colon", "no h1",
         "site first", "Korean bar", "longest line", "own h1", "site", "short section",
         "other words", "h1 of the article"],
)  # fmt: skip
def test_the_part_of_the_title_that_is_a_line_of_the_page_is_the_headline(title: str, page: str, headline: str) -> None:
    assert headline_of(title, page) == headline


@pytest.mark.parametrize(
    ("title", "site", "headline"),
    [
        (
            "Harbour Notes » A weekend at the old shipyard",
            "<a href='/'>Harbour Notes</a>",
            "A weekend at the old shipyard",
        ),
        ("Hafenblog: Wie sicher ist das Netz?", "<a href='/'>Hafenblog</a>", "Wie sicher ist das Netz?"),
        ("A lamp | Notes", "<a href='https://post.example/'>Notes</a>", "A lamp"),
        ("A lamp", "<a href='/'>Notes</a>", "A lamp"),
        ("Carnet de quai - Un week-end : le port", "<a href='/'>Carnet de quai</a>", "Un week-end : le port"),
    ],
)
def test_an_h1_that_links_to_the_home_page_is_not_the_headline_beside_another(
    title: str, site: str, headline: str
) -> None:
    assert headline_of(title, f"<h1>{site}</h1><article><h1>{headline}</h1>") == headline


def test_an_h1_that_links_to_its_own_page_is_the_headline() -> None:
    page = "<h1><a href='/2023/lamp'>A lamp at last</a></h1><h1>Comments</h1>"
    assert headline_of("A lamp at last", page) == "A lamp at last"


def test_date_and_author_in_the_type_style_of_captions_are_read() -> None:
    page = """<header><h1>A lamp at last</h1>
    <span class="caption-large" itemprop="dateCreated pubdate datePublished">
    <time datetime="2024-11-03">3 Nov</time></span>
    <span class="caption-large" itemprop="author" itemscope><span itemprop="name">Ann Lee</span></span></header>"""
    evidence = extract(f"<body>{page}{PROSE}</body>".encode(), URL, ExtractionRules()).evidence
    assert [one.value for one in evidence["authors"]] == ["Ann Lee"]
    assert [one.value for one in evidence["date_published"]][:1] == ["2024-11-03"]


@pytest.mark.parametrize("tag", ["x-byline", "div class=byline"])
def test_the_date_in_an_attribute_of_the_byline_is_read(tag: str) -> None:
    page = f"<h1>A lamp at last</h1><{tag} data-published='2025-06-30'>By Ann Lee</{tag.split()[0]}>"
    evidence = extract(f"<body>{page}{PROSE}</body>".encode(), URL, ExtractionRules()).evidence
    assert [one.value for one in evidence["date_published"]] == ["2025-06-30"]


def test_a_broken_link_in_the_heading_leads_nowhere() -> None:
    page = "<article><h1><a href='http://[bad'>Old lighthouse</a></h1><h2>Lamp</h2><p>The keeper lit it.</p></article>"
    html = f"<html><head><title>Old lighthouse</title></head><body>{page}</body></html>"
    found = extract(html.encode(), "https://post.example/lighthouse", ExtractionRules())
    assert found.evidence["headline"][0].value == "Old lighthouse"
