"""The country of a page."""

from __future__ import annotations

import pytest

from newscrawl.data_files import DataFileError
from newscrawl.fields.calendars import read_calendars
from newscrawl.fields.regions import find_region, read_regions
from newscrawl.fields.relative_dates import read_relative_words


@pytest.mark.parametrize(
    ("tags", "url", "region"),
    [
        (["en-US"], "https://news.example.co.uk/a", "GB"),
        (["en-US"], "https://example.in/a", "IN"),
        (["en-US", "en_AU"], "https://example.com/a", "AU"),
        (["en-US"], "https://example.com/a", "US"),
        (["en"], "https://example.gov/a", "US"),
        (["pt-BR"], "https://example.tv/a", "BR"),
        (["en"], "https://example.io/a", None),
        (["zh-Hant-TW"], None, "TW"),
        (["en"], "https://192.0.2.1/a", None),
        (["not a tag"], "https://[broken", None),
    ],
)
def test_the_top_level_domain_goes_before_the_language_tags(
    tags: list[str], url: str | None, region: str | None
) -> None:
    assert find_region(tags, url) == region


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_regions, "months_first = []", ":1: unknown key 'months_first'; did you mean 'month_first'?"),
        (read_regions, '[domains]\nuk = "gb"', ":2: 'uk' has no ISO 3166 code: 'gb'"),
        (read_calendars, "[era]", ":1: unknown key 'era'; did you mean 'eras'?"),
        (read_calendars, '[solar_hijri]\nfa = [["a"]]', ":2: 'fa' has 1 months instead of 12"),
        (read_calendars, '[half_days]\nnoon = ["x"]', ":2: unknown key 'noon'"),
        (read_relative_words, "[agos]", ":1: unknown key 'agos'; did you mean 'ago'?"),
    ],
)
def test_a_wrong_entry_of_a_data_file_is_reported_with_its_line(read, text: str, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataFileError) as raised:
        read(text, "x.toml")
    assert message in str(raised.value)
