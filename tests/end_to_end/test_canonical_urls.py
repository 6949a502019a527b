"""Canonical URLs, redirects and copies lead to one article; wrong canonical URLs do not merge articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from newscrawl.items import Article
from newscrawl.storage.schema import article_revisions, articles, pages
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
from tests.support.store import Store

MakeArticle = Callable[..., Article]
COPY, OWN, THIRD = (f"https://example.org/news/the-long-vote-ends-{number}" for number in (10001, 10002, 10003))
TEXT = {"headline": "The vote", "article_body": "What was decided, and what it means for those who live there."}
OTHER = {"headline": "A storm", "article_body": "It rained all night, and trains stood still until noon."}


def test_canonical_page_takes_over_the_article_of_its_copy(store: Store, make_article: MakeArticle) -> None:
    first = store.save(make_article(COPY, canonical_url=OWN, **TEXT))
    saved = store.save(make_article(OWN, canonical_url=OWN, **TEXT))
    assert (saved.outcome, saved.article_id) == ("unchanged", first.article_id)
    [article] = store.rows(articles)
    copy, own = store.rows(pages)
    assert (article.url, article.url_key, article.page_id) == (OWN, OWN, own.id)
    assert (copy.outcome, copy.reason, copy.next_fetch_at, copy.article_id) == (
        "duplicate",
        "same_url",
        None,
        article.id,
    )
    assert own.next_fetch_at is not None


def test_copies_do_not_take_over_each_others_article(store: Store, make_article: MakeArticle) -> None:
    first = store.save(make_article(COPY, canonical_url=THIRD, **TEXT))
    saved = store.save(make_article(OWN, canonical_url=THIRD, **TEXT))
    assert (saved.outcome, saved.reason, saved.article_id) == ("duplicate", "same_url", first.article_id)
    [article] = store.rows(articles)
    assert (article.url, article.url_key) == (COPY, THIRD)


def test_another_text_with_the_same_canonical_url_is_another_article(store: Store, make_article: MakeArticle) -> None:
    for body in (TEXT, OTHER):
        store.save(make_article(OWN if body is TEXT else COPY, canonical_url=OWN, **body))
    assert [(row.headline, row.url_key) for row in store.rows(articles)] == [("The vote", OWN), ("A storm", COPY)]


def test_page_gets_its_key_back_from_pages_that_wrongly_claimed_it(store: Store, make_article: MakeArticle) -> None:
    store.save(make_article(COPY, canonical_url=OWN, **OTHER))
    store.save(make_article(THIRD, canonical_url=OWN, **(TEXT | {"headline": "Third", "article_body": "Sunny."})))
    store.save(make_article(OWN, **TEXT))
    keys = [(row.headline, row.url_key) for row in store.rows(articles)]
    assert keys == [("A storm", COPY), ("Third", THIRD), ("The vote", OWN)]


def test_articles_with_a_wrong_canonical_url_are_recognized_in_later_crawls(
    store: Store, make_article: MakeArticle
) -> None:
    for round_ in range(3):
        store.start_crawl()
        for url, words in ((OWN, TEXT), (COPY, OTHER)):
            article = make_article(url, canonical_url=OWN, **(words | {"description": f"round {round_}"}))
            store.save(article)
    changed = make_article(COPY, canonical_url=OWN, headline="A storm", article_body="It has stopped.")
    store.start_crawl()
    changed.date_downloaded = store.now + timedelta(hours=1)
    assert store.save(changed).outcome == "updated"
    assert [(row.url_key, row.revision) for row in store.rows(articles)] == [(OWN, 1), (COPY, 2)]
    assert len(store.rows(article_revisions)) == 1


def test_page_keeps_its_article_when_its_canonical_url_changes(store: Store, make_article: MakeArticle) -> None:
    first = store.save(make_article(OWN, canonical_url=OWN, **TEXT))
    store.start_crawl()
    same = store.save(make_article(OWN, canonical_url=THIRD, **TEXT))
    assert (same.outcome, same.article_id) == ("unchanged", first.article_id)
    store.start_crawl()
    other = store.save(make_article(OWN, canonical_url=THIRD, **(TEXT | {"headline": "The vote ends"})))
    assert (other.outcome, other.article_id) == ("updated", first.article_id)


def test_articles_of_one_batch_may_share_a_wrong_canonical_url(store: Store, make_article: MakeArticle) -> None:
    new = [
        make_article(f"{OWN}{number}", canonical_url=THIRD, headline=f"H{number}", article_body=f"{number} " * 20)
        for number in range(20)
    ]
    store.save_all(new)
    assert len(store.rows(articles)) == 20


def with_canonical(page: bytes, url: str) -> bytes:
    return page.replace(b"<head>", f"<head><link rel=canonical href='{url}'>".encode())


def unique_page(name: str) -> bytes:
    """Return a page that shares no three-word sequence with another one."""
    text = "".join(f"<p>{' '.join(f'{name}{word}x{line} is it.' for word in range(15))}</p>" for line in range(5))
    article = f"<article><h1>On {name} and how it was</h1>{text}</article>"
    return f"<html lang=en><head><title>On {name}</title></head><body>{article}</body></html>".encode()


PATHS = [f"/2026/11/20/report-on-the-quarter-of-{name}" for name in ("east", "west", "south")]


def test_site_with_the_same_canonical_url_on_all_pages_keeps_all_articles(sqlite_url: str) -> None:
    for number, canonical in enumerate(("{url}/", "/news/", PATHS[0])):
        served = {path: with_canonical(unique_page(f"{number}{path[-5:]}"), canonical) for path in PATHS}
        with tiny_site({"/": front_page(*PATHS), **served}) as server:
            done = crawl("news", url=server.url, database_url=sqlite_url)
        assert done.summary["stored"] == len(PATHS), canonical
    assert query(sqlite_url, "SELECT count(*) FROM articles WHERE canonical_url IS NOT NULL") == [(9,)]


def test_url_variants_copies_and_redirects_lead_to_one_article_that_is_not_fetched_again(sqlite_url: str) -> None:
    a, b, c = PATHS
    page = with_canonical(article_page("one"), c)
    served: dict[str, StubResponse | list[StubResponse] | bytes] = {
        "/": front_page(a, f"{b}/", f"{c}?utm_source=front", f"{c}/amp", f"{c}/#top", f"//localhost.invalid{c}"),
        a: StubResponse(b"", 301, {"Location": b}),
        b: page,
        f"{b}/": page,
        c: page,
        f"{c}/": page,
        f"{c}/amp": page,
    }
    with tiny_site(served) as server:
        first = crawl("news", url=server.url, database_url=sqlite_url)
        fetched = [path for path in server.paths() if path.startswith("/2026")]
        server.requests.clear()
        second = crawl("news", url=server.url, database_url=sqlite_url)
        again = [path for path in server.paths() if path.startswith("/2026")]
    assert (first.code, second.code) == (0, 0), first.log + second.log
    [(article_id, key, url)] = query(sqlite_url, "SELECT id, url_key, url FROM articles")
    assert key.endswith(c)
    assert c in url
    rows = query(sqlite_url, "SELECT article_id FROM pages WHERE kind = 'article'")
    assert {row[0] for row in rows} == {article_id}
    assert len(rows) == 3
    assert len(fetched) == 3, fetched
    assert again == []


def test_database_with_outdated_keys_must_be_upgraded_before_a_crawl(sqlite_url: str) -> None:
    with tiny_site({"/": front_page(*PATHS), **{path: article_page(path[-5:]) for path in PATHS}}) as server:
        crawl("news", url=server.url, database_url=sqlite_url)
        execute(sqlite_url, "UPDATE articles SET url_key = 'https://old/' || page_id")
        execute(sqlite_url, "UPDATE pages SET url_key = 'https://old/' || id")
        execute(sqlite_url, "UPDATE url_key_rules SET made_by = '1'")
        server.requests.clear()
        rejected = crawl("news", url=server.url, database_url=sqlite_url)
        assert rejected.code == 6
        assert "scrapy db upgrade" in rejected.log
        assert server.requests == []
        assert scrapy("db", "check", database_url=sqlite_url).code == 1
        assert scrapy("db", "upgrade", database_url=sqlite_url).code == 0
        done = crawl("news", url=server.url, database_url=sqlite_url)
        assert [path for path in server.paths() if path in PATHS] == []
    assert (done.code, done.summary["selected"]) == (0, 0)
    assert set(outcomes(sqlite_url).values()) == {"stored: new"}
    assert query(sqlite_url, "SELECT count(*), max(revision) FROM articles") == [(3, 1)]


def test_edited_url_rules_merge_pages_without_fetching_them(sqlite_url: str, tmp_path: Path) -> None:
    path = PATHS[0]
    copies = [f"{path}?place={number}" for number in (1, 2)]
    served = {copies[0]: article_page("one"), copies[1]: article_page("one", paragraphs=5), path: article_page("one")}
    with tiny_site({"/": front_page(*copies), **served}) as server:
        crawl("news", url=server.url, database_url=sqlite_url)
        assert query(sqlite_url, "SELECT count(*) FROM articles") == [(2,)]
        rules = f'url = "{server.url}"\n[identity]\ndrop_parameters = ["place"]'
        (tmp_path / "a-paper.toml").write_text(rules, encoding="utf-8")
        server.requests.clear()
        done = crawl("news", url=server.url, database_url=sqlite_url, settings={"NEWSCRAWL_SITES_DIR": tmp_path})
        assert [path for path in server.paths() if path.startswith("/2026")] == []
    assert done.code == 0, done.log
    assert query(sqlite_url, "SELECT count(*), max(revision) FROM articles") == [(1, 2)]
    assert sorted(outcomes(sqlite_url).values()) == ["duplicate: merged", "stored: new"]


def test_parameters_that_canonical_links_lack_are_learned_for_the_next_crawl(database_url: str) -> None:
    paths = [f"/news/the-long-vote-ends-in-district-{number}" for number in range(1, 5)]

    def feed(*urls: str) -> StubResponse:
        items = "".join(f"<item><link>{{url}}{url}</link></item>" for url in urls)
        body = f"<rss version='2.0'><channel>{items}</channel></rss>"
        return StubResponse(body.encode(), headers={"Content-Type": "application/rss+xml"})

    answers = {"/": front_page(), "/feed": feed(*(f"{path}?box=top{path[-1]}" for path in paths[:3]))}
    for path in paths:
        link = f"<link rel=canonical href='{{url}}{path}'></head>".encode()
        page = StubResponse(article_page(path[-10:]).replace(b"</head>", link))
        answers |= {path: page, f"{path}?box=top{path[-1]}": page, f"{path}?box=side": page}
    with tiny_site(answers) as site:
        first = crawl("news", database_url=database_url, url=f"{site.url}/")
        assert "does not identify pages" not in first.log
        assert first.summary["stored"] == 3
        make_due(database_url)
        site.requests.clear()
        site.answers["/feed"] = feed(f"{paths[0]}?box=side", f"{paths[3]}?box=top4", f"{paths[3]}?box=side")
        second = crawl("news", database_url=database_url, url=f"{site.url}/")
        assert "the URL parameter 'box' of 127.0.0.1" in second.log
        assert second.summary["stored"] == 1
        assert [path for path in site.paths() if path.startswith(paths[3])] == [paths[3]]
        assert f"{paths[0]}?box=side" not in site.paths()
    assert query(database_url, "SELECT parameter, articles FROM learned_parameters") == [("box", 3)]
