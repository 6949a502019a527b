"""Compare a new version of an article with the stored one: everything that is decided by looking at both texts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from newscrawl.dedup.differences import compare_words, split_words
from newscrawl.dedup.regressions import Regression, detect_regression
from newscrawl.dedup.revisions import ArticleVersion, Revision, declares_correction, is_re_extracted, label_revision
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
    """Compare two versions of an article. It takes 10 ms for an article of 800 words, seconds for the longest ones."""
    hashes = compute_shingle_hashes(stored.article_body)
    before, after = (replace(one, article_body=one.article_body[:MAX_COMPARED_BODY]) for one in (stored, new))
    old_words, new_words = split_words(before.article_body), split_words(after.article_body)
    is_correction, re_extracted = declares_correction(before, after), is_re_extracted(before, after)
    changed = compare_words(old_words, new_words)
    regression = detect_regression(before, after, changed, is_correction=is_correction)
    revision = None
    if not re_extracted:
        whole = compare_words(split_words(before.headline) + old_words, split_words(after.headline) + new_words)
        revision = label_revision(after, whole, is_correction=is_correction)
    return VersionComparison(regression, re_extracted, revision, hashes)
