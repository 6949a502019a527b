"""Which 304 responses of a listing are checked, and what happens to validators that turned out to be wrong. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newscrawl.text.moments import parse_http_date

DISTRUST = timedelta(days=30)
"""How long a listing is fetched without validators after it returned 304 although it had something new."""
FIRST_CHECKS = frozenset({2, 4})
CHECK_INTERVAL = 8
"""Of the 304s in a row, those with these numbers are checked, and then every eighth."""
TOLERANCE = timedelta(days=1)
"""How much later than Last-Modified a link may be dated: some sources declare days only, or local time."""


@dataclass(frozen=True, slots=True)
class ValidatorState:
    """What is remembered about the validators of a page."""

    not_modified_count: int
    """304 responses in a row."""
    distrusted_until: datetime | None = None


def is_credible(last_modified: str | None, newest_link_at: datetime | None) -> bool:
    """Return whether a listing's Last-Modified is not older than its newest link; False if one of them is unknown."""
    modified = parse_http_date(last_modified or "")
    return modified is not None and newest_link_at is not None and modified >= newest_link_at - TOLERANCE


def must_check(not_modified_count: int, *, credible: bool) -> bool:
    """Return whether a listing is requested again, without validators, after that many 304s in a row.

    The first 304 is checked, too, unless its validators are *credible*.
    """
    if not_modified_count == 1:
        return not credible
    return not_modified_count in FIRST_CHECKS or (not_modified_count > 0 and not_modified_count % CHECK_INTERVAL == 0)


def next_validator_state(
    not_modified_count: int, now: datetime, *, was_not_modified: bool, is_contradicted: bool
) -> ValidatorState:
    """Return the state after a fetch.

    *was_not_modified*: the host returned 304. *is_contradicted*: without validators, it then sent something new.
    """
    if is_contradicted:
        return ValidatorState(0, now + DISTRUST)
    return ValidatorState(not_modified_count + 1 if was_not_modified else 0)
