"""Parts of URLs, registrable domains and bare hosts."""

from __future__ import annotations

import pytest

from newscrawl.urls.parse import Parts, bare_host, registrable, short, split


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
