from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from newscrawl.web.pages.charts import HEIGHT, Series, draw_sparkline, round_up, stack_bars
from newscrawl.web.pages.days import DayCounts, draw_outcomes, list_days


@pytest.mark.parametrize(
    "number, expected",
    [(0, 1), (1, 1), (2, 2), (3, 4), (9, 10), (11, 12), (13, 16), (41, 60), (100, 100), (101, 120), (9_999, 10_000)],
)
def test_scales_end_at_round_numbers_that_can_be_halved(number: int, expected: int) -> None:
    assert round_up(number) == expected


def test_every_scale_holds_its_highest_bar() -> None:
    assert [n for n in range(3, 20_000) if round_up(n) < n or round_up(n) % 2] == []


def test_bars_are_stacked_to_the_sum_of_their_series() -> None:
    chart = stack_bars("x", "X", ["Mon", "Tue"], [Series("new", "c-1", [3, 0]), Series("old", "c-2", [1, 2])])
    monday = [rect for rect in chart.rects if rect.title.startswith("Mon")]
    assert [rect.title for rect in chart.rects] == ["Mon: 3 new", "Mon: 1 old", "Tue: 2 old"]
    assert (chart.scale, sum(rect.height for rect in monday)) == ((4, 2, 0), HEIGHT)
    assert monday[0].y + monday[0].height == HEIGHT
    assert monday[1].y + monday[1].height == monday[0].y


def test_the_table_and_the_description_say_what_the_bars_show() -> None:
    chart = stack_bars("x", "X", ["Mon", "Tue"], [Series("new", "c-1", [3, 0]), Series("none", "c-2", [0, 0])])
    assert [one.name for one in chart.series] == ["new"]
    assert chart.rows == [("Mon", [3]), ("Tue", [0])]
    assert chart.description == "3 in total from Mon to Tue, at most 3 (Mon), 0 at the end."
    assert stack_bars("x", "X", ["Mon"], []).description == "Nothing to show."


def test_a_day_without_articles_is_a_line_in_the_sparkline() -> None:
    line = draw_sparkline([0, 4], ["Mon", "Tue"], "articles")
    assert [(rect.height, rect.colour) for rect in line.rects] == [(1.0, "c-none"), (20.0, "c-1")]
    assert line.description == "articles a day: 0, 4"


DAYS = list_days(date(2026, 3, 2), 3)


def test_days_end_with_the_last_one() -> None:
    assert [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)] == DAYS


def test_sites_beyond_the_colours_share_one_bar() -> None:
    counts = DayCounts(DAYS, {f"s{n}": {DAYS[2]: 10 - n} for n in range(8)})
    names = [one.name for one in counts.draw_sites().series]
    assert names == ["s0", "s1", "s2", "s3", "s4", "3 other sites"]
    assert counts.draw_sites().total == sum(counts.totals)
    six = DayCounts(DAYS, {f"s{n}": {DAYS[2]: 1} for n in range(6)})
    assert "other" not in " ".join(one.name for one in six.draw_sites().series)


def test_the_usual_number_leaves_out_the_day_that_is_not_over() -> None:
    assert DayCounts(DAYS, {"a": {DAYS[0]: 4, DAYS[1]: 6, DAYS[2]: 100}}).usual == 5


def test_outcomes_are_grouped_and_unfinished_pages_left_out() -> None:
    chart = draw_outcomes(DAYS, {DAYS[1]: Counter({"stored": 2, "gone": 1, "too_short": 1, "pending": 9})})
    assert {one.name: one.values[1] for one in chart.series} == {"stored": 2, "no article": 2}
