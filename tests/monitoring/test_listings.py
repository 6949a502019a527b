"""Why a listing could not be read, in one line, and which failures degrade a site."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.monitoring.listings import (
    CAUSES,
    ListingState,
    explain_failing,
    explain_listing,
    find_degrading,
    name_type,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://example.org/"
FRONT = ListingState(URL, "section", "front page", "not_article", "section", is_front=True, last_read_at=NOW)
FEED = ListingState(URL + "rss", "feed", "alternate", "not_article", "feed", last_read_at=NOW)


def fail(listing: ListingState, outcome: str = "gone", reason: str = "http_404", **facts: object) -> ListingState:
    return replace(listing, **{"outcome": outcome, "reason": reason, "failing_since": NOW, **facts})


@pytest.mark.parametrize(
    ("outcome", "reason", "detail", "words"),
    [
        ("not_article", "javascript_required", None, "is a JavaScript application, and newscrawl runs no scripts"),
        ("not_article", "not_html", "application/pdf", "is a PDF, not a web page"),
        ("not_article", "not_html", "image/webp", "is an image, not a web page"),
        ("not_article", "not_feed", "text/html", "answers with an HTML page, not with a feed"),
        ("not_article", "not_feed", "malformed feed: unclosed token", "is not a feed that can be read: malformed feed"),
        ("not_article", "not_sitemap", "not a sitemap", "is not a sitemap that can be read"),
        ("not_article", "consent_wall", None, "is a consent wall; name a feed or sitemap in its site file"),
        ("not_article", "no_text", None, "has no text and no links"),
        ("gone", "http_410", None, "answered with HTTP 410; check the address"),
        ("error", "http_502", None, "answered with HTTP 502; try again later"),
        ("error", "dns", None, "host name not found"),
        ("robots", "disallowed", None, "robots.txt disallows it"),
        ("error", "something_new", None, "could not be read: error: something_new"),
    ],
)  # fmt: skip
def test_the_cause_is_named(outcome: str, reason: str, detail: str | None, words: str) -> None:
    assert words in explain_listing(fail(FRONT, outcome, reason, detail=detail))


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("https://example.net/news", "moved to example.net: crawl that (-a url=https://example.net/)"),
        ("http://other.example/?page=1", "moved to other.example: crawl that (-a url=http://other.example/)"),
        ("https://consent.example.com/collect?x=1", "redirects to a consent wall at consent.example.com"),
        ("https://myprivacy.example.nl/gate", "redirects to a consent wall at myprivacy.example.nl"),
        ("https://www.example.de/cmp/?to=https://example.org/", "redirects to a consent wall at www.example.de"),
        ("https://sso.example.com/in?next=https%3A%2F%2Fexample.org%2F", "redirects to a login at sso.example.com"),
        ("https://gate.example.com/?back=https://example.org/", "redirects to a gateway at gate.example.com"),
    ],
)
def test_a_move_is_told_from_a_wall_on_another_host(target: str, words: str) -> None:
    assert explain_listing(fail(FRONT, "error", "offsite_redirect", detail=target)).startswith(words)


def test_every_cause_says_what_to_do() -> None:
    limits = {"too_large", "headers_too_large", "too_complex"}
    assert [reason for reason, cause in CAUSES.items() if ";" not in cause and reason not in limits] == []


def test_types_are_named_as_people_name_them() -> None:
    assert [name_type(name) for name in ("image/png", "Text/HTML; charset=utf-8", "application/x-foo", None)] == [
        "an image",
        "an HTML page",
        "a file of type application/x-foo",
        "a file",
    ]


def test_listings_with_the_same_cause_share_a_line() -> None:
    down = [fail(one, "error", "dns", last_read_at=None) for one in (FEED, FRONT, replace(FEED, url=URL + "atom"))]
    [line] = explain_failing(down)
    assert line.startswith("the front page (and 2 more listings) could not be fetched: host name not found")
    assert explain_failing([fail(FEED)]) == [
        "the feed https://example.org/rss answered with HTTP 404; check the address (last read 2026-11-22 12:00:00 UTC)"
    ]
    many = [fail(replace(FEED, url=f"{URL}{number}"), reason=f"http_40{number}") for number in range(6)]
    assert explain_failing(many)[3:] == ["3 more causes; `scrapy status` names them"]


def test_failure_of_an_earlier_crawl_has_its_time() -> None:
    later = NOW + timedelta(minutes=40)
    old = fail(FEED, crawl_id=6, fetched_at=NOW, next_fetch_at=later, last_read_at=None)
    times = "(last tried 2026-11-22 12:00:00 UTC, not tried before 2026-11-22 12:40:00 UTC)"
    assert explain_failing([old], crawl_id=7)[0].endswith(times)
    assert not explain_failing([old], crawl_id=6)[0].endswith(")")
    assert not explain_failing([old])[0].endswith(")")


SECTIONS = [replace(FRONT, url=f"{URL}{name}", is_front=False) for name in ("a", "b", "c", "d", "e", "f")]
GUESS = replace(FEED, source="usual path", last_read_at=None)


@pytest.mark.parametrize(
    "listing",
    [
        fail(FRONT),
        fail(FRONT, "not_article", "javascript_required", failing_since=NOW - timedelta(days=30)),
        fail(FEED, "error", "timeout"),
        fail(FEED, "not_article", "not_feed", detail="text/html", last_read_at=None),
        fail(FEED, "not_article", "bot_challenge", detail="text/html", last_read_at=None),
        fail(FEED, last_read_at=None),
        fail(FEED, "error", "http_500", last_read_at=None),
        fail(FEED, "not_article", "not_feed", detail="application/json", last_read_at=None),
        fail(FEED, "not_article", "empty", last_read_at=None),
        fail(replace(GUESS, last_read_at=NOW)),
        fail(replace(SECTIONS[0], source="site file", last_read_at=None), failing_since=NOW - timedelta(days=30)),
    ],
    ids=[
        "front",
        "front for long",
        "feed",
        "HTML feed",
        "challenge",
        "dead feed",
        "broken feed",
        "feed of JSON",
        "empty feed",
        "found by guessing",
        "site file",
    ],
)
def test_main_listings_degrade_a_site(listing: ListingState) -> None:
    others = [*SECTIONS[1:], replace(FEED, url=URL + "atom")]
    assert find_degrading([*others, listing], NOW) == [listing]


@pytest.mark.parametrize(
    "listing",
    [
        FRONT,
        replace(FEED, outcome="unchanged", reason="not_modified"),
        replace(FEED, reason="feed_partial"),
        fail(GUESS),
        fail(GUESS, "not_article", "not_feed", detail="text/html"),
        fail(FRONT, last_read_at=None),
        fail(FEED, "robots", "disallowed", last_read_at=None),
        fail(FEED, failing_since=NOW - timedelta(days=8)),
        fail(FEED, "blocked", "retry_after"),
        fail(FEED, "duplicate", "redirect"),
        fail(FEED, None, None),
        fail(SECTIONS[0]),
        fail(replace(FEED, kind="sitemap", source="sitemap")),
        fail(replace(FEED, source="pagination")),
        fail(replace(FEED, source="former")),
    ],
    ids=[
        "read", "not modified", "in part", "guess", "guess with HTML", "front never read", "disallowed", "removed",
        "cooldown", "redirect", "pending", "one section", "one child sitemap", "next page",
        "no longer named",
    ],
)  # fmt: skip
def test_other_listings_do_not(listing: ListingState) -> None:
    assert find_degrading([*SECTIONS[1:], replace(FEED, url=URL + "atom"), listing], NOW) == []


@pytest.mark.parametrize(("failing", "degrades"), [(2, False), (3, True), (6, True)])
def test_half_of_the_sections_degrade_a_site(failing: int, *, degrades: bool) -> None:
    listings = [fail(one) for one in SECTIONS[:failing]] + SECTIONS[failing:]
    assert find_degrading(listings, NOW) == (listings[:failing] if degrades else [])


BEFORE = NOW - timedelta(hours=3)
SHELL = fail(SECTIONS[0], "not_article", "javascript_required", last_read_at=BEFORE, fetched_at=NOW)


@pytest.mark.parametrize("reason", ["javascript_required", "consent_wall", "login", "empty"])
def test_a_section_replaced_by_a_wall_degrades_until_another_listing_is_read(reason: str) -> None:
    shell = replace(SHELL, reason=reason)
    read_before = [replace(one, fetched_at=BEFORE) for one in (FRONT, FEED, *SECTIONS[1:])]
    assert find_degrading([*read_before, shell], NOW) == [shell]
    assert find_degrading([*read_before, replace(FEED, url=URL + "atom", fetched_at=NOW), shell], NOW) == []


@pytest.mark.parametrize(
    "section",
    [
        replace(SHELL, outcome="gone", reason="http_404"),
        replace(SHELL, outcome="robots", reason="disallowed"),
        replace(SHELL, last_read_at=None),
        replace(SHELL, source="former"),
        replace(SHELL, failing_since=BEFORE + timedelta(minutes=2)),
    ],
    ids=["removed", "disallowed", "never read", "no longer named", "the others were read in the same crawl"],
)
def test_a_section_that_fails_alone_is_a_page_like_any_other(section: ListingState) -> None:
    assert find_degrading([*(replace(one, fetched_at=BEFORE) for one in (FRONT, FEED)), section], NOW) == []
