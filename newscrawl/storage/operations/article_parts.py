"""Authors, keywords and images of articles, and the change feed: rows that are written once per batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select

from newscrawl.dedup.changes import Change
from newscrawl.dedup.revisions import Revision
from newscrawl.items import Article
from newscrawl.storage.schema import article_authors, article_changes, article_images, article_keywords

_LISTS: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "authors": (article_authors, ("name",)),
    "keywords": (article_keywords, ("keyword",)),
    "images": (article_images, ("url", "caption", "credit")),
}
"""List field of an article -> its table and columns."""
_stored = {
    name: select(table.c.article_id, *(table.c[column] for column in columns))
    .where(table.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(table.c.position)
    for name, (table, columns) in _LISTS.items()
}
_remove = {name: delete(table).where(table.c.article_id == bindparam("article")) for name, (table, _) in _LISTS.items()}


def get_lists(article: Article) -> dict[str, list[Any]]:
    """Return the list fields of an article; images as mappings, as older versions store them."""
    return {
        "authors": article.authors,
        "keywords": article.keywords,
        "images": [{"url": one.url, "caption": one.caption, "credit": one.credit} for one in article.images],
    }


def stored_lists(connection: Connection, article_ids: Collection[int]) -> dict[int, dict[str, list[Any]]]:
    """Return the list fields of stored articles: id -> field -> values."""
    lists: dict[int, dict[str, list[Any]]] = {one: {name: [] for name in _LISTS} for one in article_ids}
    for name, (_, columns) in _LISTS.items():
        for article_id, *values in connection.execute(_stored[name], {"ids": list(article_ids)}):
            value = dict(zip(columns, values, strict=True)) if len(columns) > 1 else values[0]
            lists[article_id][name].append(value)
    return lists


@dataclass(slots=True)
class ArticleParts:
    """The rows of the smaller tables for one batch of articles; writing them together halves the time of a batch."""

    connection: Connection
    _rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, article_id: int, lists: Mapping[str, Sequence[Any]]) -> None:
        """Queue the list fields of an article that has none yet."""
        for name, values in lists.items():
            table, columns = _LISTS[name]
            rows = values if len(columns) > 1 else [{columns[0]: value} for value in values]
            if rows:
                numbered = [
                    {"article_id": article_id, "position": position, **row} for position, row in enumerate(rows)
                ]
                self._rows.setdefault(table, []).extend(numbered)

    def add_change(
        self,
        article_id: int,
        kind: Change,
        revision: int,
        *,
        at: datetime,
        crawl_id: int | None,
        label: Revision | None = None,
    ) -> None:
        """Queue a row of the change feed; *label* has the size and label of a revision."""
        self._rows.setdefault(article_changes, []).append(
            {
                "article_id": article_id,
                "kind": kind.value,
                "revision": revision,
                "changed_at": at,
                "change_size": label.size if label else None,
                "change_label": label.label.value if label else None,
                "crawl_id": crawl_id,
            }
        )

    def write(self) -> None:
        """Insert the queued rows."""
        for table, rows in self._rows.items():
            self.connection.execute(insert(table), rows)
        self._rows.clear()

    def replace(self, article_id: int, lists: Mapping[str, Sequence[Any]]) -> None:
        """Replace list fields of an article."""
        self.write()
        for name in lists:
            self.connection.execute(_remove[name], {"article": article_id})
        self.add(article_id, lists)
