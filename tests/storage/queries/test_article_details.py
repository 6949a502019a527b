"""One article is found by its id or any of its URLs, with everything that is stored about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from newscrawl.items import Article, Image
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.operations.rekeying import RebuildKeys
from newscrawl.storage.queries.article_details import ArticleDetails, find_article, get_version
from newscrawl.storage.schema import article_merges, articles
from newscrawl.urls.key_rules import UrlKeyRules
from newscrawl.urls.keys import UrlKeys
from tests.storage.test_query_plans import collect_scans
from tests.support.store import NOW, Store

A, B = "https://example.org/2026/a", "https://example.org/2026/b"


def find(store: Store, reference: int | str) -> ArticleDetails | None:
    with connect_for_reading(store.engine) as connection:
        return find_article(connection, reference)


def get(store: Store, reference: int | str) -> ArticleDetails:
    found = find(store, reference)
    assert found is not None
    return found


def test_details_hold_every_field_with_its_source(store: Store, make_article: Callable[..., Article]) -> None:
    store.save(
        make_article(
            A,
            headline="The news",
            authors=["Ada", "Bob"],
            keywords=["towns"],
            images=[Image("https://example.org/i.jpg", "A town", "AFP")],
            sources={"headline": "json-ld"},
            disagreements=["authors"],
            date_published=NOW,
            is_truncated=False,
        )
    )
    found = get(store, A)
    version = found.current
    assert (found.id, found.site, found.page_url, found.withdrawn_at) == (1, "example.org", A, None)
    assert (version.headline, version.authors, version.keywords) == ("The news", ("Ada", "Bob"), ("towns",))
    assert [(one.url, one.caption, one.credit) for one in version.images] == [
        ("https://example.org/i.jpg", "A town", "AFP")
    ]
    assert (version.sources, version.disagreements) == ({"headline": "json-ld"}, ("authors",))
    assert (version.date_published, version.is_truncated, version.description) == (NOW, False, None)
    assert [change.kind for change in found.changes] == ["inserted"]
    assert ([one.revision for one in found.versions], found.story, found.story_size) == ([1], (), 1)


@pytest.mark.parametrize(
    "reference",
    [1, "1", " 1 ", A, "http://www.example.org/2026/a/?utm_source=x#top", "https://m.example.org/2026/a?fbclid=1"],
)
def test_an_article_is_found_by_its_id_and_any_spelling_of_its_url(
    store: Store, make_article: Callable[..., Article], reference: int | str
) -> None:
    store.save(make_article(A))
    assert get(store, reference).current.url == A


@pytest.mark.parametrize(
    "reference",
    [0, 2, 2**80, "", "two", "-1", "٣", "https://example.org/other", "mailto:a@example.org", "https://[", B],
)
def test_unknown_references_find_nothing(
    store: Store, make_article: Callable[..., Article], reference: int | str
) -> None:
    store.save(make_article(A))
    assert find(store, reference) is None


def test_the_urls_of_duplicates_redirects_and_canonical_pages_lead_to_the_article(
    store: Store, make_article: Callable[..., Article]
) -> None:
    text = {"headline": "The news", "article_body": "What was seen.\n\nAnd what it means."}
    canonical = "https://example.org/2026/11/20/what-the-town-council-decided-on-friday"
    store.save(make_article(A, canonical_url=canonical, **text))
    store.save(make_article(B, **text))
    [old] = store.claim("https://example.org/old")
    assert store.follow(old, A) is None
    for url in (A, canonical, B, "https://example.org/old"):
        assert get(store, url).id == 1


def test_a_merged_id_leads_to_the_article_that_it_became_part_of(
    store: Store, make_article: Callable[..., Article]
) -> None:
    one, two = f"{A}?teaser=1", f"{A}?teaser=2"
    store.save(make_article(one, headline="Its first version"))
    store.now += timedelta(hours=1)
    store.save(make_article(two, headline="Its second version", date_downloaded=store.now))
    store.do(RebuildKeys(UrlKeys({"example.org": UrlKeyRules(drop_parameters=("teaser",))}), store.now))
    for reference in (1, 2, one, two, A):
        assert get(store, reference).id == 1
    assert get(store, 2).changes[0].kind == "merged"


def test_merges_in_a_circle_end(store: Store, make_article: Callable[..., Article]) -> None:
    store.save(make_article(A))
    rows = [{"merged_id": key, "article_id": 1, "url": A, "merged_at": NOW} for key in (7, 8)]
    with store.engine.begin() as connection:
        connection.execute(insert(article_merges), rows)
        connection.execute(update(article_merges).where(article_merges.c.merged_id == 7).values(article_id=1))
    assert get(store, 7).id == get(store, 8).id == 1


def test_older_versions_keep_their_text_and_fields(store: Store, make_article: Callable[..., Article]) -> None:
    images = [Image("https://example.org/i.jpg")]
    store.save(make_article(A, headline="The news", article_body="Ten died.", authors=["Ada"], images=images))
    store.start_crawl()
    store.now += timedelta(hours=1)
    store.save(make_article(A, headline="The news", article_body="Twelve died.", date_downloaded=store.now))
    found = get(store, A)
    assert [(one.revision, one.is_current) for one in found.versions] == [(2, True), (1, False)]
    assert found.current.article_body == "Twelve died."
    assert [change.kind for change in found.changes] == ["revised", "inserted"]
    with connect_for_reading(store.engine) as connection:
        first, second, third = (get_version(connection, 1, number) for number in (1, 2, 3))
        assert get_version(connection, 1, 2**40) is None
    assert second == found.current
    assert third is None
    assert first is not None
    assert (first.article_body, first.authors, first.images[0].url) == ("Ten died.", ("Ada",), images[0].url)
    assert first.date_downloaded == NOW


def test_the_story_lists_the_other_articles_with_the_earliest_first(
    store: Store, make_article: Callable[..., Article]
) -> None:
    text = {"headline": "The news", "article_body": "What an agency wrote of it.\n\nAnd what it means."}
    store.save(make_article(A, date_published=NOW, **text))
    for hours, site in ((2, "example.net"), (-1, "example.com")):
        published = NOW + timedelta(hours=hours)
        store.save(make_article(f"https://{site}/copy", site=site, date_published=published, **text))
    store.save(make_article("https://example.edu/copy", site="example.edu", **text))
    found = get(store, A)
    assert [one.site for one in found.story] == ["example.com", "example.net", "example.edu"]
    assert found.story_size == 4
    assert all(member.similarity == 1.0 for member in found.story)


def test_a_withdrawn_article_is_found(store: Store, make_article: Callable[..., Article]) -> None:
    store.save(make_article(A))
    with store.engine.begin() as connection:
        connection.execute(update(articles).values(withdrawn_at=NOW))
    assert get(store, A).withdrawn_at == NOW


def test_no_table_is_scanned(sqlite_engine: object, make_article: Callable[..., Article]) -> None:
    store = Store(sqlite_engine)  # type: ignore[arg-type]
    store.save(make_article(A))
    scans = collect_scans(store.engine)
    assert find(store, A) is not None
    assert find(store, 7) is None
    with connect_for_reading(store.engine) as connection:
        get_version(connection, 1, 7)
    store.close()
    assert scans == set()
