"""Upgrade a database to the newest schema, and reject one that is older or newer than the code.

Alembic is imported where tables are made or compared: a crawl or a command on a current database does without it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Index, event, inspect, text
from sqlalchemy.exc import DBAPIError, SAWarning

from newscrawl.exceptions import StorageError
from newscrawl.storage import derived
from newscrawl.storage.engine import connect_for_reading, explain_failure
from newscrawl.storage.operations.rekeying import rebuild_keys
from newscrawl.storage.operations.search_index import fill_index, get_fill_state
from newscrawl.storage.operations.stories import count_unindexed, index_all
from newscrawl.storage.operations.word_counts import count_all, count_uncounted
from newscrawl.storage.queries.url_keys import get_keys_version
from newscrawl.storage.schema import metadata
from newscrawl.storage.views import INDEXES
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import NORMALIZER_VERSION

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The schema of a database compared with the code."""

    current: str | None
    """Revision of the database; None without one."""
    newest: str
    empty: bool
    """There is no table."""
    differences: tuple[str, ...]
    """What the code's tables have and the database lacks, where the revision is the newest. What it has besides, such
    as indexes, columns and tables of the user, is no difference."""
    keys: int | None = None
    """Version of the normalizer that made the stored URL keys; None if the tables are not the newest."""
    unindexed: int = 0
    """Articles without shingle hashes of this version, whose near-duplicates would not be found."""
    uncounted: int = 0
    """Versions of articles without a word count."""
    is_searchable: bool = True
    """Whether searches find every article."""

    @property
    def is_current(self) -> bool:
        has_newest_tables = self.current == self.newest and not self.differences
        is_filled = not self.unindexed and not self.uncounted and self.is_searchable
        return has_newest_tables and self.keys == NORMALIZER_VERSION and is_filled


def missing_database() -> SchemaState:
    """Return the state of a database that does not exist."""
    return SchemaState(None, get_newest_revision(), empty=True, differences=())


def inspect_schema(engine: Engine) -> SchemaState:
    """Compare the database with the code, without writing."""
    with connect_for_reading(engine) as connection:
        current, newest = get_revision(connection), get_newest_revision()
        tables = inspect(connection).get_table_names()
        differences = tuple(_find_differences(connection)) if current == newest else ()
        is_newest = current == newest and not differences
        keys = get_keys_version(connection) if is_newest else None
        unindexed = count_unindexed(connection) if is_newest else 0
        uncounted = count_uncounted(connection) if is_newest else 0
        is_searchable = not is_newest or get_fill_state(connection).is_complete
    return SchemaState(current, newest, not tables, differences, keys, unindexed, uncounted, is_searchable)


def upgrade(engine: Engine, keys: UrlKeys | None = None) -> SchemaState:
    """Run the missing migrations, rebuild URL keys where *keys* makes others, and return the new state.

    All of that is one transaction. Without *keys*, the rules are those without any site file. Afterwards articles that
    lack shingle hashes of this version are indexed and words counted, in batches of one transaction each.
    """
    from alembic import command
    from alembic.util import CommandError

    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                # One of two processes that find an empty database has to wait; on SQLite, BEGIN IMMEDIATE does this.
                connection.execute(text("SELECT pg_advisory_xact_lock(7236482)"))
            with keep_own_objects(connection):
                command.upgrade(alembic_config(connection), "head")
            derived.create_derived(connection)
            rebuild_keys(connection, keys or UrlKeys(), datetime.now(UTC))
    except (CommandError, DBAPIError) as error:
        url = engine.url.render_as_string(hide_password=False)
        hint = "if its tables belong to another program, set NEWSCRAWL_DATABASE_URL to another database"
        why = explain_failure(url, error, otherwise=hint)
        raise StorageError(f"{why}. The upgrade failed and was rolled back") from error
    index_all(engine)
    count_all(engine)
    fill_index(engine)
    return inspect_schema(engine)


