"""Read the blocks of a body that a page declares as data: plain text, HTML, or HTML that was escaped."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from newscrawl.evidence import Block
from newscrawl.extraction.body.classify import classify_blocks
from newscrawl.extraction.body.rules import BodyHints
from newscrawl.extraction.html.document import UnreadableDocument, parse
from newscrawl.extraction.html.scan import scan_dom
from newscrawl.text.clean import split_paragraphs
from newscrawl.text.references import unescape

MAX_ESCAPES = 2
"""How often markup may have been escaped."""
_BLOCK_NAMES = "p|br|div|h[1-6]|ul|ol|li|blockquote|section|article|figure|table|pre|hr"
_INLINE_NAMES = "a|b|i|em|strong|u|s|span|small|sub|sup|mark|code|q|cite|abbr|font|img"
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK_NAMES})(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_ANY_TAG = re.compile(rf"</?(?:{_BLOCK_NAMES}|{_INLINE_NAMES})(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(rf"&(?:amp;){{0,2}}lt;/?(?:{_BLOCK_NAMES})\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<(?:p|div|li)\b", re.IGNORECASE)
_BREAKS = re.compile(r"(?:<br\s*/?>\s*){2,}", re.IGNORECASE)


def read_markup(text: str, reason: str, hints: BodyHints | None = None) -> list[Block]:
    """Return the blocks of a declared body; *reason* is that of the blocks that are kept.

    The rules for blocks apply to HTML; all paragraphs of plain text are kept.
    """
    html = to_html(text)
    if html is None:
        return [Block(part, "p", True, reason) for part in split_paragraphs(_unescape_entities(text))]
    try:
        root = parse(f"<html><body>{html}</body></html>".encode("utf-8", "replace")).root
    except UnreadableDocument:
        return [Block(part, "p", True, reason) for part in split_paragraphs(_ANY_TAG.sub(" ", html))]
    scan = scan_dom(root, {}, {root: reason})
    blocks = classify_blocks(scan, hints or BodyHints()).blocks
    return [replace(block, reason=reason) if block.kept else block for block in blocks]


def to_html(text: str) -> str | None:
    """Return *text* as HTML in which elements separate the paragraphs, or None if it is plain text."""
    for _ in range(MAX_ESCAPES):
        if not _ESCAPED_TAG.search(text) or _BLOCK_TAG.search(text):
            break
        text = unescape(text)
    if _ANY_TAG.search(text) is None:
        return None
    if _BLOCK_TAG.search(text) is None:
        return "".join(f"<p>{part}</p>" for part in split_paragraphs(text))
    if _PARAGRAPH.search(text) is None and _BREAKS.search(text) is None:
        return _BREAK.sub("<br><br>", text)
    return text


def escape_text(text: str) -> str:
    """Return plain *text* as HTML: one `p` for each paragraph."""
    return "".join(f"<p>{escape(part, quote=False)}</p>" for part in split_paragraphs(_unescape_entities(text)))


def _unescape_entities(text: str) -> str:
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text
