"""Which other headline of a page is stored beside the first one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.evidence import Block, Evidence, Extraction, ExtractionRules
from newscrawl.fields.alternative_headlines import choose_alternative
from newscrawl.loaders import load_article

HEADLINE = "Keeper of the old lighthouse finds a light again"
OTHER = "Lighthouse on the rock is lit after forty dark years"
NAMES = ("Harbour Post", "harbour.example")


def choose(*values: tuple[str, str], headline: str = HEADLINE, declared: str | None = None) -> str | None:
    evidence = [Evidence(headline, "json-ld"), *(Evidence(text, source) for source, text in values)]
    alternatives = [Evidence(declared, "json-ld")] if declared else []
    found = choose_alternative(headline, evidence, alternatives, not_headlines=["A summary of it all."], names=NAMES)
    return found.value if found is not None else None


@pytest.mark.parametrize(
    ("headline", "other"),
    [
        (HEADLINE, OTHER),
        ("Der Leuchtturm brennt wieder", "Warum auf der Klippe der Leuchtturm leuchtet"),
        ("El faro vuelve a brillar en la costa", "La costa celebra que su faro vuelve"),
        ("Маяк снова светит над гаванью", "Над гаванью после ремонта зажгли маяк"),
        ("港の灯台に再び灯がともる", "四十年ぶりに灯台が再び点灯"),
        ("المنارة القديمة تضيء من جديد", "بعد أربعين عاما تعود المنارة القديمة إلى الضوء"),
        ("11 lamps for a dark winter in 2025", "The best 12 lamps for a dark winter in 2026"),
    ],
    ids=["en", "de", "es", "ru", "ja", "ar", "numbers"],
)
@pytest.mark.parametrize("source", ["opengraph", "meta", "feed"])
def test_another_stated_headline_is_the_alternative(headline: str, other: str, source: str) -> None:
    assert choose((source, other), headline=headline) == other


@pytest.mark.parametrize(
    "text",
    [
        HEADLINE.upper(),
        "Keeper of “the old lighthouse” finds a light – again!",
        "Keeper of the old lighthouse finds&#32;a light again",
        f"{HEADLINE} - Harbour Post",
        f"{HEADLINE} | Coast | Harbour Post",
        "Keeper of the old lighthouse finds…",
        "Keeper of the old lighthouse ...",
        f"Opinion: {HEADLINE}",
        f"HARBOUR {HEADLINE}",
        f"{HEADLINE} (updated 3 May)",
        "The keeper of the old lighthouse finds a light again",
        "Keeper of an old lighthouse finds the light again",
        "Harbour Post",
        "harbour.example",
        "Latest News",
        "Lighthouse",
        "The lighthouse",
        "Harbour Post Newsletter",
        "Ann Lee's Blog about the Sea",
        "{{ page.title }} of the lighthouse keeper",
        "… the lighthouse keeper says",
        "A summary of it all.",
        "Keeper \ufffdf an \ufffdld lighthouse",
        "See www.harbour.example for the old lighthouse",
    ],
)
@pytest.mark.parametrize("source", ["dom", "opengraph", "meta"])
def test_what_is_no_other_headline_is_ignored(text: str, source: str) -> None:
    assert choose((source, text)) is None


def test_a_headline_that_is_escaped_twice_is_the_same() -> None:
    assert choose(("opengraph", "The keeper's light is back"), headline="The keeper&#039;s light is back") is None


def test_the_most_reliable_source_wins() -> None:
    other = "Old lighthouse gets its light and a keeper"
    assert choose(("meta", other), ("opengraph", OTHER)) == OTHER
    assert choose(("meta", other), ("opengraph", OTHER), ("dom", "A light for the lighthouse keeper")) == (
        "A light for the lighthouse keeper"
    )


def test_a_declared_alternative_headline_comes_first_and_needs_no_word_in_common() -> None:
    assert choose(("opengraph", OTHER), declared="Forty years of night are over") == "Forty years of night are over"


@pytest.mark.parametrize(
    "declared", [HEADLINE, "Lighthouse", f"{HEADLINE} - Harbour Post", "A summary of it all.", "Light " * 50]
)
def test_a_declared_alternative_headline_that_is_none_gives_way(declared: str) -> None:
    assert choose(("opengraph", OTHER), declared=declared) == OTHER


def test_a_heading_of_a_widget_is_ignored() -> None:
    assert choose(("dom", "Most read: seven recipes for cold lighthouse evenings")) is None
    assert choose(("opengraph", "Most read: seven recipes for cold lighthouse evenings")) is not None


def test_articles_have_it_with_its_source_and_without_the_name_of_the_site() -> None:
    evidence = {
        "headline": [Evidence(HEADLINE, "json-ld"), Evidence(f"{OTHER} | Harbour Post", "opengraph")],
        "publisher": [Evidence("Harbour Post", "json-ld")],
    }
    article = load_article(
        Extraction(evidence, (Block("One.", "p", True, "body"),)),
        url="https://harbour.example/a", source_metadata=None, rules=ExtractionRules(),
        now=datetime(2026, 11, 26, tzinfo=UTC),
    )  # fmt: skip
    assert (article.headline, article.alternative_headline) == (HEADLINE, OTHER)
    assert (article.sources["headline"], article.sources["alternative_headline"]) == ("json-ld", "opengraph")


def test_the_headline_of_a_feed_can_be_the_alternative() -> None:
    link = Link(url="https://harbour.example/a", kind=LinkKind.ARTICLE, source="feed", headline=OTHER)
    article = load_article(
        Extraction({"headline": [Evidence(HEADLINE, "dom")]}, (Block("One.", "p", True, "body"),)),
        url="https://harbour.example/a", source_metadata=link, rules=ExtractionRules(),
        now=datetime(2026, 11, 26, tzinfo=UTC),
    )  # fmt: skip
    assert (article.alternative_headline, article.sources["alternative_headline"]) == (OTHER, "feed")


def test_a_standfirst_is_no_alternative_headline() -> None:
    blocks = (Block(OTHER, "p", False, "outside", standfirst="class name"), Block("One.", "p", True, "body"))
    evidence = {"headline": [Evidence(HEADLINE, "dom")], "alternative_headline": [Evidence(OTHER, "json-ld")]}
    article = load_article(
        Extraction(evidence, blocks), url="https://harbour.example/a", source_metadata=None, rules=ExtractionRules(),
        now=datetime(2026, 11, 26, tzinfo=UTC),
    )  # fmt: skip
    assert (article.standfirst, article.alternative_headline) == (OTHER, None)
