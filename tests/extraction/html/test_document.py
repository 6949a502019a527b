"""Decode and parse bytes, whatever encoding they declare."""

from __future__ import annotations

import pytest

from newscrawl.extraction.html.document import Document, UnreadableDocument, parse

TEXT = "Ä sentence with ñ, € and “quotes”"


def get_text(document: Document) -> str:
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
def test_text_is_decoded_in_its_real_encoding(body: bytes, content_type: str, fallback: str, encoding: str) -> None:
    document = parse(body, content_type=content_type, fallback_encoding=fallback)
    assert get_text(document) == TEXT
    assert document.encoding == encoding
    assert document.replaced == 0


def test_the_encoding_of_the_site_file_is_used_if_the_page_declares_none() -> None:
    document = parse("Новости дня".encode("koi8-r"), fallback_encoding="koi8-r")
    assert get_text(document) == "Новости дня"


def test_the_header_takes_precedence_over_the_meta_element() -> None:
    body = b"<meta charset=iso-8859-5>" + "Новости".encode("windows-1251")
    assert get_text(parse(body, content_type="text/html; charset=windows-1251")) == "Новости"


@pytest.mark.parametrize("name", ["bogus-8", "utf-7", "", "\"'", "x" * 500, "none", "base64", "zip", "rot13"])
def test_an_unknown_or_unsafe_declared_encoding_is_ignored(name: str) -> None:
    body = f"<meta charset='{name}'><p>Caf\xe9</p>".encode("latin-1")
    assert get_text(parse(body, content_type=f"text/html; charset={name}")) == "Café"


def test_undecodable_bytes_are_replaced_and_counted() -> None:
    document = parse(b"<meta charset=euc-jp>abc \xff\xff def")
    assert "abc" in get_text(document)
    assert document.replaced > 0


def test_control_characters_are_removed() -> None:
    assert get_text(parse(b"<p>a\x00b\x01c\x1fd\x7fe\tf</p>")) == "abcde\tf"


def test_text_after_an_early_end_tag_is_kept() -> None:
    page = b"<html><body><p>above</p></body></html>\n<div><p>" + b"below " * 400 + b"</p></div></body></html>"
    assert get_text(parse(page)).split() == ["above", *["below"] * 400]


@pytest.mark.parametrize(
    "between",
    [
        b"</body></html>",
        b'<embed src="film.swf">',
        b"<EMBED src=film.swf/>",
        b'<svg viewBox="0 0 9 9"><path d="M0 0">',
        b"<svg><g><SVG><circle r=1></g>",
        b"<math><mi>x",
    ],
)
def test_text_after_a_tag_that_is_never_closed_is_kept(between: bytes) -> None:
    assert get_path(b"<p>above</p>" + between + b"<p>below</p>") == ["html", "body"]


@pytest.mark.parametrize(
    "drawing",
    [
        b"<svg><text>left</text></svg>",
        b"<svg><text>left</text><p>out</p></svg>",
        b"<svg><foreignObject><div>label</div></foreignObject></svg>",
        b"<svg><path d='M0 0'/></svg><svg><path d='M1 1'/></svg>",
        b"<math><annotation-xml><p>x</p></annotation-xml></math>",
        b"<script>var a = '<svg>';</script>",
    ],
)
def test_text_after_a_drawing_is_not_in_it(drawing: bytes) -> None:
    assert get_path(b"<p>above</p>" + drawing + b"<p>below</p>") == ["html", "body"]


def test_html_inside_a_drawing_stays_there() -> None:
    root = parse(b"<svg><foreignObject><div>label</div></foreignObject></svg>").root
    [label] = root.iter("div")
    assert [one.tag for one in label.iterancestors()][:2] == ["foreignobject", "svg"]


def get_path(page: bytes) -> list[str]:
    """Return the tags around the last paragraph, the outermost first."""
    *_, last = parse(page).root.iter("p")
    assert last.text == "below"
    return [str(one.tag) for one in last.iterancestors()][::-1]


@pytest.mark.parametrize("tag", [b"div", b"b", b"ul><li", b"table><tr><td"])
def test_a_page_nested_deeper_than_can_be_read_is_not_read_in_part(tag: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="too_complex"):
        parse(b"<p>above</p>" + (b"<" + tag + b">") * 3_000 + b"<p>below</p>")


