"""Rule files: lines of keys."""

from __future__ import annotations

import pytest

from newscrawl.data_files import find_line

TOML = """name = "x"
[[rule]]
id = "a"
lines.en = ["b"]
"quoted" = 1
[names.en]
name = 3
"""


@pytest.mark.parametrize(
    "key, table, line",
    [
        ("name", None, 1),
        ("name", "", 1),
        ("name", "names.en", 7),
        ("rule", None, 2),
        ("rule", "", 2),
        ("lines", None, 4),
        ("lines", "rule", 4),
        ("lines", "", 1),
        ("quoted", None, 5),
        ("names", None, 6),
        ("en", None, 6),
        ("missing", None, 1),
    ],
)
def test_a_key_is_found_in_its_table(key: str, table: str | None, line: int) -> None:
    assert find_line(TOML, key, table) == line
