"""The choice of an article's dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from newscrawl.evidence import Evidence, ExtractionRules
from newscrawl.fields.dating import set_dates
from newscrawl.items import Article, DateZone, Precision

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
    ("published", "modified", "visible", "day"),
    [
        ("2024-06-20", "2024-06-20", "6 February 2024", "2024-02-06"),
        ("Jun 20, 2024", "Jun 20, 2024", "6 February 2024", "2024-02-06"),
        ("2024-06-20T10:00:00.123Z", "2024-06-20T10:00:00.123Z", "6 February 2024", "2024-02-06"),
        ("2024-06-20T10:00:00.123Z", "2024-06-20T09:59:59.100Z", "6 February 2024", "2024-02-06"),
        ("2024-06-20T10:00:00Z", "2024-06-20T10:00:00Z", "6 February 2024", "2024-06-20"),
        ("2024-06-20T10:00:00+02:00", "2024-06-20T10:00:00+02:00", "6 February 2024", "2024-06-20"),
        ("2024-06-20", "2024-06-21", "6 February 2024", "2024-06-20"),
        ("2024-06-20", "2024-06-20", "19 June 2024", "2024-06-20"),
        ("2024-06-20", "2024-06-20", "6 July 2024", "2024-06-20"),
        ("2024-06-20", "2024-06-20", "06/02/2024", "2024-06-20"),
    ],
    ids=["day", "day in words", "build time", "before build time", "exact time", "local time", "modified later",
         "time zones", "visible date later", "ambiguous visible date"],
)  # fmt: skip
def test_a_date_of_the_last_build_gives_way_to_an_earlier_visible_one(
    published: str, modified: str, visible: str, day: str
) -> None:
    dates = [(published, "json-ld"), (visible, "dom")]
    article = dated({"date_published": dates, "date_modified": [(modified, "json-ld")]})
    assert article.date_published_day is not None
    assert article.date_published_day.isoformat() == day


@pytest.mark.parametrize("second", [("20 June 2024", "dom"), ("2024-06-20", "url"), ("2024-06-20T08:00:00Z", "feed")])
def test_a_date_that_the_page_or_its_source_confirms_is_not_that_of_the_last_build(second: tuple[str, str]) -> None:
    dates = [("2024-06-20", "json-ld"), ("6 February 2024", "dom"), second]
    article = dated({"date_published": dates, "date_modified": [("2024-06-20", "json-ld")]})
    assert article.date_published_day == date(2024, 6, 20)


@pytest.mark.parametrize(
    ("values", "moment", "offset", "zone", "day"),
    [
        ([("2024-02-06T22:30:00-08:00", "json-ld")], "2024-02-07T06:30:00", -480, "stated", "2024-02-06"),
        ([("2024-02-06", "json-ld")], "2024-02-06T00:00:00", None, None, "2024-02-06"),
        ([("2024-02-06T22:30:00", "json-ld")], "2024-02-06T22:30:00", None, "assumed", "2024-02-06"),
        (
            [("2024-02-06T22:30:00", "json-ld"), ("February 6, 2024 10:30 p.m. PST", "dom")],
            "2024-02-07T06:30:00", -480, "stated", "2024-02-06",
        ),
        (
            [("2024-02-06T22:30:11", "json-ld"), ("6 Feb 2024, 22.30 (GMT+7)", "dom")],
            "2024-02-06T15:30:11", 420, "stated", "2024-02-06",
        ),
        (
            [("2024-02-06 22:37", "dom"), ("Tue, 06 Feb 2024 14:37:00 GMT", "feed")],
            "2024-02-06T14:37:00", 480, "stated", "2024-02-06",
        ),
        (
            [("2024-02-06T22:30:00", "json-ld"), ("February 6, 2024 11:45 p.m. PST", "dom")],
            "2024-02-06T22:30:00", None, "assumed", "2024-02-06",
        ),
        (
            [("2024-02-06 22:37", "dom"), ("Tue, 06 Feb 2024 14:39:00 GMT", "feed")],
            "2024-02-06T22:37:00", None, "assumed", "2024-02-06",
        ),
        ([("2024-02-06T22:30:00Z", "json-ld")], "2024-02-06T22:30:00", 0, "stated", "2024-02-06"),
        (
            [("2024-02-06T22:30:00Z", "json-ld"), ("7 February 2024", "dom")],
            "2024-02-06T22:30:00", 0, "stated", "2024-02-07",
        ),
        (
            [("2024-02-06T22:30:00Z", "json-ld"), ("8 February 2024", "dom")],
            "2024-02-06T22:30:00", 0, "stated", "2024-02-06",
        ),
        (
            [("2024-02-06T22:30:00+01:00", "json-ld"), ("7 February 2024", "dom")],
            "2024-02-06T21:30:00", 60, "stated", "2024-02-06",
        ),
    ],
    ids=["offset", "day", "no zone", "visible zone", "visible zone without seconds", "the same moment in UTC",
         "another clock", "another moment", "UTC", "UTC and a visible day", "UTC and a distant day",
         "own offset and a visible day"],
)  # fmt: skip
def test_the_zone_and_the_publishers_day_are_set(
    values: list[tuple[str, str]], moment: str, offset: int | None, zone: str | None, day: str
) -> None:
    article = dated({"date_published": values, "in_language": [("en-US", "meta")]})
    assert article.date_published is not None
    assert article.date_published_day is not None
    assert article.date_published.isoformat() == f"{moment}+00:00"
    assert (article.date_published_utc_offset, article.date_published_zone) == (offset, zone)
    assert article.date_published_day.isoformat() == day


def test_the_publishers_day_of_a_date_in_utc_is_that_of_the_sites_zone() -> None:
    rules = ExtractionRules(time_zone="Asia/Tokyo")
    article = dated({"date_published": [("2024-02-06T22:30:00Z", "json-ld")]}, rules)
    assert (article.date_published_utc_offset, article.date_published_day) == (0, date(2024, 2, 7))
    article = dated({"date_published": [("2024-02-06T22:30:00", "json-ld")]}, rules)
    assert (article.date_published_utc_offset, article.date_published_zone) == (540, DateZone.SITE)
    assert article.date_published_day == date(2024, 2, 6)


@pytest.mark.parametrize(
    ("declared", "url", "day"),
    [
        ({"date_published": [("03/04/2021", "dom")]}, "https://example.com/a", "2021-03-04"),
        ({"date_published": [("03/04/2021", "dom")]}, "https://example.com.au/a", "2021-04-03"),
        ({"date_published": [("03/04/2021", "dom")]}, "https://example.com/2021/04/a", "2021-04-03"),
        ({"date_published": [("03/04/2021", "dom"), ("2021-04-03", "url")]}, "https://example.com/a", "2021-04-03"),
        ({"date_published": [("03/04/2021", "dom")], "date_modified": [("2021-04-03T10:00:00Z", "meta")]},
         "https://example.com/a", "2021-04-03"),
        ({"date_published": [("03/04/2021", "dom")], "date_modified": [("21/04/2021", "dom")]},
         "https://example.com/a", "2021-04-03"),
        ({"date_published": [("03/04/2021", "dom")], "date_format": [("27/01/2021", "dom")]},
         "https://example.com/a", "2021-04-03"),
        ({"date_published": [("03/04/2021", "dom")], "date_format": [("27/01/2021", "dom"), ("01/27/2021", "dom")]},
         "https://example.com/a", "2021-03-04"),
    ],
    ids=["language", "country", "month in the URL", "date in the URL", "date of the change", "order of another date",
         "order elsewhere on the page", "contradicting orders"],
)  # fmt: skip
def test_the_order_of_day_and_month_follows_the_other_dates_of_the_page(
    declared: dict[str, list[tuple[str, str]]], url: str, day: str
) -> None:
    evidence = {name: [Evidence(value, source) for value, source in values] for name, values in declared.items()}
    article = Article(in_language="en-US", url=url)
    set_dates(article, evidence, article.sources, ExtractionRules(), NOW)
    assert article.date_published_day is not None
    assert article.date_published_day.isoformat() == day


@pytest.mark.parametrize(
    ("visible", "other", "day"),
    [
        ("1 day ago", ("2023-11-07", "url"), "2023-11-07"),
        ("vor 3 Stunden", ("2023-11-07T08:00:00Z", "feed"), "2023-11-07"),
        ("1 day ago", ("2024-07-09", "url"), "2024-07-09"),
        ("3 hours ago", ("2024-07-10", "url"), "2024-07-10"),
        ("1 day ago", ("2024-07-12", "url"), "2024-07-09"),
        ("1 day ago", ("7 November 2023", "dom"), "2024-07-09"),
        ("9 July 2024", ("2023-11-07", "url"), "2024-07-09"),
    ],
    ids=["old copy", "feed", "same day", "today", "later day", "another visible date", "not relative"],
)
def test_a_relative_date_gives_way_to_an_earlier_one_of_url_or_feed(
    visible: str, other: tuple[str, str], day: str
) -> None:
    evidence = {"date_published": (Evidence(visible, "dom"), Evidence(*other))}
    article = Article(in_language="de" if "vor" in visible else "en")
    set_dates(article, evidence, article.sources, ExtractionRules(), datetime(2024, 7, 10, 12, tzinfo=UTC))
    assert article.date_published_day is not None
    assert article.date_published_day.isoformat() == day
