"""Read a folder of saved pages: `html/<id>.html.gz`, and an index with one JSON object a line."""

from __future__ import annotations

import gzip
import json
import logging
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from newscrawl.archives.model import DAMAGED, MAX_BODY, TOO_LARGE, SavedPage, UnreadablePage, parse_datetime
from newscrawl.exceptions import ArchiveError
from newscrawl.urls.parse import short

logger = logging.getLogger(__name__)

INDEX_NAMES = ("index.jsonl", "truth.jsonl")
MAX_LINE = 1024 * 1024
"""Bytes of a line of the index. Corpora keep the text of a page in it."""
_NOT_A_PAGE = "expected an object with 'id' and 'url'"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the index."""

    number: int
    id: str = ""
    url: str = ""
    date_downloaded: datetime | None = None
    problem: str | None = None
    """What is wrong with the line; None if it names a page."""


def find_index(folder: Path) -> Path | None:
    """Return the index of *folder*, None if it has none that is a regular file."""
    return next((folder / name for name in INDEX_NAMES if (folder / name).is_file()), None)


def read_entries(index: Path, is_stopping: Callable[[], bool]) -> Iterator[Entry]:
    """Yield the lines of *index* that are not empty. Raises ArchiveError if none of them names a page."""
    count, pages = 0, 0
    try:
        with index.open("rb") as lines:
            for number, line in _read_lines(lines):
                if is_stopping():
                    return
                entry = _parse_entry(number, line)
                count += 1
                pages += entry.problem is None
                yield entry
    except OSError as error:
        raise ArchiveError(f"could not read {index} past line {count}: {error.strerror}") from error
    if count and not pages:
        raise ArchiveError(f"no line of {index} is a page; {_NOT_A_PAGE}")


def _read_lines(lines: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines that are not empty, with their numbers; None for one that is too long."""
    number = 0
    while line := lines.readline(MAX_LINE + 1):
        number += 1
        is_long = len(line) > MAX_LINE
        while not line.endswith(b"\n") and (rest := lines.readline(MAX_LINE)):
            is_long, line = True, rest
        if is_long or line.strip():
            yield number, None if is_long else line


def _parse_entry(number: int, line: bytes | None) -> Entry:
    if line is None:
        return Entry(number, problem=f"the line is longer than {MAX_LINE // 1024} KiB")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Entry(number, problem=f"{type(error).__name__}; {_NOT_A_PAGE}")
    if not isinstance(row, dict):
        return Entry(number, problem=_NOT_A_PAGE)
    page_id, url = row.get("id"), row.get("url")
    date = parse_datetime(row.get("date_downloaded"))
    known_url = url if isinstance(url, str) else ""
    if isinstance(page_id, bool) or not isinstance(page_id, str | int) or not known_url:
        return Entry(number, url=known_url, date_downloaded=date, problem=_NOT_A_PAGE)
    return Entry(number, str(page_id), known_url, date)


def read_page(folder: Path, entry: Entry) -> SavedPage:
    """Return the page of a line of the index, without a body if it cannot be read."""
    try:
        if entry.problem is not None:
            raise UnreadablePage(DAMAGED, entry.problem)
        return SavedPage(entry.url, _read_body(folder / "html", entry.id), entry.date_downloaded)
    except UnreadablePage as error:
        detail = f"line {entry.number} of the index: {error}"
        logger.warning("%s: %s: %s, %s", folder, short(entry.url), error.problem, detail)
        return SavedPage(entry.url, b"", entry.date_downloaded, problem=error.problem, detail=detail)


def _read_body(folder: Path, page_id: str) -> bytes:
    try:
        file = folder / f"{page_id}.html.gz"
        if file.parent != folder:
            raise UnreadablePage(DAMAGED, f"the id {short(page_id)} is outside of the archive")
        if not file.is_file():
            raise UnreadablePage(DAMAGED, f"no regular file html/{short(page_id)[1:-1]}.html.gz")
        with gzip.open(file) as stream:
            body = stream.read(MAX_BODY + 1)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UnreadablePage(DAMAGED, f"could not read its file: {cause}") from error
    if len(body) > MAX_BODY:
        raise UnreadablePage(TOO_LARGE, f"the body is larger than {MAX_BODY // 1024**2} MiB")
    return body
