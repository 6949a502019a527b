"""Read the responses of a WARC file (ISO 28500), record by record.

What is wrong inside a record concerns its page only. Where the end of a record is not where its header says, the next
one is looked for at the next gzip member; in a file that is not compressed by record, reading ends.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeadersParser

from newscrawl.archives.model import (
    DAMAGED,
    MAX_BODY,
    TOO_LARGE,
    TRUNCATED,
    SavedPage,
    UnreadablePage,
    parse_datetime,
)
from newscrawl.archives.payload import decompress, join_chunks
from newscrawl.archives.streams import BrokenStream, LostFraming, RecordStream, StoppedReading
from newscrawl.exceptions import ArchiveError
from newscrawl.text.document_end import has_end
from newscrawl.urls.parse import short

logger = logging.getLogger(__name__)

MAX_HEADERS = 256 * 1024
"""Bytes of the headers of a record, and of those of the response in it; the same limit as on the network."""
MAX_HEADER_LINES = 2_000
_HEADER_LIMIT = f"{MAX_HEADERS // 1024} KiB or {MAX_HEADER_LINES:,} lines"
_VERSION = re.compile(rb"WARC/\d\.\d{1,3}[ \t]*\r?\n")
_LENGTH = re.compile(r"[0-9]{1,18}")
_STATUS = re.compile(rb"HTTP/[0-9](?:\.[0-9])?[ \t]+([1-9][0-9]{2})(?![^ \t\r\n])")
_HEADERS_END = re.compile(rb"\n\r?\n")
_OTHER_PROTOCOLS = ("dns:", "whois:", "ntp:")
"""Look-ups, which crawlers keep as responses, too."""
_parser = StatusAndHeadersParser([], verify=False)


@dataclass(frozen=True, slots=True)
class _Record:
    """The header of a record."""

    number: int
    """From 1, in the file."""
    headers: Any = None
    """warcio's StatusAndHeaders; None if they cannot be read."""

    def get(self, name: str) -> str | None:
        value: str | None = self.headers.get_header(name) if self.headers is not None else None
        return value.strip() if value is not None else None

    @property
    def url(self) -> str:
        return (self.get("WARC-Target-URI") or "").removeprefix("<").removesuffix(">")

    @property
    def is_response(self) -> bool:
        return (self.get("WARC-Type") or "").lower() == "response" and not self.url.lower().startswith(_OTHER_PROTOCOLS)

    def make_page(self, body: bytes = b"", **facts: Any) -> SavedPage:
        return SavedPage(self.url, body, parse_datetime(self.get("WARC-Date")), **facts)

    def make_unreadable(self, problem: str, detail: str, **facts: Any) -> SavedPage:
        return self.make_page(problem=problem, detail=f"record {self.number}: {detail}", **facts)


class _BadRecord(LostFraming):
    """A record whose end cannot be found."""

    def __init__(self, record: _Record, detail: str) -> None:
        super().__init__(f"record {record.number}: {detail}")
        self.record = record
        self.detail = detail


def read_warc(path: Path, is_stopping: Callable[[], bool]) -> Iterator[SavedPage]:
    """Yield the responses of *path*, up to where the file can be read; then raise ArchiveError if that is not its end.

    *is_stopping* is called at every block that is read; once it returns True, nothing more is yielded.
    """
    count = 0
    try:
        with path.open("rb") as file:
            for page in _read_pages(RecordStream(file, is_stopping)):
                if page.problem is not None:
                    logger.warning("%s: %s: %s, %s", path, short(page.url), page.problem, page.detail)
                count += 1
                yield page
    except StoppedReading:
        return
    except (BrokenStream, LostFraming, OSError) as error:
        raise ArchiveError(
            f"could not read {path} past page {count}: {error or type(error).__name__}. Earlier pages are kept; if the "
            "file was downloaded, download it again"
        ) from error


def _read_pages(stream: RecordStream) -> Iterator[SavedPage]:
    """Yield the pages of all members. Raises LostFraming at the end if records may have been lost on the way."""
    number, is_first, lost = 0, True, None
    while True:
        try:
            if not stream.skip_line_ends():
                if not stream.next_member():
                    break
                is_first = True
                continue
            number += 1
            page = _read_record(stream, number)
        except LostFraming as error:
            goes_on = stream.next_member()
            if not goes_on and stream.members == 1:
                raise
            record, detail = (
                (error.record, error.detail) if isinstance(error, _BadRecord) else (_Record(number), str(error))
            )
            page = record.make_unreadable(DAMAGED, detail)
            if not is_first:
                lost = lost or error
            if not goes_on:
                yield page
                break
            is_first = True
        else:
            is_first = False
        if page is not None:
            yield page
    if lost is not None:
        raise lost
    if stream.gap is not None:
        raise LostFraming(stream.gap)
    if number == 0:
        raise LostFraming("it contains no WARC record")


