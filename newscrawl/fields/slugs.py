"""Compare headlines with the slug in a page's URL."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from newscrawl.text.fold import fold_base_letters
from newscrawl.urls.parse import split_any

MIN_SLUG = 30
"""Letters, about five words; shorter slugs consist of keywords as often as of the headline."""
_LEADING_NUMBER = re.compile(r"^\w{0,4}\d+[-_]")
_TRAILING_NUMBERS = re.compile(r"(?:[-_.](?:[a-z]{0,3}\d+|html?|php|aspx?))+$")
_PAIRS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""How German and the Nordic languages transliterate their letters to ASCII."""
_fold = lru_cache(maxsize=512)(fold_base_letters)


def get_slug(url: str) -> str:
    """Return letters and digits of the longest path segment, without numbers and extension; "" if it is short."""
    parts = [_strip_numbers(part.casefold()) for part in unquote(split_any(url).path).split("/")]
    longest = max(parts, key=len)
    return longest if len(longest) >= MIN_SLUG else ""


def is_spelled(headline: str, slug: str) -> bool:
    """Return whether *slug* (from get_slug) and *headline* are the same, or one is the start of the other."""
    if not slug:
        return False
    keys = {_fold(headline), _fold(headline.casefold().translate(_PAIRS))}
    return any(key.startswith(slug) or (len(key) >= MIN_SLUG and slug.startswith(key)) for key in keys)


def _strip_numbers(part: str) -> str:
    return _fold(_TRAILING_NUMBERS.sub("", _LEADING_NUMBER.sub("", part)))
