"""Read numbers as sites write them."""

from __future__ import annotations


def parse_whole_number(text: str, max_digits: int = 9) -> int | None:
    """Return the number that *text* is, ASCII digits only; None for anything else, and for more than *max_digits*.

    `int` takes other digits and underscores, too, and raises ValueError for more than 4,300 digits; `str.isdigit` and
    `str.isdecimal` are true for what it refuses, or should.
    """
    return int(text) if len(text) <= max_digits and text.isascii() and text.isdigit() else None
