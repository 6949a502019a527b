"""What a database holds, in a form that two of them can be compared by, whichever engine they are on."""

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

OF_THE_RUN = frozenset({"crawls", "site_crawls", "hosts"})
"""Tables that tell how a crawl went: several runs fill them otherwise than one."""
VOLATILE = frozenset({"id", "change_id", "crawl_id", "date_downloaded", "started_at"})
"""Row numbers, and when and by which run something was written."""
HOW_IT_WAS_FOUND = {
    "pages": frozenset({"url", "discovered_from", "source_metadata"}),
    "fetches": frozenset({"article_id"}),
}
"""What depends on the order in which answers arrive (`fetches`: whether a redirect's target was stored by then)."""
OF_A_LISTING = frozenset({"url_key", "site", "kind"})
"""The columns of a feed, sitemap or section that do not depend on how many runs asked for it."""
KNOWN_BY = {
    "articles": ("url_key",),
    "pages": ("url_key",),
    "article_authors": ("article_id", "position"),
    "article_keywords": ("article_id", "position"),
    "article_images": ("article_id", "position"),
    "article_revisions": ("article_id", "revision"),
    "article_changes": ("article_id", "kind", "revision"),
    "fetches": ("page_id", "outcome", "reason"),
}
"""What tells rows of a table apart; rows of others are compared whole."""
LISTINGS = frozenset({"feed", "sitemap", "news sitemap"})


@dataclass(frozen=True, slots=True)
class Content:
    """Rows by table and identity; where identities are told apart there is one row each."""

    tables: Mapping[str, Mapping[Identity, list[Row]]]

    def count(self, table: str) -> int:
        return sum(map(len, self.tables.get(table, {}).values()))


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as expected."""

    kind: Literal["lost", "duplicated", "different", "stated elsewhere"]
    """`stated elsewhere`: a value that no page of the article has, but a feed or sitemap. The source that names an
    article first counts, and which one that is depends on the order of the answers, with kills and without."""
    table: str
    what: str


@dataclass(slots=True)
class _Names:
    """What stands for row numbers: keys of pages and articles, the company of articles for stories."""

    listings: set[Any] = field(default_factory=set)
    """Numbers of pages that are none of an article."""

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
    rows["article_shingles"] = _without_crowds(rows.get("article_shingles", []))
    for table, content in rows.items():
        if table in OF_THE_RUN:
            continue
        named = tables[table] = defaultdict(list)
        for row in content:
            if (kept := _row(table, row, names)) is not None:
                identity = tuple(kept.get(column, "") for column in KNOWN_BY.get(table, sorted(kept)))
                named[identity].append(kept)
    return Content({table: dict(named) for table, named in tables.items()})


def differences(expected: Content, found: Content) -> Iterator[Difference]:
    """Give every row that is missing, too many, or other than expected."""
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
    elsewhere = _of_listings(wanted) | _of_listings(held)
    # A column that one side does not have is a matter of the schema, which other tests compare.
    for name in sorted(wanted.keys() & held.keys()):
        if wanted[name] != held[name]:
            is_elsewhere = name.removesuffix("_raw").removesuffix("_precision") in elsewhere
            kind: Literal["different", "stated elsewhere"] = "stated elsewhere" if is_elsewhere else "different"
            yield Difference(kind, table, f"{what}: {name} is {held[name][:80]}, not {wanted[name][:80]}")


def _of_listings(article: Row) -> set[str]:
    """Return the fields that were read from a feed or sitemap."""
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
        }


def _without_crowds(shingle_hashes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out bands that are full or were: which articles came before a band was full depends on their order.

    Half of what a band holds is far below any that was full and lost members by revisions.
    """
    members = Counter(row["shingle_hash"] for row in shingle_hashes)
    return [row for row in shingle_hashes if members[row["shingle_hash"]] < MAX_PER_HASH / 2]


def _names(rows: Mapping[str, list[dict[str, Any]]]) -> _Names:
    names = _Names()
    articles = rows.get("articles", [])
    names.articles = {row["id"]: row["url_key"] for row in articles}
    names.pages = {row["id"]: row["url_key"] for row in rows.get("pages", [])}
    names.pages |= _roles_in_circles(rows.get("pages", []))
    names.listings = {row["id"] for row in rows.get("pages", []) if row["kind"] != "article"}
    company: dict[Any, list[str]] = defaultdict(list)
    for row in articles:
        company[row.get("story_id")].append(row["url_key"])
    names.stories = {story: " + ".join(sorted(keys)) for story, keys in company.items() if story is not None}
    return names


def _roles_in_circles(pages: list[dict[str, Any]]) -> dict[Any, str]:
    """Two pages that redirect to each other: whichever is asked first leads to the other one, which closes the circle.

    The first in the alphabet stands for the one that was asked first.
    """
    roles: dict[Any, str] = {}
    for last in (row for row in pages if row["reason"] == "redirect_loop"):
        leading = [row for row in pages if row["redirects_to"] == last["id"]]
        if len(leading) == 1:
            roles[leading[0]["id"]], roles[last["id"]] = sorted((leading[0]["url_key"], last["url_key"]))
    return roles


def _row(table: str, row: Mapping[str, Any], names: _Names) -> Row | None:
    """Return the row in words; None for one that does not count."""
    told = {name: _told(name, value, names) for name, value in row.items() if name not in VOLATILE}
    if isinstance(sources := row.get("sources"), dict):
        # A field without a source is as good as one that is missing: what it says is compared in its own column.
        del told["sources"]
        told |= {f"sources {field}": source for field, source in sources.items()}
    if table == "pages":
        told["url_key"] = names.pages[row["id"]]
    if table == "pages" and row["id"] in names.listings:
        is_finished = "pending" if row["outcome"] is None else "finished"
        return {name: told[name] for name in OF_A_LISTING} | {"outcome": is_finished}
    if row.get("page_id") in names.listings:
        return None
    return {name: value for name, value in told.items() if name not in HOW_IT_WAS_FOUND.get(table, ())}


def _told(name: str, value: Any, names: _Names) -> str:
    """Return a value as text: row numbers by what they stand for, times of the run as `set` or `None`."""
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
