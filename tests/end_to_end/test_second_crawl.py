"""Coming back to the bundled site: unchanged, and in its second edition; every number from the site's own truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from newscrawl.urls.normalize import normalize
from tests.newssite.check import expected_articles
from tests.newssite.model import GroundTruthArticle, NewsSite, Page
from tests.newssite.server import RunningSite, serve
from tests.newssite.wire import Request
from tests.support.crawling import Crawl, crawl, make_due, query
from tests.support.invariants import equation, faults

LISTINGS = ("/feed/", ".rdf", ".xml", ".xml.gz")


@pytest.fixture
def site() -> Iterator[RunningSite]:
    with serve() as running:
        yield running


def crawl_news(site: RunningSite, database_url: str) -> tuple[Crawl, Sequence[Request]]:
    """Crawl; give what the crawl asked of the server, too."""
    before = len(site.requests)
    done = crawl("news", database_url=database_url, url=",".join(site.urls))
    assert done.code == 0, done.log
    asked = site.requests[before:]
    assert list(faults(database_url)) == []
    assert list(equation(database_url, {key_of(site, one) for one in asked if one.path != "/robots.txt"})) == []
    return done, asked


def key_of(site: RunningSite, request: Request) -> str:
    return normalize(site.urls[request.host].rstrip("/") + request.path)


def of_articles(site: RunningSite, asked: Sequence[Request]) -> dict[str, list[int]]:
    """Key of each article page that was asked for -> the statuses of the answers."""
    articles = {normalize(article.url) for article in site.site.articles}
    found: dict[str, list[int]] = {}
    for request in asked:
        if (key := key_of(site, request)) in articles:
            found.setdefault(key, []).append(request.status)
    return found


def changes(database_url: str) -> Counter[str]:
    rows = query(database_url, "SELECT kind, count(*) FROM article_changes GROUP BY kind")
    return Counter(dict(rows))


def test_a_second_crawl_of_an_unchanged_site_fetches_no_article_before_it_is_due_and_then_only_304s(
    site: RunningSite, database_url: str
) -> None:
    articles = expected_articles(site.site)
    crawl_news(site, database_url)
    assert changes(database_url) == {"inserted": len(articles)}

    soon, asked = crawl_news(site, database_url)
    assert of_articles(site, asked) == {}
    assert (soon.summary["selected"], soon.summary["pending"]) == (0, 0)

    make_due(database_url)
    stored = {key for (key,) in query(database_url, "SELECT url_key FROM articles")}
    later, asked = crawl_news(site, database_url)
    assert of_articles(site, asked) == {key: [304] for key in stored}
    assert (len(stored), later.summary["unchanged"]) == (len(articles), len(articles))
    assert (later.summary["stored"], later.summary["updated"]) == (0, 0)
    assert changes(database_url) == {"inserted": len(articles)}
    assert query(database_url, "SELECT count(*) FROM article_revisions") == [(0,)]


def test_feeds_and_sitemaps_are_asked_for_again_with_their_validators(site: RunningSite, sqlite_url: str) -> None:
    _, first = crawl_news(site, sqlite_url)
    make_due(sqlite_url)
    _, again = crawl_news(site, sqlite_url)
    listings = {path for _, path, _ in listed(first)}
    assert any(path.endswith("/feed/") for path in listings)
    assert any(path.endswith(".xml.gz") for path in listings)
    assert listed(again) == {(host, path, 304) for host, path, _ in listed(first)}


def listed(asked: Sequence[Request]) -> set[tuple[int, str, int]]:
    """Host, path and status of what was asked of feeds and sitemaps that are there."""
    return {(one.host, one.path, one.status) for one in asked if one.path.endswith(LISTINGS) and one.status != 404}


def test_a_second_edition_revises_what_changed_withdraws_what_went_and_inserts_what_is_new(
    site: RunningSite, database_url: str
) -> None:
    first = {normalize(article.url): article for article in expected_articles(site.site)}
    crawl_news(site, database_url)
    before, site.edition = site.site, 2
    make_due(database_url)
    done, asked = crawl_news(site, database_url)

    second = {normalize(article.url): article for article in expected_articles(site.site)}
    changed = {key for key, article in second.items() if article.changed_in_edition_2}
    new = second.keys() - first.keys()
    gone = first.keys() - second.keys()
    assert (len(changed), len(new), len(gone)) == (6, 6, 1)
    assert gone == {normalize(article.url) for article in site.site.articles if article.gone_in_edition_2}

    assert changes(database_url) == {"inserted": len(first) + len(new), "revised": len(changed), "withdrawn": len(gone)}
    summary = done.summary
    assert (summary["stored"], summary["updated"]) == (len(new), len(changed))
    assert summary["unchanged"] == len(first) - len(changed) - len(gone)

    rows = query(database_url, "SELECT url_key, revision, withdrawn_at, headline, article_body FROM articles")
    assert {key for key, revision, *_ in rows if revision == 2} == changed
    assert {key for key, revision, *_ in rows if revision == 1} == (first.keys() | new) - changed
    assert {key for key, _, withdrawn, *_ in rows if withdrawn is not None} == gone
    stands = {**first, **second}
    assert {key: text for key, _, _, *text in rows} == {key: text_of(article) for key, article in stands.items()}

    kept = query(
        database_url,
        "SELECT a.url_key, r.revision, r.headline, r.article_body FROM article_revisions r "
        "JOIN articles a ON a.id = r.article_id",
    )
    assert sorted(kept) == sorted((key, 1, *text_of(first[key])) for key in changed)
    statuses = of_articles(site, asked)
    same = {key for key, article in first.items() if page_of(before, article) == page_of(site.site, article)}
    assert {key for key, answers in statuses.items() if answers == [410]} == gone
    assert {key for key in first if statuses[key] == [304]} == same


def text_of(article: GroundTruthArticle) -> list[str]:
    return [article.headline, article.article_body]


def page_of(edition: NewsSite, article: GroundTruthArticle) -> Page:
    return edition.pages[article.host][article.path]
