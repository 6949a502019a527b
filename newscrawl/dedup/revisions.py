"""What a new version of an article is beside the stored one: a typo mended, an update, a correction, a rewrite.

Pure decisions on plain data; the words are in revisions.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from newscrawl.data_files import Shape, compiled, iter_tables, package_file
from newscrawl.dedup.differences import ChangedSpan, Difference, Word, difference

_WORDS: Shape = (frozenset({"id", "why", "words"}), ("id", "why", "words"))
_PATTERNS: Shape = (frozenset({"id", "why", "patterns"}), ("id", "why", "patterns"))
KINDS = {"title": _WORDS, "sentence": _PATTERNS, "negation": _WORDS}
_TITLE = r"^\W{{0,3}}(?:{words})(?: \([^:\n]{{0,40}}\)| \d[\d./ ]{{1,10}})?[ \t]*(?:[:：(]|[–—-][ \t])"
"""A note's title at the beginning of a line, perhaps with a date."""
FEW_PLACES, FEW_PLACES_SHARE = 6, 0.01
"""Places up to which a change may be a typo or a correction; in long texts, so many of each word."""
MAX_TURN = 4
"""Words of both versions up to which a changed place with a negation is the turning of a sense, and nothing else."""
MAX_PUT_IN = 2
"""Words of a name or number that is put in or taken out within a sentence; more may be a line of their own."""
SHORT_WORD = 4
"""Letters up to which a word is another word with two letters changed."""
MAX_KEPT_OF_A_REWRITE = 0.5
"""Share of the shorter version's words."""


class Label(StrEnum):
    """What kind of change a revision is."""

    TYPO = "typo"
    UPDATE = "update"
    CORRECTION = "correction"
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """What is known of one version of an article."""

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
    """What a change of an article's text is."""

    size: float
    """Share of the words of both versions (headline and body) that the other does not have, 0 to 1."""
    label: Label


def label_revision(stored: ArticleVersion, new: ArticleVersion) -> Revision:
    """Measure and name a change of headline or body.

    - `correction`: the new version states a correction that the stored one does not, or nothing but numbers, names
      and negations changed, in few places;
    - `typo`: a letter or two in few words, or punctuation;
    - `rewrite`: less than half of the shorter version's words were kept;
    - `update`: everything else.
    """
    changed = difference(_text(stored), _text(new))
    return Revision(changed.size, _label(stored, new, changed))


def is_re_extracted(stored: ArticleVersion, new: ArticleVersion) -> bool:
    """Tell whether the text differs because a newer extractor read the page, not because somebody wrote.

    The stored bytes are not kept, so it is a matter of evidence: the extractor is newer, and the page does not state
    a later change than before.
    """
    if not is_newer_extractor(stored, new):
        return False
    if stored.date_modified is None or new.date_modified is None:
        return True
    return new.date_modified <= stored.date_modified


def _text(version: ArticleVersion) -> str:
    return f"{version.headline}\n\n{version.article_body}"


def is_newer_extractor(stored: ArticleVersion, new: ArticleVersion) -> bool:
    """Tell whether the new version was read by a newer extractor; not where one of the two is not known."""
    if stored.extractor_version is None or new.extractor_version is None:
        return False
    return new.extractor_version > stored.extractor_version


def _label(stored: ArticleVersion, new: ArticleVersion, changed: Difference) -> Label:
    if states_correction(stored, new):
        return Label.CORRECTION
    places = changed.places()
    if places is not None and _are_few(places, changed):
        names, negations = _names(changed), _negations(new.in_language)
        slips = [_is_slip(place, negations) for place in places]
        if all(slips):
            return Label.TYPO
        if all(slip or _is_fact(place, names, negations) for slip, place in zip(slips, places, strict=True)):
            return Label.CORRECTION
    shorter = min(len(changed.old), len(changed.new))
    return Label.REWRITE if changed.kept < MAX_KEPT_OF_A_REWRITE * shorter else Label.UPDATE


def states_correction(stored: ArticleVersion, new: ArticleVersion) -> bool:
    """Tell whether the new version states a correction or retraction that the stored one does not."""
    old_lines, new_lines = (_text(version).casefold().splitlines() for version in (stored, new))
    return _statements(new_lines, set(old_lines)) > _statements(old_lines, set(new_lines))


