"""How newscrawl behaves towards hosts, on loopback servers that misbehave."""

from __future__ import annotations

import gzip
import itertools

import pytest

from tests.support.crawling import StubResponse, article_page, crawl, front_page, outcomes, query, scrapy, tiny_site

ROBOTS = StubResponse(b"User-agent: *\nDisallow: /private/\n", headers={"Content-Type": "text/plain"})
ONE, TWO, THREE = (f"/news/2026/11/20/report-on-number-{number}" for number in ("one", "two", "three"))


def site_of_three() -> dict[str, StubResponse | list[StubResponse] | bytes]:
    return {
        "/robots.txt": ROBOTS,
        "/": front_page(ONE, TWO, THREE),
        ONE: article_page("one"),
        TWO: article_page("two"),
        THREE: article_page("three"),
    }


def test_every_request_names_the_crawler_and_its_contact(sqlite_url: str) -> None:
    with tiny_site(site_of_three()) as site:
        crawl(
            "news", url=site.url + "/", database_url=sqlite_url, settings={"NEWSCRAWL_CONTACT": "https://who.example/"}
        )
        agents = {headers["User-Agent"] for _, _, headers in site.requests}
        cookies = [headers for _, _, headers in site.requests if "Cookie" in headers]
    assert len(agents) == 1
    assert agents.pop().endswith("(+https://who.example/)")
    assert cookies == []


def test_without_a_contact_the_first_run_asks_for_one(sqlite_url: str) -> None:
    with tiny_site(site_of_three()) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url, settings={"NEWSCRAWL_CONTACT": ""})
    assert "NEWSCRAWL_CONTACT is not set" in done.log


def test_what_is_given_for_one_run_counts(sqlite_url: str) -> None:
    with tiny_site(site_of_three()) as site:
        given = "-s", "NEWSCRAWL_DELAY=1", "-s", "NEWSCRAWL_CONTACT=https://who.example/"
        scrapy("crawl", "article", "-a", f"url={site.url}{ONE},{site.url}{TWO}", *given, database_url=sqlite_url)
        first, second = (moment for moment, path, _ in site.requests if path != "/robots.txt")
        agents = {headers["User-Agent"] for _, _, headers in site.requests}
    assert second - first > 0.75
    assert [agent.rpartition(" ")[2] for agent in agents] == ["(+https://who.example/)"]


def test_a_second_lies_between_two_requests_by_default(sqlite_url: str) -> None:
    with tiny_site(site_of_three()) as site:
        urls = ",".join(site.url + path for path in (ONE, TWO, THREE, "/no-such-page"))
        crawl("article", url=urls, database_url=sqlite_url, settings={"NEWSCRAWL_DELAY": ""})
        times = [moment for moment, _, _ in site.requests]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(gaps) > 3
    assert min(gaps) > 0.75, "one second, less a jitter of 20 %"


