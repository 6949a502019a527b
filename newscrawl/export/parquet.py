"""Write rows as Parquet. The only module that imports pyarrow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

from newscrawl.exceptions import UsageError
from newscrawl.export.columns import IS_JSON, ColumnKind, ExportColumn, Row

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise UsageError(
        f"--format parquet needs pyarrow ({error}); install it with `pip install -r requirements-parquet.txt`"
    ) from error

MAX_GROUP_ROWS = 20_000
MAX_GROUP_CHARACTERS = 8_000_000
"""Characters of text in a row group, which is what is held in memory."""

_STRUCT: Final = pa.struct([("url", pa.string()), ("caption", pa.string()), ("credit", pa.string())])
_TYPES: Final[dict[ColumnKind, Any]] = {
    ColumnKind.TEXT: pa.string(),
    ColumnKind.INTEGER: pa.int64(),
    ColumnKind.NUMBER: pa.float64(),
    ColumnKind.BOOLEAN: pa.bool_(),
    ColumnKind.TIME: pa.timestamp("us", tz="UTC"),
    ColumnKind.DAY: pa.date32(),
    ColumnKind.STRINGS: pa.list_(pa.string()),
    ColumnKind.IMAGES: pa.list_(_STRUCT),
    ColumnKind.JSON: pa.string(),
}


class ParquetWriter:
    """Parquet with zstd and row groups of bounded size."""

    def __init__(self, file: BinaryIO, columns: Sequence[ExportColumn]) -> None:
        self._columns = columns
        self._schema = pa.schema([(one.name, _TYPES[one.kind]) for one in columns])
        self._texts = [index for index, one in enumerate(columns) if one.kind in IS_JSON | {ColumnKind.TEXT}]
        self._writer = pq.ParquetWriter(_Counted(file), self._schema, compression="zstd")
        self._rows: list[Row] = []
        self._characters = 0

    def write(self, row: Row) -> None:
        self._rows.append(row)
        self._characters += sum(len(row[index]) for index in self._texts if row[index])
        if self._characters >= MAX_GROUP_CHARACTERS or len(self._rows) >= MAX_GROUP_ROWS:
            self._flush()

    def finish(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        values = zip(*self._rows, strict=True)
        arrays = [_make_array(one.kind, list(column)) for one, column in zip(self._columns, values, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows, self._characters = [], 0


def _make_array(kind: ColumnKind, values: list[Any]) -> Any:
    if kind in {ColumnKind.TIME, ColumnKind.DAY}:
        return pa.array(values, pa.string()).cast(_TYPES[kind])
    if kind in {ColumnKind.STRINGS, ColumnKind.IMAGES}:
        values = [None if value is None else json.loads(value) for value in values]
    elif kind is ColumnKind.BOOLEAN:
        values = [None if value is None else bool(value) for value in values]
    return pa.array(values, _TYPES[kind])


class _Counted:
    """A file that knows its position; a pipe does not."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._position = 0

    def write(self, data: Any) -> int:
        # After an error, pyarrow still writes the end of the file when its writer is collected.
        if not self._file.closed:
            self._file.write(data)
        self._position += memoryview(data).nbytes
        return memoryview(data).nbytes

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """Leave the file open: whoever opened it closes it."""

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False
