"""Decide which encoding a page is in: the one it declares, or the one that its bytes and its language speak for."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from chardetng_py import EncodingDetector
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

from newscrawl.fields.languages import detect_language, find_country
from newscrawl.text.encodings import find_text_encoding
from newscrawl.urls.parse import get_url_host

FALLBACK_ENCODING = "cp1252"
MAX_DETECTED = 200_000
"""Bytes that are looked at to detect an encoding."""
MAX_DECLARED = 4_096
"""Bytes in which the declared language is looked for."""
MIN_RUNS = 0.6
"""Share of non-ASCII bytes beside another one, above which a text is not in the Latin script."""
MIN_HIGH = 20
"""Non-ASCII bytes needed to find a script other than Latin."""
MIN_LETTERS, MIN_DIFFERENT_LETTERS = 10, 3
"""Non-ASCII letters needed to find a Latin encoding without a hint."""
MAX_DIFFERENT = 0.2
"""Share of non-ASCII characters in which two encodings may differ and still count as the same."""
MAX_REPLACED = 0.01
"""Share of undecodable characters above which an encoding is wrong, 0 to 1."""
LATIN = frozenset({
    "cp1252", "cp1250", "cp1254", "cp1257", "cp1258", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-10", "iso8859-13",
    "iso8859-14", "iso8859-15", "iso8859-16", "latin_1", "ascii",
})  # fmt: skip
_STATEFUL = ("utf-7", "iso-2022", "iso2022", "hz", "utf-16", "utf-32", "utf_16", "utf_32")
_WIDE = ("utf-16", "utf-32", "utf_16", "utf_32")
_META = re.compile(rb"<meta\s[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_LANGUAGE = re.compile(
    rb"<html\s[^>]{0,500}?\blang\s*=\s*[\"']?\s*([a-z]{2,3}(?:[-_][a-z]{2,4})?)"
    rb"|<meta\s[^>]{0,100}?content-language[\"'\s]+content\s*=\s*[\"']?\s*([a-z]{2,3}(?:[-_][a-z]{2,4})?)",
    re.IGNORECASE,
)
_NO_LETTERS = bytes(range(0x80)) + "€…‘’“”•–—™\xa0£©«®°·»".encode(FALLBACK_ENCODING)
"""Bytes that are no letters in most Latin encodings."""
_LONG_TEXT = re.compile(r">([^<>{}]{80,})<")
_HIGH = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page in UTF-8."""

    data: bytes
    encoding: str
    """Python's name of the encoding that the page came in."""
    replaced: float = 0.0
    """Share of characters that could not be decoded, 0 to 1."""
    warning: str | None = None
    """Why the encoding is not the declared one; None if it is, or if the page is valid UTF-8."""


def to_utf8(body: bytes, content_type: str | None, fallback: str | None, url: str) -> Decoded:
    """Convert a page without byte order mark to UTF-8.

    Valid UTF-8 stays as it is, whatever is declared, and so does nearly valid UTF-8 if the page declares UTF-8,
    Latin-1 or nothing. A declared encoding that the bytes contradict, and a missing one unless *fallback* names it,
    gives way to the detected one.
    """
    header = http_content_type_encoding(content_type) if content_type else None
    declared = _accept(header, in_header=True) or _accept(html_body_declared_encoding(body), in_header=False)
    if declared is not None and declared.startswith(_WIDE) and b"\0" not in body[:MAX_DECLARED]:
        # Markup in these has NULs.
        declared = header = None
    if declared is not None and declared.startswith(_STATEFUL):
        return transcode(body, declared)
    if body.isascii():
        return Decoded(body, declared or "utf-8")
    if _is_utf8(body):
        return Decoded(body, "utf-8")
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    in_page = declared if header is None else _accept(html_body_declared_encoding(body), in_header=False)
    in_page = in_page or _find_late_declaration(body)
    if declared in (None, "utf-8") and in_page:
        declared = in_page
    if declared in (None, "utf-8", FALLBACK_ENCODING) and _count_high(text) >= 2 * bad:
        return Decoded(text.encode(), "utf-8", bad / len(text))
    return _decode_legacy(body, declared, fallback, url)


def _decode_legacy(body: bytes, declared: str | None, fallback: str | None, url: str) -> Decoded:
    """Decode a page that is not UTF-8."""
    if declared is None and (configured := resolve_encoding(fallback) if fallback else None):
        return transcode(body, configured)
    language = _find_language(body)
    if declared is None or declared == "utf-8":
        found = _detect(body, language, _get_country(url))
        says = "no encoding" if declared is None else "utf-8"
        return transcode(body, found, f"declares {says}, decoded as {found}")
    as_declared = transcode(body, declared)
    other = _find_contradicting(body, declared, as_declared, language)
    if other is None:
        return as_declared
    detected = transcode(body, other, f"declares {declared}, decoded as {other}")
    return as_declared if detected.replaced > as_declared.replaced else detected


