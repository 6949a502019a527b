"""`scrapy stats` draws charts of the articles."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from newscrawl.commands.stats import WIDTH, collect, draw
from newscrawl.exceptions import ExitCode, UsageError
from newscrawl.items import Article, Outcome
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.upgrade import upgrade
from tests.support.crawling import scrapy
from tests.support.store import NOW, Store

TODAY = NOW.date()


def fill(store: Store, make_article: Callable[..., Article], today: date = TODAY) -> None:
    for number in range(6):
        site = "example.org" if number < 4 else "example.net"
        day = today - timedelta(days=number % 3)
        url = f"https://{site}/{number}"
        store.save(make_article(url, site=site, date_published_day=day, in_language="de" if number else None))
    [feed] = store.claim("https://example.org/feed", kind="feed")
    store.finish_listing(feed, "https://example.org/7")
    [claim] = store.claim("https://example.org/8")
    store.finish(claim, Outcome.ERROR, "timeout")
    store.end_crawl()


def get_lines(store: Store, site: str | None = None, days: int = 3, *, as_ascii: bool = False) -> list[str]:
    with connect_for_reading(store.engine) as connection:
        return [line.rstrip() for line in draw(collect(connection, site, days, TODAY), as_ascii=as_ascii)]


def test_charts_show_days_languages_and_outcomes(store: Store, make_article: Callable[..., Article]) -> None:
    fill(store, make_article)
    lines = get_lines(store)
    words = [line.split() for line in lines]
    assert lines[0] == "Articles by publication day, 2026-11-20 to 2026-11-22"
    assert ["example.org", "▄▄█", "4"] in words
    assert ["example.net", "██", "2"] in words
    assert ["all", "sites", "███", "6"] in words
    assert ["de", "█" * 36, "5", "83%"] in words
    assert ["unknown", "█" * 7 + "▎", "1", "17%"] in words
    assert any(row[:2] == ["stored:", "new"] and row[-2:] == ["6", "86%"] for row in words)
    assert any(row[:2] == ["error:", "timeout"] for row in words)
    assert max(map(len, lines)) <= WIDTH


def test_a_site_has_its_fields_and_listings(store: Store, make_article: Callable[..., Article]) -> None:
    fill(store, make_article)
    lines = get_lines(store, "example.org")
    assert "Fields of the newest 4 articles" in lines
    assert any(line.split()[0] == "in_language" and line.endswith("75%") for line in lines if line.strip())
    assert lines[-1].split() == ["1", "1/1", "https://example.org/feed"]
    assert not any("example.net" in line for line in lines)


def test_charts_can_be_ascii(store: Store, make_article: Callable[..., Article]) -> None:
    fill(store, make_article)
    assert "".join(get_lines(store, as_ascii=True)).isascii()


def test_long_windows_fit_the_width(store: Store, make_article: Callable[..., Article]) -> None:
    fill(store, make_article)
    lines = get_lines(store, days=3_000)
    assert max(map(len, lines)) <= WIDTH
    assert any(line.split()[-1:] == ["6"] for line in lines)


def test_an_empty_window_says_so(store: Store) -> None:
    [line] = get_lines(store, days=30)
    assert line.startswith("No articles were published and no pages fetched from 2026-10-24 to 2026-11-22")


def test_an_unknown_site_gets_a_suggestion(store: Store, make_article: Callable[..., Article]) -> None:
    fill(store, make_article)
    with pytest.raises(UsageError, match=r"did you mean 'example\.org'"):
        get_lines(store, "exmple.org")


def test_the_command_prints_charts_and_json(sqlite_url: str, make_article: Callable[..., Article]) -> None:
    engine = open_engine(sqlite_url)
    upgrade(engine)
    store = Store(engine)
    fill(store, make_article, datetime.now(UTC).date())
    store.close()
    engine.dispose()
    done = scrapy("stats", database_url=sqlite_url)
    assert (done.code, "all sites" in done.output) == (0, True), done.log
    record = json.loads(scrapy("stats", "--json", "--site", "example.org", database_url=sqlite_url).output)
    assert sum(one["articles"] for one in record["days"]) == 4
    assert record["fields"]["rates"]["in_language"] == 0.75
    wrong = scrapy("stats", "--days", "0", database_url=sqlite_url)
    assert (wrong.code, "--days is '0'" in wrong.log) == (ExitCode.USAGE, True)
