"""Searching and listing articles as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from newscrawl.items import Article
from tests.support.store import Store

ARTICLES = [
    ("example.org", "en", "Jane Doe"),
    ("example.org", "de", "Max Muster"),
    ("example.net", "en", "Jane Doe"),
    ("example.org", "en", "N. N."),
    ("example.org", "en", "N. N."),
]


@pytest.fixture
def saved(store: Store, make_article: Callable[..., Article]) -> Store:
    """Return a store with ARTICLES of three days, newest first."""
    for number, (site, language, author) in enumerate(ARTICLES):
        published = datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(days=number // 2, hours=number)
        store.save(
            make_article(
                f"https://{site}/{number}",
                site=site,
                headline=f"Ferry number {number} resumes service",
                article_body=f"The harbour master of port {number} said so.\n\nIt is what happened on trip {number}.",
                in_language=language,
                authors=[author],
                article_section="Travel" if number else "Politics",
                date_published=published,
                date_published_day=published.date(),
            )
        )
    return store


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, "01234"),
        ({"q": "ferry", "order": "newest", "limit": 2}, "01"),
        ({"q": '"port 3"'}, "3"),
        ({"q": "nothing"}, ""),
        ({"site": "EXAMPLE.NET"}, "2"),
        ({"language": "de"}, "1"),
        ({"author": "Jane Doe"}, "02"),
        ({"section": "Politics"}, "0"),
        ({"from": "2026-11-19"}, "0123"),
        ({"to": "2026-11-19", "from": "2026-11-19"}, "23"),
        ({"story": 1}, "0"),
        ({"q": "site:example.org lang:en", "from": "2026-11-19"}, "03"),
    ],
)
def test_words_and_filters_have_to_hold(
    saved: Store, client: TestClient, parameters: dict[str, Any], found: str
) -> None:
    answer = client.get("/api/v1/articles", params=parameters)
    assert "".join(article["url"][-1] for article in answer.json()["articles"]) == found


def test_pages_are_linked_and_hold_each_article_once(saved: Store, client: TestClient) -> None:
    address, seen = "/api/v1/articles?site=example.org&limit=3", []
    while address:
        answer = client.get(address)
        seen += [article["id"] for article in answer.json()["articles"]]
        address = answer.json()["next"]
        assert ("Link" in answer.headers) is (address is not None)
    assert seen == [1, 2, 4, 5]


def test_a_hit_has_marked_pieces_and_the_address_of_the_article(saved: Store, client: TestClient) -> None:
    [hit] = client.get("/api/v1/articles", params={"q": '"number 2"'}).json()["articles"]
    assert "".join(text for text, _ in hit["headline_marked"]) == hit["headline"] == "Ferry number 2 resumes service"
    assert any(is_match for _, is_match in hit["headline_marked"])
    assert client.get(hit["details"]).json()["id"] == hit["id"] == 3


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"q": "from:yesterday"}, "invalid date 'yesterday'"),
        ({"q": "\0"}, "no text has"),
        ({"q": "x" * 1001}, "at most 1000"),
        ({"from": "2026-13-01"}, "query parameter 'from'"),
        ({"from": "2026"}, "YYYY-MM-DD"),
        ({"story": 2**63}, "query parameter 'story'"),
        ({"story": 5, "q": "story:6"}, "another `story:`"),
        ({"site": "a.example", "q": "site:b.example"}, "another `site:`"),
        ({"limit": 101}, "query parameter 'limit'"),
        ({"order": "best"}, "query parameter 'order'"),
        ({"after": "nonsense"}, "invalid cursor"),
        ({"site": "x" * 301}, "query parameter 'site'"),
    ],
)
def test_what_cannot_be_searched_is_a_problem(client: TestClient, parameters: dict[str, Any], message: str) -> None:
    answer = client.get("/api/v1/articles", params=parameters)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert message in answer.json()["detail"]


def test_a_cursor_of_another_order_is_a_problem(saved: Store, client: TestClient) -> None:
    cursor = client.get("/api/v1/articles", params={"q": "ferry", "order": "newest", "limit": 1}).json()["next_cursor"]
    answer = client.get("/api/v1/articles", params={"q": "ferry", "order": "relevance", "after": cursor})
    assert (answer.status_code, "belongs to order" in answer.json()["detail"]) == (422, True)
