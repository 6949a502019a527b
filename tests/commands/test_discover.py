"""`scrapy discover`: the links of a page, with score, decision and reason."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from newscrawl.exceptions import ExitCode
from tests.support.crawling import StubResponse, scrapy, tiny_site

PAGE = """<html><head><title>News</title></head><body>
<nav><a href="/politics/">Politics</a><a href="/login">Sign in</a></nav>
<main><article>
<h2><a href="/2026/11/20/the-bridge-is-shut-for-repairs">The bridge is shut for repairs</a></h2></article>
<p><a href="/harbour">Notes from the harbour</a></p><p><a href="https://other.net/a">Elsewhere</a></p>
<p><a href="/special/7">Special</a></p></main></body></html>"""
URL = "https://www.example.org/"


def discover(*arguments: str, sites: Path) -> tuple[int, str, str]:
    done = scrapy("discover", *arguments, database_url="sqlite:////no/database/is/needed.db", NEWSCRAWL_SITES_DIR=sites)
    return done.code, done.output, done.log


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "page.html.gz"
    file.write_bytes(gzip.compress(PAGE.encode()))
    return file


def test_each_link_of_a_saved_page_has_a_decision_and_a_reason(tmp_path: Path, saved: Path) -> None:
    code, output, _ = discover(str(saved), "--url", URL, sites=tmp_path)
    rows = [line.split("\t") for line in output.splitlines()]
    assert (code, rows[0]) == (0, ["decision", "score", "kind", "reason", "URL", "anchor text"])
    assert [(row[0], row[2], row[3], row[4].removeprefix(URL[:-1]), row[5]) for row in rows[1:-1]] == [
        ("followed", "article", "-", "/2026/11/20/the-bridge-is-shut-for-repairs", "The bridge is shut for repairs"),
        ("followed", "section", "-", "/politics/", "Politics"),
        ("not_followed", "article", "unlikely_article", "/harbour", "Notes from the harbour"),
        ("not_followed", "article", "unlikely_article", "/special/7", "Special"),
        ("ignored", "-", "list_or_service", "/login", "Sign in"),
        ("ignored", "-", "other_site", "https://other.net/a", "Elsewhere"),
    ]
    assert rows[-1] == [f"{URL} (example.org): 2 followed, 2 not followed, 2 ignored"]


def test_the_rules_of_the_site_file_apply(tmp_path: Path, saved: Path) -> None:
    text = f'url = "{URL}"\n[discovery]\nfollow = ["/special/"]\nallow = ["/2025/"]\nsearch = false\n'
    (tmp_path / "example.org.toml").write_text(text, encoding="utf-8")
    code, output, _ = discover(str(saved), "--url", URL, "--json", sites=tmp_path)
    links = {link["url"].removeprefix(URL[:-1]): link for link in json.loads(output)["links"]}
    assert code == 0
    assert {path: (link["decision"], link["reason"]) for path, link in links.items()} == {
        "/special/7": ("followed", None),
        "/2026/11/20/the-bridge-is-shut-for-repairs": ("not_followed", "not_allowed"),
        "/harbour": ("not_followed", "unlikely_article"),
        "/politics/": ("ignored", "search_is_off"),
        "/login": ("ignored", "list_or_service"),
        "https://other.net/a": ("ignored", "other_site"),
    }
    assert (links["/special/7"]["score"], links["/special/7"]["anchor"]) == (1.0, "Special")


def test_pages_and_feeds_are_fetched(tmp_path: Path) -> None:
    feed = b"<rss version='2.0'><channel><item><title>Snow</title><link>{url}/snow</link></item></channel></rss>"
    with tiny_site({"/": PAGE.encode(), "/feed": StubResponse(feed, headers={"Content-Type": "text/xml"})}) as site:
        page = discover(f"{site.url}/", sites=tmp_path)
        listed = discover(f"{site.url}/feed", sites=tmp_path)
        missing = discover(f"{site.url}/none", sites=tmp_path)
        assert "/robots.txt" in site.paths()
    assert (page[0], f"followed\t1.00\tarticle\t-\t{site.url}/snow\tSnow" in listed[1]) == (0, True)
    assert "2 followed, 2 not followed, 2 ignored" in page[1]
    assert (missing[0], "gone: http_404" in missing[2]) == (ExitCode.NOTHING_FETCHED, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "expected one page"),
        (["/no/such/file", "--url", URL], "does not exist"),
        (["{saved}"], "give it with --url"),
        (["{saved}", "--url", "example.org"], "no scheme"),
        ([URL, "--url", URL], "leave them out"),
    ],
)
def test_wrong_arguments_end_with_one_line_and_code_2(
    tmp_path: Path, saved: Path, arguments: list[str], words: str
) -> None:
    code, output, log = discover(*(one.format(saved=saved) for one in arguments), sites=tmp_path)
    assert (code, output, log.count("\n"), words in log) == (2, "", 1, True), log


@pytest.mark.parametrize("body", [b"%PDF-1.7 of old news", b"<?xml version='1.0'?><opml></opml>"])
def test_a_file_that_lists_nothing_ends_with_code_1(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "page.html").write_bytes(body)
    code, output, log = discover(str(tmp_path / "page.html"), "--url", URL, sites=tmp_path)
    assert (code, output, log.count("\n"), "neither a page nor a feed" in log) == (1, "", 1, True), log
