"""Settings that cannot be right are refused, with the nearest right one."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings

from newscrawl.exceptions import UsageError
from newscrawl.settings import check_settings
from tests.support.crawling import scrapy


def make_settings(**given: object) -> Settings:
    settings = Settings()
    settings.setmodule("newscrawl.settings", priority="project")
    settings.setdict(given, priority="cmdline")
    return settings


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("NEWSCRAWL_DELAI", "did you mean 'NEWSCRAWL_DELAY'?"),
        ("NEWSCRAWL_DATABASE", "did you mean 'NEWSCRAWL_DATABASE_URL'?"),
        ("NEWSCRAWL_SITE_DIR", "did you mean 'NEWSCRAWL_SITES_DIR'?"),
        ("newscrawl_delay", "did you mean 'NEWSCRAWL_DELAY'?"),
        ("NEWSCRAWL_DEADLINE", "it is now called 'NEWSCRAWL_PAGE_CPU_TIMEOUT'"),
        ("NEWSCRAWL_WORKERS", "it is now called 'NEWSCRAWL_EXTRACTION_WORKERS'"),
    ],
)
@pytest.mark.parametrize("is_in_environment", [True, False])
def test_unknown_name_is_refused_with_the_nearest_one(
    monkeypatch: pytest.MonkeyPatch, name: str, hint: str, is_in_environment: bool
) -> None:
    if is_in_environment:
        monkeypatch.setenv(name, "1")
    with pytest.raises(UsageError, match=f"unknown setting '{name}'") as raised:
        check_settings(make_settings(**({} if is_in_environment else {name: "1"})))
    assert hint in str(raised.value)


@pytest.mark.parametrize(
    "name",
    [
        "NEWSCRAWL",
        "NEWSCRAWL_LOGS",
        "NEWSCRAWL_SCRAPY",
        "NEWSCRAWL_CORPORA",
        "NEWSCRAWL_TEST_REQUIRE_ALL",
        "NEWS_DELAY",
    ],
)
def test_other_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    settings = make_settings(NEWSCRAWL_DELAY="2", DOWNLOAD_DELAY="3")
    check_settings(settings)
    assert (settings["NEWSCRAWL_DELAY"], settings["DOWNLOAD_DELAY"], settings[name]) == ("2", "3", None)


def test_a_settings_module_may_define_more() -> None:
    settings = make_settings()
    settings.set("NEWSCRAWL_MY_PIPELINE", "1", priority="project")
    check_settings(settings)
    assert settings["NEWSCRAWL_MY_PIPELINE"] == "1"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("NEWSCRAWL_DELAY", "-1", "a number from 0"),
        ("NEWSCRAWL_DELAY", "nan", "a number from 0"),
        ("NEWSCRAWL_MIN_BODY_LENGTH", "1e3", "a whole number from 0"),
        ("NEWSCRAWL_PAGE_CPU_TIMEOUT", "0", "a number above 0"),
        ("NEWSCRAWL_PROGRESS_INTERVAL", "0", "a number above 0"),
        ("NEWSCRAWL_ALLOWED_ADDRESSES", "127.0.0.1,10.0.0.0/33", "'10.0.0.0/33' is not a network"),
        ("NEWSCRAWL_CONTACT", "me\nHost: other", "line break"),
    ],
)
def test_impossible_value_is_refused(name: str, value: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"invalid {name}.*{words}"):
        check_settings(make_settings(**{name: value}))


@pytest.mark.parametrize(
    "command",
    [
        ["crawl", "news"],
        ["plan"],
        ["db", "check"],
        ["status"],
        ["site", "rename", "a", "b"],
        *([name, "https://example.org/"] for name in ("why", "inspect", "discover", "retry")),
    ],
)
def test_every_command_refuses_an_unknown_setting(sqlite_url: str, command: list[str]) -> None:
    done = scrapy(*command, database_url=sqlite_url, NEWSCRAWL_DELEY=1)
    assert (done.code, done.log) == (
        2,
        "newscrawl: unknown setting 'NEWSCRAWL_DELEY'; did you mean 'NEWSCRAWL_DELAY'?\n",
    )
