"""Sites of many listings and pages are crawled completely, if not in one run; what brings nothing is left over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.crawling import (
    Crawl,
    StubResponse,
    TinySite,
    article_page,
    crawl,
    front_page,
    make_due,
    outcomes,
    query,
    tiny_site,
)

Answers = dict[str, StubResponse | list[StubResponse] | bytes]
XML = {"Content-Type": "application/xml"}


def name_article(number: int) -> str:
    return f"/2026/11/20/report-on-number-{number}-of-many"


def make_sitemap(paths: Iterable[str]) -> StubResponse:
    entries = "".join(f"<url><loc>{{url}}{path}</loc></url>" for path in paths)
    return StubResponse(f"<urlset>{entries}</urlset>".encode(), headers=XML)


def make_archive(size: int, *, per_sitemap: int = 1) -> Answers:
    """Return a site whose sitemap index names *size* sitemaps, each with articles that only it names."""
    numbers = range(size * per_sitemap)
    months = [f"/archive-{1970 + month // 12}-{1 + month % 12:02}.xml" for month in range(size)]
    index = "".join(f"<sitemap><loc>{{url}}{month}</loc></sitemap>" for month in months)
    return {
        "/": front_page("/2026/11/20/report-on-the-front-page"),
        "/2026/11/20/report-on-the-front-page": article_page("the front page"),
        "/robots.txt": StubResponse(b"Sitemap: {url}/all.xml", headers={"Content-Type": "text/plain"}),
        "/all.xml": StubResponse(f"<sitemapindex>{index}</sitemapindex>".encode(), headers=XML),
        **{
            month: make_sitemap(map(name_article, numbers[at * per_sitemap : (at + 1) * per_sitemap]))
            for at, month in enumerate(months)
        },
        **{name_article(number): article_page(f"number {number}") for number in numbers},
    }


def count_stored(database_url: str) -> int:
    return int(query(database_url, "SELECT count(*) FROM articles")[0][0])


def crawl_until_finished(site: TinySite, database_url: str, max_runs: int, **arguments: object) -> list[Crawl]:
    done: list[Crawl] = []
    while len(done) < max_runs and (not done or done[-1].summary["finish_reason"] != "finished"):
        done.append(crawl("news", url=f"{site.url}/", database_url=database_url, **arguments))
    return done


def test_archive_of_six_times_the_limit_is_crawled_in_one_run(sqlite_url: str) -> None:
    with tiny_site(make_archive(90)) as site:
        [done] = crawl_until_finished(site, sqlite_url, 1, settings={"NEWSCRAWL_MAX_UNPROVEN_LISTINGS": 15})
    assert (done.code, done.summary["finish_reason"], done.summary["stored"]) == (0, "finished", 91)
    assert "listing_limit" not in done.summary["sites"][0]
    assert len(site.paths()) == len(set(site.paths()))
    first = [path for path in site.paths() if path.startswith("/archive-")][:8]
    assert "/archive-1977-06.xml" in first, "the newest first; eight are requested at once"


def test_archive_is_crawled_completely_by_runs_of_few_pages(sqlite_url: str) -> None:
    """Each run reads 20 sitemaps of which it has fetched nothing yet; that loses none of the others."""
    with tiny_site(make_archive(50)) as site:
        done = crawl_until_finished(site, sqlite_url, 8, max_pages=9, settings={"NEWSCRAWL_MAX_UNPROVEN_LISTINGS": 20})
    assert done[-1].summary["finish_reason"] == "finished"
    assert [one.code for one in done] == [0] * len(done)
    assert len(done) == 6, "51 articles at nine a run"
    assert count_stored(sqlite_url) == 51


def test_sections_beyond_the_limit_that_a_site_file_names_are_read_in_one_run(sqlite_url: str, tmp_path: Path) -> None:
    sections = [f"/sections/topic-{number}/" for number in range(30)]
    answers: Answers = {path: front_page(name_article(number)) for number, path in enumerate(sections)}
    answers |= {name_article(number): article_page(f"number {number}") for number in range(30)}
    with tiny_site(answers | {"/": front_page(*map(name_article, range(5)))}) as site:
        named = ", ".join(f'"{site.url}{path}"' for path in sections)
        (tmp_path / "one.toml").write_text(f'url = "{site.url}/"\n[discovery]\nsections = [{named}]\n', "utf-8")
        settings = {"NEWSCRAWL_SITES_DIR": tmp_path, "NEWSCRAWL_MAX_UNPROVEN_LISTINGS": 20}
        done = crawl("news", url=f"{site.url}/", database_url=sqlite_url, settings=settings)
    assert (done.code, done.summary["finish_reason"], done.summary["stored"]) == (0, "finished", 30)


def test_known_listings_that_proved_useful_are_all_read_again(sqlite_url: str) -> None:
    settings = {"NEWSCRAWL_MAX_UNPROVEN_LISTINGS": 20}
    with tiny_site(make_archive(30)) as site:
        crawl("news", url=f"{site.url}/", database_url=sqlite_url, settings=settings)
        make_due(sqlite_url)
        site.requests.clear()
        done = crawl("news", url=f"{site.url}/", database_url=sqlite_url, settings=settings)
        read = [path for path in site.paths() if path.startswith("/archive-")]
    assert len(set(read)) == 30
    assert (done.code, done.summary["finish_reason"]) == (0, "finished")


def test_site_of_which_every_third_page_is_an_article_is_crawled_in_one_run(sqlite_url: str) -> None:
    answers = make_archive(1, per_sitemap=300)
    for number in range(300):
        if number % 3:
            answers[name_article(number)] = StubResponse(b"gone", 404)
    with tiny_site(answers) as site:
        done = crawl("news", url=f"{site.url}/", database_url=sqlite_url)
    assert (done.code, done.summary["finish_reason"], done.summary["stored"]) == (0, "finished", 101)
    assert done.summary["rejected"] == 200


@pytest.mark.parametrize("limit", [20, 50])
def test_articles_behind_pages_that_are_none_are_reached_by_the_next_runs(sqlite_url: str, limit: int) -> None:
    answers = make_archive(1, per_sitemap=100)
    del answers["/"]
    for number in range(85):
        answers[name_article(number)] = StubResponse(b"gone", 404)
    with tiny_site(answers) as site:
        done = crawl_until_finished(site, sqlite_url, 6, settings={"NEWSCRAWL_MAX_FRUITLESS_FETCHES": limit})
        fetched = [path for path in site.paths() if path.startswith("/2026/")]
    assert len(done) == -(-85 // limit) + (85 % limit == 0)
    assert "requests for article pages brought 0 articles, the limit is" in done[0].output
    assert done[0].summary["sites"][0]["fetch_limit"].endswith(f"the limit is {limit}")
    assert done[0].stats["fetch_limit/deferred"] > 0
    assert len(fetched) == len(set(fetched)) == 100
    assert sum(outcome == "stored: new" for outcome in outcomes(sqlite_url).values()) == 15


def test_listings_that_bring_nothing_are_read_a_few_in_each_run(sqlite_url: str) -> None:
    answers = make_archive(20)
    for number in range(20):
        answers[name_article(number)] = StubResponse(b"gone", 404)
    with tiny_site(answers) as site:
        done = crawl_until_finished(site, sqlite_url, 5, settings={"NEWSCRAWL_MAX_UNPROVEN_LISTINGS": 8})
        read = {path for path in site.paths() if path.startswith("/archive-")}
    assert len(read) == 20, "half of what each run reads is new"
    assert "8 of its listings have named no article that is stored, the limit is 8" in done[0].output
    assert (done[0].code, done[0].summary["finish_reason"]) == (0, "limit_reached")
