"""User names and passwords of URLs are neither shown nor stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.text.secrets import mask_arguments, mask_userinfo
from tests.support.crawling import article_page, crawl, tiny_site

PATH = "/2026/11/20/report-on-a-secret-place"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://joe:secret@example.org/a", "https://***@example.org/a"),
        ("https://joe:se@cret@example.org", "https://***@example.org"),
        ("https://a.org/,https://token@b.org/", "https://a.org/,https://***@b.org/"),
        ("https://example.org/@joe?mail=joe@example.org", "https://example.org/@joe?mail=joe@example.org"),
        ("joe@example.org", "joe@example.org"),
        ("postgresql://joe:***@db.example/news", "postgresql://joe:***@db.example/news"),
        ("https://joe:secret:***@example.org", "https://***@example.org"),
    ],
)
def test_userinfo_of_urls_is_masked(text: str, masked: str) -> None:
    assert mask_userinfo(text) == masked
    assert mask_arguments({"url": text}) == {"url": masked}


def test_userinfo_of_an_argument_is_in_no_file_and_no_output(tmp_path: Path, sqlite_url: str) -> None:
    with tiny_site({PATH: article_page("a place")}) as site:
        url = site.url.replace("://", "://joe:hunter2@")
        done = crawl("article", url=f"{url}{PATH}", database_url=sqlite_url)
        rejected = crawl("news", url=f"ftp://joe:hunter2@{site.url[7:]}", database_url=sqlite_url)
    assert (done.code, rejected.code) == (0, 2)
    assert done.summary["stored"] == 1
    assert "hunter2" not in done.output + done.log + rejected.output + rejected.log
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 2, "the database and the lock"
    assert [path for path in files if b"hunter2" in path.read_bytes()] == []
