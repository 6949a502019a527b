"""Encodings are those that pages can be in."""

from __future__ import annotations

import pytest

from newscrawl.text.encodings import find_text_encoding


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("utf-8", "utf-8"),
        ("UTF8", "utf-8"),
        ("latin1", "cp1252"),
        ("iso-8859-1", "cp1252"),
        ("gb2312", "gb18030"),
        ("Shift_JIS", "cp932"),
        ("euc-kr", "cp949"),
        ("windows-1251", "cp1251"),
        ("utf-16", "utf-16"),
        ("iso-2022-jp", "iso2022_jp"),
    ],
)
def test_encodings_of_texts_are_found(name: str, found: str) -> None:
    assert find_text_encoding(name) == found


@pytest.mark.parametrize(
    "name",
    [
        *(None, "", "bogus", "hex", "base64", "rot13", "zlib", "idna", "punycode", "undefined", "unicode_escape"),
        *("utf-7", "\0"),
    ],
)
def test_anything_else_is_none(name: str | None) -> None:
    assert find_text_encoding(name) is None
