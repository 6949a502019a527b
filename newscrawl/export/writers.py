"""Write rows as JSON Lines, CSV or Parquet to an open binary file, in constant memory."""

from __future__ import annotations

import csv
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


def make_writer(file: BinaryIO, form: Format, columns: Sequence[ExportColumn]) -> RowWriter:
    """Return a writer of *form*. Raises UsageError if the library for it is missing."""
    if form is Format.JSONL:
        return JsonLinesWriter(file, columns)
    if form is Format.CSV:
        return CsvWriter(file, columns)
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
    """CSV after RFC 4180, UTF-8, with a header; lists are JSON, booleans `true` and `false`, missing values empty."""

    def __init__(self, file: BinaryIO, columns: Sequence[ExportColumn]) -> None:
        self._writer = csv.writer(_Encoder(file))
        self._converters = [
            (index, _encode_boolean if one.kind is ColumnKind.BOOLEAN else unescape_json)
            for index, one in enumerate(columns)
            if one.kind in IS_JSON or one.kind is ColumnKind.BOOLEAN
        ]
        self._writer.writerow([one.name for one in columns])

    def write(self, row: Row) -> None:
        values = list(row)
        for index, convert in self._converters:
            if values[index] is not None:
                values[index] = convert(values[index])
        self._writer.writerow(values)

    def finish(self) -> None:
        """Do nothing: the last line is complete."""


class _Encoder:
    """Writes text to a binary file as UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self._write = file.write

    def write(self, text: str) -> int:
        return self._write(text.encode())
