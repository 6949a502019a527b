"""Upgrade a database to the newest schema, and reject one that is older or newer than the code."""

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
from newscrawl.storage.engine import connect_for_reading, explain_failure
from newscrawl.storage.operations.rekeying import rebuild_keys
from newscrawl.storage.operations.stories import count_unindexed, index_all
from newscrawl.storage.queries.url_keys import get_keys_version
from newscrawl.storage.schema import metadata
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import NORMALIZER_VERSION


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The schema of a database compared with the code."""

    current: str | None
    """Revision of the database; None without one."""
    newest: str
    empty: bool
    """There is no table."""
    differences: tuple[str, ...]
    """Differences from the tables of the code, where the revision is the newest."""
    keys: int | None = None
    """Version of the normalizer that made the stored URL keys; None if the tables are not the newest."""
    unindexed: int = 0
    """Articles without shingle hashes of this version, whose near-duplicates would not be found."""

    @property
    def is_current(self) -> bool:
        has_newest_tables = self.current == self.newest and not self.differences
        return has_newest_tables and self.keys == NORMALIZER_VERSION and not self.unindexed


def missing_database() -> SchemaState:
    """Return the state of a database that does not exist."""
    return SchemaState(None, _newest(), empty=True, differences=())


def inspect_schema(engine: Engine) -> SchemaState:
    """Compare the database with the code, without writing."""
    with connect_for_reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        current, newest = context.get_current_revision(), _newest()
        tables = inspect(connection).get_table_names()
        differences = tuple(map(str, compare_metadata(context, metadata))) if current == newest else ()
        is_newest = current == newest and not differences
        keys = get_keys_version(connection) if is_newest else None
        unindexed = count_unindexed(connection) if is_newest else 0
    return SchemaState(current, newest, not tables, differences, keys, unindexed)


def upgrade(engine: Engine, keys: UrlKeys | None = None) -> SchemaState:
    """Run the missing migrations, rebuild URL keys where *keys* makes others, and return the new state.

    All of that is one transaction. Without *keys*, the rules are those without any site file. Afterwards articles that
    lack shingle hashes of this version are indexed, in batches of one transaction each.
    """
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                # One of two processes that find an empty database has to wait; on SQLite, BEGIN IMMEDIATE does this.
                connection.execute(text("SELECT pg_advisory_xact_lock(7236482)"))
            command.upgrade(alembic_config(connection), "head")
            rebuild_keys(connection, keys or UrlKeys(), datetime.now(UTC))
    except (CommandError, DBAPIError) as error:
        url = engine.url.render_as_string(hide_password=False)
        hint = "if its tables belong to another program, set NEWSCRAWL_DATABASE_URL to another database"
        why = explain_failure(url, error, otherwise=hint)
        raise StorageError(f"{why}. The upgrade failed and was rolled back") from error
    index_all(engine)
    return inspect_schema(engine)


def require_current(engine: Engine) -> None:
    """Create the tables of an empty database; raise StorageError for one of another version, or half upgraded."""
    if _is_empty(engine):
        upgrade(engine)


def require_not_empty(engine: Engine) -> None:
    """Raise StorageError for a database that is empty, older or newer than the code."""
    if _is_empty(engine):
        raise StorageError("the database is empty; run a crawl first")


def _is_empty(engine: Engine) -> bool:
    """Return whether there is no table; raise StorageError for tables or values that the code did not make."""
    with connect_for_reading(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        made_by = get_keys_version(connection) if current == _newest() else None
        unindexed = 0 if made_by is None else count_unindexed(connection)
    if made_by is None:
        state = inspect_schema(engine)
        if not state.empty:
            known = state.current in {script.revision for script in _scripts().walk_revisions()}
            raise StorageError(_mismatch(state, known=known))
        return True
    if made_by != NORMALIZER_VERSION:
        raise StorageError(
            f"the URL keys were made by version {made_by} of the normalizer, this code has {NORMALIZER_VERSION}; "
            + ("run `scrapy db upgrade`" if made_by < NORMALIZER_VERSION else "upgrade newscrawl")
        )
    if unindexed:
        raise StorageError(
            f"near-duplicates of {unindexed} articles would not be found; run `scrapy db upgrade`, or let it finish"
        )
    return False


def _mismatch(state: SchemaState, *, known: bool) -> str:
    if state.current is None:
        return (
            "the database has tables, but none of newscrawl; "
            "set NEWSCRAWL_DATABASE_URL to another one, or run `scrapy db upgrade` to add newscrawl's tables"
        )
    if known:
        return f"the database is at revision {state.current}, the code at {state.newest}; run `scrapy db upgrade`"
    return (
        f"the database is at revision {state.current}, which was made by a newer version of newscrawl; "
        "upgrade newscrawl"
    )


def _newest() -> str:
    head = _scripts().get_current_head()
    assert head is not None
    return head


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config(None))


def alembic_config(connection: Connection | None) -> Config:
    """Return the configuration with which Alembic runs the migrations on *connection*."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
