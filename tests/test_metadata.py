"""What a page says anew about an article whose text is the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newscrawl.identity.metadata import FIELDS, changed_metadata
from newscrawl.items import Precision

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
IMAGE = {"url": "https://example.org/a.jpg?w=800", "caption": "The bridge", "credit": None}
STORED: dict[str, Any] = dict.fromkeys(FIELDS) | {
    "headline": "The bridge is closed",
    "article_body": "Nobody may cross.",
    "article_body_html": "<p>Nobody may cross.</p>",
    "authors": ["Ada Berger"],
    "keywords": [],
    "images": [IMAGE],
    "main_image": "https://example.org/a.jpg?w=800",
    "date_published": NOON,
    "date_published_raw": "2026-11-20T12:00:00Z",
    "date_published_precision": Precision.INSTANT,
    "date_modified": NOON + HOUR,
    "article_section": "Local",
    "disagreements": [],
    "sources": {"authors": "dom", "date_published": "dom", "article_section": "feed"},
}


def changed(stored: dict[str, Any] | None = None, *, by_extractor: bool = False, **new: Any) -> dict[str, Any]:
    return changed_metadata(STORED | (stored or {}), STORED | new, by_extractor=by_extractor)


def test_the_same_metadata_change_nothing() -> None:
    assert changed() == changed(by_extractor=True) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("authors", ["Ada Berger", "Grace Hopper"]),
        ("article_section", "Traffic"),
        ("description", "Since the flood"),
        ("keywords", ["bridge"]),
        ("is_accessible_for_free", False),
        ("main_image", "https://example.org/b.jpg"),
        ("images", [IMAGE | {"credit": "Reuters"}]),
    ],
)
def test_another_value_replaces_the_stored_one_and_its_source(field: str, value: Any) -> None:
    sources = STORED["sources"] | {field: "json-ld"}
    assert changed(**{field: value}, sources=sources, disagreements=[field]) == {
        field: value,
        "sources": sources,
        "disagreements": [field],
    }


def test_sources_of_what_did_not_change_stay() -> None:
    new = changed(authors=["Grace Hopper"], article_section=None, sources={"authors": "json-ld", "headline": "dom"})
    assert new["sources"] == {"authors": "json-ld", "date_published": "dom", "article_section": "feed"}


@pytest.mark.parametrize("field", ["authors", "article_section", "images", "main_image", "date_published"])
def test_what_a_page_no_longer_states_stays(field: str) -> None:
    nothing: Any = [] if isinstance(STORED[field], list) else None
    assert changed(**{field: nothing}) == {}


def test_addresses_of_images_that_differ_in_their_query_are_the_same() -> None:
    other = "https://example.org/a.jpg?w=800&token=7f3"
    assert changed(main_image=other, images=[IMAGE | {"url": other}]) == {}


def test_a_later_time_of_change_alone_is_no_change_and_goes_along_with_another() -> None:
    later = NOON + 2 * HOUR
    assert changed(date_modified=later, date_modified_raw="later") == {}
    assert changed(date_modified=later, description="New")["date_modified"] == later


def test_an_earlier_time_of_change_does_not_replace_a_later_one() -> None:
    assert "date_modified" not in changed(date_modified=NOON, description="New")
    assert "date_modified" not in changed({"date_modified": None}, date_modified=NOON - HOUR, description="New")


def test_another_date_of_publication_brings_its_parts_and_the_time_of_change() -> None:
    new = changed(date_published=NOON + 3 * HOUR, date_published_raw="15:00", date_modified=None)
    assert (new["date_published"], new["date_published_raw"]) == (NOON + 3 * HOUR, "15:00")
    assert new["date_published_precision"] == Precision.INSTANT
    assert new["date_modified"] is None, "a time of change is never earlier than that of publication"


def test_the_same_day_said_less_exactly_is_the_same_date() -> None:
    day = {"date_published": NOON.replace(hour=0), "date_published_precision": Precision.DAY}
    assert changed(**day) == {}
    assert changed(**day | {"date_published": day["date_published"] - timedelta(days=1)}) != {}
    assert changed(day) != {}, "an hour where only the day was known"


def test_only_a_newer_extractor_changes_how_the_same_text_is_set() -> None:
    html = "<p>Nobody may <b>cross</b>.</p>"
    assert changed(article_body_html=html) == {}
    assert changed(article_body_html=html, by_extractor=True)["article_body_html"] == html


def test_what_a_newer_extractor_leaves_out_is_taken_out() -> None:
    new = changed(authors=[], sources={"date_published": "dom", "article_section": "feed"}, by_extractor=True)
    assert new == {"authors": [], "disagreements": [], "sources": {"date_published": "dom", "article_section": "feed"}}
