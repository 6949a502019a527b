"""Page numbers in the URLs of articles."""

from __future__ import annotations

import pytest

from newscrawl.urls.page_numbers import get_positions

STORY = "https://example.org/news/the-long-vote"


def numbers(url: str, first: str = STORY) -> list[int]:
    """Return the numbers that *url* may have in the article whose first page is *first*."""
    article = next(get_positions(first)).article
    return [position.number for position in get_positions(url) if position.article == article]


@pytest.mark.parametrize(
    "url",
    [
        f"{STORY}?page=3",
        f"{STORY}/?p=3",
        f"{STORY}?seite=3",
        f"{STORY}?pageNo=3",
        f"{STORY}/3",
        f"{STORY}/3/",
        f"{STORY}/page/3/",
        f"{STORY}/page-3/",
        f"{STORY}/seite-3",
        f"{STORY}-3.html",
        f"{STORY}_3.shtml",
        f"{STORY},3.html",
        f"{STORY}-page3.html",
        f"{STORY}-seite-3.html",
        "https://EXAMPLE.org/news/the-long-vote?page=3",
    ],
)
def test_page_number(url: str) -> None:
    assert numbers(url) == [3]


@pytest.mark.parametrize("url", [STORY, f"{STORY}/", f"{STORY}.html", f"{STORY}#comments"])
def test_url_without_a_number_is_the_first_page(url: str) -> None:
    assert numbers(url) == [1]


@pytest.mark.parametrize("url", [f"{STORY}?page=all", f"{STORY}?view=all", f"{STORY}?single=1", f"{STORY}/all"])
def test_page_with_the_whole_article(url: str) -> None:
    assert numbers(url) == [0]


@pytest.mark.parametrize(
    "url",
    [
        f"{STORY}?id=3",
        f"{STORY}?page=2026",
        f"{STORY}?page=0",
        f"{STORY}?page=³",
        f"{STORY}s-3.html",
        "https://example.org/news/3",
        "https://other.example/news/the-long-vote?page=3",
        "https://example.org/",
        "http://[broken",
        "mailto:desk@example.org",
    ],
)
def test_url_of_another_page_has_no_place_in_the_article(url: str) -> None:
    assert numbers(url) == []


def test_parameters_that_do_not_number_belong_to_the_article() -> None:
    first = "https://example.org/read?id=77&lang=en"
    assert numbers("https://example.org/read?lang=en&page=2&id=77", first) == [2]
    assert numbers("https://example.org/read?lang=en&page=2&id=78", first) == []
