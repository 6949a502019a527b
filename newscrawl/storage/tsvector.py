"""Write documents and queries in the text formats of PostgreSQL's `tsvector` and `tsquery`."""

from __future__ import annotations

from newscrawl.search.document import SearchDocument
from newscrawl.search.expression import Expression, Leaf, Phrase

HEADLINE = "^"
"""First character of a second copy of the words of the headline: GIN does not store weights."""
_GAP = 5
"""Positions between fields, so that no phrase reaches from one to the next."""
_MAX_POSITION = 16_383
_MAX_POSITIONS = 250
"""PostgreSQL keeps 255 of a token."""


def format_tsvector(document: SearchDocument) -> str:
    """Return *document* as a `tsvector`: headline with weight A, description B, authors C, body D."""
    places: dict[str, list[str]] = {}
    position = 0
    fields = zip(document.fields(), ("A", "B", "C", "", ""), strict=True)
    for number, (tokens, weight) in enumerate(fields):
        for token in tokens:
            position = min(position + 1, _MAX_POSITION)
            for name in (token, HEADLINE + token) if number == 0 else (token,):
                found = places.setdefault(name, [])
                if len(found) < _MAX_POSITIONS:
                    found.append(f"{position}{weight}")
        position += _GAP
    return " ".join(f"{_quote(token)}:{','.join(found)}" for token, found in places.items())


def format_tsquery(expression: Expression, *, in_headline: bool = False) -> str:
    """Return *expression* as a `tsquery`; with *in_headline* one of its words has to stand in the headline."""
    groups = [_join(group) for group in (*expression.words, *expression.facets)]
    groups += [f"!{_join([leaf])}" for leaf in expression.excluded]
    if in_headline:
        groups.append(_join(expression.leaves, HEADLINE))
    return " & ".join(groups)


def _join(leaves: tuple[Leaf, ...] | list[Leaf], start: str = "") -> str:
    phrases = dict.fromkeys(_format_phrase(phrase, start) for leaf in leaves for phrase in leaf)
    return f"({' | '.join(phrases)})"


def _format_phrase(phrase: Phrase, start: str) -> str:
    tokens = [_quote(start + token) for token in phrase.tokens]
    if phrase.is_prefix:
        tokens[-1] += ":*"
    joined = " <-> ".join(tokens)
    return f"({joined})" if len(tokens) > 1 else joined


def _quote(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
