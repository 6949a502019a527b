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
    """Return Python's name for the encoding *name*; None if it is unknown, or not one that a page can use.

    `codecs.lookup` also finds codecs that do not encode text ("hex", "zlib"). `bytes.decode` raises an error for those,
    for "idna" and for "undefined".
    """
    try:
        found = resolve_encoding(name) if name else None
        if found is None or found in _NOT_OF_PAGES or b"a".decode(found, "replace") == "":
            return None
    except (LookupError, ValueError):
        return None
    return found
