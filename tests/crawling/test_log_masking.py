"""Log records have neither secrets nor control characters, whoever makes them."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from scrapy.settings import Settings

from newscrawl.crawling.log_masking import mask_logs

SECRET = "planted-secret-of-a-setting"
log = logging.getLogger("some.library")


@pytest.fixture(autouse=True)
def masked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MIRROR_URL", f"http://joe:{SECRET}-2@mirror.example/")
    factory = logging.getLogRecordFactory()
    settings = Settings({"HTTPAUTH_PASS": SECRET, "FEEDS": {f"ftp://joe:{SECRET}-3@feed.example/a": {"format": "csv"}}})
    mask_logs(settings)
    yield
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize("ending", ["", "-2", "-3"])
def test_values_of_secret_settings_are_masked_in_messages_and_tracebacks(
    caplog: pytest.LogCaptureFixture, ending: str
) -> None:
    log.warning("could not log in with %r", {"password": SECRET + ending})
    try:
        raise ValueError(f"login failed: {SECRET}{ending}")
    except ValueError:
        log.exception("failed")
    assert "planted" not in caplog.text
    assert caplog.text.count("***") == 2
    assert "ValueError: login failed: ***" in caplog.text


def test_urls_of_messages_are_masked(caplog: pytest.LogCaptureFixture) -> None:
    log.warning("fetching %s", "https://joe:unknown@example.org/a")
    assert "fetching https://***@example.org/a" in caplog.text


def test_control_characters_are_escaped(caplog: pytest.LogCaptureFixture) -> None:
    log.warning("page %s\nof an archive", "\x1b[2J\u202e\x9b1m")
    assert "page <U+001B>[2J<U+202E><U+009B>1m\nof an archive" in caplog.text


def test_default_values_and_other_words_stay(caplog: pytest.LogCaptureFixture) -> None:
    log.warning("%d pages of a guest, at %s", 5, "https://example.org/")
    assert "5 pages of a guest, at https://example.org/" in caplog.text
