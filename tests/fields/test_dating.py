"""The choice of an article's dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from newscrawl.evidence import Evidence, ExtractionRules
from newscrawl.fields.dating import set_dates
from newscrawl.items import Article, Precision

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def dated(declared: Mapping[str, list[tuple[str, str]]], rules: ExtractionRules | None = None) -> Article:
    """Return an article with the dates of *declared*: field -> (value, source), best first."""
    evidence = {name: [Evidence(value, source) for value, source in values] for name, values in declared.items()}
    article = Article()
    set_dates(article, evidence, article.sources, rules or ExtractionRules(), NOW)
    return article


@pytest.mark.parametrize(
    ("values", "moment", "precision", "source"),
    [
        ([("2024-02-06T18:05:00+01:00", "json-ld")], "2024-02-06T17:05:00+00:00", Precision.INSTANT, "json-ld"),
        ([("2024-02-06", "json-ld")], "2024-02-06T00:00:00+00:00", Precision.DAY, "json-ld"),
        ([("soon", "json-ld"), ("2024-02-06", "meta")], "2024-02-06T00:00:00+00:00", Precision.DAY, "meta"),
        (
            [("2024-02-06", "json-ld"), ("2024-02-06T10:00:00Z", "meta")],
            "2024-02-06T10:00:00+00:00",
            Precision.INSTANT,
            "meta",
        ),
        (
            [("2024-02-06", "json-ld"), ("2020-02-06T10:00:00Z", "meta")],
            "2024-02-06T00:00:00+00:00",
            Precision.DAY,
            "json-ld",
        ),
        ([("2030-01-01", "json-ld"), ("2024-02-06", "meta")], "2024-02-06T00:00:00+00:00", Precision.DAY, "meta"),
    ],
)
def test_dates_have_a_precision_and_a_source(
    values: list[tuple[str, str]], moment: str, precision: Precision, source: str
) -> None:
    article = dated({"date_published": values})
    assert article.date_published is not None
    assert article.date_published.isoformat() == moment
    assert (article.date_published_precision, article.sources["date_published"]) == (precision, source)


def test_a_date_that_cannot_be_parsed_keeps_its_raw_text() -> None:
    article = dated({"date_published": [("9999-99-99", "json-ld")]})
    assert (article.date_published, article.date_published_raw, article.date_published_precision) == (
        None,
        "9999-99-99",
        None,
    )


def test_the_modified_date_is_never_before_the_published_one() -> None:
    dates = {"date_published": [("2024-02-06T18:00:00Z", "json-ld")]}
    assert dated(dates | {"date_modified": [("2024-02-05", "json-ld")]}).date_modified is None
    assert dated(dates | {"date_modified": [("2024-02-06", "json-ld")]}).date_modified is not None


def test_a_single_modified_date_is_used_as_publication_date() -> None:
    article = dated({"date_modified": [("2024-02-05T10:00:00Z", "dom")]})
    assert article.date_published == article.date_modified == datetime(2024, 2, 5, 10, 0, tzinfo=UTC)
    assert article.sources["date_published"] == "date_modified"


def test_the_offset_is_taken_from_the_source_that_has_one() -> None:
    dates = [("2024-02-06 18:05:09.0", "json-ld"), ("2024-02-06T18:05:09+02:00", "meta")]
    article = dated({"date_published": dates})
    assert article.date_published == datetime(2024, 2, 6, 16, 5, 9, tzinfo=UTC)
    assert article.sources["date_published"] == "meta"


def test_an_instant_of_a_later_source_beats_a_day_only_if_they_are_close() -> None:
    day, near, far = ("2024-02-06", "dom"), ("2024-02-06T18:05:00Z", "feed"), ("2024-02-16T18:05:00Z", "feed")
    assert dated({"date_published": [day, near]}).sources["date_published"] == "feed"
    assert dated({"date_published": [day, far]}).sources["date_published"] == "dom"


def test_dates_are_parsed_in_the_language_of_the_article() -> None:
    article = Article(in_language="de")
    values = {"date_published": [Evidence("6. Dezember 2023", "dom")]}
    set_dates(article, values, article.sources, ExtractionRules(), NOW)
    assert article.date_published == datetime(2023, 12, 6, tzinfo=UTC)


def test_the_time_zone_of_the_site_applies_if_the_page_has_none() -> None:
    article = dated({"date_published": [("2024-02-06T18:05", "dom")]}, rules=ExtractionRules(time_zone="Europe/Berlin"))
    assert article.date_published == datetime(2024, 2, 6, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("modified", "visible", "day"),
    [
        ("2024-06-20T10:00:00Z", "6 February 2024", "2024-02-06"),
        ("2024-06-20T09:59:59Z", "6 February 2024", "2024-02-06"),
        ("2024-06-21T10:00:00Z", "6 February 2024", "2024-06-20"),
        ("2024-06-20T10:00:00Z", "19 June 2024", "2024-06-20"),
        ("2024-06-20T10:00:00Z", "6 July 2024", "2024-06-20"),
    ],
    ids=["same as modified", "after modified", "modified later", "time zones", "visible date later"],
)
def test_a_modified_date_as_publication_date_gives_way_to_an_earlier_visible_one(
    modified: str, visible: str, day: str
) -> None:
    published = [("2024-06-20T10:00:00Z", "json-ld"), (visible, "dom")]
    article = dated({"date_published": published, "date_modified": [(modified, "json-ld")]})
    assert article.date_published is not None
    assert article.date_published.date().isoformat() == day
