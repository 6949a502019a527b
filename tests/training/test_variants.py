"""Variants of pages for training."""

from __future__ import annotations

import re

from training.variants import hash_names


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
