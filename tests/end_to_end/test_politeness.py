"""Politeness towards hosts, and robustness against misbehaving ones."""

from __future__ import annotations

import gzip
import itertools

import pytest

from newscrawl.exceptions import ExitCode
from tests.support.crawling import StubResponse, article_page, crawl, front_page, outcomes, query, scrapy, tiny_site

ROBOTS = StubResponse(b"User-agent: *\nDisallow: /private/\n", headers={"Content-Type": "text/plain"})
ONE, TWO, THREE = (f"/news/2026/11/20/report-on-number-{number}" for number in ("one", "two", "three"))


CLAIMED = "crawl_state/claimed"


def site_of_three() -> dict[str, StubResponse | list[StubResponse] | bytes]:
    return {
        "/robots.txt": ROBOTS,
        "/": front_page(ONE, TWO, THREE),
        ONE: article_page("one"),
        TWO: article_page("two"),
        THREE: article_page("three"),
    }


def test_every_request_has_the_contact_in_its_user_agent_and_no_cookie(sqlite_url: str) -> None:
    with tiny_site(site_of_three()) as site:
        crawl(
            "news", url=site.url + "/", database_url=sqlite_url, settings={"NEWSCRAWL_CONTACT": "https://who.example/"}
        )
        agents = {headers["User-Agent"] for _, _, headers in site.requests}
        cookies = [headers for _, _, headers in site.requests if "Cookie" in headers]
    assert len(agents) == 1
    assert agents.pop().endswith("(+https://who.example/)")
    assert cookies == []


def test_missing_contact_is_logged(sqlite_url: str) -> None:
    with tiny_site(site_of_three()) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url, settings={"NEWSCRAWL_CONTACT": ""})
    assert "NEWSCRAWL_CONTACT is not set" in done.log


def test_settings_on_the_command_line_take_precedence(sqlite_url: str) -> None:
    with tiny_site(site_of_three()) as site:
        options = "-s", "NEWSCRAWL_DELAY=1", "-s", "NEWSCRAWL_CONTACT=https://who.example/"
        scrapy("crawl", "article", "-a", f"url={site.url}{ONE},{site.url}{TWO}", *options, database_url=sqlite_url)
        first, second = (moment for moment, path, _ in site.requests if path != "/robots.txt")
        agents = {headers["User-Agent"] for _, _, headers in site.requests}
    assert second - first > 0.75
    assert [agent.rpartition(" ")[2] for agent in agents] == ["(+https://who.example/)"]


def test_default_delay_is_one_second(sqlite_url: str) -> None:
    with tiny_site(site_of_three()) as site:
        urls = ",".join(site.url + path for path in (ONE, TWO, THREE, "/no-such-page"))
        crawl("article", url=urls, database_url=sqlite_url, settings={"NEWSCRAWL_DELAY": ""})
        times = [moment for moment, _, _ in site.requests]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(gaps) > 3
    assert min(gaps) > 0.75, "one second less 20 % jitter"


