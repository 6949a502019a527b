"""Numbers are what readers take for numbers, and of a sensible size."""

from __future__ import annotations

import pytest

from newscrawl.text.numbers import parse_whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("64", 64), ("007", 7), ("999999999", 999_999_999)])
def test_digits_are_read(text: str, number: int) -> None:
    assert parse_whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", " 5", "-5", "+5", "5.0", "1_000", "1e3", "0x10", "²", "①", "١٢", "१२", "５", "1" * 10, "9" * 5_000]
)
def test_anything_else_is_no_number(text: str) -> None:
    assert parse_whole_number(text) is None