def test_a_comparison_in_a_script_is_no_tag_with_many_attributes() -> None:
    script = b"<SCRIPT>for (i = 0; i<length; i++) { " + b"a = b + c ; " * 500 + b"}</SCRIPT>"
    assert get_text(parse(b"<p>above</p>" + script * 3 + b"<p>below</p>")).endswith("below")
    with pytest.raises(UnreadableDocument, match="too_complex"):
        parse(script + b"<div " + b"a b c d " * 500 + b">")


def test_a_page_nested_a_thousand_deep_keeps_its_text() -> None:
    assert get_text(parse(b"<div>" * 1000 + b"deep" + b"</div>" * 1000)) == "deep"


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", None, "empty"),
        (b"  \n\x00 ", None, "empty"),
        (b"<!-- only a remark -->", None, "empty"),
        (b"%PDF-1.7 ...", None, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), None, "binary"),
        (bytes(range(256)) * 4, "image/jpeg", "binary"),
        (bytes(range(256)) * 20, None, "binary"),
        (b"\x01\x02\x03\x04abcdefghij" * 50, "text/html", "binary"),
        (b"\x01\x00\x00\x00\x02\x00\x00\x00abc" * 50, None, "binary"),
        (b"<div " + b" ".join(b"a%d=1" % n for n in range(5000)) + b">", None, "too_complex"),
        (b"<div " + b"a " * 5000 + b">", None, "too_complex"),
        (b'<div x=">" ' + b"a='>' " * 5000 + b">", None, "too_complex"),
    ],
)
def test_bodies_that_cannot_be_parsed_raise_with_a_reason(body: bytes, content_type: str | None, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as error:
        parse(body, content_type=content_type)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    "body",
    [
        b"<p>one control \x01 among words</p>" * 9,
        b"<p>\t\r\n\f tabs and line ends</p>" * 9,
        "<p>東京の市議会</p>".encode("iso-2022-jp") * 20,
        "<p>서울</p>".encode("iso-2022-kr") * 20,
        "<p>Ä</p>".encode("utf-16") * 20,
        "<p>Ä</p>".encode("utf-16-be") * 20,
        b"<p>\x00a\x00</p>" * 3,
    ],
)
def test_controls_in_a_text_do_not_make_it_binary(body: bytes) -> None:
    assert parse(body).root is not None


@pytest.mark.parametrize("header", ["utf-16", "utf-16le", "UTF-16BE", "utf-32"])
def test_markup_without_nul_is_not_in_the_wide_encoding_that_its_header_declares(header: str) -> None:
    document = parse(f"<p>{TEXT}</p>".encode(), content_type=f"text/html; charset={header}")
    assert (get_text(document), document.encoding) == (TEXT, "utf-8")


def test_wide_encoding_of_the_header_is_used_where_there_are_nuls() -> None:
    body = ("東京の市議会は" * 5 + "<p>").encode("utf-16-le")
    assert "東京" in get_text(parse(body, content_type="text/html; charset=utf-16le"))


@pytest.mark.parametrize("body", [b"<p data-x='" + b"a b=c " * 50_000 + b"'>x", b"<script>" + b"a = b; " * 50_000])
def test_long_attribute_values_and_scripts_are_not_too_complex(body: bytes) -> None:
    assert parse(body).root is not None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("up &#55357;&#56960;!", "up \U0001f680!"),
        ("&#xD83D;&#xDC1F;&#xd83c;&#xdf0a;", "\U0001f41f\U0001f30a"),
        ("&#x0D83E;&#56832; mixed", "\U0001fa00 mixed"),
        ("lone &#55357; and &#xDC1F; halves", "lone  and  halves"),
        ("&#55203; &#xD7A3; 힣", "힣 힣 힣"),
        ("&#128640; &#x1F680; &amp;#55357;", "\U0001f680 \U0001f680 &#55357;"),
        ("&#5555; &#57344;", "ᖳ \ue000"),
    ],
)
def test_characters_written_as_two_surrogate_references_are_joined(markup: str, text: str) -> None:
    assert get_text(parse(f"<p>{markup}</p>".encode())) == text
