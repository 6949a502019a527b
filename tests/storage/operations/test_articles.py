"""Store articles, revisions, withdrawals and duplicates, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.items import Article, DateZone, Image, Outcome, Precision
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.articles import SaveArticle
from newscrawl.storage.records import Claim
from newscrawl.storage.schema import (
    article_authors,
    article_changes,
    article_images,
    article_keywords,
    article_revisions,
    article_shingles,
    articles,
    fetches,
    metadata,
    pages,
    rejected_versions,
)
from newscrawl.storage.upgrade import upgrade
from tests.conftest import NOW
from tests.support.store import Store

Make = Callable[..., Article]


def test_stored_article_is_read_back_unchanged(store: Store, make_article: Make) -> None:
    published = datetime(2026, 11, 20, 23, 30, 15, tzinfo=UTC)
    article = make_article(
        headline="Прогноз — “good” 👍",
        authors=["Ada Lovelace", "Grace Hopper"],
        keywords=["weather", "погода"],
        images=[Image("https://example.org/a.jpg", "A cloud", "Reuters")],
        date_published=published,
        date_published_precision=Precision.INSTANT,
        date_published_utc_offset=330,
        date_published_zone=DateZone.DECLARED,
        date_published_day=date(2026, 11, 21),
        is_accessible_for_free=False,
        is_truncated=True,
        disagreements=["headline", "authors"],
        sources={"headline": "json-ld"},
    )

    saved = store.save(article)

    assert (saved.outcome, saved.reason) == (Outcome.STORED, "new")
    [row] = store.rows(articles)
    assert row.headline == "Прогноз — “good” 👍"
    assert row.article_body == article.article_body
    assert row.date_published == published
    assert row.date_published.tzinfo is UTC
    zone = (row.date_published_utc_offset, row.date_published_zone, row.date_published_day)
    assert zone == (330, "stated", date(2026, 11, 21))
    assert row.is_accessible_for_free is False
    assert (row.is_truncated, row.disagreements) == (True, ["headline", "authors"])
    assert row.sources == {"headline": "json-ld"}
    assert row.revision == 1
    assert [(one.position, one.name) for one in store.rows(article_authors)] == [
        (0, "Ada Lovelace"),
        (1, "Grace Hopper"),
    ]
    assert [one.keyword for one in store.rows(article_keywords)] == ["weather", "погода"]
    assert [(one.url, one.caption, one.credit) for one in store.rows(article_images)] == [
        ("https://example.org/a.jpg", "A cloud", "Reuters")
    ]


def test_article_and_outcome_of_its_page_are_written_in_one_transaction(store: Store, make_article: Make) -> None:
    saved = store.save(make_article())
    [page] = store.rows(pages)
    assert (page.outcome, page.reason, page.http_status, page.article_id) == ("stored", "new", 200, saved.article_id)


def test_unchanged_article_has_no_revision(store: Store, make_article: Make) -> None:
    store.save(make_article())
    store.start_crawl()
    saved = store.save(make_article(article_body="What happened  at https://example.org/one.\n\nAnd what it means."))
    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "same_content")
    assert [row.revision for row in store.rows(articles)] == [1]
    assert store.rows(article_revisions) == []


def test_changed_metadata_of_the_same_text_replaces_the_stored_metadata_without_a_revision(
    store: Store, make_article: Make
) -> None:
    image = Image("https://example.org/a.jpg", "A cloud", None)
    store.save(make_article(authors=["A B"], keywords=["rain"], images=[image], article_section="Local"))
    claim = fetch_again(store)
    credited = Image(image.url, image.caption, "Reuters")
    changed = make_article(authors=["A B", "C D"], images=[credited], article_section="Weather", description="More")
    changed.date_downloaded = store.now
    saved = store.save(changed, claim)

    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "metadata_changed")
    [row] = store.rows(articles)
    assert (row.revision, row.article_section, row.description) == (1, "Weather", "More")
    assert (row.date_downloaded, row.crawl_id) == (store.now, store.crawl_id)
    assert [one.name for one in store.rows(article_authors)] == ["A B", "C D"]
    assert [one.keyword for one in store.rows(article_keywords)] == ["rain"]
    assert [(one.authors, one.keywords) for one in store.rows(articles)] == [(["A B", "C D"], ["rain"])]
    assert [(one.url, one.credit) for one in store.rows(article_images)] == [(image.url, "Reuters")]
    assert store.rows(article_revisions) == []
    assert [(one.kind, one.revision, one.changed_at) for one in store.rows(article_changes)] == [
        ("inserted", 1, NOW),
        ("metadata", 1, store.now),
    ]
    assert store.save(changed, fetch_again(store)).reason == "same_content"


def test_new_columns_of_a_newer_extractor_are_filled_without_a_revision(store: Store, make_article: Make) -> None:
    html = {"article_body": "A summary.\n\nThe text.", "article_body_html": "<p>A summary.</p>\n<p>The text.</p>"}
    store.save(make_article(**html, extractor_version=6))
    html["article_body_html"] = '<p class="standfirst">A summary.</p>\n<p>The text.</p>'
    sources = {"alternative_headline": "opengraph", "standfirst": "dom"}
    texts = {"alternative_headline": "What happened there", "standfirst": "A summary.", "sources": sources}
    saved = store.save(make_article(**html, **texts, extractor_version=7), fetch_again(store))
    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "metadata_changed")
    [row] = store.rows(articles)
    assert (row.alternative_headline, row.standfirst) == ("What happened there", "A summary.")
    assert (row.article_body_html, row.revision) == (html["article_body_html"], 1)
    assert store.rows(article_revisions) == []
    assert kinds(store) == ["inserted", "metadata"]


def test_a_changed_standfirst_outside_the_body_is_changed_metadata(store: Store, make_article: Make) -> None:
    sources = {"standfirst": "dom"}
    store.save(make_article(standfirst="Ten people died.", sources=sources))
    store.save(make_article(standfirst="Twelve people died.", sources=sources), fetch_again(store))
    store.save(make_article(sources={}), fetch_again(store))
    [row] = store.rows(articles)
    assert (row.standfirst, row.revision, kinds(store)) == ("Twelve people died.", 1, ["inserted", "metadata"])


def test_an_older_version_keeps_its_alternative_headline_and_standfirst(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=TEXT, alternative_headline="Old one", standfirst="Old summary"))
    store.save(make_article(article_body=f"{TEXT}\n\nMore.", alternative_headline="New one"), fetch_again(store))
    [old], [new] = store.rows(article_revisions), store.rows(articles)
    assert (old.alternative_headline, old.standfirst) == ("Old one", "Old summary")
    assert (new.alternative_headline, new.standfirst) == ("New one", None)


def test_metadata_of_an_older_capture_is_ignored(store: Store, make_article: Make) -> None:
    store.save(make_article(authors=["A B"]))
    store.save(make_article(authors=["C D"], date_downloaded=NOW - timedelta(days=1)), fetch_again(store))
    assert [one.name for one in store.rows(article_authors)] == ["A B"]
    assert kinds(store) == ["inserted"]


def test_newer_extractor_updates_metadata_and_html_of_the_same_text(store: Store, make_article: Make) -> None:
    first = {"authors": ["Staff"], "article_body_html": "<p>one</p>", "sources": {"authors": "dom"}}
    store.save(make_article(**first, extractor_version=2))
    better = make_article(article_body_html="<ul><li>one</li></ul>", extractor_version=3)
    assert store.save(better, fetch_again(store)).reason == "metadata_changed"
    [row] = store.rows(articles)
    assert (row.article_body_html, row.extractor_version) == ("<ul><li>one</li></ul>", 3)
    assert store.rows(article_authors) == []
    again = make_article(authors=["Staff"], sources={"authors": "dom"}, extractor_version=2)
    assert store.save(again, fetch_again(store)).reason == "same_content", "an older extractor changes nothing"
    assert [row.extractor_version for row in store.rows(articles)] == [3]


def test_shingle_hashes_follow_a_text_that_a_newer_extractor_changes(store: Store, make_article: Make) -> None:
    hyphenated = (
        TEXT.replace("Mayor", "Ma\u00adyor").replace("bridge", "bri\u00addge").replace("repaired", "re\u00adpaired")
    )
    store.save(make_article(article_body=hyphenated, extractor_version=2))
    store.save(make_article(article_body=TEXT, extractor_version=3), fetch_again(store))
    [row] = store.rows(articles)
    assert (row.article_body, row.revision) == (TEXT, 1)
    assert {one.shingle_hash for one in store.rows(article_shingles)} == set(compute_shingle_hashes(TEXT))
    assert store.save(make_article(article_body=f"{TEXT}\n\nMore."), fetch_again(store)).reason == "content_changed"


def test_capture_from_before_the_last_fetch_of_an_unchanged_text_is_an_older_capture(
    store: Store, make_article: Make
) -> None:
    store.save(make_article(article_body=TEXT))
    later = make_article(article_body=TEXT, date_downloaded=NOW + timedelta(days=2))
    assert store.save(later, fetch_again(store)).reason == "same_content"
    between = make_article(article_body=f"{TEXT}\n\nMore.", date_downloaded=NOW + timedelta(hours=1))
    assert store.save(between, fetch_again(store)).reason == "older_capture"


def test_changed_body_creates_a_revision_and_keeps_the_old_body(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body="first", authors=["A B", "C D"]))
    store.start_crawl()
    saved = store.save(make_article(article_body="second", authors=["A B"]))
    assert (saved.outcome, saved.reason) == (Outcome.UPDATED, "content_changed")
    [row] = store.rows(articles)
    assert (row.article_body, row.revision) == ("second", 2)
    assert [one.name for one in store.rows(article_authors)] == ["A B"]
    assert [(old.revision, old.article_body) for old in store.rows(article_revisions)] == [(1, "first")]


def test_change_feed_has_every_insertion_revision_and_withdrawal(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body="first"))
    store.start_crawl()
    store.save(make_article(article_body="second"))
    store.start_crawl()
    [claim] = store.claim("https://example.org/one", force=True)
    store.finish(claim, Outcome.GONE, "http_410")
    changes = store.rows(article_changes)
    assert [(change.kind, change.revision) for change in changes] == [("inserted", 1), ("revised", 2), ("withdrawn", 2)]
    assert [change.change_id for change in changes] == sorted(change.change_id for change in changes)


def fetch_again(store: Store, after: timedelta = timedelta(hours=1), url: str = "https://example.org/one") -> Claim:
    """Start a crawl *after* the last one and claim the page, whether due or not."""
    store.now += after
    store.start_crawl()
    [claim] = store.claim(url, force=True)
    return claim


def kinds(store: Store) -> list[str]:
    return [change.kind for change in store.rows(article_changes)]


def test_410_withdraws_the_article_and_keeps_its_text(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body="the text"))
    store.finish(fetch_again(store), Outcome.GONE, "http_410")
    [row] = store.rows(articles)
    assert (row.withdrawn_at, row.article_body) == (store.now, "the text")
    [_, withdrawn] = store.rows(article_changes)
    assert (withdrawn.kind, withdrawn.crawl_id) == ("withdrawn", store.crawl_id)


def test_404_is_fetched_again_an_hour_later_before_the_article_is_withdrawn(store: Store, make_article: Make) -> None:
    store.save(make_article())
    store.finish(fetch_again(store), Outcome.GONE, "http_404")
    assert [row.withdrawn_at for row in store.rows(articles)] == [None]
    assert [page.next_fetch_at for page in store.rows(pages)] == [store.now + timedelta(hours=1)]
    store.finish(fetch_again(store), Outcome.GONE, "http_404")
    assert [row.withdrawn_at for row in store.rows(articles)] == [store.now]
    assert kinds(store) == ["inserted", "withdrawn"]


def test_two_404s_within_minutes_or_with_a_success_in_between_do_not_withdraw_the_article(
    store: Store, make_article: Make
) -> None:
    store.save(make_article())
    store.finish(fetch_again(store), Outcome.GONE, "http_404")
    store.finish(fetch_again(store, timedelta(minutes=5)), Outcome.GONE, "http_404")
    store.save(make_article(), fetch_again(store))
    store.finish(fetch_again(store), Outcome.GONE, "http_404")
    assert kinds(store) == ["inserted"]
    assert [page.next_fetch_at for page in store.rows(pages)] == [store.now + timedelta(hours=1)]


def test_withdrawn_article_that_is_found_again_is_restored_in_the_table_and_the_feed(
    store: Store, make_article: Make
) -> None:
    store.save(make_article())
    store.finish(fetch_again(store), Outcome.GONE, "http_410")
    assert [page.next_fetch_at is not None for page in store.rows(pages)] == [True], "the page is fetched again"
    saved = store.save(make_article(), fetch_again(store))
    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "same_content")
    assert [row.withdrawn_at for row in store.rows(articles)] == [None]
    assert kinds(store) == ["inserted", "withdrawn", "restored"]


def test_withdrawn_article_found_again_with_another_text_is_restored_and_revised(
    store: Store, make_article: Make
) -> None:
    store.save(make_article(article_body="first"))
    store.finish(fetch_again(store), Outcome.GONE, "http_410")
    store.save(make_article(article_body="second"), fetch_again(store))
    changes = [(change.kind, change.revision) for change in store.rows(article_changes)]
    assert changes == [("inserted", 1), ("withdrawn", 1), ("restored", 1), ("revised", 2)]
    assert [row.withdrawn_at for row in store.rows(articles)] == [None]


def test_304_restores_a_withdrawn_article(store: Store, make_article: Make) -> None:
    store.save(make_article())
    store.finish(fetch_again(store), Outcome.GONE, "http_410")
    store.finish(fetch_again(store), Outcome.UNCHANGED, "not_modified", http_status=304)
    assert [row.withdrawn_at for row in store.rows(articles)] == [None]
    assert kinds(store) == ["inserted", "withdrawn", "restored"]
    store.finish(fetch_again(store), Outcome.UNCHANGED, "not_modified", http_status=304)
    assert kinds(store) == ["inserted", "withdrawn", "restored"]


def test_duplicate_of_a_withdrawn_article_is_fetched_again_and_stored(store: Store, make_article: Make) -> None:
    store.save(make_article(headline="News", article_body="the same"))
    copy = make_article("https://example.org/two", headline="News", article_body="the same")
    assert store.save(copy).outcome is Outcome.DUPLICATE
    store.finish(fetch_again(store), Outcome.GONE, "http_410")
    store.start_crawl()
    [due] = [claim for claim in store.claim_pending() if claim.url == copy.url]
    assert store.save(copy, due).outcome is Outcome.STORED
    assert [(row.url, row.withdrawn_at is None) for row in store.rows(articles)] == [
        ("https://example.org/one", False),
        ("https://example.org/two", True),
    ]


def test_withdrawn_article_is_updated_by_another_page_with_the_same_canonical_url(
    store: Store, make_article: Make
) -> None:
    store.save(make_article())
    store.finish(fetch_again(store), Outcome.GONE, "http_410")
    facts = {"canonical_url": "https://example.org/one", "headline": "News of https://example.org/one"}
    moved = make_article("https://example.org/moved", article_body="new text", **facts)
    assert store.save(moved).outcome is Outcome.UPDATED
    [row] = store.rows(articles)
    assert (row.url, row.withdrawn_at, row.revision) == ("https://example.org/moved", None, 2)


TEXT = (
    "The town council voted on Tuesday for a new bridge over the river, which is to cost 12 million euros.\n\n"
    "Mayor Anna Berger said that the old bridge could not be repaired. Its pillars have been closed since the flood."
    "\n\nWork is to begin in spring and to take two years, and a group of residents wants to go to court."
)
STUB = TEXT.split("\n\n")[0]


def test_revision_keeps_all_fields_of_the_old_version(store: Store, make_article: Make) -> None:
    facts: dict[str, Any] = {
        "headline": "The first headline",
        "description": "What it is about",
        "authors": ["A B", "C D"],
        "keywords": ["bridge"],
        "images": [Image("https://example.org/a.jpg", "The bridge", "Reuters")],
        "date_published": NOW - timedelta(days=1),
        "date_published_raw": "yesterday",
        "date_published_precision": Precision.INSTANT,
        "date_published_utc_offset": -300,
        "date_published_zone": DateZone.SITE,
        "date_published_day": NOW.date(),
        "date_modified": NOW,
        "date_modified_raw": "now",
        "date_modified_precision": Precision.DAY,
        "alternative_headline": "The bridge opens",
        "standfirst": "Finally",
        "article_body": TEXT,
        "article_body_html": "<p>html</p>",
        "in_language": "en",
        "article_type": "LiveBlogPosting",
        "article_section": "Local",
        "publisher": "The Town Gazette",
        "source_organization": "AFP",
        "main_image": "https://example.org/a.jpg",
        "is_accessible_for_free": True,
        "is_truncated": False,
        "disagreements": ["authors"],
        "sources": {"headline": "json-ld"},
        "extractor_version": 2,
    }
    first = make_article(**facts)
    store.save(first)
    crawl = store.crawl_id
    store.save(make_article(article_body=f"{TEXT}\n\nMore."), fetch_again(store))
    [old] = store.rows(article_revisions)
    images = [{"url": "https://example.org/a.jpg", "caption": "The bridge", "credit": "Reuters"}]
    expected = facts | {"images": images, "url": first.url, "canonical_url": None, "crawl_id": crawl, "revision": 1}
    expected |= {"content_hash": first.content_hash, "date_downloaded": NOW, "page_id": first.page_id, "word_count": 61}
    assert {name: value for name, value in old._mapping.items() if name != "article_id"} == expected


def test_revisions_have_every_column_of_articles_that_differs_between_versions() -> None:
    of_all_versions = {"id", "url_key", "site", "withdrawn_at", "story_id", "similarity", "shingles_version"}
    names = {column.name for column in articles.columns} - of_all_versions
    assert names <= {column.name for column in article_revisions.columns}


def test_revision_has_a_size_and_a_label(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=TEXT))
    store.save(make_article(article_body=TEXT.replace("repaired", "repared")), fetch_again(store))
    store.save(make_article(article_body=TEXT.replace("12 million", "15 million")), fetch_again(store))
    inserted, typo, correction = store.rows(article_changes)
    assert (inserted.change_size, inserted.change_label) == (None, None)
    assert (typo.change_label, correction.change_label) == ("typo", "correction")
    assert 0 < typo.change_size < 0.1


def test_regression_is_recorded_and_does_not_replace_the_text(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=TEXT, authors=["A B"]))
    claim = fetch_again(store)
    saved = store.save(make_article(article_body=STUB), claim)
    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "regression_half_body")
    [row] = store.rows(articles)
    assert (row.article_body, row.revision) == (TEXT, 1)
    assert [author.name for author in store.rows(article_authors)] == ["A B"]
    [page] = store.rows(pages)
    assert (page.outcome, page.reason) == ("unchanged", "regression_half_body")
    assert page.next_fetch_at is not None
    [rejected] = store.rows(rejected_versions)
    assert (rejected.reason, rejected.fetches, rejected.article_id) == ("regression_half_body", 1, row.id)


def test_validators_of_rejected_responses_are_not_stored(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=TEXT))
    for etag, body in (('"good"', TEXT), ('"bad"', STUB)):
        claim = fetch_again(store)
        article = make_article(article_body=body)
        article.page_id, article.crawl_id = claim.page_id, store.crawl_id
        store.do(SaveArticle(article, claim, store.result(Outcome.STORED, "new", etag=etag)))
    store.finish(fetch_again(store), Outcome.NOT_ARTICLE, "bot_challenge", etag='"challenge"')
    assert [page.etag for page in store.rows(pages)] == ['"good"']


def test_regression_is_accepted_once_it_persists(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=TEXT))
    reasons = []
    for hours in (1, 6, 24):
        claim = fetch_again(store, timedelta(hours=hours))
        reasons.append(store.save(make_article(article_body=STUB, date_downloaded=store.now), claim).reason)
    assert reasons == ["regression_half_body", "regression_half_body", "content_changed"]
    assert [row.article_body for row in store.rows(articles)] == [STUB]
    assert [old.article_body for old in store.rows(article_revisions)] == [TEXT]
    assert store.rows(rejected_versions) == []


def test_good_version_resets_the_count_of_regressions(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=TEXT))
    for body in (STUB, STUB, TEXT, STUB):
        claim = fetch_again(store, timedelta(days=1))
        store.save(make_article(article_body=body, date_downloaded=store.now), claim)
    assert [row.article_body for row in store.rows(articles)] == [TEXT]
    assert [rejected.fetches for rejected in store.rows(rejected_versions)] == [1]


def test_regression_does_not_restore_a_withdrawn_article(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=TEXT))
    store.finish(fetch_again(store), Outcome.GONE, "http_410")
    store.save(make_article(article_body=STUB), fetch_again(store))
    assert kinds(store) == ["inserted", "withdrawn"]


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [(Outcome.NOT_ARTICLE, "bot_challenge"), (Outcome.NOT_ARTICLE, "soft_404"), (Outcome.TOO_SHORT, "body_under_100")],
)
def test_page_that_temporarily_shows_no_article_keeps_its_article_and_is_fetched_again(
    store: Store, make_article: Make, outcome: Outcome, reason: str
) -> None:
    store.save(make_article(article_body=TEXT))
    store.finish(fetch_again(store), outcome, reason)
    [page], [row] = store.rows(pages), store.rows(articles)
    assert (page.outcome, page.reason, page.article_id) == (outcome, reason, row.id)
    assert page.next_fetch_at == store.now + timedelta(hours=6)
    assert (row.article_body, row.withdrawn_at) == (TEXT, None)


def test_text_changed_by_a_newer_extractor_is_re_extracted_rather_than_revised(
    store: Store, make_article: Make
) -> None:
    store.save(make_article(article_body=f"{TEXT}\n\nShare this page", extractor_version=2))
    saved = store.save(make_article(article_body=TEXT, extractor_version=3), fetch_again(store))
    assert (saved.outcome, saved.reason) == (Outcome.UPDATED, "re_extracted")
    [_, change] = store.rows(article_changes)
    assert (change.kind, change.revision, change.change_label) == ("re-extracted", 2, None)
    assert [(old.revision, old.extractor_version) for old in store.rows(article_revisions)] == [(1, 2)]


def test_text_changed_after_a_newer_extractor_found_it_unchanged_is_a_revision(
    store: Store, make_article: Make
) -> None:
    store.save(make_article(article_body=TEXT, extractor_version=2))
    store.save(make_article(article_body=TEXT, extractor_version=3), fetch_again(store))
    store.save(make_article(article_body=f"{TEXT}\n\nMore is to come.", extractor_version=3), fetch_again(store))
    assert kinds(store) == ["inserted", "revised"]


def test_article_and_its_revision_in_one_transaction_are_both_kept(store: Store, make_article: Make) -> None:
    [claim] = store.claim("https://example.org/one")
    versions = [make_article(article_body=TEXT, authors=["A B"]), make_article(article_body=f"{TEXT}\n\nMore.")]
    store.save_all(versions, [claim, claim])
    assert [old.authors for old in store.rows(article_revisions)] == [["A B"]]
    assert store.rows(article_authors) == []


def test_same_text_under_another_url_of_the_site_is_a_duplicate_that_points_to_the_first(
    store: Store, make_article: Make
) -> None:
    first = store.save(make_article(headline="News", article_body="the same"))
    second = store.save(make_article("https://example.org/two", headline="News", article_body="the  same"))
    assert (second.outcome, second.reason, second.article_id) == (
        Outcome.DUPLICATE,
        "same_content",
        first.article_id,
    )
    assert len(store.rows(articles)) == 1
    assert [page.article_id for page in store.rows(pages)] == [first.article_id] * 2


def test_page_with_a_stored_canonical_url_is_a_duplicate(store: Store, make_article: Make) -> None:
    first = store.save(make_article())
    copy = make_article(
        "https://example.org/copy",
        canonical_url="https://example.org/one",
        headline="News of https://example.org/one",
        article_body="other words",
    )
    second = store.save(copy)
    assert (second.outcome, second.reason, second.article_id) == (Outcome.DUPLICATE, "same_url", first.article_id)


def test_canonical_page_takes_over_its_article_from_a_copy_with_a_change_in_the_feed(
    store: Store, make_article: Make
) -> None:
    copy, own = "https://example.org/m/one", "https://example.org/one"
    store.save(make_article(copy, canonical_url=own, article_body=TEXT))
    saved = store.save(
        make_article(own, headline=f"News of {copy}", article_body=f"{TEXT}\n\nMore."), fetch_again(store)
    )
    assert (saved.outcome, saved.reason) == (Outcome.UPDATED, "content_changed")
    assert [(row.url, row.revision) for row in store.rows(articles)] == [(own, 2)]
    assert [row.url for row in store.rows(article_revisions)] == [copy], "the new page never had the old text"
    assert kinds(store) == ["inserted", "metadata", "revised"]
    first, second = store.rows(pages)
    assert [row.page_id for row in store.rows(article_revisions)] == [first.id]
    assert [row.page_id for row in store.rows(articles)] == [second.id]


def test_duplicates_within_one_transaction_are_found(store: Store, make_article: Make) -> None:
    urls = [f"https://example.org/{number}" for number in range(40)]
    copies = [make_article(url, headline="News", article_body=f"text {i % 4}") for i, url in enumerate(urls)]
    outcomes = [saved.outcome for saved in store.save_all(copies, store.claim(*urls))]
    assert outcomes.count(Outcome.STORED) == 4
    assert outcomes.count(Outcome.DUPLICATE) == 36


def test_articles_that_are_saved_together_leave_the_same_rows_as_one_by_one(
    sqlite_url: str, make_article: Make
) -> None:
    """Each takes the key or the page of an article before it, revises it, or is its copy."""
    base = "https://example.org"
    fetched: list[tuple[str, dict[str, Any]]] = [
        ("one", {"article_body": TEXT}),
        ("m/two", {"canonical_url": f"{base}/two", "headline": "Two", "article_body": "Text of two."}),
        ("two", {"headline": "Two", "article_body": "Text of two, longer."}),
        ("three", {"canonical_url": f"{base}/one", "headline": "Three", "article_body": "Something else."}),
        ("m/four", {"canonical_url": f"{base}/four", "headline": "Four", "article_body": "Text of four."}),
        ("four", {"headline": "Not four", "article_body": "Another text."}),
        ("one", {"article_body": TEXT, "authors": ["A B"]}),
        ("one", {"article_body": f"{TEXT}\n\nMore.", "authors": ["A B"]}),
        ("copy", {"headline": f"News of {base}/one", "article_body": f"{TEXT}\n\nMore."}),
    ]
    tables = [table for table in metadata.tables.values() if table not in (fetches, pages)]
    upgrade(engine := open_engine(sqlite_url))
    store = Store(engine)
    claims = {claim.url: claim for claim in store.claim(*(f"{base}/{name}" for name, _ in fetched))}
    found = []
    for size in (1, len(fetched)):
        operations = [
            SaveArticle(
                make_article(claim.url, page_id=claim.page_id, **facts), claim, store.result(Outcome.STORED, "")
            )
            for claim, facts in ((claims[f"{base}/{name}"], facts) for name, facts in fetched)
        ]
        with engine.connect() as connection, connection.begin() as transaction:
            saved = [
                one
                for start in range(0, len(fetched), size)
                for one in SaveArticle.apply_all(connection, operations[start : start + size])
            ]
            found.append([saved, *(connection.execute(select(table)).all() for table in tables)])
            transaction.rollback()
    store.close()
    engine.dispose()
    assert [one.reason for one in found[0][0]] == [
        "new",
        "new",
        "content_changed",
        "new",
        "new",
        "new",
        "metadata_changed",
        "content_changed",
        "same_content",
    ]
    assert found[0] == found[1]


def test_older_capture_never_replaces_a_newer_one(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body="of today"))
    store.start_crawl()
    saved = store.save(make_article(article_body="of yesterday", date_downloaded=store.now - timedelta(days=1)))
    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "older_capture")
    assert [row.article_body for row in store.rows(articles)] == ["of today"]


def test_article_rejected_by_the_database_does_not_fail_the_others(store: Store, make_article: Make) -> None:
    good, bad, also_good = (make_article(f"https://example.org/{name}") for name in ("a", "b", "c"))
    bad.headline = None
    claims = store.claim(*(str(article.url) for article in (good, bad, also_good)))
    with pytest.raises(IntegrityError):
        store.save_all([good, bad, also_good], claims)
    assert sorted(row.url for row in store.rows(articles)) == ["https://example.org/a", "https://example.org/c"]
    assert {page.url: page.outcome for page in store.rows(pages)}["https://example.org/b"] is None


def test_body_that_was_cut_is_recorded(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body=TEXT, is_truncated=True, sources={"is_truncated": "length limit"}))
    store.save(make_article("https://example.org/b", headline="Another", article_body=STUB, is_truncated=True))
    assert [row.detail for row in store.rows(fetches)] == [f"the body is cut after {len(TEXT)} characters", None]
