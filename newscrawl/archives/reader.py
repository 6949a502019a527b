"""Open an archive: a WARC file or a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from newscrawl.archives.folder import INDEX_NAMES, find_index, read_entries, read_page
from newscrawl.archives.model import SavedPage
from newscrawl.archives.warc import read_warc
from newscrawl.exceptions import ArchiveError, UsageError


def check_archive(path: Path) -> None:
    """Raise UsageError unless *path* is a regular file, or a folder with an index. Opens nothing."""
    # The methods of Path raise OSError for a name that is too long.
    if os.path.isdir(path):  # noqa: PTH112
        if find_index(path) is None:
            raise UsageError(
                f"{path} has no file {' or '.join(INDEX_NAMES)}; write one with a line for each page: "
                '{"id": …, "url": …}, or name a WARC file in the folder'
            )
    elif not os.path.exists(path):  # noqa: PTH110
        raise UsageError(f"{path} does not exist; give a WARC file, or a folder with index.jsonl and html/")
    elif not os.path.isfile(path):  # noqa: PTH113
        raise UsageError(f"{path} is a pipe, socket or device, which cannot be read twice; save it to a file first")


def _never() -> bool:
    return False


def open_archive(path: Path, is_stopping: Callable[[], bool] = _never) -> Iterator[SavedPage]:
    """Return the pages of a WARC file (gzipped or not) or of a folder with `index.jsonl` and `html/<id>.html.gz`.

    A damaged page has a `problem` in place of its body; reading ends early once *is_stopping* returns True. Raises
    UsageError for anything that is no archive, and ArchiveError, after all readable pages, if there may be more.
    """
    check_archive(path)
    if not path.is_dir():
        return read_warc(path, is_stopping)
    index = find_index(path)
    assert index is not None
    return (read_page(path, entry) for entry in read_entries(index, is_stopping))


def find_page(path: Path, *, page_id: str | None = None, url: str | None = None) -> SavedPage:
    """Return one page of an archive: by its URL, or by its id in a folder or its 1-based number in a WARC file.

    Raises UsageError for anything that is no archive, and ArchiveError if it has no such page.
    """
    check_archive(path)
    if (index := find_index(path)) is not None:
        for entry in read_entries(index, _never):
            if page_id in (None, entry.id) and url in (None, entry.url):
                return read_page(path, entry)
    else:
        for number, page in enumerate(read_warc(path, _never), 1):
            if page_id in (None, str(number)) and url in (None, page.url):
                return page
    wanted = " and ".join(f"{name} {value}" for name, value in (("id", page_id), ("URL", url)) if value is not None)
    ids = "its index lists the ids" if index is not None else "pages of a WARC file are numbered from 1"
    raise ArchiveError(f"{path} has no page with {wanted}; {ids}")
