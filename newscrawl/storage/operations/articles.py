"""Writing articles: first versions, revisions, duplicates, and the change feed, with the ledger's outcome."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, insert, select, update

from newscrawl.dedup.changes import Change, classify_change
from newscrawl.dedup.metadata_changes import FIELDS, changed_metadata
from newscrawl.dedup.regressions import Regression, detect_regression
from newscrawl.dedup.revisions import ArticleVersion, Revision, is_newer_extractor, is_re_extracted, label_revision
from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.article_parts import ArticleParts, get_lists, stored_lists
from newscrawl.storage.operations.existing_articles import ExistingArticle, ExistingArticles
from newscrawl.storage.operations.fetch_results import write_results
from newscrawl.storage.operations.rejected_versions import clear_rejected, record_rejected
from newscrawl.storage.operations.stories import Stories, StoryAssignment
from newscrawl.storage.queries.duplicates import is_same_text
from newscrawl.storage.records import Claim, FetchResult, Saved
from newscrawl.storage.schema import article_revisions, articles, pages

_KEPT_APART = {"id", "revision", "withdrawn_at", *StoryAssignment(0, None).columns()}
_COLUMNS = tuple(column.name for column in articles.columns if column.name not in _KEPT_APART)
_REVISION_COLUMNS = tuple(column.name for column in article_revisions.columns if column.name in articles.columns)
_VERSION_FIELDS = tuple(ArticleVersion.__dataclass_fields__)

_insert = insert(articles)
_whole = select(articles).where(articles.c.id == bindparam("article"))
_write = update(articles).where(articles.c.id == bindparam("article"))
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
    claim: Claim
    result: FetchResult
    """How the visit ends; outcome, reason and article are filled in here."""

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[SaveArticle]) -> list[Saved]:
        batch = _Batch.of(connection, operations)
        results = [batch.save(operation) for operation in operations]
        batch.write()
        write_results(
            connection,
            [
                (operation.claim, _ending(operation, saved))
                for operation, saved in zip(operations, results, strict=True)
            ],
        )
        return results


def _ending(operation: SaveArticle, saved: Saved) -> FetchResult:
    ended = replace(
        operation.result,
        outcome=saved.outcome,
        reason=saved.reason,
        article_id=saved.article_id,
        date_published=operation.article.date_published,
    )
    # The validators of an answer that was not taken would let the host say "not modified" of it.
    return replace(ended, etag=None, last_modified=None) if saved.reason in _NOT_TAKEN else ended


_NOT_TAKEN = frozenset({OLDER_CAPTURE, *Regression})


@dataclass(slots=True)
class _Batch:
    """Articles being written together, and the stored ones that they may meet."""

    connection: Connection
    known: ExistingArticles
    stories: Stories
    new_ids: Iterator[int]
    parts: ArticleParts
    moved: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """Article -> `url` and `page_id` of the page it was read from before another one took it over."""

    @classmethod
    def of(cls, connection: Connection, operations: Sequence[SaveArticle]) -> _Batch:
        new = [operation.article for operation in operations]
        claimed = [operation.claim for operation in operations]
        # First of all: it waits for other writers, whose articles are then seen.
        stories = Stories.of(connection, new)
        known = ExistingArticles.find(
            connection,
            keys=[one.url_key for one in new] + [claim.url_key for claim in claimed],
            page_ids=[claim.page_id for claim in claimed],
            hashes=[one.content_hash for one in new],
        )
        new_ids = _new_ids(connection, sum(one.url_key not in known.by_url_key for one in new))
        return cls(connection, known, stories, new_ids, ArticleParts(connection))

    def save(self, operation: SaveArticle) -> Saved:
        new = operation.article
        stored = self._stored(operation)
        if stored is None:
            for same in self.known.by_content.get(new.content_hash, ()):
                if same.site == new.site and not same.withdrawn:
                    return Saved(Outcome.DUPLICATE, "same_content", same.id)
            return self._insert(operation)
        if stored.page_id not in {None, operation.claim.page_id} and not stored.withdrawn:
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

    def _stored(self, operation: SaveArticle) -> ExistingArticle | None:
        """Give the article of which this is a version or a copy, None for a new one."""
        new, claim = operation.article, operation.claim
        stored = self.known.by_url_key.get(new.url_key)
        if stored is None or stored.page_id in {None, claim.page_id}:
            return stored or self.known.by_page.get(claim.page_id)
        if not is_same_text(self.connection, new, stored):
            if claim.url_key != new.url_key:
                new.url_key = claim.url_key
                return self.known.by_url_key.get(new.url_key) or self.known.by_page.get(claim.page_id)
            if self._give_own_key(stored):
                return self.known.by_page.get(claim.page_id)
        elif claim.url_key == new.url_key:
            self._take_over(stored, operation)
        return stored

    def _give_own_key(self, stored: ExistingArticle) -> bool:
        """Give an article that has another one's key that of the page it was read from; tell whether that is free."""
        own = self.connection.execute(select(pages.c.url_key).where(pages.c.id == stored.page_id)).scalar()
        taken = select(articles.c.id).where(articles.c.url_key == own)
        if own is None or own == stored.url_key or self.connection.execute(taken).first() is not None:
            return False
        self._update(stored.id, {"url_key": own})
        self.known.give_key(stored, own)
        return True

    def _take_over(self, stored: ExistingArticle, operation: SaveArticle) -> None:
        """Let the article be read from the visited page from now on; the copy it was read from is not visited."""
        claim = operation.claim
        copy = pages.c.id == stored.page_id
        self.connection.execute(
            update(pages)
            .where(copy, pages.c.outcome.is_not(None))
            .values(outcome=Outcome.DUPLICATE.value, reason="same_url", next_fetch_at=None)
        )
        read_from = select(articles.c.url, articles.c.page_id).where(articles.c.id == stored.id)
        self.moved.setdefault(stored.id, dict(self.connection.execute(read_from).one()._mapping))
        self._update(stored.id, {"page_id": claim.page_id, "url": claim.url})
        self._add_change(stored.id, Change.METADATA, stored.revision, operation)
        stored.page_id = claim.page_id

    def write(self) -> None:
        """Write what waited for the end of the batch."""
        self.parts.write()
        self.stories.write()

    def _insert(self, operation: SaveArticle) -> Saved:
        # The id is known before the row is written, because a story is named by an article's id.
        article_id = next(self.new_ids)
        place = self.stories.place(article_id, operation.article, self._copies(operation.article))
        self.connection.execute(_insert, {"id": article_id, **_row(operation.article), **place.columns()})
        self.parts.add(article_id, get_lists(operation.article))
        self._note(article_id, Change.INSERTED, 1, operation)
        return Saved(Outcome.STORED, "new", article_id)

    def _revise(self, stored: ExistingArticle, operation: SaveArticle, old: Mapping[str, Any]) -> Saved:
        """Keep the *old* version whole, and make the new one the article."""
        kept = {name: old[name] for name in (*_REVISION_COLUMNS, *get_lists(operation.article))}
        kept |= self.moved.pop(stored.id, {})
        self.connection.execute(insert(article_revisions), {"article_id": stored.id, **kept})
        revision = old["revision"] + 1
        place = self.stories.place_again(stored.id, operation.article, self._copies(operation.article, stored.id))
        self._update(stored.id, {**_row(operation.article), **place.columns(), "revision": revision})
        self.parts.replace(stored.id, get_lists(operation.article))
        clear_rejected(self.connection, stored)
        before, after = _version(old), _version_of(operation.article)
        if is_re_extracted(before, after):
            self._note(stored.id, Change.RE_EXTRACTED, revision, operation)
            return Saved(Outcome.UPDATED, "re_extracted", stored.id)
        self._note(stored.id, Change.REVISED, revision, operation, label_revision(before, after))
        return Saved(Outcome.UPDATED, "content_changed", stored.id)

    def _confirm(self, stored: ExistingArticle, operation: SaveArticle) -> Saved:
        """The page still shows the stored text: take what else it says anew, which is no revision."""
        self._restore(stored, operation)
        clear_rejected(self.connection, stored)
        new, old = operation.article, self._version(stored.id)
        before, after = _version(old), _version_of(new)
        is_newer, is_older = is_newer_extractor(before, after), is_newer_extractor(after, before)
        changed = {} if is_older else changed_metadata(old, _metadata(new), by_extractor=is_newer)
        values = {**changed, "date_downloaded": new.date_downloaded}
        if changed:
            self.parts.replace(stored.id, {name: values.pop(name) for name in get_lists(new) if name in changed})
            self._add_change(stored.id, Change.METADATA, stored.revision, operation)
            values["crawl_id"] = new.crawl_id
        if "article_body" in changed:
            values |= self.stories.place_again(stored.id, new, self._copies(new, stored.id)).columns()
        if is_newer or stored.extractor_version is None:
            # What a later visit finds changed is not this extractor's doing.
            values["extractor_version"] = stored.extractor_version = new.extractor_version
        self._update(stored.id, values)
        stored.date_downloaded = new.date_downloaded
        return Saved(Outcome.UNCHANGED, "metadata_changed" if changed else "same_content", stored.id)

    def _restore(self, stored: ExistingArticle, operation: SaveArticle) -> None:
        """Take back the withdrawal of an article that is there again, perhaps on another page."""
        if stored.withdrawn:
            page_id, url = operation.claim.page_id, operation.article.url
            self._update(stored.id, {"withdrawn_at": None, "page_id": page_id, "url": url})
            self._add_change(stored.id, Change.RESTORED, stored.revision, operation)
            stored.withdrawn, stored.page_id = False, operation.claim.page_id

    def _worse(self, stored: ExistingArticle, old: Mapping[str, Any], operation: SaveArticle) -> Regression | None:
        """Why the new version is refused, which is written down; None for one that is taken."""
        new = operation.article
        worse = detect_regression(_version(old), _version_of(new))
        if worse is None:
            return None
        at = new.date_downloaded or operation.result.at
        return worse if record_rejected(self.connection, stored, worse, new.content_hash or "", at) else None

    def _version(self, article_id: int) -> Mapping[str, Any]:
        """The stored version, whole: the article's row with its `authors`, `keywords` and `images`."""
        self.write()
        row = self.connection.execute(_whole, {"article": article_id}).one()
        return {**row._mapping, **stored_lists(self.connection, [article_id])[article_id]}

    def _update(self, article_id: int, values: Mapping[str, Any]) -> None:
        self.connection.execute(_write, {"article": article_id, **values})

    def _note(
        self, article_id: int, kind: Change, revision: int, operation: SaveArticle, what: Revision | None = None
    ) -> None:
        """Add a change to the feed, and know its version in the rest of the batch."""
        article = operation.article
        self._add_change(article_id, kind, revision, operation, what)
        self.known.add(
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
        self, article_id: int, kind: Change, revision: int, operation: SaveArticle, what: Revision | None = None
    ) -> None:
        at, crawl_id = operation.result.at, operation.article.crawl_id
        self.parts.add_change(article_id, kind, revision, at=at, crawl_id=crawl_id, what=what)

    def _copies(self, article: Article, itself: int | None = None) -> list[int]:
        """The first other article with the same headline and body, of whatever site."""
        same = self.known.by_content.get(article.content_hash, ())
        return sorted(one.id for one in same if one.id != itself)[:1]


def _new_ids(connection: Connection, count: int) -> Iterator[int]:
    """Give ids for new articles, of which *count* are to be expected."""
    if connection.dialect.name == "sqlite":
        yield from itertools.count(connection.execute(_largest_id).scalar_one() + 1)
    while True:
        yield from connection.execute(_next_ids, {"count": max(count, 1)}).scalars().all()
        count = 1


def _version(row: Mapping[str, Any]) -> ArticleVersion:
    return ArticleVersion(**{name: row[name] for name in _VERSION_FIELDS})


def _version_of(article: Article) -> ArticleVersion:
    return ArticleVersion(**{name: getattr(article, name) for name in _VERSION_FIELDS})


def _metadata(article: Article) -> dict[str, Any]:
    lists = get_lists(article)
    return {name: lists[name] if name in lists else getattr(article, name) for name in FIELDS}


def _is_older(article: Article, stored: ExistingArticle) -> bool:
    """Tell whether an archive brings a capture from before the one that is stored."""
    if article.date_downloaded is None or stored.date_downloaded is None:
        return False
    return article.date_downloaded < stored.date_downloaded


def _row(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in _COLUMNS}
