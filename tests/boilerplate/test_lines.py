"""Boilerplate lines are matched as a whole, in many languages; prose never matches."""

from __future__ import annotations

import time

import pytest

from newscrawl.boilerplate.lines import is_widget_title, match_line
from newscrawl.boilerplate.rules import patterns, phrases

PROSE = [
    "The advertisement in the local paper cost more than the whole campaign had planned for.",
    "Latest news from the front reached the capital only three days later, the historian writes.",
    "Related news agencies were closed in the same week, and their editors arrested.",
    "The weather was cold: -3 C in the valley, and colder on the pass.",
    "He asked them to leave a comment in the book that lies beside the door.",
    "Share prices fell by two percent on Thursday.",
    "Read more books: that was her only advice to the pupils who had come to see her on that long evening in "
    "the library, where the lamps had been lit early because of the storm, and nobody wanted to leave before ten.",
    "Copyright law will be changed next year, the minister said.",
    "Follow the river.",
    "Tags were found on all forty sheep.",
    "Comments by the minister were not well received.",
    "Die Anzeige wurde am Montag erstattet.",
    "La publicidad de alcohol será prohibida.",
    "Reklama dźwignią handlu, mawiał mój ojciec.",
    "広告の費用は一億円に達した。",
]


@pytest.mark.parametrize("line", PROSE)
@pytest.mark.parametrize("at_edge", [True, False])
def test_prose_that_contains_a_phrase_is_kept(line: str, at_edge: bool) -> None:
    assert match_line(line, at_edge=at_edge) is None


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("- Advertisement -spot_img", "ad-placeholder"),
        ("- Advertisement -", "ad-label"),
        ("ADVERTISEMENT", "ad-label"),
        ("Story continues below advertisement", "ad-label"),
        ("Latest news", "list-title"),
        ("Related News:", "list-title"),
        ("Please enter your comment!", "comments"),
        ("Please enter your name here", "comments"),
        ("Leave a Reply Cancel reply", "comments"),
        ("Read more »", "read-more"),
        ("READ ALSO: Ten years of the new pier", "read-more"),
        ("Lire aussi : Dix ans du nouveau quai", "read-more"),
        ("Lesen Sie auch – Zehn Jahre neuer Kai", "read-more"),
        ("Leer más: Diez años", "read-more"),
        ("Tags: harbour, storm", "tags-title"),
        ("Diesen Beitrag drucken", "post-tool"),
        ("Imprimer cet article", "post-tool"),
        ("Email this to a friend", "post-tool"),
        ("2 Klicks für mehr Datenschutz: Erst wenn Sie hier klicken, wird der Button aktiv.", "share"),
        ("© 2021 The Harbour Post. All rights reserved.", "copyright"),
        ("12 Comments", "counter"),
        ("5 min read", "counter"),
        ("Photo: Tom Reed / Harbour Pictures", "media-credit"),
        ("* * *", "bullet"),
        ("Follow us on Facebook and Instagram", "follow-us"),
        ("Sign up for our daily newsletter and never miss a story", "newsletter-invitation"),
        ("Il vous reste 57.09% de cet article à lire. La suite est réservée aux abonnés.", "paywall-notice"),
    ],
)
def test_boilerplate_line_returns_its_rule_id(line: str, rule: str) -> None:
    assert match_line(line, at_edge=False) == rule


@pytest.mark.parametrize(
    "line",
    [
        "1.8 C",
        "Kyiv 12 °C",
        "Thursday, December 2, 2021",
        "Montag, 5. Mai 2024",
        "15:48 Uhr",
        "25/04/2026 Actualizado a las 15:10h.",
    ],
)
def test_weather_and_clock_match_only_at_the_edge(line: str) -> None:
    assert match_line(line, at_edge=True) is not None
    assert match_line(line, at_edge=False) is None


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Gelesen: 1.234 mal", "counter"),
        ("Lu 1234 fois", "counter"),
        ("This post has been viewed 1,234 times.", "counter"),
        ("(3 votes, average: 4.33 out of 5)", "rating"),
        ("Bewertung: 4.5/5", "rating"),
        ("VN:F [1.9.22_1171]", "rating"),
        ("Posted in Politics, Travel", "filed-under"),
        ("Classé dans : Politique", "filed-under"),
        ("Veröffentlicht unter Politik", "filed-under"),
        ("View all posts by Ann Lee →", "author-link"),
        ("Alle Beiträge von Ann Lee anzeigen →", "author-link"),
        ("« Zurück zur Übersicht", "navigation"),
        ("Retour à la liste", "navigation"),
        ("Older Post", "navigation"),
        ("Volver arriba", "navigation"),
    ],
)
def test_what_a_theme_prints_around_a_post_is_boilerplate_at_its_edges_only(line: str, rule: str) -> None:
    assert match_line(line, at_edge=True) == rule
    assert match_line(line, at_edge=False) is None


@pytest.mark.parametrize(
    "line",
    [
        "Zurück zur Natur",
        "Retour en enfance",
        "Back to the drawing board",
        "Terug naar school",
        "Volver a empezar",
        "Posted in the hallway, the letter hung there for years.",
        "Veröffentlicht in der Zeitung, blieb der Brief ohne Antwort.",
        "Classé dans la catégorie des monuments, le pont sera restauré.",
        "Alle Beiträge von Mitgliedern sind steuerfrei.",
        "He was read 1234 letters",
        "3 votes were missing when the council closed the harbour for the night.",
        "More stories from the harbour, told by those who lived there.",
        "Home is where the harbour is",
    ],
)
def test_sentences_and_titles_that_begin_like_the_lines_of_a_theme_are_text(line: str) -> None:
    assert match_line(line, at_edge=True) is None


def test_phrases_cover_many_languages() -> None:
    for phrase in phrases():
        assert len(phrase.lines) >= 15, phrase.id


@pytest.mark.parametrize("language", sorted({name for phrase in phrases() for name in phrase.lines}))
def test_every_phrase_of_every_language_matches(language: str) -> None:
    for phrase in phrases():
        for line in phrase.lines.get(language, ()):
            assert match_line(line, language) is not None
            assert match_line(f"  {line.upper()}! ", language) is not None or line.upper().lower() != line


def test_prefix_in_another_language_than_the_declared_one_does_not_match() -> None:
    assert match_line("Lesetipp: das Meer bei Nacht", "fr") is None
    assert match_line("Lesetipp: das Meer bei Nacht", "de") is not None


def test_widget_title_differs_from_a_subheading() -> None:
    assert is_widget_title("Most read")
    assert is_widget_title("Das könnte Sie auch interessieren")
    assert not is_widget_title("Most readers agree")


def test_every_pattern_limits_the_line_length() -> None:
    for rule in patterns():
        assert rule.max_chars <= 500, rule.id


@pytest.mark.parametrize("piece", ["a ", "- ", "1 ", "1.", "©", "read ", "w 1", "\u00a0", "("])
def test_longest_line_is_matched_quickly(piece: str) -> None:
    line = piece * 250
    start = time.process_time()
    for _ in range(20):
        match_line(line[:440])
    assert time.process_time() - start < 0.5
