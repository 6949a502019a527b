"""Detect truncated articles. The phrases are in truncation.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from newscrawl.data_files import PLAIN_PATTERN, compile_pattern, iter_tables, package_file
from newscrawl.evidence import Block
from newscrawl.text.numbers import parse_whole_number
from newscrawl.text.scripts import HANGUL, KANA_TO_HAN, SOUTHEAST_ASIAN

MAX_PREVIEW = 1_500
"""A shorter text of a paid article is only its preview."""
MIN_SHARE = 0.6
"""A text with a smaller share of the declared number of words is truncated."""
MIN_DECLARED = 100
MAX_WORD = 15
"""Characters per word, on average, from which a text is in a script without spaces."""
MIN_PARAGRAPH = 80
MAX_NOTICES = 12
"""Blocks after the text that are checked for a notice."""
KINDS = ("notice", "ending", "link")
MAX_NOTICE = 300
_UNSPACED = re.compile(f"[{SOUTHEAST_ASIAN}{KANA_TO_HAN}{HANGUL}]$")
"""Thai and its neighbours do not end sentences with punctuation; Chinese and Japanese articles often end in a list."""


def is_truncated(blocks: Sequence[Block], *, is_free: bool | None, declared_words: str | None) -> bool | None:
    """Return whether the page shows only a part of its article; None if it has no text.

    It does if it has far fewer words than declared (`wordCount`), if the text stops in mid-sentence or with "…", if a
    notice after it asks to pay or log in, or if it is short and declared as not free.
    """
    kept = [block for block in blocks if block.kept]
    if not kept:
        return None
    size = sum(len(block.text) for block in kept)
    if is_free is False and size < MAX_PREVIEW:
        return True
    if _has_too_few_words(kept, declared_words) or _pattern("link").search(kept[-1].text.casefold()):
        return True
    # Complete long texts, too, may end without a full stop or with an appeal for money.
    return size < 2 * MAX_PREVIEW and (_stops_early(kept[-1]) or _has_notice(blocks))


def _has_too_few_words(kept: Sequence[Block], declared_words: str | None) -> bool:
    declared = parse_whole_number(declared_words or "", max_digits=6)
    if declared is None:
        return False
    words = sum(len(block.text.split()) for block in kept)
    is_spaced = sum(len(block.text) for block in kept) < MAX_WORD * words
    return is_spaced and declared >= MIN_DECLARED and words < MIN_SHARE * declared


def _stops_early(last: Block) -> bool:
    if _pattern("ending").search(last.text.casefold()):
        return True
    is_paragraph = last.tag in ("p", "div") and len(last.text) >= MIN_PARAGRAPH
    end = last.text[-1]
    return is_paragraph and (end.isalnum() or end in ",-–(") and not _UNSPACED.search(last.text)


def _has_notice(blocks: Sequence[Block]) -> bool:
    last = max(index for index, block in enumerate(blocks) if block.kept)
    following = blocks[last + 1 : last + 1 + MAX_NOTICES]
    return any(
        block.reason == "paywall-notice"
        or (len(block.text) <= MAX_NOTICE and _pattern("notice").search(block.text.casefold()))
        for block in following
    )


def read_truncation_patterns(text: str, file: str) -> dict[str, re.Pattern[str]]:
    """Compile the tables of a TOML text to one pattern by kind (`notice`, `ending`, `link`); *file* is for errors."""
    found: dict[str, list[str]] = {}
    for kind, table in iter_tables(text, file, dict.fromkeys(KINDS, PLAIN_PATTERN)):
        found.setdefault(kind, []).append(compile_pattern(text, file, table).pattern)
    return {kind: re.compile("|".join(patterns)) for kind, patterns in found.items()}


def _pattern(kind: str) -> re.Pattern[str]:
    return _patterns()[kind]


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    return read_truncation_patterns(package_file("truncation.toml", "newscrawl.fields"), "truncation.toml")
