"""Read saved pages with ground truth: a folder with truth.jsonl (`id`, `url`, fields) and html/<id>.html.gz."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One page of a corpus."""

    id: str
    url: str
    """Empty if not known."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of pages, or every Nth of them."""

    folder: Path
    every: int = 1

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    def ground_truth(self) -> dict[str, dict[str, Any]]:
        """Return page id -> ground truth, in the order of the corpus."""
        lines = (self.folder / "truth.jsonl").read_text(encoding="utf-8").split("\n")
        rows = [json.loads(line) for line in lines if line.strip()]
        return {str(row["id"]): row for row in rows[:: self.every]}

    def pages(self) -> Iterator[SavedPage]:
        """Yield the pages with their bytes, in the same order."""
        for page, row in self.ground_truth().items():
            yield SavedPage(page, row.get("url") or "", gzip.decompress(self.file(page).read_bytes()))

    def file(self, page: str) -> Path:
        return self.folder / "html" / f"{page}.html.gz"
