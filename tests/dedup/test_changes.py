"""First versions, revisions and unchanged texts."""

from __future__ import annotations

import pytest

from newscrawl.dedup.changes import Change, classify_change


@pytest.mark.parametrize(
    ("stored", "new", "change"),
    [(None, "a", Change.INSERTED), ("a", "a", Change.UNCHANGED), ("a", "b", Change.REVISED)],
)
def test_a_text_is_a_first_version_unchanged_or_a_revision(stored: str | None, new: str, change: Change) -> None:
    assert classify_change(stored, new) is change
