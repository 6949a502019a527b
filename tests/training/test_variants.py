"""Variants of pages for training."""

from __future__ import annotations

import re
from random import Random

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.extraction.html.document import parse
from training.variants import SectionWriter, hash_names, insert_sections

OWN = [f"Paragraph {n} says what the council of the harbour decided on Tuesday." for n in range(3)]
OTHERS = [
    f"The lamp of lighthouse {n} went out on Monday. Nobody knows why, {n} people said. It burns again."
    for n in range(60)
]


def enrich(seed: int, *, widgets: float = 0.3) -> tuple[bytes, set[str]]:
    """Return an article with sections written from OTHERS, and the texts that belong to it beside its own."""
    from lxml import html

    paragraphs = "".join(f'<p class="text">{text}</p>' for text in OWN)
    document = parse(
        f"<html><body><article><h1>Harbour</h1>{paragraphs}</article><p>Imprint</p></body></html>".encode()
    )
    writer = SectionWriter(OTHERS, Random(seed), language="en", widgets=widgets)
    inserted = insert_sections(document.root, set(OWN), writer)
    assert inserted is not None
    return html.tostring(document.root), inserted


def test_names_become_hashes_that_are_equal_where_the_names_were() -> None:
    page = (
        b"""<div class="post-body wide"><p CLASS='post-body' id=first>Text</p><p data-class="post-body">x</p></div>"""
    )
    hashed = hash_names(page)
    names = re.findall(rb'(?i) (?:class|id)="([^"]*)"', hashed)
    assert len(names) == 3
    assert names[0].split()[0] == names[1]
    assert b"wide" not in hashed
    assert b"first" not in hashed
    assert hashed.count(b"post-body") == 1
    assert b'data-class="post-body"' in hashed


def test_the_text_and_other_attributes_of_a_page_stay() -> None:
    page = '<p title="class of 1999"><a href="/id/card">Grüße</a> from class and id</p>'.encode()
    assert hash_names(page) == page


def test_sections_stand_between_the_paragraphs_of_the_article() -> None:
    page, inserted = enrich(1)
    texts = [block.text for block in extract(page, "https://example.org/a", ExtractionRules()).blocks]
    assert [text for text in texts if text in OWN] == OWN
    assert inserted <= set(texts)
    assert texts[-1] == "Imprint"
    assert page.count(b'class="text"') > len(OWN)


def test_sections_have_lists_quotations_headings_and_tables_without_names() -> None:
    page = b"".join(enrich(seed)[0] for seed in range(5))
    assert {
        tag for tag in (b"ul", b"ol", b"blockquote", b"h2", b"table", b"strong") if b"<" + tag + b">" not in page
    } == set()
    assert set(re.findall(rb"class=\"([^\"]*)\"", page)) == {b"text"}


def test_links_and_labels_among_the_sections_do_not_belong_to_the_article() -> None:
    page, inserted = enrich(2, widgets=1)
    blocks = extract(page, "https://example.org/a", ExtractionRules()).blocks
    others = [block.text for block in blocks if block.text not in inserted and block.text not in OWN]
    assert page.count(b"<a href=") > 5
    assert len(others) > 10


def test_the_same_seed_writes_the_same_sections() -> None:
    assert enrich(3) == enrich(3)
    assert enrich(3) != enrich(4)


def test_a_page_without_paragraphs_of_the_article_stays_as_it_is() -> None:
    document = parse(b"<html><body><div>Text</div></body></html>")
    writer = SectionWriter(OTHERS, Random(1), language="en", widgets=0)
    assert insert_sections(document.root, {"Text"}, writer) is None
