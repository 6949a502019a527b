"""`scrapy show ID|URL`: an article with its text, the source of each field, its versions and its story."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scrapy.commands import ScrapyCommand
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.dedup.word_diff import RunKind, WordDiff, diff_words
from newscrawl.exceptions import ExitCode, NewscrawlError, StorageError, UsageError
from newscrawl.settings import check_settings
from newscrawl.storage.engine import connect_for_reading, explain_failure, open_existing
from newscrawl.storage.queries.article_details import (
    ArticleChange,
    ArticleDetails,
    ArticleVersion,
    find_article,
    get_version,
)
from newscrawl.text.moments import format_utc
from newscrawl.text.numbers import parse_whole_number
from newscrawl.text.secrets import mask_page_urls
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal
from newscrawl.urls.normalize import check_start_url

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

UNKNOWN = ExitCode.FAILURE
"""Exit code for an article or version that is not in the database."""
MAX_WIDTH = 100
"""Columns of running text on a wide terminal: longer lines are hard to read."""
_HEADER = {"headline", "article_body", "article_body_html", "images", "sources", "disagreements", "revision"}
"""Fields that are not listed: they have a place of their own."""
_STYLES = {RunKind.INSERT: "green", RunKind.DELETE: "red strike", RunKind.EQUAL: ""}
_MARKS = {RunKind.INSERT: ("{+", "+}"), RunKind.DELETE: ("[-", "-]"), RunKind.EQUAL: ("", "")}
"""As in `wdiff` and `git diff --word-diff`."""


@dataclass(frozen=True, slots=True)
class Selection:
    """An article, the version of it that was asked for, and the one before that where a difference was asked for."""

    article: ArticleDetails
    version: ArticleVersion
    before: ArticleVersion | None


class Command(ScrapyCommand):
    """Shows an article; reads only."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] ID|URL"

    def short_desc(self) -> str:
        return "Show an article: text, fields with their sources, versions, story"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--version", metavar="N", help="show this version instead of the current one")
        parser.add_argument("--diff", action="store_true", help="mark what the version changed, word by word")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            assert self.settings is not None
            check_settings(self.settings)
            if len(args) != 1:
                raise UsageError("name one article by its id or URL: scrapy show 12, or scrapy show https://…")
            selected = self._find(args[0].strip(), _parse_number(opts.version), with_diff=opts.diff)
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        if isinstance(selected, str):
            print(escape_for_terminal(selected))
            self.exitcode = UNKNOWN
        elif opts.json:
            print(dump_json_for_terminal(make_record(selected, with_diff=opts.diff)))
        else:
            _print(selected, with_diff=opts.diff)

    def _find(self, reference: str, number: int | None, *, with_diff: bool) -> Selection | str:
        """Return what to show, or why there is nothing."""
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import require_not_empty

        assert self.settings is not None
        if not (reference.isascii() and reference.isdecimal()):
            check_start_url(reference)
        database = self.settings["NEWSCRAWL_DATABASE_URL"]
        engine = open_existing(database)
        try:
            require_not_empty(engine)
            with connect_for_reading(engine) as connection:
                article = find_article(connection, reference)
                if article is None:
                    return explain_absence(reference)
                version = article.current if number is None else get_version(connection, article.id, number)
                if version is None:
                    return f"Article {article.id} has no version {number}: {_describe_versions(article)}."
                before = get_version(connection, article.id, version.revision - 1) if with_diff else None
                return Selection(article, version, before)
        except SQLAlchemyError as error:
            raise StorageError(explain_failure(database, error)) from error
        finally:
            engine.dispose()


def explain_absence(reference: str) -> str:
    """Return what to print for an article that is not stored."""
    if reference.isdecimal():
        return f"There is no article {reference}."
    url = mask_page_urls(reference)
    return f"No article is stored for {url}; `scrapy why {url}` says what happened to that page."


def _describe_versions(article: ArticleDetails) -> str:
    numbers = sorted(one.revision for one in article.versions)
    return "it has only version 1" if numbers == [1] else f"it has the versions {numbers[0]} to {numbers[-1]}"


def _parse_number(text: str | None) -> int | None:
    if text is None:
        return None
    number = parse_whole_number(text)
    if number is None:
        raise UsageError(f"--version is {text[:80]!r}; expected the number of a version, such as 1")
    return number


def make_record(selected: Selection, *, with_diff: bool) -> dict[str, Any]:
    """Return the article for JSON: its fields and those of the version, and `diff` if it was asked for."""
    article = asdict(selected.article)
    del article["current"]
    record: dict[str, Any] = article | asdict(selected.version)
    if with_diff:
        difference = _compare(selected)
        record["diff"] = difference and {
            "from": selected.before and selected.before.revision,
            "is_complete": difference.is_complete,
            "runs": [{"kind": run.kind.value, "text": run.text} for run in difference.runs],
        }
    return record


