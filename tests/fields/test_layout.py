"""Lists and tables of the article are kept apart from those that only lay out the page."""

from __future__ import annotations

from newscrawl.evidence import Path, Step
from newscrawl.fields.layout import MAX_DATA_CELL, find_layout_steps

QUOTE, TABLE, ROW = Step("blockquote", 1), Step("table", 2), Step("tr", 3)
LEFT, RIGHT = Step("td", 4), Step("td", 5, column=1)
ITEM: Path = (Step("ul", 6), Step("li", 7))


def test_an_element_around_the_whole_text_is_layout() -> None:
    assert find_layout_steps([((QUOTE,), 90), ((QUOTE, *ITEM), 90)]) == {QUOTE}
    assert find_layout_steps([((QUOTE,), 90), ((), 90)]) == set()


def test_a_list_around_the_whole_text_is_not_layout() -> None:
    other = (ITEM[0], Step("li", 8))
    assert find_layout_steps([(ITEM, 90), (other, 90)]) == set()


def test_a_table_with_short_cells_in_several_columns_is_data() -> None:
    assert find_layout_steps([((TABLE, ROW, LEFT), 9), ((TABLE, ROW, RIGHT), 9), ((), 90)]) == set()


def test_a_table_with_one_column_or_a_long_cell_is_layout() -> None:
    assert find_layout_steps([((TABLE, ROW, LEFT), 9), ((), 90)]) == {TABLE, ROW, LEFT}
    long = [((TABLE, ROW, LEFT), 9), ((TABLE, ROW, RIGHT), MAX_DATA_CELL + 1), ((), 90)]
    assert find_layout_steps(long) == {TABLE, ROW, LEFT, RIGHT}
