"""`scrapy inspect` from the outside."""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from scrapy.utils.project import get_project_settings

from newscrawl.commands.inspect import Command
from tests.archives.test_reader import make_folder, make_warc
from tests.newssite.server import serve
from tests.support.crawling import ROOT, Crawl, StubResponse, article_page, scrapy, tiny_site

HOSTILE = (
    "<p>Paragraph with \x1b]0;owned\x07 and \x9b31m, a \u202eright-to-left override and [bold red]markup[/] of rich "
    "and &lt;script&gt;alert(1)&lt;/script&gt; written out, long enough to be taken for prose by anybody.</p>"
)
ASIDE = "Words of a box beside the article that no reader would take for a part of it, at some length."
EXTRA = "<p>A paragraph that nobody wrote for this article, but for some other purpose that is not known to us.</p>"


def inspect(*arguments: object) -> Crawl:
    """Run the command in a process of its own, with a database that cannot be opened."""
    return scrapy("inspect", *map(str, arguments), database_url="sqlite:////no/such/folder/x.db")


Inspect = Callable[..., Crawl]


@pytest.fixture
def inspect_saved(capsys: pytest.CaptureFixture[str]) -> Inspect:
    """Return a function that runs the command for saved pages in this process."""

    def run(*arguments: object) -> Crawl:
        command = Command()
        command.settings = get_project_settings()
        parser = argparse.ArgumentParser()
        command.add_options(parser)
        options, places = parser.parse_known_args([str(argument) for argument in arguments])
        command.run(places, options)
        captured = capsys.readouterr()
        return Crawl(command.exitcode, captured.out, captured.err)

    return run


