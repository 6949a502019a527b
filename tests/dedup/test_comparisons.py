"""One comparison decides the same as its parts."""

from __future__ import annotations

import pytest

from newscrawl.dedup.comparisons import MAX_COMPARED_BODY, compare_versions
from newscrawl.dedup.differences import compare_words, split_words
from newscrawl.dedup.regressions import detect_regression
from newscrawl.dedup.revisions import ArticleVersion, declares_correction, label_revision
from newscrawl.dedup.shingles import compute_shingle_hashes

BODY = "\n\n".join(
    f"The council met on day {n} of May and voted for the bridge of ward {n}, said Anna Berger." for n in range(30)
)
CHANGES = {
    "typo": ("Bridge voted for", BODY.replace("day 3 of May and voted", "day 3 of May and votd")),
    "number": ("Bridge voted for", BODY.replace("ward 7,", "ward 71,")),
    "headline": ("Bridge for all wards", BODY),
    "update": (
        "Bridge voted for",
        BODY + "\n\nThe mayor has asked for a new vote after the summer, which is not certain.",
    ),
    "correction": ("Bridge voted for", BODY + "\n\nCorrection: An earlier version of this article misspelt a name."),
    "half": ("Bridge voted for", BODY[: len(BODY) // 3]),
    "other": ("Something else", " ".join(f"Nothing of that is here {n} times." for n in range(60))),
    "only headline": ("Bridge voted for", "Anna Berger"),
    "without spaces": ("橋", "市議会は新しい橋の建設を可決した。" * 20),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("version", [5, 6])
def test_comparison_is_that_of_its_parts(name: str, version: int) -> None:
    stored = ArticleVersion("Bridge voted for", BODY, "en", extractor_version=5)
    headline, body = CHANGES[name]
    new = ArticleVersion(headline, body, "en", extractor_version=version)
    found = compare_versions(stored, new)
    is_correction = declares_correction(stored, new)
    bodies = compare_words(split_words(BODY), split_words(body))
    assert found.regression is detect_regression(stored, new, bodies, is_correction=is_correction)
    assert found.is_re_extracted is (version == 6)
    texts = compare_words(split_words(f"{stored.headline}\n\n{BODY}"), split_words(f"{headline}\n\n{body}"))
    assert found.revision == (None if version == 6 else label_revision(new, texts, is_correction=is_correction))
    assert found.stored_shingle_hashes == compute_shingle_hashes(BODY)


def test_bodies_that_were_stored_without_a_limit_are_compared_in_part() -> None:
    huge = "word " * (MAX_COMPARED_BODY // 5 + 1000)
    found = compare_versions(ArticleVersion("A", huge), ArticleVersion("A", huge[:MAX_COMPARED_BODY]))
    assert found.regression is None
    assert found.revision is not None
    assert found.revision.size == 0
