"""Tell lists, quotations and tables of the article from those that only lay out the page."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.evidence import Path, Step

CONTENT_TAGS = frozenset({"li", "dt", "dd", "blockquote", "td", "th"})
"""Elements that may hold a whole article; a list or a row holds only its parts."""
MAX_DATA_CELL = 600
"""Characters; a table with a longer cell is layout, not data."""


def find_layout_steps(texts: Sequence[tuple[Path, int]]) -> frozenset[Step]:
    """Return the steps that only arrange the page: those around the whole text, and tables used for layout.

    *texts* are the pieces of the article: the path of each and its length in characters.
    """
    around = _get_common_path([path for path, _ in texts])
    while around and around[-1].tag not in CONTENT_TAGS:
        around = around[:-1]
    found = set(around)
    for table, sizes in _measure_cells([text for text in texts if len(text[0]) > 2]).items():
        if max(sizes.values()) > MAX_DATA_CELL or not any(cell.column for _, cell in sizes):
            found.update((table, *(step for steps in sizes for step in steps)))
    return frozenset(found)


def _get_common_path(paths: Sequence[Path]) -> Path:
    if not paths or () in paths:
        return ()
    common = paths[0]
    for path in paths:
        common = tuple(step for step, other in zip(common, path, strict=False) if step == other)
    return common


def _measure_cells(texts: Sequence[tuple[Path, int]]) -> dict[Step, dict[tuple[Step, Step], int]]:
    """Return the characters in each (row, cell) of each table."""
    tables: dict[Step, dict[tuple[Step, Step], int]] = {}
    for path, size in texts:
        for table, row, cell in zip(path, path[1:], path[2:], strict=False):
            if table.tag == "table":
                sizes = tables.setdefault(table, {})
                sizes[row, cell] = sizes.get((row, cell), 0) + size
    return tables
