"""Spider arguments."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from inspect import signature
from pathlib import Path

import pytest
from scrapy.settings import Settings

from newscrawl.crawling.protocols import CrawlArguments
from newscrawl.exceptions import UsageError
from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.spiders.arguments import (
    ARGUMENTS,
    ArchiveArguments,
    ArticleArguments,
    NewsArguments,
    parse_arguments,
    split_list,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "one.toml").write_text('url = "https://one.org/"', encoding="utf-8")
    (tmp_path / "two.toml").write_text('url = "https://two.org/"', encoding="utf-8")
    return Settings({"NEWSCRAWL_SITES_DIR": str(tmp_path)})


def test_url_does_not_need_a_site_file(settings: Settings) -> None:
    [site] = NewsArguments(settings, url="https://www.example.org/news/").sites
    assert (site.name, site.url) == ("example.org", "https://www.example.org/news/")


def test_a_host_may_be_longer_than_the_name_of_a_file(settings: Settings) -> None:
    host = ".".join(["a" * 62] * 4)
    [site] = NewsArguments(settings, url=f"https://{host}/").sites
    assert (len(site.name), site.name) == (251, host)


def test_url_uses_the_site_file_of_its_domain(settings: Settings, tmp_path: Path) -> None:
    text = 'url = "https://www.example.org/"\ndelay = 3\n[extraction]\nlanguage = "de-AT"'
    (tmp_path / "a-paper.toml").write_text(text, encoding="utf-8")
    [news, other] = NewsArguments(settings, url="https://www.example.org/news/,https://a.org/").sites
    assert (news.name, news.url, news.delay) == ("a-paper", "https://www.example.org/news/", 3.0)
    assert news.extraction.language == "de-AT"
    assert (other.name, other.delay) == ("a.org", None)

    articles = ArticleArguments(settings, url="https://m.example.org/1,https://a.org/2")
    assert {domain: site.name for domain, site in articles.sites_by_domain.items()} == {"example.org": "a-paper"}


def test_query_parameters_that_a_site_file_keeps_are_requested(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(
        'url = "https://two.org/"\n[identity]\nkeep_parameters = ["ref"]\ndrop_parameters = ["x"]', encoding="utf-8"
    )
    url = "https://two.org/?ref=rss&x=1"
    assert [site.url for site in NewsArguments(settings, url=url).sites] == ["https://two.org/?ref=rss"]
    assert ArticleArguments(settings, url=url).urls == ["https://two.org/?ref=rss"]
    (tmp_path / "index.jsonl").touch()
    assert ArchiveArguments(settings, path=str(tmp_path)).keys.url_key(url) == "https://two.org/?ref=rss"


def test_without_arguments_every_enabled_site_is_crawled(settings: Settings) -> None:
    assert [site.name for site in NewsArguments(settings).sites] == ["one", "two"]


def test_site_selects_a_site_file_by_name(settings: Settings) -> None:
    assert [site.name for site in NewsArguments(settings, site="two").sites] == ["two"]


def test_period_covers_whole_days_in_utc(settings: Settings) -> None:
    first, after = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)
    assert NewsArguments(settings, since="2026-11-01").period == Period(since=first)
    assert NewsArguments(settings, since="2026-11-01", until="2026-11-03").period == Period(first, after)
    assert NewsArguments(settings).period == ANY_TIME


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"url": "example.org"}, "did you mean 'https://example.org/'"),
        ({"url": "ftp://example.org/"}, "only http and https"),
        ({"url": "https://a.org/", "site": "one"}, "not both"),
        ({"site": "onee"}, "did you mean 'one'"),
        ({"max_pages": "many"}, "whole number"),
        ({"max_pages": "0"}, "whole number"),
        ({"max_pages": "²"}, "whole number"),
        ({"max_pages": "9" * 5_000}, "whole number"),
        ({"until": "9999-12-31"}, "a year up to 2999"),
        ({"max_time": "9" * 400 + "h"}, "invalid duration"),
        ({"url": "https://a.org:abc/"}, "not a host with an optional port"),
        ({"site": "a" * 300}, "no site file"),
        ({"since": "01.11.2026"}, "expected YYYY-MM-DD"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "earlier day"),
        ({"ulr": "https://a.org/"}, "did you mean 'url'"),
        ({"url": ""}, "url= has no value"),
        ({"max_time": " "}, "max_time= has no value"),
        ({"colour": "red"}, "known: url, site, max_pages, since, until"),
    ],
)
def test_invalid_argument_is_rejected_with_cause_and_fix(
    settings: Settings, arguments: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        parse_arguments(NewsArguments, "news", settings, arguments)


def test_articles_come_from_the_argument_or_from_a_file(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_text("https://a.org/1\n\n# later\nhttps://a.org/2\n", encoding="utf-8")
    assert (
        ArticleArguments(settings, url="https://a.org/1,https://a.org/2").urls
        == ArticleArguments(settings, urls=str(file)).urls
    )


@pytest.mark.parametrize("arguments", [{}, {"urls": "/no/such/file"}, {"url": "a.org/1"}, {"url": "x", "urls": "y"}])
def test_article_spider_needs_valid_urls(settings: Settings, arguments: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        ArticleArguments(settings, **arguments)


def test_archive_must_be_a_file_or_a_folder_with_an_index(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "index.jsonl").touch()
    os.mkfifo(tmp_path / "pipe.warc.gz")
    (tmp_path / "folder").mkdir()
    assert ArchiveArguments(settings, path=str(tmp_path)).path == tmp_path
    for path in (None, *(str(tmp_path / name) for name in ("missing.warc.gz", "pipe.warc.gz", "folder", "a" * 300))):
        with pytest.raises(UsageError):
            ArchiveArguments(settings, path=path)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://a.org/1, https://b.org/2", ["https://a.org/1", "https://b.org/2"]),
        ("https://a.org/title,12345.html", ["https://a.org/title,12345.html"]),
        ("https://a.org/x,1.html,https://b.org/y,2.html", ["https://a.org/x,1.html", "https://b.org/y,2.html"]),
        ("one,two", ["one", "two"]),
    ],
)
def test_commas_separate_urls_and_may_be_part_of_them(text: str, parts: list[str]) -> None:
    assert split_list(text) == parts


@pytest.mark.parametrize("arguments", ARGUMENTS.values(), ids=ARGUMENTS)
def test_every_argument_has_a_help_text(arguments: type[CrawlArguments]) -> None:
    assert list(arguments.HELP) == [name for name in signature(arguments).parameters if name != "settings"]


@pytest.mark.parametrize(
    ("text", "force"), [(None, False), ("1", True), ("0", False), ("TRUE", True), ("no", False), ("yes", True)]
)
def test_force_is_a_flag(settings: Settings, text: str | None, force: bool) -> None:
    assert NewsArguments(settings, force=text).force is force
    ArticleArguments(settings, url="https://one.org/a", force=text)


@pytest.mark.parametrize("text", ["2", "maybe", "-1"])
def test_invalid_flag_is_an_error(settings: Settings, text: str) -> None:
    for arguments in ({"force": text}, {"force": text, "url": "https://one.org/a"}):
        with pytest.raises(UsageError, match=f"invalid force '{text}': expected 1 or 0"):
            (ArticleArguments if "url" in arguments else NewsArguments)(settings, **arguments)
