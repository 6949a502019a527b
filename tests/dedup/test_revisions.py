"""Labels of revisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.data_files import DataFileError, package_file
from newscrawl.dedup.comparisons import compare_versions
from newscrawl.dedup.revisions import ArticleVersion, Label, Revision, is_re_extracted, read_vocabulary

HEADLINE = "Council votes for a new bridge"
BODY = (
    "The town council voted on Tuesday for a new bridge over the river, which is to cost 12 million euros.\n\n"
    "Mayor Anna Berger said that the old bridge could not be repaired. Its pillars have been closed to lorries since "
    "the flood of 2019, and buses have to take the way through the suburb of Neudorf.\n\n"
    "Work is to begin in spring and to take two years. A group of residents wants to go to court because the new "
    "bridge would stand nearer to their houses than the old one."
)
PARAGRAPH = (
    "The group's lawyer told reporters that a suit would be filed within the month, and that a stop of the works "
    "would be asked for until the court has decided about the noise."
)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def revise(stored: ArticleVersion, new: ArticleVersion) -> Revision:
    revision = compare_versions(stored, new).revision
    assert revision is not None
    return revision


def label(body: str, *, headline: str = HEADLINE, old: str = BODY, language: str = "en") -> Label:
    stored = ArticleVersion(HEADLINE, old, in_language=language)
    return revise(stored, ArticleVersion(headline, body, in_language=language)).label


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("repaired", "repared"),
        ("because the", "becuase the"),
        ("would stand", "would would stand"),
        ("a new bridge over", "anew bridge over"),
        ("to court", "to a court"),
        ("Berger said", "Bergr said"),
        ("said that", "said said that"),
        ("not be", "not not be"),
        ("old one.", "old one!"),
        ("suburb of Neudorf", "suburb, of Neudorf"),
    ],
)
def test_a_letter_punctuation_or_a_repeated_word_is_a_typo(old: str, new: str) -> None:
    edited = BODY.replace(old, new, 1)
    assert edited != BODY
    assert label(edited) is Label.TYPO
    assert label(BODY, old=edited) is Label.TYPO


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12 million", "15 million"),
        ("Anna Berger", "Maria Lindner"),
        ("on Tuesday", "on Wednesday"),
        ("could not be", "could be"),
        ("flood of 2019", "flood of 2018"),
        ("Mayor Anna Berger", "Mayor Berger"),
    ],
)
def test_another_number_name_or_negation_is_a_correction(old: str, new: str) -> None:
    assert label(BODY.replace(old, new)) is Label.CORRECTION


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("en", "Correction: The bridge costs 15 million euros, not 12 million."),
        ("en", "CORRECTION (Nov. 22): The bridge costs 15 million euros."),
        ("en", "This article was amended on 22 November 2026 to say who pays for the bridge."),
        ("en", "An earlier version of this story said that the bridge was closed."),
        ("de", "Korrektur: Die Brücke kostet 15 Millionen Euro."),
        ("de", "In einer früheren Version dieses Artikels stand, die Brücke sei gesperrt."),
        ("fr", "Rectificatif : le pont coûtera 15 millions d’euros."),
        ("fr", "Une version précédente de cet article indiquait un autre prix."),
        ("es", "Fe de errores: el puente costará 15 millones de euros."),
        ("it", "Errata corrige: il ponte costerà 15 milioni di euro."),
        ("pt", "Uma versão anterior deste texto informava outro preço."),
        ("nl", "Rectificatie: de brug kost 15 miljoen euro."),
        ("pl", "Sprostowanie: most będzie kosztował 15 milionów euro."),
        ("ru", "Исправление: мост обойдётся в 15 миллионов евро."),
        ("sv", "Rättelse: bron kostar 15 miljoner euro."),
        ("fi", "Oikaisu 22.11.: silta maksaa 15 miljoonaa euroa."),
        ("ja", "訂正：橋の費用は1500万ユーロです。"),
        ("ar", "تصحيح: تبلغ تكلفة الجسر 15 مليون يورو."),
    ],
)
def test_a_declared_correction_is_recognised_in_any_language(language: str, note: str) -> None:
    assert label(f"{BODY}\n\n{note}", language=language) is Label.CORRECTION
    assert label(f"{note}\n\n{BODY}", language=language) is Label.CORRECTION


def test_a_correction_that_was_declared_before_does_not_count_again() -> None:
    note = "\n\nCorrection: The bridge costs 12 million euros."
    assert label(BODY + note + "\n\n" + PARAGRAPH, old=BODY + note) is Label.UPDATE


@pytest.mark.parametrize(
    "words",
    [
        "Analysts expect a market correction in spring, after a year of rising prices for steel and for concrete.",
        "Corrections officers have to take the way through the suburb, too, and asked for a ferry.",
        "The article of the constitution that was amended in 1998 leaves such works to the towns alone.",
    ],
)
def test_prose_about_corrections_declares_none(words: str) -> None:
    assert label(f"{BODY}\n\n{words}") is Label.UPDATE


def test_a_new_paragraph_is_an_update() -> None:
    assert label(f"{BODY}\n\n{PARAGRAPH}") is Label.UPDATE
    assert label(f"{PARAGRAPH}\n\n{BODY}") is Label.UPDATE
    assert label(BODY.replace("Work is", f"{PARAGRAPH}\n\nWork is")) is Label.UPDATE


def test_a_text_that_grew_to_three_times_its_length_is_an_update() -> None:
    grown = "\n\n".join([PARAGRAPH.replace("month", f"month {n}").replace("lawyer", f"aide {n}") for n in range(9)])
    assert label(f"{BODY}\n\n{grown}") is Label.UPDATE


def test_a_removed_line_of_names_is_an_update() -> None:
    assert label(BODY, old=f"{BODY}\n\nAnna Berger") is Label.UPDATE


def test_a_new_headline_is_an_update_and_a_spelling_fix_in_it_a_typo() -> None:
    assert label(BODY, headline="Bridge comes after long quarrel") is Label.UPDATE
    assert label(BODY, headline="Council vote for a new bridge") is Label.TYPO


def test_a_text_that_kept_next_to_nothing_is_a_rewrite() -> None:
    other = "\n\n".join([PARAGRAPH, PARAGRAPH.replace("lawyer", "speaker"), BODY.split("\n\n")[0]])
    assert label(other) is Label.REWRITE


def test_a_revision_has_a_size() -> None:
    stored = ArticleVersion(HEADLINE, BODY)
    typo = revise(stored, ArticleVersion(HEADLINE, BODY.replace("repaired", "repared")))
    update = revise(stored, ArticleVersion(HEADLINE, f"{BODY}\n\n{PARAGRAPH}"))
    rewrite = revise(stored, ArticleVersion("Another headline stands here", PARAGRAPH))
    assert 0 < typo.size < 0.02 < update.size < 0.3 < 0.9 < rewrite.size <= 1


def test_a_new_text_by_a_newer_extractor_is_re_extracted_unless_the_page_was_modified() -> None:
    stored = ArticleVersion(HEADLINE, BODY, extractor_version=2, date_modified=NOW)
    assert is_re_extracted(stored, ArticleVersion(HEADLINE, PARAGRAPH, extractor_version=3, date_modified=NOW))
    assert is_re_extracted(stored, ArticleVersion(HEADLINE, PARAGRAPH, extractor_version=3))
    later = NOW + timedelta(hours=1)
    assert not is_re_extracted(stored, ArticleVersion(HEADLINE, PARAGRAPH, extractor_version=3, date_modified=later))
    assert not is_re_extracted(stored, ArticleVersion(HEADLINE, PARAGRAPH, extractor_version=2))
    assert not is_re_extracted(ArticleVersion(HEADLINE, BODY), ArticleVersion(HEADLINE, PARAGRAPH, extractor_version=3))


def test_errors_in_the_vocabulary_name_file_line_and_rule() -> None:
    text = package_file("revisions.toml", "newscrawl.dedup")
    assert read_vocabulary(text, "revisions.toml").negations["en"] >= {"not", "never"}
    with pytest.raises(DataFileError, match=r"x\.toml:1: unknown key 'titel'; did you mean"):
        read_vocabulary("titel = 1", "x.toml")
    with pytest.raises(DataFileError, match="invalid pattern of 'a'"):
        read_vocabulary("[[sentence]]\nid = 'a'\nwhy = 'b'\n[sentence.patterns]\nen = '('", "x.toml")
