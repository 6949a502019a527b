"""The kinds of entries in the change feed, and which one a new version of a text is."""

from __future__ import annotations

from enum import StrEnum


class Change(StrEnum):
    """The kind of an entry in the change feed (`article_changes.kind`)."""

    INSERTED = "inserted"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    RE_EXTRACTED = "re-extracted"
    METADATA = "metadata"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    MERGED = "merged"
    DELETED = "deleted"


def classify_change(stored_hash: str | None, new_hash: str | None) -> Change:
    """Return whether a text is a first version, a revision or unchanged, from the content hashes."""
    if stored_hash is None:
        return Change.INSERTED
    return Change.UNCHANGED if stored_hash == new_hash else Change.REVISED