@contextmanager
def keep_own_objects(connection: Connection) -> Iterator[None]:
    """Keep the user's indexes, triggers and views while the block rebuilds tables, as Alembic's batches do on SQLite.

    SQLite drops indexes and triggers with the old table, and rejects the new one's name where a view has the old one's.
    Raises DBAPIError for an index or trigger that cannot be created on the new table.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    before = _own_objects(connection)

    def set_legacy(mode: str) -> Any:
        def on_execute(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            if _RENAME_REBUILT.match(statement):
                cursor.execute(f"PRAGMA legacy_alter_table={mode}")

        return on_execute

    listeners = {"before_cursor_execute": set_legacy("ON"), "after_cursor_execute": set_legacy("OFF")}
    for name, listener in listeners.items():
        event.listen(connection, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners.items():
            event.remove(connection, name, listener)
    after = _own_objects(connection)
    for name, (table, sql) in before.items():
        if name not in after and inspect(connection).has_table(table):
            connection.exec_driver_sql(sql)


_RENAME_REBUILT = re.compile(r'ALTER TABLE "?_alembic_tmp_')


def _own_objects(connection: Connection) -> dict[str, tuple[str, str]]:
    """Return table and SQL of each index and trigger, by name, that is not among the tables of the code.

    That includes newscrawl's indexes on expressions, which Alembic does not know.
    """
    query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    rows = connection.exec_driver_sql(query).all()
    return {
        row.name: (row.tbl_name, row.sql)
        for row in rows
        if not row.name.startswith(f"ix_{row.tbl_name}_") or row.name in INDEXES["sqlite"]
    }


def _find_differences(connection: Connection) -> Iterator[str]:
    """Yield what the tables and views of the code have and the database lacks."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or name in metadata.tables

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
    with warnings.catch_warnings():
        # SQLAlchemy cannot read indexes on expressions; `derived` checks those of newscrawl.
        warnings.simplefilter("ignore", SAWarning)
        found = compare_metadata(context, metadata)
    for difference in found:
        for action, *details in difference if isinstance(difference, list) else [difference]:
            is_ours_to_compare = "comment" not in action and not _is_of_other_engine(connection, details[-1])
            if not action.startswith("remove_") and is_ours_to_compare:
                yield _describe_difference(action, details)
    yield from derived.find_differences(connection)


def _is_of_other_engine(connection: Connection, missing: Any) -> bool:
    """Return whether an index is only made on another engine: Alembic does not read `ddl_if`."""
    if not isinstance(missing, Index) or missing.table is None:
        return False
    infos = {index.name: index.info for index in metadata.tables[missing.table.name].indexes}
    return str(infos.get(missing.name, {}).get("engine", connection.dialect.name)) != connection.dialect.name


def _describe_difference(action: str, details: list[Any]) -> str:
    if action.startswith("modify_"):
        _schema, table, column, _options, old, new = details
        return f"{action.removeprefix('modify_')} of {table}.{column} is {old}, not {new}"
    what, missing = action.removeprefix("add_"), details[-1]
    table = f"{missing.table.name}." if what != "table" and missing.table is not None else ""
    return f"{what} {table}{missing.name} is missing"


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
        is_newest = get_revision(connection) == get_newest_revision()
        made_by = get_keys_version(connection) if is_newest else None
        unindexed = 0 if made_by is None else count_unindexed(connection)
    if made_by is None:
        state = inspect_schema(engine)
        if not state.empty:
            known = state.current in _list_revisions()
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


def get_revision(connection: Connection) -> str | None:
    """Return the revision of the database, None if it has none; it is where Alembic keeps it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def get_newest_revision() -> str:
    """Return the revision that the code needs: the last migration has the highest number."""
    return max(_list_revisions())


def _list_revisions() -> list[str]:
    """Return the revisions of all migrations, by which the names of their files begin."""
    return [file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")]


def alembic_config(connection: Connection | None) -> Config:
    """Return the configuration with which Alembic runs the migrations on *connection*."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
