"""Write documents and queries for SQLite's FTS5."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping

from newscrawl.search.document import ALL, SearchDocument
from newscrawl.search.expression import Expression, Leaf, Phrase

COLUMNS = ("headline", "description", "authors", "body", "facets")
"""The columns of `search_index`."""


def join_fields(document: SearchDocument) -> dict[str, str]:
    """Return the text of each column."""
    return {name: " ".join(tokens) for name, tokens in zip(COLUMNS, document.fields(), strict=True)}


def pack(document: SearchDocument) -> bytes:
    """Return the text of all columns, compressed; FTS5 needs it to remove the document."""
    return zlib.compress("\n".join(join_fields(document).values()).encode(), 1)


def unpack(terms: bytes) -> Mapping[str, str]:
    """Return the text of each column."""
    return dict(zip(COLUMNS, unpack_lines(terms).split("\n"), strict=True))


def unpack_lines(terms: bytes) -> str:
    """Return the text of all columns, a line each."""
    return zlib.decompress(terms).decode()


def format_match(expression: Expression, *, in_headline: bool = False) -> str:
    """Return *expression* for MATCH; with *in_headline* one of its words has to stand in the headline."""
    groups = [_join(group) for group in (*expression.words, *expression.facets)] or [f'"{ALL}"']
    if in_headline:
        groups.append(f"({{headline}} : {_join(expression.leaves)})")
    wanted = " AND ".join(groups)
    return f"({wanted}) NOT {_join(expression.excluded)}" if expression.excluded else wanted


def _join(leaves: Iterable[Leaf]) -> str:
    phrases = dict.fromkeys(_format_phrase(phrase) for leaf in leaves for phrase in leaf)
    return f"({' OR '.join(phrases)})"


def _format_phrase(phrase: Phrase) -> str:
    quoted = " ".join(phrase.tokens).replace('"', '""')
    return f'"{quoted}"{" *" if phrase.is_prefix else ""}'
