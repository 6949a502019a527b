"""Writing articles: first versions, revisions, duplicates, and the change feed, with the ledger's outcome."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Table, bindparam, delete, func, insert, select, update

from newscrawl.freshness import Change, classify_change
from newscrawl.identity.content_hash import same_body, same_headline
from newscrawl.identity.revisions import Revision, Version, is_re_extracted, revision_of
from newscrawl.identity.worse import Refusal, Worse, is_insistent, shown_again, why_worse
from newscrawl.items import Article, Outcome
from newscrawl.storage.records import Ending, Saved, Visit
from newscrawl.storage.schema import (
    article_authors,
    article_changes,
    article_images,
    article_keywords,
    article_refusals,
    article_revisions,
    articles,
    pages,
)
from newscrawl.storage.stories import Place, Stories
from newscrawl.storage.visits import finish_pages

_KEPT_APART = {"id", "revision", "withdrawn_at", *Place(0, None).columns()}
_COLUMNS = tuple(column.name for column in articles.columns if column.name not in _KEPT_APART)
_REVISION_COLUMNS = tuple(column.name for column in article_revisions.columns if column.name in articles.columns)
_VERSION_FIELDS = tuple(Version.__dataclass_fields__)
_LISTS = (
    (article_authors, "authors", ("name",)),
    (article_keywords, "keywords", ("keyword",)),
    (article_images, "images", ("url", "caption", "credit")),
)
"""The tables of what an article has several of: the field that they hold, and their columns."""

_known = select(
    articles.c.id,
    articles.c.key,
    articles.c.site,
    articles.c.content_hash,
    articles.c.page_id,
    articles.c.withdrawn_at,
    articles.c.date_downloaded,
    articles.c.revision,
    articles.c.extractor_version,
    articles.c.headline,
    article_refusals.c.content_hash.label("refused_hash"),
    article_refusals.c.visits.label("refused_visits"),
    article_refusals.c.first_at.label("refused_at"),
).select_from(articles.outerjoin(article_refusals, article_refusals.c.article_id == articles.c.id))
_known_by_key = _known.where(articles.c.key.in_(bindparam("values", expanding=True)))
_known_by_page = _known.where(articles.c.page_id.in_(bindparam("values", expanding=True)))
_known_by_content = _known.where(articles.c.content_hash.in_(bindparam("values", expanding=True)))

_insert = insert(articles)
_largest_id = select(func.coalesce(func.max(articles.c.id), 0))
_next_ids = select(func.nextval(func.pg_get_serial_sequence("articles", "id"))).select_from(
    func.generate_series(1, bindparam("count", type_=Integer))
)


OLDER_CAPTURE = "older_capture"


@dataclass(frozen=True, slots=True)
class SaveArticle:
    """Store an article and end the visit that brought it, together. Result: Saved.

    An article is known by its key (identity of the URL), else by the page that it was read from. A text that the site
    has already under another key is a duplicate: the visit ends pointing to the article that has it, unless that was
    withdrawn. A copy on another site is an article of its own in the same story. The page whose own key the article has
    takes it over from a copy. Where another text has the key, a canonical URL was wrong, and each article gets the key
    of its own page.
    """

    article: Article
    """With its fingerprints, key and content_hash. Gets another key where its canonical URL turns out to be wrong."""
    visit: Visit
    ending: Ending
    """How the visit ends; outcome, reason and article are filled in here."""

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[SaveArticle]) -> list[Saved]:
        batch = _Batch.of(connection, operations)
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
    ended = replace(
        operation.ending,
        outcome=saved.outcome,
        reason=saved.reason,
        article_id=saved.article_id,
        date_published=operation.article.date_published,
    )
    # The validators of an answer that was not taken would let the host say "not modified" of it.
    return replace(ended, etag=None, last_modified=None) if saved.reason in _NOT_TAKEN else ended


_NOT_TAKEN = frozenset({OLDER_CAPTURE, *Worse})


@dataclass(slots=True)
class _KnownArticle:
    id: int
    key: str
    site: str | None
    headline: str | None
    content_hash: str | None
    page_id: int | None
    withdrawn: bool
    date_downloaded: datetime | None
    revision: int
    extractor_version: int | None
    refusal: Refusal | None = None


@dataclass(slots=True)
class _Batch:
    """Articles being written together, and the stored ones that they may meet."""

    connection: Connection
    by_key: dict[str | None, _KnownArticle]
    by_content: dict[str | None, list[_KnownArticle]]
    by_page: dict[int | None, _KnownArticle]
    stories: Stories
    new_ids: Iterator[int]
    parts: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    """Rows of the smaller tables; written once a batch, which halves the time of a batch."""

    @classmethod
    def of(cls, connection: Connection, operations: Sequence[SaveArticle]) -> _Batch:
        new = [operation.article for operation in operations]
        keys = [one.key for one in new] + [operation.visit.key for operation in operations]
        by_key = connection.execute(_known_by_key, {"values": keys})
        page_ids = [operation.visit.page_id for operation in operations]
        by_page = connection.execute(_known_by_page, {"values": page_ids})
        known: dict[int, _KnownArticle] = {}
        batch = cls(
            connection,
            by_key={row.key: known.setdefault(row.id, _known_article(row)) for row in by_key},
            by_content={},
            by_page={row.page_id: known.setdefault(row.id, _known_article(row)) for row in by_page},
            stories=Stories.of(connection, new),
            new_ids=iter(()),
        )
        for row in connection.execute(_known_by_content, {"values": [one.content_hash for one in new]}):
            same = known.setdefault(row.id, _known_article(row))
            batch.by_content.setdefault(row.content_hash, []).append(same)
        batch.new_ids = _new_ids(connection, sum(one.key not in batch.by_key for one in new))
        return batch

    def save(self, operation: SaveArticle) -> Saved:
        new = operation.article
        stored = self._stored(operation)
        if stored is None:
            for same in self.by_content.get(new.content_hash, ()):
                if same.site == new.site and not same.withdrawn:
                    return Saved(Outcome.DUPLICATE, "same_content", same.id)
            return self._insert(operation)
        if stored.page_id not in {None, operation.visit.page_id} and not stored.withdrawn:
            return Saved(Outcome.DUPLICATE, "same_url", stored.id)
        if _is_older(new, stored):
            return Saved(Outcome.UNCHANGED, OLDER_CAPTURE, stored.id)
        if classify_change(stored.content_hash, new.content_hash) is Change.UNCHANGED:
            return self._confirm(stored, operation)
        old = self._version(stored.id)
        worse = self._worse(stored, old, operation)
        if worse is not None:
            return Saved(Outcome.UNCHANGED, worse.value, stored.id)
        self._restore(stored, operation)
        return self._revise(stored, operation, old)

    def _stored(self, operation: SaveArticle) -> _KnownArticle | None:
        """Give the article of which this is a version or a copy, None for a new one."""
        new, visit = operation.article, operation.visit
        stored = self.by_key.get(new.key)
        if stored is None or stored.page_id in {None, visit.page_id}:
            return stored or self.by_page.get(visit.page_id)
        if not self._is_same_text(new, stored):
            if visit.key != new.key:
                new.key = visit.key
                return self.by_key.get(new.key) or self.by_page.get(visit.page_id)
            if self._give_own_key(stored):
                return self.by_page.get(visit.page_id)
        elif visit.key == new.key:
            self._take_over(stored, visit)
        return stored

    def _is_same_text(self, new: Article, stored: _KnownArticle) -> bool:
        if stored.content_hash == new.content_hash or same_headline(stored.headline, new.headline):
            return True
        body = select(articles.c.article_body).where(articles.c.id == stored.id)
        return same_body(self.connection.execute(body).scalar_one(), new.article_body)

    def _give_own_key(self, stored: _KnownArticle) -> bool:
        """Give an article that has another one's key that of the page it was read from; tell whether that is free."""
        own = self.connection.execute(select(pages.c.key).where(pages.c.id == stored.page_id)).scalar()
        taken = select(articles.c.id).where(articles.c.key == own)
        if own is None or own == stored.key or self.connection.execute(taken).first() is not None:
            return False
        self.connection.execute(update(articles).where(articles.c.id == stored.id).values(key=own))
        del self.by_key[stored.key]
        stored.key = own
        self.by_key[own] = stored
        return True

    def _take_over(self, stored: _KnownArticle, visit: Visit) -> None:
        """Let the article be read from *visit*'s page from now on; the copy that it was read from is not visited."""
        copy = pages.c.id == stored.page_id
        self.connection.execute(
            update(pages)
            .where(copy, pages.c.outcome.is_not(None))
            .values(outcome=Outcome.DUPLICATE.value, reason="same_url", next_visit_at=None)
        )
        moved = update(articles).where(articles.c.id == stored.id)
        self.connection.execute(moved.values(page_id=visit.page_id, url=visit.url))
        stored.page_id = visit.page_id

    def write_parts(self) -> None:
        for table, rows in self.parts.items():
            self.connection.execute(insert(table), rows)
        self.stories.write()
        self.parts.clear()

    def _insert(self, operation: SaveArticle) -> Saved:
        # The id is known before the row is written, because a story is named by an article's id.
        article_id = next(self.new_ids)
        place = self.stories.place(article_id, operation.article, self._copies(operation.article))
        self.connection.execute(_insert, {"id": article_id, **_row(operation.article), **place.columns()})
        self._add_parts(article_id, Change.INSERTED, 1, operation)
        return Saved(Outcome.STORED, "new", article_id)

    def _revise(self, stored: _KnownArticle, operation: SaveArticle, old: Mapping[str, Any]) -> Saved:
        """Keep the *old* version whole, and make the new one the article."""
        this = articles.c.id == stored.id
        kept = {name: old[name] for name in (*_REVISION_COLUMNS, "authors", "keywords", "images")}
        self.connection.execute(insert(article_revisions), {"article_id": stored.id, **kept})
        revision = old["revision"] + 1
        place = self.stories.place_again(stored.id, operation.article, self._copies(operation.article))
        values = {**_row(operation.article), **place.columns(), "revision": revision}
        self.connection.execute(update(articles).where(this).values(values))
        for table, _, _ in _LISTS:
            self.connection.execute(delete(table).where(table.c.article_id == stored.id))
        self._forget_refusal(stored)
        before, after = _version(old), _version_of(operation.article)
        if is_re_extracted(before, after):
            self._add_parts(stored.id, Change.RE_EXTRACTED, revision, operation)
            return Saved(Outcome.UPDATED, "re_extracted", stored.id)
        self._add_parts(stored.id, Change.REVISED, revision, operation, revision_of(before, after))
        return Saved(Outcome.UPDATED, "content_changed", stored.id)

    def _confirm(self, stored: _KnownArticle, operation: SaveArticle) -> Saved:
        """Note that the page still shows the stored text."""
        self._restore(stored, operation)
        self._forget_refusal(stored)
        version = operation.article.extractor_version
        if version is not None and version != stored.extractor_version:
            # What a later visit finds changed is not this extractor's doing.
            this = update(articles).where(articles.c.id == stored.id)
            self.connection.execute(this.values(extractor_version=version))
        return Saved(Outcome.UNCHANGED, "same_content", stored.id)

    def _restore(self, stored: _KnownArticle, operation: SaveArticle) -> None:
        """Take back the withdrawal of an article that is there again, perhaps on another page."""
        if stored.withdrawn:
            values = {"withdrawn_at": None, "page_id": operation.visit.page_id, "url": operation.article.url}
            self.connection.execute(update(articles).where(articles.c.id == stored.id).values(**values))
            self._add_change(stored.id, Change.RESTORED, stored.revision, operation)
            stored.withdrawn, stored.page_id = False, operation.visit.page_id

    def _worse(self, stored: _KnownArticle, old: Mapping[str, Any], operation: SaveArticle) -> Worse | None:
        """Why the new version is refused, and write that down; None for one that is taken."""
        new = operation.article
        worse = why_worse(_version(old), _version_of(new))
        if worse is None:
            return None
        at = new.date_downloaded or operation.ending.at
        refusal = stored.refusal = shown_again(stored.refusal, new.content_hash or "", at)
        if is_insistent(refusal, at):
            return None
        self.connection.execute(delete(article_refusals).where(article_refusals.c.article_id == stored.id))
        row = {
            "article_id": stored.id,
            "content_hash": refusal.content_hash,
            "reason": worse.value,
            "visits": refusal.visits,
            "first_at": refusal.first_at,
            "last_at": at,
        }
        self.connection.execute(insert(article_refusals), row)
        return worse

    def _forget_refusal(self, stored: _KnownArticle) -> None:
        if stored.refusal is not None:
            self.connection.execute(delete(article_refusals).where(article_refusals.c.article_id == stored.id))
            stored.refusal = None

    def _version(self, article_id: int) -> Mapping[str, Any]:
        """The stored version, whole: the article's row with its `authors`, `keywords` and `images`."""
        self.write_parts()
        version = dict(self.connection.execute(select(articles).where(articles.c.id == article_id)).one()._mapping)
        for table, field_name, names in _LISTS:
            query = select(*(table.c[name] for name in names)).where(table.c.article_id == article_id)
            rows = self.connection.execute(query.order_by(table.c.position)).all()
            version[field_name] = [row[0] if len(names) == 1 else dict(row._mapping) for row in rows]
        return version

    def _add_parts(
        self, article_id: int, kind: Change, revision: int, operation: SaveArticle, what: Revision | None = None
    ) -> None:
        article = operation.article
        self._add_list(article_authors, article_id, [{"name": name} for name in article.authors])
        self._add_list(article_keywords, article_id, [{"keyword": word} for word in article.keywords])
        images = [{"url": image.url, "caption": image.caption, "credit": image.credit} for image in article.images]
        self._add_list(article_images, article_id, images)
        self._add_change(article_id, kind, revision, operation, what)
        known = _KnownArticle(
            article_id,
            article.key or "",
            article.site,
            article.headline,
            article.content_hash,
            operation.visit.page_id,
            withdrawn=False,
            date_downloaded=article.date_downloaded,
            revision=revision,
            extractor_version=article.extractor_version,
        )
        self.by_key[article.key] = self.by_page[operation.visit.page_id] = known
        self.by_content.setdefault(article.content_hash, []).append(known)

    def _add_change(
        self, article_id: int, kind: Change, revision: int, operation: SaveArticle, what: Revision | None = None
    ) -> None:
        self.parts.setdefault(article_changes, []).append(
            {
                "article_id": article_id,
                "kind": kind.value,
                "revision": revision,
                "changed_at": operation.ending.at,
                "change_size": what.size if what else None,
                "change_label": what.label.value if what else None,
                "crawl_id": operation.article.crawl_id,
            }
        )

    def _copies(self, article: Article) -> list[int]:
        """The first article with the same headline and body, of whatever site."""
        return sorted(one.id for one in self.by_content.get(article.content_hash, ()))[:1]

    def _add_list(self, table: Table, article_id: int, values: Sequence[dict[str, Any]]) -> None:
        rows = [{"article_id": article_id, "position": position, **value} for position, value in enumerate(values)]
        if rows:
            self.parts.setdefault(table, []).extend(rows)


