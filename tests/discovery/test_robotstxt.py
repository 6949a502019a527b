"""A robots.txt is read as RFC 9309 and its author mean, also where Protego would misread it."""

from __future__ import annotations

import pytest
from protego import Protego

from newscrawl.discovery.robotstxt import fix_robotstxt

URL = "https://www.example.org/robots.txt"


def read(text: str | bytes) -> Protego:
    body = text if isinstance(text, bytes) else text.encode()
    return Protego.parse(fix_robotstxt(body, URL, "newscrawl").decode())


def allowed(text: str | bytes, path: str = "/news/story") -> bool:
    return read(text).can_fetch(f"https://www.example.org{path}", "newscrawl")


@pytest.mark.parametrize(
    "between",
    [
        "",
        "\n\n",
        "Noindex: /a",
        "Content-Signal: search=yes",
        "Sitemap: /s.xml",
        "# a comment",
        "Clean-param: id /a",
        "<p>",
    ],
)
def test_lines_between_user_agents_do_not_divide_their_group(between: str) -> None:
    text = f"User-agent: newscrawl\n{between}\nUser-agent: other\nDisallow: /news/\n\nUser-agent: *\nDisallow: /b"
    assert not allowed(text)
    assert allowed(text, "/b")


def test_crawl_delay_ends_a_line_of_user_agents() -> None:
    text = "User-agent: newscrawl\nCrawl-delay: 3\n\nUser-agent: *\nDisallow: /news/"
    assert allowed(text)
    assert read(text).crawl_delay("newscrawl") == 3


@pytest.mark.parametrize(
    "name", ["newscrawl", "NewsCrawl", "newscrawl/1.0", "newscrawl bot", "newscrawl*", "newscrawl (x)"]
)
@pytest.mark.parametrize("field", ["User-agent:", "user-agent :", "User agent:", "USERAGENT:"])
def test_group_is_found_by_its_product_token(field: str, name: str) -> None:
    assert not allowed(f"User-agent: *\nDisallow:\n\n{field} {name}\nDisallow: /news/")


@pytest.mark.parametrize("name", ["newscrawler", "other", "newscrawl-images", "googlebot-news"])
def test_group_of_another_crawler_does_not_apply(name: str) -> None:
    assert allowed(f"User-agent: {name}\nDisallow: /news/")


@pytest.mark.parametrize(
    "rule", ["https://www.example.org/news/", "HTTPS://WWW.Example.org:443/news/", "http://www.example.org/news/*y"]
)
def test_rule_with_an_absolute_url_of_the_host_is_one_for_its_path(rule: str) -> None:
    assert not allowed(f"User-agent: *\nDisallow: {rule}")
    assert allowed(f"User-agent: *\nDisallow: {rule}", "/sport/story")


@pytest.mark.parametrize(
    "rule",
    [
        "https://origin.example.org/",
        "https://example.org/news/",
        "http://www.example.org:8080/news/",
        "https://www.example.org/",
        "https://www.example.org",
        "https://[news/",
    ],
)
def test_rule_with_any_other_absolute_url_forbids_nothing(rule: str) -> None:
    text = f"User-agent: *\nDisallow: {rule}\nDisallow: /sport/"
    assert allowed(text)
    assert not allowed(text, "/sport/a")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_and_line_ends_do_not_matter(encoding: str, end: str) -> None:
    text = end.join(["User-agent: *", "Disallow: /news/", "Sitemap: https://example.org/s.xml"])
    assert not allowed(text.encode(encoding))
    assert list(read(text.encode(encoding)).sitemaps) == ["https://example.org/s.xml"]


def test_latin_1_is_read() -> None:
    assert not allowed("User-agent: *\nDisallow: /caf\xe9/".encode("latin-1"), "/caf%C3%A9/a")


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("Sitemap: https://example.org/a.xml", "https://example.org/a.xml"),
        ("SITEMAP:https://example.org/a.xml # all", "https://example.org/a.xml"),
        ("  sitemap : <https://example.org/a.xml>", "https://example.org/a.xml"),
        ("SiteMap:\t/a.xml", "/a.xml"),
        ("Sitemap https://example.org/a.xml", "https://example.org/a.xml"),
        ('Site-map: "https://example.org/a.xml"', "https://example.org/a.xml"),
    ],
)
def test_sitemap_may_stand_anywhere_in_any_case(line: str, url: str) -> None:
    rules = ["User-agent: *", "Disallow: /news/", "", "User-agent: other", "Disallow: /"]
    for place in range(len(rules) + 1):
        text = "\n".join([*rules[:place], line, *rules[place:]])
        assert list(read(text).sitemaps) == [url]
        assert not allowed(text)
        assert allowed(text, "/sport/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>Disallow: /</body></html>",
        "Disallow: /news/",
        "User-agent: *\nDisallow:",
        "User-agent: *\nDisallow: /\nAllow: /news/",
        "User-agent: *\nNoindex: /news/",
    ],
)
def test_nothing_is_forbidden_that_no_rule_forbids(text: str) -> None:
    assert allowed(text)
