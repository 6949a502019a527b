"""Write rows as JSON Lines, CSV or Parquet to an open binary file, in constant memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from json.encoder import encode_basestring
from typing import Any, BinaryIO, Protocol

from newscrawl.export.columns import IS_JSON, ColumnKind, ExportColumn, Row


class Format(StrEnum):
    """The format of an export, also the ending of its files."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class RowWriter(Protocol):
    """Writes rows to a file that the caller opened and closes."""

    def write(self, row: Row) -> None: ...

    def finish(self) -> None:
        """Write what is buffered, and the end of the file."""
        ...


def make_writer(file: BinaryIO, form: Format, columns: Sequence[ExportColumn], *, raw_cells: bool = False) -> RowWriter:
    """Return a writer of *form*; *raw_cells* concerns CSV. Raises UsageError if the library for it is missing."""
    if form is Format.JSONL:
        return JsonLinesWriter(file, columns)
    if form is Format.CSV:
        return CsvWriter(file, columns, raw_cells=raw_cells)
    # pyarrow is large and not installed for everybody.
    from newscrawl.export.parquet import ParquetWriter

    return ParquetWriter(file, columns)


class JsonLinesWriter:
    """One JSON object a line, UTF-8; every column is a key, a missing value is null.

    Only line feeds end a line: text may contain other line separators, such as U+2028.
    """

    def __init__(self, file: BinaryIO, columns: Sequence[ExportColumn]) -> None:
        self._write = file.write
        self._template = "{" + ",".join(f"{json.dumps(one.name)}:%s" for one in columns) + "}\n"
        self._encoders = [_ENCODERS[one.kind] for one in columns]

    def write(self, row: Row) -> None:
        pairs = zip(self._encoders, row, strict=True)
        values = tuple(["null" if value is None else encode(value) for encode, value in pairs])
        self._write((self._template % values).encode())

    def finish(self) -> None:
        """Do nothing: the last line is complete."""


def unescape_json(text: str) -> str:
    """Return JSON *text* on one line with its letters as they are in place of escapes."""
    if "\\u" in text or "\n" in text:
        return json.dumps(json.loads(text), ensure_ascii=False)
    return text


def _encode_boolean(value: object) -> str:
    return "true" if value else "false"


_ENCODERS: dict[ColumnKind, Callable[[Any], str]] = {
    ColumnKind.TEXT: encode_basestring,
    ColumnKind.TIME: encode_basestring,
    ColumnKind.DAY: encode_basestring,
    ColumnKind.INTEGER: str,
    ColumnKind.NUMBER: repr,
    ColumnKind.BOOLEAN: _encode_boolean,
    **dict.fromkeys(IS_JSON, unescape_json),
}


class CsvWriter:
    """CSV after RFC 4180, UTF-8, with a header; lists are JSON, booleans `true` and `false`.

    Text is always in quotes, so that an empty text differs from a missing value, which is nothing at all. Unless
    *raw_cells*, text that a spreadsheet would take for a formula gets an apostrophe before it.
    """

    def __init__(self, file: BinaryIO, columns: Sequence[ExportColumn], *, raw_cells: bool = False) -> None:
        self._write = file.write
        encoders = _CSV_ENCODERS | {ColumnKind.TEXT: _quote} if raw_cells else _CSV_ENCODERS
        self._encoders = [encoders[one.kind] for one in columns]
        self._write((",".join(one.name for one in columns) + _CSV_END).encode())

    def write(self, row: Row) -> None:
        pairs = zip(self._encoders, row, strict=True)
        self._write((",".join(["" if value is None else encode(value) for encode, value in pairs]) + _CSV_END).encode())

    def finish(self) -> None:
        """Do nothing: the last line is complete."""


_CSV_END = "\r\n"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters of text that spreadsheets execute (OWASP, CSV injection)."""


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _quote_safely(text: str) -> str:
    return _quote(f"'{text}" if text.startswith(FORMULA_STARTS) else text)


def _quote_json(text: str) -> str:
    return _quote(unescape_json(text))


_CSV_ENCODERS: dict[ColumnKind, Callable[[Any], str]] = {
    **_ENCODERS,
    ColumnKind.TEXT: _quote_safely,
    ColumnKind.TIME: str,
    ColumnKind.DAY: str,
    **dict.fromkeys(IS_JSON, _quote_json),
}
