"""Whether a new reading of a page is worse than the stored one and must not replace it. Pure decisions.

What is no article at all (a challenge, a login, a soft 404) never comes this far; this is about what passes for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newscrawl.dedup.differences import Difference, difference
from newscrawl.dedup.revisions import ArticleVersion, is_newer_extractor, states_correction

MIN_WORDS = 20
"""Words of a stored body under which a shorter one is not judged."""
CUT_SHARE = 0.75
"""Share of the stored words under which a strict beginning is no shortening but a text broken off."""
HALF = 0.5
NO_NEW_TEXT = 0.05
"""Share of a version's words up to which it brings nothing new."""
WHOLE_SHARE = 0.9
"""Share of the stored words from which a version that looks cut has lost nothing worth a word."""

INSISTENT_VISITS = 3
INSISTENT_TIME = timedelta(days=1)


class Regression(StrEnum):
    """Why a version does not replace the stored one; the reason in the ledger."""

    TRUNCATED = "regression_truncated"
    HALF_BODY = "regression_half_body"
    HEADLINE = "regression_headline"
    OTHER_TEXT = "regression_other_text"


@dataclass(frozen=True, slots=True)
class RejectedVersion:
    """A version that was not taken, and how often a page has shown it."""

    content_hash: str
    fetches: int
    first_at: datetime


def detect_regression(stored: ArticleVersion, new: ArticleVersion) -> Regression | None:
    """Say why a new version, though an article, is a worse reading than the stored one; None where it may replace it.

    A version that states a correction (or that the text was retracted) is never worse, however short.
    """
    if states_correction(stored, new):
        return None
    if _lost_its_headline(stored, new):
        return Regression.HEADLINE
    changed = difference(stored.article_body, new.article_body)
    if len(changed.old) < MIN_WORDS:
        return None
    if new.is_truncated and not stored.is_truncated and len(changed.new) < WHOLE_SHARE * len(changed.old):
        return Regression.TRUNCATED
    return _why_shorter(changed, by_extractor=is_newer_extractor(stored, new))


def count_rejection(refusal: RejectedVersion | None, content_hash: str, at: datetime) -> RejectedVersion:
    """Count a visit that showed a version which is not wanted; another text than last time is counted anew."""
    if refusal is None or refusal.content_hash != content_hash:
        return RejectedVersion(content_hash, 1, at)
    return RejectedVersion(content_hash, refusal.fetches + 1, refusal.first_at)


def is_insistent(refusal: RejectedVersion, at: datetime) -> bool:
    """Tell whether a page has shown a refused text so often and so long that this is what it says now."""
    return refusal.fetches >= INSISTENT_VISITS and at - refusal.first_at >= INSISTENT_TIME


def _lost_its_headline(stored: ArticleVersion, new: ArticleVersion) -> bool:
    """Whether the headline became the name of the site."""
    names = {_plain(name) for name in (*_site_names(stored), *_site_names(new))}
    return _plain(new.headline) in names and _plain(stored.headline) not in names


def _site_names(version: ArticleVersion) -> Iterable[str]:
    if version.publisher:
        yield version.publisher
    if version.site:
        yield from (version.site, version.site.partition(".")[0])


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _why_shorter(changed: Difference, *, by_extractor: bool) -> Regression | None:
    """Why a body that shrank is worse. What a newer extractor only leaves out, it leaves out on purpose."""
    old, new = len(changed.old), len(changed.new)
    if new >= old:
        return None
    if new < HALF * old and changed.kept <= NO_NEW_TEXT * new:
        return Regression.OTHER_TEXT
    brings_nothing = new - changed.kept <= NO_NEW_TEXT * new
    if by_extractor and brings_nothing:
        return None
    if new < HALF * old or _is_broken_off(changed):
        return Regression.HALF_BODY
    return None


def _is_broken_off(changed: Difference) -> bool:
    """Whether the new text is a strict beginning of the old one that ends in mid-sentence, in mid-word, or early."""
    old, new = len(changed.old), len(changed.new)
    if changed.beginning == new:
        return new < CUT_SHARE * old or not changed.old[new].opens
    return changed.beginning == new - 1 and changed.old[new - 1].text.startswith(changed.new[-1].text)
