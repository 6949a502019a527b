"""Decide whether a site can be read at all, from everything that is known about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newscrawl.items import Outcome
from newscrawl.monitoring.listings import ListingState, explain_failing, find_degrading
from newscrawl.monitoring.messages import add_hint
from newscrawl.monitoring.summary import SiteSummary
from newscrawl.outcomes import AFTER_UNTIL, BEFORE_SINCE, PENDING, WALLS

MIN_UNREAD = 3
"""Pages of a crawl none of which could be read; fewer may be exceptions."""
_NO_TEXT = frozenset(["no_text", "empty", "binary", "no_headline", "no_body"])
_READABLE = frozenset([BEFORE_SINCE, AFTER_UNTIL])
"""Reasons of articles that were read and not wanted."""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What the database knows about a site when a crawl has ended."""

    crawl_id: int
    listings: Sequence[ListingState]
    has_articles: bool
    """Whether an article of the site is stored."""
    named: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(outcome, reason) -> article pages, of all crawls, pending ones included; {} where an article is stored."""
    unread: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(outcome, reason) -> pages that this crawl fetched and that never yielded an article."""


def diagnose(summary: SiteSummary, facts: SiteFacts, now: datetime) -> None:
    """Add to *summary* why nothing of its site can be read, or which of its listings cannot."""
    finished = [one for one in facts.listings if one.is_read or one.is_failing]
    if not finished:
        return
    failing = [one for one in finished if one.is_failing and not one.is_guess]
    fetched = [one for one in finished if one.crawl_id == facts.crawl_id]
    if any(one.is_read for one in finished) and fetched and all(one.is_read or one.is_guess for one in fetched):
        # Whether guessed paths exist says nothing about a site of which other listings could be read.
        summary.nothing_read = False
    if not facts.has_articles and (cause := _explain_no_articles(facts, finished, failing)):
        summary.nothing_read = True
        summary.warnings.append(cause)
    elif summary.failed or not any(one.is_read for one in finished):
        summary.nothing_read = True
        summary.warnings.append(_explain_failure(summary, finished, facts.crawl_id))
    else:
        summary.warnings += explain_failing(find_degrading(facts.listings, now), facts.crawl_id)
        summary.warnings += _explain_unread(summary, facts)


def _explain_no_articles(
    facts: SiteFacts, finished: Sequence[ListingState], failing: Sequence[ListingState]
) -> str | None:
    """Return why no article of the site was ever read; None if some may be."""
    if facts.named:
        unread = {key: number for key, number in facts.named.items() if key[0] not in {Outcome.DUPLICATE, PENDING}}
        if not unread or any(reason in _READABLE for _, reason in unread):
            return None
        return _count_unread(unread)
    front = [one for one in failing if one.is_front]
    if not any(one.is_read for one in finished):
        return f"nothing could be read: {explain_failing(front or failing or finished, facts.crawl_id)[0]}"
    if failing:
        return f"no article was named: {explain_failing(front or failing, facts.crawl_id)[0]}"
    return "no article was named: the front page has no links to articles that newscrawl recognises"


def _explain_unread(summary: SiteSummary, facts: SiteFacts) -> list[str]:
    """Return a warning if none of several new pages of this crawl could be read."""
    unread = {key: number for key, number in facts.unread.items() if _is_unread(*key)}
    if summary.kept.total() or sum(unread.values()) < MIN_UNREAD:
        return []
    return [_count_unread(unread)]


def _is_unread(outcome: str, reason: str) -> bool:
    if outcome == Outcome.NOT_ARTICLE:
        return reason in WALLS or reason in _NO_TEXT
    is_failure = outcome in {Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS, Outcome.TOO_SHORT}
    return is_failure and reason != "retry_after"


def _count_unread(unread: Mapping[tuple[str, str], int]) -> str:
    reasons: Counter[str] = Counter()
    for (_, reason), number in unread.items():
        reasons[reason] += number
    total = reasons.total()
    named = "1 article was named" if total == 1 else f"{total:,} articles were named"
    causes = ", ".join(f"{number:,} {reason}" for reason, number in reasons.most_common(4))
    return f"{named}, none could be read: {causes}; look at one with `scrapy inspect URL`"


def _explain_failure(summary: SiteSummary, finished: Sequence[ListingState], crawl_id: int) -> str:
    failing = [one for one in finished if one.is_failing]
    named = [one for one in failing if not one.is_guess]
    causes = explain_failing(named or failing, crawl_id)[:1] or [add_hint(label) for label in summary.rejected]
    return f"nothing could be read: {'; '.join(causes)}"
