"""Disagreements between reliable sources."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.evidence import Evidence
from newscrawl.fields.disagreements import authors_differ, dates_differ, headlines_differ

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def evidence(*values: tuple[str, str]) -> list[Evidence]:
    return [Evidence(value, source) for value, source in values]


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("The old lighthouse shines", "The old lighthouse shines | Post", False),
        ("After the storm: it shines", "It shines", False),
        ("The old lighthouse shines again", "Why the council gave in", True),
    ],
)
def test_headlines_without_common_words_differ(one: str, other: str, differ: bool) -> None:
    assert headlines_differ(evidence((one, "json-ld"), (other, "dom")), "Post", None) is differ
    assert headlines_differ(evidence((one, "dom"), (other, "dom")), "Post", None) is False


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("2024-02-06T18:00:00Z", "2024-02-07T17:00:00Z", False),
        ("2024-02-06T18:00:00Z", "2024-02-08T17:00:00Z", True),
        ("2024-02-06", "2024-02-07T23:00:00Z", False),
        ("2024-02-06", "2024-02-09", True),
        ("2024-02-06", "soon", False),
        ("2024-02-06", "2024-02-09T08:00:00+99:99", False),
        ("2024-02-06", "2024-02-09T08:00:00-24:00", False),
        ("2024-02-06", "R99.2.31", False),
    ],
)
def test_dates_more_than_a_day_apart_differ(one: str, other: str, differ: bool) -> None:
    assert dates_differ(evidence((one, "json-ld"), (other, "meta")), NOW) is differ
    assert dates_differ(evidence((other, "json-ld"), (one, "meta")), NOW) is differ
    assert dates_differ(evidence((one, "json-ld"), (other, "url")), NOW) is False


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("Ann Lee", "By ANN LEE and Bo Diaz", False),
        ("Ann Lee", "Bo Diaz", True),
        ("Ann Lee", "The Post", False),
        ("Ann Lee", "annlee7", False),
    ],
)
def test_authors_without_a_common_name_differ(one: str, other: str, differ: bool) -> None:
    assert authors_differ(evidence((one, "json-ld"), (other, "meta")), "The Post", None) is differ
