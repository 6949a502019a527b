"""Search finds, ranks and pages the same way on SQLite and PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from newscrawl.items import Article, Outcome, Precision
from newscrawl.search import document
from newscrawl.search.query import InvalidQuery, parse_query
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.operations.search_index import fill_index, index_articles, is_fill_interrupted, unindex_articles
from newscrawl.storage.operations.sites import move_site
from newscrawl.storage.queries import search_candidates
from newscrawl.storage.queries.search import Order, SearchPage, count_facets, search_articles
from newscrawl.storage.queries.search_candidates import QueryTimeout, limit_time
from newscrawl.storage.schema import search_documents
from newscrawl.storage.upgrade import inspect_schema, upgrade
from tests.support.store import Store

Make = Callable[..., Article]
LOREM = "Unrelated words follow here."


EXPECTED: list[tuple[str, set[str]]] = [
    ("election", {"en"}),
    ("eleccion", {"es"}),
    ("informaciones", {"es"}),
    ("runs", {"en"}),
    ("haus strasse", {"de"}),
    ('"was running"', {"en"}),
    ('"running was"', set()),
    ("berlin -wahl", {"en", "es"}),
    ("berl* lang:de", {"de"}),
    ("köln OR 東京", {"de", "ja"}),
    ("会议", {"zh"}),
    ("京", {"zh", "ja"}),
    ("総統", set()),
    ("大統領", {"ja"}),
    ("เลือกตั้ง", {"th"}),
    ("المدرسه", {"ar"}),
    ("대통령", {"ko"}),
    ("author:doe", {"en"}),
    ('author:"jane li"', set()),
    ("author:王", {"zh"}),
    ("jane wei", {"en"}),
    ("lang:en", {"en"}),
    ("lang:en-gb lang:de", {"en", "de"}),
    ("-lang:en -lang:de -lang:zh -lang:ja -lang:th", {"es", "ar", "ko", "dated"}),
    ("section:stadt", {"de"}),
    ("type:opinionnewsarticle", {"dated"}),
    ("from:2026-11-02 to:2026-11-02", {"dated"}),
    ("to:2026-11-01", set()),
    ("site:example.net", set()),
    ("story:1", {"en"}),
    ("story:1 berlin", {"en"}),
    ("story:1 wahlen", set()),
    ("story:999999999999999999", set()),
    ('"; DROP TABLE articles; --', set()),
    ("...", {"en", "de", "es", "zh", "ja", "th", "ar", "ko", "dated"}),
]


def page(store: Store, query: str, **options: Any) -> SearchPage:
    with connect_for_reading(store.engine) as connection:
        return search_articles(connection, parse_query(query), **options)


def found(store: Store, query: str, order: Order = "relevance") -> list[str]:
    """Return the last part of the URL of each hit."""
    return [hit.url.rpartition("/")[2] for hit in page(store, query, order=order).hits]


@pytest.fixture
def filled(store: Store, make_article: Make) -> Store:
    def make(name: str, headline: str, body: str = LOREM, **fields: Any) -> Article:
        return make_article(f"https://example.org/{name}", headline=headline, article_body=body, **fields)

    day = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    store.save_all(
        [
            make("en", "Elections in Berlin", "She was running.", in_language="en-GB",
                 authors=["Jane Doe", "Li Wei"]),
            make("de", "Häuser in Köln", "Eine Straße und Wahlen in Berlin.", in_language="de",
                 article_section="Stadt"),
            make("es", "Información sobre la elección", in_language="es", description="Berlín vota"),
            make("zh", "北京举行会议", "总统出席了会议。", in_language="zh", authors=["王小明"]),
            make("ja", "東京の天気", "大統領が来た。", in_language="ja"),
            make("th", "ผลการเลือกตั้งวันนี้", in_language="th"),
            make("ar", "الانتخابات في المَدْرَسَةِ", "نص", in_language="ar"),
            make("ko", "대통령이 말했다", in_language="ko"),
            make(
                "dated", "Dated", date_published=day, date_published_utc_offset=60,
                date_published_day=date(2026, 11, 2), article_type="OpinionNewsArticle",
            ),
        ]
    )  # fmt: skip
    return store


def test_a_query_finds_the_articles_it_describes(filled: Store) -> None:
    assert [(query, set(found(filled, query))) for query, _ in EXPECTED] == EXPECTED
    assert [(query, set(found(filled, query, "newest"))) for query, _ in EXPECTED] == EXPECTED
    assert [(query, page(filled, query).total) for query, _ in EXPECTED] == [
        (query, len(names)) for query, names in EXPECTED
    ]


def test_a_hit_has_what_a_list_of_results_shows(filled: Store) -> None:
    [hit] = page(filled, "elections lang:en").hits
    assert (hit.site, hit.in_language, hit.authors) == ("example.org", "en-GB", ("Jane Doe", "Li Wei"))
    assert hit.headline_marked == (("Elections", True), (" in Berlin", False))
    assert hit.snippet_marked == (("She was running.", False),)
    [described] = page(filled, "vota").hits
    assert described.snippet_marked == (("Berlín ", False), ("vota", True))
    [dated] = page(filled, "dated").hits
    assert dated.date_published_day == date(2026, 11, 2)


def test_facets_count_sites_languages_sections_and_days(filled: Store) -> None:
    with connect_for_reading(filled.engine) as connection:
        facets = count_facets(connection, parse_query("berlin OR dated"))
        first = count_facets(connection, parse_query(""), limit=2)
    assert (facets.sites, facets.languages) == ({"example.org": 4}, {"de": 1, "en-GB": 1, "es": 1})
    assert facets.sections == {"Stadt": 1}
    assert facets.days == {date(2026, 11, 2): 1, date(2026, 11, 22): 3}
    assert (facets.counted, facets.is_complete) == (4, True)
    assert (first.counted, first.is_complete) == (2, False)


def test_the_headline_ranks_above_the_description_above_the_body(store: Store, make_article: Make) -> None:
    store.save_all(
        [
            make_article("https://example.org/body", headline="One", article_body=f"A comet. {LOREM}"),
            make_article("https://example.org/headline", headline="A comet", article_body=f"First. {LOREM}"),
            make_article(
                "https://example.org/description",
                headline="Two",
                description="A comet",
                article_body=f"Second. {LOREM}",
            ),
        ]
    )
    assert found(store, "comet") == ["headline", "description", "body"]


def test_alternative_headline_ranks_above_the_standfirst_above_the_body(store: Store, make_article: Make) -> None:
    texts: dict[str, dict[str, str]] = {
        "body": {"article_body": f"A comet. {LOREM}"},
        "headline": {"article_body": f"First. {LOREM}", "alternative_headline": "Seen at last: a comet"},
        "standfirst": {"article_body": f"Second. {LOREM}", "standfirst": "A comet crosses the sky."},
    }
    store.save_all(
        [make_article(f"https://example.org/{name}", headline="In the sky", **one) for name, one in texts.items()]
    )
    assert found(store, "comet") == ["headline", "standfirst", "body"]
    assert found(store, '"the sky seen"') == [], "no phrase reaches from one headline to the other"
    snippets = ["".join(piece for piece, _ in hit.snippet_marked) for hit in page(store, "comet").hits]
    assert snippets == ["Seen at last: a comet", "A comet crosses the sky.", f"A comet. {LOREM}"]


def test_a_standfirst_that_repeats_the_description_counts_once(store: Store, make_article: Make) -> None:
    facts = {"headline": "In the sky", "description": "A comet"}
    for name, day in (("once", 3), ("twice", 2)):
        more = {"standfirst": "A comet"} if name == "twice" else {}
        at = datetime(2026, 11, day, tzinfo=UTC)
        store.save(
            make_article(
                f"https://example.org/{name}", article_body=f"{name} {LOREM}", date_published=at, **facts, **more
            )
        )
    assert found(store, "comet") == ["once", "twice"]


def test_recent_articles_rank_higher_where_that_is_asked(store: Store, make_article: Make) -> None:
    now = datetime.now(UTC)
    store.save_all(
        [
            make_article(
                f"https://example.org/{name}", headline=f"{name} comet", article_body=f"{body} {LOREM}",
                date_published=now - timedelta(days=days), date_downloaded=now,
            )
            for name, body, days in (("old", "Comet, a comet.", 400), ("new", "Something else.", 1))
        ]
    )  # fmt: skip
    assert found(store, "comet") == ["old", "new"]
    assert found(store, "comet", "relevance_recent") == ["new", "old"]


def test_the_way_through_the_index_does_not_change_what_is_found(
    store: Store, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        words = [name for name, every in (("often", 2), ("seldom", 11), ("once", 40)) if number % every == 1]
        facts = {
            "headline": f"Number {number} {' '.join(words if number % 3 else [])}",
            "article_body": f"{LOREM} {words}",
        }
        day = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=7 * number)
        store.save(make_article(f"https://example.org/{number}", date_published=day, in_language="en", **facts))
    words = ["often", "seldom", "once", "often seldom", "lorem OR follow", "number -often", "never"]
    queries = [
        f"{one}{period}" for one in words for period in ("", " from:2026-11-05", " from:2026-11-03 to:2026-11-08")
    ]

    def find_all() -> list[tuple[list[int], int | None]]:
        pages = [page(store, query, order=order) for query in queries for order in ("newest", "relevance")]
        after = [page(store, query, order="newest", limit=2) for query in queries]
        pages += [page(store, q, order="newest", after=one.next_cursor) for q, one in zip(queries, after, strict=True)]
        return [([hit.id for hit in one.hits], one.total) for one in pages]

    everything = find_all()
    monkeypatch.setattr(search_candidates, "SCANNED", 4)
    for windows in ((), (10,), (6, 25), (1_000,)):
        monkeypatch.setattr(search_candidates, "WINDOWS", windows)
        assert find_all() == everything


@pytest.mark.parametrize("order", ["relevance", "newest", "relevance_recent"])
@pytest.mark.parametrize("query", ["comet", ""])
def test_pages_follow_each_other_without_gap_or_repetition(
    store: Store, make_article: Make, order: Order, query: str
) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    store.save_all(
        [
            make_article(
                f"https://example.org/{number}", headline=f"Comet {number}",
                article_body=f"{number} comet " * (number % 3),
                date_published=start + timedelta(hours=number // 2),
            )
            for number in range(11)
        ]
    )  # fmt: skip
    seen: list[int] = []
    after = None
    while True:
        one = page(store, query, order=order, limit=4, after=after)
        seen += [hit.id for hit in one.hits]
        assert one.total == 11
        after = one.next_cursor
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 11
    assert seen == [hit.id for hit in page(store, query, order=order, limit=50).hits]
    if order == "newest":
        assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("after", ["", "x", "e30", "W10", "WyJuZXdlc3QiLC0xLDFd", "é", "A" * 600])
def test_a_cursor_of_somebody_else_is_an_error(store: Store, after: str) -> None:
    with pytest.raises(InvalidQuery, match="invalid cursor"):
        page(store, "comet", after=after)


def test_wrong_orders_limits_and_cursors_of_another_order_are_errors(filled: Store) -> None:
    cursor = page(filled, "", order="newest", limit=1).next_cursor
    with pytest.raises(InvalidQuery, match="the cursor belongs to order 'newest', not 'relevance'"):
        page(filled, "", after=cursor)
    with pytest.raises(InvalidQuery, match="invalid limit 0: expected 1 to 500"):
        page(filled, "", limit=0)
    with pytest.raises(InvalidQuery, match="invalid order 'oldest'"):
        page(filled, "", order="oldest")


def test_the_index_follows_revisions_metadata_and_withdrawals(store: Store, make_article: Make) -> None:
    url = "https://example.org/a"
    store.save(make_article(url, headline="Rain", authors=["Ann"]))
    store.start_crawl()
    store.save(make_article(url, headline="Snow", authors=["Ann"]))
    assert (found(store, "rain"), found(store, "snow")) == ([], ["a"])
    store.start_crawl()
    store.save(make_article(url, headline="Snow", authors=["Ann", "Bob"], in_language="en"))
    assert (found(store, "author:bob"), found(store, "lang:en")) == (["a"], ["a"])
    store.start_crawl()
    [claim] = store.claim(url, force=True)
    store.finish(claim, Outcome.GONE, "http_410", http_status=410)
    assert (found(store, "snow"), page(store, "").total) == ([], 0)
    store.start_crawl()
    store.save(make_article(url, headline="Snow", authors=["Ann", "Bob"], in_language="en"))
    assert found(store, "snow") == ["a"]


def test_a_renamed_site_is_found_by_its_new_name_only(store: Store, make_article: Make) -> None:
    store.save(make_article())
    with store.engine.begin() as connection:
        move_site(connection, "example.org", "example.net")
    assert (found(store, "site:example.net"), found(store, "site:example.org")) == (["one"], [])


def test_a_removed_article_leaves_no_word_in_the_index(store: Store, make_article: Make) -> None:
    saved = store.save(make_article(headline="Xylophone"))
    with store.engine.begin() as connection:
        unindex_articles(connection, [saved.article_id or 0])
        unindex_articles(connection, [saved.article_id or 0])
    assert found(store, "xylophone") == []
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            connection.execute(text("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search_index', 'row')"))
            assert connection.execute(text("SELECT count(*) FROM temp.words")).scalar_one() == 0


def test_random_changes_leave_the_same_index_as_a_rebuild(store: Store, make_article: Make) -> None:
    rng, words = random.Random(1), ["rain", "snow", "sun", "wind", "hail"]
    for number in range(40):
        url = f"https://example.org/{rng.randrange(8)}"
        body = " ".join(rng.choices(words, k=5))
        day = datetime(2026, 11, rng.randrange(1, 20), tzinfo=UTC)
        store.start_crawl()
        store.save(make_article(url, headline=f"{rng.choice(words)} {number}", article_body=body, date_published=day))
    queries = [*words, '"rain snow"', "-rain", "to:2026-11-10 sun"]
    before = {query: sorted(found(store, query)) for query in queries}
    assert fill_index(store.engine, restart=True) == 8
    assert {query: sorted(found(store, query)) for query in queries} == before


def test_an_interrupted_rebuild_continues_and_is_reported_by_the_check(
    store: Store, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save_all([make_article(f"https://example.org/{number}") for number in range(5)])
    monkeypatch.setattr("newscrawl.storage.operations.search_index.FILL_BATCH", 2)

    def interrupt(number: int) -> None:
        if number == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_index(store.engine, restart=True, report=interrupt)
    assert is_fill_interrupted(store.engine)
    state = inspect_schema(store.engine)
    assert (state.is_searchable, state.is_current) == (False, False)
    assert page(store, "").total == 4
    store.save(make_article("https://example.org/new"))
    assert upgrade(store.engine).is_current
    assert page(store, "").total == 6


def test_a_minute_with_more_articles_than_ids_loses_none(
    store: Store, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "PER_MINUTE", 2)
    for module in (document, search_candidates):
        monkeypatch.setattr(module, "PER_DAY", 2 * document.MINUTES)
    day = {"date_published": datetime(2026, 11, 2, tzinfo=UTC), "date_published_precision": Precision.DAY}
    articles = [make_article(f"https://example.org/{n}", headline=f"Harbour {n}", **day) for n in range(7)]
    next_day = make_article("https://example.org/next", date_published=datetime(2026, 11, 3, tzinfo=UTC))
    for article in articles[:4]:
        store.save(article)
    store.save_all([*articles[4:], next_day])
    assert sorted(found(store, "harbour")) == [str(n) for n in range(7)]
    assert sorted(found(store, "from:2026-11-02 to:2026-11-02")) == [str(n) for n in range(7)]
    assert found(store, "from:2026-11-03", order="newest") == ["next"]
    rows = store.rows(search_documents)
    with store.engine.begin() as connection:
        index_articles(connection, [row.article_id for row in rows])
    assert store.rows(search_documents) == rows


def test_another_version_of_the_splitting_into_words_rebuilds_the_index(filled: Store) -> None:
    with filled.engine.begin() as connection:
        connection.execute(text("UPDATE search_state SET version = version - 1"))
    assert not inspect_schema(filled.engine).is_searchable
    assert upgrade(filled.engine).is_current
    assert set(found(filled, "berlin")) == {"en", "de", "es"}


def test_indexing_again_changes_nothing(filled: Store) -> None:
    with filled.engine.begin() as connection:
        index_articles(connection, range(1, 20))
    assert page(filled, "").total == 9


def test_a_long_query_is_interrupted(filled: Store) -> None:
    slow = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        "postgresql": "SELECT pg_sleep(20)",
    }
    with connect_for_reading(filled.engine) as connection:
        with pytest.raises(QueryTimeout, match=r"took longer than 0\.1 s"), limit_time(connection, 0.1):
            connection.execute(text(slow[filled.engine.dialect.name]))
        connection.rollback()
        with limit_time(connection, 5):
            assert search_articles(connection, parse_query("berlin")).total == 3
