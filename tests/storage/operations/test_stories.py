"""Near-duplicates across sites form one story, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, text, update

from newscrawl.dedup.shingles import MAX_SHINGLE_HASHES, SHINGLES_VERSION, compute_shingle_hashes
from newscrawl.items import Article, Outcome, Precision
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.operations import stories
from newscrawl.storage.operations.articles import SaveArticle
from newscrawl.storage.schema import article_changes, article_shingles, articles
from newscrawl.storage.upgrade import inspect_schema, upgrade
from tests.support.store import Store

Make = Callable[..., Article]
HEADLINE = "Harbour bridge closed after the storm"


def body(seed: int, words: int = 300) -> str:
    """Return a text that fits HEADLINE; texts of different seeds share no passage."""
    rng = Random(seed)
    drawn = " ".join(f"w{rng.randrange(10**6)}" for _ in range(words))
    return f"The harbour bridge number {seed} is closed since the storm.\n\n{drawn}"


def first_words(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: int(share * len(words))])


@pytest.fixture
def article(make_article: Make) -> Callable[..., Article]:
    """Return a factory of articles by site: article("a", body) is on a.example."""
    number = iter(range(1000))

    def make(site: str, article_body: str, **fields: Any) -> Article:
        url = fields.pop("url", f"https://{site}.example/news-{next(number)}")
        values = {"headline": HEADLINE, "site": f"{site}.example"} | fields
        return make_article(url, article_body=article_body, **values)

    return make


def story_ids(store: Store) -> list[int]:
    return [row.story_id for row in store.rows(articles)]


def view(store: Store) -> list[Any]:
    with connect_for_reading(store.engine) as connection:
        return list(connection.execute(text("SELECT * FROM stories ORDER BY story_id")))


def test_article_without_near_duplicates_is_its_own_story(store: Store, article: Make) -> None:
    store.save(article("a", body(1)))
    store.save(article("b", body(2)))
    rows = store.rows(articles)
    assert [(row.story_id == row.id, row.similarity) for row in rows] == [(True, None)] * 2


def test_near_duplicate_on_another_site_joins_the_story_and_keeps_its_row(store: Store, article: Make) -> None:
    first = store.save(article("a", body(1)))
    second = store.save(article("b", first_words(body(1), 0.4), headline="Storm closes harbour bridge"))
    assert second.outcome is Outcome.STORED
    rows = store.rows(articles)
    assert [(row.story_id, row.similarity) for row in rows] == [(first.article_id, 1.0)] * 2


def test_exact_copy_on_another_site_joins_the_story_however_short_it_is(store: Store, article: Make) -> None:
    first = store.save(article("a", "The bridge is closed."))
    second = store.save(article("b", "The bridge is closed."))
    assert (second.outcome, second.reason) == (Outcome.STORED, "new")
    assert story_ids(store) == [first.article_id] * 2


def test_near_duplicate_on_the_same_site_with_a_sixth_of_its_words_changed_is_found(
    store: Store, article: Make
) -> None:
    for seed in range(20):
        first = body(seed).split(" ")
        start = (seed * 12) % 240
        other = [*first[:start], *(f"x{seed}y{word}" for word in range(45)), *first[start + 45 :]]
        store.save(article("a", " ".join(first)))
        store.save(article("a", " ".join(other), headline=f"{HEADLINE}, {seed}"))
    ids = story_ids(store)
    assert ids[1::2] == ids[::2]
    assert len(set(ids)) == 20


def test_shared_passage_forms_a_story_across_sites_but_not_on_one_site(store: Store, article: Make) -> None:
    for sites, seed in ((("a", "a"), 1), (("b", "c"), 2)):
        passage = first_words(body(seed), 0.6)
        for number, site in enumerate(sites):
            store.save(article(site, f"{passage} {first_words(body(10 * seed + number), 0.4)}"))
    assert story_ids(store) == [1, 2, 3, 3]


def test_exact_copy_on_the_same_site_is_a_duplicate(store: Store, article: Make) -> None:
    for site in "ab":
        store.save(article(site, body(1)))
    again = store.save(article("b", body(1)))
    assert (again.outcome, again.reason, again.article_id) == (Outcome.DUPLICATE, "same_content", 2)


def test_short_texts_with_different_headlines_are_separate_stories(store: Store, article: Make) -> None:
    brief = body(1, 30)
    store.save(article("a", brief))
    store.save(article("b", brief, headline="Bridge closed: what to know"))
    assert len(set(story_ids(store))) == 2


def test_near_duplicates_within_one_transaction_are_found(store: Store, article: Make) -> None:
    made = [article(site, body(number % 3)) for number, site in enumerate("abcdef")]
    store.save_all(made)
    by_body: dict[str, set[int]] = {}
    for row in store.rows(articles):
        by_body.setdefault(row.article_body, set()).add(row.story_id)
    assert sorted(map(len, by_body.values())) == [1, 1, 1]
    assert len(set(story_ids(store))) == 3


def test_near_duplicate_of_two_stories_merges_them(store: Store, article: Make) -> None:
    one, other = body(1), body(2)
    store.save(article("a", one))
    store.save(article("b", other))
    assert story_ids(store) == [1, 2]
    store.save(article("c", f"{one}\n\n{other}"))
    assert story_ids(store) == [1, 1, 1]


def test_near_duplicate_of_two_stories_merges_those_of_its_own_transaction(store: Store, article: Make) -> None:
    one, other = body(1), body(2)
    made = [article("a", one), article("b", other), article("c", f"{one}\n\n{other}"), article("d", body(3))]
    claims = [store.claim(new.url or "")[0] for new in made]
    result = store.result(Outcome.STORED, "new")
    with store.engine.begin() as connection:
        SaveArticle.apply_all(
            connection, [SaveArticle(new, claim, result) for new, claim in zip(made, claims, strict=True)]
        )
    assert story_ids(store) == [1, 1, 1, 4]
    assert [row.similarity is None for row in store.rows(articles)] == [False, False, False, True]


def test_revision_that_is_a_near_duplicate_joins_the_story(store: Store, article: Make) -> None:
    store.save(article("a", body(1), url="https://a.example/live"))
    store.save(article("b", body(2)))
    assert story_ids(store) == [1, 2]
    store.start_crawl()
    saved = store.save(article("a", body(2), url="https://a.example/live"))
    assert saved.outcome is Outcome.UPDATED
    assert story_ids(store) == [1, 1]


def test_revision_that_is_no_longer_a_near_duplicate_leaves_the_story(store: Store, article: Make) -> None:
    for site in "abc":
        store.save(article(site, body(1), url=f"https://{site}.example/live"))
    store.start_crawl()
    store.save(article("a", body(2), url="https://a.example/live"))
    assert story_ids(store) == [1, 2, 2]
    store.start_crawl()
    store.save(article("b", body(3), url="https://b.example/live"))
    assert story_ids(store) == [1, 2, 3]
    assert [row.similarity for row in store.rows(articles)] == [None, None, None]


def test_revision_is_found_by_its_new_text_only(store: Store, article: Make) -> None:
    store.save(article("a", body(1), url="https://a.example/live"))
    store.start_crawl()
    store.save(article("a", body(2), url="https://a.example/live"))
    assert {row.shingle_hash for row in store.rows(article_shingles)} == set(compute_shingle_hashes(body(2)))
    store.save(article("b", body(1)))
    store.save(article("c", body(2)))
    assert story_ids(store) == [1, 2, 1]


def test_small_revision_stays_in_its_story(store: Store, article: Make) -> None:
    for site in "ab":
        store.save(article(site, body(1), url=f"https://{site}.example/live"))
    store.start_crawl()
    store.save(article("a", body(1) + "\n\nMore is known tomorrow.", url="https://a.example/live"))
    assert story_ids(store) == [1, 1]


def test_story_changes_are_not_in_the_change_feed(store: Store, article: Make) -> None:
    store.save(article("a", body(1)))
    store.save(article("b", body(1), headline="Storm closes harbour bridge"))
    assert [row.kind for row in store.rows(article_changes)] == ["inserted", "inserted"]


def test_index_stays_bounded_and_all_copies_join_one_story(store: Store, article: Make) -> None:
    store.save_all([article(f"site{number}", body(1)) for number in range(stories.MAX_PER_HASH + 8)])
    assert set(story_ids(store)) == {1}
    assert len(store.rows(article_shingles)) == stories.MAX_PER_HASH * MAX_SHINGLE_HASHES


def save_copy_with_common_hashes(store: Store, article: Make, common: tuple[int, ...], *, articles_before: int) -> None:
    """Save articles that share only the hashes *common*, then a near-duplicate of the first text with these hashes."""
    made = [article(f"site{number}", body(number)) for number in range(articles_before)]
    made.append(article("copy", body(0), headline="Storm closes harbour bridge"))
    for number, one in enumerate(made):
        one.shingle_hashes = (*common, 100 + number)
    *before, copy = made
    store.save_all(before)
    store.save(copy)


@pytest.mark.parametrize(("common", "found"), [((1, 2), False), ((1, 2, 3), True)])
def test_copy_is_found_by_very_common_hashes_only_if_it_shares_three(
    store: Store, article: Make, common: tuple[int, ...], found: bool
) -> None:
    save_copy_with_common_hashes(store, article, common, articles_before=stories.MAX_PER_HASH)
    assert (story_ids(store)[-1] == 1) is found


@pytest.mark.parametrize(("articles_before", "found"), [(stories.RARE_HASH, True), (stories.RARE_HASH + 1, False)])
def test_copy_is_found_by_one_common_hash_only_if_that_is_rare(
    store: Store, article: Make, articles_before: int, found: bool
) -> None:
    save_copy_with_common_hashes(store, article, (1,), articles_before=articles_before)
    assert (story_ids(store)[-1] == 1) is found


def test_similarity_is_that_to_the_closest_near_duplicate(store: Store, article: Make) -> None:
    far = f"{first_words(body(1), 0.6)}\n\n{first_words(body(2), 0.3)}"
    store.save(article("a", body(1)))
    store.save(article("b", far))
    first, second = (row.similarity for row in store.rows(articles))
    assert first == second < 0.8
    store.save(article("c", first_words(body(1), 0.9)))
    store.save(article("d", far, headline="Storm closes harbour bridge"))
    assert [row.similarity for row in store.rows(articles)] == [1.0, 1.0, 1.0, 1.0]


def test_near_duplicate_revised_in_the_same_transaction_has_no_similarity(store: Store, article: Make) -> None:
    store.save(article("a", body(1), url="https://a.example/live"))
    store.start_crawl()
    store.save_all([article("b", body(1)), article("a", body(2), url="https://a.example/live")])
    assert [(row.story_id, row.similarity) for row in store.rows(articles)] == [(1, None), (2, None)]


def test_view_has_one_row_per_story_with_its_first_article(store: Store, article: Make) -> None:
    def at(hour: int, **fields: Any) -> dict[str, Any]:
        moment = datetime(2026, 11, 20, hour, tzinfo=UTC)
        return {"date_published": moment, "date_published_precision": Precision.INSTANT} | fields

    late = at(12, headline="Storm closes harbour bridge", publisher="The A", source_organization="Reuters")
    store.save(article("a", body(1), **late))
    store.save(article("b", body(1), **at(9, publisher="The B")))
    store.save(article("c", body(1), **at(0, date_published_precision=Precision.DAY, headline="Bridge and storm")))
    store.save(article("d", body(2)))
    both, alone = view(store)
    assert (both.story_id, both.articles, both.sites, both.headline) == (1, 3, 3, HEADLINE)
    assert (both.first_article_id, both.first_site, both.first_publisher) == (2, "b.example", "The B")
    assert both.source_organization == "Reuters"
    assert "12:00" in str(both.last_date_published)
    assert (alone.story_id, alone.articles, alone.first_date_published) == (4, 1, None)


def test_upgrade_assigns_articles_without_shingle_hashes_to_stories(
    engine: Engine, store: Store, article: Make
) -> None:
    store.save(article("a", body(1)))
    store.save(article("b", body(2)))
    with engine.begin() as connection:
        connection.execute(article_shingles.delete())
        connection.execute(update(articles).where(articles.c.id == 2).values(article_body=body(1)))
        connection.execute(update(articles).values(shingles_version=None))
    assert inspect_schema(engine).unindexed == 2
    assert not inspect_schema(engine).is_current
    assert upgrade(engine).is_current
    assert story_ids(store) == [1, 1]
    assert {row.shingles_version for row in store.rows(articles)} == {SHINGLES_VERSION}
    store.save(article("c", body(1), headline="Storm closes harbour bridge"))
    assert story_ids(store) == [1, 1, 1]


def test_shingle_hashes_of_another_version_are_recomputed(engine: Engine, store: Store, article: Make) -> None:
    for site in "ab":
        store.save(article(site, body(1)))
    with engine.begin() as connection:
        connection.execute(update(article_shingles).values(shingle_hash=article_shingles.c.shingle_hash + 1))
        connection.execute(update(articles).where(articles.c.id == 1).values(shingles_version=SHINGLES_VERSION + 1))
    assert stories.index_all(engine) == 2
    assert {row.shingle_hash for row in store.rows(article_shingles)} == set(compute_shingle_hashes(body(1)))
    assert story_ids(store) == [1, 1]
    assert stories.index_all(engine) == 0


def test_near_duplicates_stored_by_concurrent_writers_join_one_story(engine: Engine, article: Make) -> None:
    workers = [Store(engine) for _ in range(4)]
    made = [[article(f"w{number}", body(seed)) for seed in range(5)] for number in range(len(workers))]
    threads = [
        threading.Thread(target=worker.save_all, args=(batch,)) for worker, batch in zip(workers, made, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.articles for row in view(workers[0])] == [len(workers)] * 5
    for worker in workers:
        worker.close()
