"""`/metrics`: the database, the sites and the requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from newscrawl.items import Article, Outcome
from newscrawl.storage.schema import crawls, site_checks, site_crawls
from tests.support.store import NOW, Store


def read(client: TestClient) -> dict[tuple[str, ...], float]:
    """Return name and label values, by the labels' names, of each sample -> value."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (one.name, *dict(sorted(one.labels.items())).values()): one.value
        for family in families
        for one in family.samples
    }


def test_articles_and_pages_are_counted(store: Store, make_article: Callable[..., Article], client: TestClient) -> None:
    store.save(make_article("https://example.org/a"))
    [failed, _] = store.claim("https://example.org/b", "https://example.org/c")
    store.finish(failed, Outcome.ERROR, "timeout", http_status=None)
    samples = read(client)
    assert samples["newscrawl_articles", "example.org"] == 1
    assert [samples["newscrawl_pages", name, "example.org"] for name in ("stored", "error", "pending")] == [1, 1, 1]
    assert samples["newscrawl_newest_change",] == 1


def test_requests_are_counted_by_route_and_not_by_address(client: TestClient) -> None:
    for path in ("/api/v1/articles/98", "/api/v1/articles/99", "/nothing-1", "/nothing-2", "/static/style.css"):
        client.get(path)
    client.head("/healthz")
    samples = read(client)
    assert samples["newscrawl_http_requests_total", "/api/v1/articles/{article_id}", "404"] == 2
    assert samples["newscrawl_http_requests_total", "none", "404"] == 2
    assert samples["newscrawl_http_requests_total", "/static", "200"] == 1
    assert samples["newscrawl_http_requests_total", "/healthz", "200"] == 1
    assert samples["newscrawl_http_request_seconds_count", "/healthz"] == 1


def test_the_database_is_read_at_most_every_half_minute(
    store: Store, make_article: Callable[..., Article], client: TestClient
) -> None:
    before = read(client)
    store.save(make_article("https://example.org/a"))
    assert read(client)["newscrawl_newest_change",] == before["newscrawl_newest_change",] == 0


@pytest.mark.parametrize("name", ["newscrawl_site_checked_timestamp_seconds", "newscrawl_site_degraded"])
def test_sites_have_their_state(store: Store, client: TestClient, name: str) -> None:
    assert f"# TYPE {name} gauge" in client.get("/metrics").text


def test_the_age_of_the_last_article_of_a_site_is_known(store: Store, client: TestClient) -> None:
    count = {"reason": "", "kind": "article", "pages": 1}
    with store.engine.begin() as connection:
        ended = {"spider": "news", "arguments": {}, "extractor_version": 1, "normalizer_version": 1}
        runs = [
            {"id": 101 + number, "started_at": NOW, "finished_at": NOW + timedelta(hours=number)} for number in (0, 1)
        ]
        connection.execute(crawls.insert(), [one | ended for one in runs])
        counts = [
            (101, "a.example", Outcome.UNCHANGED),
            (102, "a.example", Outcome.ERROR),
            (102, "b.example", Outcome.ERROR),
        ]
        connection.execute(
            site_crawls.insert(),
            [count | {"crawl_id": crawl, "site": site, "outcome": outcome} for crawl, site, outcome in counts],
        )
        for site in ("a.example", "b.example"):
            connection.execute(site_checks.insert().values(site=site, crawl_id=102, checked_at=NOW, warnings=[]))
    samples = read(client)
    assert samples["newscrawl_site_articles_timestamp_seconds", "a.example"] == NOW.timestamp()
    assert samples["newscrawl_site_articles_timestamp_seconds", "b.example"] == 0
