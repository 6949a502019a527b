"""Durations."""

from __future__ import annotations

import pytest

from newscrawl.text.durations import parse_duration


@pytest.mark.parametrize(
    "text, seconds",
    [("90", 90), ("90s", 90), (" 30m ", 1800), ("30 min", 1800), ("1.5h", 5400), ("2 H", 7200), ("1d", 86_400)],
)
def test_a_duration_has_any_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "0", "-5", "-5s", "5 weeks", "1h30", "1h30m"])
def test_an_invalid_duration_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 90s, 30m or 2h"):
        parse_duration(text)
