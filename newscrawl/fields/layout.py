"""Find the lists and tables that only arrange the page and carry no structure of the article."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.evidence import Path, Step

ARTICLE_HOLDERS = frozenset({"li", "dt", "dd", "blockquote", "td", "th"})
"""May hold a whole article; a list or a row holds only its items or cells."""
MAX_CELL = 600
"""Characters in a table cell that holds data rather than layout."""


def find_layout_steps(texts: Sequence[tuple[Path, int]]) -> frozenset[Step]:
    """Return the steps around the whole text, and those of tables that hold more than data.

    *texts* has the path and the number of characters of each piece of the article.
    """
    shared = _common_path([path for path, _ in texts])
    while shared and shared[-1].tag not in ARTICLE_HOLDERS:
        shared = shared[:-1]
    found = set(shared)
    for table, sizes in _measure_cells([text for text in texts if len(text[0]) > 2]).items():
        if max(sizes.values()) > MAX_CELL or not any(cell.column for _, cell in sizes):
            found.update((table, *(step for steps in sizes for step in steps)))
    return frozenset(found)


def _common_path(paths: Sequence[Path]) -> Path:
    if not paths or () in paths:
        return ()
    shared = paths[0]
    for path in paths:
        shared = tuple(one for one, other in zip(shared, path, strict=False) if one == other)
    return shared


def _measure_cells(texts: Sequence[tuple[Path, int]]) -> dict[Step, dict[tuple[Step, Step], int]]:
    """Return, for each table, the number of characters by row and cell."""
    tables: dict[Step, dict[tuple[Step, Step], int]] = {}
    for path, size in texts:
        for table, row, cell in zip(path, path[1:], path[2:], strict=False):
            if table.tag == "table":
                sizes = tables.setdefault(table, {})
                sizes[row, cell] = sizes.get((row, cell), 0) + size
    return tables
