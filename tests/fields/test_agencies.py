"""Credited news agencies."""

from __future__ import annotations

import pytest

from newscrawl.data_files import DataFileError
from newscrawl.evidence import Evidence
from newscrawl.fields.agencies import agencies, find_credited_agency, read_agencies, set_source_organization
from newscrawl.items import Article


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("LONDON (Reuters) – The bank said on Monday that it would close.", "Reuters"),
        ("WASHINGTON, May 5 (Reuters) - The bank said that it would close.", "Reuters"),
        ("Berlin (dpa/lni) - Die Bank schließt.", "dpa"),
        ("NEW YORK (AP) — The bank said that it would close.", "Associated Press"),
        ("MOSCOW, May 5. /TASS/. The bank will close.", "TASS"),
        ("AFP – La banque va fermer.", "AFP"),
        ("The bank will close.\n\nNobody was told. (dpa)", "dpa"),
        ("The bank will close.\n\nNobody was told. — AFP", "AFP"),
        ("The bank will close.\n\nFuente: EFE", "EFE"),
        ("The bank will close.\n\n(ANSA).", "ANSA"),
        ("The bank will close.\n\nRead more tomorrow.", None),
        ("The bank will close, Reuters reported on Monday.\n\nNobody was told, dpa learnt.", None),
        ("Pupils sit Advanced Placement (AP) classes in May.\n\nSchools offer many.", None),
        ("The ap is new.\n\nIt costs nothing. (ap)", None),
        (None, None),
    ],
)
def test_an_agency_is_credited_by_a_dateline_or_a_credit_line(text: str | None, agency: str | None) -> None:
    assert find_credited_agency(text) == agency


def get_credit(article: Article, **evidence: str) -> tuple[str | None, str | None]:
    sources: dict[str, str] = {"authors": "meta"}
    set_source_organization(article, {name: [Evidence(value, "json-ld")] for name, value in evidence.items()}, sources)
    return article.source_organization, sources.get("source_organization")


def test_a_declared_organisation_takes_precedence_over_byline_and_text() -> None:
    article = Article(authors=["AFP"], article_body="LONDON (Reuters) – The bank closes.")
    assert get_credit(article, source_organization="Deutsche Presse-Agentur") == ("dpa", "json-ld")
    assert get_credit(article) == ("AFP", "meta")
    assert get_credit(Article(article_body=article.article_body)) == ("Reuters", "text")


def test_a_declared_organisation_is_kept_if_it_is_not_a_known_agency() -> None:
    assert get_credit(Article(), source_organization="The Example Wire") == ("The Example Wire", "json-ld")


def test_a_publisher_is_not_credited_for_its_own_articles() -> None:
    assert get_credit(Article(publisher="Example News"), source_organization="example news") == (None, None)


def test_a_credit_text_counts_if_it_names_an_agency() -> None:
    assert get_credit(Article(), credit_text="Ann Lee / Example") == (None, None)
    assert get_credit(Article(), credit_text="Reuters") == ("Reuters", "json-ld")


def test_there_are_over_forty_bundled_agencies() -> None:
    assert len(set(agencies().by_name.values()) | set(agencies().by_abbreviation.values())) > 40


def test_an_unknown_key_is_reported_with_its_line() -> None:
    with pytest.raises(DataFileError, match=":5: unknown key 'abbreviation'"):
        read_agencies(
            '[[agency]]\nid = "a"\nwhy = "b"\nnames = ["c"]\nabbreviation = ["d"]\nname = "c"\n', "agencies.toml"
        )


@pytest.mark.parametrize(
    ("credit", "agency"),
    [("(APA, 16.4.2012)", "APA"), ("(dpa, 2012-04-16)", "dpa"), ("(APA, 3 Fotos)", None), ("(Lee, 16.4.2012)", None)],
)
def test_a_credit_may_have_the_day_of_the_report(credit: str, agency: str | None) -> None:
    assert find_credited_agency(f"The lamp was lit.\n\nThe mayor came. {credit}") == agency


def test_an_agency_in_the_text_is_the_author_of_a_page_that_names_nobody() -> None:
    nobody, somebody = Article(article_body="The mayor came. (APA)"), Article(article_body="The mayor came. (APA)")
    somebody.authors = ["Ann Lee"]
    for article in (nobody, somebody):
        set_source_organization(article, {}, {})
    assert nobody.authors == ["APA"]
    assert somebody.authors == ["Ann Lee"]
