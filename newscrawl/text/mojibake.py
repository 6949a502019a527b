"""Fix text that was encoded twice: UTF-8 that a system took for windows-1252 or Latin-1 and encoded again.

"donâ€™t", "GrÃ¶ÃŸe" and "Ð¿Ñ€Ð¸" become "don’t", "Größe" and "при" (docs/decisions/0023-text-encoded-twice.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

NEAR, FAR = 100, 4_000
"""Bytes before and after a trace in which others are looked for; after it, up to a space before FAR if there is one."""
_TRACE = re.compile(
    rb"\xc3[\x82-\xb4]\xc2[\x80-\x9f]|\xc3\xa2\xe2\x82\xac|\xc3\xb0\xc5\xb8|\xc3[\x82\x90\x91\x98\x99]\xc2[\xa0-\xbf]"
    rb"|\xc3\x83\xc2[\xa0-\xbf](?<![A-Z]\xc3\x83\xc2[\xa0\xab\xbb])"
)
"""Two characters that look like bytes of UTF-8 and stand together in no language; "AMANHÃ »" is Portuguese."""
_ABOUT_ENCODINGS = (b"ojibake", b"ftfy", b"indows-1252", b"ouble-encod", b"ouble encod", b"eichensalat", b"utf8_")
"""Parts of words on pages about such errors, which show examples."""


def fix_mojibake(data: bytes) -> bytes:
    """Return a page in UTF-8 with what was encoded twice fixed; a page about encodings stays as it is."""
    if _TRACE.search(data) is None or any(word in data for word in _ABOUT_ENCODINGS):
        return data
    # Hardly any page needs it.
    from ftfy.fixes import decode_inconsistent_utf8

    parts, end = list[bytes](), 0
    for start, stop in _find_segments(data):
        parts += data[end:start], decode_inconsistent_utf8(data[start:stop].decode("utf-8", "replace")).encode()
        end = stop
    return b"".join((*parts, data[end:]))


def _find_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each part of a page around a trace."""
    end = 0
    for match in _TRACE.finditer(data):
        if match.end() <= end:
            continue
        start = max(match.start() - NEAR, end)
        start = max(start, data.rfind(b" ", start, match.start()))
        start = _move_to_character(data, start)
        end = data.find(b" ", match.end() + NEAR, match.end() + FAR)
        end = _move_to_character(data, match.end() + NEAR) if end < 0 else end
        yield start, end


def _move_to_character(data: bytes, place: int) -> int:
    """Return the first place from *place* on where a character begins, or the end."""
    while place < len(data) and data[place] & 0xC0 == 0x80:
        place += 1
    return min(place, len(data))
