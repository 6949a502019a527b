"""`scrapy db upgrade|check|reindex|grant ROLE`: upgrades and checks the database, fills its index, lets roles read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from sqlalchemy.exc import DBAPIError

from newscrawl.exceptions import NewscrawlError, StorageError, UsageError
from newscrawl.settings import check_settings
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import explain_failure, is_missing, open_engine, open_existing
from newscrawl.storage.operations.grants import STATEMENT_TIMEOUT, grant_reading
from newscrawl.text.secrets import mask_url
from newscrawl.text.terminal import escape_for_terminal
from newscrawl.urls.keys import UrlKeys

if TYPE_CHECKING:
    from newscrawl.storage.upgrade import SchemaState


class Command(ScrapyCommand):
    """Upgrades the database, says whether it is up to date, or makes a role for readers."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "upgrade|check|reindex|grant ROLE"

    def short_desc(self) -> str:
        return "Upgrade the database, check it, rebuild its search index, or let a role read it"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import inspect_schema, missing_database, upgrade

        assert self.settings is not None
        url = self.settings["NEWSCRAWL_DATABASE_URL"]
        try:
            check_settings(self.settings)
            if args[:1] == ["grant"] and len(args) == 2:
                print("\n".join(map(escape_for_terminal, _grant(url, args[1]))))
                return
            if args == ["reindex"]:
                number = _reindex(url)
                print(f"{mask_url(url)}: indexed {number:,} articles for search")
                return
            if args not in (["upgrade"], ["check"]):
                raise UsageError("choose one: `scrapy db upgrade`, `check`, `reindex` or `grant ROLE`")
            keys = UrlKeys(Registry(Path(self.settings["NEWSCRAWL_SITES_DIR"])).url_key_rules())
            if args == ["check"] and is_missing(url):
                state = missing_database()
            else:
                engine = open_engine(url, reads_only=args == ["check"])
                state = inspect_schema(engine) if args == ["check"] else upgrade(engine, keys)
                engine.dispose()
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        print(f"{mask_url(url)}: {_describe(state)}")
        self.exitcode = 0 if state.is_current else 1


def _reindex(url: str) -> int:
    """Rebuild the search index, or go on with a rebuild that was interrupted; return the number of articles."""
    from newscrawl.storage.operations.search_index import fill_index, is_fill_interrupted
    from newscrawl.storage.upgrade import require_not_empty

    engine = open_existing(url)
    try:
        require_not_empty(engine)
        return fill_index(engine, restart=not is_fill_interrupted(engine), report=_report)
    except DBAPIError as error:
        raise StorageError(explain_failure(url, error)) from error
    finally:
        engine.dispose()


def _report(number: int) -> None:
    if sys.stderr.isatty():
        print(f"\rindexed {number:,} articles", end="", file=sys.stderr, flush=True)


def _grant(url: str, role: str) -> Iterator[str]:
    """Let *role* read the database, and yield what was done."""
    # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
    from newscrawl.storage.upgrade import require_not_empty

    engine = open_existing(url)
    try:
        require_not_empty(engine)
        with engine.begin() as connection:
            grant = grant_reading(connection, role)
    except DBAPIError as error:
        hint = "connect as a role that may create roles (CREATEROLE) and owns the tables"
        raise StorageError(explain_failure(url, error, otherwise=hint)) from error
    finally:
        engine.dispose()
    yield f"{role} can read all tables and views of {grant.database} (schema {grant.schema}), also later ones"
    yield f"its statements end after {STATEMENT_TIMEOUT}"
    if grant.is_new:
        yield f'the role is new and has no password: set one with \\password "{role}" in psql'


def _describe(state: SchemaState) -> str:
    if state.is_current:
        return f"up to date (revision {state.current})"
    if state.empty:
        return f"empty (the code is at revision {state.newest}); `scrapy db upgrade` or the first crawl fills it"
    if state.unindexed:
        return (
            f"at revision {state.current}, but {state.unindexed} articles have no shingle hashes of this version, "
            "so their copies are not found; run `scrapy db upgrade`"
        )
    if state.uncounted:
        return (
            f"at revision {state.current}, but the words of {state.uncounted} versions are not counted; "
            "run `scrapy db upgrade`"
        )
    if not state.is_searchable:
        return (
            f"at revision {state.current}, but the search index lacks articles, or is of another version; "
            "run `scrapy db upgrade`"
        )
    if state.differences:
        return "its tables differ from what the code expects: " + "; ".join(state.differences)
    if state.keys is not None:
        return f"its URL keys were made by version {state.keys} of the normalizer; run `scrapy db upgrade`"
    return f"at revision {state.current}, the code is at {state.newest}; run `scrapy db upgrade`"
