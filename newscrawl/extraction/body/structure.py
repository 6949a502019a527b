"""Which lists, quotations and tables the pieces of the article stand in."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.evidence import Path, Step
from newscrawl.extraction.html.scan import Node

MAX_STEPS = 12
"""What is nested deeper is shown as if it stood at this depth."""
LISTS = frozenset({"ul", "ol", "menu", "dir"})
CELLS = frozenset({"td", "th"})
HOLDERS = frozenset({*LISTS, "li", "dl", "dt", "dd", "blockquote", "pre", "table", "tr", *CELLS})
WHOLE = frozenset({"li", "dt", "dd", "blockquote", *CELLS})
"""They may hold a whole article; a list or a row holds nothing but its parts."""
MAX_CELL = 600
"""Characters of a cell of data."""
ONLY_IN = {
    "li": ("ul", "ol"),
    "dt": ("dl",),
    "dd": ("dl",),
    "tr": ("table",),
    "td": ("tr",),
    "th": ("tr",),
}


class Structure:
    """The paths of nodes, each worked out once; *held* tells which nodes are in the article."""

    def __init__(self, nodes: Sequence[Node], held: Sequence[bool]) -> None:
        self.nodes = nodes
        self.held = held
        self.known: dict[int, Path] = {-1: ()}
        self.counted: dict[int, tuple[int, int]] = {}

    def path_of(self, node: int) -> Path:
        """The elements around what stands in *node*, itself included, outermost first."""
        if self.nodes[node].tag not in HOLDERS and (path := self.known.get(self.nodes[node].parent)) is not None:
            return path
        climbed = []
        while (path := self.known.get(node)) is None and self.held[node]:
            climbed.append(node)
            node = self.nodes[node].parent
        path = path or ()
        for index in reversed(climbed):
            if self.nodes[index].tag in HOLDERS and len(path) < MAX_STEPS:
                path = self.entered(index, path)
            self.known[index] = path
        return path

    def entered(self, index: int, path: Path) -> Path:
        """*path* with one more element; without it where HTML allows no such element there."""
        tag, last = self.nodes[index].tag, path[-1].tag if path else None
        if tag in LISTS:
            return path if last in LISTS or last == "dl" else (*path, Step("ol" if tag == "ol" else "ul", index))
        if last == "pre":
            return path
        if tag == "li" and last not in LISTS:
            path, last = (*path, Step("ul", self.nodes[index].parent)), "ul"
        if last not in ONLY_IN.get(tag, (last,)):
            return path
        return (*path, Step(tag, index, self.column_of(index) if tag in CELLS else 0))

    def column_of(self, cell: int) -> int:
        """How many cells stand before *cell* in its row; asked for in the order of the page."""
        row = self.nodes[cell].parent
        start, cells = self.counted.get(row, (row + 1, 0))
        for index in range(start, cell):
            cells += self.nodes[index].parent == row and self.nodes[index].tag in CELLS
        self.counted[row] = (max(start, cell), cells)
        return cells


def find_layout_steps(texts: Sequence[tuple[Path, int]]) -> frozenset[Step]:
    """The steps that only arrange the page: what holds the whole text, and tables that hold more than data.

    *texts* are the pieces of the article: the path of each and its number of characters.
    """
    around = _around_all([path for path, _ in texts])
    while around and around[-1].tag not in WHOLE:
        around = around[:-1]
    found = set(around)
    for table, sizes in _cells([text for text in texts if len(text[0]) > 2]).items():
        if max(sizes.values()) > MAX_CELL or not any(cell.column for _, cell in sizes):
            found.update((table, *(step for steps in sizes for step in steps)))
    return frozenset(found)


def _around_all(paths: Sequence[Path]) -> Path:
    if not paths or () in paths:
        return ()
    around = paths[0]
    for path in paths:
        around = tuple(one for one, other in zip(around, path, strict=False) if one == other)
    return around


def _cells(texts: Sequence[tuple[Path, int]]) -> dict[Step, dict[tuple[Step, Step], int]]:
    """The rows and cells of each table with the characters in them."""
    tables: dict[Step, dict[tuple[Step, Step], int]] = {}
    for path, size in texts:
        for table, row, cell in zip(path, path[1:], path[2:], strict=False):
            if table.tag == "table":
                sizes = tables.setdefault(table, {})
                sizes[row, cell] = sizes.get((row, cell), 0) + size
    return tables
