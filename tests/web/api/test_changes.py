"""The change feed as JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from newscrawl.items import Article
from tests.support.store import Store

URLS = [f"https://example.org/{number}" for number in range(5)]


def test_a_reader_that_follows_the_links_gets_every_change_once(
    store: Store, make_article: Callable[..., Article], client: TestClient
) -> None:
    store.save_all([make_article(url) for url in URLS])
    address, seen, last = "/api/v1/changes?limit=2", [], 0
    while address:
        answer = client.get(address).json()
        seen += [change["url"] for change in answer["changes"]]
        address, last = answer["next"], answer["last"]
    assert seen == URLS
    nothing_yet = client.get(f"/api/v1/changes?since={last}").json()
    assert nothing_yet == {"changes": [], "last": last, "next": None}


@pytest.mark.parametrize(
    "query", ["since=-1", "since=x", f"since={2**63}", "since=%00", "limit=0", "limit=10001", "limit=1e9", "since="]
)
def test_impossible_parameters_are_named(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/changes?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert f"query parameter '{query.partition('=')[0]}'" in answer.json()["detail"]
