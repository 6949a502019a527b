"""Resolve the character references of HTML."""

from __future__ import annotations

import html
import re

_TOO_LONG = re.compile(r"&#[0-9]{1000,};?")


def unescape(text: str) -> str:
    """Return *text* with its references resolved as in HTML; one to no character becomes U+FFFD, however long it is.

    `html.unescape` raises ValueError for a number of more than 4,300 digits.
    """
    return html.unescape(_TOO_LONG.sub("\ufffd", text) if len(text) > 1000 else text)
