"""Create temporary databases for tests, on each engine."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url

POSTGRESQL_URL = os.environ.get("NEWSCRAWL_TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


class Databases(Protocol):
    """Creates databases; the caller drops them."""

    def new(self) -> str:
        """Return the URL of an empty database."""
        ...

    def copy(self, url: str) -> str:
        """Return the URL of a database with the same content; nothing may be connected to the first."""
        ...

    def peek(self, url: str) -> AbstractContextManager[str]:
        """Yield the URL of a database to inspect in place of the one that a killed crawl left.

        Opening the original would recover it, which the next crawl has to do itself.
        """
        ...

    def drop(self, url: str) -> None: ...


class SqliteDatabases:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self) -> str:
        return f"sqlite:///{self._folder}/{uuid.uuid4().hex[:12]}.db"

    def copy(self, url: str) -> str:
        copy = self.new()
        for source, target in zip(_files(url)[:2], _files(copy), strict=False):
            if source.exists():
                shutil.copyfile(source, target)
        return copy

    def peek(self, url: str) -> AbstractContextManager[str]:
        return database(self, like=url)

    def drop(self, url: str) -> None:
        for file in _files(url):
            file.unlink(missing_ok=True)


class PostgresqlDatabases:
    """Databases of a server; *url* is an existing database and a user allowed to create others."""

    def __init__(self, url: str) -> None:
        self._url = url

    def new(self) -> str:
        return self._create("template1")

    def copy(self, url: str) -> str:
        return self._create(make_url(url).database or "")

    def peek(self, url: str) -> AbstractContextManager[str]:
        """Yield the same URL: the server recovers it in any case."""
        return nullcontext(url)

    def drop(self, url: str) -> None:
        with self._connect() as connection:
            connection.execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _create(self, template: str) -> str:
        name = f"newscrawl_{uuid.uuid4().hex[:12]}"
        with self._connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return make_url(self._url).set(database=name).render_as_string(hide_password=False)

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._url.replace("+psycopg", ""), autocommit=True, connect_timeout=5)


@contextmanager
def database(databases: Databases, *, like: str | None = None) -> Iterator[str]:
    """Yield the URL of an empty database or of a copy of *like*, dropped afterwards."""
    url = databases.new() if like is None else databases.copy(like)
    try:
        yield url
    finally:
        databases.drop(url)


def _files(url: str) -> list[Path]:
    path = make_url(url).database or ""
    return [Path(path + end) for end in ("", "-wal", "-shm")]
