"""Whole crawls of the bundled site store every article once, with its exact text, on both engines."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.spiders.news import FIRST_NEXT_PAGES
from newscrawl.urls.normalize import normalize
from tests.newssite.check import find_problems
from tests.newssite.server import RunningSite, serve
from tests.support.crawling import (
    Crawl,
    StubResponse,
    article_page,
    crawl,
    execute,
    front_page,
    make_due,
    query,
    tiny_site,
)


@pytest.fixture
def site() -> RunningSite:
    with serve(ports=(0, 0)) as running:
        yield running


def crawl_news(running: RunningSite, database_url: str, **arguments: object) -> Crawl:
    return crawl("news", database_url=database_url, url=",".join(running.urls), **arguments)


def test_crawl_stores_every_article_once_with_its_exact_text(site: RunningSite, database_url: str) -> None:
    done = crawl_news(site, database_url)
    assert done.code == 0, done.log
    assert list(find_problems(site.site, database_url)) == []
    assert_no_page_was_fetched_twice_or_against_robots_txt(site)
    assert_outcomes_add_up(done, database_url)
    assert_summary_matches_the_database(done, database_url)


def assert_no_page_was_fetched_twice_or_against_robots_txt(site: RunningSite) -> None:
    urls = [site.urls[host].rstrip("/") + path for host, method, path, status in site.requests if status == 200]
    twice = [key for key, times in Counter(map(normalize, urls)).items() if times > 1]
    assert twice == []
    requested = {site.urls[host].rstrip("/") + path for host, method, path, status in site.requests}
    assert requested.isdisjoint(site.site.must_not_be_fetched)


def assert_outcomes_add_up(done: Crawl, database_url: str) -> None:
    rows = query(
        database_url, "SELECT outcome, reason, fetched_at FROM pages WHERE kind = 'article' AND crawl_id IS NOT NULL"
    )
    assert all(outcome and reason and fetched_at for outcome, reason, fetched_at in rows)
    by_outcome = Counter(outcome for outcome, _, _ in rows)
    [(stored,)] = query(database_url, "SELECT count(*) FROM articles")
    assert by_outcome["stored"] == stored
    summary = done.summary
    assert summary["selected"] == len(rows)
    assert summary["selected"] == summary["stored"] + summary["rejected"] + summary["pending"]
    assert summary["pending"] == 0


def assert_summary_matches_the_database(done: Crawl, database_url: str) -> None:
    reported = Counter({reason: n for site in done.summary["sites"] for reason, n in site["rejected"].items()})
    rows = query(
        database_url,
        "SELECT outcome, reason, count(*) FROM pages WHERE kind = 'article' AND outcome != 'stored' GROUP BY 1, 2",
    )
    assert {f"{outcome}: {reason}" for outcome, reason, _ in rows} == set(reported)
    assert "This crawl, by site" in done.output
    assert "Next, look at them" in done.output


def test_second_edition_adds_new_articles_and_a_refetch_revises_changed_ones(
    site: RunningSite, sqlite_url: str, tmp_path: Path
) -> None:
    crawl_news(site, sqlite_url)
    site.edition = 2
    done = crawl_news(site, sqlite_url)
    new = [article for article in site.site.articles if article.new_in_edition_2 and article.fetchable]
    assert done.summary["stored"] == len(new) > 0

    refetched = [article for article in site.site.articles if article.changed_in_edition_2 or article.gone_in_edition_2]
    urls = tmp_path / "urls.txt"
    urls.write_text("\n".join(article.url for article in refetched), encoding="utf-8")
    done = crawl("article", database_url=sqlite_url, urls=urls)
    changed = [article for article in refetched if article.changed_in_edition_2]
    gone = [article for article in refetched if article.gone_in_edition_2]
    assert (done.summary["updated"], done.summary["rejected"]) == (len(changed), len(gone))
    assert len(changed) > 0
    assert len(gone) > 0
    revised = query(sqlite_url, "SELECT a.article_body FROM articles a WHERE a.revision = 2")
    assert sorted(body for (body,) in revised) == sorted(article.article_body for article in changed)
    [(withdrawn,)] = query(sqlite_url, "SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL")
    assert withdrawn == len(gone)
    revisions = query(
        sqlite_url,
        "SELECT a.url, c.change_label, c.change_size FROM article_changes c JOIN articles a ON a.id = c.article_id"
        " WHERE c.kind = 'revised'",
    )
    labels = {url: label for url, label, _ in revisions}
    # One paragraph was rewritten and one added; a brief consists of one paragraph only.
    assert labels == {one.url: "rewrite" if one.genre == "brief" else "update" for one in changed}
    assert all(0.02 < size < 0.5 for _, label, size in revisions if label == "update")


def test_max_pages_limits_a_crawl_and_the_next_one_continues(site: RunningSite, sqlite_url: str) -> None:
    first = crawl_news(site, sqlite_url, max_pages=10)
    assert first.summary["selected"] <= 10 + 3, "redirects may add a page each"
    [(pending,)] = query(sqlite_url, "SELECT count(*) FROM pages WHERE kind = 'article' AND outcome IS NULL")
    assert pending > 0
    crawl_news(site, sqlite_url)
    assert list(find_problems(site.site, sqlite_url)) == []


def test_since_skips_older_articles(site: RunningSite, sqlite_url: str) -> None:
    dates = sorted(article.date_published for article in site.site.articles)
    since = dates[len(dates) // 2].date()
    crawl_news(site, sqlite_url, since=since)
    rows = query(sqlite_url, "SELECT date_published FROM articles ORDER BY 1")
    assert len(rows) > 10
    assert all(str(date)[:10] >= str(since) for (date,) in rows)
    [(fetched,)] = query(sqlite_url, "SELECT count(*) FROM pages WHERE reason = 'before_since'")
    assert 0 < fetched < len(dates) // 2, "dates declared by feeds and sitemaps make most fetches unnecessary"
    again = crawl_news(site, sqlite_url, since=since)
    assert again.summary["selected"] == 0, "articles that turned out to be too old are not fetched again"
    crawl_news(site, sqlite_url)
    assert list(find_problems(site.site, sqlite_url)) == []


def test_article_spider_applies_the_site_file(sqlite_url: str, tmp_path: Path) -> None:
    paths = [f"/2026/11/20/{name}-of-the-town-council-was-published" for name in ("report", "answer")]
    pages = {path: article_page(path[12:18]) for path in paths}
    with tiny_site({"/": front_page(*paths), **pages}) as server:
        first = crawl("article", url=server.url + paths[0], database_url=sqlite_url)
        rules = 'search = false\n[extraction]\nheadline = "title"\ndrop_text = ["Para.* 2 .*"]'
        text = f'url = "{server.url}"\n[discovery]\n{rules}'
        (tmp_path / "a-paper.toml").write_text(text, encoding="utf-8")
        settings = {"NEWSCRAWL_SITES_DIR": tmp_path}
        second = crawl("article", url=server.url + paths[0], database_url=sqlite_url, settings=settings)
        third = crawl("news", url=server.url, database_url=sqlite_url, settings=settings)
    assert (first.code, second.code, third.code) == (0, 0, 0), first.log + second.log + third.log
    rows = query(sqlite_url, "SELECT site, article_body, sources FROM articles ORDER BY id")
    assert len(rows) == 2
    assert all(site == "a-paper" and "Paragraph 2" not in body for site, body, _ in rows)
    assert all("site rule" in str(sources) for _, _, sources in rows)


def test_pagination_of_a_section_is_followed_on_the_first_crawl_even_if_its_articles_are_known(sqlite_url: str) -> None:
    known, hidden = (f"/2026/11/20/report-on-the-{name}-of-the-town" for name in ("known", "hidden"))

    def listing(*paths: str, page: int) -> bytes:
        following = f'<div class="pagination"><a href="/politics/page/{page}">{page}</a></div>'
        nav = '<nav><a href="/politics">Politics</a></nav>'
        return front_page(*paths).replace(b"</main>", f"</main>{nav}{following}".encode())

    site_with_pagination: dict[str, bytes] = {
        "/": front_page(known).replace(b"<main>", b'<nav><a href="/politics">Politics</a></nav><main>'),
        "/politics": listing(known, page=2),
        "/politics/page/2": listing(known, hidden, page=3),
        **{f"/politics/page/{page}": listing(known, page=page + 1) for page in range(3, 12)},
        known: article_page("known"),
        hidden: article_page("hidden"),
    }
    with tiny_site(site_with_pagination) as site:
        first = crawl("news", url=site.url, database_url=sqlite_url)
        followed = [path for path in site.paths() if "/page/" in path]
        make_due(sqlite_url)
        crawl("news", url=site.url, database_url=sqlite_url)
    assert first.summary["stored"] == 2, first.log
    assert followed == [f"/politics/page/{page}" for page in range(2, FIRST_NEXT_PAGES + 2)]
    again = [path for path in site.paths() if "/page/" in path][len(followed) :]
    assert again == [], "pagination of a section without new articles is not followed again"


def test_failing_page_as_the_only_due_one_is_not_a_failure_of_its_site(sqlite_url: str) -> None:
    good, broken = (f"/2026/11/20/report-on-the-{name}-of-the-town" for name in ("good", "broken"))
    with tiny_site({"/": front_page(good, broken), good: article_page("good"), broken: StubResponse(b"", 500)}) as site:
        crawl("news", url=site.url, database_url=sqlite_url)
        crawl("news", url=site.url, database_url=sqlite_url)  # Listings are due once more, then on schedule.
        due = (
            "UPDATE pages SET next_fetch_at = '2000-01-01 00:00:00.000000' WHERE outcome = 'error' AND kind = 'article'"
        )
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        later = f"UPDATE pages SET next_fetch_at = '{tomorrow:%Y-%m-%d %H:%M:%S}.000000' WHERE kind != 'article'"
        execute(sqlite_url, due, later)
        site.requests.clear()
        again = crawl("news", url=site.url, database_url=sqlite_url)
    assert [path for path in site.paths() if path != "/robots.txt"] == [broken] * 3, "one attempt and two retries"
    assert (again.code, again.summary["rejected"]) == (0, 1), again.log
