"""Split image captions from photo credits. The words that introduce a credit are in captions.toml."""

from __future__ import annotations

import re
from functools import lru_cache

from newscrawl.data_files import PLAIN_PATTERN, compile_pattern, iter_tables, package_file

MAX_CREDIT = 200
"""Characters at the end of a caption that are searched for a credit."""


def split_caption(text: str) -> tuple[str | None, str | None]:
    """Return caption and credit: "The tower at dusk. Photo: Ann Lee" gives "The tower at dusk." and "Ann Lee"."""
    start = max(0, len(text) - MAX_CREDIT)
    for pattern in _patterns():
        if match := pattern.search(text, start):
            caption, credit = text[: match.start()], match.group("credit")
            if text[match.start()] in '.!?”"»。':
                caption += text[match.start()]
            return caption.strip(" ,;|(–—-[") or None, credit.strip(" .,;|()（）[]–—-") or None
    return text or None, None


def read_credits(text: str, file: str) -> tuple[re.Pattern[str], ...]:
    """Compile the `[[credit]]` tables of a TOML text; *file* is used in error messages only."""
    tables = iter_tables(text, file, {"credit": PLAIN_PATTERN})
    return tuple(compile_pattern(text, file, table, re.IGNORECASE) for _, table in tables)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    return read_credits(package_file("captions.toml", "newscrawl.fields"), "captions.toml")
