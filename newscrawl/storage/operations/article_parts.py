"""What an article has several of, and the change feed: rows that are written once a batch."""

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
"""Field that an article has several of -> its table and columns."""
_stored = {
    name: select(table.c.article_id, *(table.c[column] for column in columns))
    .where(table.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(table.c.position)
    for name, (table, columns) in _LISTS.items()
}
_remove = {name: delete(table).where(table.c.article_id == bindparam("article")) for name, (table, _) in _LISTS.items()}


def get_lists(article: Article) -> dict[str, list[Any]]:
    """What an article has several of, by field; images as mappings, as they are stored with older versions."""
    return {
        "authors": article.authors,
        "keywords": article.keywords,
        "images": [{"url": one.url, "caption": one.caption, "credit": one.credit} for one in article.images],
    }


def stored_lists(connection: Connection, article_ids: Collection[int]) -> dict[int, dict[str, list[Any]]]:
    """The lists of stored articles: id -> field -> values."""
    lists: dict[int, dict[str, list[Any]]] = {one: {name: [] for name in _LISTS} for one in article_ids}
    for name, (_, columns) in _LISTS.items():
        for article_id, *values in connection.execute(_stored[name], {"ids": list(article_ids)}):
            value = dict(zip(columns, values, strict=True)) if len(columns) > 1 else values[0]
            lists[article_id][name].append(value)
    return lists


@dataclass(slots=True)
class ArticleParts:
    """The smaller tables of the articles of one batch; written together, which halves the time of a batch."""

    connection: Connection
    _rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, article_id: int, lists: Mapping[str, Sequence[Any]]) -> None:
        """Note lists, by field, that an article does not have yet."""
        for name, values in lists.items():
            table, columns = _LISTS[name]
            rows = values if len(columns) > 1 else [{columns[0]: value} for value in values]
            if rows:
                places = [{"article_id": article_id, "position": position, **row} for position, row in enumerate(rows)]
                self._rows.setdefault(table, []).extend(places)

    def add_change(
        self,
        article_id: int,
        kind: Change,
        revision: int,
        *,
        at: datetime,
        crawl_id: int | None,
        what: Revision | None = None,
    ) -> None:
        """Note a line of the feed; *what* tells a revision's size and label."""
        self._rows.setdefault(article_changes, []).append(
            {
                "article_id": article_id,
                "kind": kind.value,
                "revision": revision,
                "changed_at": at,
                "change_size": what.size if what else None,
                "change_label": what.label.value if what else None,
                "crawl_id": crawl_id,
            }
        )

    def write(self) -> None:
        """Insert what was noted."""
        for table, rows in self._rows.items():
            self.connection.execute(insert(table), rows)
        self._rows.clear()

    def replace(self, article_id: int, lists: Mapping[str, Sequence[Any]]) -> None:
        """Put lists, by field, in the place of the article's own."""
        self.write()
        for name in lists:
            self.connection.execute(_remove[name], {"article": article_id})
        self.add(article_id, lists)
