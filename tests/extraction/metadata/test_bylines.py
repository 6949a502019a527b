"""Which of the names that a page shows are those of the authors."""

from __future__ import annotations

import json

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.fields.name_kinds import DOUBTFUL_AUTHORS
from newscrawl.fields.people import split_names

URL = "https://post.example/lighthouse"
SENTENCE = "said that the lamp of the old tower would be lit again before the winter, as Ida Holm had asked."
PROSE = "".join(f"<p>The {who} {SENTENCE}</p>" for who in ("keeper", "mayor", "sailor", "teacher", "harbour master"))
TITLE = "<h1>An old tower shines again</h1>"


def authors_of(page: str, head: str = "", field: str = "authors") -> list[str]:
    """Return the different names of a page, in order."""
    html = f"<html lang='en'><head><title>An old tower shines again</title>{head}</head><body>{page}</body></html>"
    values = extract(html.encode(), URL, ExtractionRules()).evidence.get(field, ())
    return list(dict.fromkeys(name for value in values for name in split_names(value.value)))


def linked_data(*authors: dict[str, str]) -> str:
    data = {"@type": "NewsArticle", "headline": "An old tower shines again", "author": list(authors)}
    return f"<script type='application/ld+json'>{json.dumps(data)}</script>"


@pytest.mark.parametrize(
    ("line", "more", "authors"),
    [
        ("<p>Ann Lee</p>", "<p>Ann Lee is a writer.</p>", ["Ann Lee"]),
        ("<div>Şule Çetin | 05.04.2025 - Güncelleme : 05.04.2025</div>", "", ["Şule Çetin"]),
        ("<p>Ann Lee, Bo Diaz • May 4, 2025</p>", "", ["Ann Lee", "Bo Diaz"]),
        ("<p>Ann Lee</p>", "", []),
        ("<p>Harbour Master | May 4, 2025</p>", "", []),
        ("<p>Ida Holm | May 4, 2025</p>", "", []),
        ("<p>Old Tower | May 4, 2025</p>", "", []),
        ("<p><a href='/real-estate'>Royal Estates</a> | May 4, 2025</p>", "<p>Royal Estates</p>", []),
        ("<p>Ann Lee and the sea | May 4, 2025</p>", "", []),
        ("<h2>Ann Lee</h2>", "<p>Ann Lee is a writer.</p>", []),
    ],
    ids=["author box", "date", "two names", "nothing else", "words of the text", "in a sentence", "in the title",
         "link", "other words", "heading"],
)  # fmt: skip
def test_a_line_of_names_below_the_headline_names_the_authors(line: str, more: str, authors: list[str]) -> None:
    assert authors_of(f"<article>{TITLE}{line}{PROSE}</article><div>{more}</div>") == authors


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<address>Von <a rel='author' href='/autor/a'>Ann Lee</a>, <a rel='author' href='/autor/b'>Bo Diaz</a>"
         " und Ida Bo</address>", ["Ann Lee", "Bo Diaz", "Ida Bo"]),
        ("<figure><img src='a.jpg'><address>Von Ann Lee, Redakteurin</address></figure>", ["Ann Lee"]),
        ("<figure><img src='a.jpg'><figcaption>Von Ann Lee</figcaption></figure>", []),
        ("<p class='author'>© dpa-infocom, dpa:24</p>", []),
    ],
    ids=["names without links", "address", "caption", "copyright"],
)  # fmt: skip
def test_bylines_of_many_kinds_are_read(byline: str, authors: list[str]) -> None:
    assert authors_of(f"<article>{TITLE}{byline}{PROSE}</article>") == authors


@pytest.mark.parametrize(
    ("author", "doubtful"),
    [
        ({"@type": "Organization", "name": "Tower Association"}, ["Tower Association"]),
        ({"@type": "NewsMediaOrganization", "name": "Tower Post"}, ["Tower Post"]),
        ({"@type": "Person", "name": "Luke Upload"}, ["Luke Upload"]),
        ({"@type": "Person", "name": "Ann Lee"}, []),
        ({"@type": "Person", "name": "A. Lee"}, []),
        ({"name": "Ann Lee"}, []),
        ({"@type": "Person", "name": "annlee"}, []),
    ],
)
def test_declared_organisations_and_names_that_the_page_does_not_show_are_doubtful(
    author: dict[str, str], doubtful: list[str]
) -> None:
    page = f"<article>{TITLE}<p class='author'>By Ann Lee</p>{PROSE}</article>"
    assert authors_of(page, linked_data(author), DOUBTFUL_AUTHORS) == doubtful
