"""`scrapy show` prints an article with sources, versions and story."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from newscrawl.exceptions import ExitCode
from newscrawl.items import Article, Image
from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import upgrade
from tests.support.crawling import scrapy
from tests.support.store import NOW, Store

URL = "https://example.org/2026/a"


@pytest.fixture
def database(sqlite_url: str, make_article: Callable[..., Article]) -> str:
    """Return a database with an article in two versions, and a copy on another site."""
    engine = open_engine(sqlite_url)
    upgrade(engine)
    store = Store(engine)
    facts = {"article_body": "Ten people died \x1b[31m.\n\nThe cause is \u202eunknown.", "date_published": NOW}
    images = [Image("https://example.org/i.jpg", "A town", "AFP")]
    sources = {"headline": "json-ld", "authors": "dom"}
    store.save(make_article(URL, headline="Ten dead", authors=["Ada"], images=images, sources=sources, **facts))
    store.start_crawl()
    store.now += timedelta(hours=2)
    facts["article_body"] = facts["article_body"].replace("Ten", "Twelve")
    later = {"authors": ["Ada"], "images": images, "sources": sources, "date_downloaded": store.now}
    texts = {"alternative_headline": "Disaster in a town", "standfirst": "Many died.\n\nMany were hurt."}
    store.save(make_article(URL, headline="Ten dead", **later, **texts, **facts))
    store.save(make_article("https://example.net/copy", site="example.net", headline="Ten dead", **facts))
    store.close()
    engine.dispose()
    return sqlite_url


def test_an_article_is_shown_with_sources_versions_and_story(database: str) -> None:
    run = scrapy("show", "http://www.example.org/2026/a?utm_source=x", database_url=database)
    assert run.code == 0, run.log
    lines = run.output.splitlines()
    assert lines[:2] == ["Ten dead", "article 1 of example.org, version 2 of 2"]
    assert "Twelve people died <U+001B>[31m." in lines
    assert "The cause is <U+202E>unknown." in lines
    assert any(line.split() == ["authors", "Ada", "(dom)"] for line in lines)
    assert "  alternative_headline      Disaster in a town" in lines
    assert "  standfirst                Many died. Many were hurt." in lines
    assert "  https://example.org/i.jpg  A town AFP" in lines
    assert "    1  2026-11-22 12:00:00 UTC  inserted: Ten dead" in lines
    assert any(line.startswith("*   2  2026-11-22 14:00:00 UTC  revised, ") for line in lines)
    assert "    https://example.net/copy" in "\n".join(lines)


def test_a_difference_is_marked_without_colours_in_a_file(database: str) -> None:
    run = scrapy("show", "1", "--diff", database_url=database)
    assert "[-Ten-]{+Twelve+} people died" in run.output
    assert "version 2, compared with version 1" in run.output
    first = scrapy("show", "1", "--diff", "--version", "1", database_url=database)
    assert "has no version before it" in first.output
    assert "Ten people died" in first.output


def test_a_difference_has_colours_on_a_terminal(database: str) -> None:
    run = scrapy("show", "1", "--diff", database_url=database, FORCE_COLOR="1", TERM="xterm-256color")
    assert "\x1b[32mTwelve\x1b[0m" in run.output
    assert "\x1b[9;31mTen\x1b[0m" in run.output
    assert "[31m." not in run.output.replace("<U+001B>[31m.", "")


def test_json_has_all_fields_of_the_version_and_the_difference(database: str) -> None:
    record = json.loads(scrapy("show", "1", "--json", "--diff", database_url=database).output)
    assert (record["id"], record["revision"], record["authors"]) == (1, 2, ["Ada"])
    assert record["date_published"] == "2026-11-22T12:00:00+00:00"
    assert [one["revision"] for one in record["versions"]] == [2, 1]
    assert record["story"][0]["site"] == "example.net"
    runs = [(run["kind"], run["text"]) for run in record["diff"]["runs"] if run["kind"] != "equal"]
    assert runs == [("delete", "Ten"), ("insert", "Twelve")]
    older = json.loads(scrapy("show", URL, "--json", "--version", "1", database_url=database).output)
    assert older["article_body"] == "Ten people died \x1b[31m.\n\nThe cause is \u202eunknown."
    assert "diff" not in older


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["9"], ExitCode.FAILURE, "There is no article 9."),
        ([f"{URL}/other"], ExitCode.FAILURE, f"`scrapy why {URL}/other` says"),
        (["1", "--version", "7"], ExitCode.FAILURE, "Article 1 has no version 7: it has the versions 1 to 2."),
        (["1", "--version", "x"], ExitCode.USAGE, "--version is 'x'; expected the number of a version"),
        (["example.org/a"], ExitCode.USAGE, "did you mean"),
        ([], ExitCode.USAGE, "name one article"),
    ],
)
def test_what_is_not_there_is_explained(database: str, arguments: list[str], code: ExitCode, message: str) -> None:
    run = scrapy("show", *arguments, database_url=database)
    assert (run.code, message in run.output + run.log) == (code, True), run.output + run.log


def test_a_missing_database_is_named_and_not_created(sqlite_url: str) -> None:
    run = scrapy("show", "1", database_url=sqlite_url)
    assert (run.code, "there is no database" in run.log) == (ExitCode.STORAGE, True)
