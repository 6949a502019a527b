"""Arrange a word diff by paragraphs, so that what did not change can be folded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from newscrawl.dedup.word_diff import Run, RunKind
from newscrawl.web.formats import format_moment

MIN_FOLDED = 3
"""Consecutive paragraphs without a change that are folded."""
_BREAK = re.compile(r"\n\n+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of both versions, with its runs of kept, removed and added text."""

    runs: tuple[Run, ...]

    @property
    def has_changes(self) -> bool:
        return any(run.kind is not RunKind.EQUAL for run in self.runs)


@dataclass(frozen=True, slots=True)
class Group:
    """Consecutive paragraphs; folded if none of them changed."""

    paragraphs: tuple[Paragraph, ...]
    is_folded: bool


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose value differs between two versions; None where a version has none."""

    name: str
    old: str | None
    new: str | None


def split_paragraphs(runs: Sequence[Run]) -> list[Paragraph]:
    """Return the paragraphs of a diff; a blank line that only one version has separates, too."""
    paragraphs: list[list[Run]] = [[]]
    for run in runs:
        first, *rest = _BREAK.split(run.text)
        for number, part in enumerate([first, *rest]):
            if number:
                paragraphs.append([])
            if part.strip("\n"):
                paragraphs[-1].append(Run(run.kind, part))
    return [Paragraph(tuple(one)) for one in paragraphs if one]


def fold_unchanged(paragraphs: Sequence[Paragraph]) -> list[Group]:
    """Return *paragraphs* in groups; of those without a change, the ones beside a change stay open."""
    near = {at + step for at, one in enumerate(paragraphs) if one.has_changes for step in (-1, 0, 1)}
    groups: list[Group] = []
    for is_open, members in _group(paragraphs, near):
        groups.append(Group(tuple(members), is_folded=not is_open and len(members) >= MIN_FOLDED))
    return groups


def _group(paragraphs: Sequence[Paragraph], near: set[int]) -> Iterator[tuple[bool, list[Paragraph]]]:
    members: list[Paragraph] = []
    was_open = True
    for at, paragraph in enumerate(paragraphs):
        if (at in near) != was_open and members:
            yield was_open, members
            members = []
        was_open = at in near
        members.append(paragraph)
    if members:
        yield was_open, members


COMPARED = (
    "url", "canonical_url", "alternative_headline", "description", "standfirst", "authors", "keywords",
    "date_published", "date_modified", "in_language",
    "article_type", "article_section", "publisher", "source_organization", "main_image", "is_accessible_for_free",
    "is_truncated",
)  # fmt: skip


def compare_fields(old: object, new: object) -> list[FieldChange]:
    """Return the fields, apart from headline and body, that differ between two versions of an article."""
    changes = []
    for name in COMPARED:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            changes.append(FieldChange(name, _show(before), _show(after)))
    return changes


def _show(value: object) -> str | None:
    if value is None or value == ():
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return format_moment(value)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
