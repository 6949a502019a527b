"""Charts made of characters."""

from __future__ import annotations

import pytest

from newscrawl.text.charts import draw_bar, draw_sparkline, sum_groups


def test_a_sparkline_has_the_highest_block_for_the_maximum() -> None:
    assert draw_sparkline([0, 1, 4, 8]) == " ▁▄█"
    assert draw_sparkline([0, 1, 800]) == " ▁█"
    assert draw_sparkline([0, 1, 4, 8], as_ascii=True) == " _=#"
    assert draw_sparkline([0, 0]) == "  "
    assert draw_sparkline([]) == ""


@pytest.mark.parametrize(
    ("share", "bar"), [(0, ""), (0.0001, "▏"), (0.5, "█████"), (0.55, "█████▌"), (1, "██████████")]
)
def test_a_bar_has_its_share_of_the_width(share: float, bar: str) -> None:
    assert draw_bar(share, 10) == bar


def test_bars_can_be_drawn_in_ascii() -> None:
    assert [draw_bar(share, 10, as_ascii=True) for share in (0, 0.001, 0.5, 1)] == ["", "#", "#####", "##########"]


def test_values_are_summed_in_groups_of_which_the_last_is_whole() -> None:
    assert sum_groups([1, 2, 3, 4, 5], 5) == [1, 2, 3, 4, 5]
    assert sum_groups([1, 2, 3, 4, 5], 3) == [1, 5, 9]
    assert sum_groups([1, 2, 3, 4], 2) == [3, 7]
    assert sum_groups([], 3) == []
