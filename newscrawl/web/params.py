"""The types of parameters: what no database can hold is rejected before a query sees it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator

PREFIX = "/api/v1"
"""Of every JSON route."""
MAX_ID = 2**63 - 1
MAX_REVISION = 2**31 - 1
MAX_VALUE = 300
"""Characters of a filter."""


def check_text(text: str) -> str:
    """Return *text*. Raises ValueError for NUL, which PostgreSQL cannot hold, and surrogates, which no database can."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("it has a character that no text has (NUL, or half of a surrogate pair)")
    return text


ArticleId = Annotated[int, Path(ge=1, le=MAX_ID, description="id of the article", examples=[17])]
Revision = Annotated[int, Path(ge=1, le=MAX_REVISION, description="number of the version, from 1", examples=[1])]
SiteName = Annotated[
    str,
    AfterValidator(check_text),
    Path(max_length=255, description="name of the site: its domain", examples=["example.org"]),
]
After = Annotated[
    str | None,
    AfterValidator(lambda text: text if text is None else check_text(text)),
    Query(max_length=500, description="`next_cursor` of the page before; the link `next` has it already"),
]
