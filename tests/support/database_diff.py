"""Compare the contents of two databases, which may be on different engines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Engine, MetaData, select

from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.operations.stories import MAX_PER_HASH

Row = Mapping[str, str]
"""Column -> value as text."""
Identity = tuple[str, ...]

RUN_TABLES = frozenset({"crawls", "site_crawls", "hosts"})
"""Tables about runs, which differ if several runs did the work of one."""
VOLATILE = frozenset({"id", "change_id", "crawl_id", "date_downloaded", "started_at"})
"""Row ids, and when and by which run a row was written."""
ORDER_DEPENDENT = {
    "pages": frozenset({"url", "discovered_from", "source_metadata"}),
    "fetches": frozenset({"article_id"}),
}
"""Columns that depend on the order of responses (`fetches`: whether the target of a redirect was already stored)."""
LISTING_COLUMNS = frozenset({"url_key", "site", "kind"})
"""Columns of a feed, sitemap or section that do not depend on how many runs fetched it."""
IDENTITY_COLUMNS = {
    "articles": ("url_key",),
    "pages": ("url_key",),
    "article_authors": ("article_id", "position"),
    "article_keywords": ("article_id", "position"),
    "article_images": ("article_id", "position"),
    "article_revisions": ("article_id", "revision"),
    "article_changes": ("article_id", "kind", "revision"),
    "fetches": ("page_id", "outcome", "reason"),
}
"""Table -> the columns that identify a row; rows of other tables are compared as a whole."""
LISTINGS = frozenset({"feed", "sitemap", "news sitemap"})


@dataclass(frozen=True, slots=True)
class Content:
    """Rows by table and identity; with identity columns, there is one row each."""

    tables: Mapping[str, Mapping[Identity, list[Row]]]

    def count(self, table: str) -> int:
        return sum(map(len, self.tables.get(table, {}).values()))


@dataclass(frozen=True, slots=True)
class Difference:
    """An unexpected or missing row or value."""

    kind: Literal["lost", "duplicated", "different", "listing metadata"]
    """`listing metadata`: a value from a feed or sitemap. The first listing that names an article wins, and which one
    that is depends on the order of responses, with or without kills."""
    table: str
    what: str


@dataclass(slots=True)
class _Names:
    """What replaces row ids: keys of pages and articles, and for stories the keys of their articles."""

    listings: set[Any] = field(default_factory=set)
    """Ids of pages that are not article pages."""

    articles: dict[Any, str] = field(default_factory=dict)
    pages: dict[Any, str] = field(default_factory=dict)
    stories: dict[Any, str] = field(default_factory=dict)


def read_content(database_url: str) -> Content:
    """Read everything that does not depend on when and by how many runs it was written."""
    engine = open_engine(database_url)
    try:
        rows = _all_rows(engine)
    finally:
        engine.dispose()
    names = _names(rows)
    tables: dict[str, dict[Identity, list[Row]]] = {}
    rows["article_shingles"] = _without_full_hashes(rows.get("article_shingles", []))
    for table, content in rows.items():
        if table in RUN_TABLES:
            continue
        named = tables[table] = defaultdict(list)
        for row in content:
            if (kept := _row(table, row, names)) is not None:
                identity = tuple(kept.get(column, "") for column in IDENTITY_COLUMNS.get(table, sorted(kept)))
                named[identity].append(kept)
    return Content({table: dict(named) for table, named in tables.items()})


def differences(expected: Content, found: Content) -> Iterator[Difference]:
    """Yield a difference for each missing, surplus or changed row."""
    for table in sorted(expected.tables.keys() | found.tables.keys()):
        wanted, held = expected.tables.get(table, {}), found.tables.get(table, {})
        for identity in sorted(wanted.keys() | held.keys()):
            yield from _compare(table, identity, wanted.get(identity, []), held.get(identity, []))


def _compare(table: str, identity: Identity, wanted: list[Row], held: list[Row]) -> Iterator[Difference]:
    what = " ".join(identity)[:200]
    for _ in range(len(wanted) - len(held)):
        yield Difference("lost", table, what)
    for _ in range(len(held) - len(wanted)):
        yield Difference("duplicated", table, what)
    one, other = sorted(map(_sortable, wanted)), sorted(map(_sortable, held))
    for left, right in zip(one, other, strict=False):
        yield from _compare_rows(table, what, dict(left), dict(right))


def _compare_rows(table: str, what: str, wanted: Row, held: Row) -> Iterator[Difference]:
    listed = _listing_fields(wanted) | _listing_fields(held)
    # Other tests compare the columns themselves.
    for name in sorted(wanted.keys() & held.keys()):
        if wanted[name] != held[name]:
            from_listing = name.removesuffix("_raw").removesuffix("_precision") in listed
            kind: Literal["different", "listing metadata"] = "listing metadata" if from_listing else "different"
            yield Difference(kind, table, f"{what}: {name} is {held[name][:80]}, not {wanted[name][:80]}")


def _listing_fields(article: Row) -> set[str]:
    """Return the fields that come from a feed or sitemap."""
    prefix = "sources "
    return {
        name.removeprefix(prefix) for name, source in article.items() if name.startswith(prefix) and source in LISTINGS
    }


def _sortable(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(row.items()))


def _all_rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    metadata = MetaData()
    with connect_for_reading(engine) as connection:
        metadata.reflect(connection)
        return {
            name: [dict(row._mapping) for row in connection.execute(select(table))]
            for name, table in metadata.tables.items()
            # Each engine has an index of its own kind (tests/support/invariants.py).
            if not name.startswith("search_")
        }


def _without_full_hashes(shingle_hashes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out hashes that reached MAX_PER_HASH: which articles they index depends on the order of insertion.

    Revisions may remove articles from a full hash, but never half of them.
    """
    members = Counter(row["shingle_hash"] for row in shingle_hashes)
    return [row for row in shingle_hashes if members[row["shingle_hash"]] < MAX_PER_HASH / 2]


