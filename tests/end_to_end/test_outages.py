"""Sites that fail for a while, in whole or in part: what is read meanwhile, and how soon all of it is read again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from newscrawl.exceptions import ExitCode
from tests.support.crawling import (
    StubResponse,
    article_page,
    crawl,
    execute,
    front_page,
    make_due,
    outcomes,
    query,
    scrapy,
    tiny_site,
)
from tests.support.raw_server import raw_server

ONE, TWO = (f"/news/2026/11/20/report-on-number-{number}" for number in ("one", "two"))
SITEMAP = StubResponse(
    f"<urlset><url><loc>{{url}}{ONE}</loc></url></urlset>".encode(), headers={"Content-Type": "application/xml"}
)
FRONT_PAGES = {
    "gone": StubResponse(b"gone", 404),
    "forbidden": StubResponse(b"no", 403),
    "failing": StubResponse(b"", 500),
    "no content": StubResponse(b"", 204),
    "empty": StubResponse(b""),
    "binary": StubResponse(b"\x00\xff\xfe" * 3000),
    "too complex": StubResponse(b"<html><p " + b" ".join(b"a%d" % number for number in range(60_000)) + b">x</html>"),
    "redirected to another site": StubResponse(b"", 301, {"Location": "https://elsewhere.example/"}),
}


def test_site_is_read_through_its_robots_txt_whatever_its_front_page_answers(sqlite_url: str) -> None:
    rest = {"/robots.txt": StubResponse(b"Sitemap: {url}/all.xml"), "/all.xml": SITEMAP}
    with ExitStack() as stack:
        sites = {
            name: stack.enter_context(tiny_site(rest | {"/": front, ONE: article_page(name)}))
            for name, front in FRONT_PAGES.items()
        }
        done = crawl("news", url=",".join(site.url + "/" for site in sites.values()), database_url=sqlite_url)
        read = {name for name, site in sites.items() if ONE in site.paths()}
    assert read == sites.keys()
    assert done.summary["stored"] == len(sites)
    assert "Traceback" not in done.log


def test_site_that_answered_404_for_an_hour_is_current_again_with_the_next_crawl(sqlite_url: str) -> None:
    whole = {
        "/robots.txt": StubResponse(b"Sitemap: {url}/all.xml"),
        "/": front_page(ONE),
        "/all.xml": SITEMAP,
        ONE: article_page("one"),
    }
    with tiny_site(whole) as site:
        crawl("news", url=site.url + "/", database_url=sqlite_url)
        answers = dict(site.answers)
        site.answers.clear()
        make_due(sqlite_url)
        crawl("news", url=site.url + "/", database_url=sqlite_url)
        assert outcomes(sqlite_url) == {ONE: "gone: http_404"}
        failed = (
            "SELECT count(*) FROM pages WHERE outcome = 'gone' AND next_fetch_at < datetime(fetched_at, '+61 minutes')"
        )
        assert query(sqlite_url, failed) == query(sqlite_url, "SELECT count(*) FROM pages WHERE outcome = 'gone'")
        site.answers.update(answers | {"/": StubResponse(front_page(ONE, TWO)), TWO: StubResponse(article_page("two"))})
        # Only the front page is due; its recovery makes the others due.
        query_due = "UPDATE pages SET next_fetch_at = fetched_at WHERE kind = 'section'"
        execute(sqlite_url, query_due)
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
    assert outcomes(sqlite_url) == {ONE: "unchanged: same_content", TWO: "stored: new"}
    assert query(sqlite_url, "SELECT reason FROM pages WHERE kind = 'sitemap' AND url LIKE '%all.xml'") == [
        ("sitemap",)
    ]
    assert done.code == ExitCode.OK


def test_failure_is_not_reported_as_fresh_and_force_fetches_at_once(sqlite_url: str) -> None:
    with tiny_site({"/": StubResponse(b"", 500), "/robots.txt": StubResponse(b"", 404)}) as site:
        first = crawl("news", url=site.url + "/", database_url=sqlite_url)
        site.requests.clear()
        second = crawl("news", url=site.url + "/", database_url=sqlite_url)
        assert site.paths() == []
        site.answers.update({"/": StubResponse(front_page(ONE)), ONE: StubResponse(article_page("one"))})
        forced = crawl("news", url=site.url + "/", database_url=sqlite_url, force=1)
        busy = StubResponse(b"", 429, {"Retry-After": "3600"})
        site.answers["/"] = busy
        crawl("news", url=site.url + "/", database_url=sqlite_url, force=1)
        site.requests.clear()
        crawl("news", url=site.url + "/", database_url=sqlite_url, force=1)
        assert site.paths() == [], "a cooldown is respected"
    assert first.code == second.code == ExitCode.NOTHING_FETCHED
    assert "no request was sent" not in first.output
    assert "no request was sent; last tried at 20" in second.output
    assert "use -a force=1 to try now" in second.output
    assert (forced.code, forced.summary["stored"]) == (ExitCode.OK, 1)


def close(path: str) -> Iterator[bytes]:
    """Answer with a front page, and close the connection for everything else."""
    if path == "/":
        page = front_page(ONE, TWO)
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
    elif path == "/robots.txt":
        yield b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def keep_silent(path: str) -> Iterator[bytes]:
    """Answer with a front page, and not at all for everything else."""
    yield from (answer := list(close(path)))
    if not answer:
        time.sleep(5)


@pytest.mark.parametrize(("respond", "reason"), [(close, "connection_lost"), (keep_silent, "timeout")])
def test_hosts_that_accept_connections_show_that_the_network_is_up(
    sqlite_url: str, respond: Callable[[str], Iterator[bytes]], reason: str
) -> None:
    with raw_server(respond) as one, raw_server(respond) as two:
        options = ("-s", "DOWNLOAD_TIMEOUT=2", "-s", "RETRY_TIMES=0", "-a", f"url={one.url}/,{two.url}/")
        done = scrapy("crawl", "news", *options, database_url=sqlite_url, NEWSCRAWL_BACKOFF_MAX_WAIT=1)
    assert done.summary["finish_reason"] == "finished"
    failed = query(sqlite_url, "SELECT outcome, reason, failures FROM pages WHERE kind = 'article'")
    assert failed == [("error", reason, 1)] * 4


def test_network_that_is_down_punishes_no_site(sqlite_url: str) -> None:
    with tiny_site({}) as one, tiny_site({}) as two:
        pass
    whole = {"/": front_page(ONE), ONE: article_page("one")}
    with tiny_site(whole) as site:
        crawl("news", url=f"{site.url}/", database_url=sqlite_url)
    make_due(sqlite_url)
    before = query(sqlite_url, "SELECT url, recrawl_step, failures FROM pages ORDER BY id")
    urls = ",".join(f"{down.url}/" for down in (one, two, site))
    for _ in range(2):
        done = crawl("news", url=urls, database_url=sqlite_url)
        assert (done.code, done.summary["finish_reason"]) == (ExitCode.NOTHING_FETCHED, "network_down")
        assert "is the network up?" in done.output
        assert done.stats["network/unreachable"]
    known = f"SELECT url, recrawl_step, failures FROM pages WHERE url LIKE '{site.url}%' ORDER BY id"
    assert query(sqlite_url, known) == before
    assert query(sqlite_url, "SELECT max(failures), count(*) FROM pages WHERE next_fetch_at > fetched_at") == [
        (None, 0)
    ]
