"""`scrapy changes`: deliver the change feed as JSON lines or webhooks, and manage the cursors of its consumers."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

from scrapy.commands import ScrapyCommand
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.changefeed.follower import Cursor, FollowOptions, Position, Sink, Unnamed, follow
from newscrawl.changefeed.http import parse_target
from newscrawl.changefeed.lines import LineSink
from newscrawl.changefeed.reader import ChangeReader
from newscrawl.changefeed.signing import parse_secrets
from newscrawl.changefeed.stop import GraceExpired, Stop, stop_on_signals
from newscrawl.changefeed.webhook import WebhookOptions, WebhookSink
from newscrawl.exceptions import ExitCode, NewscrawlError, StorageError, UsageError
from newscrawl.settings import check_settings
from newscrawl.storage.engine import connect_for_reading, explain_failure, open_existing
from newscrawl.storage.lock import name_cursor_lock, take_lock, this_process
from newscrawl.storage.operations.change_cursors import create_cursor, delete_cursor, reset_cursor
from newscrawl.storage.queries.changes import CursorState, find_cursor, get_newest_change_id, list_cursors
from newscrawl.storage.queries.names import list_sites
from newscrawl.text.moments import format_utc
from newscrawl.text.suggestions import suggest
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal

CURSOR_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
VARIABLE_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
NEWEST = "newest"
MAX_ATTEMPTS = 8
"""Of one webhook, about two minutes, without --follow."""
MIN_INTERVAL_S, MAX_INTERVAL_S = 0.1, 86_400.0


class Command(ScrapyCommand):
    """Delivers changes of articles to their consumers."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Print or post what has changed in the articles"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        feed = parser.add_argument_group(title="Change feed")
        feed.add_argument("--since", metavar="N|newest", help="begin after change N (default: before the first)")
        feed.add_argument("--cursor", metavar="NAME", help="go on where NAME stopped, and remember the position")
        feed.add_argument("--follow", action="store_true", help="wait for new changes until stopped")
        feed.add_argument("--interval", metavar="SECONDS", type=float, default=2.0, help="between looks (default: 2)")
        feed.add_argument("--limit", metavar="N", type=int, help="end after N changes")
        feed.add_argument("--site", metavar="SITE", action="append", default=[], help="only this site; repeatable")
        feed.add_argument("--full", action="store_true", help="add the whole article to each change")
        feed.add_argument("--format", choices=["jsonl"], default="jsonl", help="one JSON object a line")
        feed.add_argument("--post", metavar="URL", help="post the changes as webhooks; needs --cursor")
        feed.add_argument("--secret-env", metavar="NAME", help="sign them with the secret in this environment variable")
        cursors = parser.add_argument_group(title="Cursors")
        cursors.add_argument("--cursors", action="store_true", help="list the cursors and how far they are behind")
        cursors.add_argument("--json", action="store_true", help="list them as JSON")
        cursors.add_argument("--reset", metavar="NAME", help="move a cursor to --since N")
        cursors.add_argument("--delete", metavar="NAME", help="delete a cursor")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            check_settings(self.settings)
            _check_options(args, opts)
            with _open(self.settings["NEWSCRAWL_DATABASE_URL"]) as engine:
                self.exitcode = _run(engine, opts)
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
        except BrokenPipeError:
            # The interpreter would fail to flush what nobody reads.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.exitcode = ExitCode.FAILURE


def _check_options(args: Sequence[str], opts: argparse.Namespace) -> None:
    if args:
        raise UsageError(f"unexpected argument {args[0]!r}; `scrapy changes -h` lists the options")
    if sum(map(bool, (opts.cursors, opts.reset, opts.delete))) > 1:
        raise UsageError("--cursors, --reset and --delete exclude each other")
    for name in (opts.cursor, opts.reset, opts.delete):
        if name is not None and not CURSOR_NAME.fullmatch(name):
            raise UsageError(f"invalid cursor name {name!r}: expected up to 64 letters, digits, '-' and '_'")
    if opts.since is not None and opts.since != NEWEST and not re.fullmatch(r"\d{1,18}", opts.since, re.A):
        raise UsageError(f"invalid --since {opts.since!r}: expected a change_id, or `{NEWEST}`")
    if opts.reset is not None and opts.since is None:
        raise UsageError(f"say where to: scrapy changes --reset {opts.reset} --since N")
    if opts.post is not None and opts.cursor is None:
        raise UsageError("--post needs --cursor NAME, which remembers what was delivered")
    if opts.secret_env is not None and opts.post is None:
        raise UsageError("--secret-env is only for --post")
    if opts.limit is not None and opts.limit < 1:
        raise UsageError(f"invalid --limit {opts.limit}: expected a positive number")
    if not MIN_INTERVAL_S <= opts.interval <= MAX_INTERVAL_S:
        raise UsageError(f"invalid --interval {opts.interval:g}: expected seconds, from {MIN_INTERVAL_S} to a day")


@contextmanager
def _open(database: str) -> Iterator[Engine]:
    # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
    from newscrawl.storage.upgrade import require_not_empty

    engine = open_existing(database)
    try:
        require_not_empty(engine)
        yield engine
    except SQLAlchemyError as error:
        raise StorageError(explain_failure(database, error)) from error
    finally:
        engine.dispose()


def _run(engine: Engine, opts: argparse.Namespace) -> ExitCode:
    if opts.cursors:
        _print_cursors(engine, as_json=opts.json)
    elif opts.reset:
        _reset(engine, opts.reset, opts.since)
    elif opts.delete:
        _delete(engine, opts.delete)
    else:
        with _lock(engine, opts.cursor):
            return _deliver(engine, opts)
    return ExitCode.OK