def _names(rows: Mapping[str, list[dict[str, Any]]]) -> _Names:
    names = _Names()
    articles = rows.get("articles", [])
    names.articles = {row["id"]: row["url_key"] for row in articles}
    names.pages = {row["id"]: row["url_key"] for row in rows.get("pages", [])}
    names.pages |= _redirect_loop_roles(rows.get("pages", []))
    names.listings = {row["id"] for row in rows.get("pages", []) if row["kind"] != "article"}
    members: dict[Any, list[str]] = defaultdict(list)
    for row in articles:
        members[row.get("story_id")].append(row["url_key"])
    names.stories = {story: " + ".join(sorted(keys)) for story, keys in members.items() if story is not None}
    return names


def _redirect_loop_roles(pages: list[dict[str, Any]]) -> dict[Any, str]:
    """Name two pages that redirect to each other independently of which one was requested first.

    The one requested first, which redirects to the other, gets the key that sorts first.
    """
    roles: dict[Any, str] = {}
    for last in (row for row in pages if row["reason"] == "redirect_loop"):
        leading = [row for row in pages if row["redirects_to"] == last["id"]]
        if len(leading) == 1:
            roles[leading[0]["id"]], roles[last["id"]] = sorted((leading[0]["url_key"], last["url_key"]))
    return roles


def _row(table: str, row: Mapping[str, Any], names: _Names) -> Row | None:
    """Return the row as text; None if it is not compared."""
    texts = {name: _as_text(name, value, names) for name, value in row.items() if name not in VOLATILE}
    if isinstance(sources := row.get("sources"), dict):
        # Flattened, so that a missing source is not a difference; the values are compared in their own columns.
        del texts["sources"]
        texts |= {f"sources {field}": source for field, source in sources.items()}
    if table == "pages":
        texts["url_key"] = names.pages[row["id"]]
    if table == "pages" and row["id"] in names.listings:
        is_finished = "pending" if row["outcome"] is None else "finished"
        return {name: texts[name] for name in LISTING_COLUMNS} | {"outcome": is_finished}
    if row.get("page_id") in names.listings:
        return None
    return {name: value for name, value in texts.items() if name not in ORDER_DEPENDENT.get(table, ())}


def _as_text(name: str, value: Any, names: _Names) -> str:
    """Return a value as text: the key behind a row id, `set` or `None` for a time of the run."""
    if value is None:
        return "None"
    if name.endswith("_at"):
        return "set"
    for column, known in (
        ("article_id", names.articles),
        ("page_id", names.pages),
        ("redirects_to", names.pages),
        ("story_id", names.stories),
    ):
        if name == column:
            return known.get(value, f"nothing ({value})")
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return str(value)
