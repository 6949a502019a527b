"""Writing articles: first versions, revisions, duplicates, and the change feed, with the ledger's outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from newscrawl.freshness import Change, classify_change
from newscrawl.items import Article, Outcome
from newscrawl.storage.pages import finish_pages
from newscrawl.storage.records import Ending, Saved, Visit
from newscrawl.storage.schema import (
    article_authors,
    article_changes,
    article_images,
    article_keywords,
    article_revisions,
    articles,
)

_COLUMNS = tuple(column.name for column in articles.columns if column.name not in {"id", "revision", "withdrawn_at"})
_REVISION_COLUMNS = tuple(column.name for column in article_revisions.columns if column.name != "article_id")

_known = select(
    articles.c.id,
    articles.c.key,
    articles.c.content_hash,
    articles.c.page_id,
    articles.c.withdrawn_at,
    articles.c.date_downloaded,
)
_known_by_key = _known.where(articles.c.key.in_(bindparam("values", expanding=True)))
_known_by_content = _known.where(articles.c.content_hash.in_(bindparam("values", expanding=True)))

_insert = insert(articles).returning(articles.c.id)


@dataclass(frozen=True, slots=True)
class SaveArticle:
    """Store an article and end the visit that brought it, together. Result: Saved.

    An article is known by its key (identity of the URL); a text that is stored already under another key is a
    duplicate: the visit ends pointing to the article that has it.
    """

    article: Article
    """With its fingerprints, key and content_hash."""
    visit: Visit
    ending: Ending
    """How the visit ends; outcome, reason and article are filled in here."""

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[SaveArticle]) -> list[Saved]:
        batch = _Batch.of(connection, [operation.article for operation in operations])
        results = [batch.save(operation) for operation in operations]
        batch.write_parts()
        finish_pages(
            connection,
            [
                (operation.visit, _ending(operation, saved))
                for operation, saved in zip(operations, results, strict=True)
            ],
        )
        return results


def _ending(operation: SaveArticle, saved: Saved) -> Ending:
    return replace(
        operation.ending,
        outcome=saved.outcome,
        reason=saved.reason,
        article_id=saved.article_id,
        date_published=operation.article.date_published,
    )


@dataclass(slots=True)
class _KnownArticle:
    id: int
    content_hash: str | None
    page_id: int | None
    withdrawn: bool
    date_downloaded: datetime | None


@dataclass(slots=True)
class _Batch:
    """Articles being written together, and the stored ones that they may meet."""

    connection: Connection
    by_key: dict[str | None, _KnownArticle]
    by_content: dict[str | None, _KnownArticle]
    parts: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    """Rows of the smaller tables; written once a batch, which halves the time of a batch."""

    @classmethod
    def of(cls, connection: Connection, new: Sequence[Article]) -> _Batch:
        by_key = connection.execute(_known_by_key, {"values": [one.key for one in new]})
        by_content = connection.execute(_known_by_content, {"values": [one.content_hash for one in new]})
        return cls(
            connection,
            {row.key: _known_article(row) for row in by_key},
            {row.content_hash: _known_article(row) for row in by_content},
        )

    def save(self, operation: SaveArticle) -> Saved:
        new = operation.article
        stored = self.by_key.get(new.key)
        if stored is None:
            same = self.by_content.get(new.content_hash)
            if same is not None:
                return Saved(Outcome.DUPLICATE, "same_content", same.id)
            return self._insert(operation)
        if stored.page_id not in {None, operation.visit.page_id}:
            return Saved(Outcome.DUPLICATE, "same_url", stored.id)
        if _is_older(new, stored):
            return Saved(Outcome.UNCHANGED, "older_capture", stored.id)
        if stored.withdrawn:
            self.connection.execute(update(articles).where(articles.c.id == stored.id).values(withdrawn_at=None))
        if classify_change(stored.content_hash, new.content_hash) is Change.UNCHANGED:
            return Saved(Outcome.UNCHANGED, "same_content", stored.id)
        return self._revise(stored, operation)

    def write_parts(self) -> None:
        for table, rows in self.parts.items():
            self.connection.execute(insert(table), rows)

    def _insert(self, operation: SaveArticle) -> Saved:
        article_id = self.connection.execute(_insert, _row(operation.article)).scalar_one()
        self._add_parts(article_id, Change.INSERTED, 1, operation)
        return Saved(Outcome.STORED, "new", article_id)

    def _revise(self, stored: _KnownArticle, operation: SaveArticle) -> Saved:
        this = articles.c.id == stored.id
        old = self.connection.execute(select(articles).where(this)).one()._mapping
        kept = {name: old[name] for name in _REVISION_COLUMNS}
        self.connection.execute(insert(article_revisions), {"article_id": stored.id, **kept})
        revision = old["revision"] + 1
        self.connection.execute(update(articles).where(this).values(**_row(operation.article), revision=revision))
        for table in (article_authors, article_keywords, article_images):
            self.connection.execute(delete(table).where(table.c.article_id == stored.id))
        self._add_parts(stored.id, Change.REVISED, revision, operation)
        return Saved(Outcome.UPDATED, "content_changed", stored.id)

    def _add_parts(self, article_id: int, kind: Change, revision: int, operation: SaveArticle) -> None:
        article = operation.article
        self._add_list(article_authors, article_id, [{"name": name} for name in article.authors])
        self._add_list(article_keywords, article_id, [{"keyword": word} for word in article.keywords])
        images = [{"url": image.url, "caption": image.caption, "credit": image.credit} for image in article.images]
        self._add_list(article_images, article_id, images)
        self.parts.setdefault(article_changes, []).append(
            {
                "article_id": article_id,
                "kind": kind.value,
                "revision": revision,
                "changed_at": operation.ending.at,
                "crawl_id": article.crawl_id,
            }
        )
        known = _KnownArticle(
            article_id,
            article.content_hash,
            operation.visit.page_id,
            withdrawn=False,
            date_downloaded=article.date_downloaded,
        )
        self.by_key[article.key] = known
        self.by_content.setdefault(article.content_hash, known)

    def _add_list(self, table: Table, article_id: int, values: Sequence[dict[str, Any]]) -> None:
        rows = [{"article_id": article_id, "position": position, **value} for position, value in enumerate(values)]
        if rows:
            self.parts.setdefault(table, []).extend(rows)


def _known_article(row: Any) -> _KnownArticle:
    return _KnownArticle(
        row.id,
        row.content_hash,
        row.page_id,
        withdrawn=row.withdrawn_at is not None,
        date_downloaded=row.date_downloaded,
    )


def _is_older(article: Article, stored: _KnownArticle) -> bool:
    """Tell whether an archive brings a capture from before the one that is stored."""
    if article.date_downloaded is None or stored.date_downloaded is None:
        return False
    return article.date_downloaded < stored.date_downloaded


def _row(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in _COLUMNS}
