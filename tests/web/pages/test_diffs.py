from __future__ import annotations

from newscrawl.dedup.word_diff import diff_words
from newscrawl.web.pages.diffs import Paragraph, fold_unchanged, split_paragraphs


def get_texts(old: str, new: str) -> list[list[tuple[str, str]]]:
    return [[(str(run.kind), run.text) for run in one.runs] for one in split_paragraphs(diff_words(old, new).runs)]


def test_a_changed_word_is_marked_in_its_paragraph() -> None:
    assert get_texts("One here.\n\nTwo is 12.", "One here.\n\nTwo is 15.") == [
        [("equal", "One here.")],
        [("equal", "Two is "), ("delete", "12"), ("insert", "15"), ("equal", ".")],
    ]


def test_an_added_paragraph_stands_alone() -> None:
    found = get_texts("First one.\n\nLast one.", "First one.\n\nQuite new text.\n\nLast one.")
    assert [("insert", "Quite new text.")] in found
    assert len(found) == 3


def test_no_text_is_lost() -> None:
    old, new = "a b\n\nc d\n\ne", "a x b\n\nq\n\ne f"
    runs = [run for one in split_paragraphs(diff_words(old, new).runs) for run in one.runs]
    kept = "".join(run.text for run in runs if run.kind != "insert")
    assert "".join(kept.split()) == "".join(old.split())


def test_paragraphs_far_from_a_change_are_folded() -> None:
    paragraphs = [f"Paragraph {number} as it was." for number in range(9)]
    new = [*paragraphs[:7], "Paragraph 7 as it is.", *paragraphs[8:]]
    groups = fold_unchanged(split_paragraphs(diff_words("\n\n".join(paragraphs), "\n\n".join(new)).runs))
    assert [(len(group.paragraphs), group.is_folded) for group in groups] == [(6, True), (3, False)]


def test_a_text_without_any_change_is_folded_whole() -> None:
    runs = diff_words("a\n\nb\n\nc", "a\n\nb\n\nc").runs
    groups = fold_unchanged(split_paragraphs(runs))
    assert [group.is_folded for group in groups] == [True]
    assert not any(isinstance(one, Paragraph) and one.has_changes for one in groups[0].paragraphs)
