"""The file of time zones."""

from __future__ import annotations

import pytest

from newscrawl.data_files import DataFileError
from newscrawl.fields.time_zones import get_zone_length, read_zone, read_zone_names


@pytest.mark.parametrize(
    ("text", "length"),
    [
        (" EDT by Ann", 4),
        (" (GMT+7)", 8),
        (" +0200 | News", 6),
        (" Uhr MEZ", 8),
        (" hora de Brasília", 17),
        (" - 3 min read", 0),
        (" BY ANN LEE", 0),
        ("", 0),
    ],
)
def test_the_zone_ends_where_other_text_begins(text: str, length: int) -> None:
    assert get_zone_length(text) == length


@pytest.mark.parametrize("text", ["", " ", " - 5", " | NEWS", " +15:30", " +02:07", " read in EDT"])
def test_other_text_names_no_zone(text: str) -> None:
    assert read_zone(text, None, None) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[zones]", ":1: unknown key 'zones'"),
        ('[abbreviations]\nEDT = "-4"\nCEST = "+25:00"', ":3: 'CEST' is neither a UTC offset nor an IANA name"),
        ('[names]\n"mars time" = "Mars/Olympus"', "is neither a UTC offset nor an IANA name"),
        ('[ambiguous]\nIST = { IN = "+05:30" }', ":2: 'IST' lacks 'any'"),
    ],
)
def test_a_wrong_entry_is_reported_with_its_line(text: str, message: str) -> None:
    with pytest.raises(DataFileError) as raised:
        read_zone_names(text, "x.toml")
    assert message in str(raised.value)
