"""Hints for mistyped names."""

from __future__ import annotations

from newscrawl.text.suggestions import suggest


def test_the_nearest_known_name_is_suggested() -> None:
    assert suggest("feed", ["sitemaps", "feeds"]) == "did you mean 'feeds'?"


def test_all_known_names_are_listed_where_none_is_near() -> None:
    assert suggest("colour", ["feeds", "sitemaps"]) == "known: feeds, sitemaps"
    assert suggest("colour", []) == "known: none"
