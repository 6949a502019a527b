"""Archives of saved pages: WARC files, and folders of gzipped HTML with an index."""

from __future__ import annotations

import gzip
import json
import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from newscrawl.exceptions import ArchiveError

logger = logging.getLogger(__name__)

MAX_BODY = 10 * 1024 * 1024
"""Bytes of a decoded page; the same limit as for responses from the network."""
_RECORD_END = b"\r\n\r\n"
_INDEX_NAMES = ("index.jsonl", "truth.jsonl")


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One response of an archive."""

    url: str
    body: bytes
    date_downloaded: datetime | None
    """Aware, UTC; None if the archive does not say."""
    status: int = 200
    content_type: str | None = "text/html"
    problem: str | None = None
    """Why there is no body: `too_large` or `damaged`; None if it is complete."""


def open_archive(path: Path) -> Iterator[SavedPage]:
    """Return the pages of a WARC file (gzipped or not) or of a folder with `index.jsonl` and `html/<id>.html.gz`.

    Raises ArchiveError if the archive becomes unreadable, after all readable pages.
    """
    return _read_folder(path) if path.is_dir() else _read_warc(path)


def find_page(path: Path, *, page_id: str | None = None, url: str | None = None) -> SavedPage:
    """Return one page of an archive: by its URL, or by its id in a folder or its 1-based number in a WARC file.

    Raises ArchiveError if the archive has no such page.
    """
    if path.is_dir():
        for entry in _entries(path):
            if page_id in (None, entry.id) and url in (None, entry.url):
                return _indexed_page(path, entry)
    else:
        for number, page in enumerate(_read_warc(path), 1):
            if page_id in (None, str(number)) and url in (None, page.url):
                return page
    wanted = " and ".join(f"{name} {value}" for name, value in (("id", page_id), ("URL", url)) if value is not None)
    ids = "its index lists the ids" if path.is_dir() else "pages of a WARC file are numbered from 1"
    raise ArchiveError(f"{path} has no page with {wanted}; {ids}")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a folder's index."""

    id: str
    url: str
    date_downloaded: datetime | None
    place: str
    """File and line, for messages."""


def _read_folder(folder: Path) -> Iterator[SavedPage]:
    return (_indexed_page(folder, entry) for entry in _entries(folder))


def _entries(folder: Path) -> Iterator[_Entry]:
    index = next((folder / name for name in _INDEX_NAMES if (folder / name).is_file()), None)
    if index is None:
        raise ArchiveError(f'{folder} has no index.jsonl; write one with a line for each page: {{"id": …, "url": …}}')
    with index.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _entry(f"{index}:{number}", line)


def _entry(place: str, line: str) -> _Entry:
    try:
        row = json.loads(line)
        return _Entry(str(row["id"]), str(row["url"] or ""), _parse_datetime(row.get("date_downloaded")), place)
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"{place} is not a page: {error!r}; expected an object with 'id' and 'url'") from error


def _indexed_page(folder: Path, entry: _Entry) -> SavedPage:
    file = folder / "html" / f"{entry.id}.html.gz"
    if file.parent != folder / "html":
        raise ArchiveError(
            f"{entry.place}: the id {entry.id!r} is outside of the archive; ids must be plain file names"
        )
    try:
        with gzip.open(file) as stream:
            return _page(entry.url, stream.read(MAX_BODY + 1), entry.date_downloaded)
    except (OSError, EOFError, zlib.error) as error:
        logger.warning("%s: could not read %s: %s", entry.place, file, error)
        return SavedPage(entry.url, b"", entry.date_downloaded, problem="damaged")


def _page(url: str, body: bytes, date_downloaded: datetime | None, **facts: Any) -> SavedPage:
    problem = "too_large" if len(body) > MAX_BODY else None
    return SavedPage(url, b"" if problem else body, date_downloaded, problem=problem, **facts)


def _parse_datetime(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_warc(path: Path) -> Iterator[SavedPage]:
    count, records_seen = 0, 0
    try:
        with path.open("rb") as stream:
            records = ArchiveIterator(stream)
            for record in records:
                records_seen += 1
                if record.format != "warc":
                    # warcio takes any line of words for the header of an ARC record, the predecessor of WARC.
                    raise EOFError("expected a WARC record")
                if record.rec_type == "response" and record.http_headers is not None:
                    page = _warc_page(record)
                    _require_complete(record)
                    count += 1
                    yield page
                else:
                    _require_complete(record)
            if not records_seen:
                raise EOFError("it contains no WARC record")
            _require_end(records, path.stat().st_size)
    except (ArchiveLoadFailed, OSError, EOFError, zlib.error, ValueError) as error:
        raise _unreadable(path, count, str(error) or type(error).__name__) from error
    except (AttributeError, TypeError) as error:
        # warcio fails so when a header is truncated.
        raise _unreadable(path, count, "the file ends in the middle of a record's header") from error


def _unreadable(path: Path, count: int, cause: str) -> ArchiveError:
    return ArchiveError(
        f"could not read {path} past page {count}: {cause}. Earlier pages are kept; if the file was downloaded, "
        "download it again"
    )


def _warc_page(record: Any) -> SavedPage:
    headers = record.http_headers
    return _page(
        record.rec_headers.get_header("WARC-Target-URI") or "",
        record.content_stream().read(MAX_BODY + 1),
        _parse_datetime(record.rec_headers.get_header("WARC-Date")),
        status=int(headers.get_statuscode() or 0),
        content_type=headers.get_header("Content-Type"),
    )


def _require_complete(record: Any) -> None:
    """Raise EOFError for a record with fewer bytes than it declares, which warcio accepts."""
    while record.raw_stream.read(1 << 16):
        pass
    if record.length is None or record.raw_stream.tell() < record.length:
        raise EOFError("the file ends in the middle of a record")


def _require_end(records: Any, size: int) -> None:
    """Raise EOFError if the remaining bytes are not a complete record."""
    if records.get_record_offset() + (records.get_record_length() or 0) + len(_RECORD_END) < size:
        raise EOFError("the file ends in the middle of a record's header")
