"""Saving articles: first versions, revisions, duplicates and the change feed, with the outcome of the fetch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, insert, select, update

from newscrawl.dedup.changes import Change, classify_change
from newscrawl.dedup.comparisons import VersionComparison, compare_versions
from newscrawl.dedup.metadata_changes import changed_metadata
from newscrawl.dedup.regressions import Regression
from newscrawl.dedup.revisions import Revision, is_newer_extractor
from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.article_parts import ArticleParts, get_lists, stored_lists
from newscrawl.storage.operations.article_rows import (
    REVISION_COLUMNS,
    describe_cut,
    get_known_article,
    get_metadata,
    get_new_version,
    get_stored_version,
    get_word_count,
    make_row,
)
from newscrawl.storage.operations.deleted_texts import DELETED_TEXT, DeletedTexts
from newscrawl.storage.operations.existing_articles import ExistingArticle, ExistingArticles, is_same_text
from newscrawl.storage.operations.fetch_results import write_results
from newscrawl.storage.operations.rejected_versions import clear_rejected, record_rejected
from newscrawl.storage.operations.search_index import KnownArticle, index_articles
from newscrawl.storage.operations.stories import Stories
from newscrawl.storage.records import Claim, ComparisonNeeded, FetchResult, KnownComparison, Saved
from newscrawl.storage.schema import article_changes, article_merges, article_revisions, articles, pages

_insert = insert(articles)
_whole = select(articles).where(articles.c.id == bindparam("article"))
_write = update(articles).where(articles.c.id == bindparam("article"))
# No id is given out twice: those of deleted and merged articles stay in the change feed and in `article_merges`.
_largest_id = select(
    func.max(
        *(
            func.coalesce(select(func.max(column)).scalar_subquery(), 0)
            for column in (articles.c.id, article_changes.c.article_id, article_merges.c.merged_id)
        )
    )
)
_next_ids = select(func.nextval(func.pg_get_serial_sequence("articles", "id"))).select_from(
    func.generate_series(1, bindparam("count", type_=Integer))
)


OLDER_CAPTURE = "older_capture"
"""The reason of a capture that is older than the stored version."""


@dataclass(frozen=True, slots=True)
class SaveArticle:
    """Store an article and write the outcome of its fetch, in one transaction. Result: Saved, or ComparisonNeeded.

    An article is identified by its URL key, else by the page that it was extracted from. A text that the site already
    has under another key is a duplicate, unless that article was withdrawn: the page then points to the stored article.
    A copy on another site is an article of its own in the same story cluster. An article that was extracted from a copy
    moves to the page whose own key it has. Where another text has the key, a canonical URL was wrong, and each article
    gets the key of its own page.
    """

    article: Article
    """With key, content hash and shingle hashes. Gets another key where its canonical URL turns out to be wrong."""
    claim: Claim
    result: FetchResult
    """The answer; outcome, reason and article are filled in here."""
    comparison: KnownComparison | None = None
    """How the article differs from the stored version."""
    may_defer: bool = False
    """Whether to ask for that comparison where it is needed, and write nothing, instead of making it here."""

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[SaveArticle]) -> list[Saved | ComparisonNeeded]:
        batch = _Batch.load(connection, operations)
        results = [batch.save(operation) for operation in operations]
        batch.write()
        index_articles(connection, batch.changed, batch.documents)
        write_results(
            connection,
            [
                (operation.claim, _make_result(operation, saved))
                for operation, saved in zip(operations, results, strict=True)
                if isinstance(saved, Saved)
            ],
        )
        return results


def _make_result(operation: SaveArticle, saved: Saved) -> FetchResult:
    result = replace(
        operation.result,
        outcome=saved.outcome,
        reason=saved.reason,
        article_id=saved.article_id,
        date_published=operation.article.date_published,
        detail=describe_cut(operation.article),
    )
    # With the validators of a rejected version, the host would answer 304 to it.
    return replace(result, etag=None, last_modified=None) if saved.reason in _REJECTED else result


_REJECTED = frozenset({OLDER_CAPTURE, DELETED_TEXT, *Regression})


class _Deferred(Exception):
    """An article cannot be saved without a comparison that is made elsewhere."""

    def __init__(self, needed: ComparisonNeeded) -> None:
        super().__init__()
        self.needed = needed


@dataclass(slots=True)
class _Batch:
    """Articles that are saved together, and the stored ones that they may match."""

    connection: Connection
    existing: ExistingArticles
    stories: Stories
    deleted: DeletedTexts
    new_ids: Iterator[int]
    parts: ArticleParts
    new_rows: list[dict[str, Any]] = field(default_factory=list)
    """Rows of `articles` that are inserted at the end of the batch, or before the table is read again."""
    moved: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """Article -> `url` and `page_id` that it had before it was moved to another page."""
    changed: set[int] = field(default_factory=set)
    """Articles to index again."""
    documents: dict[int, KnownArticle] = field(default_factory=dict)
    """Those of them that are stored as they were extracted."""

    @classmethod
    def load(cls, connection: Connection, operations: Sequence[SaveArticle]) -> _Batch:
        new = [operation.article for operation in operations]
        claimed = [operation.claim for operation in operations]
        # First, because it waits for other writers, whose articles are then visible.
        stories = Stories.load(connection, new)
        existing = ExistingArticles.find(connection, new, claimed)
        deleted = DeletedTexts.find(connection, new, claimed)
        new_ids = _new_ids(connection, sum(one.url_key not in existing.by_url_key for one in new))
        return cls(connection, existing, stories, deleted, new_ids, ArticleParts(connection))

    def save(self, operation: SaveArticle) -> Saved | ComparisonNeeded:
        try:
            return self._save(operation)
        except _Deferred as deferred:
            return deferred.needed

    def _save(self, operation: SaveArticle) -> Saved:
        new = operation.article
        if operation.claim.page_id in self.deleted.pages:
            return Saved(Outcome.DELETED, DELETED_TEXT, None)
        stored = self._stored(operation)
        if stored is None:
            if self.deleted.includes(new):
                return Saved(Outcome.DELETED, DELETED_TEXT, None)
            if (same := self.existing.find_same_content(new)) is not None:
                return Saved(Outcome.DUPLICATE, "same_content", same.id)
            return self._insert(operation)
        if stored.page_id not in {None, operation.claim.page_id} and not stored.withdrawn:
            return Saved(Outcome.DUPLICATE, "same_url", stored.id)
        if self.deleted.includes(new):
            return Saved(Outcome.UNCHANGED, DELETED_TEXT, stored.id)
        if _is_older(new, stored):
            return Saved(Outcome.UNCHANGED, OLDER_CAPTURE, stored.id)
        if classify_change(stored.content_hash, new.content_hash) is Change.UNCHANGED:
            return self._confirm(stored, operation)
        old = self._version(stored.id)
        comparison = self._compare(stored, old, operation)
        if comparison.regression is not None and self._reject(stored, comparison.regression, operation):
            return Saved(Outcome.UNCHANGED, comparison.regression.value, stored.id)
        self._restore(stored, operation)
        return self._revise(stored, operation, old, comparison)

    def _compare(self, stored: ExistingArticle, old: Mapping[str, Any], operation: SaveArticle) -> VersionComparison:
        """Return how the new version differs from the stored one. Raises _Deferred, before anything is written."""
        key = (stored.id, stored.revision, stored.content_hash, stored.extractor_version)
        if operation.comparison is not None and operation.comparison.key == key:
            return operation.comparison.comparison
        before, after = get_stored_version(old), get_new_version(operation.article)
        if operation.may_defer:
            raise _Deferred(ComparisonNeeded(key, before, after))
        return compare_versions(before, after)

    def _stored(self, operation: SaveArticle) -> ExistingArticle | None:
        """Return the stored article of which this is a version or a copy, None for a new one."""
        new, claim = operation.article, operation.claim
        stored = self.existing.by_url_key.get(new.url_key)
        if stored is None or stored.page_id in {None, claim.page_id}:
            return stored or self.existing.by_page.get(claim.page_id)
        self.write()
        if not is_same_text(self.connection, new, stored):
            if claim.url_key != new.url_key:
                new.url_key = claim.url_key
                return self.existing.by_url_key.get(new.url_key) or self.existing.by_page.get(claim.page_id)
            if self._restore_own_key(stored):
                return self.existing.by_page.get(claim.page_id)
        elif claim.url_key == new.url_key:
            if operation.may_defer and stored.content_hash != new.content_hash:
                self._compare(stored, self._version(stored.id), operation)
            self._move_to_page(stored, operation)
        return stored

    def _restore_own_key(self, stored: ExistingArticle) -> bool:
        """Give an article with a wrong key the key of its page; return whether that was free."""
        own = self.connection.execute(select(pages.c.url_key).where(pages.c.id == stored.page_id)).scalar()
        of_same_key = select(articles.c.id).where(articles.c.url_key == own)
        if own is None or own == stored.url_key or self.connection.execute(of_same_key).first() is not None:
            return False
        self._update(stored.id, {"url_key": own})
        self.existing.change_key(stored, own)
        return True

    def _move_to_page(self, stored: ExistingArticle, operation: SaveArticle) -> None:
        """Move the article to the fetched page; the page that it came from becomes a duplicate that is never due."""
        claim = operation.claim
        copy = pages.c.id == stored.page_id
        self.connection.execute(
            update(pages)
            .where(copy, pages.c.outcome.is_not(None))
            .values(outcome=Outcome.DUPLICATE.value, reason="same_url", next_fetch_at=None)
        )
        origin = select(articles.c.url, articles.c.page_id).where(articles.c.id == stored.id)
        self.moved.setdefault(stored.id, dict(self.connection.execute(origin).one()._mapping))
        self._update(stored.id, {"page_id": claim.page_id, "url": claim.url})
        self._add_change(stored.id, Change.METADATA, stored.revision, operation)
        stored.page_id = claim.page_id

    def write(self) -> None:
        """Write what was queued for the end of the batch."""
        if self.new_rows:
            # A later article of the batch may have joined two stories.
            texts = self.stories.texts
            self.connection.execute(_insert, [{**row, "story_id": texts[row["id"]].story_id} for row in self.new_rows])
            self.new_rows.clear()
        self.parts.write()
        self.stories.write()

    def _insert(self, operation: SaveArticle) -> Saved:
        # A story cluster has the id of an article, so the id is needed before the row is written.
        article_id = next(self.new_ids)
        story = self.stories.assign(article_id, operation.article, self._copies(operation.article))
        self._index(article_id, operation.article)
        self.new_rows.append({"id": article_id, **make_row(operation.article), **story.columns()})
        self.parts.add(article_id, get_lists(operation.article))
        self._add_version(article_id, Change.INSERTED, 1, operation)
        return Saved(Outcome.STORED, "new", article_id)

    def _revise(
        self,
        stored: ExistingArticle,
        operation: SaveArticle,
        old: Mapping[str, Any],
        comparison: VersionComparison,
    ) -> Saved:
        """Store the *old* version as a revision and write the new one into the article."""
        kept = {name: old[name] for name in (*REVISION_COLUMNS, *get_lists(operation.article))}
        kept |= self.moved.pop(stored.id, {})
        self.connection.execute(insert(article_revisions), {"article_id": stored.id, **kept})
        self._index(stored.id, operation.article)
        revision = old["revision"] + 1
        copies = self._copies(operation.article, stored.id)
        story = self.stories.reassign(stored.id, operation.article, copies, comparison.stored_shingle_hashes)
        self._update(stored.id, {**make_row(operation.article), **story.columns(), "revision": revision})
        self.parts.replace(stored.id, get_lists(operation.article))
        clear_rejected(self.connection, stored)
        if comparison.is_re_extracted:
            self._add_version(stored.id, Change.RE_EXTRACTED, revision, operation)
            return Saved(Outcome.UPDATED, "re_extracted", stored.id)
        self._add_version(stored.id, Change.REVISED, revision, operation, comparison.revision)
        return Saved(Outcome.UPDATED, "content_changed", stored.id)

    def _confirm(self, stored: ExistingArticle, operation: SaveArticle) -> Saved:
        """The page still has the stored text: update metadata, which makes no revision."""
        new, old = operation.article, self._version(stored.id)
        before, after = get_stored_version(old), get_new_version(new)
        is_newer, is_older = is_newer_extractor(before, after), is_newer_extractor(after, before)
        changed = {} if is_older else changed_metadata(old, get_metadata(new), by_extractor=is_newer)
        comparison = self._compare(stored, old, operation) if "article_body" in changed else None
        self._restore(stored, operation)
        clear_rejected(self.connection, stored)
        values = {**changed, "date_downloaded": new.date_downloaded}
        if changed:
            self.changed.add(stored.id)
            self.documents.pop(stored.id, None)
            self.parts.replace(stored.id, {name: values[name] for name in get_lists(new) if name in changed})
            values.pop("images", None)
            self._add_change(stored.id, Change.METADATA, stored.revision, operation)
            values["crawl_id"] = new.crawl_id
        if comparison is not None:
            values["word_count"] = get_word_count(new)
            copies, hashes = self._copies(new, stored.id), comparison.stored_shingle_hashes
            values |= self.stories.reassign(stored.id, new, copies, hashes).columns()
        if is_newer or stored.extractor_version is None:
            # Changes found by a later fetch are not due to this extractor.
            values["extractor_version"] = stored.extractor_version = new.extractor_version
        self._update(stored.id, values)
        stored.date_downloaded = new.date_downloaded
        return Saved(Outcome.UNCHANGED, "metadata_changed" if changed else "same_content", stored.id)

    def _restore(self, stored: ExistingArticle, operation: SaveArticle) -> None:
        """Undo the withdrawal of an article that is online again, perhaps on another page."""
        if stored.withdrawn:
            self.changed.add(stored.id)
            page_id, url = operation.claim.page_id, operation.article.url
            self._update(stored.id, {"withdrawn_at": None, "page_id": page_id, "url": url})
            self._add_change(stored.id, Change.RESTORED, stored.revision, operation)
            stored.withdrawn, stored.page_id = False, operation.claim.page_id

    def _reject(self, stored: ExistingArticle, regression: Regression, operation: SaveArticle) -> bool:
        """Count a rejected version; return False for one that its page has shown so often that it is accepted."""
        new = operation.article
        at = new.date_downloaded or operation.result.at
        return record_rejected(self.connection, stored, regression, new.content_hash or "", at)

    def _version(self, article_id: int) -> Mapping[str, Any]:
        """Return the stored version: the row of the article with its `authors`, `keywords` and `images`."""
        self.write()
        row = self.connection.execute(_whole, {"article": article_id}).one()
        return {**row._mapping, **stored_lists(self.connection, [article_id])[article_id]}

    def _index(self, article_id: int, article: Article) -> None:
        """Note an article that is stored as it was extracted, for the search index."""
        self.changed.add(article_id)
        self.documents.pop(article_id, None)
        if (known := get_known_article(article_id, article)) is not None:
            self.documents[article_id] = known

    def _update(self, article_id: int, values: Mapping[str, Any]) -> None:
        self.connection.execute(_write, {"article": article_id, **values})

    def _add_version(
        self, article_id: int, kind: Change, revision: int, operation: SaveArticle, label: Revision | None = None
    ) -> None:
        """Add a change to the feed, and the version to those that the rest of the batch may match."""
        article = operation.article
        self._add_change(article_id, kind, revision, operation, label)
        self.existing.add(
            ExistingArticle(
                article_id,
                article.url_key or "",
                article.site,
                article.headline,
                article.content_hash,
                operation.claim.page_id,
                withdrawn=False,
                date_downloaded=article.date_downloaded,
                revision=revision,
                extractor_version=article.extractor_version,
            )
        )

    def _add_change(
        self, article_id: int, kind: Change, revision: int, operation: SaveArticle, label: Revision | None = None
    ) -> None:
        at, crawl_id = operation.result.at, operation.article.crawl_id
        self.parts.add_change(article_id, kind, revision, at=at, crawl_id=crawl_id, label=label)

    def _copies(self, article: Article, own_id: int | None = None) -> list[int]:
        """Return the first other article with the same headline and body, of any site."""
        same = self.existing.by_content.get(article.content_hash, ())
        return sorted(one.id for one in same if one.id != own_id)[:1]


def _new_ids(connection: Connection, count: int) -> Iterator[int]:
    """Yield ids for new articles; *count* are expected to be needed."""
    if connection.dialect.name == "sqlite":
        yield from itertools.count(connection.execute(_largest_id).scalar_one() + 1)
    while True:
        yield from connection.execute(_next_ids, {"count": max(count, 1)}).scalars().all()
        count = 1


def _is_older(article: Article, stored: ExistingArticle) -> bool:
    """Return whether an archive capture is older than the stored version."""
    if article.date_downloaded is None or stored.date_downloaded is None:
        return False
    return article.date_downloaded < stored.date_downloaded
