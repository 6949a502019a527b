"""Parsed dates are aware, in UTC, and have a precision."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newscrawl.fields.date_search import find_date_in_path, find_dates
from newscrawl.fields.dates import DateHints, ParsedDate, parse_date
from newscrawl.items import DateZone, Precision

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def parse(text: str, time_zone: str | None = None, language: str | None = None, *, thorough: bool = True) -> str | None:
    parsed = parse_date(text, time_zone=time_zone, language=language, now=NOW, thorough=thorough)
    if parsed is None:
        return None
    assert parsed.moment.tzinfo is UTC
    return parsed.moment.strftime("%Y-%m-%d") if parsed.precision is Precision.DAY else parsed.moment.isoformat()


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Published on June 04, 2025", "en", "2025-06-04"),
        ("Posted 4 June 2025", "en", "2025-06-04"),
        ("Veröffentlicht am 4. Juni 2025", "de", "2025-06-04"),
        ("Publié le 4 juin 2025", "fr", "2025-06-04"),
        ("Published on 12 June, 4 June 2025", "en", None),
        ("Posted 3 days ago", "en", "2026-11-19"),
    ],
)
def test_a_date_is_parsed_after_a_label(text: str, language: str, day: str | None) -> None:
    parsed = parse_date(text, time_zone=None, language=language, now=NOW, thorough=False)
    assert (parsed.moment.date().isoformat() if parsed else None) == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-06T18:05:00+01:00", "2024-02-06T17:05:00+00:00"),
        ("2024-02-06T18:05:00Z", "2024-02-06T18:05:00+00:00"),
        ("2024-02-06 18:05:00", "2024-02-06T18:05:00+00:00"),
        ("2024-02-06T18:05:00.123+0100", "2024-02-06T17:05:00.123000+00:00"),
        ("2024-2-6 8:05", "2024-02-06T08:05:00+00:00"),
        ("2024-02-06T18:05:00+01:00[Europe/Berlin]", "2024-02-06T17:05:00+00:00"),
        ("Tue, 06 Feb 2024 18:05:00 GMT", "2024-02-06T18:05:00+00:00"),
        ("Tue, 06 Feb 2024 18:05:00 +0100", "2024-02-06T17:05:00+00:00"),
        ("2024-02-06", "2024-02-06"),
        ("20240206", "2024-02-06"),
        ("2024/2/6", "2024-02-06"),
        ("1707242700", "2024-02-06T18:05:00+00:00"),
        ("1707242700000", "2024-02-06T18:05:00+00:00"),
        ("1707242700.25", "2024-02-06T18:05:00+00:00"),
        ("06.02.2024", "2024-02-06"),
        ("6.2.24", "2024-02-06"),
        ("06.02.2024, 18:05 Uhr", "2024-02-06T18:05:00+00:00"),
        ("2024年2月6日 18:05", "2024-02-06T18:05:00+00:00"),
        ("2024年2月6日", "2024-02-06"),
        ("February 6, 2024", "2024-02-06"),
        ("Published: 6 February 2024", "2024-02-06"),
        ("6 Feb 2024, 6:05 pm", "2024-02-06T18:05:00+00:00"),
    ],
)
def test_a_date_is_parsed(text: str, expected: str) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("6. Februar 2024", "de", "2024-02-06"),
        ("6 février 2024", "fr", "2024-02-06"),
        ("6 de febrero de 2024", "es-MX", "2024-02-06"),
        ("6 lutego 2024", "pl", "2024-02-06"),
        ("6 февраля 2024", "ru", "2024-02-06"),
        ("6 Şubat 2024", "tr", "2024-02-06"),
        ("6 February 2024", "de", "2024-02-06"),
        ("6 February 2024", "xx", "2024-02-06"),
    ],
)
def test_a_date_is_parsed_in_the_language_of_the_page(text: str, language: str, expected: str) -> None:
    assert parse(text, language=language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("20 November 2025", None, "2025-11-20"),
        ("November 20, 2025", None, "2025-11-20"),
        ("20. November 2025", "de", "2025-11-20"),
        ("20 de octubre de 2025", "es", "2025-10-20"),
        ("lunes, 20 de octubre de 2025, 10:30", "es-AR", "2025-10-20T10:30:00+00:00"),
        ("1er mars 2024", "fr", "2024-03-01"),
        ("9 ноября 2025", "ru", "2025-11-09"),
        ("21 نوفمبر 2025", "ar", "2025-11-21"),
        ("9 नवंबर 2025", "hi", "2025-11-09"),
        ("6 listopada 2024", "pl", "2024-11-06"),
        ("6 listopada 2024", "hr", "2024-10-06"),
        ("Sept. 1st, 2023", "en", "2023-09-01"),
        ("Dec 20, 2025 at 12:05 am", "en", "2025-12-20T00:05:00+00:00"),
        ("6 Februar 2024", "fr", "2024-02-06"),
        ("6 listopada 2024", "fr", None),
        ("30 February 2024", "en", None),
    ],
)
def test_month_names_are_parsed_without_the_thorough_parser(
    text: str, language: str | None, expected: str | None
) -> None:
    assert parse(text, language=language, thorough=False) == expected


def test_the_time_zone_of_the_site_applies_if_the_date_has_no_offset() -> None:
    assert parse("2024-07-01 12:00", "America/New_York") == "2024-07-01T16:00:00+00:00"
    assert parse("2024-07-01T12:00:00+00:00", "America/New_York") == "2024-07-01T12:00:00+00:00"
    assert parse("2024-07-01 12:00", "Not/AZone") == "2024-07-01T12:00:00+00:00"
    assert parse("2024-07-01", "Asia/Tokyo") == "2024-07-01"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Read more",
        "0000-01-01",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "10000-01-01",
        "2024-02-06T18:05:00+99:99",
        "2024-02-30",
        "2024-13-01T00:00:00Z",
        "© 2024-02-06 The Harbour Post",
        "Copyright 2024",
        "2026-11-24T00:00:00Z",
        "chapter 12 of 300",
        "1" * 79,
        "12 " * 40,
        "\x00\ud800",
    ],
)
def test_other_text_and_dates_out_of_range_give_none(text: str) -> None:
    assert parse(text) is None


def test_a_date_less_than_a_day_in_the_future_is_accepted() -> None:
    assert parse("2026-11-23T11:59:00Z") == "2026-11-23T11:59:00+00:00"


def zoned(text: str, language: str | None = None, time_zone: str | None = None) -> ParsedDate:
    parsed = parse_date(text, time_zone=time_zone, language=language, now=NOW)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("text", "language", "clock", "offset"),
    [
        ("2023-03-09T08:20-700", None, "15:20", -420),
        ("2023-03-09T08:20:11PDT", "es-MX", "15:20", -420),
        ("2023-03-09 08:20 +05:30", None, "02:50", 330),
        ("March 9, 2023, 08:20am EST", None, "13:20", -300),
        ("March 9, 2023 8:20 a.m. PT", "en-US", "16:20", -480),
        ("July 9, 2023 8:20 a.m. PT", "en-US", "15:20", -420),
        ("9 March 2023, 08:20 IST", None, "02:50", 330),
        ("9 March 2023, 08:20 IST", "en-IE", "07:20", 60),
        ("9 March 2023 08.20 BST", "en-GB", "07:20", 60),
        ("৯ মার্চ ২০২৩, 08:20 BST", "bn", "02:20", 360),
        ("9 March 2023 08:20 CST", "zh", "00:20", 480),
        ("March 9, 2023 08:20 CST", "en-US", "14:20", -360),
        ("9. März 2023, 08:20 Uhr MEZ", "de", "07:20", 60),
        ("9. Juli 2023, 08.20 Uhr (CEST)", "de", "06:20", 120),
        ("09/03/2023, 08:20 WIB", "id", "01:20", 420),
        ("Thứ năm, 9/3/2023, 08:20 (GMT+7)", "vi", "01:20", 420),
        ("9 de março de 2023, 08h20 (horário de Brasília)", "pt-BR", "11:20", -180),
        ("9 de março de 2023, 08h20, hora de Brasilia", "pt-BR", "11:20", -180),
        ("jeu., 09 mars 2023 08:20:00 +0100", "fr", "07:20", 60),
        ("March 9, 2023 8:20 AM Eastern Time", "en", "13:20", -300),
        ("Thu Mar 09 2023 08:20:00 GMT-0300 (Brasilia Standard Time)", None, "11:20", -180),
        ("Thu Mar 9 08:20:00 CET 2023", None, "07:20", 60),
        ("Thu, 09 Mar 2023 08:20:00 AEDT", None, "21:20", 660),
        ("08:20 AM IST, March 9, 2023", "en-IN", "02:50", 330),
        ("8:20am, 9 Mar 2023 HKT", "en", "00:20", 480),
        ("8:20 PM on March 9, 2023 EST", "en-US", "01:20", -300),
        ("9 de marzo de 2023 - 08:20 hs (GMT-6)", "es", "14:20", -360),
        ("JULY 9, 2023 08:20 IDT", "en", "05:20", 180),
        ("2023-03-09T08:20:00 IST", "en-IE", "07:20", 60),
        ("2023-07-09T08:20:00[Europe/Berlin]", None, "06:20", 120),
        ("1678350000", None, "08:20", 0),
    ],
)
def test_the_zone_beside_a_date_is_read_in_all_forms(text: str, language: str | None, clock: str, offset: int) -> None:
    parsed = zoned(text, language)
    assert (parsed.moment.strftime("%H:%M"), parsed.utc_offset, parsed.zone) == (clock, offset, DateZone.DECLARED)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("9 March 2023, 08:20", "en"),
        ("9. März 2023, 08:20 Uhr", "de"),
        ("9 March 2023, 08:20 - 3 min read", "en"),
        ("March 9, 2023 8:20 AM | Sports", "en"),
        ("2023-03-09T08:20:00", None),
        ("9 de marzo de 2023, 08:20 h", "es"),
    ],
)
def test_a_clock_without_a_zone_is_taken_for_utc_and_marked_as_assumed(text: str, language: str | None) -> None:
    parsed = zoned(text, language)
    assert (parsed.moment, parsed.utc_offset, parsed.zone) == (
        datetime(2023, 3, 9, 8, 20, tzinfo=UTC), None, DateZone.ASSUMED,
    )  # fmt: skip


def test_the_zone_of_the_site_gives_offset_and_day() -> None:
    parsed = zoned("2023-03-09 01:20", time_zone="Asia/Tokyo")
    assert (parsed.moment.date(), parsed.day) == (date(2023, 3, 8), date(2023, 3, 9))
    assert (parsed.utc_offset, parsed.zone) == (540, DateZone.SITE)


@pytest.mark.parametrize(
    ("language", "day"),
    [(None, "2021-04-03"), ("de", "2021-04-03"), ("en-GB", "2021-04-03"), ("en-IN", "2021-04-03"),
     ("pt-BR", "2021-04-03"), ("id", "2021-04-03"), ("es-US", "2021-04-03"), ("en-US", "2021-03-04"),
     ("en-PH", "2021-03-04"), ("en", "2021-03-04")],
)  # fmt: skip
@pytest.mark.parametrize("text", ["03/04/2021", "3/4/2021", "03-04-2021"])
def test_language_and_region_give_the_order_of_day_and_month(text: str, language: str | None, day: str) -> None:
    assert parse(text, language=language) == day


@pytest.mark.parametrize(
    ("text", "language", "hints", "day"),
    [
        ("03/04/2021", "en-US", DateHints(region="NZ"), "2021-04-03"),
        ("03/04/2021", "en-US", DateHints(known_days=(date(2021, 4, 3),)), "2021-04-03"),
        ("03/04/2021", "de", DateHints(known_days=(date(2021, 3, 5),)), "2021-03-04"),
        ("03/04/2021", "de", DateHints(known_months=((2021, 3),)), "2021-03-04"),
        ("03/04/2021", "de", DateHints(is_month_first=True), "2021-03-04"),
        ("03/04/2021", "en-US", DateHints(known_days=(date(2019, 1, 1),)), "2021-03-04"),
        ("03/04/2021", "en", DateHints(languages=("it",)), "2021-04-03"),
        ("03/04/2021", "en", DateHints(languages=("en-US",)), "2021-03-04"),
        ("3 aprile 2021", "en", DateHints(languages=("it",)), "2021-04-03"),
        ("25/04/2021", "en-US", DateHints(is_month_first=True), "2021-04-25"),
        ("04/25/2021", "de", DateHints(), "2021-04-25"),
        ("11/12/2026", "de", DateHints(), "2026-11-12"),
        ("03.04.2021", "en-US", DateHints(), "2021-04-03"),
        ("2021/03/04", "de", DateHints(known_days=(date(2021, 4, 3),)), "2021-03-04"),
    ],
    ids=["country", "known day", "near a known day", "month in the URL", "other dates", "far from the known day",
         "declared language", "declared region", "name in the declared language",
         "impossible month", "impossible day", "in the future", "dots", "year first"],
)  # fmt: skip
def test_the_rest_of_the_page_goes_before_the_order_of_its_language(
    text: str, language: str, hints: DateHints, day: str
) -> None:
    parsed = parse_date(text, time_zone=None, language=language, now=NOW, hints=hints)
    assert parsed is not None
    assert parsed.day.isoformat() == day


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("2025年3月9日 4時05分", "ja", "2025-03-09T04:05:00+00:00"),
        ("2025年3月9日14時05分", "ja", "2025-03-09T14:05:00+00:00"),
        ("2025年3月9日（日）14:05", "ja", "2025-03-09T14:05:00+00:00"),
        ("2025年3月9日午後4時5分", "ja", "2025-03-09T16:05:00+00:00"),
        ("令和7年3月9日 午前9時", "ja", "2025-03-09T09:00:00+00:00"),
        ("平成元年12月1日", "ja", "1989-12-01"),
        ("R7.3.9", "ja", "2025-03-09"),
        ("民國114年3月9日", "zh-TW", "2025-03-09"),
        ("114/03/09 16:05", "zh-TW", "2025-03-09T16:05:00+00:00"),
        ("2025-03-09 下午 04:05", "zh-TW", "2025-03-09T16:05:00+00:00"),
        ("2025년 3월 9일 오후 4:05", "ko", "2025-03-09T16:05:00+00:00"),
        ("2025. 3. 9. 오전 12:05", "ko", "2025-03-09T00:05:00+00:00"),
        ("9 มีนาคม 2568 16:05 น.", "th", "2025-03-09T16:05:00+00:00"),
        ("9 มี.ค. 2568", "th", "2025-03-09"),
        ("9 มี.ค. 68 16:05", "th", "2025-03-09T16:05:00+00:00"),
        ("09/03/2568", "th", "2025-03-09"),
        ("۱۹ اسفند ۱۴۰۳", "fa", "2025-03-09"),
        ("1403/12/19 16:05", "fa", "2025-03-09T16:05:00+00:00"),
        ("9 آذار / مارس 2025 04:05 مساءً", "ar", "2025-03-09T16:05:00+00:00"),
        ("٩ مارس ٢٠٢٥", "ar", "2025-03-09"),
        ("9 mars 2025 à 16h05", "fr", "2025-03-09T16:05:00+00:00"),
        ("9 de março de 2025 16h", "pt", "2025-03-09T16:00:00+00:00"),
        ("2025. március 9. 16:05", "hu", "2025-03-09T16:05:00+00:00"),
        ("2025 m. kovo 9 d. 16:05", "lt", "2025-03-09T16:05:00+00:00"),
        ("ngày 9 tháng 3 năm 2025", "vi", "2025-03-09"),
        ("16:05, 9 марта 2025", "ru", "2025-03-09T16:05:00+00:00"),
        ("09 . 03 . 2025", "de", "2025-03-09"),
        ("Datum：09.03.2025", "de", "2025-03-09"),
    ],
)
def test_other_calendars_halves_of_the_day_and_notations_are_parsed(text: str, language: str, expected: str) -> None:
    assert parse(text, language=language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("1447/09/09", "ar"),
        ("1403/12/19", "de"),
        ("9 March 2025 - 12 March 2025", "en"),
        ("Room 114/03/09", "en"),
        ("3. Technology 2025", "en"),
        ("8 a.m.", "en"),
        ("2023-03-09T08:20-25:00", None),
    ],
)
def test_numbers_of_other_kinds_are_not_dates(text: str, language: str | None) -> None:
    assert parse(text, language=language) is None


@pytest.mark.parametrize(
    ("text", "language", "hours"),
    [
        ("3 hours ago", "en", 3), ("an hour ago", "en", 1), ("Published 45 minutes ago", "en", 0.75),
        ("vor 3 Stunden", "de", 3), ("vor einer Stunde", "de", 1), ("hace 3 horas", "es", 3),
        ("il y a 3 heures", "fr", 3), ("há 3 horas", "pt-BR", 3), ("3 ore fa", "it", 3), ("3 uur geleden", "nl", 3),
        ("5 часов назад", "ru", 5), ("5 годин тому", "uk", 5), ("5 godzin temu", "pl", 5), ("před 5 hodinami", "cs", 5),
        ("pre 5 sati", "sr", 5), ("πριν από 3 ώρες", "el", 3), ("3 saat önce", "tr", 3), ("منذ 3 ساعات", "ar", 3),
        ("منذ ساعتين", "ar", 2), ("۳ ساعت پیش", "fa", 3), ("לפני 3 שעות", "he", 3), ("3 घंटे पहले", "hi", 3),
        ("3 jam yang lalu", "id", 3), ("3 giờ trước", "vi", 3), ("3 ชั่วโมงที่แล้ว", "th", 3), ("3時間前", "ja", 3),
        ("3小时前", "zh-CN", 3), ("3 小時前", "zh-TW", 3), ("3시간 전", "ko", 3), ("3시간전", "ko", 3),
        ("för 3 timmar sedan", "sv", 3), ("3 tuntia sitten", "fi", 3), ("3 órája", "hu", 3), ("acum 3 ore", "ro", 3),
    ],
)  # fmt: skip
def test_hours_before_the_download_are_parsed(text: str, language: str, hours: float) -> None:
    parsed = zoned(text, language)
    assert (NOW - parsed.moment).total_seconds() == hours * 3600
    assert parsed.precision is Precision.INSTANT


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("yesterday", "en", "2026-11-21"),
        ("gestern, 14:30 Uhr", "de", "2026-11-21T14:30:00+00:00"),
        ("hoy 09:10", "es", "2026-11-22T09:10:00+00:00"),
        ("2일 전", "ko", "2026-11-20"),
        ("today", "en", None),
        ("3 min read", "en", None),
        ("3 hours", "en", None),
        ("2日前", "ja", "2026-11-20"),
        ("3天前", "zh", "2026-11-19"),
        ("2 months ago", "en", None),
        ("5 years ago", "en", None),
        ("vor dem Spiel", "de", None),
    ],
)
def test_days_before_the_download_are_parsed(text: str, language: str, expected: str | None) -> None:
    assert parse(text, language=language) == expected


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Posted: March 9, 2025 at 4:05 p.m. EDT by Ann Lee", ["March 9, 2025 at 4:05 p.m. EDT"]),
        ("Von Ann Lee am 09.03.2025, 16:05 Uhr | 3 Kommentare", ["09.03.2025, 16:05"]),
        ("Thứ năm, 9/3/2023, 08:20 (GMT+7)", ["9/3/2023, 08:20 (GMT+7)"]),
        ("更新：2025年3月9日 4時05分", ["2025年3月9日 4時05分"]),
        ("8:20am, 9 Mar 2023 HKT", ["8:20am, 9 Mar 2023 HKT"]),
        ("9 de marzo de 2023 - 23:10 hs (GMT-6)", ["9 de marzo de 2023 - 23:10 hs (GMT-6)"]),
        ("Aktualisiert am 10.03.2025 - Erschienen am 09.03.2025", ["10.03.2025", "09.03.2025"]),
        ("發布時間：114年3月9日", ["114年3月9日"]),
        ("公司成立114年3個月", []),
        ("오전 9:30 2025.03.09", ["오전 9:30 2025.03.09"]),
        (
            "Updated 8:12 AM, March 6, 2024 · Published 7:45 PM, March 5, 2024",
            ["8:12 AM, March 6, 2024", "7:45 PM, March 5, 2024"],
        ),
        ("9 March 2025 – 12 March 2025", ["9 March 2025", "12 March 2025"]),
        ("Am Samstag, 3. Dezember 2011 geschrieben", ["3. Dezember 2011"]),
        ("10. Technology 2025", []),
        ("Windows 10 2025 edition", []),
        ("Call 030 123 45 67", []),
    ],
)
def test_dates_are_found_in_lines_with_clock_and_zone(text: str, dates: list[str]) -> None:
    assert list(find_dates(text)) == dates


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/2023/04/25/flood", "2023-04-25"),
        ("/2023/apr/25/flood", "2023-04-25"),
        ("/world/no-proof-of-strike-2023-04-25/", "2023-04-25"),
        ("/sports/20230425-OYT1T50287/", "2023-04-25"),
        ("/cnt/dmf20230425_96887132", "2023-04-25"),
        ("/flood-2023_04_25.html", "2023-04-25"),
        ("/flood-1202304250", None),
        ("/flood-20230425123", None),
        ("/flood-20231325", None),
        ("/flood-2023-04/25-years", None),
        ("/flood-18230425", None),
    ],
)
def test_the_path_of_a_url_has_the_date(path: str, found: str | None) -> None:
    assert find_date_in_path(path) == found
