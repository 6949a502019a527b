"""Bytes become one tree, whatever they declare."""

from __future__ import annotations

import pytest

from newscrawl.extraction.html.document import Document, UnreadableDocument, parse

TEXT = "Ä sentence with ñ, € and “quotes”"


def text_of(document: Document) -> str:
    return "".join(str(part) for part in document.root.itertext()).strip()


@pytest.mark.parametrize(
    ("body", "content_type", "fallback", "encoding"),
    [
        (TEXT.encode(), None, None, "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=latin-1", None, "utf-8"),
        (TEXT.encode("utf-16"), None, None, "utf-16-le"),
        (TEXT.encode("utf-16-le"), None, None, "utf-16-le"),
        (TEXT.encode("cp1252"), None, None, "cp1252"),
        (TEXT.encode("cp1252"), "text/html; charset=ISO-8859-1", None, "cp1252"),
        (b"<meta charset=windows-1252>" + TEXT.encode("cp1252"), None, None, "cp1252"),
        (TEXT.encode(), "text/html; charset=windows-1251", None, "utf-8"),
    ],
)
def test_the_text_survives_its_encoding(body: bytes, content_type: str, fallback: str, encoding: str) -> None:
    document = parse(body, content_type=content_type, fallback_encoding=fallback)
    assert text_of(document) == TEXT
    assert document.encoding == encoding
    assert document.replaced == 0


def test_the_sites_encoding_is_taken_where_none_is_declared() -> None:
    document = parse("Новости дня".encode("koi8-r"), fallback_encoding="koi8-r")
    assert text_of(document) == "Новости дня"


def test_a_header_wins_over_the_meta_element() -> None:
    body = b"<meta charset=iso-8859-5>" + "Новости".encode("windows-1251")
    assert text_of(parse(body, content_type="text/html; charset=windows-1251")) == "Новости"


@pytest.mark.parametrize("name", ["bogus-8", "utf-7", "", "\"'", "x" * 500, "none", "base64", "zip", "rot13"])
def test_a_bogus_declared_encoding_is_tolerated(name: str) -> None:
    body = f"<meta charset='{name}'><p>Caf\xe9</p>".encode("latin-1")
    assert text_of(parse(body, content_type=f"text/html; charset={name}")) == "Café"


def test_unreadable_bytes_are_replaced_and_counted() -> None:
    document = parse(b"<meta charset=euc-jp>abc \xff\xff def")
    assert "abc" in text_of(document)
    assert document.replaced > 0


def test_controls_and_nul_are_taken_out() -> None:
    assert text_of(parse(b"<p>a\x00b\x01c\x1fd\x7fe\tf</p>")) == "abcde\tf"


def test_what_follows_an_early_end_of_the_page_is_read() -> None:
    page = b"<html><body><p>above</p></body></html>\n<div><p>" + b"below " * 400 + b"</p></div></body></html>"
    assert text_of(parse(page)).split() == ["above", *["below"] * 400]


def test_a_page_nested_a_thousand_deep_keeps_its_text() -> None:
    assert text_of(parse(b"<div>" * 1000 + b"deep" + b"</div>" * 1000)) == "deep"


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", None, "empty"),
        (b"  \n\x00 ", None, "empty"),
        (b"<!-- only a remark -->", None, "empty"),
        (b"%PDF-1.7 ...", None, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), None, "binary"),
        (bytes(range(256)) * 4, "image/jpeg", "binary"),
        (b"\x01\x00\x00\x00\x02\x00\x00\x00abc" * 50, None, "binary"),
        (b"<div " + b" ".join(b"a%d=1" % n for n in range(5000)) + b">", None, "too_complex"),
        (b"<div " + b"a " * 5000 + b">", None, "too_complex"),
        (b'<div x=">" ' + b"a='>' " * 5000 + b">", None, "too_complex"),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(body: bytes, content_type: str | None, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        parse(body, content_type=content_type)
    assert refused.value.reason == reason


@pytest.mark.parametrize("body", [b"<p data-x='" + b"a b=c " * 50_000 + b"'>x", b"<script>" + b"a = b; " * 50_000])
def test_long_attributes_and_scripts_are_no_monsters(body: bytes) -> None:
    assert parse(body).root is not None
