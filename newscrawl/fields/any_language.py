"""Parse dates in any language with dateparser, which takes milliseconds."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

COMMON_LANGUAGES = ["en", "de", "fr", "es", "pt", "it", "nl"]
"""Tried if the page declares no language: loading all languages of dateparser takes seconds."""


def parse_with_dateparser(text: str, language: str | None) -> datetime | None:
    """Return the date in *text*, in *language* (a primary subtag) or English; None if it is none."""
    return _parse(text, _known_language(language))


@lru_cache(maxsize=512)
def _parse(text: str, language: str | None) -> datetime | None:
    import dateparser  # takes 0.2 s, and most pages have ISO dates

    settings: Any = {"STRICT_PARSING": True, "RETURN_AS_TIMEZONE_AWARE": False, "PREFER_DATES_FROM": "past"}
    languages = COMMON_LANGUAGES if language is None else list(dict.fromkeys((language, "en")))
    try:
        return dateparser.parse(text, languages=languages, settings=settings)
    except (ValueError, OverflowError, RecursionError, TypeError):
        return None


@lru_cache(maxsize=64)
def _known_language(language: str | None) -> str | None:
    """Return the language if dateparser knows it."""
    if language is None:
        return None
    from dateparser.data import languages_info

    return language if language in languages_info.language_order else None
