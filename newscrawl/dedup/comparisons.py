"""Compare a new version of an article with the stored one: everything that is decided by looking at both texts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from newscrawl.dedup.regressions import Regression, detect_regression
from newscrawl.dedup.revisions import ArticleVersion, Revision, is_re_extracted, label_revision
from newscrawl.dedup.shingles import compute_shingle_hashes

MAX_COMPARED_BODY = 1_000_000
"""Characters of each body; longer ones were stored before bodies were cut."""


@dataclass(frozen=True, slots=True)
class VersionComparison:
    """How a new version of an article differs from the stored one."""

    regression: Regression | None
    """Why the new version must not replace the stored one, None if it may."""
    is_re_extracted: bool
    revision: Revision | None
    """None if the text differs because of a newer extractor."""
    stored_shingle_hashes: tuple[int, ...]
    """Those by which the stored version is indexed."""


def compare_versions(stored: ArticleVersion, new: ArticleVersion) -> VersionComparison:
    """Compare two versions of an article. It takes 20 ms for an article of 800 words, seconds for the longest ones."""
    hashes = compute_shingle_hashes(stored.article_body)
    before, after = (replace(one, article_body=one.article_body[:MAX_COMPARED_BODY]) for one in (stored, new))
    re_extracted = is_re_extracted(before, after)
    revision = None if re_extracted else label_revision(before, after)
    return VersionComparison(detect_regression(before, after), re_extracted, revision, hashes)
