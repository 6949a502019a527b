"""What an article has several of, and the change feed: rows that are written once a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from newscrawl.freshness import Change
from newscrawl.identity.revisions import Revision
from newscrawl.items import Article
from newscrawl.storage.schema import article_authors, article_changes, article_images, article_keywords

LISTS = (
    (article_authors, "authors", ("name",)),
    (article_keywords, "keywords", ("keyword",)),
    (article_images, "images", ("url", "caption", "credit")),
)
"""The tables of what an article has several of: the field that they hold, and their columns."""


@dataclass(slots=True)
class ArticleParts:
    """The smaller tables of the articles of one batch; written together, which halves the time of a batch."""

    connection: Connection
    _rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, article_id: int, article: Article) -> None:
        """Note the lists of an article that has none yet."""
        images = [{"url": image.url, "caption": image.caption, "credit": image.credit} for image in article.images]
        self._add_list(article_authors, article_id, [{"name": name} for name in article.authors])
        self._add_list(article_keywords, article_id, [{"keyword": word} for word in article.keywords])
        self._add_list(article_images, article_id, images)

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

    def stored(self, article_id: int) -> dict[str, list[Any]]:
        """The lists of an article, by field."""
        self.write()
        lists: dict[str, list[Any]] = {}
        for table, field_name, names in LISTS:
            query = select(*(table.c[name] for name in names)).where(table.c.article_id == article_id)
            rows = self.connection.execute(query.order_by(table.c.position)).all()
            lists[field_name] = [row[0] if len(names) == 1 else dict(row._mapping) for row in rows]
        return lists

    def remove(self, article_id: int) -> None:
        """Delete the lists of an article."""
        for table, _, _ in LISTS:
            self.connection.execute(delete(table).where(table.c.article_id == article_id))

    def _add_list(self, table: Table, article_id: int, values: Sequence[dict[str, Any]]) -> None:
        rows = [{"article_id": article_id, "position": position, **value} for position, value in enumerate(values)]
        if rows:
            self._rows.setdefault(table, []).extend(rows)