def test_crawl_delay_of_robots_txt_is_respected(sqlite_url: str) -> None:
    answers = site_of_three() | {"/robots.txt": StubResponse(b"User-agent: newscrawl\nCrawl-delay: 1.5")}
    with tiny_site(answers) as site:
        crawl("article", url=f"{site.url}{ONE},{site.url}{TWO},{site.url}{THREE}", database_url=sqlite_url)
        times = [moment for moment, path, _ in site.requests if path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(gaps) == 2
    assert min(gaps) > 1.1


def test_disallowed_page_is_not_fetched(sqlite_url: str) -> None:
    private = "/private/2026/11/20/report-on-something-secret"
    answers = site_of_three() | {"/": front_page(ONE, private), private: article_page("secret")}
    with tiny_site(answers) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
        assert private not in site.paths()
    assert done.stats["robotstxt/disallowed"] == done.stats["crawl_state/robots/disallowed"] == 1
    assert outcomes(sqlite_url)[private] == "robots: disallowed"


def test_robots_txt_applies_to_all_requests_that_waited_for_it(sqlite_url: str) -> None:
    private = [f"/private/2026/11/20/report-on-a-secret-{number}" for number in range(5)]
    answers = site_of_three() | {path: article_page(path[-8:]) for path in private}
    with tiny_site(answers) as site:
        urls = ",".join(site.url + path for path in (ONE, *private))
        crawl("article", url=urls, database_url=sqlite_url)
        assert site.paths() == ["/robots.txt", ONE]
    found = outcomes(sqlite_url)
    assert {found[path] for path in private} == {"robots: disallowed"}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_unavailable_robots_txt_disallows_everything(sqlite_url: str, status: int) -> None:
    answers = site_of_three() | {"/robots.txt": StubResponse(b"User-agent: *\nAllow: /", status, {"Retry-After": "0"})}
    with tiny_site(answers) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
        assert set(site.paths()) == {"/robots.txt"}
    assert done.code == ExitCode.NOTHING_FETCHED
    assert "robots_unavailable" in done.output


def test_robots_txt_with_status_404_allows_everything_whatever_its_body(sqlite_url: str) -> None:
    answers = site_of_three() | {"/robots.txt": StubResponse(b"User-agent: *\nDisallow: /", 404)}
    with tiny_site(answers) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
    assert done.summary["stored"] == 3


def test_page_is_retried_after_retry_after_and_no_other_request_is_sent_before(sqlite_url: str) -> None:
    busy = StubResponse(b"", 503, {"Retry-After": "2"})
    answers = site_of_three() | {ONE: [busy, StubResponse(article_page("one"))]}
    with tiny_site(answers) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
        first, second = (moment for moment, path, _ in site.requests if path == ONE)
        meanwhile = [path for moment, path, _ in site.requests if first + 0.2 < moment < first + 1.9]
    assert second - first >= 2
    assert meanwhile == []
    assert done.stats["backoff/cooldowns"] == 1
    assert done.summary["stored"] == 3


def test_long_retry_after_ends_requests_and_is_recorded(sqlite_url: str) -> None:
    answers = site_of_three() | {ONE: StubResponse(b"", 429, {"Retry-After": "86400"})}
    with tiny_site(answers) as site:
        first = crawl("article", url=f"{site.url}{ONE}", database_url=sqlite_url)
        site.requests.clear()
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
        assert site.paths() == []
    assert (first.code, done.code) == (0, 0)
    assert done.summary["sites"][0]["cooldown_until"]
    assert outcomes(sqlite_url)[ONE] == "blocked: retry_after"
    columns = "next_fetch_at, fetched_at, http_status"
    [(next_fetch_at, fetched_at, status)] = query(
        sqlite_url, f"SELECT {columns} FROM pages WHERE reason = 'retry_after'"
    )
    assert str(next_fetch_at)[8:10] != str(fetched_at)[8:10]
    assert status == 429, "`scrapy why` shows the status"


def cut(body: bytes) -> bytes:
    return body[: 2 * len(body) // 3]


BAD_RESPONSES = {
    "redirects-off-the-site": (
        StubResponse(b"", 301, {"Location": "https://elsewhere.example/news"}),
        "error: offsite_redirect",
    ),
    "redirects-to-a-file": (StubResponse(b"", 302, {"Location": "file:///etc/passwd"}), "error: redirect_to_no_url"),
    "redirects-to-a-known-page": (StubResponse(b"", 301, {"Location": ONE}), "duplicate: redirect"),
    "is-not-found": (StubResponse(b"", 404), "gone: http_404"),
    "is-gone": (StubResponse(b"", 410), "gone: http_410"),
    "is-forbidden": (StubResponse(b"", 403), "blocked: http_403"),
    "fails": (StubResponse(b"", 500), "error: http_500"),
    "is-a-pdf": (StubResponse(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "not_article: not_html"),
    "is-empty": (StubResponse(b""), "not_article: empty"),
    "is-a-copy": (StubResponse(article_page("one")), "duplicate: same_content"),
    "is-far-too-large": (StubResponse(b"<html>" + b"x" * 11_000_000), "error: too_large"),
    "is-a-bomb": (
        StubResponse(gzip.compress(b"<html>" + b"x" * 60_000_000), headers={"Content-Encoding": "gzip"}),
        "error: too_large",
    ),
    "breaks-off": (StubResponse(article_page("two")[:-50], content_length=50_000), "error: truncated"),
    "is-cut-by-a-proxy": (
        StubResponse(cut(gzip.compress(article_page("four"))), headers={"Content-Encoding": "gzip"}),
        "error: truncated",
    ),
    "declares-too-great-a-length": (StubResponse(article_page("five"), content_length=50_000), "stored: new"),
    "is-too-complex": (
        StubResponse(b"<html><p " + b" ".join(b"a%d" % number for number in range(60_000)) + b">x</html>"),
        "error: too_complex",
    ),
}


def test_every_kind_of_bad_response_has_its_outcome_and_the_other_pages_are_stored(sqlite_url: str) -> None:
    paths = {f"/news/2026/11/20/a-page-that-{name}": known for name, known in BAD_RESPONSES.items()}
    answers = site_of_three() | {path: answer for path, (answer, _) in paths.items()}
    with tiny_site(answers | {"/": front_page(ONE, TWO, THREE, *paths)}) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
    expected = {path: outcome for path, (_, outcome) in paths.items()} | dict.fromkeys((ONE, TWO, THREE), "stored: new")
    found = outcomes(sqlite_url)
    copies = [ONE, "/news/2026/11/20/a-page-that-is-a-copy"]
    assert {found.pop(path) for path in copies} == {expected.pop(path) for path in copies}, "the first one is stored"
    assert found == expected
    assert done.code == 0
    assert (done.summary["selected"], done.summary["stored"]) == (len(paths) + 3, 4)
    assert done.summary["rejected"] == len(paths) - 1
    finished = {
        name: count for name, count in done.stats.items() if name.startswith("crawl_state/") and name != CLAIMED
    }
    assert sum(finished.values()) == done.stats[CLAIMED] > len(paths) + 3
    assert finished["crawl_state/error/too_large"] == 2


def test_page_over_its_cpu_time_costs_only_itself(sqlite_url: str) -> None:
    with tiny_site(site_of_three() | {ONE: article_page("one", paragraphs=15_000)}) as site:
        urls = f"{site.url}{ONE},{site.url}{TWO}"
        # A new worker may need some tenths of a second for its first page, whatever its size.
        done = crawl("article", url=urls, database_url=sqlite_url, settings={"NEWSCRAWL_PAGE_CPU_TIMEOUT": 0.5})
    assert outcomes(sqlite_url) == {ONE: "error: too_complex", TWO: "stored: new"}
    assert done.stats["worker_pool/too_complex"] == 1


def test_at_most_five_redirects_are_followed_and_loops_end(sqlite_url: str) -> None:
    chain = {
        f"/hop-number-{n}-of-the-way": StubResponse(b"", 301, {"Location": f"/hop-number-{n + 1}-of-the-way"})
        for n in range(9)
    }
    loop = {ONE: StubResponse(b"", 301, {"Location": TWO}), TWO: StubResponse(b"", 302, {"Location": ONE})}
    with tiny_site(site_of_three() | chain | loop) as site:
        crawl("article", url=f"{site.url}/hop-number-0-of-the-way,{site.url}{ONE}", database_url=sqlite_url)
        assert len([path for path in site.paths() if path.startswith("/hop")]) == 6
    found = outcomes(sqlite_url)
    assert found["/hop-number-5-of-the-way"] == "error: too_many_redirects"
    assert found[ONE] == "duplicate: redirect"
    assert found[TWO] == "error: redirect_loop"
    statuses = query(sqlite_url, "SELECT http_status FROM pages WHERE outcome = 'error' ORDER BY http_status")
    assert statuses == [(301,), (302,)], "`scrapy why` shows the status"


def test_listed_pages_that_redirect_to_each_other_are_a_loop_and_not_duplicates(sqlite_url: str) -> None:
    answers = site_of_three() | {
        ONE: StubResponse(b"", 301, {"Location": TWO}),
        TWO: StubResponse(b"", 302, {"Location": ONE}),
    }
    with tiny_site(answers) as site:
        crawl("news", url=site.url + "/", database_url=sqlite_url)
    found = outcomes(sqlite_url)
    assert sorted([found[ONE], found[TWO]]) == ["duplicate: redirect", "error: redirect_loop"]
    assert query(sqlite_url, "SELECT http_status FROM pages WHERE outcome = 'error'") in ([(301,)], [(302,)])


def test_redirect_target_is_stored_once_and_both_pages_refer_to_it(sqlite_url: str) -> None:
    old = "/old/2026/11/20/where-the-report-was"
    with tiny_site(site_of_three() | {old: StubResponse(b"", 301, {"Location": ONE})}) as site:
        crawl("article", url=f"{site.url}{old}", database_url=sqlite_url)
        crawl("article", url=f"{site.url}{ONE}", database_url=sqlite_url)
    rows = query(sqlite_url, "SELECT DISTINCT article_id FROM pages")
    assert rows == query(sqlite_url, "SELECT id FROM articles")
    assert len(rows) == 1


def test_hostile_or_broken_listings_do_not_hide_articles(sqlite_url: str) -> None:
    xml = {"Content-Type": "application/xml"}
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><rss><channel><item>&a;</item></channel></rss>'
    whole = b"".join(b"<url><loc>{url}%s</loc></url>" % path.encode() for path in (ONE, TWO))
    cut = b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + whole + b"<url><lo"
    loop = b"<sitemapindex><sitemap><loc>{url}/loop.xml</loc></sitemap><sitemap><loc>{url}/cut.xml</loc></sitemap>"
    files = b"<urlset><url><loc>file:///etc/passwd</loc></url><url><loc>https://elsewhere.example/a-b-c</loc></url></urlset>"
    answers = {
        "/robots.txt": StubResponse(b"Sitemap: {url}/loop.xml\nSitemap: /files.xml\nSitemap: {url}/gone.xml"),
        "/": b"<html><head><link rel=alternate type='application/rss+xml' href=/bomb.xml>"
        b"<link rel=alternate type='application/rss+xml' href=/nonsense.xml></head><body></body></html>",
        "/bomb.xml": StubResponse(bomb, headers=xml),
        "/nonsense.xml": StubResponse(b"\x00\xff" * 5000, headers=xml),
        "/loop.xml": StubResponse(loop + b"</sitemapindex>", headers=xml),
        "/files.xml": StubResponse(files, headers=xml),
        ONE: article_page("one"),
        TWO: article_page("two"),
    }
    with tiny_site(answers) as site:
        # Level 0 stores the bytes: of deflated data, the truncated part would depend on the port in the URLs.
        packed = gzip.compress(cut.replace(b"{url}", site.url.encode()), compresslevel=0)
        site.answers["/cut.xml"] = StubResponse(packed[:-9], headers=xml)
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
        assert site.paths().count("/loop.xml") == 1
    assert done.code == 4
    assert ["bomb.xml" in one or "nonsense.xml" in one for one in done.summary["sites"][0]["warnings"]] == [True] * 2
    assert outcomes(sqlite_url) == {ONE: "stored: new", TWO: "stored: new"}
    kinds = query(sqlite_url, "SELECT url, reason FROM pages WHERE kind != 'article'")
    reasons = {"/" + url.split("/", 3)[3]: reason for url, reason in kinds}
    assert done.stats["discovery/partial"] == sum(reason.endswith("_partial") for reason in reasons.values()) == 2
    assert (reasons["/cut.xml"], reasons["/files.xml"]) == ("sitemap_partial", "sitemap_partial")
    assert (reasons["/bomb.xml"], reasons["/nonsense.xml"]) == ("not_feed", "not_feed")
    assert reasons["/gone.xml"] == "http_404"
    assert reasons["/loop.xml"] == "sitemap"
