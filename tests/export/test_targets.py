"""Files appear when they are complete, or not at all; partitions are folders with safe names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newscrawl.exceptions import UsageError
from newscrawl.export.columns import ColumnKind, ExportColumn
from newscrawl.export.targets import PartitionedWriter, name_partition, open_atomically, open_folder_atomically
from newscrawl.export.writers import Format

COLUMNS = [
    ExportColumn("id", ColumnKind.INTEGER),
    ExportColumn("site", ColumnKind.TEXT),
    ExportColumn("date_published_day", ColumnKind.DAY),
]


def test_a_file_is_replaced_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old")
    path.chmod(0o640)
    with open_atomically(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def write_half(path: Path) -> None:
    with open_atomically(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def write_half_of_a_folder(path: Path) -> None:
    with open_folder_atomically(path) as temporary:
        (temporary / "a").touch()
        raise KeyboardInterrupt


def test_a_failure_keeps_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_half(path)
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])


def test_paths_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"cannot write to the folder .*missing"):
        write_half(tmp_path / "missing" / "a")
    with pytest.raises(UsageError, match="is a folder"):
        write_half(tmp_path)
    with pytest.raises(UsageError, match="exists already"):
        write_half_of_a_folder(tmp_path)


def test_a_folder_appears_when_it_is_complete_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    with pytest.raises(KeyboardInterrupt):
        write_half_of_a_folder(folder)
    assert list(tmp_path.iterdir()) == []
    with open_folder_atomically(folder) as temporary:
        (temporary / "a").touch()
        assert not folder.exists()
    assert [path.name for path in folder.iterdir()] == ["a"]
    assert folder.stat().st_mode & 0o111


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("example.org", "site=example.org"),
        ("localhost:8000", "site=localhost%3A8000"),
        ("../../etc", "site=..%2F..%2Fetc"),
        ("..", "site=%2E%2E"),
        ("a b\n東", "site=a%20b%0A%E6%9D%B1"),
        ("x=y\\", "site=x%3Dy%5C"),
        (None, "site=__HIVE_DEFAULT_PARTITION__"),
    ],
)
def test_names_of_partitions_are_safe(value: str | None, name: str) -> None:
    assert name_partition("site", value) == name


def test_names_of_partitions_are_short_and_distinct() -> None:
    names = {name_partition("site", "é" * 200 + end) for end in "ab"}
    assert len(names) == 2
    assert max(map(len, names)) < 250


def test_partitions_have_bounded_open_files_and_lose_nothing(tmp_path: Path) -> None:
    writer = PartitionedWriter(tmp_path, Format.JSONL, COLUMNS, ("day", "site"), max_open=2)
    for number in range(30):
        writer.write([number, f"s{number % 5}", "2026-11-22" if number % 2 else None])
        assert len(writer._open) <= 2
    writer.finish()
    found = []
    for path in tmp_path.rglob("*.jsonl"):
        day, site = path.parent.parent.name, path.parent.name
        for line in path.read_text().splitlines():
            row = json.loads(line)
            assert row.keys() == {"id", "date_published_day"}
            assert day == f"day={row['date_published_day'] or '__HIVE_DEFAULT_PARTITION__'}"
            assert site == f"site=s{row['id'] % 5}"
            found.append(row["id"])
    assert sorted(found) == list(range(30))
    assert (tmp_path / "day=2026-11-22" / "site=s1" / "part-1.jsonl").exists()
