"""The sites of a database."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.schema import pages


def list_sites(engine: Engine) -> list[str]:
    """Return the names of all sites that have pages.

    Each step of the recursion finds the next name in the index, so the cost grows with the sites, not with the pages.
    """
    names = select(func.min(pages.c.site).label("site")).cte("names", recursive=True)
    following = select(func.min(pages.c.site)).where(pages.c.site > names.c.site).scalar_subquery()
    names = names.union_all(select(following).where(names.c.site.is_not(None)))
    with connect_for_reading(engine) as connection:
        return list(connection.execute(select(names.c.site).where(names.c.site.is_not(None))).scalars())
