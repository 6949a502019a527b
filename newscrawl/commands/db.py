"""`scrapy db upgrade|check`: upgrades the schema of the database, or checks it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand

from newscrawl.exceptions import NewscrawlError, UsageError
from newscrawl.settings import check_settings
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import hide_password, is_missing, open_engine
from newscrawl.urls.keys import UrlKeys

if TYPE_CHECKING:
    from newscrawl.storage.upgrade import SchemaState


class Command(ScrapyCommand):
    """Upgrades the database, or says whether it is up to date."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "upgrade|check"

    def short_desc(self) -> str:
        return "Upgrade the schema of the database, or check it"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import inspect_schema, missing_database, upgrade

        assert self.settings is not None
        url = self.settings["NEWSCRAWL_DATABASE_URL"]
        try:
            check_settings(self.settings)
            if args not in (["upgrade"], ["check"]):
                raise UsageError("choose one: `scrapy db upgrade` or `scrapy db check`")
            keys = UrlKeys(Registry(Path(self.settings["NEWSCRAWL_SITES_DIR"])).url_key_rules())
            if args == ["check"] and is_missing(url):
                state = missing_database()
            else:
                engine = open_engine(url, reads_only=args == ["check"])
                state = inspect_schema(engine) if args == ["check"] else upgrade(engine, keys)
                engine.dispose()
        except NewscrawlError as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        print(f"{hide_password(url)}: {_describe(state)}")
        self.exitcode = 0 if state.is_current else 1


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
    if state.differences:
        return "its tables differ from what the code expects: " + "; ".join(state.differences)
    if state.keys is not None:
        return f"its URL keys were made by version {state.keys} of the normalizer; run `scrapy db upgrade`"
    return f"at revision {state.current}, the code is at {state.newest}; run `scrapy db upgrade`"
