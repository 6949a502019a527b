"""Parts of URLs, registrable domains and bare hosts."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from newscrawl.urls.parse import Parts, bare_host, get_url_host, join, registrable, short, split, split_any


@pytest.mark.parametrize(
    "url, parts",
    [
        ("HTTP://me@WWW.Example.org:80/A//b?x=%20#top", Parts("http", "www.example.org", "", "/A//b", "x=%20")),
        ("https://example.org:8443", Parts("https", "example.org", ":8443", "", "")),
        (r"https:\\example.org\a?b\c", Parts("https", "example.org", "", "/a", r"b\c")),
        (
            "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a?b=1",
            Parts("https", "www.example.org", "", "/a", "b=1", is_copy=True),
        ),
    ],
)
def test_a_url_is_split_into_parts(url: str, parts: Parts) -> None:
    assert split(url) == parts


PAGE = "https://www.example.org/news/today/list.html?page=2#top"


@pytest.mark.parametrize(
    "href, url",
    [
        ("story", "https://www.example.org/news/today/story"),
        ("../story", "https://www.example.org/news/story"),
        ("../../../../story", "https://www.example.org/story"),
        ("%2E%2e/story/%2e", "https://www.example.org/news/story/"),
        ("/story//part", "https://www.example.org/story//part"),
        ("?page=3", "https://www.example.org/news/today/list.html?page=3"),
        ("", "https://www.example.org/news/today/list.html?page=2"),
        ("#end", "https://www.example.org/news/today/list.html?page=2#end"),
        (r"\story", "https://www.example.org/story"),
        (r"..\..\story", "https://www.example.org/story"),
        (r"\\cdn.example.net\story", "https://cdn.example.net/story"),
        (r"/\cdn.example.net/story", "https://cdn.example.net/story"),
        ("///example.com/path", "https://example.com/path"),
        ("//////example.com/path", "https://example.com/path"),
        (r"http:\\example.com\a?b=\c", r"http://example.com/a?b=\c"),
        ("https:story", "https://www.example.org/news/today/story"),
        ("https:/story", "https://www.example.org/story"),
        ("http:example.com/story", "http://example.com/story"),
        ("HTTPS:////example.com", "https://example.com"),
        (" \n/st\tory\n/1 ", "https://www.example.org/story/1"),
        ("story;v=1?a=1&b=2;c", "https://www.example.org/news/today/story;v=1?a=1&b=2;c"),
        ("https://example.com/a/../b?c=/../d", "https://example.com/b?c=/../d"),
        (r"?q=a\b", r"https://www.example.org/news/today/list.html?q=a\b"),
        ("mailto:desk@example.org", "mailto:desk@example.org"),
        (r"javascript:a\b", r"javascript:a\b"),
    ],
)
def test_links_are_resolved_as_browsers_do(href: str, url: str) -> None:
    assert join(PAGE, href) == url


@pytest.mark.parametrize("base", ["https://example.org", "https://example.org/", "https://example.org?a=1"])
def test_links_of_a_page_without_a_path_are_resolved(base: str) -> None:
    assert join(base, "story") == join(base, "/story") == join(base, "./story") == "https://example.org/story"


@pytest.mark.parametrize(
    "host, domain, bare",
    [
        ("www.example.org", "example.org", "example.org"),
        ("sport.example.co.uk", "example.co.uk", "sport.example.co.uk"),
        ("www.m.example.org", "example.org", "example.org"),
        ("m.co.uk", "m.co.uk", "m.co.uk"),
        ("a.blogspot.com", "a.blogspot.com", "a.blogspot.com"),
        ("www.paper.test", "", "paper.test"),
        ("www.localhost", "", "localhost"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_a_bare_host_keeps_its_registrable_domain(host: str, domain: str, bare: str) -> None:
    assert (registrable(host), bare_host(host)) == (domain, bare)


def test_long_text_is_cut_in_messages() -> None:
    assert short("a" * 80) == repr("a" * 80)
    assert short("a" * 81) == repr("a" * 77 + "...")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/news/?page=2#top",
        "//example.org:8080/a",
        "?page=2",
        "",
        "mailto:ann@example.org",
        "https://[2001:db8::1]:443/",
        "/a[b]c",
    ],
)
def test_any_url_is_split_as_urllib_does(url: str) -> None:
    assert split_any(url) == urlsplit(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://[bad",
        "//[",
        "http://us[er@example.org/",
        "http://\u2100.com/",
        "http://example.org:port/",
        "http://example.org:99999/",
        "http://example.org:\u0664/",
    ],
)
def test_what_no_browser_can_follow_has_no_parts(url: str) -> None:
    assert not any(split_any(url))
    assert split_any(url).port is None
    assert get_url_host(url) == ""


def test_host_of_a_url_is_in_lower_case() -> None:
    assert get_url_host("https://ann@Example.ORG:8080/a") == "example.org"
    assert get_url_host("/a") == ""
