"""Read numbers as sites write them."""

from __future__ import annotations


def parse_whole_number(text: str, max_digits: int = 9) -> int | None:
    """Return *text* as a number if it is ASCII digits only, at most *max_digits* of them; otherwise None.

    `int` also accepts digits of other scripts and underscores, and raises ValueError for more than 4,300 digits.
    `str.isdigit` is true for some digits that `int` rejects, such as "²".
    """
    return int(text) if len(text) <= max_digits and text.isascii() and text.isdigit() else None
