"""Detect sites that yield less than they used to, from the counts of their crawls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

MIN_PAGES = 10
"""A share of fewer pages means nothing."""
CRAWLS_COMPARED = 10
MIN_CRAWLS = 3
MIN_OF_USUAL = 0.5
"""The share of readable pages may fall to this part of its usual value."""
GAPS_COMPARED = 20
MIN_GAPS = 5
SILENCE_FACTOR = 3
MIN_SILENCE = timedelta(days=1)
"""Quiet nights, Sundays and holidays raise no warning."""
MAX_BACKOFF = timedelta(days=1)
"""No Retry-After beyond this is honoured, so a host in backoff for longer is blocking the crawler."""


@dataclass(frozen=True, slots=True)
class CrawlYield:
    """What one crawl found on one site."""

    started_at: datetime
    new: int
    """Articles stored for the first time."""
    readable: int
    """Pages that were parsed as articles, known ones included; not those answered with 304."""
    unreadable: int
    """Requested pages that were not an article, too short, blocked or failed."""

    @property
    def share(self) -> float | None:
        """The share of readable pages, 0 to 1; None for fewer than MIN_PAGES."""
        pages = self.readable + self.unreadable
        return self.readable / pages if pages >= MIN_PAGES else None


def warn_if_unreadable(this: CrawlYield, past: Sequence[CrawlYield]) -> str | None:
    """Return a warning if far fewer pages than usual could be parsed as articles; *past* is newest first.

    Usual is the median over the last ten crawls of at least ten pages; at least three are needed.
    """
    shares = [share for crawl in past if (share := crawl.share) is not None][:CRAWLS_COMPARED]
    if this.share is None or len(shares) < MIN_CRAWLS:
        return None
    usual = median(shares)
    if this.share >= MIN_OF_USUAL * usual:
        return None
    pages = this.readable + this.unreadable
    return f"only {this.readable} of {pages} pages could be parsed as articles; {usual:.0%} is usual"


def warn_if_silent(this: CrawlYield, past: Sequence[CrawlYield]) -> str | None:
    """Return a warning if a site has had no new article for much longer than before; *past* is newest first.

    That is more than a day and three times the longest of the last twenty gaps between crawls that found something new;
    at least five gaps are needed.
    """
    if this.new:
        return None
    fruitful = [crawl.started_at for crawl in past if crawl.new][: GAPS_COMPARED + 1]
    gaps = [later - earlier for later, earlier in pairwise(fruitful)]
    if len(gaps) < MIN_GAPS:
        return None
    silence = this.started_at - fruitful[0]
    if silence <= max(SILENCE_FACTOR * max(gaps), MIN_SILENCE):
        return None
    return f"no new article for {format_duration(silence)}; the longest gap before was {format_duration(max(gaps))}"


def warn_if_below_minimum(min_articles_per_day: int | None, new_in_a_day: int, known_for: timedelta) -> str | None:
    """Return a warning if a site had fewer new articles in 24 hours than its site file requires.

    *known_for* is the time since its first crawl; a site known for less than a day gets no warning.
    """
    if not min_articles_per_day or known_for < timedelta(days=1) or new_in_a_day >= min_articles_per_day:
        return None
    return f"{new_in_a_day} new articles in 24 hours, below min_articles_per_day = {min_articles_per_day}"


def format_duration(time: timedelta) -> str:
    """Return a duration in hours, from two days on in days."""
    hours = time.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
