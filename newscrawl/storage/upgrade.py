"""Bringing a database to the newest schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from newscrawl.exceptions import StorageError
from newscrawl.storage.engine import explain_failure, reading
from newscrawl.storage.operations.rekeying import rebuild_keys
from newscrawl.storage.operations.stories import sign_all, unsigned
from newscrawl.storage.queries.url_keys import get_keys_version
from newscrawl.storage.schema import metadata
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import NORMALIZER_VERSION


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Where a database stands beside the code."""

    current: str | None
    """Revision of the database; None for an empty one."""
    newest: str
    empty: bool
    """No table at all."""
    differences: tuple[str, ...]
    """What differs from the code's tables although the revision is the newest."""
    keys: int | None = None
    """Version of the normalizer that made the keys of pages; None where the tables are not the newest."""
    unsigned: int = 0
    """Articles without a signature of this version, which copies of them are found by."""

    @property
    def is_current(self) -> bool:
        are_newest = self.current == self.newest and not self.differences
        return are_newest and self.keys == NORMALIZER_VERSION and not self.unsigned


def nothing_yet() -> SchemaState:
    """The state of a database that is not there."""
    return SchemaState(None, _newest(), empty=True, differences=())


def inspect_schema(engine: Engine) -> SchemaState:
    """Compare the database with the code; reads only."""
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        current, newest = context.get_current_revision(), _newest()
        tables = inspect(connection).get_table_names()
        differences = tuple(map(str, compare_metadata(context, metadata))) if current == newest else ()
        is_newest = current == newest and not differences
        keys = get_keys_version(connection) if is_newest else None
        waiting = unsigned(connection) if is_newest else 0
    return SchemaState(current, newest, not tables, differences, keys, waiting)


def upgrade(engine: Engine, keys: UrlKeys | None = None) -> SchemaState:
    """Run the migrations that are missing and make keys again where *keys* makes others; return the state after.

    All in one transaction. Without *keys*, those that no site file says anything about. Then articles that lack a
    signature of this version get theirs, a part of them in each transaction.
    """
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                # Two runs that meet an empty database take turns; SQLite's BEGIN IMMEDIATE does it by itself.
                connection.execute(text("SELECT pg_advisory_xact_lock(7236482)"))
            command.upgrade(alembic_config(connection), "head")
            rebuild_keys(connection, keys or UrlKeys(), datetime.now(UTC))
    except (CommandError, DBAPIError) as error:
        url = engine.url.render_as_string(hide_password=False)
        cure = "if another program made its tables, name another database in NEWSCRAWL_DATABASE_URL"
        why = explain_failure(url, error, otherwise=cure)
        raise StorageError(f"{why}. It could not be upgraded, and is as it was") from error
    sign_all(engine)
    return inspect_schema(engine)


def require_current(engine: Engine) -> None:
    """Fill an empty database; raise StorageError for one that is older or newer than the code, or half upgraded."""
    if _is_empty(engine):
        upgrade(engine)


def require_filled(engine: Engine) -> None:
    """Raise StorageError for a database that is empty, older or newer than the code."""
    if _is_empty(engine):
        raise StorageError("the database is empty; the first crawl fills it")


def _is_empty(engine: Engine) -> bool:
    """Tell whether there is no table at all; raise StorageError for other tables or values than the code makes."""
    with reading(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        made_by = get_keys_version(connection) if current == _newest() else None
        waiting = 0 if made_by is None else unsigned(connection)
    if made_by is None:
        state = inspect_schema(engine)
        if not state.empty:
            known = state.current in {script.revision for script in _scripts().walk_revisions()}
            raise StorageError(_mismatch(state, known=known))
        return True
    if made_by != NORMALIZER_VERSION:
        raise StorageError(
            f"the keys of pages were made by version {made_by} of the normalizer, the code's is {NORMALIZER_VERSION}; "
            + ("type `scrapy db upgrade`" if made_by < NORMALIZER_VERSION else "upgrade newscrawl")
        )
    if waiting:
        raise StorageError(f"copies of {waiting} articles would not be found; type `scrapy db upgrade`, or let it end")
    return False


def _mismatch(state: SchemaState, *, known: bool) -> str:
    if state.current is None:
        return (
            "the database has tables, but none that newscrawl made; "
            "name another one in NEWSCRAWL_DATABASE_URL, or type `scrapy db upgrade` to add newscrawl's tables to it"
        )
    if known:
        return f"the database is at revision {state.current}, the code at {state.newest}; type `scrapy db upgrade`"
    return (
        f"the database is at revision {state.current}, which this version of newscrawl does not know; "
        "a newer version made it: upgrade newscrawl"
    )


def _newest() -> str:
    head = _scripts().get_current_head()
    assert head is not None
    return head


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config(None))


def alembic_config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
