"""`scrapy delete ID|URL…`: deletes single articles for good, and keeps their URLs from being fetched again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.exceptions import NewscrawlError, StorageError, UsageError
from newscrawl.settings import check_settings
from newscrawl.storage.engine import explain_failure, is_missing, open_engine, open_existing
from newscrawl.storage.space import merge_search_index, overwrite_deleted, require_sqlite, truncate_wal, vacuum
from newscrawl.text.secrets import mask_page_urls
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal

if TYPE_CHECKING:
    from newscrawl.storage.queries.deletions import DeletionTarget

BUSY = (
    "a running program keeps the old content in the write-ahead log (FILE-wal) until it ends; "
    "run the command again then, for any article, or VACUUM"
)


class Command(ScrapyCommand):
    """Deletes articles with all their versions."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] ID|URL ..."

    def short_desc(self) -> str:
        return "Delete single articles with all their versions, for good"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--reason", metavar="TEXT", help="why; kept in the change feed")
        parser.add_argument("--dry-run", action="store_true", help="only print what would be deleted")
        parser.add_argument("--vacuum", action="store_true", help="SQLite: also remove remnants of earlier versions")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import require_not_empty

        assert self.settings is not None
        database = self.settings["NEWSCRAWL_DATABASE_URL"]
        try:
            check_settings(self.settings)
            if not args:
                raise UsageError("name articles: scrapy delete 1234, or scrapy delete https://example.org/a-page")
            engine = open_existing(database) if is_missing(database) else open_engine(database)
            try:
                require_not_empty(engine)
                if opts.vacuum:
                    require_sqlite(engine)
                targets = delete_targets(engine, args, opts.reason, dry_run=opts.dry_run)
                if not opts.dry_run:
                    merge_search_index(engine)
                if opts.vacuum and not opts.dry_run:
                    vacuum(engine)
                if not opts.dry_run and not truncate_wal(engine):
                    print(f"newscrawl: {BUSY}", file=sys.stderr)
            except SQLAlchemyError as error:
                raise StorageError(explain_failure(database, error)) from error
            finally:
                engine.dispose()
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        if opts.json:
            print(dump_json_for_terminal([asdict(target) for target in targets]))
        else:
            lines = [line for target in targets for line in describe(target, dry_run=opts.dry_run)]
            print("\n".join(map(escape_for_terminal, lines)))


def delete_targets(
    engine: Engine, names: Sequence[str], detail: str | None, *, dry_run: bool = False
) -> list[DeletionTarget]:
    """Delete what *names* stand for, all or nothing; return it. Raises UsageError for a name that is not recorded.

    A page without an article is kept from being fetched. On SQLite, deleted content is overwritten in the file.
    """
    # Scrapy loads every command's module, and a crawl deletes nothing.
    from newscrawl.storage.operations.deletions import Deletion, DeletionReason, close_page, delete_articles

    deletion = Deletion(DeletionReason.ON_REQUEST, datetime.now(UTC), detail)
    with engine.begin() as connection:
        overwrite_deleted(connection)
        targets = [_find(connection, name) for name in dict.fromkeys(names)]
        if not dry_run:
            delete_articles(connection, [one.article_id for one in targets if one.article_id is not None], deletion)
            for one in targets:
                if one.article_id is None and one.page_id is not None:
                    close_page(connection, one.page_id, deletion.reason)
    return targets


def _find(connection: Connection, name: str) -> DeletionTarget:
    from newscrawl.storage.queries.deletions import find_target

    try:
        target = find_target(connection, name)
    except ValueError as error:
        raise UsageError(f"{mask_page_urls(name)!r} is neither the id of an article nor a URL: {error}") from error
    if target is None:
        raise UsageError(
            f"{mask_page_urls(name)} is not in the database; `scrapy why URL` says what is known about a URL"
        )
    return target


def describe(target: DeletionTarget, *, dry_run: bool = False) -> Iterator[str]:
    """Yield what was deleted, or would be, as lines."""
    verb = "would delete" if dry_run else "deleted"
    if target.article_id is None:
        yield f"{target.url}: has no article; it {'would' if dry_run else 'will'} not be fetched again"
        return
    older = f" and {target.versions} older version{'' if target.versions == 1 else 's'}" if target.versions else ""
    yield f"{target.url}: {verb} article {target.article_id}{older}; the URL will not be fetched again"
    if target.story:
        ids = ", ".join(map(str, target.story))
        yield f"  copies and near-copies on other pages stay; delete them by id: {ids}"