def _new_ids(connection: Connection, count: int) -> Iterator[int]:
    """Give ids for new articles, of which *count* are to be expected."""
    if connection.dialect.name == "sqlite":
        yield from itertools.count(connection.execute(_largest_id).scalar_one() + 1)
    while True:
        yield from connection.execute(_next_ids, {"count": max(count, 1)}).scalars().all()
        count = 1


def _known_article(row: Any) -> _KnownArticle:
    return _KnownArticle(
        row.id,
        row.key,
        row.site,
        row.headline,
        row.content_hash,
        row.page_id,
        withdrawn=row.withdrawn_at is not None,
        date_downloaded=row.date_downloaded,
        revision=row.revision,
        extractor_version=row.extractor_version,
        refusal=Refusal(row.refused_hash, row.refused_visits, row.refused_at) if row.refused_hash else None,
    )


def _version(row: Mapping[str, Any]) -> Version:
    return Version(**{name: row[name] for name in _VERSION_FIELDS})


def _version_of(article: Article) -> Version:
    return Version(**{name: getattr(article, name) for name in _VERSION_FIELDS})


def _is_older(article: Article, stored: _KnownArticle) -> bool:
    """Tell whether an archive brings a capture from before the one that is stored."""
    if article.date_downloaded is None or stored.date_downloaded is None:
        return False
    return article.date_downloaded < stored.date_downloaded


def _row(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in _COLUMNS}
