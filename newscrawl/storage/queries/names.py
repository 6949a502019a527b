"""Names that are recorded, for the hint at a mistyped one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from newscrawl.storage.schema import pages

MAX_URLS = 5_000
"""The latest pages of a site among which the nearest URL is looked for."""


def list_sites(connection: Connection) -> Sequence[str]:
    """Return the names of all sites with a recorded page."""
    return connection.execute(select(pages.c.site).distinct().order_by(pages.c.site)).scalars().all()


def list_urls(connection: Connection, site: str) -> Sequence[str]:
    """Return the URLs of the latest pages of *site*."""
    query = select(pages.c.url).where(pages.c.site == site).order_by(pages.c.id.desc()).limit(MAX_URLS)
    return connection.execute(query).scalars().all()
