"""Classify a new version of an article: a fixed typo, an update, a correction or a rewrite.

The words that declare a correction are in revisions.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from newscrawl.data_files import Shape, compile_pattern, iter_tables, package_file
from newscrawl.dedup.differences import ChangedSpan, Difference, Word
from newscrawl.text.fold import fold_word

_WORDS: Shape = (frozenset({"id", "why", "words"}), ("id", "why", "words"))
_PATTERNS: Shape = (frozenset({"id", "why", "patterns"}), ("id", "why", "patterns"))
KINDS = {"title": _WORDS, "sentence": _PATTERNS, "negation": _WORDS}
_TITLE = r"^\W{{0,3}}(?:{words})(?: \([^:\n]{{0,40}}\)| \d[\d./ ]{{1,10}})?[ \t]*(?:[:：(]|[–—-][ \t])"
"""The title of a note at the start of a line, optionally with a date."""
MAX_SMALL_SPANS, MAX_SMALL_SPANS_SHARE = 6, 0.01
"""Changed spans up to which a change can be a typo or a correction; in long texts, as a share of the words."""
MAX_NEGATED = 4
"""Words of both versions up to which a span with a negation reverses the meaning and does nothing else."""
MAX_INSERTED = 2
"""Words of a name or number that is inserted or deleted within a sentence; more may be a line of their own."""
SHORT_WORD = 4
"""Letters up to which two changed letters make another word."""
MAX_REWRITE_KEPT = 0.5
"""Share of the shorter version's words that a rewrite may keep."""


class Label(StrEnum):
    """The kind of a revision (`article_changes.change_label`)."""

    TYPO = "typo"
    UPDATE = "update"
    CORRECTION = "correction"
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """The parts of one version of an article that comparisons need."""

    headline: str
    article_body: str
    in_language: str | None = None
    """BCP 47."""
    is_truncated: bool | None = None
    extractor_version: int | None = None
    date_modified: datetime | None = None
    publisher: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """The size and kind of a change to an article's text."""

    size: float
    """Share of the words of both versions (headline and body) that only one has, 0 to 1."""
    label: Label


def label_revision(new: ArticleVersion, changed: Difference, *, is_correction: bool) -> Revision:
    """Measure and classify *changed*, the difference between headlines and bodies of two versions.

    - `correction`: the new version declares one that the stored one does not (*is_correction*), or only a few numbers,
      names and negations changed;
    - `typo`: one or two letters in a few words, or punctuation;
    - `rewrite`: less than half of the words of the shorter version were kept;
    - `update`: everything else.
    """
    label = Label.CORRECTION if is_correction else _label(new, changed)
    return Revision(changed.size, label)


def is_re_extracted(stored: ArticleVersion, new: ArticleVersion) -> bool:
    """Return whether the text differs because of a newer extractor and not because the page changed.

    Pages are not kept, so this is inferred: the extractor is newer, and the page declares no later modification.
    """
    if not is_newer_extractor(stored, new):
        return False
    if stored.date_modified is None or new.date_modified is None:
        return True
    return new.date_modified <= stored.date_modified


def is_newer_extractor(stored: ArticleVersion, new: ArticleVersion) -> bool:
    """Return whether a newer extractor made the new version; False if one of the extractors is not known."""
    if stored.extractor_version is None or new.extractor_version is None:
        return False
    return new.extractor_version > stored.extractor_version


def _label(new: ArticleVersion, changed: Difference) -> Label:
    spans = changed.spans()
    if spans is not None and _are_few(spans, changed):
        names, negations = _names(changed), _negations(new.in_language)
        slips = [_is_slip(span, negations) for span in spans]
        if all(slips):
            return Label.TYPO
        if all(slip or _is_fact(span, names, negations) for slip, span in zip(slips, spans, strict=True)):
            return Label.CORRECTION
    shorter = min(len(changed.old), len(changed.new))
    return Label.REWRITE if changed.kept < MAX_REWRITE_KEPT * shorter else Label.UPDATE


def declares_correction(stored: ArticleVersion, new: ArticleVersion) -> bool:
    """Return whether the new version declares a correction or retraction that the stored one does not."""
    old_lines, new_lines = (_list_lines(version) for version in (stored, new))
    return _count_corrections(new_lines, set(old_lines)) > _count_corrections(old_lines, set(new_lines))


