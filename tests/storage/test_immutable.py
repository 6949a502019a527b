"""Readers work where nothing can be written: read-only files, read-only folders, read-only URLs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from newscrawl.exceptions import ExitCode, StorageError
from newscrawl.items import Article
from newscrawl.storage.engine import connect_for_reading, open_engine, open_existing
from newscrawl.storage.immutable import must_be_immutable
from newscrawl.storage.read_only import ReadLimits, open_read_only
from newscrawl.web.app import create_app
from newscrawl.web.settings import WebSettings
from tests.support.commands import run_command
from tests.support.store import Store

NOBODY = 65534
URL = "https://example.org/one"
COMMANDS = (
    ("up to date", "db", "check"),
    ("A report", "why", URL),
    ("example.org", "plan", "-a", "url=https://example.org/"),
    ("A report", "show", URL),
    ("1 article found", "search", "report"),
    ("No articles were published", "stats"),
    ("example.org", "status"),
    ("A report", "export", "-o", "-"),
    ("A report", "changes", "--full"),
)
"""What each reading command prints, in part, and its arguments."""

imported: list[bool] = []
"""Not empty when the commands have run once in this process."""


@pytest.fixture
def folder(sqlite_engine: Engine, make_article: Callable[..., Article]) -> Iterator[Path]:
    """Yield a folder that everybody may read, with a database of one article that no program has open."""
    store = Store(sqlite_engine)
    store.save(make_article(URL, headline="A report"))
    store.close()
    sqlite_engine.dispose()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copyfile(sqlite_engine.url.database or "", folder / "news.db")
        (folder / "sites").mkdir()
        yield folder
        folder.chmod(0o755)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Run the block as a user whom permission bits bind; root ignores them."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("case", ["file", "folder", "url", "rollback"])
def test_every_reading_command_works_on_a_database_that_cannot_be_written(
    folder: Path, capfd: pytest.CaptureFixture[str], case: str
) -> None:
    file, url = folder / "news.db", f"sqlite:///{folder}/news.db"
    if not imported:
        # Another user may not be allowed to read the folder of the interpreter.
        _run_all(url, folder, capfd)
        imported.append(True)
    if case == "rollback":
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()
    if case == "url":
        url = f"sqlite:///file:{file}?mode=ro&uri=true"
    else:
        file.chmod(0o444)
    if case == "file" and os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    if case in ("folder", "rollback"):
        folder.chmod(0o555)
    with nullcontext() if case == "url" else unprivileged():
        _run_all(url, folder, capfd)
        code = run_command("retry", "example.org", settings=_settings(url, folder))
        assert (code, "writable" in capfd.readouterr().err) == (ExitCode.STORAGE, True)


def _run_all(url: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for words, command, *arguments in COMMANDS:
        code = run_command(command, *arguments, settings=_settings(url, folder))
        said = capfd.readouterr()
        # The site was never crawled, which `status` reports.
        assert code == (ExitCode.DEGRADED if command == "status" else ExitCode.OK), said.err
        assert words in said.out
    with TestClient(create_app(WebSettings(url, folder / "sites", allowed_hosts=None))) as client:
        assert "A report" in client.get("/api/v1/articles").text


def _settings(url: str, folder: Path) -> dict[str, str]:
    return {"NEWSCRAWL_DATABASE_URL": url, "NEWSCRAWL_SITES_DIR": str(folder / "sites")}


def test_a_server_sees_what_a_crawl_of_another_user_writes(folder: Path) -> None:
    file = folder / "news.db"
    folder.chmod(0o555)
    with unprivileged():
        engine = open_read_only(f"sqlite:///{file}", ReadLimits(connections=1))
        assert must_be_immutable(file)
        assert _read_headline(engine) == "A report"
    folder.chmod(0o755)
    writer = open_engine(f"sqlite:///{file}")
    with writer.begin() as connection:
        connection.execute(text("UPDATE articles SET headline = 'While it runs'"))
    folder.chmod(0o555)
    with unprivileged():
        assert _read_headline(engine) == "While it runs"
    folder.chmod(0o755)
    with writer.begin() as connection:
        connection.execute(text("UPDATE articles SET headline = 'When it has ended'"))
    engine.dispose()
    writer.dispose()
    folder.chmod(0o555)
    with unprivileged():
        assert _read_headline(engine) == "When it has ended"
        engine.dispose()


def test_a_crawl_does_not_start_on_a_database_that_it_cannot_write(folder: Path) -> None:
    (folder / "news.db").chmod(0o444)
    folder.chmod(0o555)
    with unprivileged(), pytest.raises(StorageError, match=r"make .*news\.db and its folder writable"):
        open_engine(f"sqlite:///{folder}/news.db")


def test_a_log_that_nobody_can_read_is_an_error_with_a_fix(folder: Path) -> None:
    (folder / "news.db-wal").write_bytes(b"")
    folder.chmod(0o555)
    with unprivileged(), pytest.raises(StorageError, match=r"make .*news\.db and its folder writable"):
        open_existing(f"sqlite:///{folder}/news.db")


def _read_headline(engine: Engine) -> str:
    with connect_for_reading(engine) as connection:
        return str(connection.execute(text("SELECT headline FROM articles")).scalar_one())
