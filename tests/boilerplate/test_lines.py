"""Whole lines of boilerplate go, in many languages; prose stays."""

from __future__ import annotations

import time

import pytest

from newscrawl.boilerplate.lines import is_box_title, why_removed
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
def test_prose_that_contains_a_phrase_stays(line: str, at_edge: bool) -> None:
    assert why_removed(line, at_edge=at_edge) is None


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
def test_a_line_of_boilerplate_names_its_rule(line: str, rule: str) -> None:
    assert why_removed(line, at_edge=False) == rule


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
def test_weather_and_clock_go_at_the_edge_only(line: str) -> None:
    assert why_removed(line, at_edge=True) is not None
    assert why_removed(line, at_edge=False) is None


def test_there_are_phrases_in_many_languages() -> None:
    for phrase in phrases():
        assert len(phrase.lines) >= 15, phrase.id


@pytest.mark.parametrize("language", sorted({name for phrase in phrases() for name in phrase.lines}))
def test_every_phrase_of_every_language_is_found(language: str) -> None:
    for phrase in phrases():
        for line in phrase.lines.get(language, ()):
            assert why_removed(line, language) is not None
            assert why_removed(f"  {line.upper()}! ", language) is not None or line.upper().lower() != line


def test_a_declared_other_language_keeps_a_line_that_only_begins_like_a_phrase() -> None:
    assert why_removed("Lesetipp: das Meer bei Nacht", "fr") is None
    assert why_removed("Lesetipp: das Meer bei Nacht", "de") is not None


def test_a_box_title_is_told_from_a_sub_heading() -> None:
    assert is_box_title("Most read")
    assert is_box_title("Das könnte Sie auch interessieren")
    assert not is_box_title("Most readers agree")


def test_patterns_are_bounded() -> None:
    for rule in patterns():
        assert rule.max_chars <= 500, rule.id


@pytest.mark.parametrize("piece", ["a ", "- ", "1 ", "1.", "©", "read ", "w 1", "\u00a0", "("])
def test_the_longest_line_needs_little_time(piece: str) -> None:
    line = piece * 250
    start = time.process_time()
    for _ in range(20):
        why_removed(line[:440])
    assert time.process_time() - start < 0.5