def test_the_crawl_delay_of_robots_txt_is_kept(sqlite_url: str) -> None:
    answers = site_of_three() | {"/robots.txt": StubResponse(b"User-agent: newscrawl\nCrawl-delay: 1.5")}
    with tiny_site(answers) as site:
        crawl("article", url=f"{site.url}{ONE},{site.url}{TWO},{site.url}{THREE}", database_url=sqlite_url)
        times = [moment for moment, path, _ in site.requests if path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(gaps) == 2
    assert min(gaps) > 1.1


def test_what_robots_txt_disallows_is_not_fetched(sqlite_url: str) -> None:
    private = "/private/2026/11/20/report-on-something-secret"
    answers = site_of_three() | {"/": front_page(ONE, private), private: article_page("secret")}
    with tiny_site(answers) as site:
        crawl("news", url=site.url + "/", database_url=sqlite_url)
        assert private not in site.paths()
    assert outcomes(sqlite_url)[private] == "robots: disallowed"


def test_robots_txt_counts_for_all_requests_that_waited_for_it(sqlite_url: str) -> None:
    private = [f"/private/2026/11/20/report-on-a-secret-{number}" for number in range(5)]
    answers = site_of_three() | {path: article_page(path[-8:]) for path in private}
    with tiny_site(answers) as site:
        urls = ",".join(site.url + path for path in (ONE, *private))
        crawl("article", url=urls, database_url=sqlite_url)
        assert site.paths() == ["/robots.txt", ONE]
    told = outcomes(sqlite_url)
    assert {told[path] for path in private} == {"robots: disallowed"}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_cannot_be_had_allows_nothing(sqlite_url: str, status: int) -> None:
    answers = site_of_three() | {"/robots.txt": StubResponse(b"User-agent: *\nAllow: /", status, {"Retry-After": "0"})}
    with tiny_site(answers) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
        assert set(site.paths()) == {"/robots.txt"}
    assert done.code == 5
    assert "robots_unavailable" in done.output


def test_a_missing_robots_txt_allows_everything_whatever_its_page_says(sqlite_url: str) -> None:
    answers = site_of_three() | {"/robots.txt": StubResponse(b"User-agent: *\nDisallow: /", 404)}
    with tiny_site(answers) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
    assert done.summary["stored"] == 3


def test_retry_after_is_honoured_and_the_page_comes(sqlite_url: str) -> None:
    busy = StubResponse(b"", 503, {"Retry-After": "2"})
    answers = site_of_three() | {ONE: [busy, StubResponse(article_page("one"))]}
    with tiny_site(answers) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
        first, second = (moment for moment, path, _ in site.requests if path == ONE)
        meanwhile = [path for moment, path, _ in site.requests if first + 0.2 < moment < first + 1.9]
    assert second - first >= 2
    assert meanwhile == []
    assert done.summary["stored"] == 3


def test_a_host_that_asks_for_a_long_rest_is_left_and_the_ledger_knows_until_when(sqlite_url: str) -> None:
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
    [(due, ended, status)] = query(sqlite_url, f"SELECT {columns} FROM pages WHERE reason = 'retry_after'")
    assert str(due)[8:10] != str(ended)[8:10]
    assert status == 429, "what it was answered, for `scrapy why`"


MISBEHAVIOUR = {
    "leads-off-the-site": (
        StubResponse(b"", 301, {"Location": "https://elsewhere.example/news"}),
        "error: offsite_redirect",
    ),
    "leads-to-a-file": (StubResponse(b"", 302, {"Location": "file:///etc/passwd"}), "error: http_302"),
    "leads-to-a-known-page": (StubResponse(b"", 301, {"Location": ONE}), "duplicate: redirect"),
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
    "breaks-off": (StubResponse(article_page("two"), content_length=50_000), "error: truncated"),
    "is-too-complex": (
        StubResponse(b"<html><p " + b" ".join(b"a%d" % number for number in range(60_000)) + b">x</html>"),
        "error: too_complex",
    ),
}


def test_whatever_a_host_answers_has_a_named_outcome_and_the_others_are_stored(sqlite_url: str) -> None:
    paths = {f"/news/2026/11/20/a-page-that-{name}": known for name, known in MISBEHAVIOUR.items()}
    answers = site_of_three() | {path: answer for path, (answer, _) in paths.items()}
    with tiny_site(answers | {"/": front_page(ONE, TWO, THREE, *paths)}) as site:
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
    expected = {path: outcome for path, (_, outcome) in paths.items()}
    assert outcomes(sqlite_url) == expected | dict.fromkeys((ONE, TWO, THREE), "stored: new")
    assert done.code == 0
    assert (done.summary["selected"], done.summary["stored"]) == (len(paths) + 3, 3)
    assert done.summary["rejected"] == len(paths)


def test_redirects_are_followed_five_times_and_not_round_in_circles(sqlite_url: str) -> None:
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
    assert statuses == [(301,), (302,)], "what they were answered, for `scrapy why`"


def test_pages_that_redirect_to_each_other_and_are_listed_both_are_not_taken_for_known(sqlite_url: str) -> None:
    answers = site_of_three() | {
        ONE: StubResponse(b"", 301, {"Location": TWO}),
        TWO: StubResponse(b"", 302, {"Location": ONE}),
    }
    with tiny_site(answers) as site:
        crawl("news", url=site.url + "/", database_url=sqlite_url)
    found = outcomes(sqlite_url)
    assert sorted([found[ONE], found[TWO]]) == ["duplicate: redirect", "error: redirect_loop"]
    assert query(sqlite_url, "SELECT http_status FROM pages WHERE outcome = 'error'") in ([(301,)], [(302,)])


def test_a_page_reached_by_a_redirect_is_stored_once_and_both_pages_lead_to_it(sqlite_url: str) -> None:
    old = "/old/2026/11/20/where-the-report-was"
    with tiny_site(site_of_three() | {old: StubResponse(b"", 301, {"Location": ONE})}) as site:
        crawl("article", url=f"{site.url}{old}", database_url=sqlite_url)
        crawl("article", url=f"{site.url}{ONE}", database_url=sqlite_url)
    rows = query(sqlite_url, "SELECT DISTINCT article_id FROM pages")
    assert rows == query(sqlite_url, "SELECT id FROM articles")
    assert len(rows) == 1


def test_listings_that_are_hostile_or_broken_hide_no_article(sqlite_url: str) -> None:
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
        # Stored, not deflated: what the cut takes away would depend on the port.
        packed = gzip.compress(cut.replace(b"{url}", site.url.encode()), compresslevel=0)
        site.answers["/cut.xml"] = StubResponse(packed[:-9], headers=xml)
        done = crawl("news", url=site.url + "/", database_url=sqlite_url)
        assert site.paths().count("/loop.xml") == 1
    assert done.code == 0
    assert outcomes(sqlite_url) == {ONE: "stored: new", TWO: "stored: new"}
    kinds = query(sqlite_url, "SELECT url, reason FROM pages WHERE kind != 'article'")
    reasons = {"/" + url.split("/", 3)[3]: reason for url, reason in kinds}
    assert reasons["/cut.xml"] == "sitemap_partial"
    assert reasons["/bomb.xml"] == "feed_partial"
    assert reasons["/gone.xml"] == "http_404"
    assert reasons["/loop.xml"] == "sitemap"
