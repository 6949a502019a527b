"""Figures about the articles, pages and listings of a window of days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import Engine

from newscrawl.items import Article, Outcome
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.statistics import (
    DayCount,
    LanguageCount,
    count_articles_by_day,
    count_languages,
    count_listings,
    count_outcomes,
    get_fill_rates,
)
from tests.storage.test_query_plans import collect_scans
from tests.support.store import NOW, Store

DAY = date(2026, 11, 20)
NEXT = DAY + timedelta(days=1)


def fill(store: Store, make_article: Callable[..., Article]) -> None:
    """Store four articles: two of a day, one of the next day on another site, and one without a date."""
    facts = [
        ("example.org", DAY, "de"),
        ("example.org", DAY, "en"),
        ("example.net", NEXT, "de"),
        ("example.org", None, None),
    ]
    for number, (site, day, language) in enumerate(facts):
        url = f"https://{site}/{number}"
        store.save(make_article(url, site=site, date_published_day=day, in_language=language))


def test_articles_are_counted_by_day_and_site(store: Store, make_article: Callable[..., Article]) -> None:
    fill(store, make_article)
    with connect_for_reading(store.engine) as connection:
        assert count_articles_by_day(connection, DAY, NEXT) == [
            DayCount(DAY, "example.org", 2),
            DayCount(NEXT, "example.net", 1),
        ]
        assert count_articles_by_day(connection, NEXT, NEXT) == [DayCount(NEXT, "example.net", 1)]
        assert count_articles_by_day(connection, DAY, NEXT, "example.net") == [DayCount(NEXT, "example.net", 1)]
        assert count_articles_by_day(connection, DAY, NEXT, "example.com") == []


def test_languages_are_counted_and_ordered_by_frequency(store: Store, make_article: Callable[..., Article]) -> None:
    fill(store, make_article)
    store.save(make_article("https://example.org/9", date_published_day=DAY))
    with connect_for_reading(store.engine) as connection:
        assert count_languages(connection, DAY, NEXT) == [
            LanguageCount("de", 2),
            LanguageCount(None, 1),
            LanguageCount("en", 1),
        ]
        assert count_languages(connection, DAY, NEXT, "example.net") == [LanguageCount("de", 1)]


def test_outcomes_of_recent_crawls_are_counted(store: Store) -> None:
    claims = store.claim(*(f"https://example.org/{number}" for number in range(3)))
    store.finish(claims[0], Outcome.ERROR, "timeout")
    store.finish(claims[1], Outcome.GONE, "http_404")
    store.end_crawl()
    store.now += timedelta(days=40)
    store.start_crawl()
    [claim] = store.claim("https://example.org/9")
    store.finish(claim, Outcome.ERROR, "timeout")
    store.end_crawl()
    with connect_for_reading(store.engine) as connection:
        everything = count_outcomes(connection, NOW)
        assert [(one.outcome, one.reason, one.pages) for one in everything] == [
            ("error", "timeout", 2),
            ("gone", "http_404", 1),
            ("pending", "unfinished", 1),
        ]
        assert {one.site for one in everything} == {"example.org"}
        assert [one.outcome for one in count_outcomes(connection, NOW + timedelta(days=1))] == ["error"]
        assert count_outcomes(connection, NOW, "example.net") == []


def test_fill_rates_are_shares_of_the_newest_articles(store: Store, make_article: Callable[..., Article]) -> None:
    store.save(make_article("https://example.org/1", authors=["Ada", "Bob"], in_language="de"))
    store.save(make_article("https://example.org/2", keywords=["x"], in_language="en"))
    with connect_for_reading(store.engine) as connection:
        found = get_fill_rates(connection, "example.org")
        nothing = get_fill_rates(connection, "example.net")
    assert found.articles == 2
    assert {name: rate for name, rate in found.rates.items() if rate} == {
        "authors": 0.5,
        "keywords": 0.5,
        "in_language": 1.0,
    }
    assert (nothing.articles, nothing.rates) == (0, {})


def test_listings_tell_how_often_they_were_read_and_what_they_brought(store: Store) -> None:
    [feed, section] = store.claim("https://example.org/feed", kind="feed"), store.claim("https://example.org/s")
    store.finish_listing(feed[0], "https://example.org/1", "https://example.org/2")
    store.finish(section[0], Outcome.ERROR, "timeout")
    [broken] = store.claim("https://example.org/sitemap", kind="sitemap")
    store.finish(broken, Outcome.ERROR, "timeout")
    with connect_for_reading(store.engine) as connection:
        found = count_listings(connection, "example.org", NOW)
        later = count_listings(connection, "example.org", NOW + timedelta(days=1))
    assert [(one.url, one.fetches, one.read, one.new_links) for one in found] == [
        ("https://example.org/feed", 1, 1, 2),
        ("https://example.org/sitemap", 1, 0, 0),
    ]
    assert (found[1].outcome, found[1].reason, found[0].fetched_at) == ("error", "timeout", NOW)
    assert [one.fetches for one in later] == [0, 0]


def test_no_query_scans_the_articles_or_pages(sqlite_engine: Engine, make_article: Callable[..., Article]) -> None:
    store = Store(sqlite_engine)
    fill(store, make_article)
    store.claim("https://example.org/feed", kind="feed")
    scans = collect_scans(store.engine, may_read_sites=True)
    with connect_for_reading(store.engine) as connection:
        for site in (None, "example.org"):
            count_articles_by_day(connection, DAY, NEXT, site)
            count_languages(connection, DAY, NEXT, site)
            count_outcomes(connection, NOW, site)
        get_fill_rates(connection, "example.org")
        count_listings(connection, "example.org", NOW)
    store.close()
    assert {scan for scan in scans if not scan.startswith("SCAN crawls")} == set()
