"""Find the encodings that pages and feeds declare."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from w3lib.encoding import resolve_encoding

_NOT_OF_PAGES: Final = frozenset(
    ["idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "charmap", "utf-7"]
)
"""Codecs of Python that no browser knows; UTF-7 is used only in attacks."""


@lru_cache(maxsize=256)
def find_text_encoding(name: str | None) -> str | None:
    """Return Python's name of the encoding *name*; None if there is none, or it is none that a page can be in.

    `codecs.lookup` also finds codecs that are no encodings of text ("hex", "zlib"); `bytes.decode` raises errors for
    them, for "idna" and for "undefined".
    """
    try:
        found = resolve_encoding(name) if name else None
        if found is None or found in _NOT_OF_PAGES or b"a".decode(found, "replace") == "":
            return None
    except (LookupError, ValueError):
        return None
    return found
