"""Hints for mistyped names."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def suggest(name: str, known: Sequence[str]) -> str:
    """Return "did you mean 'feeds'?" with the nearest known name, else "known: feeds, sitemaps"."""
    by_lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f"did you mean {by_lower[near[0]]!r}?" if near else f"known: {', '.join(known) or 'none'}"
