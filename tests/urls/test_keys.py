"""Keys by the rules of a site, and which canonical URLs are believed."""

from __future__ import annotations

import pytest

from newscrawl.urls.key_rules import UrlKeyRules
from newscrawl.urls.keys import UrlKeys

KEYS = UrlKeys({"example.org": UrlKeyRules(keep_parameters=("ref", "amp"), drop_parameters=("id2", "page"))})


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.example.org/a?ref=rss&utm_source=x", "https://example.org/a?ref=rss"),
        ("https://sport.example.org/a?REF=rss", "https://sport.example.org/a?REF=rss"),
        ("https://example.org/a?amp", "https://example.org/a?amp"),
        ("https://example.org/a?Id2=7&id=1&page=2", "https://example.org/a?id=1"),
        ("https://example.net/a?ref=rss&id2=7", "https://example.net/a?id2=7"),
        ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a?ref=rss", "https://example.org/a?ref=rss"),
    ],
)
def test_site_rules_decide_which_parameters_are_in_the_key(url: str, key: str) -> None:
    assert KEYS.url_key(url) == key
    assert KEYS.url_key(key) == key
    assert KEYS.url_key(KEYS.fetchable(url)) == key


def test_kept_parameters_are_fetched_and_dropped_ones_are_not() -> None:
    assert KEYS.fetchable("http://www.example.org/a?ref=rss&id2=7&fbclid=1") == "http://www.example.org/a?ref=rss"


PAGE = "https://example.org/news/the-long-vote-ends-1234567"


@pytest.mark.parametrize(
    ("canonical", "key"),
    [
        (None, PAGE),
        ("http://www.example.org/news/the-long-vote-ends-1234567/", PAGE),
        (
            "https://example.org/politics/the-long-vote-ends-at-last-1234567",
            "https://example.org/politics/the-long-vote-ends-at-last-1234567",
        ),
        ("https://example.org/", PAGE),
        ("https://www.example.org/index.php?utm_source=x", PAGE),
        ("https://example.org/news", PAGE),
        ("https://example.org/news/page/2", PAGE),
        ("https://example.org/tag/votes", PAGE),
        ("https://example.org/login", PAGE),
    ],
)
def test_a_canonical_url_is_trusted_where_it_looks_like_an_article(canonical: str | None, key: str) -> None:
    assert UrlKeys().article_key(PAGE, canonical) == key


def test_canonical_urls_of_pages_that_do_not_look_like_articles_are_trusted_except_the_front_page() -> None:
    keys = UrlKeys()
    assert keys.article_key("https://example.org/x1", "https://example.org/x2") == "https://example.org/x2"
    assert keys.article_key("https://example.org/x1", "https://example.org/") == "https://example.org/x1"
