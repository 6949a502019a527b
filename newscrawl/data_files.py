"""TOML files with rules, checked key by key, so that an error names the line of the mistake."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from newscrawl.exceptions import UsageError
from newscrawl.text.suggestions import suggest

Shape = tuple[frozenset[str], tuple[str, ...]]
"""Allowed keys of a table, required keys."""
PLAIN_PATTERN: Shape = (frozenset({"id", "why", "pattern"}), ("id", "why", "pattern"))
"""A rule that consists of one pattern."""
_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"""\s*(["']?)([\w.-]+)\1\s*=""")


class DataFileError(UsageError):
    """A rule file that cannot be used; the message names file, line and key."""


def package_file(name: str, package: str) -> str:
    """Return the text of a data file that ships with *package*."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def iter_tables(text: str, file: str, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield kind and content of each table, in the order of *shapes*.

    Raises DataFileError for unknown keys and for required keys that are missing or empty.
    """
    document = parse_document(text, file)
    check_keys(text, file, document, list(shapes))
    for kind, (allowed, required) in shapes.items():
        for table in document.get(kind, []):
            check_keys(text, file, table, sorted(allowed))
            for key in required:
                if not table.get(key):
                    rule = table.get("id", "(without id)")
                    raise DataFileError(f"{file}:{_find_rule(text, table)}: [[{kind}]] {rule!r} lacks {key!r}")
            yield kind, table


def parse_document(text: str, file: str) -> dict[str, Any]:
    """Parse a TOML text. Raises DataFileError if it is not valid."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(f"{file}: not valid TOML: {error}") from error


def check_keys(text: str, file: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise DataFileError, with line and nearest known key, for a key of *table* that is not *known*."""
    for key in table:
        if key not in known:
            raise DataFileError(f"{file}:{find_line(text, key)}: unknown key {key!r}; {suggest(key, known)}")


def find_line(text: str, key: str, table: str | None = None) -> int:
    """Return the 1-based line of *key*, or of the header of the table *key*; 1 where it is not found.

    *table* is the table to search, "" for the top level, None for the whole file. tomllib does not report lines.
    """
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            current = header[1]
            if not table and key in ([current] if table == "" else re.split(r"[.\"']+", current)):
                return number
        elif (found := _KEY.match(line)) and table in (None, current) and found[2].split(".")[0] == key:
            return number
    return 1


def compile_pattern(text: str, file: str, table: dict[str, Any], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Compile the pattern of *table*. Raises DataFileError if it is not a regular expression."""
    try:
        return re.compile(table["pattern"], flags)
    except re.error as error:
        raise DataFileError(f"{file}:{_find_rule(text, table)}: invalid pattern of {table['id']!r}: {error}") from error


def _find_rule(text: str, table: Mapping[str, Any]) -> int:
    """Return the 1-based line of the first mention of the rule's id; 1 where it is not found."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if f'"{table.get("id")}"' in line), 1)
