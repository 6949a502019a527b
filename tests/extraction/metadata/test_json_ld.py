"""JSON-LD: the article however it is wrapped; a block that cannot be read is ignored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newscrawl.extraction.html.document import parse
from newscrawl.extraction.metadata.evidence_book import EvidenceBook
from newscrawl.extraction.metadata.json_ld import LinkedData, read_json_ld

ARTICLE: dict[str, Any] = {"@type": "NewsArticle", "headline": "Lighthouse", "datePublished": "2024-02-06"}


def read(*blocks: Any, url: str = "https://e.example/a") -> tuple[EvidenceBook, LinkedData]:
    texts = (block if isinstance(block, str) else json.dumps(block) for block in blocks)
    page = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts) + "<p>x</p>"
    book = EvidenceBook()
    return book, read_json_ld(parse(page.encode()).root.iter("script"), url, book)


@pytest.mark.parametrize(
    "block",
    [
        ARTICLE,
        [ARTICLE],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Post"}, ARTICLE]},
        {"@type": "WebPage", "name": "Page", "mainEntity": ARTICLE},
        ARTICLE | {"@type": ["Article", "OpinionNewsArticle"]},
        ARTICLE | {"@type": "https://schema.org/NewsArticle"},
        f"<!--\n{json.dumps(ARTICLE)}\n-->",
        f"//<![CDATA[\n{json.dumps(ARTICLE)}\n//]]>",
        json.dumps(ARTICLE) + ";",
        json.dumps(ARTICLE).replace("}", ", }"),
        json.dumps([ARTICLE]).replace("]", ",\n]").replace("Lighthouse", "Lighthouse\\'s").replace("\\'s", ""),
        json.dumps({"@type": "WebSite", "name": "Post"}) + "\n" + json.dumps(ARTICLE),
        json.dumps(ARTICLE).replace('"', "&quot;"),
        json.dumps(ARTICLE).replace("Lighthouse", "Light\thouse").replace("Light\thouse", "Lighthouse\n"),
    ],
)
def test_the_article_is_found(block: Any) -> None:
    book, data = read(block)
    assert book.first("headline") == "Lighthouse"
    assert book.first("date_published") == "2024-02-06"
    assert data.kind is not None


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "null",
        "3",
        '"text"',
        "[]",
        "{",
        '{"@type": "NewsArticle", "headline": "cut',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"@type": "NewsArticle", "headline": ' + "9" * 5000 + "}",
        '{"@type": "NewsArticle", "headline": NaN}',
        '{"@type": "NewsArticle", "headline": {"x": 1}, "author": 3, "datePublished": [null], "image": true}',
        '{"@type": {"@type": 3}, "@graph": {"@graph": 3}, "mainEntity": "x"}',
        '{"@type": "NewsArticle", "author": [[[{"name": ["A", 3, null]}]]], "keywords": {"a": 1}}',
    ],
)
def test_a_block_that_cannot_be_read_is_ignored(broken: str) -> None:
    book, _ = read(broken, ARTICLE)
    assert "Lighthouse" in book.all("headline")


def test_of_several_articles_that_of_this_url_is_taken() -> None:
    other = ARTICLE | {"headline": "Other", "url": "https://e.example/other"}
    book, _ = read([other, ARTICLE | {"url": "https://e.example/a?utm=1"}])
    assert book.all("headline") == ["Lighthouse"]


def test_articles_in_a_list_of_links_are_not_this_pages() -> None:
    items = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": ARTICLE}]}
    book, data = read(items, {"@type": "CollectionPage"})
    assert not book.all("headline")
    assert data.types == {"CollectionPage", "ItemList"}
    assert not (data.kind is not None)


def test_many_articles_none_of_which_has_this_address_are_a_list() -> None:
    many = [ARTICLE | {"headline": f"Story {n}", "url": f"https://e.example/{n}"} for n in range(4)]
    assert read(many)[1].others == 4
    assert read([*many, ARTICLE | {"url": "https://e.example/a"}])[1].others == 0
    assert read(many[:2])[1].others == 0


def test_authors_are_read_from_names_objects_lists_and_references() -> None:
    person = {"@type": "Person", "@id": "#ida", "name": "Ida Moss"}
    authors = ["Tom Reed", [{"name": "Ann Lee"}], {"@id": "#ida"}, {"@id": "#nobody"}, None]
    book, _ = read({"@graph": [person, ARTICLE | {"author": authors}]})
    assert book.all("authors") == ["Tom Reed", "Ann Lee", "Ida Moss"]


def test_the_other_fields_are_read() -> None:
    block = ARTICLE | {
        "description": "A &quot;light&quot;",
        "keywords": ["sea", {"name": "storm"}],
        "publisher": {"name": "Post"},
        "image": [{"url": "https://e.example/1.jpg", "caption": "The tower"}, "https://e.example/2.jpg"],
        "isAccessibleForFree": False,
        "inLanguage": {"@type": "Language", "alternateName": "en"},
        "articleSection": ["Local", "News"],
        "articleBody": "The text.",
    }
    book, data = read(block)
    assert book.first("description") == 'A "light"'
    assert book.all("keywords") == ["sea", "storm"]
    assert book.first("publisher") == "Post"
    assert [image.url for image in book.images] == ["https://e.example/1.jpg", "https://e.example/2.jpg"]
    assert book.images[0].caption == "The tower"
    assert book.first("is_accessible_for_free") == "false"
    assert book.first("in_language") == "en"
    assert book.first("article_section") == "Local"
    assert data.article_body == "The text."


def test_who_the_text_comes_from_is_read() -> None:
    agency = {"@type": "NewsMediaOrganization", "name": "Reuters"}
    book, _ = read(ARTICLE | {"sourceOrganization": agency, "creditText": "Reuters/Ann Lee"})
    assert (book.first("source_organization"), book.first("credit_text")) == ("Reuters", "Reuters/Ann Lee")


def test_lone_surrogates_and_nul_do_not_come_through() -> None:
    book, _ = read('{"@type": "NewsArticle", "headline": "Light\\ud800house\\u0000"}')
    assert book.first("headline") == "Lighthouse"
