"""`scrapy plan` lists what the next crawl would fetch, without a request."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.commands.plan import share_evenly
from newscrawl.items import Outcome
from newscrawl.scheduling.periods import Period
from newscrawl.storage.queries.plan import site_plan
from tests.support.crawling import StubResponse, article_page, crawl, front_page, query, scrapy, tiny_site
from tests.support.store import Store

A, B, C, FEED = (f"https://example.org/{name}" for name in ("a", "b", "c", "feed"))


def test_plan_distinguishes_new_unfinished_and_due_pages(store: Store) -> None:
    [feed] = store.claim(FEED, kind="feed")
    store.finish_listing(feed, A, B)
    done, _ = store.claim(A, C)
    store.finish(done, Outcome.STORED, "new")
    plan = site_plan(store.engine, "example.org", store.now)
    assert [(page.url, page.reason) for page in plan.listings] == [(FEED, "due")]
    assert [(page.url, page.reason) for page in plan.articles] == [(B, "new"), (C, "unfinished")]
    assert plan.next_fetch_at == store.now + timedelta(hours=1)
    later = site_plan(store.engine, "example.org", store.now + timedelta(hours=1), limit=1)
    assert [(page.url, page.reason) for page in later.articles] == [(A, "due")]


def test_plan_of_a_forced_crawl_contains_what_is_due_later(store: Store) -> None:
    [feed] = store.claim(FEED, kind="feed")
    store.finish(feed, Outcome.ERROR, "timeout")
    stored, failed = store.claim(A, B)
    store.finish(stored, Outcome.STORED, "new")
    store.finish(failed, Outcome.ERROR, "timeout")
    assert site_plan(store.engine, "example.org", store.now).listings == ()
    plan = site_plan(store.engine, "example.org", store.now, force=True)
    assert [(page.url, page.reason) for page in plan.listings + plan.articles] == [(FEED, "forced"), (B, "forced")]


def test_site_in_cooldown_has_an_empty_plan(sqlite_url: str) -> None:
    busy = StubResponse(status=429, headers={"Retry-After": "3600"})
    with tiny_site({"/": busy, "/robots.txt": StubResponse(b"", 404)}) as site:
        crawl("news", url=site.url, database_url=sqlite_url)
        planned = scrapy("plan", "-a", f"url={site.url}", database_url=sqlite_url)
        patient = {"NEWSCRAWL_BACKOFF_MAX_WAIT": 7200}
        waits = scrapy("plan", "-a", f"url={site.url}", database_url=sqlite_url, **patient)
    assert "is in backoff until" in planned.output, planned.log
    assert "is in backoff until" not in waits.output, "a crawl waits for the end of a short cooldown"


@pytest.mark.parametrize(
    ("wanted", "total", "shares"),
    [([20, 2], 12, [10, 2]), ([1, 1, 9], 12, [1, 1, 9]), ([5, 5, 5], 10, [4, 3, 3]), ([7], None, [7]), ([], 3, [])],
)
def test_plan_shares_the_page_limit_like_a_crawl(wanted: list[int], total: int | None, shares: list[int]) -> None:
    assert share_evenly(wanted, total) == shares


def test_plan_of_a_period_contains_pages_that_may_be_of_it(store: Store) -> None:
    store.claim(A, limit=0, published_at=datetime(2026, 10, 2, tzinfo=UTC))
    store.claim(B, limit=0)
    period = Period(datetime(2026, 11, 1, tzinfo=UTC))
    plan = site_plan(store.engine, "example.org", store.now, period=period)
    assert [page.url for page in plan.articles] == [B]


def test_plan_matches_the_next_crawl_and_sends_no_request(sqlite_url: str) -> None:
    paths = [f"/2026/11/20/{name}-of-the-town-council-was-published" for name in ("report", "answer", "review")]
    pages = {path: article_page(path[12:18]) for path in paths}
    with tiny_site({"/": front_page(*paths), **pages}) as site:
        crawl("news", url=site.url, database_url=sqlite_url, max_pages=1)
        requests = len(site.requests)
        plan = scrapy("plan", "-a", f"url={site.url}", database_url=sqlite_url)
        urls = scrapy("plan", "-a", f"url={site.url}", "--urls", database_url=sqlite_url)
        one = scrapy("plan", "-a", f"url={site.url}", "-a", "max_pages=1", "--json", database_url=sqlite_url)
        assert len(site.requests) == requests
        crawl("news", url=site.url, database_url=sqlite_url)
        fetched = {path for path in site.paths()[requests:] if path in paths}
    assert (plan.code, urls.code) == (0, 0), plan.log + urls.log
    assert "next, at the earliest" in plan.output
    planned = {line.split("\t")[2] for line in urls.output.splitlines() if "\tarticle\t" in line}
    assert planned == {site.url + path for path in fetched}
    assert len(planned) == 2
    assert len(json.loads(one.output)[0]["articles"]) == 1


SITEMAP = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</urlset>"
INDEX = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</sitemapindex>"


def test_backfill_of_a_period_fetches_newest_first_within_a_page_limit_over_several_runs(sqlite_url: str) -> None:
    months = {
        month: [f"/2026/{month}/{day:02}/report-{day}-of-the-town-council" for day in (3, 9)]
        for month in ("07", "08", "10")
    }
    answers: dict[str, bytes] = {"/": front_page(), "/robots.txt": b"Sitemap: {url}/sitemap.xml\n"}
    answers["/sitemap.xml"] = INDEX.format(
        "".join(f"<sitemap><loc>{{url}}/sitemap-2026-{month}.xml</loc></sitemap>" for month in months)
    ).encode()
    for month, paths in months.items():
        locs = "".join(
            f"<url><loc>{{url}}{path}</loc><lastmod>{path[1:11].replace('/', '-')}T08:00:00Z</lastmod></url>"
            for path in paths
        )
        answers[f"/sitemap-2026-{month}.xml"] = SITEMAP.format(locs).encode()
        answers |= {
            path: article_page(path[1:].replace("/", " ")).replace(b"2026-11-20", path[1:11].replace("/", "-").encode())
            for path in paths
        }
    arguments = {"since": "2026-07-01", "until": "2026-08-31", "max_pages": 3}
    with tiny_site(answers) as site:
        first = crawl("news", url=site.url, database_url=sqlite_url, **arguments)
        requested = site.paths()
        crawl("news", url=site.url, database_url=sqlite_url, **arguments)
        again = site.paths()[len(requested) :]
    assert first.code == 0, first.log
    assert "/sitemap-2026-10.xml" not in requested + again
    # Concurrent requests arrive in any order.
    assert {path for path in requested if "report" in path} == {*months["08"], months["07"][1]}
    assert {path for path in again if "report" in path} == {months["07"][0]}
    rows = query(sqlite_url, "SELECT count(*) FROM articles")
    assert rows == [(4,)]
