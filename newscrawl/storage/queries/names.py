"""Names of sites and URLs of pages that are recorded."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from newscrawl.storage.schema import pages

MAX_URLS = 5_000
"""The latest pages of a site among which the nearest URL is looked for."""


def list_sites(connection: Connection) -> Sequence[str]:
    """Return the names of all sites with a recorded page, in order.

    Each step of the recursion finds the next name in the index, so the cost grows with the sites, not with the pages.
    """
    names = select(func.min(pages.c.site).label("site")).cte("names", recursive=True)
    following = select(func.min(pages.c.site)).where(pages.c.site > names.c.site).scalar_subquery()
    names = names.union_all(select(following).where(names.c.site.is_not(None)))
    return connection.execute(select(names.c.site).where(names.c.site.is_not(None))).scalars().all()


def list_urls(connection: Connection, site: str) -> Sequence[str]:
    """Return the URLs of the latest pages of *site*."""
    query = select(pages.c.url).where(pages.c.site == site).order_by(pages.c.id.desc()).limit(MAX_URLS)
    return connection.execute(query).scalars().all()
