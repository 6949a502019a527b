"""What is wrong inside a record of an archive concerns that record; memory is bounded; only files are opened."""

from __future__ import annotations

import gzip
import json
import os
import socket
import tracemalloc
import zlib
from argparse import Namespace
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import brotli
import pytest
from scrapy.utils._compression import zstd

from newscrawl.archives.model import SavedPage, UnreadablePage, parse_datetime
from newscrawl.archives.payload import decompress
from newscrawl.archives.reader import find_page, open_archive
from newscrawl.exceptions import ArchiveError, UsageError
from newscrawl.inspection.inspector import PageSource, read_saved_page
from newscrawl.urls.normalize import normalize
from tests.hostile.archives import (
    PAGE,
    Bad,
    index_lines,
    lost_files,
    make_good,
    make_record,
    make_response,
    warc_records,
)
from tests.support.crawling import article_page, crawl, query

RECORDS = list(warc_records())
LINES = list(index_lines())


def get_outcome(page: SavedPage) -> str:
    """Return the outcome as `tests.hostile.archives` names it."""
    try:
        normalize(page.url)
    except ValueError:
        return "no_url"
    return page.problem or ("read" if page.status == 200 else f"http_{page.status}")


def read_between_good_ones(path: Path, records: list[Bad], write: Callable[[Bad], bytes]) -> dict[str, str | None]:
    """Write *records* with a good one after each, read them once, and return their outcomes."""
    compress = gzip.compress if path.suffix == ".gz" else bytes
    path.write_bytes(b"".join(write(bad) + compress(make_good(number)) for number, bad in enumerate(records)))
    found: dict[str, str | None] = {bad.name: None for bad in records}
    number = 0
    for page in open_archive(path):
        if page.url == f"https://example.org/good-{number}":
            assert page.body == PAGE
            number += 1
        else:
            assert found[records[number].name] is None, "two pages for one record"
            found[records[number].name] = get_outcome(page)
    assert number == len(records)
    return found


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    return read_between_good_ones(tmp_path_factory.mktemp("warc") / "bad.warc.gz", RECORDS, lambda bad: bad.member)


@pytest.mark.parametrize("bad", RECORDS, ids=lambda bad: bad.name)
def test_bad_record_has_its_outcome(outcomes: dict[str, str | None], bad: Bad) -> None:
    assert outcomes[bad.name] == bad.outcome


def test_records_of_a_plain_file_have_the_same_outcomes(tmp_path: Path) -> None:
    records = [bad for bad in RECORDS if not bad.loses_framing]
    found = read_between_good_ones(tmp_path / "bad.warc", records, lambda bad: bad.record)
    assert found == {bad.name: bad.outcome for bad in records}


@pytest.mark.parametrize(("name", "content", "pages", "words"), list(lost_files()))
def test_lost_framing_is_said_and_what_was_read_is_kept(
    tmp_path: Path, name: str, content: bytes, pages: int, words: str
) -> None:
    file = tmp_path / "news.warc.gz"
    file.write_bytes(content)
    archive = open_archive(file)
    assert len(list(islice(archive, pages))) == pages
    with pytest.raises(ArchiveError, match=f"past page {pages}: .* Earlier pages are kept") as caught:
        next(archive)
    assert words in str(caught.value)


@pytest.fixture(scope="module")
def folder_outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[SavedPage]]:
    """Pages of a folder by the line of its index."""
    folder = tmp_path_factory.mktemp("folder")
    (folder / "html" / "folder.html.gz").mkdir(parents=True)
    (folder / "html" / "ok.html.gz").write_bytes(gzip.compress(PAGE))
    (folder / "ok.html.gz").write_bytes(gzip.compress(PAGE))
    (folder / "html" / "bomb.html.gz").write_bytes(gzip.compress(bytes(20_000_000), 1))
    (folder / "html" / "plain.html.gz").write_bytes(PAGE)
    (folder / "html" / "half.html.gz").write_bytes(gzip.compress(PAGE)[:-9])
    (folder / "html" / "device.html.gz").symlink_to("/dev/zero")
    os.mkfifo(folder / "html" / "pipe.html.gz")
    good = json.dumps({"id": "ok", "url": "https://example.org/good"}).encode()
    (folder / "index.jsonl").write_bytes(b"\n".join(part for _, line, _ in LINES for part in (line, good)))
    pages: dict[int, list[SavedPage]] = {}
    number = 0
    for page in open_archive(folder):
        if page.url == "https://example.org/good":
            assert page.body == PAGE
            number += 1
        else:
            pages.setdefault(number, []).append(page)
    assert number == len(LINES)
    return pages


@pytest.mark.parametrize("number", range(len(LINES)), ids=[name for name, _, _ in LINES])
def test_bad_line_of_an_index_has_its_outcome(folder_outcomes: dict[int, list[SavedPage]], number: int) -> None:
    [page] = folder_outcomes[number]
    assert get_outcome(page) == LINES[number][2]
    assert page.problem is None or f"line {2 * number + 1} of the index" in (page.detail or "")
    assert (page.detail or "").isprintable()


