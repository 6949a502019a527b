"""Decide whether a new version of an article is a regression, which must not replace the stored one.

Challenges, login forms and soft 404s are rejected as non-articles before; this is for pages that pass as articles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newscrawl.dedup.differences import Difference
from newscrawl.dedup.revisions import ArticleVersion, is_newer_extractor
from newscrawl.text.fold import fold_letters

MIN_WORDS = 20
"""Shorter stored bodies are not checked."""
MAX_CUT_SHARE = 0.75
"""A prefix of the stored text with a smaller share of its words is cut off, not edited."""
HALF = 0.5
MAX_NEW_SHARE = 0.05
"""Share of new words up to which a version counts as having none."""
MIN_WHOLE_SHARE = 0.9
"""A version that looks truncated but has this share of the stored words is accepted."""

MIN_REPEATED_FETCHES = 3
MIN_REPEATED_TIME = timedelta(days=1)
"""A page that shows a rejected version for so many fetches and so long really says so."""


class Regression(StrEnum):
    """Why a version does not replace the stored one (`pages.reason`)."""

    TRUNCATED = "regression_truncated"
    HALF_BODY = "regression_half_body"
    HEADLINE = "regression_headline"
    OTHER_TEXT = "regression_other_text"


@dataclass(frozen=True, slots=True)
class RejectedVersion:
    """A rejected version, and how often its page has shown it."""

    content_hash: str
    fetches: int
    first_at: datetime


def detect_regression(
    stored: ArticleVersion, new: ArticleVersion, changed: Difference, *, is_correction: bool
) -> Regression | None:
    """Return why *new* must not replace *stored*; None if it may.

    *changed* is the difference between the bodies. A version that declares a correction or retraction
    (*is_correction*) is never a regression, however short it is.
    """
    if is_correction:
        return None
    if _lost_headline(stored, new):
        return Regression.HEADLINE
    if len(changed.old) < MIN_WORDS:
        return None
    if new.is_truncated and not stored.is_truncated and len(changed.new) < MIN_WHOLE_SHARE * len(changed.old):
        return Regression.TRUNCATED
    return _classify_shorter(changed, by_extractor=is_newer_extractor(stored, new))


def count_rejection(rejected: RejectedVersion | None, content_hash: str, at: datetime) -> RejectedVersion:
    """Count a fetch that showed a rejected version; if its text differs from the last one, the count restarts."""
    if rejected is None or rejected.content_hash != content_hash:
        return RejectedVersion(content_hash, 1, at)
    return RejectedVersion(content_hash, rejected.fetches + 1, rejected.first_at)


def is_insistent(rejected: RejectedVersion, at: datetime) -> bool:
    """Return whether a page has shown a rejected text often and long enough to accept it."""
    return rejected.fetches >= MIN_REPEATED_FETCHES and at - rejected.first_at >= MIN_REPEATED_TIME


def _lost_headline(stored: ArticleVersion, new: ArticleVersion) -> bool:
    """Return whether the headline was replaced by the name of the site."""
    names = {fold_letters(name) for name in (*_site_names(stored), *_site_names(new))}
    return fold_letters(new.headline) in names and fold_letters(stored.headline) not in names


def _site_names(version: ArticleVersion) -> Iterable[str]:
    if version.publisher:
        yield version.publisher
    if version.site:
        yield from (version.site, version.site.partition(".")[0])


def _classify_shorter(changed: Difference, *, by_extractor: bool) -> Regression | None:
    """Return why a shorter body is a regression. If a newer extractor only leaves text out, that is intended."""
    old, new = len(changed.old), len(changed.new)
    if new >= old:
        return None
    if new < HALF * old and changed.kept <= MAX_NEW_SHARE * new:
        return Regression.OTHER_TEXT
    has_nothing_new = new - changed.kept <= MAX_NEW_SHARE * new
    if by_extractor and has_nothing_new:
        return None
    if new < HALF * old or _is_cut_off(changed):
        return Regression.HALF_BODY
    return None


def _is_cut_off(changed: Difference) -> bool:
    """Return whether the new text is a prefix of the old one that ends in mid-sentence, in mid-word, or early."""
    old, new = len(changed.old), len(changed.new)
    if changed.common_prefix == new:
        return new < MAX_CUT_SHARE * old or not changed.old[new].opens
    return changed.common_prefix == new - 1 and changed.old[new - 1].text.startswith(changed.new[-1].text)
