"""Passwords and tokens are neither shown nor stored."""

from __future__ import annotations

import pytest

from newscrawl.text.secrets import find_secrets, mask_arguments, mask_page_urls, mask_url, mask_urls, mask_values

PATH = "/2026/11/20/report-on-a-secret-place"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://joe:secret@example.org/a", "https://***@example.org/a"),
        ("https://joe:se@cret@example.org", "https://***@example.org"),
        ("https://joe:se/cret@example.org/a", "https://***@example.org/a"),
        ("https://joe:se#cr?et@example.org/a", "https://***@example.org/a"),
        ("https:/joe:secret@example.org/a", "https:/***@example.org/a"),
        ("HTTPS:\\\\joe:secret@example.org/a", "HTTPS:\\\\***@example.org/a"),
        ("http:joe:secret@example.org/a", "http:***@example.org/a"),
        ("//joe:secret@example.org/a", "//***@example.org/a"),
        ("socks5://joe:secret@proxy:1080", "socks5://***@proxy:1080"),
        ("https://a.org/,https://token@b.org/", "https://a.org/,https://***@b.org/"),
        ("https://joe:secret:***@example.org", "https://***@example.org"),
        (
            "could not open postgresql://joe:secret@db/news: refused",
            "could not open postgresql://joe:***@db/news: refused",
        ),
        # What has no password stays.
        ("https://example.org/@joe?mail=joe@example.org", "https://example.org/@joe?mail=joe@example.org"),
        ("https://example.org:8080/@joe/a", "https://example.org:8080/@joe/a"),
        ("https://example.org/a#b:c@d", "https://example.org/a#b:c@d"),
        ("joe@example.org", "joe@example.org"),
        ("at 12:30 joe@example.org", "at 12:30 joe@example.org"),
        ("postgresql://joe:***@db.example/news", "postgresql://joe:***@db.example/news"),
        ("write postgresql+psycopg://user@host/database", "write postgresql+psycopg://user@host/database"),
    ],
)
def test_user_names_and_passwords_of_urls_in_a_text_are_masked(text: str, masked: str) -> None:
    assert mask_urls(text) == masked
    assert mask_urls(masked) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("joe:secret@example.org/a", "***@example.org/a"),
        ("https://a.org/,joe:secret@b.org/,c.org", "https://a.org/,***@b.org/,c.org"),
        ("https://joe:se,cret@example.org/", "https://***@example.org/"),
        ("example.org/?token=5", "example.org/?token=5"),
        ("saved/a@b.warc.gz", "saved/a@b.warc.gz"),
    ],
)
def test_user_names_and_passwords_of_arguments_are_masked(text: str, masked: str) -> None:
    assert mask_page_urls(text) == masked
    assert mask_arguments({"url": text}) == {"url": masked}


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("postgresql://joe:secret@db/news", "postgresql://joe:***@db/news"),
        ("postgresql://joe:se/c?r et@db/news", "postgresql://joe:***@db/news"),
        ("postgresql://joe:se\ncret@db/news", "postgresql://joe:***@db/news"),
        ("postgresql//joe:secret@db/news", "postgresql//joe:***@db/news"),
        ("postgresql:joe:secret@db/news", "postgresql:***@db/news"),
        ("joe:secret@db/news", "joe:***@db/news"),
        ("postgresql://joe:secret/news", "postgresql://joe:***/news"),
        ("postgresql://joe@db/news?password=secret", "postgresql://joe@db/news?password=***"),
        ("postgresql://joe@db/news?sslmode=require&sslpassword=sec ret", "postgresql://joe@db/news?sslmode=require&sslpassword=***"),
        ("postgresql://joe@db/news?passwrod=secret&port=5", "postgresql://joe@db/news?passwrod=***&port=5"),
        ("postgresql://joe@db/news?p%61ssword=secret", "postgresql://joe@db/news?p%61ssword=***"),
        ("https://joe:secret@proxy:3128", "https://***@proxy:3128"),
        # What has no password stays.
        ("postgresql://joe@db:5432/news?options=-csearch_path%3Da", "postgresql://joe@db:5432/news?options=-csearch_path%3Da"),
        ("postgresql://joe@[::1]:5432/news", "postgresql://joe@[::1]:5432/news"),
        ("sqlite:////data/x:y@z.db?timeout=5", "sqlite:////data/x:y@z.db?timeout=5"),
        ("sqlite:///file:news.db?mode=ro&uri=true", "sqlite:///file:news.db?mode=ro&uri=true"),
        ("sqlite:///C:/news.db", "sqlite:///C:/news.db"),
    ],
)  # fmt: skip
def test_passwords_of_database_urls_are_masked(url: str, masked: str) -> None:
    assert mask_url(url) == masked
    assert mask_url(masked) == masked


def test_secrets_are_found_in_settings_and_in_their_urls() -> None:
    found = find_secrets(
        {
            "AWS_SECRET_ACCESS_KEY": "key/of aws",
            "FTP_PASSIVE_MODE": "passive",
            "http_proxy": "http://joe:proxy%20password@proxy:3128",
            "NEWSCRAWL_DATABASE_URL": "postgresql://joe:of-the-database@db/news?sslpassword=of-the-key",
            "DEFAULT_URL": "postgresql://postgres:postgres@db/news",
            "NEWSCRAWL_CONTACT": "mailto:joe@example.org",
            "LOG_LEVEL": "DEBUG",
            "TELNETCONSOLE_PASSWORD": None,
        }
    )
    assert {"key/of aws", "key/of%20aws", "proxy password", "proxy%20password"} <= found
    assert {"of-the-database", "of-the-key"} <= found
    assert not {"passive", "postgres", "joe@example.org", "joe", "DEBUG"} & found


def test_secrets_are_masked_where_they_stand_as_a_word() -> None:
    secrets = find_secrets({"TOKEN": "abc\\d 'e", "PASSWORD": "news", "SECRET": "crawler"})
    text = r"""{'t': "abc\\d 'e"}, abc\d 'e, abc%5Cd%20%27e, /hook?crawler, %3Fcrawler, newscrawler, news"""
    assert mask_values(text, secrets) == "{'t': \"***\"}, ***, ***, /hook?***, %3F***, newscrawler, news"
