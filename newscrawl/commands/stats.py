"""`scrapy stats`: articles a day and site, languages and outcomes as charts in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

from scrapy.commands import ScrapyCommand
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.exceptions import NewscrawlError, StorageError, UsageError
from newscrawl.settings import check_settings
from newscrawl.storage.engine import connect_for_reading, explain_failure, open_existing
from newscrawl.storage.queries.names import list_sites
from newscrawl.storage.queries.statistics import (
    DayCount,
    FillRates,
    LanguageCount,
    ListingCount,
    OutcomeCount,
    count_articles_by_day,
    count_languages,
    count_listings,
    count_outcomes,
    get_fill_rates,
)
from newscrawl.text.charts import draw_bar, draw_sparkline, sum_groups
from newscrawl.text.numbers import parse_whole_number
from newscrawl.text.suggestions import suggest
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal

WIDTH = 80
DEFAULT_DAYS = 30
MAX_DAYS = 3_660
MAX_ROWS = 20
"""Sites, languages and outcomes that are drawn, the most frequent; the JSON has all."""
_NAME, _SPARK, _BAR = 26, 40, 36


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the charts show."""

    first_day: date
    last_day: date
    site: str | None
    days: Sequence[DayCount]
    languages: Sequence[LanguageCount]
    outcomes: Sequence[OutcomeCount]
    fields: FillRates | None
    """Of one site only."""
    listings: Sequence[ListingCount]

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.outcomes)


class Command(ScrapyCommand):
    """Draws charts of the articles; reads only."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Draw charts: articles a day and site, languages, outcomes"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", metavar="SITE", help="only this site, with its fields and listings")
        parser.add_argument("--days", metavar="N", default=str(DEFAULT_DAYS), help=f"default: {DEFAULT_DAYS}")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            assert self.settings is not None
            check_settings(self.settings)
            if args:
                raise UsageError(f"unexpected argument {args[0]!r}; name a site with --site {args[0]}")
            found = self._collect(opts.site, _parse_days(opts.days), datetime.now(UTC).date())
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        if opts.json:
            print(dump_json_for_terminal(asdict(found)))
            return
        as_ascii = "utf" not in (sys.stdout.encoding or "").lower()
        for line in draw(found, as_ascii=as_ascii):
            print(escape_for_terminal(line))

    def _collect(self, site: str | None, days: int, today: date) -> Statistics:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import require_not_empty

        assert self.settings is not None
        database = self.settings["NEWSCRAWL_DATABASE_URL"]
        engine = open_existing(database)
        try:
            require_not_empty(engine)
            with connect_for_reading(engine) as connection:
                return collect(connection, site, days, today)
        except SQLAlchemyError as error:
            raise StorageError(explain_failure(database, error)) from error
        finally:
            engine.dispose()


def collect(connection: Connection, site: str | None, days: int, today: date) -> Statistics:
    """Return the figures of the last *days* days. Raises UsageError for an unknown site."""
    if site is not None and site not in (known := list_sites(connection)):
        raise UsageError(f"site {site!r} is not in the database; {suggest(site, known)}")
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time(), UTC)
    return Statistics(
        first,
        today,
        site,
        count_articles_by_day(connection, first, today, site),
        count_languages(connection, first, today, site),
        count_outcomes(connection, since, site),
        None if site is None else get_fill_rates(connection, site),
        [] if site is None else count_listings(connection, site, since),
    )


def draw(found: Statistics, *, as_ascii: bool = False) -> Iterator[str]:
    """Yield the lines of the charts, at most WIDTH columns wide."""
    where = f" of {found.site}" if found.site else ""
    window = f"{found.first_day} to {found.last_day}"
    if found.is_empty:
        yield f"No articles{where} were published and no pages fetched from {window}; --days N looks further back."
        return
    yield f"Articles{where} by publication day, {window}"
    yield from _draw_days(found, as_ascii=as_ascii) if found.days else ["  none"]
    languages = [(one.in_language or "unknown", one.articles) for one in found.languages]
    yield from _draw_counts("Languages", languages, as_ascii=as_ascii)
    outcomes = Counter[str]()
    for one in found.outcomes:
        outcomes[f"{one.outcome}: {one.reason}"] += one.pages
    yield from _draw_counts("Outcomes of article pages", outcomes.most_common(), as_ascii=as_ascii)
    if found.fields is not None and found.fields.articles:
        yield ""
        yield f"Fields of the newest {found.fields.articles:,} articles"
        for name, rate in sorted(found.fields.rates.items(), key=lambda one: -one[1]):
            yield _draw_row(name, draw_bar(rate, _BAR, as_ascii=as_ascii), f"{rate:.0%}")
    if found.listings:
        yield ""
        yield "Listings: new articles, fetches that could be read"
        for listing in found.listings[:MAX_ROWS]:
            yield f"{listing.new_links:>7,}  {f'{listing.read}/{listing.fetches}':>9}  {_cut(listing.url, WIDTH - 20)}"


def _draw_days(found: Statistics, *, as_ascii: bool) -> Iterator[str]:
    length = (found.last_day - found.first_day).days + 1
    by_site: dict[str, list[int]] = {}
    for one in found.days:
        by_site.setdefault(one.site, [0] * length)[(one.day - found.first_day).days] += one.articles
    total = [sum(values) for values in zip(*by_site.values(), strict=True)]
    ordered = sorted(by_site.items(), key=lambda one: (-sum(one[1]), one[0]))
    rows = [*ordered[:MAX_ROWS], ("all sites", total)] if len(ordered) > 1 else ordered
    for name, values in rows:
        chart = draw_sparkline(sum_groups(values, _SPARK), as_ascii=as_ascii)
        yield _draw_row(name, chart, f"{sum(values):,}", _SPARK)
    if len(ordered) > MAX_ROWS:
        yield f"  … and {len(ordered) - MAX_ROWS} more sites"


def _draw_counts(title: str, counts: Sequence[tuple[str, int]], *, as_ascii: bool) -> Iterator[str]:
    if not counts:
        return
    yield ""
    yield title
    total, top = sum(count for _, count in counts), counts[0][1]
    for name, count in counts[:MAX_ROWS]:
        yield _draw_row(name, draw_bar(count / top, _BAR, as_ascii=as_ascii), f"{count:,} {count / total:>4.0%}")
    rest = counts[MAX_ROWS:]
    if rest:
        yield _draw_row(f"… {len(rest)} more", "", f"{_sum(rest):,} {_sum(rest) / total:>4.0%}")


def _sum(counts: Iterable[tuple[str, int]]) -> int:
    return sum(count for _, count in counts)


def _draw_row(name: str, chart: str, figure: str, width: int = _BAR) -> str:
    return f"  {_cut(name, _NAME):<{_NAME}}  {chart:<{width}}  {figure:>{WIDTH - _NAME - width - 6}}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _parse_days(text: str) -> int:
    days = parse_whole_number(text)
    if days is not None and 1 <= days <= MAX_DAYS:
        return days
    raise UsageError(f"--days is {text[:80]!r}; expected a number from 1 to {MAX_DAYS}")