def _list_lines(version: ArticleVersion) -> list[str]:
    return f"{version.headline}\n\n{version.article_body}".casefold().splitlines()


def _count_corrections(lines: Iterable[str], known: Set[str]) -> int:
    """Return the number of corrections that the lines not in *known* declare."""
    return sum(len(_vocabulary().correction.findall(line)) for line in lines if line not in known)


def _are_few(spans: Iterable[ChangedSpan], changed: Difference) -> bool:
    """Return whether the distinct changes are few for the length of the text."""
    pairs = {(_join(span.old), _join(span.new)) for span in spans}
    return len(pairs) <= max(MAX_SMALL_SPANS, MAX_SMALL_SPANS_SHARE * len(changed.new))


def _is_slip(span: ChangedSpan, negations: frozenset[str]) -> bool:
    """Return whether the change is one of spelling: one or two letters, a space, a short word, a repeated word."""
    words = (*span.old, *span.new)
    old, new = _join(span.old), _join(span.new)
    if not old or not new:
        if len(words) == 1 and old + new in {span.before, span.after}:
            return True
        return len(words) == 1 and len(old + new) <= 2 and not _is_significant(words[0], negations)
    is_short = max(len(old), len(new)) <= SHORT_WORD
    if any(_has_digit(word) or (is_short and _is_significant(word, negations)) for word in words):
        return False
    allowed = 1 if is_short else 2
    return _distance(old, new, allowed) <= allowed


def _is_significant(word: Word, negations: frozenset[str]) -> bool:
    return _has_digit(word) or fold_word(word.text) in negations


def _is_fact(span: ChangedSpan, names: frozenset[str], negations: frozenset[str]) -> bool:
    """Return whether only numbers and names changed, or a negation was added or removed."""
    words = (*span.old, *span.new)
    if len(words) <= MAX_NEGATED and any(fold_word(word.text) in negations for word in words):
        return True
    if (not span.old or not span.new) and (len(words) > MAX_INSERTED or words[0].opens):
        return False
    return all(_has_digit(word) or word.text in names for word in words)


def _names(changed: Difference) -> frozenset[str]:
    """Return the words capitalised other than at the start of a sentence; in German these are all nouns."""
    words = (word for version in (changed.old, changed.new) for word in version)
    return frozenset(word.text for word in words if not word.opens and word.text[:1].isupper())


def _has_digit(word: Word) -> bool:
    return any(map(str.isdigit, word.text))


def _negations(language: str | None) -> frozenset[str]:
    return _vocabulary().negations.get((language or "").partition("-")[0].lower(), frozenset())


def _join(words: Iterable[Word]) -> str:
    return "".join(word.text for word in words).casefold()


def _distance(one: str, other: str, limit: int) -> int:
    """Return the number of letters to insert, delete, replace or transpose (optimal string alignment distance).

    Stops at limit + 1 once the distance must exceed *limit*.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        last, row = row, [index]
        for at, other_letter in enumerate(other, 1):
            cost = min(last[at] + 1, row[at - 1] + 1, last[at - 1] + (letter != other_letter))
            if index > 1 and at > 1 and letter == other[at - 2] and other_letter == one[index - 2]:
                cost = min(cost, before[at - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before = last
    return row[-1]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The content of revisions.toml, compiled."""

    correction: re.Pattern[str]
    """A title or sentence that declares a correction, in any language."""
    negations: Mapping[str, frozenset[str]]
    """Language subtag -> words."""


def read_vocabulary(text: str, file: str) -> Vocabulary:
    """Compile the tables of a TOML text; *file* is used in error messages only."""
    corrections: list[str] = []
    negations: dict[str, frozenset[str]] = {}
    for kind, table in iter_tables(text, file, KINDS):
        if kind == "negation":
            negations |= {language: frozenset(words.split("|")) for language, words in table["words"].items()}
        elif kind == "title":
            corrections.append(_TITLE.format(words="|".join(table["words"].values())))
        else:
            # Compiled one by one first, so that an error names its rule.
            rules = [{"id": table["id"], "pattern": pattern} for pattern in table["patterns"].values()]
            corrections += [compile_pattern(text, file, rule).pattern for rule in rules]
    return Vocabulary(re.compile("|".join(corrections), re.MULTILINE), negations)


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    return read_vocabulary(package_file("revisions.toml", "newscrawl.dedup"), "revisions.toml")
