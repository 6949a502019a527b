"""Find the lists, quotations and tables around each part of the article."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.evidence import Path, Step
from newscrawl.extraction.html.scan import Node

MAX_DEPTH = 12
"""Deeper nesting is flattened to this depth."""
LIST_TAGS = frozenset({"ul", "ol", "menu", "dir"})
CELL_TAGS = frozenset({"td", "th"})
STRUCTURE_TAGS = frozenset({*LIST_TAGS, "li", "dl", "dt", "dd", "blockquote", "pre", "table", "tr", *CELL_TAGS})
ALLOWED_PARENTS = {
    "li": ("ul", "ol"), "dt": ("dl",), "dd": ("dl",), "tr": ("table",), "td": ("tr",), "th": ("tr",)
}  # fmt: skip


class PathBuilder:
    """Builds and caches the paths of nodes; *in_container* says for each node whether it is in the article."""

    def __init__(self, nodes: Sequence[Node], in_container: Sequence[bool]) -> None:
        self.nodes = nodes
        self.in_container = in_container
        self.paths: dict[int, Path] = {-1: ()}
        self.cell_counts: dict[int, tuple[int, int]] = {}

    def get_path(self, node: int) -> Path:
        """Return the path of the contents of *node*: the elements around them, outermost first, *node* included."""
        if self.nodes[node].tag not in STRUCTURE_TAGS and (path := self.paths.get(self.nodes[node].parent)) is not None:
            return path
        climbed = []
        while (path := self.paths.get(node)) is None and self.in_container[node]:
            climbed.append(node)
            node = self.nodes[node].parent
        path = path or ()
        for index in reversed(climbed):
            if self.nodes[index].tag in STRUCTURE_TAGS and len(path) < MAX_DEPTH:
                path = self.extend(index, path)
            self.paths[index] = path
        return path

    def extend(self, index: int, path: Path) -> Path:
        """Return *path* plus the element at *index*, or *path* itself where HTML does not allow the element."""
        tag, last = self.nodes[index].tag, path[-1].tag if path else None
        if tag in LIST_TAGS:
            return path if last in LIST_TAGS or last == "dl" else (*path, Step("ol" if tag == "ol" else "ul", index))
        if last == "pre":
            return path
        if tag == "li" and last not in LIST_TAGS:
            path, last = (*path, Step("ul", self.nodes[index].parent)), "ul"
        if last not in ALLOWED_PARENTS.get(tag, (last,)):
            return path
        return (*path, Step(tag, index, self.count_cells_before(index) if tag in CELL_TAGS else 0))

    def count_cells_before(self, cell: int) -> int:
        """Return the number of cells before *cell* in its row; call in document order."""
        row = self.nodes[cell].parent
        start, cells = self.cell_counts.get(row, (row + 1, 0))
        for index in range(start, cell):
            cells += self.nodes[index].parent == row and self.nodes[index].tag in CELL_TAGS
        self.cell_counts[row] = (max(start, cell), cells)
        return cells
