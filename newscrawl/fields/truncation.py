"""Is a text whole, or only its beginning? Pure; the words are in truncation.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from newscrawl.data_files import PLAIN_PATTERN, compiled, iter_tables, package_file
from newscrawl.evidence import Block

SHORT_BODY = 1_500
"""Characters of an article that has to be paid for, up to which only its beginning is shown."""
SMALL_SHARE = 0.6
"""Share of the stated number of words under which a text is cut."""
MIN_STATED = 100
MAX_WORD = 15
"""Characters a word on average, from which a text is in a script without spaces."""
LONG_PARAGRAPH = 80
NOTICES_LOOKED_AT = 12
KINDS = ("notice", "ending", "link")
MAX_NOTICE = 300
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]$")
"""Thai and its neighbours end sentences without a sign; Chinese and Japanese articles often end in a list."""


def is_truncated(blocks: Sequence[Block], *, is_free: bool | None, declared_words: str | None) -> bool | None:
    """Whether the page shows only a part of its article; None where there is no text.

    It does where far fewer words are there than the page states (`wordCount`), where the text stops in mid-sentence
    or with "…", where a notice behind it asks to pay or log in, and where a short text is declared not to be free.
    """
    kept = [block for block in blocks if block.kept]
    if not kept:
        return None
    size = sum(len(block.text) for block in kept)
    if is_free is False and size < SHORT_BODY:
        return True
    if _is_short_of(kept, declared_words) or _pattern("link").search(kept[-1].text.casefold()):
        return True
    # Long texts end without a full stop or in a box that asks for money, too, and are whole.
    return size < 2 * SHORT_BODY and (_stops(kept[-1]) or _has_notice(blocks))


def _is_short_of(kept: Sequence[Block], declared_words: str | None) -> bool:
    if (
        declared_words is None
        or not declared_words.isascii()
        or not declared_words.isdigit()
        or len(declared_words) > 6
    ):
        return False
    stated = int(declared_words)
    words = sum(len(block.text.split()) for block in kept)
    is_spaced = sum(len(block.text) for block in kept) < MAX_WORD * words
    return is_spaced and stated >= MIN_STATED and words < SMALL_SHARE * stated


def _stops(last: Block) -> bool:
    if _pattern("ending").search(last.text.casefold()):
        return True
    is_paragraph = last.tag in ("p", "div") and len(last.text) >= LONG_PARAGRAPH
    end = last.text[-1]
    return is_paragraph and (end.isalnum() or end in ",-–(") and not _UNSPACED.search(last.text)


def _has_notice(blocks: Sequence[Block]) -> bool:
    last = max(index for index, block in enumerate(blocks) if block.kept)
    behind = blocks[last + 1 : last + 1 + NOTICES_LOOKED_AT]
    return any(
        block.reason == "paywall-notice"
        or (len(block.text) <= MAX_NOTICE and _pattern("notice").search(block.text.casefold()))
        for block in behind
    )


def read_signs(text: str, file: str) -> dict[str, re.Pattern[str]]:
    """By kind (`notice`, `ending`, `link`) one pattern of all tables of a TOML text; *file* is only named in errors."""
    found: dict[str, list[str]] = {}
    for kind, table in iter_tables(text, file, dict.fromkeys(KINDS, PLAIN_PATTERN)):
        found.setdefault(kind, []).append(compiled(text, file, table).pattern)
    return {kind: re.compile("|".join(patterns)) for kind, patterns in found.items()}


def _pattern(kind: str) -> re.Pattern[str]:
    return _signs()[kind]


@lru_cache(maxsize=1)
def _signs() -> dict[str, re.Pattern[str]]:
    return read_signs(package_file("truncation.toml", "newscrawl.fields"), "truncation.toml")