def inspect_json(run: Inspect, *arguments: object) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert (done.code, done.log) == (0, "")
    found: dict[str, Any] = json.loads(done.output)
    return found


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Save a page with an article, an aside, and control characters and markup in its text."""
    file = tmp_path / "page.html"
    file.write_bytes(
        article_page("one").replace(
            b"</article>", f"{HOSTILE}<aside><p>{ASIDE}</p></aside>{EXTRA}".encode() + b"</article>"
        )
    )
    return file


def test_saved_page_is_printed_with_page_type_fields_and_blocks(page: Path) -> None:
    done = inspect(page, "--url", "https://example.org/one")
    assert (done.code, done.log) == (0, "")
    lines = done.output.splitlines()
    assert any(line.split() == ["page", "type", "article"] for line in lines)
    assert any(line.startswith("headline") and "Report on one" in line and "[dom]" in line for line in lines)
    assert any(line.startswith("date_published") and "2026-11-20T07:00:00" in line for line in lines)
    assert any(line.startswith("+") and "Paragraph 2 of the report" in line for line in lines)
    assert any(line.startswith("-") and " aside " in line and "Words of a box" in line for line in lines)


def test_control_characters_of_a_page_are_escaped_for_the_terminal(inspect_saved: Inspect, page: Path) -> None:
    output = inspect_saved(page).output
    assert "\x1b" not in output
    assert "\x9b" not in output
    assert "\u202e" not in output
    assert "a <U+202E>right-to-left override and [bold red]markup[/] of rich" in output


def test_kept_and_removed_options_filter_blocks(inspect_saved: Inspect, page: Path) -> None:
    kept, removed = inspect_saved(page, "--kept").output, inspect_saved(page, "--removed").output
    assert ("Paragraph 2 of" in kept, "Words of a box" in kept) == (True, False)
    assert ("Paragraph 2 of" in removed, "Words of a box" in removed) == (False, True)


def test_json_is_complete_and_has_no_raw_control_characters(inspect_saved: Inspect, page: Path) -> None:
    found = inspect_json(inspect_saved, page, "--url", "https://example.org/one")
    assert (found["page_type"], found["is_article"]) == ("article", True)
    assert found["page"]["url"] == "https://example.org/one"
    assert found["fields"]["headline"]["value"] == "Report on one"
    assert {"value": "Report on one", "source": "dom", "agrees": True} in found["fields"]["headline"]["declared"]
    [aside] = [block for block in found["blocks"] if block["text"].startswith("Words of a box")]
    assert (aside["kept"], aside["reason"], aside["score"]) == (False, "aside", None)
    assert [block["number"] for block in found["blocks"]] == list(range(len(found["blocks"])))
    assert any("\u202e" in block["text"] for block in found["blocks"])
    assert "\u202e" not in inspect_saved(page, "--json").output


def test_html_report_is_self_contained_and_escapes_the_page(inspect_saved: Inspect, page: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    done = inspect_saved(page, "--html", report)
    assert (done.code, done.output) == (0, f"written: {report}\n")
    text = report.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; written out" in text
    assert "default-src 'none'" in text
    assert "http://" not in text
    assert "https://" not in text
    assert "<U+202E>right" not in text
    assert "&lt;U+202E&gt;right-to-left" in text


def test_gzipped_pages_and_pages_of_archives_can_be_inspected(
    inspect_saved: Inspect, tmp_path: Path, page: Path
) -> None:
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(page.read_bytes()))
    folder = make_folder(tmp_path / "pages", [{"id": name, "url": f"https://example.org/{name}"} for name in "ab"])
    (folder / "html" / "b.html.gz").write_bytes(gzip.compress(article_page("b")))
    warc = tmp_path / "news.warc.gz"
    warc.write_bytes(make_warc(page=article_page))
    assert inspect_json(inspect_saved, packed)["fields"]["headline"]["value"] == "Report on one"
    for arguments, headline, url in (
        ((folder, "--id", "b"), "Report on b", "https://example.org/b"),
        ((folder, "--url", "https://example.org/b"), "Report on b", "https://example.org/b"),
        ((warc, "--id", "2"), "Report on 1", "https://example.org/1"),
        ((warc, "--url", "https://example.org/2"), "Report on 2", "https://example.org/2"),
    ):
        found = inspect_json(inspect_saved, *arguments)
        assert (found["fields"]["headline"]["value"], found["page"]["url"]) == (headline, url)


def test_page_is_compared_with_the_ground_truth_of_its_folder(
    inspect_saved: Inspect, tmp_path: Path, page: Path
) -> None:
    rows = [{"id": "one", "url": "https://example.org/one"}]
    folder = make_folder(tmp_path / "pages", rows)
    (folder / "html" / "one.html.gz").write_bytes(gzip.compress(page.read_bytes()))
    second = "Paragraph 2 of the report called one tells at some length what was decided, by whom, and why it matters"
    unseen = "This paragraph is loaded by a script, and so the page's bytes do not hold a single word of it."
    truth = rows[0] | {
        "headline": "Report on One", "authors": ["Ann Lee"], "article_body": "\n\n".join((second, ASIDE, unseen)),
        "must_not_contain": ["Paragraph 1 of the report"],
    }  # fmt: skip
    (folder / "truth.jsonl").write_text(json.dumps(truth), encoding="utf-8")
    found = inspect_json(inspect_saved, folder, "--id", "one", "--truth")
    in_truth = {block["text"][:11]: (block["kept"], block["in_truth"]) for block in found["blocks"]}
    assert in_truth["A paragraph"] == (True, False)
    assert in_truth["Paragraph 2"] == (True, True)
    assert in_truth["Words of a "] == (False, True)
    assert found["truth"]["missing"] == [unseen]
    assert found["truth"]["leaked"] == ["Paragraph 1 of the report"]
    assert found["fields"]["headline"]["is_true"] is True
    assert (found["fields"]["authors"]["is_true"], found["fields"]["authors"]["truth"]) == (False, "Ann Lee")
    shown = inspect_saved(folder, "--id", "one", "--truth").output
    assert "in the ground truth, but removed\n  [aside] Words of a box" in shown
    assert f"in the ground truth, but in no block\n  {unseen}" in shown


def test_site_rules_are_found_by_url_or_by_name(inspect_saved: Inspect, tmp_path: Path, page: Path) -> None:
    sites = tmp_path / "sites"
    sites.mkdir()
    rules = '[extraction]\ndrop = ["aside"]\ndrop_text = ["Paragraph 3 .*"]\n'
    (sites / "my-paper.toml").write_text(f'url = "https://www.example.org/"\n{rules}', encoding="utf-8")
    by_url = inspect_json(inspect_saved, page, "--url", "https://example.org/one", "--sites", sites)
    named = inspect_json(inspect_saved, page, "--site", "my-paper", "--sites", sites)
    other = inspect_json(inspect_saved, page, "--url", "https://example.net/one", "--sites", sites)
    for found in (by_url, named):
        assert found["page"]["site_file"] == f"{sites}/my-paper.toml"
        assert found["left_out"] == {"site rule": 1}
        assert "site rule" in found["removed"]
    assert (other["page"]["site_file"], other["left_out"]) == (None, {})


def test_example_of_the_docs_fixes_the_page(inspect_saved: Inspect, tmp_path: Path) -> None:
    docs = (ROOT / "docs" / "sites.md").read_text(encoding="utf-8").partition("## Fix a site")[2]
    [url] = set(re.findall(r"^scrapy inspect (\S+)", docs, re.M))
    [before] = re.findall(r"^\+ +(\d+ body) \S+ +(“It needed.*)$", docs, re.M)
    [rules] = re.findall(r"^```toml\n(.*?)^```", docs, re.M | re.S)
    (tmp_path / "harbour-courier.toml").write_text(rules, encoding="utf-8")
    saved = tmp_path / "page.html"
    with (
        serve(ports=(0, 0), today=date(2026, 11, 22)) as site,
        urlopen(site.urls[0] + urlsplit(url).path[1:]) as response,
    ):
        saved.write_bytes(response.read())
    shown = re.findall(r"^\+ +(\d+ body) \S+ +(“It needed.*)$", inspect_saved(saved, "--url", url).output, re.M)
    assert shown == [before]
    fixed = inspect_saved(saved, "--url", url, "--sites", tmp_path).output
    assert before[1] not in fixed
    assert "site rule 1" in fixed


def test_fetching_a_page_respects_robots_txt_and_stores_nothing() -> None:
    path = "/2026/11/20/report-on-one"
    moved = StubResponse(b"", 301, {"Location": path})
    with tiny_site({path: article_page("one"), "/old": moved}) as site:
        found = inspect_json(inspect, f"{site.url}/old")
        assert site.paths() == ["/robots.txt", "/old", path]
        assert all("newscrawl/" in headers["User-Agent"] for _, _, headers in site.requests)
    assert found["page"]["url"] == f"{site.url}{path}"
    assert found["fields"]["headline"]["value"] == "Report on one"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/private/x", "robots: disallowed (its robots.txt disallows it)"),
        ("/nothing", "gone: http_404"),
        ("/picture", "it is not HTML but image/png"),
        ("/away", "redirects to http://elsewhere.invalid/ on another site; name that URL to fetch it"),
        ("/circle", "too_many_redirects"),
    ],
)
def test_page_that_cannot_be_fetched_is_reported_with_the_cause(path: str, words: str) -> None:
    answers = {
        "/robots.txt": StubResponse(b"User-agent: *\nDisallow: /private/\n", headers={"Content-Type": "text/plain"}),
        "/private/x": article_page("x"),
        "/picture": StubResponse(b"\x89PNG\r\n", headers={"Content-Type": "image/png"}),
        "/away": StubResponse(b"", 302, {"Location": "http://elsewhere.invalid/"}),
        "/circle": StubResponse(b"", 302, {"Location": "/circle"}),
    }
    with tiny_site(answers) as site:
        done = inspect(f"{site.url}{path}")
        assert path != "/private/x" or site.paths() == ["/robots.txt"]
    assert (done.code, done.output) == (5, "")
    assert done.log.startswith(f"newscrawl: {site.url}{path} cannot be inspected: ")
    assert words in done.log
    assert len(done.log.splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("http://127.0.0.1:9/", 5, "nothing listens there"),
        ("http://no-such-host.invalid/", 5, "host name not found"),
        ("ftp://example.org/", 2, "only http and https"),
    ],
)
def test_unreachable_host_is_reported_with_the_cause(url: str, code: int, words: str) -> None:
    done = inspect(url)
    assert (done.code, done.output, words in done.log) == (code, "", True), done.log
    assert "Traceback" not in done.log


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "expected one page"),
        (["/no/such/page.html"], 2, "/no/such/page.html does not exist"),
        (["a" * 300], 2, "does not exist"),
        (["https://example.org/", "--truth"], 2, "are for saved pages"),
        (["{page}", "--id", "3"], 2, "is a single page"),
        (["{page}", "--site", "nowhere"], 2, "no site file"),
        (["{page}", "--sites", "/no/such/folder"], 2, "/no/such/folder is not a folder"),
        (["{page}", "--truth"], 2, "--truth needs a folder with truth.jsonl"),
        (["{page}", "--html", "/no/such/folder/x.html"], 2, "/no/such/folder/x.html cannot be written"),
        (["{folder}"], 2, "select a page by its id with --id"),
        (["{folder}", "--id", "z"], 1, "has no page with id z"),
        (["{picture}"], 1, "it contains binary data, not HTML"),
        (["{empty}"], 1, "it is empty"),
        (["{cut}"], 2, "give a saved page (.html or .html.gz)"),
    ],
)
def test_input_that_cannot_be_inspected_is_reported_with_cause_and_hint(
    inspect_saved: Inspect, tmp_path: Path, page: Path, arguments: list[str], code: int, words: str
) -> None:
    folder = make_folder(tmp_path / "pages", [{"id": "a", "url": "https://example.org/a"}])
    picture, empty, cut = tmp_path / "picture.html", tmp_path / "empty.html", tmp_path / "cut.html.gz"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    empty.write_bytes(b"")
    cut.write_bytes(gzip.compress(page.read_bytes())[:-20])
    places = {"page": page, "folder": folder, "picture": picture, "empty": empty, "cut": cut}
    done = inspect_saved(*(argument.format_map(places) for argument in arguments))
    assert (done.code, done.output) == (code, "")
    assert words in done.log
    assert "Traceback" not in done.log


def test_reason_why_a_crawl_would_drop_the_page_is_printed(inspect_saved: Inspect, tmp_path: Path) -> None:
    date = "<meta property='article:published_time' content='2026-11-20T08:00:00+01:00'>"
    sentence = "<p>Hardly more than a sentence, but one that an article may have.</p>"
    short, nameless = tmp_path / "short.html", tmp_path / "nameless.html"
    short.write_text(
        f"<html><head>{date}</head><body><article><h1>A report</h1>{sentence}</article></body></html>", encoding="utf-8"
    )
    text = (
        article_page("one").decode().replace("<h1>Report on one</h1>", "").replace("<title>Report on one</title>", "")
    )
    nameless.write_text(text, encoding="utf-8")
    assert "the body has 62 characters, NEWSCRAWL_MIN_BODY_LENGTH is 100" in inspect_saved(short).output
    assert "a crawl rejects it: no_headline" in inspect_saved(nameless).output
