"""Parse the values that meta elements and JSON-LD carry: keyword lists, URLs and booleans."""

from __future__ import annotations

from newscrawl.text.clean import clean_line
from newscrawl.urls.parse import join, split_any

MAX_KEYWORD = 100
MAX_URL = 2048
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def split_keywords(text: str) -> list[str]:
    """Split a list of keywords at its commas, or at semicolons if it has no comma."""
    parts = text.split(";") if ";" in text and "," not in text else text.split(",")
    return [part for part in (clean_line(part).strip(" #\"'") for part in parts) if 0 < len(part) <= MAX_KEYWORD]


def absolute_url(text: str, base: str) -> str | None:
    """Resolve *text* against *base*; None unless the result is an http(s) URL of at most 2,048 characters."""
    url = join(base, clean_line(text))
    # The path says nothing here, and without it most URLs of a page are split only once.
    parts = split_any("/".join(url.split("/", 3)[:3]))
    return url if parts.scheme in ("http", "https") and parts.hostname and len(url) <= MAX_URL else None


def parse_boolean(text: str) -> bool | None:
    """Parse a boolean ("true", "https://schema.org/False", "0"); None for anything else."""
    return _BOOLEANS.get(clean_line(text).casefold().rpartition("/")[2])
