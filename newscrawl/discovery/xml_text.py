"""Turn the bytes of a feed or sitemap into XML that a parser accepts. Pure.

XML parsers stop at the first error, and feeds and sitemaps have many: text before the XML declaration, a wrong
encoding, HTML entities, bare ampersands, control characters. What is repaired here costs at most its own entry.
No DTD is ever processed: it is cut off with its internal subset, so that nothing is expanded and nothing is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from itertools import zip_longest
from typing import Final

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

from newscrawl.text.encodings import find_text_encoding
from newscrawl.text.references import unescape

_UTF16: Final = (
    (re.compile(rb"(?:[\t\n\r -~]\0){2}"), "utf-16-le"),
    (re.compile(rb"(?:\0[\t\n\r -~]){2}"), "utf-16-be"),
)
_ESCAPE_SEQUENCE = b"\x1b"
"""In ISO-2022 encodings, whose text is ASCII otherwise."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+")

_DOCTYPE = re.compile(
    r"""<!DOCTYPE(?>[^"'\[<>]++|"[^"]*"|'[^']*')*+
    (?:\[(?><!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|"[^"]*"|'[^']*'|[^\]"'<]++|<)*+\]\s*+)?+>""",
    re.I | re.S | re.X,
)
_START = re.compile(
    r"<\?.*?(?:\?>|\Z)|<!--.*?(?:-->|\Z)|<!(DOCTYPE)\s|<(?:[\w.-]+:)?(rss|feed|rdf|urlset|sitemapindex|html)(?=[\s/>])",
    re.I | re.S,
)
_ANY_TAG = re.compile(r"\s*<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_LONG_TAG = re.compile(r"<[A-Za-z/][^<>]{65536}")

_SECTION = "<![CDATA["
_LAST_TAG = re.compile(r"<([\w.:-]+)[^<>]*>\s*\Z")
_LITERAL = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))", re.S)
"""Where references are text: sections of character data and comments."""
_NUMBERS = re.compile(r"(?:&#(?:[xX][0-9A-Fa-f]{1,20}|[0-9]{1,20});)+")
_NUMBER = re.compile(r"&#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));")
_OTHER_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,31};))?")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_MARKUP_CHARACTERS = re.compile("[&<>\"']")


MIN_NARROWED = 16 * 1024 * 1024
"""Bytes of a document from which emoji and the like are replaced by U+FFFD: one of them doubles the size of a text."""
_ASTRAL = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True, slots=True)
class XmlText:
    """A document from its root element on, without XML declaration and DOCTYPE."""

    root: str
    """Local name of the root element in lower case; "" if the text is not XML."""
    text: str

    @property
    def rejection(self) -> str | None:
        """Why the document must not be parsed, or None."""
        if self.root == "html":
            return "it is an HTML page"
        if _LONG_TAG.search(self.text):
            return "it has a tag of more than 65536 bytes"
        return None


