"""Count things by day for the charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from newscrawl.items import Outcome
from newscrawl.web.pages.charts import BarChart, Series, Sparkline, draw_sparkline, stack_bars

WINDOW = 14
"""Days that charts show, today included."""
MAX_SERIES = 6
"""Sites with a colour of their own; the others share one."""
OUTCOMES = (
    ("stored", "c-1", (Outcome.STORED,)),
    ("updated", "c-2", (Outcome.UPDATED,)),
    ("unchanged or duplicate", "c-3", (Outcome.UNCHANGED, Outcome.DUPLICATE)),
    ("no article", "c-4", (Outcome.NOT_ARTICLE, Outcome.TOO_SHORT, Outcome.GONE)),
    ("error, blocked or robots.txt", "c-bad", (Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS)),
)


def list_days(last: date, number: int = WINDOW) -> list[date]:
    """Return *number* days up to *last*, the earliest first."""
    return [last - timedelta(days=back) for back in range(number - 1, -1, -1)]


def label_day(day: date) -> str:
    """Return `25 Nov`."""
    return f"{day.day} {day:%b}"


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Articles by day, of one or more sites."""

    days: Sequence[date]
    by_site: Mapping[str, Mapping[date, int]]

    def of_site(self, site: str) -> list[int]:
        return [self.by_site.get(site, {}).get(day, 0) for day in self.days]

    @property
    def totals(self) -> list[int]:
        return [sum(counts.get(day, 0) for counts in self.by_site.values()) for day in self.days]

    @property
    def usual(self) -> int:
        """The median of the days before the last one, which is not over yet."""
        return round(median(self.totals[:-1])) if len(self.days) > 1 else 0

    def draw_sites(self) -> BarChart:
        """Return a chart of all sites; those with the most articles have colours of their own."""
        sums = Counter({site: sum(self.of_site(site)) for site in self.by_site})
        ranked = [site for site, _ in sums.most_common()]
        # No "1 other site": it has a name.
        own = ranked if len(ranked) <= MAX_SERIES else ranked[: MAX_SERIES - 1]
        series = [Series(site, f"s-{at}", self.of_site(site)) for at, site in enumerate(own, 1)]
        if others := ranked[len(own) :]:
            rest = [sum(numbers) for numbers in zip(*map(self.of_site, others), strict=True)]
            series.append(Series(f"{len(others)} other sites", "c-none", rest))
        return stack_bars("articles", "Articles a day", [*map(label_day, self.days)], series)

    def draw_site(self, site: str) -> BarChart:
        series = [Series("articles", "c-1", self.of_site(site))]
        return stack_bars("articles", "Articles a day", [*map(label_day, self.days)], series)

    def draw_sparkline(self, site: str) -> Sparkline:
        return draw_sparkline(self.of_site(site), [*map(label_day, self.days)], "articles")


def draw_outcomes(days: Sequence[date], counts: Mapping[date, Counter[str]]) -> BarChart:
    """Return a chart of how the pages of articles ended; pages that a run did not finish are left out."""
    series = [
        Series(name, colour, [sum(counts.get(day, Counter())[one] for one in outcomes) for day in days])
        for name, colour, outcomes in OUTCOMES
    ]
    return stack_bars("outcomes", "How fetched pages ended", [*map(label_day, days)], series)
