"""Selection of the links to follow, and their declared dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.discovery.selection import (
    MAX_NOT_FOLLOWED,
    LinkRules,
    SelectedLinks,
    get_source_modified_at,
    select_links,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SITE = "https://www.example.org/"


def article(path: str, **facts: Any) -> Link:
    return Link(f"https://example.org{path}", LinkKind.ARTICLE, "feed", **facts)


def select(*links: Link, **rules: tuple[str, ...]) -> SelectedLinks:
    return select_links(links, site_url=SITE, now=NOW, rules=LinkRules(**rules))


def selected(*links: Link, **rules: tuple[str, ...]) -> list[str]:
    return [link.url for link in select(*links, **rules).followed]


def obstacles(*links: Link, **rules: tuple[str, ...]) -> dict[str, str]:
    """Return path -> reason of the links that are recorded and not followed."""
    return {link.url.removeprefix("https://example.org"): why for link, why in select(*links, **rules).not_followed}


@pytest.mark.parametrize(
    "url", ["https://example.net/a", "https://example.org.evil.net/a", "ftp://example.org/a", "https://", "nonsense"]
)
def test_links_to_other_sites_are_omitted(url: str) -> None:
    assert selected(Link(url, LinkKind.ARTICLE, "feed")) == []


@pytest.mark.parametrize("url", ["https://example.org/a", "http://www.example.org/a", "https://news.example.org/a"])
def test_all_hosts_of_the_site_are_followed(url: str) -> None:
    assert selected(Link(url, LinkKind.ARTICLE, "feed")) == [url]


@pytest.mark.parametrize("kind", [LinkKind.FEED, LinkKind.SITEMAP])
def test_feeds_and_sitemaps_of_the_site_may_be_elsewhere(kind: LinkKind) -> None:
    link = Link("https://feeds.example.net/example", kind, "alternate")
    assert selected(link) == [link.url]
    assert selected(link, deny=["example.net"]) == []


def test_unlikely_articles_are_omitted() -> None:
    assert selected(article("/a", score=0.2), article("/b", score=0.8)) == ["https://example.org/b"]


def test_allow_applies_to_articles_and_deny_to_all_links() -> None:
    section = Link("https://example.org/sport/", LinkKind.SECTION, "front page")
    links = (section, article("/2026/a"), article("/video/2026/b"), article("/c"))
    assert selected(*links, allow=("/2026/",), deny=("/video/",)) == [section.url, "https://example.org/2026/a"]
    assert section.url not in selected(*links, deny=("/sport/",))


def test_links_that_are_not_followed_have_a_reason() -> None:
    links = (article("/a", score=0.2), article("/sport/b"), article("/c"), article("/2026/d"))
    assert obstacles(*links, allow=("/2026/",), deny=("/sport/",)) == {
        "/a": "unlikely_article",
        "/sport/b": "denied",
        "/c": "not_allowed",
    }


def test_follow_replaces_score_and_allow_but_not_deny() -> None:
    links = (article("/a/1", score=0.0), article("/b/2"), article("/a/sport/3", score=0.1), article("/c/4", score=0.1))
    rules = {"follow": (r"/[ab]/",), "allow": ("/2026/",), "deny": ("/sport/",)}
    assert selected(*links, **rules) == ["https://example.org/a/1", "https://example.org/b/2"]
    assert obstacles(*links, **rules) == {"/a/sport/3": "denied", "/c/4": "unlikely_article"}


def test_listings_and_links_to_other_sites_are_no_articles_that_are_not_followed() -> None:
    section = Link("https://example.org/sport/", LinkKind.SECTION, "front page")
    offsite = Link("https://example.net/a", LinkKind.ARTICLE, "section", score=0.3)
    assert obstacles(section, offsite, deny=("/sport/",)) == {}


def test_the_likeliest_are_recorded_of_many_links_that_are_not_followed() -> None:
    many = [article(f"/{number}", score=number / 10_000) for number in range(4_900)]
    kept = obstacles(*many)
    assert len(kept) == MAX_NOT_FOLLOWED
    assert next(iter(kept)) == "/4899"


def test_a_page_that_a_sitemap_names_has_to_look_like_an_article_to_be_recorded() -> None:
    named = [
        replace(article(path, score=score), source="sitemap") for path, score in (("/shop", 0.1), ("/n/4106", 0.25))
    ]
    assert obstacles(*named) == {"/n/4106": "unlikely_article"}


def test_newest_articles_come_first_and_undated_ones_last() -> None:
    links = (
        article("/none"),
        article("/old", date_published="2026-11-01T08:00:00Z"),
        article("/new", date_published="Sat, 21 Nov 2026 08:00:00 GMT"),
        article("/changed", date_published="2020-01-01", date_modified="2026-11-20T08:00:00+01:00"),
    )
    assert [url.rpartition("/")[2] for url in selected(*links)] == ["new", "changed", "old", "none"]


def test_declared_day_counts_until_its_end() -> None:
    assert get_source_modified_at(article("/a", date_published="2026-11-01"), NOW) == datetime(
        2026, 11, 1, 23, 59, 59, 999_999, tzinfo=UTC
    )
    assert get_source_modified_at(article("/a", date_published="last Tuesday"), NOW) is None


def test_declared_metadata_survives_a_round_trip_through_the_database() -> None:
    link = article("/a", headline="News", date_published="2026-11-01", keywords=("a", "b"))
    metadata = link.source_metadata()
    assert metadata == {"source": "feed", "headline": "News", "date_published": "2026-11-01", "keywords": ("a", "b")}
    assert Link.from_source_metadata(link.url, metadata) == link
    assert article("/a").source_metadata() is None
    assert Link.from_source_metadata(link.url, None) is None