def _find_contradicting(body: bytes, declared: str, as_declared: Decoded, language: str | None) -> str | None:
    """Return the encoding of a page if it is clearly not the *declared* one, else None."""
    if _is_latin(body):
        # Only a language that Latin-1 cannot write contradicts it.
        found = _guess(body, language) if declared == FALLBACK_ENCODING and language else declared
        return found if found != declared and found in LATIN and found == _guess(body, None) else None
    found = _guess(body, None)
    if found == declared or found in LATIN:
        return None
    if as_declared.replaced > MAX_REPLACED:
        return found
    return found if _are_different(as_declared.data.decode(), body.decode(found, "replace")) else None


def _detect(body: bytes, language: str | None, domain: str | None) -> str:
    """Return the most likely encoding of a page that declares none; *language* and *domain* are hints.

    Statistics tell the scripts and the East Asian encodings apart; which of the Latin encodings it is depends on the
    declared language, or else on the country of the site or the language of the text.
    """
    found = _guess(body, None)
    if found not in LATIN and not _is_latin(body):
        return found
    for hint in filter(None, (language, domain, _detect_country(body))):
        if (hinted := _guess(body, hint)) in LATIN:
            return hinted
    letters = body[:MAX_DETECTED].translate(None, _NO_LETTERS)
    is_sure = len(letters) >= MIN_LETTERS and len(set(letters)) >= MIN_DIFFERENT_LETTERS
    return found if is_sure and found in LATIN else FALLBACK_ENCODING


def _guess(body: bytes, hint: str | None) -> str:
    """Return what the detector takes the page for; *hint* is a top-level domain."""
    detector = EncodingDetector()
    detector.feed(body[:MAX_DETECTED], last=len(body) <= MAX_DETECTED)
    name = detector.guess(tld=hint.encode() if hint else None, allow_utf8=False)
    return resolve_encoding(name.removesuffix("-I")) or FALLBACK_ENCODING


def _is_latin(body: bytes) -> bool:
    """Return whether a page is in the Latin script, whose non-ASCII letters are rarely next to each other."""
    runs = [len(run) for run in _HIGH.findall(body[:MAX_DETECTED])]
    return sum(runs) < MIN_HIGH or sum(length for length in runs if length > 1) < MIN_RUNS * sum(runs)


def _find_language(body: bytes) -> str | None:
    """Return the hint of the language that a page declares; None for English, which many templates leave there."""
    match = _LANGUAGE.search(body[:MAX_DECLARED])
    return find_country((match[1] or match[2]).decode()) if match else None


def _detect_country(body: bytes) -> str | None:
    """Return the hint of the language that the long texts of a page are in."""
    texts = _LONG_TEXT.findall(body[:MAX_DETECTED].decode(FALLBACK_ENCODING, "replace"))
    language = detect_language(" ".join(texts))
    return find_country(language) if language else None


def _get_country(url: str) -> str | None:
    """Return the top-level domain of a URL if it is that of a country."""
    label = get_url_host(url).rpartition(".")[2]
    return label if len(label) == 2 and label.isascii() and label.isalpha() else None


def _are_different(one: str, other: str) -> bool:
    pairs = [(a, b) for a, b in zip(one, other, strict=False) if a > "\x7f" or b > "\x7f"]
    return sum(a != b for a, b in pairs) > MAX_DIFFERENT * len(pairs)


def _accept(name: str | None, *, in_header: bool) -> str | None:
    """Return a declared encoding unless it cannot be meant.

    A meta element that can be read is neither in UTF-16 nor in UTF-32.
    """
    found = find_text_encoding(name)
    return None if found is None or (not in_header and found.startswith(("utf-16", "utf-32"))) else found


def _find_late_declaration(body: bytes) -> str | None:
    """Return the encoding in a meta element behind the first 4,096 bytes, which are all that the standard reads."""
    match = _META.search(_COMMENT.sub(b"", body) if b"<!--" in body else body)
    return _accept(resolve_encoding(match[1].decode()), in_header=False) if match else None


def _count_high(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def transcode(body: bytes, encoding: str, warning: str | None = None) -> Decoded:
    """Convert a page from *encoding* to UTF-8, or from windows-1252 if there is no such encoding."""
    try:
        codecs.lookup(encoding)
        text = body.decode(encoding, "replace")
    except (LookupError, UnicodeError):
        encoding, text = FALLBACK_ENCODING, body.decode(FALLBACK_ENCODING, "replace")
    replaced = text.count("\ufffd") / len(text) if text else 0.0
    return Decoded(text.encode("utf-8", "replace"), encoding, replaced, warning)
