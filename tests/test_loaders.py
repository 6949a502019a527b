"""Articles from evidence: the first usable value wins, and boilerplate is stripped from the body."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.evidence import Block, Evidence, Extraction, ExtractionRules, ImageEvidence, ImagePlace
from newscrawl.fields.name_kinds import DOUBTFUL_AUTHORS
from newscrawl.items import Article
from newscrawl.loaders import ArticleLoader, load_article
from tests.support.paths import PAGES

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://www.post.example/news/lighthouse"
ACCEPTANCE = PAGES / "acceptance"
Declared = Mapping[str, list[tuple[str, str]]]


def load(declared: Declared, link: Link | None = None, rules: ExtractionRules | None = None) -> Article:
    evidence = {name: [Evidence(value, source) for value, source in values] for name, values in declared.items()}
    blocks = (
        Block("One.", "p", True, "body", "One."),
        Block("Ad", "p", False, "ad-label"),
        Block("Two.", "p", True, "body"),
    )
    extraction = Extraction(
        evidence, blocks, images=(ImageEvidence("/a.jpg", "dom", "The tower"), ImageEvidence("data:x", "dom"))
    )
    return load_article(extraction, url=URL, source_metadata=link, rules=rules or ExtractionRules(), now=NOW)


def link(**source_metadata: str) -> Link:
    return Link(url=URL, kind=LinkKind.ARTICLE, source="feed", **source_metadata)  # type: ignore[arg-type]


def test_the_first_usable_value_wins_and_its_source_is_recorded() -> None:
    article = load(
        {
            "description": [("", "json-ld"), ("\x00 ", "json-ld"), ("A plan", "opengraph"), ("B", "meta")],
            "in_language": [("english", "json-ld"), ("pt_BR", "opengraph")],
            "article_section": [("Local", "json-ld")],
        }
    )
    assert (article.description, article.in_language, article.article_section) == ("A plan", "pt-BR", "Local")
    assert article.sources["description"] == "opengraph"
    assert article.sources["in_language"] == "opengraph"
    assert article.sources["article_body"] == "dom"


def test_undeclared_values_are_missing() -> None:
    article = load({})
    assert (article.headline, article.date_published, article.publisher, article.is_accessible_for_free) == (None,) * 4
    assert (article.authors, article.keywords) == ([], [])


def test_boilerplate_blocks_are_stripped_from_the_body() -> None:
    article = load({})
    assert article.article_body == "One.\n\nTwo."
    assert article.article_body_html == "<p>One.</p>\n<p>Two.</p>"


def test_authors_come_from_the_first_source_that_names_people() -> None:
    authors = [
        ("The Post", "json-ld"),
        ("By Ann Lee and Bo Diaz", "meta"),
        ("https://x.example/ann", "opengraph"),
        ("Cy Moe", "dom"),
    ]
    article = load({"publisher": [("The Post", "opengraph")], "authors": authors})
    assert article.authors == ["Ann Lee", "Bo Diaz"]
    assert article.sources["authors"] == "meta"
    assert load({"publisher": [("The Post", "meta")], "authors": [("The Post", "json-ld")]}).authors == ["The Post"]


def test_a_login_gives_way_to_a_full_name() -> None:
    assert load({"authors": [("ann.lee", "json-ld"), ("Ann Lee", "dom")]}).authors == ["Ann Lee"]
    assert load({"authors": [("ann.lee", "json-ld"), ("Bo", "dom")]}).authors == ["ann.lee"]


def test_an_owner_or_login_gives_way_to_the_person_that_another_source_names() -> None:
    for owner in ("Condé Nast", "Island Media Ltd.", "rosastone", "NOC Admin"):
        article = load({"authors": [(owner, "meta"), ("Rosa Stone", "opengraph")]})
        assert (article.authors, article.sources["authors"]) == (["Rosa Stone"], "opengraph")
        assert load({"authors": [(owner, "meta"), ("read this first", "dom")]}).authors == [owner.rstrip(".")]


@pytest.mark.parametrize(
    ("meta", "byline", "authors"),
    [
        ("Carl Editor", "By Rosa Stone", ["Rosa Stone"]),
        ("Carl Diaz", "Rosa Stone", ["Rosa Stone"]),
        ("Rosa Stone, Carl Diaz", "Rosa Stone", ["Rosa Stone", "Carl Diaz"]),
        ("By Carl Diaz", "Rosa Stone", ["Carl Diaz"]),
        ("Carl Diaz", "Island Post", ["Carl Diaz"]),
        ("Carl Diaz", "More about gardens", ["Carl Diaz"]),
        ("Carl Diaz", "Rosa", ["Carl Diaz"]),
    ],
)
def test_a_byline_beats_a_meta_element_that_names_others(meta: str, byline: str, authors: list[str]) -> None:
    assert load({"authors": [(meta, "meta"), (byline, "dom")]}).authors == authors


def test_a_byline_does_not_beat_json_ld() -> None:
    assert load({"authors": [("Carl Diaz", "json-ld"), ("Rosa Stone", "dom")]}).authors == ["Carl Diaz"]


def test_a_canonical_url_on_another_site_is_ignored() -> None:
    assert load({"canonical_url": [("/news/lighthouse", "meta")]}).canonical_url == URL
    assert load({"canonical_url": [("https://m.post.example/a", "meta")]}).canonical_url == "https://m.post.example/a"
    assert load({"canonical_url": [("https://other.example/a", "meta")]}).canonical_url is None
    assert load({"canonical_url": [("https://%2F%2", "meta"), ("javascript:x", "meta")]}).canonical_url is None


def test_images_are_absolute_and_keep_their_captions() -> None:
    images = load({"main_image": [("/a.jpg", "opengraph")]}).images
    assert [(image.url, image.caption) for image in images] == [("https://www.post.example/a.jpg", "The tower")]


TEXT = (
    "Der Rat der Stadt hat am Dienstag beschlossen, dass der alte Leuchtturm nach dem Sturm wieder aufgebaut werden"
    " soll, und das Geld ist auch schon da."
)


def load_text(text: str, rules: ExtractionRules | None = None, **source_metadata: list[tuple[str, str]]) -> Article:
    evidence = {name: [Evidence(value, source) for value, source in values] for name, values in source_metadata.items()}
    extraction = Extraction(evidence, (Block(text, "p", True, "body", text),))
    return load_article(extraction, url=URL, source_metadata=None, rules=rules or ExtractionRules(), now=NOW)


@pytest.mark.parametrize(
    ("declared", "language", "source", "disagreements"),
    [
        ([("de-AT", "json-ld"), ("en", "meta")], "de-AT", "json-ld", []),
        ([("en-US", "opengraph"), ("de-AT", "meta")], "de-AT", "meta", ["in_language"]),
        ([("en-US", "opengraph")], "de", "text", ["in_language"]),
        ([], "de", "text", []),
    ],
)
def test_a_declared_language_that_the_text_contradicts_is_ignored(
    declared: list[tuple[str, str]], language: str, source: str, disagreements: list[str]
) -> None:
    article = load_text(TEXT, in_language=declared)
    assert (article.in_language, article.sources["in_language"]) == (language, source)
    assert article.disagreements == disagreements


def test_the_language_of_the_site_file_applies_if_the_page_declares_none() -> None:
    assert load_text(TEXT, ExtractionRules(language="de-CH")).in_language == "de-CH"


def test_a_preview_of_a_paid_article_is_truncated() -> None:
    assert load_text(TEXT).is_truncated is False
    assert load_text(TEXT, is_accessible_for_free=[("false", "json-ld")]).is_truncated is True
    assert load_text(TEXT, word_count=[("900", "json-ld")]).is_truncated is True


def test_fields_on_which_sources_disagree_are_listed() -> None:
    article = load_text(
        TEXT,
        headline=[("The lighthouse shines", "json-ld"), ("Why the council gave in", "opengraph")],
        authors=[("Ann Lee", "json-ld"), ("Bo Diaz", "dom")],
        date_published=[("2024-02-06", "json-ld"), ("2024-02-06T18:00:00Z", "meta")],
    )
    assert article.disagreements == ["headline", "authors"]


def test_a_detected_encoding_is_listed_with_the_disagreements() -> None:
    evidence = {"headline": [Evidence("News", "dom")]}
    for is_detected in (False, True):
        extraction = Extraction(evidence, (), encoding="cp1251", is_encoding_detected=is_detected)
        article = load_article(extraction, url=URL, source_metadata=None, rules=ExtractionRules(), now=NOW)
        assert article.disagreements == (["encoding"] if is_detected else [])


def test_the_html_of_the_body_has_the_images_between_its_blocks() -> None:
    block, image = Block("One.", "p", True, "body"), ImageEvidence("/a.jpg", "dom", "B", place=ImagePlace(0))
    article = load_article(
        Extraction({}, (block,), images=(image,)), url=URL, source_metadata=None, rules=ExtractionRules(), now=NOW
    )
    figure = '<figure><img src="https://www.post.example/a.jpg" alt=""><figcaption>B</figcaption></figure>'
    assert article.article_body_html == f"{figure}\n<p>One.</p>"
    assert article.article_body == "One."


def test_captions_and_credits_are_split() -> None:
    images = (ImageEvidence("/a.jpg", "dom", "The tower. Photo: Ann Lee"), ImageEvidence("/b.jpg", "dom", "B", "Bo"))
    article = load_article(
        Extraction({}, (), images=images), url=URL, source_metadata=None, rules=ExtractionRules(), now=NOW
    )
    found = [(image.caption, image.credit) for image in article.images]
    assert found == [("The tower.", "Ann Lee"), ("B", "Bo")]


def test_an_instant_of_the_feed_beats_a_day_of_the_page() -> None:
    article = load(
        {"date_published": [("6 February 2024", "dom")]}, link(date_published="Tue, 06 Feb 2024 18:05:00 GMT")
    )
    assert article.date_published == datetime(2024, 2, 6, 18, 5, tzinfo=UTC)
    assert article.sources["date_published"] == "feed"


def test_the_page_beats_the_feed_and_the_feed_fills_gaps() -> None:
    article = load({"headline": [("Page", "dom")]}, link(headline="Feed", article_section="Sea", in_language="en"))
    assert (article.headline, article.article_section, article.in_language) == ("Page", "Sea", "en")


def test_characters_that_a_database_cannot_store_are_removed() -> None:
    bad = "a\x00b\ud800c\x1f"
    article = load(
        {name: [(bad, "meta")] for name in ("headline", "description", "authors", "keywords", "article_section")}
    )
    found = [article.headline, article.description, *article.authors, *article.keywords, article.article_section]
    assert found == ["abc"] * 5


def test_boilerplate_lines_are_stripped_from_plain_text() -> None:
    expected = json.loads((ACCEPTANCE / "expected.json").read_text(encoding="utf-8"))
    loader = ArticleLoader()
    loader.add_value("article_body", (ACCEPTANCE / "page-text.txt").read_text(encoding="utf-8"))
    article = loader.load_item()
    assert article.headline == expected["headline"]
    assert article.article_body == expected["article_body"]
    assert article.date_published is None


def test_a_given_headline_is_not_replaced_by_the_one_in_plain_text() -> None:
    loader = ArticleLoader()
    loader.add_value("headline", "Given")
    loader.add_value("article_body", (ACCEPTANCE / "page-text.txt").read_text(encoding="utf-8"))
    assert loader.load_item().headline == "Given"


def test_blocks_and_plain_text_are_values_of_the_same_field() -> None:
    loader = ArticleLoader(url=URL)
    loader.add_value("article_body", [Block("Advertisement", "p", False, "ad-label"), Block("One.", "p", True, "body")])
    loader.add_value("article_body", "Advertisement\n\nTwo.")
    assert loader.load_item().article_body == "One.\n\nTwo."


def test_a_body_declared_in_json_ld_has_no_images_of_the_page() -> None:
    blocks = (Block("Shown.", "p", False, "not in articleBody"), Block("Declared.", "p", True, "articleBody"))
    image = ImageEvidence("/a.jpg", "dom", place=ImagePlace(0))
    extraction = Extraction({}, blocks, images=(image,))
    article = load_article(extraction, url=URL, source_metadata=None, rules=ExtractionRules(), now=NOW)
    assert (article.article_body, article.article_body_html) == ("Declared.", "<p>Declared.</p>")
    assert article.sources["article_body"] == "json-ld"


def test_no_loader_outlives_its_item() -> None:
    """Itemloaders caches processors: one that is a bound method would keep its loader, with every block of the page."""
    loader = ArticleLoader()
    loader.add_value("article_body", "One line of prose that is long enough to be one, and that ends as prose does.")
    loader.load_item()
    reference = weakref.ref(loader)
    del loader
    gc.collect()
    assert reference() is None


@pytest.mark.parametrize(
    ("doubtful", "byline", "authors"),
    [
        (["Tower Association"], "By Ann Lee", ["Ann Lee"]),
        (["Tower Association"], "Harbour Media", ["Tower Association"]),
        (["Tower Association"], "annlee", ["Tower Association"]),
        ([], "By Ann Lee", ["Tower Association"]),
        (["Somebody Else"], "By Ann Lee", ["Tower Association"]),
    ],
)
def test_a_byline_beats_a_declared_name_that_is_doubtful(doubtful: list[str], byline: str, authors: list[str]) -> None:
    evidence = {"authors": [("Tower Association", "json-ld"), (byline, "dom")]}
    if doubtful:
        evidence[DOUBTFUL_AUTHORS] = [(name, "json-ld") for name in doubtful]
    assert load(evidence).authors == authors


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("Written by Ann Lee, Bo Diaz and Ida Holm", ["Ann Lee", "Bo Diaz", "Ida Holm"]),
        ("By Bo Diaz and Ida Holm", ["Ann Lee"]),
        ("Ann Lee, Women's Health Watch", ["Ann Lee"]),
        ("RN Ann Lee, Ann Lee", ["Ann Lee"]),
        ("Ann Lee, Harbour Media", ["Ann Lee"]),
    ],
)
def test_a_byline_with_more_names_completes_the_declared_ones(byline: str, authors: list[str]) -> None:
    assert load({"authors": [("Ann Lee", "json-ld"), (byline, "dom")]}).authors == authors
