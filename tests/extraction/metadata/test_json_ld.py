"""JSON-LD: find the article however it is nested, ignore blocks that cannot be parsed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newscrawl.extraction.html.document import parse
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.json_ld import MAX_BLOCK, LinkedData, read_json_ld

ARTICLE: dict[str, Any] = {"@type": "NewsArticle", "headline": "Lighthouse", "datePublished": "2024-02-06"}


def read(*blocks: Any, url: str = "https://e.example/a") -> tuple[EvidenceCollector, LinkedData]:
    texts = (block if isinstance(block, str) else json.dumps(block) for block in blocks)
    page = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts) + "<p>x</p>"
    evidence = EvidenceCollector()
    return evidence, read_json_ld(parse(page.encode()).root.iter("script"), url, evidence)


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
def test_the_article_is_found_however_it_is_nested(block: Any) -> None:
    evidence, data = read(block)
    assert evidence.first("headline") == "Lighthouse"
    assert evidence.first("date_published") == "2024-02-06"
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
def test_a_broken_block_is_ignored(broken: str) -> None:
    evidence, _ = read(broken, ARTICLE)
    assert "Lighthouse" in evidence.all("headline")


def test_the_article_with_the_url_of_the_page_is_chosen() -> None:
    other = ARTICLE | {"headline": "Other", "url": "https://e.example/other"}
    evidence, _ = read([other, ARTICLE | {"url": "https://e.example/a?utm=1"}])
    assert evidence.all("headline") == ["Lighthouse"]


def test_articles_in_an_item_list_are_not_the_article_of_the_page() -> None:
    items = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": ARTICLE}]}
    evidence, data = read(items, {"@type": "CollectionPage"})
    assert not evidence.all("headline")
    assert data.types == {"CollectionPage", "ItemList"}
    assert data.kind is None


def test_many_articles_without_the_url_of_the_page_count_as_other_articles() -> None:
    many = [ARTICLE | {"headline": f"Story {n}", "url": f"https://e.example/{n}"} for n in range(4)]
    assert read(many)[1].other_articles == 4
    assert read([*many, ARTICLE | {"url": "https://e.example/a"}])[1].other_articles == 0
    assert read(many[:2])[1].other_articles == 0


def test_authors_may_be_names_objects_lists_and_references() -> None:
    person = {"@type": "Person", "@id": "#ida", "name": "Ida Moss"}
    authors = ["Tom Reed", [{"name": "Ann Lee"}], {"@id": "#ida"}, {"@id": "#nobody"}, None]
    evidence, _ = read({"@graph": [person, ARTICLE | {"author": authors}]})
    assert evidence.all("authors") == ["Tom Reed", "Ann Lee", "Ida Moss"]


def test_other_fields_are_extracted() -> None:
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
    evidence, data = read(block)
    assert evidence.first("description") == 'A "light"'
    assert evidence.all("keywords") == ["sea", "storm"]
    assert evidence.first("publisher") == "Post"
    assert [image.url for image in evidence.images] == ["https://e.example/1.jpg", "https://e.example/2.jpg"]
    assert evidence.images[0].caption == "The tower"
    assert evidence.first("is_accessible_for_free") == "false"
    assert evidence.first("in_language") == "en"
    assert evidence.first("article_section") == "Local"
    assert data.article_body == "The text."


def test_source_organization_and_credit_are_extracted() -> None:
    agency = {"@type": "NewsMediaOrganization", "name": "Reuters"}
    evidence, _ = read(ARTICLE | {"sourceOrganization": agency, "creditText": "Reuters/Ann Lee"})
    assert (evidence.first("source_organization"), evidence.first("credit_text")) == ("Reuters", "Reuters/Ann Lee")


def test_lone_surrogates_and_nul_are_removed() -> None:
    evidence, _ = read('{"@type": "NewsArticle", "headline": "Light\\ud800house\\u0000"}')
    assert evidence.first("headline") == "Lighthouse"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"givenName": "Rosa", "familyName": "Stone"}, ["Rosa Stone"]),
        ({"givenName": "Rosa", "additionalName": "M.", "familyName": "Stone"}, ["Rosa M. Stone"]),
        ([{"familyName": "Stone", "givenName": " Rosa "}, {"name": "Bo Diaz"}], ["Rosa Stone", "Bo Diaz"]),
        ({"name": "", "givenName": "Rosa", "familyName": "Stone"}, ["Rosa Stone"]),
        ({"name": "Rosa Stone", "givenName": "R.", "familyName": "S."}, ["Rosa Stone"]),
        ({"familyName": "Stone"}, ["Stone"]),
        ({"@type": "Person"}, []),
        ({"givenName": None, "familyName": ["Stone"]}, ["Stone"]),
    ],
)
def test_a_name_declared_in_parts_is_put_together(author: Any, names: list[str]) -> None:
    evidence, _ = read(ARTICLE | {"author": author})
    assert evidence.all("authors") == names


@pytest.mark.parametrize(
    ("block", "cause"),
    [
        ('{"@type": "NewsArticle", "headline": "Light"house"}', "Expecting ',' delimiter: line 1 column 45 (char 44)"),
        ('{"@type": "NewsArticle"', "Expecting ',' delimiter: line 1 column 24 (char 23)"),
        ('{"a":' * 100_000, "nested too deep"),
        ("null", "no object or array"),
        (f'{{"a": "{"b" * MAX_BLOCK}"}}', f"more than {MAX_BLOCK} characters"),
    ],
    ids=["quote", "cut", "deep", "null", "long"],
)
def test_blocks_that_are_no_json_say_why(block: str, cause: str) -> None:
    evidence, data = read(block, ARTICLE, block)
    assert data.unreadable == (cause, cause)
    assert evidence.first("headline") == "Lighthouse"


@pytest.mark.parametrize("block", ["", " \n", '{"a": [1, 2,],}', '{"a": 1}; {"b": 2}', '<![CDATA[{"a": 1}]]>'])
def test_blocks_that_can_be_read_say_nothing(block: str) -> None:
    assert read(block)[1].unreadable == ()
