"""The headline that a page's address spells out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote, urlsplit

SHORTEST = 30
"""Letters, about five words: shorter addresses are made of keywords as often as of the headline."""
_NUMBER_BEFORE = re.compile(r"^\w{0,4}\d+[-_]")
_NUMBERS_BEHIND = re.compile(r"(?:[-_.](?:[a-z]{0,3}\d+|html?|php|aspx?))+$")
_NOT_LETTERS = re.compile(r"[\W_]+")
_BASE = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ð": "d", "þ": "th", "đ": "d", "ł": "l", "ı": "i"})
_PAIRS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""How German and the Nordic languages write their letters where there are only those of English."""


def get_slug(url: str) -> str:
    """The letters and digits of the longest part of an address' path, without numbers and ending; "" where short."""
    parts = [_bare(part.casefold()) for part in unquote(urlsplit(url).path).split("/")]
    longest = max(parts, key=len)
    return longest if len(longest) >= SHORTEST else ""


def is_spelled(headline: str, slug: str) -> bool:
    """Whether *slug* (see slug_of) is *headline*, or the beginning of it, or it and more."""
    if not slug:
        return False
    keys = {_plain(headline), _plain(headline.casefold().translate(_PAIRS))}
    return any(key.startswith(slug) or (len(key) >= SHORTEST and slug.startswith(key)) for key in keys)


def _bare(part: str) -> str:
    return _plain(_NUMBERS_BEHIND.sub("", _NUMBER_BEFORE.sub("", part)))


@lru_cache(maxsize=512)
def _plain(text: str) -> str:
    """Letters and digits in lower case, without their marks."""
    text = text.casefold()
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.translate(_BASE))
        text = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return _NOT_LETTERS.sub("", text)
