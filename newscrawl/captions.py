"""What an image's caption shows, and whose image it is. What begins a credit: captions.toml."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

LONGEST_CREDIT = 200
"""Characters at the end of a caption in which a credit is looked for."""


def split_caption(text: str) -> tuple[str | None, str | None]:
    """Caption and credit: "The tower at dusk. Photo: Ann Lee" gives "The tower at dusk." and "Ann Lee"."""
    start = max(0, len(text) - LONGEST_CREDIT)
    for pattern in _patterns():
        if match := pattern.search(text, start):
            caption, credit = text[: match.start()], match.group("credit")
            if text[match.start()] in '.!?”"»。':
                caption += text[match.start()]
            return caption.strip(" ,;|(–—-[") or None, credit.strip(" .,;|()（）[]–—-") or None
    return text or None, None


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    tables = tomllib.loads(files("newscrawl").joinpath("captions.toml").read_text(encoding="utf-8"))["credit"]
    return tuple(re.compile(table["pattern"], re.IGNORECASE) for table in tables)
