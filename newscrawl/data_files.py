"""Rule files: tables in TOML that come with newscrawl, checked key by key, so that a mistake is named with its line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from newscrawl.exceptions import UsageError

Shape = tuple[frozenset[str], tuple[str, ...]]
"""The keys a table may have, and those it must have."""
PLAIN_PATTERN: Shape = (frozenset({"id", "why", "pattern"}), ("id", "why", "pattern"))
"""A rule that is nothing but a pattern."""


class DataFileError(UsageError):
    """A rule file that cannot be used; the message names file, key and line."""


def package_file(name: str, package: str) -> str:
    """The text of a rule file of *package*, which comes with newscrawl."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def iter_tables(text: str, file: str, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The kinds and tables of a rule file, kind by kind as in *shapes*; raises RuleFileError for what is not known."""
    document = parse_document(text, file)
    check_keys(text, file, document, list(shapes))
    for kind, (allowed, required) in shapes.items():
        for table in document.get(kind, []):
            _check(text, file, kind, table, allowed, required)
            yield kind, table


def parse_document(text: str, file: str) -> dict[str, Any]:
    """What a TOML text says; raises RuleFileError where it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(f"{file}: not valid TOML: {error}") from error


def check_keys(text: str, file: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise RuleFileError for a key of *table* that is not *known*; the message names line and nearest key."""
    for key in table:
        if key not in known:
            raise _unknown(text, file, key, known)


def _check(
    text: str, file: str, kind: str, table: dict[str, Any], allowed: frozenset[str], required: tuple[str, ...]
) -> None:
    check_keys(text, file, table, sorted(allowed))
    for key in required:
        if not table.get(key):
            raise DataFileError(f"{file}: [[{kind}]] {table.get('id', '(without id)')!r} lacks {key!r}")


def _unknown(text: str, file: str, key: str, allowed: Sequence[str]) -> DataFileError:
    near = difflib.get_close_matches(key, allowed, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(allowed)}"
    return DataFileError(f"{file}, line {find_line(text, key)}: unknown key {key!r}{hint}")


def find_line(text: str, key: str) -> int:
    """The first line, from 1 on, that states *key*; 0 where none does."""
    pattern = re.compile(rf"\s*(?:\[+\s*(?:\w+\.)?)?[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 0)


def compiled(text: str, file: str, table: dict[str, Any], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """The pattern of a table."""
    try:
        return re.compile(table["pattern"], flags)
    except re.error as error:
        line = next((n for n, row in enumerate(text.splitlines(), 1) if f'"{table["id"]}"' in row), 0)
        raise DataFileError(f"{file}, line {line}: pattern of {table['id']!r} is wrong: {error}") from error
