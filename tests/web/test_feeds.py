"""Searches as Atom and JSON Feed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from starlette.testclient import TestClient

from newscrawl.items import Article
from newscrawl.web.feed_formats import Entry, Feed, write_atom
from tests.support.store import Store

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def saved(store: Store, make_article: Callable[..., Article]) -> Store:
    """Return a store with three articles, newest first."""
    for number in range(3):
        published = datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(days=number)
        store.save(
            make_article(
                f"https://example.org/{number}",
                headline=f"Ferry & <b>number</b> {number}",
                article_body=f"The harbour master of port {number} said so.\n\nIt is what happened on trip {number}.",
                description=f"What happened on trip {number}",
                authors=["Jane Doe"],
                article_section="Travel",
                in_language="en",
                date_published=published,
                date_published_day=published.date(),
            )
        )
    return store


def test_a_feed_reader_reads_the_atom_feed(saved: Store, client: TestClient) -> None:
    answer = client.get("/feeds/atom", params={"q": "ferry"})
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.content)
    assert (feed.bozo, feed.version, feed.feed.title) == (False, "atom10", "newscrawl: ferry")
    assert [entry.link for entry in feed.entries] == [f"https://example.org/{number}" for number in range(3)]
    first = feed.entries[0]
    assert (first.author, first.published) == ("Jane Doe", "2026-11-20T12:00:00Z")
    assert first.updated == "2026-11-22T12:00:00Z"
    assert (first.summary, first.tags[0].term) == ("What happened on trip 0", "Travel")


def test_atom_has_what_the_standard_demands(saved: Store, client: TestClient) -> None:
    root = ElementTree.fromstring(client.get("/feeds/atom").content)
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert element.findtext(f"{ATOM}id", "").startswith("urn:uuid:")
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "Ferry & <b>number</b> 0"
    [this] = [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert this == "http://localhost/feeds/atom"
    assert len({entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")}) == 3


def test_json_feed_says_the_same(saved: Store, client: TestClient) -> None:
    answer = client.get("/feeds/json", params={"q": "ferry"})
    assert answer.headers["Content-Type"] == "application/feed+json"
    feed = answer.json()
    assert (feed["version"], feed["title"]) == ("https://jsonfeed.org/version/1.1", "newscrawl: ferry")
    assert (feed["home_page_url"], "next_url" in feed) == ("http://localhost/search?q=ferry", False)
    item = feed["items"][0]
    assert (item["url"], item["content_text"]) == ("https://example.org/0", "What happened on trip 0")
    assert (item["authors"], item["tags"], item["language"]) == ([{"name": "Jane Doe"}], ["Travel"], "en")
    atom = ElementTree.fromstring(client.get("/feeds/atom", params={"q": "ferry"}).content)
    assert item["id"] == atom.findtext(f"{ATOM}entry/{ATOM}id")


def test_pages_of_a_feed_are_linked(saved: Store, client: TestClient) -> None:
    address, seen = "/feeds/json?limit=2&site=example.org", []
    while address:
        feed = client.get(address).json()
        seen += [item["url"][-1] for item in feed["items"]]
        following = urlsplit(feed.get("next_url", ""))
        address = f"{following.path}?{following.query}" if following.path else ""
    assert seen == ["0", "1", "2"]
    root = ElementTree.fromstring(client.get("/feeds/atom?limit=2").content)
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")] == ["self", "alternate", "next"]


@pytest.mark.parametrize("path", ["/feeds/atom", "/feeds/json"])
def test_a_feed_without_news_is_not_sent_again(saved: Store, client: TestClient, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["/feeds/atom", "/feeds/json"])
def test_a_feed_may_be_empty_and_its_search_wrong(client: TestClient, path: str) -> None:
    assert client.get(path, params={"q": "nothing"}).status_code == 200
    answer = client.get(path, params={"q": "from:x"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_characters_that_xml_cannot_have_are_left_out() -> None:
    long_ago = datetime(1, 1, 1, tzinfo=UTC)
    entry = Entry(1, "example.org", None, "a\x00b\x0bc\ufffe", "\x1f", [], None, None, None, long_ago)
    root = ElementTree.fromstring(write_atom(Feed("\x01t", "", "http://h/", "http://t/", None, [entry])))
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "abc"
    assert root.find(f"{ATOM}entry/{ATOM}content") is not None