def _statements(lines: Iterable[str], known: Set[str]) -> int:
    """How many corrections are stated in the lines that are not *known*."""
    return sum(len(_vocabulary().correction.findall(line)) for line in lines if line not in known)


def _are_few(places: Iterable[ChangedSpan], changed: Difference) -> bool:
    """Whether the changed places, the same one each time counted once, are few for the length of the text."""
    pairs = {(_joined(place.old), _joined(place.new)) for place in places}
    return len(pairs) <= max(FEW_PLACES, FEW_PLACES_SHARE * len(changed.new))


def _is_slip(place: ChangedSpan, negations: frozenset[str]) -> bool:
    """Whether the change is one of spelling: a letter or two, a space, a small word, a word written twice."""
    words = (*place.old, *place.new)
    old, new = _joined(place.old), _joined(place.new)
    if not old or not new:
        if len(words) == 1 and old + new in {place.before, place.after}:
            return True
        return len(words) == 1 and len(old + new) <= 2 and not _is_weighty(words[0], negations)
    is_short = max(len(old), len(new)) <= SHORT_WORD
    if any(_has_digit(word) or (is_short and _is_weighty(word, negations)) for word in words):
        return False
    allowed = 1 if is_short else 2
    return _distance(old, new, allowed) <= allowed


def _is_weighty(word: Word, negations: frozenset[str]) -> bool:
    return _has_digit(word) or _folded(word) in negations


def _is_fact(place: ChangedSpan, names: frozenset[str], negations: frozenset[str]) -> bool:
    """Whether the change is one of numbers and names alone, or takes a negation in or out."""
    words = (*place.old, *place.new)
    if len(words) <= MAX_TURN and any(_folded(word) in negations for word in words):
        return True
    if (not place.old or not place.new) and (len(words) > MAX_PUT_IN or words[0].opens):
        return False
    return all(_has_digit(word) or word.text in names for word in words)


def _names(changed: Difference) -> frozenset[str]:
    """Words with a capital somewhere but at a sentence's beginning. In German these are all nouns."""
    words = (word for version in (changed.old, changed.new) for word in version)
    return frozenset(word.text for word in words if not word.opens and word.text[:1].isupper())


def _has_digit(word: Word) -> bool:
    return any(map(str.isdigit, word.text))


def _negations(language: str | None) -> frozenset[str]:
    return _vocabulary().negations.get((language or "").partition("-")[0].lower(), frozenset())


def _folded(word: Word) -> str:
    return word.text.casefold().replace("’", "'")


def _joined(words: Iterable[Word]) -> str:
    return "".join(word.text for word in words).casefold()


def _distance(one: str, other: str, limit: int) -> int:
    """Letters to insert, remove, replace or swap with their neighbour (optimal string alignment).

    Gives limit + 1 as soon as it must be more than *limit*.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        last, row = row, [index]
        for place, sign in enumerate(other, 1):
            cost = min(last[place] + 1, row[place - 1] + 1, last[place - 1] + (letter != sign))
            if index > 1 and place > 1 and letter == other[place - 2] and sign == one[index - 2]:
                cost = min(cost, before[place - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before = last
    return row[-1]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What revisions.toml holds, compiled."""

    correction: re.Pattern[str]
    """A title or sentence that states a correction, in any language."""
    negations: Mapping[str, frozenset[str]]
    """Language subtag -> words."""


def read_vocabulary(text: str, file: str) -> Vocabulary:
    """The tables of a TOML text; *file* is only named in errors."""
    corrections: list[str] = []
    negations: dict[str, frozenset[str]] = {}
    for kind, table in iter_tables(text, file, KINDS):
        if kind == "negation":
            negations |= {language: frozenset(words.split("|")) for language, words in table["words"].items()}
        elif kind == "title":
            corrections.append(_TITLE.format(words="|".join(table["words"].values())))
        else:
            # Each compiled alone first, so that an error names its rule.
            rules = [{"id": table["id"], "pattern": pattern} for pattern in table["patterns"].values()]
            corrections += [compiled(text, file, rule).pattern for rule in rules]
    return Vocabulary(re.compile("|".join(corrections), re.MULTILINE), negations)


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    return read_vocabulary(package_file("revisions.toml", "newscrawl.dedup"), "revisions.toml")
