"""Metadata updates for an article with unchanged text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from newscrawl.dedup.metadata_changes import FIELDS, changed_metadata
from newscrawl.items import DateZone, Precision

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
IMAGE = {"url": "https://example.org/a.jpg?w=800", "caption": "The bridge", "credit": None}
STORED: dict[str, Any] = dict.fromkeys(FIELDS) | {
    "headline": "The bridge is closed",
    "article_body": "Nobody may cross.",
    "article_body_html": "<p>Nobody may cross.</p>",
    "authors": ["Ada Berger", "Carl Diaz"],
    "keywords": ["bridge", "flood"],
    "images": [IMAGE],
    "main_image": "https://example.org/a.jpg?w=800",
    "in_language": "en-GB",
    "date_published": NOON,
    "date_published_raw": "2026-11-20T12:00:00Z",
    "date_published_precision": Precision.INSTANT,
    "date_published_utc_offset": 0,
    "date_published_zone": DateZone.DECLARED,
    "date_published_day": NOON.date(),
    "date_modified": NOON + HOUR,
    "article_section": "Local",
    "disagreements": ["authors"],
    "sources": {
        "authors": "json-ld",
        "keywords": "meta",
        "in_language": "json-ld",
        "date_published": "json-ld",
        "article_section": "feed",
    },
    "date_downloaded": NOON + 2 * HOUR,
}


def changed(
    stored: dict[str, Any] | None = None, *, source: str | None = None, by_extractor: bool = False, **new: Any
) -> dict[str, Any]:
    """Return what a version with *new* values changes; they come from *source* if it is given."""
    values = STORED | {"date_downloaded": NOON + 5 * HOUR} | new
    if source is not None:
        values["sources"] = values["sources"] | dict.fromkeys(new, source)
    return changed_metadata(STORED | (stored or {}), values, by_extractor=by_extractor)


def test_the_same_metadata_is_no_change() -> None:
    assert changed() == changed(by_extractor=True) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("authors", ["Ada Berger", "Grace Hopper"]),
        ("article_section", "Traffic"),
        ("alternative_headline", "Bridge opens"),
        ("description", "Since the flood"),
        ("standfirst", "After two years of work"),
        ("keywords", ["bridge"]),
        ("is_accessible_for_free", False),
        ("main_image", "https://example.org/b.jpg"),
        ("images", [IMAGE | {"credit": "Reuters"}]),
    ],
)
def test_a_new_value_replaces_the_stored_one_and_its_source(field: str, value: Any) -> None:
    new = changed(**{field: value}, source="json-ld")
    assert new.keys() == {field, "sources", "disagreements"}
    assert (new[field], new["sources"]) == (value, STORED["sources"] | {field: "json-ld"})


@pytest.mark.parametrize(
    ("field", "value", "source"),
    [
        ("authors", ["Staff"], "dom"),
        ("keywords", ["news"], "feed"),
        ("in_language", "en-US", "opengraph"),
        ("in_language", "en", "text"),
        ("article_section", "News", "section"),
        ("date_published", NOON - 3 * HOUR, "dom"),
        ("date_published", NOON - 300 * HOUR, "date_modified"),
    ],
)
def test_a_value_from_a_less_reliable_source_only_fills_a_gap(field: str, value: Any, source: str) -> None:
    assert changed(**{field: value}, source=source) == {}
    nothing: Any = [] if isinstance(value, list) else None
    assert changed({field: nothing}, **{field: value}, source=source)[field] == value


@pytest.mark.parametrize("source", ["text", "url", "date_modified"])
def test_a_guess_does_not_replace_a_guess(source: str) -> None:
    guessed = {"sources": {"in_language": source, "date_published": source}}
    assert changed(guessed, in_language="fr", date_published=NOON - HOUR, source=source) == {}


def test_people_replace_staff_and_never_the_other_way_round() -> None:
    staff = {"authors": ["Staff"], "sources": STORED["sources"]}
    assert changed(authors=["Staff"], source="site rule") == {}
    gazette = "The Town Gazette"
    assert "authors" not in changed(authors=[gazette], publisher=gazette, source="json-ld")
    assert changed(staff, authors=["Ada Berger"], source="dom")["authors"] == ["Ada Berger"]


def test_sources_and_disagreements_of_unchanged_fields_stay() -> None:
    new = changed(description="New", sources={"description": "meta"}, disagreements=["headline"])
    assert new["sources"] == STORED["sources"] | {"description": "meta"}
    assert new["disagreements"] == ["authors"]
    assert changed(authors=["Grace Hopper"], disagreements=[])["disagreements"] == []


@pytest.mark.parametrize("field", ["authors", "article_section", "images", "main_image", "date_published"])
def test_values_that_the_page_no_longer_declares_stay(field: str) -> None:
    nothing: Any = [] if isinstance(STORED[field], list) else None
    assert changed(**{field: nothing}) == {}


def test_order_and_case_of_names_and_keywords_do_not_count() -> None:
    assert changed(authors=["Carl Diaz", "ADA BERGER"], keywords=["Flood", "bridge"]) == {}


@pytest.mark.parametrize(
    "url", ["https://example.org/a.jpg?w=800&token=7f3", "https://cdn2.example.net/a.jpg", "http://example.org/a.jpg"]
)
def test_images_are_compared_by_path(url: str) -> None:
    assert changed(main_image=url, images=[IMAGE | {"url": url}]) == {}


def test_images_are_compared_by_query_if_the_path_names_no_file() -> None:
    one, other = (f"https://example.org/_next/image?url=%2F{name}.jpg" for name in ("one", "other"))
    assert changed({"main_image": one}, main_image=other)["main_image"] == other


def test_a_later_modified_date_is_only_stored_along_with_another_change() -> None:
    later = NOON + 2 * HOUR
    assert changed(date_modified=later, date_modified_raw="later") == {}
    assert changed(date_modified=later, description="New")["date_modified"] == later


def test_an_earlier_modified_date_does_not_replace_a_later_one() -> None:
    assert "date_modified" not in changed(date_modified=NOON, description="New")
    assert "date_modified" not in changed({"date_modified": None}, date_modified=NOON - HOUR, description="New")


def test_a_new_publication_date_comes_with_raw_text_and_precision() -> None:
    new = changed(date_published=NOON - HOUR, date_published_raw="11:00", date_modified=None)
    assert (new["date_published"], new["date_published_raw"]) == (NOON - HOUR, "11:00")
    assert new["date_published_precision"] == Precision.INSTANT
    assert "date_modified" not in new


def test_a_modified_date_before_the_new_publication_date_is_removed() -> None:
    stored = {"date_downloaded": NOON + 4 * HOUR}
    new = changed(stored, date_published=NOON + 3 * HOUR, date_modified=NOON + 2 * HOUR, source="json-ld")
    assert (new["date_published"], new["date_modified"]) == (NOON + 3 * HOUR, None)
    assert "date_modified" not in new["sources"]


def test_a_publication_date_after_the_download_is_ignored() -> None:
    assert changed(date_published=NOON + 4 * HOUR) == {}
    assert changed(date_published=STORED["date_downloaded"]) != {}


@pytest.mark.parametrize("hours", [-11, -5, 0, 9, 14])
def test_the_same_date_with_less_precision_is_no_change(hours: int) -> None:
    evening = datetime(2026, 11, 20, 20, 30, tzinfo=timezone(timedelta(hours=hours)))
    day = {"date_published": NOON.replace(hour=0), "date_published_precision": Precision.DAY}
    assert changed({"date_published": evening.astimezone(UTC)}, **day) == {}
    known = day | {"date_downloaded": NOON + 48 * HOUR}
    assert changed(known, date_published=evening.astimezone(UTC)) != {}, "an instant where only the day was known"
    assert changed(date_published=NOON - 60 * HOUR, date_published_precision=Precision.DAY) != {}


def test_only_a_newer_extractor_updates_the_html_of_the_same_text() -> None:
    html = "<p>Nobody may <b>cross</b>.</p>"
    assert changed(article_body_html=html) == {}
    assert changed(article_body_html=html, by_extractor=True)["article_body_html"] == html


def test_a_newer_extractor_removes_values_whose_source_is_still_present() -> None:
    without = {name: source for name, source in STORED["sources"].items() if name != "authors"}
    new = changed(authors=[], sources=without, disagreements=[], by_extractor=True)
    assert new == {"authors": [], "disagreements": [], "sources": without}
    assert changed(authors=[], sources={"article_section": "feed"}, by_extractor=True) == {}, (
        "the page lost its JSON-LD"
    )


def test_a_newer_extractor_may_use_a_less_reliable_source() -> None:
    sources = STORED["sources"] | {"authors": "dom"}
    assert changed(authors=["Ada Berger"], sources=sources, by_extractor=True)["authors"] == ["Ada Berger"]


def test_a_newer_extractor_adds_the_zone_and_the_day_of_the_same_moment() -> None:
    before = {"date_published_utc_offset": None, "date_published_zone": None, "date_published_day": None}
    assert changed(before) == {}
    new = changed(before, by_extractor=True)
    assert (new["date_published_utc_offset"], new["date_published_day"]) == (0, NOON.date())
    assert changed(by_extractor=True, **before) == {}
