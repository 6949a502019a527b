"""`scrapy plan`: what `scrapy crawl news` would fetch now, without fetching anything."""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from scrapy.commands import ScrapyCommand
from scrapy.utils.conf import arglist_to_dict

from newscrawl.exceptions import NewscrawlError, UsageError
from newscrawl.settings import check_settings
from newscrawl.spiders.arguments import NewsArguments, parse_arguments
from newscrawl.spiders.page_limits import PageLimits
from newscrawl.storage.engine import open_existing
from newscrawl.storage.queries.hosts import get_host_states
from newscrawl.storage.queries.plan import SitePlan, site_plan
from newscrawl.text.moments import format_utc
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal
from newscrawl.urls.parse import get_url_host


class Command(ScrapyCommand):
    """Shows what is due; reads only."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Show what `scrapy crawl news` would fetch now"

    def long_desc(self) -> str:
        return f"{self.short_desc()}; takes the same arguments"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-a", dest="spargs", action="append", default=[], metavar="NAME=VALUE", help="as for `scrapy crawl news`"
        )
        parser.add_argument("--urls", action="store_true", help="list every page")
        parser.add_argument("--json", action="store_true", help="print JSON with every page")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            check_settings(self.settings)
            if args:
                raise UsageError(f"`scrapy plan` does not take {args[0]!r}; name a site with -a site= or -a url=")
            plans = self._plans(_arguments(opts.spargs))
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        if opts.json:
            print(dump_json_for_terminal([asdict(plan) for plan in plans]))
        elif opts.urls:
            for plan in plans:
                for page in plan.listings + plan.articles:
                    print(page.reason, page.kind, escape_for_terminal(page.url), sep="\t")
        else:
            _print(plans)

    def _plans(self, arguments: dict[str, str]) -> list[SitePlan]:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import require_not_empty

        assert self.settings is not None
        given: NewsArguments = parse_arguments(NewsArguments, "news", self.settings, arguments)
        limits = PageLimits(given.max_pages, {site.name: site.max_pages for site in given.sites})
        engine = open_existing(self.settings["NEWSCRAWL_DATABASE_URL"])
        try:
            require_not_empty(engine)
            now = datetime.now(UTC)
            # A crawl waits for a shorter cooldown, and skips the site for a longer one.
            max_wait = timedelta(seconds=self.settings.getfloat("NEWSCRAWL_BACKOFF_MAX_WAIT"))
            cooldowns = {host: state.cooldown_until for host, state in get_host_states(engine).items()}
            plans = []
            for site in given.sites:
                until = cooldowns.get(get_url_host(site.url))
                if until is not None and until > now + max_wait:
                    plans.append(SitePlan(site.name, (), (), until, cooldown_until=until))
                    continue
                limit = limits.get_left(site.name)
                plans.append(site_plan(engine, site.name, now, period=given.period, limit=limit, force=given.force))
            shares = share_evenly([len(plan.articles) for plan in plans], limits.total)
            return [replace(plan, articles=plan.articles[:share]) for plan, share in zip(plans, shares, strict=True)]
        finally:
            engine.dispose()


def share_evenly(wanted: Sequence[int], total: int | None) -> list[int]:
    """Return how much each gets when *total* is shared as evenly as possible; None means no limit."""
    if total is None:
        return list(wanted)
    shares, left = [0] * len(wanted), total
    # The smallest wishes come first, so that the others get what these leave.
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    for number, at in enumerate(order):
        shares[at] = min(wanted[at], math.ceil(left / (len(order) - number)))
        left -= shares[at]
    return shares


def _arguments(given: Sequence[str]) -> dict[str, str]:
    try:
        return arglist_to_dict(list(given))
    except ValueError:
        raise UsageError("write arguments as -a NAME=VALUE") from None


def _print(plans: Sequence[SitePlan]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 120)
    table = Table(title="What a crawl would fetch now", title_justify="left")
    table.add_column("site")
    for column in ("listings", "new articles", "pending", "due again"):
        table.add_column(column, justify="right")
    table.add_column("next, at the earliest")
    for plan in plans:
        reasons = Counter(page.reason for page in plan.articles)
        counts = (len(plan.listings), reasons["new"], reasons["unfinished"], reasons["due"] + reasons["forced"])
        later = format_utc(plan.next_fetch_at) if plan.next_fetch_at else "-"
        table.add_row(plan.site, *(f"{count:,}" for count in counts), later)
    console.print(table)
    for plan in plans:
        if plan.cooldown_until is not None:
            console.print(f"{plan.site} is in backoff until {format_utc(plan.cooldown_until)}.")
        elif not plan.listings and not plan.articles and plan.next_fetch_at is None:
            console.print(f"{plan.site} has not been crawled yet; a crawl starts with its front page and robots.txt.")
    console.print("New articles that the listings name are added. `scrapy plan --urls` lists every page.")
