"""Articles and versions as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from newscrawl.items import Article
from newscrawl.storage.operations.deletions import Deletion, DeletionReason, delete_articles
from newscrawl.storage.schema import article_merges
from tests.support.store import NOW, Store

A, B = "https://example.org/a", "https://example.org/b"


@pytest.fixture
def saved(store: Store, make_article: Callable[..., Article]) -> Store:
    """Return a store with an article of two versions, and another one of its story."""
    text = "\n\n".join(f"Sentence {n} of what an agency wrote about event {n * 7}." for n in range(20))
    store.save(make_article(A, authors=["Jane Doe"], article_body=text))
    store.start_crawl()
    store.now += timedelta(hours=2)
    [claim] = store.claim(A)
    store.save(make_article(A, headline="Later news", authors=["Jane Doe"], article_body=text), claim)
    store.save(make_article("https://example.net/a", site="example.net", headline="Later news", article_body=text))
    return store


def test_an_article_comes_with_versions_changes_and_story(saved: Store, client: TestClient) -> None:
    found = client.get("/api/v1/articles/1").json()
    assert (found["id"], found["site"], found["page_url"]) == (1, "example.org", A)
    assert (found["current"]["headline"], found["current"]["authors"]) == ("Later news", ["Jane Doe"])
    assert [version["revision"] for version in found["versions"]] == [2, 1]
    assert [change["kind"] for change in found["changes"]] == ["revised", "inserted"]
    assert ([other["site"] for other in found["story"]], found["story_size"]) == (["example.net"], 2)


def test_an_older_version_has_its_own_text(saved: Store, client: TestClient) -> None:
    assert client.get("/api/v1/articles/1/versions/1").json()["headline"] == f"News of {A}"
    assert client.get("/api/v1/articles/1/versions/2").json()["headline"] == "Later news"
    missing = client.get("/api/v1/articles/1/versions/3")
    assert (missing.status_code, missing.json()["detail"]) == (404, "article 1 has no version 3")


def test_a_merged_article_leads_to_the_one_it_is_part_of(saved: Store, client: TestClient) -> None:
    with saved.engine.begin() as connection:
        connection.execute(insert(article_merges).values(merged_id=77, article_id=1, url=B, merged_at=NOW))
    answer = client.get("/api/v1/articles/77")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/api/v1/articles/1")
    answer = client.get("/api/v1/articles/77/versions/1")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/api/v1/articles/1/versions/1")


def test_a_deleted_article_is_gone(saved: Store, client: TestClient) -> None:
    with saved.engine.begin() as connection:
        delete_articles(connection, [2], Deletion(DeletionReason.ON_REQUEST, NOW))
    answer = client.get("/api/v1/articles/2")
    assert (answer.status_code, answer.json()["detail"]) == (410, "article 2 was deleted")
    assert client.get("/api/v1/articles/2/versions/1").status_code == 410
    [last] = client.get("/api/v1/changes").json()["changes"][-1:]
    assert (last["kind"], last["article_id"], last["headline"]) == ("deleted", 2, None)


@pytest.mark.parametrize("path", ["articles/99", f"articles/{2**63 - 1}", "articles/99/versions/1"])
def test_an_unknown_article_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", str(2**63), "9" * 100, "%00", "1e3"])
def test_what_cannot_be_an_id_is_invalid(client: TestClient, number: str) -> None:
    for path in (f"articles/{number}", f"articles/1/versions/{number}"):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
        assert "path parameter" in answer.json()["detail"]
