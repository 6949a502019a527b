"""Which links belong to a site: its articles, and its feeds and sitemaps on other sites."""

from __future__ import annotations

import pytest

from newscrawl.discovery.model import PAGINATION, Link, LinkKind
from newscrawl.discovery.offsite import MAX_OTHER_SITES, divide_by_site

SITE = "https://www.example.org/"
FEED = "https://feeds.example.net/example"


def divide(*links: Link, listing: str = SITE) -> tuple[list[str], list[str]]:
    divided = divide_by_site(links, site_url=SITE, listing_url=listing)
    return [link.url for link in divided.own], [link.url for link in divided.others]


@pytest.mark.parametrize(
    ("kind", "source", "listing"),
    [
        (LinkKind.FEED, "alternate", SITE),
        (LinkKind.SITEMAP, "robots.txt", SITE),
        (LinkKind.SITEMAP, "sitemap", "https://example.org/sitemap.xml"),
        (LinkKind.SITEMAP, "sitemap", "https://maps.example.net/index.xml"),
        (LinkKind.FEED, PAGINATION, "https://feeds.example.net/example?page=1"),
    ],
)
def test_listing_that_the_site_names_is_its_own(kind: LinkKind, source: str, listing: str) -> None:
    assert divide(Link(FEED, kind, source), listing=listing) == ([FEED], [])


@pytest.mark.parametrize(
    ("kind", "source", "listing"),
    [
        (LinkKind.SITEMAP, "sitemap", "https://maps.example.com/index.xml"),
        (LinkKind.FEED, PAGINATION, "https://feeds.example.com/example"),
        (LinkKind.FEED, "alternate", "https://feeds.example.com/example"),
        (LinkKind.FEED, "front page", SITE),
        (LinkKind.SECTION, "alternate", SITE),
        (LinkKind.SECTION, PAGINATION, SITE),
        (LinkKind.ARTICLE, "front page", SITE),
    ],
)
def test_what_the_site_does_not_name_belongs_to_another_site(kind: LinkKind, source: str, listing: str) -> None:
    assert divide(Link(FEED, kind, source), listing=listing) == ([], [FEED])


def test_feed_on_another_site_lists_the_articles_of_the_site() -> None:
    own, foreign = "https://news.example.org/a-story", "https://example.net/a-story"
    links = [Link(url, LinkKind.ARTICLE, "feed") for url in (own, foreign, "https://example.org.example.net/a", "x:")]
    assert divide(*links, listing=FEED) == ([own], [foreign, "https://example.org.example.net/a"])


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://click.example.net/?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1&id=7", "https://example.org/a?b=1"),
        ("https://click.example.net/r?id=7&u=https://www.example.org/a&t=1", "https://www.example.org/a"),
        ("http://rd.example.net/SIG=12/*http%3A//example.org/a", "http://example.org/a"),
        ("http://rd.example.net/SIG=12/*https://example.org/a?b=1&c=2", "https://example.org/a?b=1&c=2"),
    ],
)
def test_redirector_is_replaced_by_its_target_on_the_site(url: str, target: str) -> None:
    assert divide(Link(url, LinkKind.ARTICLE, "feed"), listing=FEED) == ([target], [])


@pytest.mark.parametrize(
    "url",
    [
        "https://click.example.net/?url=https%3A%2F%2Fexample.com%2Fa",
        "https://click.example.net/?url=https%3A%2F%2Fexample.org%2F",
        "https://click.example.net/?url=https%3A%2F%2F%5B",
        "https://example.net/a-story?site=example.org",
    ],
)
def test_redirector_to_another_site_is_not_followed(url: str) -> None:
    assert divide(Link(url, LinkKind.ARTICLE, "feed"), listing=FEED) == ([], [url])


def test_listings_are_followed_on_a_few_other_sites_only() -> None:
    urls = [f"https://feeds{number}.test/{page}" for number in range(MAX_OTHER_SITES + 3) for page in "ab"]
    own, others = divide(*(Link(url, LinkKind.FEED, "alternate") for url in urls))
    assert (own, others) == (urls[: 2 * MAX_OTHER_SITES], urls[2 * MAX_OTHER_SITES :])
