"""The names of recorded sites."""

from __future__ import annotations

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.names import list_sites
from newscrawl.storage.schema import pages
from tests.support.store import Store


def test_sites_are_listed_once_each_in_order(store: Store) -> None:
    with connect_for_reading(store.engine) as connection:
        assert list(list_sites(connection)) == []
    store.claim("https://example.org/a", "https://example.org/b", "https://example.com/")
    with store.engine.begin() as connection:
        connection.execute(pages.update().where(pages.c.url == "https://example.com/").values(site="example.com"))
        assert list(list_sites(connection)) == ["example.com", "example.org"]