def test_index_without_any_page_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "index.jsonl").write_text("id,url\n1,https://example.org/\n", encoding="utf-8")
    with pytest.raises(ArchiveError, match=r"no line of .*index\.jsonl is a page; expected an object"):
        list(open_archive(tmp_path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20261120080910", "2026-11-20T08:09:10+00:00"),
        ("2026", "2026-01-01T00:00:00+00:00"),
        ("2026-11", "2026-11-01T00:00:00+00:00"),
        ("2026-11-20", "2026-11-20T00:00:00+00:00"),
        ("2026-11-20T08:09:10.123456789Z", "2026-11-20T08:09:10.123456+00:00"),
        ("2026-11-20T08:09:10+02:00", "2026-11-20T06:09:10+00:00"),
    ],
)
def test_dates_of_archives_are_read_in_each_of_their_forms(text: str, expected: str) -> None:
    moment = parse_datetime(text)
    assert moment is not None
    assert moment.isoformat() == expected


def make_endless(start: bytes, line: bytes, megabytes: int) -> bytes:
    stream = zlib.compressobj(1, wbits=31)
    parts = [stream.compress(start), *(stream.compress(line * (2**20 // len(line))) for _ in range(megabytes))]
    return b"".join(parts) + stream.flush()


HUGE = make_record("", b"", content_length=b"%d" % 2**40).rstrip() + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("start", "line", "unpacked", "limit"),
    [
        (b"WARC/1.0\r\nX: ", b"a", 10, 2),
        (b"WARC/1.0\r\n", b"X: a\r\n", 10, 2),
        (b"WARC/1.0\r\nX: ", b" a\r\n", 10, 2),
        (b"a", b"a", 10, 2),
        (b"\r\n", b"\r\n", 10, 2),
        # What a page may have is kept: 10 MiB, and once more while its parts are joined.
        (HUGE, b"a", 48, 24),
        (HUGE + b"HTTP/1.1 200 OK\r\nX: ", b"a", 48, 24),
    ],
)
def test_memory_is_bounded_whatever_a_record_unpacks_to(
    tmp_path: Path, start: bytes, line: bytes, unpacked: int, limit: int
) -> None:
    file = tmp_path / "news.warc.gz"
    member = gzip.compress(make_good(1))
    file.write_bytes(member + make_endless(start, line, unpacked) + member)
    tracemalloc.start()
    try:
        bodies = [page.body for page in open_archive(file)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (bodies[0], bodies[-1]) == (PAGE, PAGE)
    assert peak < limit * 1024 * 1024


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", lambda body: gzip.compress(body, 1)),
        ("deflate", lambda body: zlib.compress(body, 1)),
        ("br", lambda body: brotli.compress(body, quality=1)),
        ("zstd", zstd.compress),
    ],
)
def test_memory_is_bounded_whatever_a_body_unpacks_to(coding: str, compress: Callable[[bytes], bytes]) -> None:
    bomb = compress(bytes(48 * 1024 * 1024))
    tracemalloc.start()
    try:
        with pytest.raises(UnreadablePage, match="larger than 10 MiB"):
            decompress(bomb, [coding])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 24 * 1024 * 1024


def test_reading_stops_in_the_middle_of_a_record(tmp_path: Path) -> None:
    file = tmp_path / "news.warc.gz"
    file.write_bytes(gzip.compress(make_good(1)) + make_endless(b"WARC/1.0\r\nX: ", b"a", 16))
    blocks = iter(range(100))
    assert len(list(open_archive(file, lambda: next(blocks) > 20))) == 1
    assert next(blocks) == 22


@pytest.mark.parametrize("name", ["pipe", "socket", "device", "folder", "missing"])
def test_only_files_and_folders_with_an_index_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "news.warc.gz"
    with socket.socket(socket.AF_UNIX) as listener:
        match name:
            case "pipe":
                os.mkfifo(path)
            case "socket":
                monkeypatch.chdir(tmp_path)
                listener.bind(path.name)
            case "device":
                path.symlink_to("/dev/zero")
            case "folder":
                path.mkdir()
                os.mkfifo(path / "index.jsonl")
        for read in (open_archive, lambda path: find_page(path, page_id="1"), read_single_page):
            with pytest.raises(UsageError, match=r"save .* to a file|index\.jsonl|does not exist"):
                read(path)


def read_single_page(path: Path) -> PageSource:
    return read_saved_page(path, Namespace(id="1", url=None))


def test_crawl_stores_what_is_readable_and_records_the_rest(tmp_path: Path, database_url: str) -> None:
    file = tmp_path / "news.warc.gz"
    good = make_record("report", make_response(article_page("one")))
    newer = make_record("report", make_response(b"\xff" * 99, b"Content-Encoding: gzip"), warc_date=b"2026-11-21")
    bad = [bad for bad in RECORDS if bad.outcome in {"damaged", "truncated", "no_url", "http_404"}]
    file.write_bytes(b"".join([gzip.compress(good), gzip.compress(newer), *(one.member for one in bad)]))
    done = crawl("archive", path=file, database_url=database_url)
    assert (done.code, done.summary["stored"]) == (0, 1), done.log
    rows = query(database_url, "SELECT outcome || ':' || reason, count(*) FROM pages GROUP BY 1")
    expected = {"stored:new": 1, "gone:http_404": 2}
    expected |= {f"error:{name}": sum(one.outcome == name for one in bad) for name in ("damaged", "truncated")}
    assert dict(rows) == expected
    skipped = sum(one.outcome == "no_url" for one in bad)
    assert done.stats["archive/invalid_url"] == done.summary["skipped"] == skipped
    assert f"{skipped} pages of the archive have no valid URL" in done.output
    details = [detail for (detail,) in query(database_url, "SELECT detail FROM fetches WHERE reason = 'damaged'")]
    assert all(details)
    assert max(map(len, details)) < 300
    assert any("no HTTP status in 'HTTP/1.1 2OO" in detail for detail in details)
    assert "\x1b" not in done.log
