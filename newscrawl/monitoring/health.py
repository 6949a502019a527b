"""Whether a site still brings what it used to: pure decisions on what its crawls counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

ENOUGH_PAGES = 10
"""A share of fewer pages says nothing."""
CRAWLS_COMPARED = 10
ENOUGH_CRAWLS = 3
MIN_OF_USUAL = 0.5
"""The share of readable pages may fall to so much of its usual value."""
GAPS_COMPARED = 20
ENOUGH_GAPS = 5
SILENCE_FACTOR = 3
MIN_SILENCE = timedelta(days=1)
"""Nights, Sundays and holidays are no alarm."""
MAX_REFUSAL = timedelta(days=1)
"""A host that sends the crawler away for longer than any Retry-After that is honoured is not resting but lost."""


@dataclass(frozen=True, slots=True)
class CrawlYield:
    """What one crawl brought of one site."""

    started_at: datetime
    new: int
    """Articles stored for the first time."""
    readable: int
    """Pages that were fetched and read as articles, known ones included; not those answered with 304."""
    unreadable: int
    """Pages that were fetched or asked for, and were no article, too short, blocked or broken."""

    @property
    def share(self) -> float | None:
        """The readable pages' share, None where there were too few to say."""
        pages = self.readable + self.unreadable
        return self.readable / pages if pages >= ENOUGH_PAGES else None


def below_usual(this: CrawlYield, past: Sequence[CrawlYield]) -> str | None:
    """Return words where far fewer pages than usual could be read as articles; *past* is newest first.

    Usual is the median of the last ten crawls with ten pages or more, where there are three.
    """
    shares = [share for crawl in past if (share := crawl.share) is not None][:CRAWLS_COMPARED]
    if this.share is None or len(shares) < ENOUGH_CRAWLS:
        return None
    usual = median(shares)
    if this.share >= MIN_OF_USUAL * usual:
        return None
    pages = this.readable + this.unreadable
    return f"{this.readable} of {pages} pages could be read as articles, {usual:.0%} is usual"


def silent(this: CrawlYield, past: Sequence[CrawlYield]) -> str | None:
    """Return words where a site has brought nothing new for much longer than ever before; *past* is newest first.

    Much longer: three times the longest pause between two crawls that brought something, of the last twenty pauses,
    where five are known, and a day at least.
    """
    if this.new:
        return None
    fruitful = [crawl.started_at for crawl in past if crawl.new][: GAPS_COMPARED + 1]
    gaps = [later - earlier for later, earlier in pairwise(fruitful)]
    if len(gaps) < ENOUGH_GAPS:
        return None
    silence = this.started_at - fruitful[0]
    if silence <= max(SILENCE_FACTOR * max(gaps), MIN_SILENCE):
        return None
    return f"nothing new for {length_in_words(silence)}; the longest pause was {length_in_words(max(gaps))}"


def below_minimum(min_articles_per_day: int | None, new_in_a_day: int, known_for: timedelta) -> str | None:
    """Return words where a site brought fewer new articles in 24 hours than its file demands.

    *known_for*: since its first crawl; a site that was not crawled for a day yet is not judged.
    """
    if not min_articles_per_day or known_for < timedelta(days=1) or new_in_a_day >= min_articles_per_day:
        return None
    return f"{new_in_a_day} new articles in 24 hours, its file demands {min_articles_per_day}"


def length_in_words(time: timedelta) -> str:
    """Return a length of time in the unit that fits."""
    hours = time.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
