"""Rows as JSON Lines, CSV and Parquet; hostile text comes back as it was."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

import pyarrow.parquet as pq
import pytest

from newscrawl.exceptions import UsageError
from newscrawl.export import parquet
from newscrawl.export.columns import ColumnKind, ExportColumn
from newscrawl.export.writers import Format, make_writer

COLUMNS = [ExportColumn(kind.value, kind) for kind in ColumnKind]
HOSTILE = [
    'quotes " and \\ backslashes \\" \\u0041',
    "line\nends\r\nof\rall\u2028kinds\u2029\x85\x0b\x0c",
    "control \x01\x1b[31m and \x7f",
    "=1+1, +1, -1, @SUM(A1)",
    "commas, semicolons; tabs\t",
    "bidi \u202e and joiners \u200d and 👩‍🚀 and é and e\u0301",
    '</script>{"a":[1]}%s %% ${x}',
    " spaces ",
]


def make_row(text: str) -> list[Any]:
    strings, images = json.dumps([text, text]), json.dumps([{"url": "u", "caption": text, "credit": None}])
    values = {"text": text, "integer": -(2**40), "number": 0.1, "boolean": 1, "strings": strings, "images": images}
    values |= {"time": "2026-11-22T12:00:00Z", "day": "2026-11-22", "json": json.dumps({"a": text})}
    return [values[kind.value] for kind in ColumnKind]


NOTHING = [None] * len(COLUMNS)


def write(form: Format, rows: list[list[Any]], *, raw_cells: bool = False) -> bytes:
    file = io.BytesIO()
    writer = make_writer(file, form, COLUMNS, raw_cells=raw_cells)
    for row in rows:
        writer.write(row)
    writer.finish()
    return file.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_json_lines_give_back_the_same_values(text: str) -> None:
    lines = write(Format.JSONL, [make_row(text), NOTHING]).decode().split("\n")
    assert json.loads(lines[0]) == {
        "text": text,
        "integer": -(2**40),
        "number": 0.1,
        "boolean": True,
        "time": "2026-11-22T12:00:00Z",
        "day": "2026-11-22",
        "strings": [text, text],
        "images": [{"url": "u", "caption": text, "credit": None}],
        "json": {"a": text},
    }
    assert json.loads(lines[1]) == dict.fromkeys((kind.value for kind in ColumnKind), None)
    assert lines[2:] == [""]


def test_json_lines_have_letters_and_not_escapes() -> None:
    assert '"text":"東京"'.encode() in write(Format.JSONL, [make_row("東京")])
    assert '["東京", "東京"]'.encode() in write(Format.JSONL, [make_row("東京")])


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_gives_back_the_same_values(text: str) -> None:
    written = write(Format.CSV, [make_row(text), NOTHING], raw_cells=True).decode()
    header, row, nothing = csv.reader(io.StringIO(written, newline=""))
    assert header == [kind.value for kind in ColumnKind]
    values = dict(zip(header, row, strict=True))
    assert (values["text"], values["boolean"], values["integer"]) == (text, "true", str(-(2**40)))
    assert json.loads(values["strings"]) == [text, text]
    assert set(nothing) == {""}
    assert written.endswith("\r\n")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_csv_defuses_what_a_spreadsheet_would_execute(start: str) -> None:
    text = f'{start}HYPERLINK("https://example.org/")'
    _, row = csv.reader(io.StringIO(write(Format.CSV, [make_row(text)]).decode(), newline=""))
    values = dict(zip((one.name for one in COLUMNS), row, strict=True))
    assert values["text"] == f"'{text}"
    assert values["integer"].startswith("-"), "a number is no formula"
    assert json.loads(values["strings"]) == [text, text], "JSON begins with a bracket"


@pytest.mark.parametrize("text", ["a=1", " =1", "'=1", "– dash", "1-2", "#=1", "\u2212 1", "(=1)"])
def test_csv_leaves_other_text_as_it_is(text: str) -> None:
    _, row = csv.reader(io.StringIO(write(Format.CSV, [make_row(text)]).decode(), newline=""))
    assert row[0] == text


def test_csv_tells_an_empty_text_from_a_missing_one() -> None:
    empty = ["" if one.kind is ColumnKind.TEXT else None for one in COLUMNS]
    assert write(Format.CSV, [empty, NOTHING]).decode().split("\r\n")[1:3] == ['""' + "," * 8, "," * 8]


@pytest.mark.parametrize("text", HOSTILE)
def test_parquet_gives_back_the_same_values_with_their_types(text: str) -> None:
    table = pq.read_table(io.BytesIO(write(Format.PARQUET, [make_row(text), NOTHING])))
    first, second = table.to_pylist()
    assert first == {
        "text": text,
        "integer": -(2**40),
        "number": 0.1,
        "boolean": True,
        "time": datetime(2026, 11, 22, 12, tzinfo=UTC),
        "day": date(2026, 11, 22),
        "strings": [text, text],
        "images": [{"url": "u", "caption": text, "credit": None}],
        "json": json.dumps({"a": text}),
    }
    assert set(second.values()) == {None}


def test_parquet_has_row_groups_of_bounded_size_and_zstd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MAX_GROUP_CHARACTERS", 1_000)
    written = write(Format.PARQUET, [make_row("x" * 100) for _ in range(20)])
    metadata = pq.ParquetFile(io.BytesIO(written)).metadata
    assert (metadata.num_rows, metadata.num_row_groups) == (20, 10)
    assert metadata.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.parametrize("form", Format)
def test_an_export_without_rows_is_a_valid_file(form: Format) -> None:
    written = write(form, [])
    if form is Format.PARQUET:
        assert pq.read_table(io.BytesIO(written)).column_names == [kind.value for kind in ColumnKind]
    else:
        assert written.decode().count("\n") == (form is Format.CSV)


def test_the_file_stays_open_for_its_owner() -> None:
    for form in Format:
        file: BinaryIO = io.BytesIO()
        make_writer(file, form, COLUMNS).finish()
        assert not file.closed


def test_a_missing_pyarrow_is_named_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "newscrawl.export.parquet")
    with pytest.raises(UsageError, match=r"pip install -r requirements-parquet\.txt"):
        make_writer(io.BytesIO(), Format.PARQUET, COLUMNS)


def test_other_formats_do_not_import_pyarrow() -> None:
    code = "import sys, newscrawl.commands.export, newscrawl.export.writers; print('pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
