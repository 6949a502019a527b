"""Moving the pages, articles and history of a site to another name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, String, bindparam, cast, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.operations.search_index import index_articles
from newscrawl.storage.schema import articles, crawls, deleted_texts, pages, site_checks, site_crawls
from newscrawl.urls.normalize import get_site

_names = text(
    # An index scan that jumps from name to name; DISTINCT would read every page.
    "WITH RECURSIVE names (site) AS (SELECT min(site) FROM pages UNION ALL"
    " SELECT (SELECT min(pages.site) FROM pages WHERE pages.site > names.site) FROM names WHERE names.site IS NOT NULL)"
    " SELECT site FROM names WHERE site IS NOT NULL"
)
_any_url = select(pages.c.url).where(pages.c.site == bindparam("name")).limit(1)


@dataclass(frozen=True, slots=True)
class MovedSite:
    """What a rename moved."""

    old: str
    new: str
    pages: int
    articles: int


def move_site(connection: Connection, old: str, new: str) -> MovedSite:
    """Move everything stored under the name *old* to *new*, also if *new* has pages already."""
    moved = list(connection.execute(select(articles.c.id).where(articles.c.site == old)).scalars())
    counts = [
        connection.execute(update(table).where(table.c.site == old).values(site=new)).rowcount
        for table in (pages, articles, deleted_texts)
    ]
    index_articles(connection, moved)
    _add_counts(connection, old, new)
    _move_check(connection, old, new)
    _move_warnings(connection, old, new)
    return MovedSite(old, new, *counts[:2])


def _add_counts(connection: Connection, old: str, new: str) -> None:
    """Add the counts of earlier crawls to those that the new name has in the same crawl."""
    names = [column.name for column in site_crawls.columns]
    columns = [site_crawls.c[name] if name != "site" else bindparam("new_name", new) for name in names]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    moved = dialect.insert(site_crawls).from_select(names, select(*columns).where(site_crawls.c.site == old))
    added = {name: site_crawls.c[name] + moved.excluded[name] for name in ("pages", "fetched")}
    keys = [column.name for column in site_crawls.primary_key.columns]
    connection.execute(moved.on_conflict_do_update(index_elements=keys, set_=added))
    connection.execute(delete(site_crawls).where(site_crawls.c.site == old))


def _move_check(connection: Connection, old: str, new: str) -> None:
    """Keep the newer of the two results of the last check."""
    checks = connection.execute(select(site_checks).where(site_checks.c.site.in_([old, new]))).all()
    if not any(check.site == old for check in checks):
        return
    newest = max(checks, key=lambda check: check.checked_at)
    connection.execute(delete(site_checks).where(site_checks.c.site.in_([old, new])))
    connection.execute(insert(site_checks), {**newest._mapping, "site": new})


def _move_warnings(connection: Connection, old: str, new: str) -> None:
    query = select(crawls.c.id, crawls.c.warnings).where(cast(crawls.c.warnings, String).contains(f'"{old}"'))
    for row in connection.execute(query).all():
        warnings = {new if name == old else name: lines for name, lines in row.warnings.items()}
        connection.execute(update(crawls).where(crawls.c.id == row.id).values(warnings=warnings))


@dataclass(frozen=True, slots=True)
class AdoptPages(SingleOperation[list[MovedSite]]):
    """Move pages to the site that their domain belongs to, if they are stored under a name without a site file.

    They were found by a crawl by URL, or the file was renamed. Result: a MovedSite for each former name.
    """

    sites: Mapping[str, str]
    """Registrable domain -> name of the site whose file is responsible for it."""
    known: frozenset[str]
    """Names of all site files."""

    def apply(self, connection: Connection) -> list[MovedSite]:
        moved = []
        names = connection.execute(_names).scalars().all() if self.sites else []
        for name in names:
            if name in self.known:
                continue
            new = self.sites.get(find_domain(connection, name) or "")
            if new is not None:
                moved.append(move_site(connection, name, new))
        return moved


def find_domain(connection: Connection, site: str) -> str | None:
    """Return the registrable domain of the pages stored under the name *site*, or None if there are none."""
    url = connection.execute(_any_url, {"name": site}).scalar()
    return None if url is None else get_site(url)


def count_pages(connection: Connection, site: str) -> int:
    """Return how many pages are stored under the name *site*."""
    return connection.execute(select(func.count()).where(pages.c.site == site)).scalar_one()
