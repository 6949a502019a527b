"""A front page with more sections than are followed says how many are left."""

from __future__ import annotations

from newscrawl.spiders.news import MAX_SECTIONS
from tests.support.crawling import crawl, query, tiny_site


def test_sections_that_are_not_followed_are_counted(sqlite_url: str) -> None:
    names = [
        f"{first}{second}" for first in ("politics", "sport", "culture", "science") for second in "abcdefghijklmno"
    ]
    links = "".join(f"<li><a href='/{name}/'>{name.title()}</a></li>" for name in names)
    front = f"<!doctype html><html lang=en><title>Front</title><body><nav><ul>{links}</ul></nav></body></html>"
    with tiny_site({"/": front.encode()}) as site:
        done = crawl("news", url=site.url, database_url=sqlite_url)
    left = len(names) - MAX_SECTIONS
    assert done.stats["discovery/too_many_sections"] == left
    assert f"{left} of {len(names)} sections are not followed" in done.log
    [(recorded,)] = query(sqlite_url, "SELECT count(*) FROM pages WHERE kind = 'section'")
    assert recorded == MAX_SECTIONS + 1
