"""Rebuilding stored URL keys when the normalizer or the rules of a site have changed.

Pages or articles whose keys become equal are merged by `storage.operations.merging`. Everything happens in the caller's
transaction and in chunks, so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Select,
    String,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    union_all,
    update,
)

from newscrawl.exceptions import StorageError
from newscrawl.items import Outcome
from newscrawl.storage.advisory_lock import lock_article_writes
from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.operations.deletions import Deletion, DeletionReason, delete_articles
from newscrawl.storage.operations.merging import merge_articles, merge_pages, plan_articles, plan_pages, temporary
from newscrawl.storage.queries.url_keys import ALL_SITES, add_learned, dump_rules, get_keys_version
from newscrawl.storage.schema import Id, articles, pages, url_key_rules
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import NORMALIZER_VERSION, get_site

CHUNK = 2_000
"""Rows held in memory at a time."""
MAX_SITES = 50
"""Sites whose pages are selected by name; for more sites, all pages are read."""


@dataclass(frozen=True, slots=True)
class RekeyReport:
    """How many rows a rebuild changed."""

    pages: int = 0
    """Pages with a new key."""
    merged_pages: int = 0
    """Pages that were merged into another one."""
    merged_articles: int = 0


@dataclass(frozen=True, slots=True)
class RebuildKeys(SingleOperation[RekeyReport]):
    """Rebuild the keys of sites whose rules have changed. Result: RekeyReport."""

    keys: UrlKeys
    now: datetime
    sites: frozenset[str] | None = None
    """The registrable domains that the crawl has locked; another crawl may be using the old rules of other sites."""

    def apply(self, connection: Connection) -> RekeyReport:
        return rebuild_keys(connection, self.keys, self.now, self.sites)


def rebuild_keys(
    connection: Connection, keys: UrlKeys, now: datetime, sites: frozenset[str] | None = None
) -> RekeyReport:
    """Rebuild the stored keys of *sites* (None: of all) that *keys*, with the learned parameters, makes differently.

    Raises StorageError for keys of a newer normalizer.
    """
    if get_keys_version(connection) > NORMALIZER_VERSION:
        raise StorageError("the URL keys were made by a newer version of newscrawl; upgrade newscrawl")
    keys = add_learned(connection, keys)
    stored = {row.site: row.made_by for row in connection.execute(select(url_key_rules))}
    rules = {ALL_SITES: str(NORMALIZER_VERSION)} | {site: dump_rules(one) for site, one in keys.by_site.items()}
    stale = {site for site in stored.keys() | rules.keys() if stored.get(site) != rules.get(site)}
    if sites is not None:
        stale &= sites
    if not stale:
        return RekeyReport()
    report = _Rekeying(connection, keys, now, None if ALL_SITES in stale else frozenset(stale)).run()
    connection.execute(delete(url_key_rules).where(url_key_rules.c.site.in_(stale)))
    if written := [{"site": site, "made_by": rules[site]} for site in stale & rules.keys()]:
        connection.execute(insert(url_key_rules), written)
    return report


def _new_keys(name: str) -> Table:
    columns = (
        Column("id", Id, primary_key=True, autoincrement=False),
        Column("url_key", Text, nullable=False, index=True),
    )
    return Table(name, temporary, *columns, prefixes=["TEMPORARY"])


_new_page_keys, _new_article_keys = _new_keys("new_page_keys"), _new_keys("new_article_keys")
_shared_keys = Table("shared_keys", temporary, Column("url_key", Text, primary_key=True), prefixes=["TEMPORARY"])


class _Rekeying:
    """One rebuild over the pages and articles of some sites or (None) all."""

    def __init__(self, connection: Connection, keys: UrlKeys, now: datetime, sites: frozenset[str] | None) -> None:
        self._connection = connection
        self._keys = keys
        self._now = now
        self._sites = sites

    def run(self) -> RekeyReport:
        if self._connection.dialect.name == "postgresql":
            # Other crawls can still read; their writes wait until the keys are rebuilt.
            self._connection.execute(text("LOCK TABLE pages, articles IN SHARE ROW EXCLUSIVE MODE"))
        temporary.create_all(self._connection, checkfirst=False)
        report = self._run()
        temporary.drop_all(self._connection, checkfirst=False)
        return report

    def _run(self) -> RekeyReport:
        self._collect(_new_article_keys, self._changed_article_keys())
        self._collect(_new_page_keys, self._changed_page_keys())
        changed = self._connection.execute(select(func.count()).select_from(_new_page_keys)).scalar_one()
        merged_articles = self._plan(articles, _new_article_keys, plan_articles)
        if merged_articles:
            lock_article_writes(self._connection)
            merge_articles(self._connection, self._now)
        merged_pages = self._plan(pages, _new_page_keys, self._plan_pages)
        if merged_pages:
            merge_pages(self._connection)
        self._apply(articles, _new_article_keys)
        self._apply(pages, _new_page_keys)
        return RekeyReport(changed, merged_pages, merged_articles)

    def _plan_pages(self, connection: Connection, groups: Mapping[str, Sequence[int]]) -> list[int]:
        """Plan to merge pages; an article goes where it turns out to be one that was deleted on request."""
        ids = [page_id for group in groups.values() for page_id in group]
        is_requested = (pages.c.outcome == Outcome.DELETED.value, pages.c.reason == DeletionReason.ON_REQUEST.value)
        requested = {*connection.execute(select(pages.c.id).where(pages.c.id.in_(ids), *is_requested)).scalars()}
        same = [one for group in groups.values() if requested.intersection(group) for one in group]
        if same:
            brought_back = connection.execute(select(articles.c.id).where(articles.c.page_id.in_(same))).scalars().all()
            delete_articles(connection, brought_back, Deletion(DeletionReason.ON_REQUEST, self._now))
        return plan_pages(connection, groups)

    def _changed_page_keys(self) -> Iterator[tuple[int, str]]:
        """Yield id and new key of pages whose key changes; an alias (`#` in its key) keeps its own."""
        query = select(pages.c.id, pages.c.url, pages.c.url_key).where(
            pages.c.url_key.not_like("%#%"), self._is_on_sites(pages)
        )
        for row in self._rows(query, pages.c.id):
            if self._is_affected(row.url) and (key := self._make_key(self._keys.url_key, row.url)) not in (
                None,
                row.url_key,
            ):
                yield row.id, str(key)

    def _changed_article_keys(self) -> Iterator[tuple[int, str]]:
        """Yield id and new key of articles whose key changes: that of their page, where they had it before."""
        columns = articles.c.id, articles.c.url_key, articles.c.url, articles.c.canonical_url
        joined = articles.outerjoin(pages, pages.c.id == articles.c.page_id)
        query = select(*columns, pages.c.url_key.label("page_url_key"), pages.c.url.label("page_url")).select_from(
            joined
        )
        for row in self._rows(query.where(self._is_on_sites(articles)), articles.c.id):
            if not self._is_affected(row.url):
                continue
            if row.url_key == row.page_url_key:
                key = self._make_key(self._keys.url_key, row.page_url)
            else:
                key = self._make_key(self._keys.article_key, row.url, row.canonical_url)
            if key not in (None, row.url_key):
                yield row.id, str(key)

    def _rows(self, query: Select[Any], id_column: Column[int]) -> Iterator[Any]:
        last = 0
        while rows := self._connection.execute(query.where(id_column > last).order_by(id_column).limit(CHUNK)).all():
            yield from rows
            last = rows[-1].id

    def _is_on_sites(self, table: Table) -> Any:
        if self._sites is None or len(self._sites) > MAX_SITES:
            return literal(value=True)
        return or_(*(table.c.url_key.contains(site, autoescape=True) for site in self._sites))

    def _is_affected(self, url: str) -> bool:
        try:
            return self._sites is None or get_site(url) in self._sites
        except ValueError:
            return False

    def _make_key(self, make: Callable[..., str], *urls: str | None) -> str | None:
        """Return the new key; None for what this normalizer rejects as a URL, which keeps its key."""
        try:
            return make(*urls)
        except ValueError:
            return None

    def _collect(self, new: Table, keys: Iterable[tuple[int, str]]) -> None:
        for chunk in _chunks(keys):
            self._connection.execute(insert(new), [{"id": row_id, "url_key": key} for row_id, key in chunk])
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text(f"ANALYZE {new.name}"))

    def _plan(self, table: Table, new: Table, plan: Callable[[Connection, dict[str, list[int]]], list[int]]) -> int:
        """Plan the merges of rows that will share a key, chunk by chunk; return how many are merged into others."""
        members = _members(table, new).subquery()
        shared = select(members.c.url_key).group_by(members.c.url_key).having(func.count() > 1)
        self._connection.execute(delete(_shared_keys))
        self._connection.execute(insert(_shared_keys).from_select(["url_key"], shared))
        total, last = 0, ""
        next_keys = select(_shared_keys.c.url_key).order_by(_shared_keys.c.url_key).limit(CHUNK // 4)
        while chunk := self._connection.execute(next_keys.where(_shared_keys.c.url_key > last)).scalars().all():
            last = chunk[-1]
            of_chunk = _members(table, new, chunk).subquery()
            rows = self._connection.execute(select(of_chunk.c.url_key, of_chunk.c.id).order_by(of_chunk.c.url_key))
            groups = {key: sorted(row.id for row in group) for key, group in groupby(rows, key=lambda row: row.url_key)}
            merged = plan(self._connection, groups)
            self._connection.execute(
                delete(new).where(new.c.id == bindparam("merged")), [{"merged": one} for one in merged]
            )
            total += len(merged)
        return total

    def _apply(self, table: Table, new: Table) -> None:
        """Write the new keys, after freeing those that are the old key of another row."""
        wanted = table.c.url_key.in_(select(new.c.url_key))
        freed = literal("#") + cast(table.c.id, String)
        self._connection.execute(update(table).where(table.c.id.in_(select(new.c.id)), wanted).values(url_key=freed))
        self._connection.execute(update(table).where(table.c.id == new.c.id).values(url_key=new.c.url_key))


def _members(table: Table, new: Table, keys: Sequence[str] | None = None) -> Any:
    """Select id and future key of the rows that get, or keep, a key which some row gets."""
    changed = select(new.c.id, new.c.url_key)
    kept = select(table.c.id, table.c.url_key).where(~select(new.c.id).where(new.c.id == table.c.id).exists())
    if keys is None:
        return union_all(changed, kept.where(table.c.url_key.in_(select(new.c.url_key))))
    return union_all(changed.where(new.c.url_key.in_(keys)), kept.where(table.c.url_key.in_(keys)))


def _chunks(keys: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    chunk: list[tuple[int, str]] = []
    for one in keys:
        chunk.append(one)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
