"""Recrawls of the bundled site, unchanged and in its second edition, compared with its ground truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from newscrawl.urls.normalize import normalize
from tests.newssite.check import expected_articles
from tests.newssite.model import GroundTruthArticle, NewsSite, Page
from tests.newssite.server import RunningSite, serve
from tests.newssite.wire import Request
from tests.support.crawling import Crawl, StubResponse, article_page, crawl, front_page, make_due, query, tiny_site
from tests.support.invariants import equation, faults

LISTINGS = ("/feed/", ".rdf", ".xml", ".xml.gz")


@pytest.fixture
def site() -> Iterator[RunningSite]:
    with serve() as running:
        yield running


def crawl_news(site: RunningSite, database_url: str) -> tuple[Crawl, Sequence[Request]]:
    """Crawl, and return the requests of this crawl, too."""
    before = len(site.requests)
    done = crawl("news", database_url=database_url, url=",".join(site.urls))
    assert done.code == 0, done.log
    requests = site.requests[before:]
    assert list(faults(database_url)) == []
    assert list(equation(database_url, {get_key(site, one) for one in requests if one.path != "/robots.txt"})) == []
    return done, requests


def get_key(site: RunningSite, request: Request) -> str:
    return normalize(site.urls[request.host].rstrip("/") + request.path)


def get_article_statuses(site: RunningSite, requests: Sequence[Request]) -> dict[str, list[int]]:
    """Return URL key -> statuses of all requests, for each requested article page."""
    articles = {normalize(article.url) for article in site.site.articles}
    found: dict[str, list[int]] = {}
    for request in requests:
        if (key := get_key(site, request)) in articles:
            found.setdefault(key, []).append(request.status)
    return found


def count_changes(database_url: str) -> Counter[str]:
    rows = query(database_url, "SELECT kind, count(*) FROM article_changes GROUP BY kind")
    return Counter(dict(rows))


def test_second_crawl_of_an_unchanged_site_fetches_no_article_before_it_is_due_and_then_gets_304s(
    site: RunningSite, database_url: str
) -> None:
    articles = expected_articles(site.site)
    crawl_news(site, database_url)
    assert count_changes(database_url) == {"inserted": len(articles)}

    soon, requests = crawl_news(site, database_url)
    assert get_article_statuses(site, requests) == {}
    assert (soon.summary["selected"], soon.summary["pending"]) == (0, 0)

    make_due(database_url)
    stored = {key for (key,) in query(database_url, "SELECT url_key FROM articles")}
    later, requests = crawl_news(site, database_url)
    assert get_article_statuses(site, requests) == {key: [304] for key in stored}
    assert (len(stored), later.summary["unchanged"]) == (len(articles), len(articles))
    assert (later.summary["stored"], later.summary["updated"]) == (0, 0)
    assert count_changes(database_url) == {"inserted": len(articles)}
    assert query(database_url, "SELECT count(*) FROM article_revisions") == [(0,)]


def test_feeds_and_sitemaps_are_requested_again_with_their_validators(site: RunningSite, sqlite_url: str) -> None:
    _, first = crawl_news(site, sqlite_url)
    make_due(sqlite_url)
    done, again = crawl_news(site, sqlite_url)
    listings = {path for _, path, _ in get_listing_responses(first)}
    assert any(path.endswith("/feed/") for path in listings)
    assert any(path.endswith(".xml.gz") for path in listings)
    responses = get_listing_responses(again)
    assert {one for one in responses if one[2] == 304} == {(host, path, 304) for host, path, _ in responses}
    assert {(host, path) for host, path, _ in responses} == {one[:2] for one in get_listing_responses(first)}
    # The first 304 of each listing is checked once, and turns out to be true.
    assert done.stats["conditional/checked"] > 0
    assert done.stats["conditional/contradicted"] == 0


def get_listing_responses(requests: Sequence[Request]) -> set[tuple[int, str, int]]:
    """Return host, path and status of requests for existing feeds and sitemaps."""
    return {(one.host, one.path, one.status) for one in requests if one.path.endswith(LISTINGS) and one.status != 404}


def test_second_edition_revises_changed_articles_withdraws_gone_ones_and_inserts_new_ones(
    site: RunningSite, database_url: str
) -> None:
    first = {normalize(article.url): article for article in expected_articles(site.site)}
    crawl_news(site, database_url)
    before, site.edition = site.site, 2
    make_due(database_url)
    done, requests = crawl_news(site, database_url)

    second = {normalize(article.url): article for article in expected_articles(site.site)}
    changed = {key for key, article in second.items() if article.changed_in_edition_2}
    new = second.keys() - first.keys()
    gone = first.keys() - second.keys()
    assert (len(changed), len(new), len(gone)) == (6, 6, 1)
    assert gone == {normalize(article.url) for article in site.site.articles if article.gone_in_edition_2}

    assert count_changes(database_url) == {
        "inserted": len(first) + len(new),
        "revised": len(changed),
        "withdrawn": len(gone),
    }
    summary = done.summary
    assert (summary["stored"], summary["updated"]) == (len(new), len(changed))
    assert summary["unchanged"] == len(first) - len(changed) - len(gone)

    rows = query(database_url, "SELECT url_key, revision, withdrawn_at, headline, article_body FROM articles")
    assert {key for key, revision, *_ in rows if revision == 2} == changed
    assert {key for key, revision, *_ in rows if revision == 1} == (first.keys() | new) - changed
    assert {key for key, _, withdrawn, *_ in rows if withdrawn is not None} == gone
    current = {**first, **second}
    assert {key: text for key, _, _, *text in rows} == {key: get_text(article) for key, article in current.items()}

    revisions = query(
        database_url,
        "SELECT a.url_key, r.revision, r.headline, r.article_body FROM article_revisions r "
        "JOIN articles a ON a.id = r.article_id",
    )
    assert sorted(revisions) == sorted((key, 1, *get_text(first[key])) for key in changed)
    statuses = get_article_statuses(site, requests)
    same = {key for key, article in first.items() if get_page(before, article) == get_page(site.site, article)}
    assert {key for key, answers in statuses.items() if answers == [410]} == gone
    assert {key for key in first if statuses[key] == [304]} == same


def get_text(article: GroundTruthArticle) -> list[str]:
    return [article.headline, article.article_body]


def get_page(edition: NewsSite, article: GroundTruthArticle) -> Page:
    return edition.pages[article.host][article.path]


def test_front_page_that_redirects_is_read_as_one_when_its_target_is_due_by_itself(sqlite_url: str) -> None:
    home = front_page("/a-story-of-the-day")
    feed = b"<rss><channel><title>F</title><item><link>{url}/a-story-of-the-feed</link></item></channel></rss>"
    pages = {
        "/": StubResponse(status=302, headers={"Location": "/en/home/"}),
        "/en/home/": StubResponse(home),
        "/a-story-of-the-day": StubResponse(article_page("day")),
        "/a-story-of-the-feed": StubResponse(article_page("feed")),
        "/feed.xml": StubResponse(feed, headers={"Content-Type": "application/rss+xml"}),
    }
    with tiny_site(pages) as site:
        assert crawl("news", database_url=sqlite_url, url=site.url).summary["stored"] == 1
        alternate = b"<link rel=alternate type='application/rss+xml' href='/feed.xml'><body>"
        site.answers["/en/home/"] = StubResponse(home.replace(b"<body>", alternate))
        make_due(sqlite_url)
        done = crawl("news", database_url=sqlite_url, url=site.url)
    assert (done.code, done.summary["stored"]) == (0, 1), done.log
    assert site.paths().count("/en/home/") == 2
