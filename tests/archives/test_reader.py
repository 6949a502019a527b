"""Archives of saved pages: WARC files and folders."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl.archives.model import MAX_BODY
from newscrawl.archives.reader import find_page, open_archive
from newscrawl.exceptions import ArchiveError, UsageError

PAGE = b"<html><body><p>" + os.urandom(3000).hex().encode() + b"</p></body></html>"


def make_warc(*, compressed: bool = True, pages: int = 3, page: Callable[[str], bytes] = lambda name: PAGE) -> bytes:
    stream = BytesIO()
    writer = WARCWriter(stream, gzip=compressed)
    writer.write_record(writer.create_warcinfo_record("news.warc.gz", {"software": "test"}))
    for number in range(pages):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            f"https://example.org/{number}",
            "response",
            payload=BytesIO(page(str(number))),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": "2026-11-20T08:00:00Z"},
        )
        writer.write_record(record)
    return stream.getvalue()


def make_folder(folder: Path, rows: list[dict[str, str]], index: str = "index.jsonl") -> Path:
    (folder / "html").mkdir(parents=True)
    (folder / index).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for row in rows:
        (folder / "html" / f"{row['id']}.html.gz").write_bytes(gzip.compress(PAGE))
    return folder


@pytest.mark.parametrize("compressed", [True, False])
def test_a_warc_file_yields_its_responses(tmp_path: Path, compressed: bool) -> None:
    file = tmp_path / "news.warc.gz"
    file.write_bytes(make_warc(compressed=compressed))
    pages = list(open_archive(file))
    assert [page.url for page in pages] == [f"https://example.org/{number}" for number in range(3)]
    assert {page.body for page in pages} == {PAGE}
    assert pages[0].date_downloaded == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert (pages[0].status, pages[0].content_type) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("compressed", [True, False])
def test_a_truncated_warc_file_yields_its_complete_pages_and_then_raises(tmp_path: Path, compressed: bool) -> None:
    whole, file = make_warc(compressed=compressed), tmp_path / "news.warc.gz"
    counts = set()
    for cut in range(40, len(whole) - 200, 487):
        file.write_bytes(whole[:cut])
        pages = []
        with contextlib.suppress(ArchiveError):
            for page in open_archive(file):
                pages.append(page)
        assert all(page.body == PAGE for page in pages), cut
        counts.add(len(pages))
    assert counts == {0, 1, 2}
    file.write_bytes(whole[:-2000])
    with pytest.raises(ArchiveError, match=r"past page 2: .*the file ends in the middle"):
        list(open_archive(file))


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x1f\x8b\x08\x00", *(Random(seed).randbytes(500) for seed in range(20))]
)
def test_a_file_of_another_format_is_rejected(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "news.warc.gz"
    file.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"news\.warc\.gz"):
        list(open_archive(file))


@pytest.mark.parametrize("index", ["index.jsonl", "truth.jsonl"])
def test_a_folder_yields_the_pages_of_its_index(tmp_path: Path, index: str) -> None:
    rows = [{"id": "a", "url": "https://example.org/a", "date_downloaded": "2025-06-05 19:01:58"}]
    [page] = open_archive(make_folder(tmp_path / "pages", rows, index))
    assert (page.url, page.body) == ("https://example.org/a", PAGE)
    assert page.date_downloaded == datetime(2025, 6, 5, 19, 1, 58, tzinfo=UTC)


def test_damaged_pages_are_reported_and_the_others_returned(tmp_path: Path) -> None:
    rows = [{"id": name, "url": f"https://example.org/{name}"} for name in "abc"]
    folder = make_folder(tmp_path / "pages", rows)
    (folder / "html" / "b.html.gz").write_bytes(gzip.compress(PAGE)[:200])
    (folder / "html" / "c.html.gz").unlink()
    assert [page.problem for page in open_archive(folder)] == [None, "damaged", "damaged"]


def test_a_page_over_the_size_limit_has_no_body(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "pages", [{"id": "a", "url": "https://example.org/a"}])
    (folder / "html" / "a.html.gz").write_bytes(gzip.compress(bytes(MAX_BODY + 1), 1))
    [page] = open_archive(folder)
    assert (page.problem, page.body) == ("too_large", b"")


def test_the_error_for_a_folder_without_index_names_the_index(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"index\.jsonl"):
        open_archive(tmp_path)


def test_a_page_is_found_by_id_or_url(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "pages", [{"id": name, "url": f"https://example.org/{name}"} for name in "ab"])
    (folder / "html" / "a.html.gz").unlink()
    warc = tmp_path / "news.warc.gz"
    warc.write_bytes(make_warc())
    assert find_page(folder, page_id="b").url == "https://example.org/b"
    assert find_page(folder, url="https://example.org/b").body == PAGE
    assert find_page(folder, page_id="a").problem == "damaged"
    assert find_page(warc, page_id="2").url == "https://example.org/1"
    assert find_page(warc, url="https://example.org/2").body == PAGE


def test_the_error_for_a_missing_page_names_it(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "pages", [{"id": "a", "url": "https://example.org/a"}])
    with pytest.raises(ArchiveError, match=r"has no page with id z; its index lists the ids"):
        find_page(folder, page_id="z")
    with pytest.raises(ArchiveError, match=r"no page with id a and URL https://example\.org/b"):
        find_page(folder, page_id="a", url="https://example.org/b")
