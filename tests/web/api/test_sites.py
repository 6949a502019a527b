"""Sites and runs as JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from newscrawl.items import Article, Outcome
from tests.support.store import Store

FEED = "https://example.org/feed"


@pytest.fixture
def crawled(store: Store, make_article: Callable[..., Article]) -> Store:
    """Return a store with a feed, an article and a page that failed."""
    [feed, failed] = [store.claim(FEED, kind="feed")[0], store.claim("https://example.org/b")[0]]
    store.finish_listing(feed, "https://example.org/a")
    store.finish(failed, Outcome.ERROR, "timeout", http_status=None)
    store.save(make_article("https://example.org/a"))
    store.end_crawl()
    return store


def test_sites_are_listed_with_their_state(crawled: Store, client: TestClient) -> None:
    [site] = client.get("/api/v1/sites").json()["sites"]
    assert (site["site"], site["articles"], site["last_run"]["crawl_id"]) == ("example.org", 1, 1)
    assert "listings" not in site


def test_a_site_has_its_listings(crawled: Store, client: TestClient) -> None:
    site = client.get("/api/v1/sites/example.org").json()
    assert [(one["url"], one["kind"], one["outcome"]) for one in site["listings"]] == [(FEED, "feed", "not_article")]


@pytest.mark.parametrize(("name", "status"), [("other.example", 404), ("%00", 422), ("x" * 300, 422), ("%F0%9F", 404)])
def test_unknown_and_impossible_sites_are_problems(crawled: Store, client: TestClient, name: str, status: int) -> None:
    answer = client.get(f"/api/v1/sites/{name}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_the_last_runs_come_first(crawled: Store, client: TestClient) -> None:
    crawled.start_crawl()
    runs = client.get("/api/v1/runs").json()["runs"]
    assert [(run["crawl_id"], run["finish_reason"]) for run in runs][1:] == [(1, "finished")]
    assert runs[0]["crawl_id"] == 2
    assert len(client.get("/api/v1/runs?limit=1").json()["runs"]) == 1
