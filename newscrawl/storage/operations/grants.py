"""Let a role of PostgreSQL read everything and write nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from newscrawl.exceptions import UsageError

STATEMENT_TIMEOUT = "60s"
"""A forgotten query must not hold old row versions for hours."""
IDLE_TIMEOUT = "10min"
_find = text("SELECT rolsuper, rolname = current_user AS is_own FROM pg_roles WHERE rolname = :role")


@dataclass(frozen=True, slots=True)
class ReadingGrant:
    """What a role was given."""

    role: str
    is_new: bool
    """The role did not exist; it has no password yet."""
    database: str
    schema: str


def grant_reading(connection: Connection, role: str) -> ReadingGrant:
    """Let *role* read all tables and views, also those that later upgrades create; create it where it is missing.

    Its transactions are read-only unless it asks otherwise, and its statements end after STATEMENT_TIMEOUT. Raises
    UsageError on SQLite, and for a role that may write in any case.
    """
    if connection.dialect.name != "postgresql":
        raise UsageError(
            "SQLite has no roles: give readers the file, and open it with sqlite:///file:newscrawl.db?mode=ro&uri=true"
        )
    if not role or not role.isprintable() or len(role.encode()) > 63:
        raise UsageError(f"invalid role {role!r}: expected 1 to 63 printable characters")
    found = connection.execute(_find, {"role": role}).one_or_none()
    if found is not None and (found.rolsuper or found.is_own):
        what = "the role that newscrawl writes with" if found.is_own else "a superuser"
        raise UsageError(f"{role} is {what}; choose another name for a role that only reads")
    names = connection.execute(text("SELECT current_database(), current_schema()")).one()
    quote = connection.dialect.identifier_preparer.quote_identifier
    for statement in _make_statements(quote(role), quote(names[0]), quote(names[1]), is_new=found is None):
        connection.exec_driver_sql(statement.replace("%", "%%"))
    return ReadingGrant(role, found is None, *names)


def _make_statements(role: str, database: str, schema: str, *, is_new: bool) -> list[str]:
    """Return the statements; all names are quoted."""
    settings = {
        "statement_timeout": STATEMENT_TIMEOUT,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT,
        "default_transaction_read_only": "on",
    }
    return [
        *([f"CREATE ROLE {role} LOGIN"] if is_new else []),
        f"GRANT CONNECT ON DATABASE {database} TO {role}",
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}",
        *(f"ALTER ROLE {role} IN DATABASE {database} SET {name} = '{value}'" for name, value in settings.items()),
    ]