def _read_record(stream: RecordStream, number: int) -> SavedPage | None:
    """Read a record; return its page, None if it is no response. Raises _BadRecord and BrokenStream."""
    record = _Record(number)
    try:
        record = _read_head(stream, record)
        length = record.get("Content-Length") or ""
        if not _LENGTH.fullmatch(length):
            raise LostFraming(f"its Content-Length is {short(length)}")
        keep = MAX_HEADERS + MAX_BODY + 1 if record.is_response else 0
        block, size = stream.read(int(length), keep)
        if size < int(length):
            if not stream.is_compressed:
                raise LostFraming("the file ends in the middle of a record")
            raise LostFraming(f"it has {size} of the {length} bytes of its Content-Length")
        _read_end(stream)
    except LostFraming as error:
        raise _BadRecord(record, str(error)) from error
    return _make_page(record, block, is_cut=size > len(block)) if record.is_response else None


def _read_head(stream: RecordStream, record: _Record) -> _Record:
    lines = [stream.readline(MAX_HEADERS)]
    if not _VERSION.fullmatch(lines[0]):
        if not stream.is_compressed and not lines[0].endswith(b"\n"):
            raise LostFraming("the file ends in the middle of a record's header")
        raise LostFraming("expected a WARC record")
    size = len(lines[0])
    while lines[-1].strip(b"\r\n"):
        lines.append(stream.readline(MAX_HEADERS - size + 1))
        size += len(lines[-1])
        if size > MAX_HEADERS or len(lines) > MAX_HEADER_LINES:
            raise LostFraming(f"its header is longer than {_HEADER_LIMIT}")
        if not lines[-1].endswith(b"\n"):
            raise LostFraming("the file ends in the middle of a record's header")
    return replace(record, headers=_parser.parse(BytesIO(b"".join(lines))))


def _read_end(stream: RecordStream) -> None:
    """Read the empty lines after a record, and with them the check sum of its gzip member."""
    end, size = stream.read(1, 1)
    if size and end not in b"\r\n":
        raise LostFraming("it does not end where its Content-Length says")
    stream.skip_line_ends()


def _make_page(record: _Record, block: bytes, *, is_cut: bool) -> SavedPage:
    """Return the page of a response. *is_cut*: the block is longer, which is too long for any page."""
    end = _HEADERS_END.search(block, 0, MAX_HEADERS)
    status_line = _STATUS.match(block)
    if status_line is None:
        line = block[:80].split(b"\n", 1)[0].decode("latin-1")
        return record.make_unreadable(DAMAGED, f"no HTTP status in {short(line.strip())}")
    if end is None or block.count(b"\n", 0, end.end()) > MAX_HEADER_LINES:
        return record.make_unreadable(DAMAGED, f"the HTTP headers have no end within {_HEADER_LIMIT}")
    headers = _parser.parse(BytesIO(block[: end.end()]))
    facts = {"status": int(status_line[1]), "content_type": headers.get_header("Content-Type")}
    try:
        if is_cut or len(block) - end.end() > MAX_BODY:
            raise UnreadablePage(TOO_LARGE, f"the body is larger than {MAX_BODY // 1024**2} MiB")
        return record.make_page(_read_body(record, headers, block[end.end() :]), **facts)
    except UnreadablePage as error:
        if facts["status"] != 200:
            return record.make_page(**facts)  # The status alone decides.
        return record.make_unreadable(error.problem, str(error), **facts)


def _read_body(record: _Record, headers: Any, body: bytes) -> bytes:
    """Return the decoded body. Raises UnreadablePage; `truncated` if it was saved in part and lacks its end tag."""
    cut = None
    if record.get("WARC-Truncated") or record.get("WARC-Segment-Number"):
        cut = "the record has a part of the response"
    declared = headers.get_header("Content-Length") or ""
    if _LENGTH.fullmatch(declared.strip()) and int(declared) > len(body) and not _split(headers, "Transfer-Encoding"):
        cut = f"the body has {len(body)} of {int(declared)} bytes"
    if "chunked" in _split(headers, "Transfer-Encoding"):
        body, is_whole = join_chunks(body)
        cut = cut if is_whole else "the last chunk of the body is missing"
    body, is_whole = decompress(body, _split(headers, "Content-Encoding"))
    cut = cut if is_whole else "the compressed body has no end"
    if cut is not None and not has_end(body):
        raise UnreadablePage(TRUNCATED, cut)
    return body


def _split(headers: Any, name: str) -> list[str]:
    """Return the values of all headers of that name, split at commas, in lower case."""
    values = (value for other, value in headers.headers if other.lower() == name.lower())
    return [part.strip().lower() for value in values for part in value.split(",") if part.strip()]
