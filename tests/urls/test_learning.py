"""What canonical links say about query parameters."""

from __future__ import annotations

import pytest

from newscrawl.urls.key_rules import UrlKeyRules
from newscrawl.urls.learning import FetchedUrl, ParameterEvidence, learn_parameters

STORIES = [f"https://example.org/news/the-long-vote-ends-after-day-{number}" for number in range(1, 6)]


def learn(*fetched: tuple[str, str], rules: UrlKeyRules | None = None) -> ParameterEvidence:
    """Learn from URLs with their canonical URLs; each canonical URL is an article."""
    ids = {canonical: number for number, (_, canonical) in enumerate(fetched)}
    urls = [FetchedUrl(url, canonical, ids[canonical]) for url, canonical in fetched]
    return learn_parameters(urls, rules) if rules else learn_parameters(urls)


def with_parameter(name: str, *values: str) -> list[tuple[str, str]]:
    return [(f"{story}?{name}={value}", story) for story, value in zip(STORIES, values, strict=False)]


@pytest.mark.parametrize(
    "values", [("a1", "b2", "c3"), ("top-story", "top-story", "sidebar"), ("1490", "1490", "55122")]
)
@pytest.mark.parametrize("name", ["teaser", "ICampaign", "xyz%5Fid"])
def test_parameter_that_canonical_links_lack_is_ignorable(name: str, values: tuple[str, ...]) -> None:
    learned = learn(*with_parameter(name, *values)).ignorable
    assert learned == {name.lower().replace("%5f", "_"): 3}


def test_several_parameters_are_learned_at_once() -> None:
    fetched = [(f"{story}?nav={number}x&box={number}y&id=7", f"{story}?id=7") for number, story in enumerate(STORIES)]
    assert learn(*fetched).ignorable == {"nav": 5, "box": 5}


def test_scheme_www_and_a_slash_make_no_other_page() -> None:
    fetched = [(url.replace("https://", "http://www.") + "/", own) for url, own in with_parameter("nav", "a", "b", "c")]
    fetched = [(url.replace("?nav=", "/?nav=").rstrip("/"), own) for url, own in fetched]
    assert learn(*fetched).ignorable == {"nav": 3}


@pytest.mark.parametrize(
    "fetched",
    [
        with_parameter("teaser", "a", "b"),
        with_parameter("edition", "us", "us", "us", "us", "us"),
        with_parameter("sheet", "2", "3", "4", "5"),
        with_parameter("id", "1001", "1002", "1003"),
        with_parameter("page", "one", "two", "three"),
        with_parameter("lang", "de", "fr", "it"),
        with_parameter("utm_source", "a", "b", "c"),
        [*with_parameter("teaser", "a", "b", "c"), (f"{STORIES[4]}?teaser=d", f"{STORIES[4]}?teaser=d")],
        [*with_parameter("teaser", "a", "b", "c"), (STORIES[4], f"{STORIES[3]}?teaser=d")],
        [(f"{story}?teaser={story[-1]}x", "https://example.org/") for story in STORIES],
        [(f"{story}?teaser={story[-1]}x", "https://example.org/news/") for story in STORIES],
        [(f"{story}?teaser={story[-1]}x", f"https://m2.example.org/{story[-1]}") for story in STORIES],
        [(f"https://example.org/{n}?key={n}x", f"https://example.org/{n}") for n in ("news", "sport", "local")],
        [(f"https://example.org/view.php?key={n}x", "https://example.org/view.php") for n in range(9)],
        [(f"https://example.org/?key={n}x", STORIES[n]) for n in range(5)],
    ],
)
def test_nothing_is_learned_from_too_little_or_from_wrong_canonical_links(fetched: list[tuple[str, str]]) -> None:
    assert learn(*fetched).ignorable == {}


def test_parameter_that_tells_articles_apart_is_identifying() -> None:
    urls = [FetchedUrl(f"{story}?key={story[-1]}x", story, number) for number, story in enumerate(STORIES)]
    assert learn_parameters(urls).ignorable == {"key": 5}
    urls.append(FetchedUrl(f"{STORIES[0]}?key=99x", STORIES[0], 99))
    assert learn_parameters(urls) == ParameterEvidence({}, frozenset({"key"}))


def test_rules_of_the_site_file_are_decided_already() -> None:
    fetched = with_parameter("teaser", "a", "b", "c") + with_parameter("nav", "a", "b", "c")
    assert learn(*fetched, rules=UrlKeyRules(drop_parameters=("teaser",))).ignorable == {"nav": 3}


def test_invalid_urls_are_skipped() -> None:
    fetched = [("https://[/?teaser=a", STORIES[0]), (f"{STORIES[1]}?teaser=b", "mailto:x")]
    assert learn(*fetched, *with_parameter("teaser", "a", "b", "c")).ignorable == {"teaser": 3}
