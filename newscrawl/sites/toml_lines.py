"""Where in a TOML file a key stands; tomllib does not say."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"""\s*("?)([\w.-]+)\1\s*=""")


def find_line(toml: str, table: str, key: str) -> int:
    """Return the 1-based line on which *key* of *table* ("" for the top) is written; 1 where it is not found."""
    current = ""
    for number, line in enumerate(toml.splitlines(), 1):
        if header := _HEADER.match(line):
            current = header[1]
            if not table and current == key:
                return number
        elif (found := _KEY.match(line)) and current == table and found[2].split(".")[0] == key:
            return number
    return 1