def read_xml(body: bytes, content_type: str | None = None) -> XmlText:
    """Return the decoded document with all references resolved that XML itself does not know."""
    if len(body) >= MIN_NARROWED:
        body = _ASTRAL.sub(b"\xef\xbf\xbd", body)
    text = _NOT_XML.sub("", decode(body, content_type))
    root, start = _find_root(text)
    return XmlText(root, resolve_references(_close_sections(text[start:])) if root else text)


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return *body* as text.

    The encoding is, in this order: that of the byte order mark, UTF-16 by its NUL bytes, UTF-8 where the bytes are
    (nearly) valid UTF-8, whatever is declared; the one of the *content_type* header, the XML declaration's,
    windows-1252.
    """
    encoding = read_bom(body)[0] or next((name for start, name in _UTF16 if start.match(body)), None)
    if encoding is None and _ESCAPE_SEQUENCE not in body:
        text = body.decode("utf-8", "replace")
        wrong = text.count("\ufffd")
        if not wrong or 2 * wrong <= len(text) - len(text.encode("ascii", "ignore")):
            return text.removeprefix("\ufeff")
    elif encoding is not None:
        return body.decode(encoding, "replace").removeprefix("\ufeff")
    declared = map(find_text_encoding, (http_content_type_encoding(content_type), html_body_declared_encoding(body)))
    # One that is declared in ASCII is not UTF-16 or UTF-32.
    possible = (name for name in declared if name and not name.startswith(("utf-16", "utf-32")))
    return to_unicode(body, next(possible, "cp1252")).removeprefix("\ufeff")


def _find_root(text: str) -> tuple[str, int]:
    """Return the name of the root element and where it starts; ("", 0) for text that is not XML.

    Whatever else stands before the root element is skipped: warnings of a server, blank lines, a DOCTYPE.
    """
    at, is_first_doctype = 0, True
    while match := _START.search(text, at):
        if match[2]:
            return match[2].lower(), match.start()
        doctype = _DOCTYPE.match(text, match.start()) if match[1] and is_first_doctype else None
        is_first_doctype &= not match[1]
        at = doctype.end() if doctype else match.end()
    match = _ANY_TAG.match(text, at) or _ANY_TAG.match(text)
    return (match[1].lower(), match.start()) if match else ("", 0)


def resolve_references(text: str) -> str:
    """Return XML *text* in which all references are valid: those of HTML resolved, bare ampersands escaped.

    Numbers that form a surrogate pair are one character; numbers that are no character become U+FFFD or nothing.
    """
    if "&" not in text:
        return text
    parts = _LITERAL.split(text) if "<!" in text else [text]
    parts[::2] = (_OTHER_REFERENCE.sub(_resolve_name, _NUMBERS.sub(_resolve_numbers, part)) for part in parts[::2])
    return "".join(parts)


def unescape_text(text: str) -> str:
    """Return plain *text* without references, as HTML resolves them, and with surrogate pairs as one character."""
    return unescape(_NUMBERS.sub(lambda match: _decode_numbers(match[0]), text)) if "&" in text else text


def _close_sections(text: str) -> str:
    """Return *text* with sections of character data closed that swallow the next one: at the end of their element."""
    if text.count(_SECTION) <= text.count("]]>"):
        return text
    pieces = text.split(_SECTION)
    for number, piece in enumerate(pieces[1:], 1):
        element = _LAST_TAG.search(pieces[number - 1][-200:])
        if "]]>" not in piece and element:
            pieces[number] = re.sub(f"(?=</{re.escape(element[1])}[\\s>])", "]]>", piece, count=1)
    return _SECTION.join(pieces)


def _resolve_numbers(match: re.Match[str]) -> str:
    return _MARKUP_CHARACTERS.sub(lambda one: _MARKUP[one[0]], _decode_numbers(match[0]))


def _decode_numbers(references: str) -> str:
    """Return the text of one or more numeric references."""
    numbers = (int(one[1], 16) if one[1] else int(one[2]) for one in _NUMBER.finditer(references))
    text = "".join(chr(number) if 0xD800 <= number < 0xE000 else unescape(f"&#{number};") for number in numbers)
    return _NOT_XML.sub("", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _resolve_name(match: re.Match[str]) -> str:
    character = html5.get(match[1] or "")
    if character is None:
        return f"&amp;{match[1] or ''}"
    return _MARKUP_CHARACTERS.sub(lambda one: _MARKUP[one[0]], character)


def iter_entries(text: str, names: str) -> Iterator[str]:
    """Yield the elements called *names* (`item|entry`) one by one, each up to its end tag.

    For documents whose markup is broken somewhere: an entry that lacks its end tag ends where the next one starts; the
    last one is then omitted, because it may be cut off.
    """
    pattern = rf"<(?:[\w.-]+:)?({names})(?=[\s>])[^>]*>(?>(?!</?(?:[\w.-]+:)?(?:{names})[\s>]).)*+(</[\w.:-]+\s*>)?"
    entries = list(re.finditer(pattern, text, re.I | re.S))
    for entry, following in zip_longest(entries, entries[1:]):
        if entry[2]:
            yield entry[0]
        elif following is not None:
            yield f"{entry[0]}</{entry[0][1:].split(None, 1)[0].partition('>')[0]}>"
