"""Generate docs/fields.md from the comments in newscrawl/storage/comments.toml: `python -m docs.generate_fields`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Table

from newscrawl.storage import schema, views
from newscrawl.storage.comments import load_comments

TARGET = Path(__file__).with_name("fields.md")
WIDTH = 120
INTRODUCTION = """\
# Every column

Each entry gives the format first, then the edge cases. `NULL` means unknown; there are no empty strings. Article fields
have the names of schema.org's NewsArticle in snake_case. [schema.md](schema.md) explains how the tables fit together.
The views come first: most queries need nothing else. In PostgreSQL, `\\d+ articles_current` shows the same text.

<!-- Generated from newscrawl/storage/comments.toml by `python -m docs.generate_fields`; change it there. -->
"""


def render() -> str:
    """Return the text of docs/fields.md."""
    comments = load_comments()
    ours = {**views.metadata.tables, **schema.metadata.tables}
    names = [*comments, *(name for name in ours if name not in comments)]
    return INTRODUCTION + "".join(_render_table(ours[name]) for name in names)


def _render_table(table: Table) -> str:
    comments = load_comments().get(table.name, {})
    introduction = "\n".join(_wrap(comments.get("") or table.comment or ""))
    rows = "".join(f"| {names} | {comment} |\n" for names, comment in _iter_rows(table))
    return f"\n## {table.name}\n\n{introduction}\n\n| column | content |\n| --- | --- |\n{rows}"


def _iter_rows(table: Table) -> Iterator[tuple[str, str]]:
    """Yield names and comment of columns; those that a view has from `articles` come last."""
    listed: set[str] = set()
    for key, comment in load_comments().get(table.name, {}).items():
        names = [name for name in key.split(", ") if name]
        listed.update(names)
        if names:
            yield _join(names), comment
    others = [column for column in table.columns if column.name not in listed]
    if table.metadata is views.metadata:
        if others:
            yield _join([column.name for column in others]), "as in `articles`"
        return
    for column in others:
        yield f"`{column.name}`", column.comment or ""


def _join(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _wrap(text: str) -> Iterator[str]:
    """Yield the lines of a paragraph; links are not broken."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > WIDTH:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
