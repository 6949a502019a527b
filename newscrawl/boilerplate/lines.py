"""Find the lines of a text that are boilerplate, by whole-line phrases and patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from newscrawl.boilerplate.rules import Pattern, patterns, phrases
from newscrawl.text.fold import fold_spelling

MAX_LINE = 440
"""Longer lines count as prose, however they begin."""
MAX_PHRASE = 280
MAX_PREFIXED_LINE = 200
MAX_PREFIXED_SENTENCE = 80
"""Headlines of other articles rarely end in a full stop; prose after "Related:" does."""
_SENTENCE_ENDS = (".", ".”", ".»", '."', "。", "।")
_EDGE = " \t\u00a0.,:;!?¡¿…·•*|/\\<>«»›‹“”„\"'’‘`()[]{}=+_~#→►▶▸▼▲↓↑↗-–—−"
_EDGE += "【】［］〔〕《》〈〉「」『』（）※◆◇■□●○★☆▽△◎⇒☞、，。"
_SEPARATOR = re.compile(r"[:|–—»›>：→►▶\-\])】］〕）》」』]")
_COUNT = re.compile(r"\s*[:(\[]?\s*\d{1,6}\s*[)\]]?$")
_COUNT_ENDS = (")", "]")
"""What a count ends in if not in a digit."""
MAX_PREFIX = 60
MAX_TIME = 24


def match_line(text: str, language: str | None = None, *, at_edge: bool = True) -> str | None:
    """Return the id of the rule that marks the whole line as boilerplate, or None if the line is kept.

    *language* (BCP 47 or None) only limits which phrases match as the prefix of a longer line. *at_edge*: the line
    comes before the first or after the last prose, where dates and temperatures belong to the page frame.
    """
    if len(text) > MAX_LINE:
        return None
    line = fold_spelling(text)
    rule = _lines().get(line.strip(_EDGE)) or _match_counted_title(line) if len(line) <= MAX_PHRASE else None
    return rule or _find_pattern(_line_patterns(at_edge=at_edge), line) or _prefix(line, language)


def _match_counted_title(line: str) -> str | None:
    """Return the rule of a widget's title and the number of its entries ("Comments (12)"), or None."""
    may_count = len(line) <= MAX_PREFIX and (line[-1:].isdecimal() or line.endswith(_COUNT_ENDS))
    count = _COUNT.search(line) if may_count else None
    title = line[: count.start()].strip(_EDGE) if count else ""
    return _lines()[title] if title in _titles() else None


def match_closing_line(text: str) -> str | None:
    """Return the id of the rule that marks the last line of a text as a note below it, or None."""
    if len(text) > MAX_LINE:
        return None
    line = fold_spelling(text)
    return _find_pattern(_closing_patterns(), line)


def is_widget_title(text: str) -> bool:
    """Return whether a heading is the title of a widget (latest news, comments, newsletter)."""
    if len(text) > MAX_LINE:
        return False
    line = fold_spelling(text)
    return line.strip(_EDGE) in _titles() or _match_counted_title(line) is not None


def is_time_of_day(text: str) -> bool:
    """Return whether a line is only a time."""
    if len(text) > MAX_TIME:
        return False
    line = fold_spelling(text)
    return any(rule.pattern.fullmatch(line) for rule in _time_patterns())


def _find_pattern(rules: Sequence[Pattern], line: str) -> str | None:
    """Return the id of the first of *rules* that matches the whole folded line."""
    size = len(line)
    for rule in rules:
        if size <= rule.max_chars and rule.pattern.fullmatch(line):
            return rule.id
    return None


def _prefix(line: str, language: str | None) -> str | None:
    """Match a phrase, a separator and a short remainder ("Read also: The other article")."""
    if len(line) > (MAX_PREFIXED_SENTENCE if line.endswith(_SENTENCE_ENDS) else MAX_PREFIXED_LINE):
        return None
    for match in _SEPARATOR.finditer(line, 1, MAX_PREFIX):
        known = _prefixes().get(line[: match.start()].strip(_EDGE))
        if known is not None and _includes_language(known[1], language):
            return known[0]
    return None


def _includes_language(languages: frozenset[str], language: str | None) -> bool:
    if language is None or "en" in languages:
        return True
    # Many sites keep the theme's default lang="en", so a declared "en" proves little.
    primary = language.casefold().partition("-")[0]
    return primary == "en" or primary in languages or {"no", "nb", "nn"} & languages >= {primary}


@lru_cache(maxsize=2)
def _line_patterns(*, at_edge: bool) -> tuple[Pattern, ...]:
    return tuple(rule for rule in patterns() if not rule.end and (at_edge or not rule.edge))


@lru_cache(maxsize=1)
def _closing_patterns() -> tuple[Pattern, ...]:
    return tuple(rule for rule in patterns() if rule.end)


@lru_cache(maxsize=1)
def _time_patterns() -> tuple[Pattern, ...]:
    return tuple(rule for rule in patterns() if rule.id == "time-of-day")


@lru_cache(maxsize=1)
def _lines() -> dict[str, str]:
    lines: dict[str, str] = {}
    for phrase in phrases():
        for written in phrase.lines.values():
            for line in written:
                lines.setdefault(fold_spelling(line).strip(_EDGE), phrase.id)
    return lines


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    return frozenset(
        fold_spelling(line).strip(_EDGE)
        for phrase in phrases()
        if phrase.also_as_title
        for written in phrase.lines.values()
        for line in written
    )


@lru_cache(maxsize=1)
def _prefixes() -> dict[str, tuple[str, frozenset[str]]]:
    prefixes: dict[str, tuple[str, frozenset[str]]] = {}
    for phrase in (phrase for phrase in phrases() if phrase.also_as_prefix):
        for language, written in phrase.lines.items():
            for line in written:
                key = fold_spelling(line).strip(_EDGE)
                known = prefixes.get(key, (phrase.id, frozenset()))[1]
                prefixes[key] = (phrase.id, known | {language})
    return prefixes
