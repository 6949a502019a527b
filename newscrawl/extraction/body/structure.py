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
