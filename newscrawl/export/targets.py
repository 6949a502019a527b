"""Where an export goes: a file or folder that appears only when it is complete, or an open file."""

from __future__ import annotations

import os
import shutil
import tempfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from newscrawl.exceptions import UsageError
from newscrawl.export.columns import ExportColumn, Row
from newscrawl.export.writers import Format, RowWriter, make_writer

MAX_OPEN_FILES = 32
"""Partitions that are written at once; each Parquet file buffers some megabytes."""
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""Stands for a missing value in the name of a folder, as in Hive, Spark, DuckDB and pyarrow."""
PARTITION_KEYS = {"day": "date_published_day", "site": "site"}
"""Name in the folder -> column."""
_MAX_NAME = 200
"""Bytes of the name of a folder; file systems allow 255."""


@contextmanager
def open_atomically(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of *path* at the end; after an error, what is at *path* stays as it was.

    Raises UsageError for a path that cannot be written.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file, or use --partition")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise UsageError(f"cannot write to the folder {path.parent.absolute()}: {error.strerror}") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_get_mode(path))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _get_mode(path: Path) -> int:
    """Return the permissions of the file at *path*, or those of a new one."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def open_folder_atomically(path: Path) -> Iterator[Path]:
    """Yield a new folder that becomes *path* at the end; after an error, nothing of it is left.

    Raises UsageError if there is anything at *path* but an empty folder.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise UsageError(f"{path} exists already; name a new folder, or remove it first")
    try:
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent))
    except OSError as error:
        raise UsageError(f"cannot write to the folder {path.parent.absolute()}: {error.strerror}") from error
    try:
        yield temporary
        temporary.chmod(_get_mode(path.parent / f"{temporary.name}.new") | 0o111)
        temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def name_partition(key: str, value: object) -> str:
    """Return the name of a folder, such as `site=example.org`; what is not safe in a file name is percent-encoded."""
    text = NO_VALUE if value is None else quote(str(value), safe="")
    if set(text) <= {"."}:
        text = text.replace(".", "%2E")
    if len(text) > _MAX_NAME:
        text = f"{text[:_MAX_NAME]}~{zlib.crc32(text.encode()):08x}"
    return f"{key}={text}"


@dataclass(slots=True)
class _OpenFile:
    file: BinaryIO
    writer: RowWriter

    def close(self) -> None:
        try:
            self.writer.finish()
        finally:
            self.file.close()


@dataclass(slots=True)
class PartitionedWriter:
    """Writes rows to `day=…/site=…/part-0.jsonl` below a folder; a column that a folder names is left out of its files.

    The partition that was not written for the longest time is closed to open another one; its later rows go to a new
    file, `part-1.jsonl`.
    """

    folder: Path
    form: Format
    columns: Sequence[ExportColumn]
    keys: Sequence[str]
    max_open: int = MAX_OPEN_FILES
    raw_cells: bool = False
    """Whether text in CSV files is left as it is, even if a spreadsheet takes it for a formula."""
    _open: OrderedDict[Path, _OpenFile] = field(default_factory=OrderedDict)
    _parts: dict[Path, int] = field(default_factory=dict)
    _indexes: list[int] = field(default_factory=list)
    _kept: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = [one.name for one in self.columns]
        self._indexes = [names.index(PARTITION_KEYS[key]) for key in self.keys]
        self._kept = [index for index, name in enumerate(names) if name not in self.keys]

    def write(self, row: Row) -> None:
        values = zip(self.keys, self._indexes, strict=True)
        folder = self.folder.joinpath(*(name_partition(key, row[index]) for key, index in values))
        opened = self._open.get(folder)
        if opened is None:
            opened = self._open[folder] = self._open_part(folder)
        self._open.move_to_end(folder)
        opened.writer.write([row[index] for index in self._kept])

    def finish(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def _open_part(self, folder: Path) -> _OpenFile:
        if len(self._open) >= self.max_open:
            self._open.popitem(last=False)[1].close()
        folder.mkdir(parents=True, exist_ok=True)
        part = self._parts.get(folder, 0)
        self._parts[folder] = part + 1
        file = (folder / f"part-{part}.{self.form}").open("wb")
        columns = [self.columns[index] for index in self._kept]
        return _OpenFile(file, make_writer(file, self.form, columns, raw_cells=self.raw_cells))
