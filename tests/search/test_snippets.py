"""Matches are marked in the text as it is, whatever form of the word was searched."""

from __future__ import annotations

import time

import pytest

from newscrawl.search.expression import compile_query
from newscrawl.search.query import parse_query
from newscrawl.search.snippets import SNIPPET_LENGTH, Highlighter


def highlighter(query: str) -> Highlighter:
    return Highlighter(compile_query(parse_query(query)).leaves)


@pytest.mark.parametrize(
    ("query", "text", "language", "marked"),
    [
        ("running", "He ran; she RUNS.", "en", ["RUNS"]),
        ("cafe hauser", "Das Café im Haus.", "de", ["Café", "Haus"]),
        ("Elección", "Tras las elecciones", "es", ["elecciones"]),
        ('"new york"', "New York, the new day in York", "en", ["New York"]),
        ("elect*", "electoral district", "en", ["electoral"]),
        ("大統領", "東京の大統領選挙", None, ["大統領"]),
        ("京", "東京の夜", None, ["京"]),
        ("ﾄｳｷｮｳ", "トウキョウの夜", None, ["トウキョウ"]),
        ("선거", "대통령 선거가 끝났다", None, ["선거"]),
        ("เลือกตั้ง", "ผลการเลือกตั้งวันนี้", None, ["เลือกตั้ง"]),
        ("المدرسه", "في المَدْرَسَةِ اليوم", "ar", ["المَدْرَسَةِ"]),
        ("चुनाव", "आज चुनाव हुआ", "hi", ["चुनाव"]),
        ("cafe", "cafe\u0301 noir", None, ["cafe\u0301"]),
        ("lodz", "W Łodzi: Łódź", None, ["Łódź"]),
    ],
)
def test_the_word_that_matched_is_marked(query: str, text: str, language: str | None, marked: list[str]) -> None:
    pieces = highlighter(query).mark(text, language)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_match in pieces if is_match] == marked


def test_a_snippet_shows_the_passage_with_most_terms_and_says_what_is_left_out() -> None:
    text = "Rain fell. " + "Nothing happened here. " * 40 + "Rain met snow in town. " + "It went on. " * 40
    pieces = highlighter("rain snow").make_snippet(text, "en")
    joined = "".join(piece for piece, _ in pieces)
    assert joined.startswith("… ")
    assert joined.endswith(" …")
    assert "Rain met snow" in joined
    assert len(joined) <= SNIPPET_LENGTH + 4
    assert [piece for piece, is_match in pieces if is_match] == ["Rain", "snow"]


def test_a_text_without_a_match_begins_at_its_start() -> None:
    assert highlighter("other").make_snippet("Short.", "en") == (("Short.", False),)


def test_a_word_is_marked_in_one_language_and_not_in_another() -> None:
    running = highlighter("running lang:en")
    assert running.mark("runs", "en") == (("runs", True),)
    assert running.mark("runs", None) == (("runs", False),)
    assert running.mark("runs", "en") == (("runs", True),)


def test_a_long_hostile_text_takes_linear_time() -> None:
    hostile = highlighter('"a a a a a a a b" aa* 大大大大')
    start = time.process_time()
    for text in ("a " * 200_000, "大" * 200_000, "\u0301" * 200_000, " " * 200_000):
        hostile.make_snippet(text, None)
    assert time.process_time() - start < 5
