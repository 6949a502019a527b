"""`scrapy export`: writes the articles to JSON Lines, CSV or Parquet."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, BinaryIO

from scrapy.commands import ScrapyCommand
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.exceptions import NewscrawlError, StorageError, UsageError
from newscrawl.export.targets import PARTITION_KEYS, PartitionedWriter, open_atomically, open_folder_atomically
from newscrawl.export.writers import Format, RowWriter, make_writer
from newscrawl.settings import check_settings
from newscrawl.storage.engine import explain_failure, open_existing
from newscrawl.text.suggestions import suggest
from newscrawl.text.terminal import escape_for_terminal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from newscrawl.storage.queries.export import ExportSelection

STDOUT = "-"
_STEP = 500
"""Articles between two updates of the progress bar."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how an export is written."""

    output: str
    """A path, or `-` for standard output."""
    form: Format
    keys: tuple[str, ...]
    """What the folders are named after; empty for one file."""
    raw_cells: bool = False
    """Whether text in CSV is left as it is, even if a spreadsheet takes it for a formula."""


class Command(ScrapyCommand):
    """Exports articles; reads only."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] -o FILE [QUERY]"

    def short_desc(self) -> str:
        return "Write the articles to a file: JSON Lines, CSV or Parquet"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        forms = ", ".join(Format)
        parser.add_argument("-o", "--output", metavar="FILE", help="file, folder with --partition, or - for stdout")
        parser.add_argument("--format", metavar="FORMAT", help=f"{forms}; default: by the ending of FILE, or jsonl")
        parser.add_argument("--site", metavar="SITE", action="append", default=[], help="only this site; repeatable")
        parser.add_argument("--since", metavar="DAY", help="only articles published on DAY (YYYY-MM-DD) or later")
        parser.add_argument("--until", metavar="DAY", help="only articles published on DAY or earlier")
        parser.add_argument(
            "--raw-cells", action="store_true", help="CSV: leave text that looks like a formula as it is"
        )
        parser.add_argument("--partition", metavar="KEYS", help="write folders: day, site, or day,site")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            assert self.settings is not None
            check_settings(self.settings)
            target, selection = parse_options(opts, " ".join(args))
            with _stoppable():
                self._export(target, selection)
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
        except BrokenPipeError:
            # Whoever reads has seen enough, as with `| head`. What is still buffered must not raise at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except _StoppedError as stopped:
            print("newscrawl: stopped; nothing was written", file=sys.stderr)
            self.exitcode = 128 + stopped.number

    def _export(self, target: Target, selection: ExportSelection) -> None:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.queries.export import open_snapshot
        from newscrawl.storage.upgrade import require_not_empty

        assert self.settings is not None
        database = self.settings["NEWSCRAWL_DATABASE_URL"]
        engine = open_existing(database)
        try:
            require_not_empty(engine)
            with open_snapshot(engine) as connection:
                count = _write(connection, selection, target)
        except SQLAlchemyError as error:
            raise StorageError(explain_failure(database, error)) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise UsageError(f"could not write {target.output}: {error.strerror or error}") from error
        finally:
            engine.dispose()
        print(escape_for_terminal(describe(count, target)), file=sys.stderr)


def describe(count: int, target: Target) -> str:
    """Return the line that tells how the export ended."""
    where = "standard output" if target.output == STDOUT else target.output
    if not count:
        return f"No article matches; {where} has no rows."
    return f"Exported {count:,} {'article' if count == 1 else 'articles'} to {where}."


def _write(connection: Connection, selection: ExportSelection, target: Target) -> int:
    from newscrawl.storage.queries.export import COLUMNS, count_articles, read_lines, read_rows

    total = count_articles(connection, selection) if sys.stderr.isatty() else 0
    with _progress(total) as advance:
        if target.form is not Format.PARQUET and selection.is_everything and not target.keys:
            with (
                _open(target.output) as file,
                closing(read_lines(connection, target.form, raw_cells=target.raw_cells)) as lines,
            ):
                make_writer(file, target.form, COLUMNS).finish()  # The header of CSV.
                return _copy(lines, file.write, advance)
        with ExitStack() as stack:
            rows = stack.enter_context(closing(read_rows(connection, selection)))
            writer: RowWriter
            if target.keys:
                folder = stack.enter_context(open_folder_atomically(Path(target.output)))
                writer = PartitionedWriter(folder, target.form, COLUMNS, target.keys, raw_cells=target.raw_cells)
            else:
                file = stack.enter_context(_open(target.output))
                writer = make_writer(file, target.form, COLUMNS, raw_cells=target.raw_cells)
            count = _copy(rows, writer.write, advance)
            writer.finish()
            return count


def _copy(rows: Iterable[Any], write: Callable[[Any], object], advance: Callable[[int], object]) -> int:
    count = 0
    for row in rows:
        write(row)
        count += 1
        if not count % _STEP:
            advance(count)
    advance(count)
    return count


@contextmanager
def _open(output: str) -> Iterator[BinaryIO]:
    if output == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with open_atomically(Path(output)) as file:
            yield file


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], object]]:
    """Yield a function to call with the number of articles written so far; it draws a bar on a terminal."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("export", total=total)
        yield lambda count: bar.update(task, completed=count)


class _StoppedError(Exception):
    """A signal ended the export."""

    def __init__(self, number: int) -> None:
        self.number = number


@contextmanager
def _stoppable() -> Iterator[None]:
    """Raise _StoppedError at SIGINT and SIGTERM, so that an unfinished file is removed."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise _StoppedError(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def parse_options(opts: argparse.Namespace, query: str = "") -> tuple[Target, ExportSelection]:
    """Return where to write which articles. Raises UsageError for options or a query that are invalid."""
    from newscrawl.search.query import parse_query
    from newscrawl.storage.queries.export import ExportSelection

    target = _parse_target(opts)
    since, until = _parse_day(opts.since, "--since"), _parse_day(opts.until, "--until")
    if since and until and since > until:
        raise UsageError(f"--since {since} is after --until {until}")
    search = parse_query(query) if query.strip() else None
    return target, ExportSelection(tuple(dict.fromkeys(opts.site)), since, until, search, by_day="day" in target.keys)


def _parse_target(opts: argparse.Namespace) -> Target:
    if not opts.output:
        raise UsageError("name the file to write: scrapy export -o articles.jsonl (or -o - for standard output)")
    form = _parse_format(opts.format, opts.output)
    keys = _parse_keys(opts.partition)
    if keys and opts.output == STDOUT:
        raise UsageError("--partition writes folders; name one with -o")
    if form is Format.PARQUET and opts.output == STDOUT and sys.stdout.isatty():
        raise UsageError("Parquet is not text; name a file with -o")
    if opts.raw_cells and form is not Format.CSV:
        raise UsageError("--raw-cells is an option of CSV; other formats have all text as it is")
    return Target(opts.output, form, keys, opts.raw_cells)


def _parse_format(name: str | None, output: str) -> Format:
    text = name or Path(output).suffix.removeprefix(".").lower()
    if text in list(Format):
        return Format(text)
    if name:
        raise UsageError(f"unknown format {name!r}; {suggest(name, [one.value for one in Format])}")
    return Format.JSONL


def _parse_keys(text: str | None) -> tuple[str, ...]:
    keys = tuple(dict.fromkeys(text.replace(" ", "").split(","))) if text else ()
    for key in keys:
        if key not in PARTITION_KEYS:
            raise UsageError(f"cannot partition by {key!r}; {suggest(key, list(PARTITION_KEYS))}")
    return keys


def _parse_day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{option}: invalid date {text!r}: expected YYYY-MM-DD") from None
