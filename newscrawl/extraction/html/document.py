"""Decode and parse a response body into the one tree that links, metadata and body are read from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree
from w3lib.encoding import read_bom

from newscrawl.exceptions import NewscrawlError
from newscrawl.extraction.html.encoding import Decoded, to_utf8, transcode

MAX_ATTRIBUTES = 1_000
"""Per tag: parsing time is quadratic in the number of attributes of a tag."""
MIN_OVERSIZED_TAG = 2 * MAX_ATTRIBUTES
"""Bytes; a shorter tag cannot have too many attributes."""

MAX_AFTER_END = 1_000
"""Bytes that may follow the end of the page: comments of caches and counters."""

MIN_BINARY_SAMPLE = 64
"""Bytes needed for the share of NULs to be meaningful."""

_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r\f") + b"\x7f"
_BINARY_START = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x00\x00\x01\x00",
)
_BINARY_TYPE = re.compile(r"(image|audio|video|font)/|application/(pdf|zip|gzip|octet-stream|msword|vnd\.)", re.I)
_SVG_TYPE = re.compile(r"image/svg\+xml", re.IGNORECASE)
_PAGE_END = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_SURROGATE = rb"&#(?:[xX]0{0,4}[dD][89a-fA-F][0-9a-fA-F]{2}|0{0,4}5[5-7]\d{3});"
_SURROGATES = re.compile(rb"%s(?:%s)*" % (_SURROGATE, _SURROGATE))
"""Character references from U+D800 on; some systems write a character as the two halves of its UTF-16 form."""
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")


class UnreadableDocument(NewscrawlError):
    """The body is not a parseable HTML page; `reason` is `binary`, `empty` or `too_complex`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"cannot parse page: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page. All extractors share its tree and must not change it."""

    root: etree._Element
    encoding: str
    replaced: float = 0.0
    """Share of characters that could not be decoded, 0 to 1."""
    warning: str | None = None
    """Why the encoding is another one than declared; None if it is not."""


def parse(
    body: bytes, *, content_type: str | None = None, fallback_encoding: str | None = None, url: str = ""
) -> Document:
    """Decode and parse a page.

    The encoding is, in this order: that of the byte order mark, UTF-8 if the bytes are valid UTF-8 and not just
    ASCII, the one declared by the *content_type* header or a meta element unless the bytes contradict it,
    *fallback_encoding*, the one detected from the bytes, the declared language and the country in *url*.
    Undecodable bytes are replaced; NUL and other control characters are removed.
    Raises UnreadableDocument for binary or empty bodies and for tags with too many attributes to parse in
    bounded time.
    """
    if _is_binary(body, content_type):
        raise UnreadableDocument("binary")
    decoded = _convert_to_utf8(body, content_type, fallback_encoding, url)
    data = decoded.data
    if any(control in data for control in _CONTROLS):
        data = data.translate(None, _CONTROLS)
    if not data.strip():
        raise UnreadableDocument("empty")
    if _has_oversized_tag(data):
        raise UnreadableDocument("too_complex")
    root = _build_tree(_SURROGATES.sub(_join_surrogates, _remove_early_end_tags(data)))
    return Document(root, decoded.encoding, decoded.replaced, decoded.warning)


def _remove_early_end_tags(data: bytes) -> bytes:
    """Remove end tags of `html` and `body` that are followed by more of the page: the parser would drop the rest."""
    match = _PAGE_END.search(data)
    if match is None or len(data) - match.start() < MAX_AFTER_END:
        return data
    return _PAGE_END.sub(b"", data)


def _join_surrogates(match: re.Match[bytes]) -> bytes:
    """Return the characters of a run of references; surrogates without their other half are dropped."""
    references = match[0].lower().strip(b"&#;").split(b";&#")
    numbers = (int(one.lstrip(b"x"), 16 if one.startswith(b"x") else 10) for one in references)
    units = "".join(map(chr, numbers)).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "ignore").encode()


def _build_tree(data: bytes) -> etree._Element:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError("not enough memory to parse the page") from error
        raise UnreadableDocument("empty") from error
    if root is None:
        raise UnreadableDocument("empty")
    return root


def _is_binary(body: bytes, content_type: str | None) -> bool:
    if content_type and _BINARY_TYPE.match(content_type.strip()) and not _SVG_TYPE.match(content_type.strip()):
        return not body[:1024].lstrip().startswith(b"<")
    start = body[:1024]
    if start.startswith(_BINARY_START):
        return True
    return (
        b"\x00" in start
        and _detect_utf16_without_bom(start) is None
        and not start.startswith((b"\xff\xfe", b"\xfe\xff"))
        and (start.count(b"\x00") * 20 > len(start) >= MIN_BINARY_SAMPLE)
    )


def _convert_to_utf8(body: bytes, content_type: str | None, fallback: str | None, url: str) -> Decoded:
    mark, bom = read_bom(body)
    if mark is not None and bom is not None:
        return transcode(body.removeprefix(bom), mark)
    wide = _detect_utf16_without_bom(body[:1024])
    return to_utf8(body, content_type, fallback, url) if wide is None else transcode(body, wide)


def _detect_utf16_without_bom(start: bytes) -> str | None:
    sample = start[: len(start) // 2 * 2]
    if len(sample) < 16:
        return None
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    if odd * 10 > len(sample) * 4 and even * 20 < len(sample):
        return "utf-16-le"
    if even * 10 > len(sample) * 4 and odd * 20 < len(sample):
        return "utf-16-be"
    return None


def _has_oversized_tag(data: bytes) -> bool:
    """Return whether a tag has too many attributes to parse in bounded time; linear in the size of *data*."""
    at = data.find(b"<")
    while at >= 0:
        near = data.rfind(b"<", at + 1, at + MIN_OVERSIZED_TAG)
        if near < 0:
            near = data.find(b"<", at + MIN_OVERSIZED_TAG)
            if _is_oversized_tag(data[at + 1 : near if near >= 0 else len(data)]):
                return True
        at = near
    return False


def _is_oversized_tag(part: bytes) -> bool:
    """Return whether *part*, the bytes between one `<` and the next, has too many attributes."""
    if len(part) < MIN_OVERSIZED_TAG or not part[:1].isalpha():
        return False
    end = part.find(b">")
    if 0 <= end < MIN_OVERSIZED_TAG and part.count(b'"', 0, end) % 2 == 0 and part.count(b"'", 0, end) % 2 == 0:
        return False
    names = _QUOTED.sub(b"", part).partition(b">")[0]
    return len(names.split()) > MAX_ATTRIBUTES
