"""Decode and parse a response body into the one tree that links, metadata and body are read from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree
from w3lib.encoding import read_bom

from newscrawl.exceptions import NewscrawlError
from newscrawl.extraction.html.encoding import Decoded, to_utf8, transcode
from newscrawl.text.mojibake import fix_mojibake

MAX_ATTRIBUTES = 1_000
"""Per tag: parsing time is quadratic in the number of attributes of a tag."""
MIN_OVERSIZED_TAG = 2 * MAX_ATTRIBUTES
"""Bytes; a shorter tag cannot have too many attributes."""

MAX_TAGS = 250_000
"""Opening and closing tags of a page; the largest of 1,939 real pages has 22,000. Each takes up to 400 bytes, 6 µs."""
MIN_BINARY_SAMPLE = 64
"""Bytes needed for the share of control characters to be meaningful."""

_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r\f") + b"\x7f"
_IN_TEXT = bytes(code for code in range(256) if code >= 0x20 or code in b"\t\n\r\f\x0e\x0f\x1b")
"""All but the control characters; three of these belong to ISO-2022 encodings."""
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
_EMBED = re.compile(rb"<embed(?=[\s/>])", re.IGNORECASE)
_FOREIGN = re.compile(rb"<(svg|math)(?=[\s>])", re.IGNORECASE)
_FOREIGN_ENDS = {name: re.compile(rb"</%s\s*>" % name, re.IGNORECASE) for name in (b"svg", b"math")}
_FOREIGN_HTML = re.compile(rb"<(?:foreignobject|annotation-xml|desc)(?=[\s>])", re.IGNORECASE)
"""Elements in which SVG and MathML contain HTML."""
_BREAKOUT = re.compile(
    rb"<(?:p|div|h[1-6]|[uod]l|li|d[dt]|table|blockquote|center|pre|figure|img|hr|br|strong|em|b|i|span)(?=[\s/>])",
    re.IGNORECASE,
)
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
    Undecodable bytes are replaced, text that was encoded twice is fixed; NUL and other control characters are
    removed.
    Raises UnreadableDocument for binary or empty bodies, for too many tags, or attributes in one tag, to parse in
    bounded time and memory, and for elements that are nested deeper than libxml2 reads.
    """
    if _is_binary(body, content_type):
        raise UnreadableDocument("binary")
    decoded = _convert_to_utf8(body, content_type, fallback_encoding, url)
    data = fix_mojibake(decoded.data)
    if any(control in data for control in _CONTROLS):
        data = data.translate(None, _CONTROLS)
    if not data.strip():
        raise UnreadableDocument("empty")
    if data.count(b"<") > MAX_TAGS or _has_oversized_tag(data):
        raise UnreadableDocument("too_complex")
    root = _build_tree(_SURROGATES.sub(_join_surrogates, _fix_markup(data)))
    return Document(root, decoded.encoding, decoded.replaced, decoded.warning)


def _fix_markup(data: bytes) -> bytes:
    """Fix markup that libxml2 parses differently from browsers, so that it would lose the rest of an article."""
    match = _PAGE_END.search(data)
    if match is not None and data.find(b"<", match.end()) >= 0:
        # Whatever follows the end of the page belongs to it.
        data = data[: match.start()] + _PAGE_END.sub(b"", data[match.start() :])
    # An embed has no end tag. `param` has none for libxml2 either, and says nothing.
    return _close_foreign_elements(_EMBED.sub(b"<param", data))


def _close_foreign_elements(data: bytes) -> bytes:
    """Close each `svg` and `math` before the first HTML element, which ends it in a browser.

    https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign
    """
    parts, start = list[bytes](), 0
    end_tags: dict[bytes, int] = {}
    match = _FOREIGN.search(data)
    while match is not None:
        name = match[1].lower()
        if end_tags.get(name, 0) < match.end():
            end_tag = _FOREIGN_ENDS[name].search(data, match.end())
            end_tags[name] = len(data) if end_tag is None else end_tag.start()
        end = end_tags[name]
        html = _BREAKOUT.search(data, match.end(), end)
        if html is not None and _FOREIGN_HTML.search(data, match.end(), html.start()) is None:
            end = html.start()
            parts += (data[start:end], b"</%s>" % name)
            start = end
        match = _FOREIGN.search(data, end)
    return b"".join((*parts, data[start:])) if parts else data


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
    if parser.error_log.filter_from_fatals():
        # libxml2 stopped, as where elements are nested more than 2,048 deep; what follows is not in the tree.
        raise UnreadableDocument("too_complex")
    return root


def _is_binary(body: bytes, content_type: str | None) -> bool:
    if content_type and _BINARY_TYPE.match(content_type.strip()) and not _SVG_TYPE.match(content_type.strip()):
        return not body[:1024].lstrip().startswith(b"<")
    start = body[:1024]
    if start.startswith(_BINARY_START):
        return True
    # In the characters of UTF-16 any byte occurs.
    is_wide = "utf-16" in (content_type or "").lower()
    controls = b"\0" * start.count(b"\0") if is_wide else start.translate(None, _IN_TEXT)
    return (
        len(controls) * 20 > len(start) >= MIN_BINARY_SAMPLE
        and _detect_utf16_without_bom(start) is None
        and not start.startswith((b"\xff\xfe", b"\xfe\xff"))
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
    lower: bytes | None = None
    at = data.find(b"<")
    while at >= 0:
        near = data.rfind(b"<", at + 1, at + MIN_OVERSIZED_TAG)
        if near < 0:
            near = data.find(b"<", at + MIN_OVERSIZED_TAG)
            if _is_oversized_tag(data[at + 1 : near if near >= 0 else len(data)]):
                lower = data.lower() if lower is None else lower
                script = _find_script_end(lower, at)
                if script is None:
                    return True
                near = data.find(b"<", script)
        at = near
    return False


def _find_script_end(lower: bytes, at: int) -> int | None:
    """Return where the script around *at* ends; None if there is none, and a `<` begins a tag."""
    start = lower.rfind(b"<script", 0, at)
    if start < 0 or lower.rfind(b"</script", start, at) >= 0:
        return None
    end = lower.find(b"</script", at)
    return len(lower) if end < 0 else end


def _is_oversized_tag(part: bytes) -> bool:
    """Return whether *part*, the bytes between one `<` and the next, has too many attributes."""
    if len(part) < MIN_OVERSIZED_TAG or not part[:1].isalpha():
        return False
    end = part.find(b">")
    if 0 <= end < MIN_OVERSIZED_TAG and part.count(b'"', 0, end) % 2 == 0 and part.count(b"'", 0, end) % 2 == 0:
        return False
    names = _QUOTED.sub(b"", part).partition(b">")[0]
    return len(names.split()) > MAX_ATTRIBUTES