def _compare(selected: Selection) -> WordDiff | None:
    """Return the difference of headline and body to the version before; None if there is none."""
    if selected.before is None:
        return None
    return diff_words(_text(selected.before), _text(selected.version))


def _text(version: ArticleVersion) -> str:
    return f"{version.headline}\n\n{version.article_body}"


def list_fields(version: ArticleVersion) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and source of each field that the version has."""
    for name in ArticleVersion.__slots__:
        value = getattr(version, name)
        if name in _HEADER or value is None or value == ():
            continue
        text = "; ".join(value) if isinstance(value, tuple) else _format(value)
        yield name, text, version.sources.get(name, "")


def _format(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format_utc(value) if isinstance(value, datetime) else " ".join(str(value).split())


def format_versions(article: ArticleDetails, selected: int) -> Iterator[str]:
    """Yield a line for each version, newest first: when and how it came about, and its headline."""
    made = {change.revision: change for change in reversed(article.changes) if change.kind in _MAKING}
    for version in article.versions:
        change = made.get(version.revision)
        how = _describe_change(change) if change else "replaced"
        at = format_utc(change.changed_at if change else version.date_downloaded)
        mark = "*" if version.revision == selected else " "
        yield f"{mark} {version.revision:>3}  {at}  {how}: {version.headline}"


_MAKING = {"inserted", "revised", "re-extracted"}
"""Kinds of changes that make a version."""


def _describe_change(change: ArticleChange) -> str:
    if change.change_label is None or change.change_size is None:
        return change.kind
    return f"{change.kind}, {change.change_label} ({change.change_size:.0%} of the words)"


def format_story(article: ArticleDetails) -> Iterator[str]:
    """Yield a line for each other article of the story, the earliest first."""
    for member in article.story:
        at = format_utc(member.date_published) if member.date_published else "no date"
        alike = "" if member.similarity is None else f", {member.similarity:.0%} alike"
        yield f"{member.id}  {at}  {member.site}{alike}: {member.headline}"
        yield f"    {member.url}"
    if article.story_size > len(article.story) + 1:
        yield f"… and {article.story_size - len(article.story) - 1} more"


def _print(selected: Selection, *, with_diff: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if console.is_terminal:
        console.width = min(console.width, MAX_WIDTH)
    article, version = selected.article, selected.version

    def say(text: str, style: str = "") -> None:
        console.print(Text(escape_for_terminal(text), style), soft_wrap=not console.is_terminal)

    def begin(heading: str, lines: Sequence[str]) -> None:
        if lines:
            say(f"\n{heading}", "bold")
        for line in lines:
            console.print(Text(escape_for_terminal(line)), soft_wrap=True)

    say(version.headline, "bold")
    say(", ".join(_describe(article, version)), "dim")
    difference = _compare(selected) if with_diff else None
    if difference is not None:
        say(f"\nversion {version.revision}, compared with version {version.revision - 1}", "bold")
        console.print(_mark(difference, console), soft_wrap=not console.is_terminal)
        if not difference.is_complete:
            say("So much changed that some paragraphs are shown as replaced, without comparing their words.", "dim")
    else:
        if with_diff:
            say(f"\nversion {version.revision} has no version before it to compare with", "dim")
        say(f"\n{version.article_body}")
    fields = [f"  {name:<25} {text}{f'  ({source})' if source else ''}" for name, text, source in list_fields(version)]
    begin("fields", fields)
    images = [f"  {one.url}  {one.caption or ''} {one.credit or ''}".rstrip() for one in version.images]
    begin("images", images)
    begin("versions", list(format_versions(article, version.revision)))
    begin("the same story", [f"  {line}" for line in format_story(article)])


def _describe(article: ArticleDetails, version: ArticleVersion) -> Iterator[str]:
    yield f"article {article.id} of {article.site}"
    yield f"version {version.revision} of {article.versions[0].revision}"
    if article.withdrawn_at:
        yield f"withdrawn {format_utc(article.withdrawn_at)}"
    if version.is_truncated:
        yield "looks truncated"
    if version.disagreements:
        yield f"sources disagree on {', '.join(version.disagreements)}"


def _mark(difference: WordDiff, console: Console) -> Text:
    """Return the difference in colours, or with the marks of `wdiff` where there are none."""
    from rich.text import Text

    has_colours = console.color_system is not None and not console.no_color
    text = Text()
    for run in difference.runs:
        before, after = ("", "") if has_colours else _MARKS[run.kind]
        text.append(f"{before}{escape_for_terminal(run.text)}{after}", _STYLES[run.kind])
    return text
