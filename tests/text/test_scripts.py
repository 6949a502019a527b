"""Character classes of scripts."""

from __future__ import annotations

import sys
import unicodedata

from newscrawl.text.scripts import DENSE_CHARACTER, UNSPACED_CHARACTER


def test_dense_and_unspaced_scripts_are_recognised():
    assert all(map(DENSE_CHARACTER.match, "灯あア등"))
    assert all(map(UNSPACED_CHARACTER.match, "灯あアไກကក"))
    assert not any(DENSE_CHARACTER.match(char) or UNSPACED_CHARACTER.match(char) for char in "aéяعא")
    assert UNSPACED_CHARACTER.match("등") is None
    assert unicodedata.name("등").startswith("HANGUL")


def test_han_kana_and_hangul_are_dense_up_to_unassigned_codes():
    names = {
        unicodedata.name(chr(code), "").partition(" ")[0]
        for code in range(sys.maxunicode + 1)
        if DENSE_CHARACTER.match(chr(code))
    }
    assert {"CJK", "HIRAGANA", "KATAKANA", "HANGUL"} <= names
    assert not {"LATIN", "CYRILLIC", "ARABIC", "THAI", "BOPOMOFO"} & names
