"""What the head states, with its source."""

from __future__ import annotations

from newscrawl.extraction.document import parse
from newscrawl.extraction.evidence import LONGEST_VALUE, MOST_VALUES, EvidenceBook
from newscrawl.extraction.metadata import read_metadata, stating


def read(head: str) -> EvidenceBook:
    book = EvidenceBook()
    root = parse(f"<html lang='de'><head>{head}</head><body><p>x</p></body></html>".encode()).root
    read_metadata(root, stating(root), book)
    return book


def test_opengraph_comes_before_other_meta_elements() -> None:
    book = read("<meta name='twitter:title' content='T'><meta property='og:title' content='O'>")
    assert [(e.value, e.source) for e in book.evidence["headline"]] == [("O", "opengraph"), ("T", "meta")]


def test_names_are_read_in_any_case_and_attribute() -> None:
    book = read(
        "<meta NAME='Article:Published_Time' content='2024-02-06'><meta itemprop='dateModified' content='2024-02-07'>"
    )
    assert book.all("date_published") == ["2024-02-06"]
    assert book.all("date_modified") == ["2024-02-07"]


def test_language_canonical_link_and_title_are_read() -> None:
    book = read("<link rel='Canonical' href='/a'><meta property='og:url' content='/b'><title>A  title</title>")
    assert book.all("canonical_url") == ["/a", "/b"]
    assert book.first("in_language") == "de"
    assert book.first("page_title") == "A title"


def test_values_are_bounded_in_length_and_number() -> None:
    many = "".join(f"<meta property='article:tag' content='t{n}'>" for n in range(2 * MOST_VALUES))
    book = read(many + f"<meta name=description content='{'x' * (LONGEST_VALUE + 1)}'>")
    assert len(book.all("keywords")) == MOST_VALUES
    assert not book.all("description")


def test_an_author_in_microdata_is_read() -> None:
    assert read("<meta itemprop='author' content='Ann Lee'>").all("authors") == ["Ann Lee"]