@contextmanager
def _lock(engine: Engine, cursor: str | None) -> Iterator[None]:
    """Keep other processes from using *cursor*. Raises LockedError, which names the process that does."""
    if cursor is None:
        yield
        return
    url = engine.url.render_as_string(hide_password=False)
    lock = take_lock(url, [name_cursor_lock(cursor)], this_process(f"scrapy changes --cursor {cursor}"))
    try:
        yield
    finally:
        lock.release()


def _deliver(engine: Engine, opts: argparse.Namespace) -> ExitCode:
    reader = ChangeReader(engine, _check_sites(engine, opts.site), opts.full)
    position = _get_position(engine, opts, reader.get_newest())
    options = FollowOptions(opts.limit, opts.interval if opts.follow else None)
    with stop_on_signals() as stop:
        try:
            if follow(reader, _open_sink(opts, stop), position, stop, options):
                return ExitCode.OK
        except GraceExpired:
            pass
    print(f"newscrawl: {_explain_stop(stop, position, opts.cursor)}", file=sys.stderr)
    return ExitCode.OK if opts.follow else ExitCode.FAILURE


def _open_sink(opts: argparse.Namespace, stop: Stop) -> Sink:
    if opts.post is None:
        return LineSink(sys.stdout.buffer)
    max_attempts = None if opts.follow else MAX_ATTEMPTS
    options = WebhookOptions(parse_target(opts.post), _get_secrets(opts.secret_env), opts.cursor, max_attempts)
    return WebhookSink(options, stop, _report)


def _get_secrets(variable: str | None) -> Sequence[bytes]:
    if variable is None:
        return ()
    if not os.environ.get(variable):
        # Whoever gives the secret itself finds it in no log.
        name = variable if VARIABLE_NAME.fullmatch(variable) else "a variable"
        raise UsageError(f"--secret-env takes the name of an environment variable, but {name} is not set")
    return parse_secrets(os.environ[variable])


def _report(line: str) -> None:
    print(f"newscrawl: {escape_for_terminal(line)}", file=sys.stderr, flush=True)


def _explain_stop(stop: Stop, position: Position, cursor: str | None) -> str:
    how = f"run it again with --cursor {cursor}" if cursor else f"go on with --since {position.change_id}"
    return f"received {stop.signal_name}, stopped after change {position.change_id}; {how}"


def _check_sites(engine: Engine, names: Sequence[str]) -> Sequence[str]:
    """Return the sites to read. Raises UsageError for one without pages."""
    if names:
        with connect_for_reading(engine) as connection:
            known = list_sites(connection)
        for name in names:
            if name not in known:
                raise UsageError(f"no page of site {name!r} is in the database; {suggest(name, known)}")
    return names


def _get_position(engine: Engine, opts: argparse.Namespace, newest: int) -> Position:
    """Return where to begin; a new cursor is created there. Raises UsageError for a place after the last change."""
    start = _parse_since(opts.since, newest)
    if opts.cursor is None:
        return Unnamed(start)
    with connect_for_reading(engine) as connection:
        position = find_cursor(connection, opts.cursor)
    if position is None:
        with engine.begin() as connection:
            position = create_cursor(connection, opts.cursor, start, datetime.now(UTC))
    elif opts.since is not None:
        raise UsageError(
            f"the cursor {opts.cursor!r} exists and is at change {position}: leave out --since, "
            f"or move it first: scrapy changes --reset {opts.cursor} --since {opts.since}"
        )
    if position > newest:
        raise UsageError(
            f"the cursor {opts.cursor!r} is at change {position}, but the last change is {newest}: the database was "
            f"replaced by an older one. Move the cursor: scrapy changes --reset {opts.cursor} --since N"
        )
    return Cursor(engine, opts.cursor, position)


def _parse_since(since: str | None, newest: int) -> int:
    if since == NEWEST:
        return newest
    start = int(since or 0)
    if start > newest:
        raise UsageError(f"there is no change {start} yet, the last one is {newest}; `--since {NEWEST}` begins there")
    return start


def _reset(engine: Engine, name: str, since: str) -> None:
    with _lock(engine, name), engine.begin() as connection:
        start = _parse_since(since, get_newest_change_id(connection))
        if not reset_cursor(connection, name, start, datetime.now(UTC)):
            raise UsageError(_unknown(name, list_cursors(connection)))
    print(f"The cursor {name} is now at change {start}.")


def _delete(engine: Engine, name: str) -> None:
    with _lock(engine, name), engine.begin() as connection:
        if not delete_cursor(connection, name):
            raise UsageError(_unknown(name, list_cursors(connection)))
    print(f"Deleted the cursor {name}.")


def _unknown(name: str, cursors: Sequence[CursorState]) -> str:
    return f"there is no cursor {name!r}; {suggest(name, [one.name for one in cursors])}"


def _print_cursors(engine: Engine, *, as_json: bool) -> None:
    with connect_for_reading(engine) as connection:
        cursors = list_cursors(connection)
    if as_json:
        print(dump_json_for_terminal([asdict(one) for one in cursors]))
        return
    if not cursors:
        print("There are no cursors; `scrapy changes --cursor NAME` creates one.")
    width = max((len(one.name) for one in cursors), default=0)
    for one in cursors:
        print(f"{escape_for_terminal(one.name):{width}}  at change {one.change_id}, {_describe_lag(one)}")


def _describe_lag(cursor: CursorState) -> str:
    moved = f"moved {format_utc(cursor.updated_at)}"
    if cursor.pending_since is None:
        return f"up to date, {moved}"
    return f"{cursor.pending:,} changes behind since {format_utc(cursor.pending_since)}, {moved}"
