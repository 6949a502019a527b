"""What is searched for, as parameters of an address: the query language, and a filter for each field."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query
from pydantic import AfterValidator, BeforeValidator

from newscrawl.search.query import MAX_LENGTH, Filter, InvalidQuery, SearchQuery, parse_query
from newscrawl.web.params import MAX_ID, MAX_VALUE, check_text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _check_day(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("expected a day as YYYY-MM-DD")
    return value


def _check(text: str | None) -> str | None:
    return None if text is None else check_text(text)


Value = Annotated[str | None, AfterValidator(_check)]
Day = Annotated[date | None, BeforeValidator(_check_day)]


class Search:
    """The parameters of a search, as given and as a query."""

    def __init__(
        self,
        q: Annotated[
            Value,
            Query(
                max_length=MAX_LENGTH,
                description='words, "phrases", -not, prefix*, OR, and `site:`, `author:`, `lang:`, `section:`, '
                "`from:`, `to:`, `story:`; nothing: all articles",
                examples=["ferry -strike lang:en"],
            ),
        ] = None,
        site: Annotated[
            Value, Query(max_length=MAX_VALUE, description="name of a site", examples=["example.org"])
        ] = None,
        language: Annotated[
            Value, Query(max_length=35, description="BCP 47; also finds its regions", examples=["en"])
        ] = None,
        author: Annotated[
            Value, Query(max_length=MAX_VALUE, description="name of an author", examples=["Jane Doe"])
        ] = None,
        section: Annotated[
            Value, Query(max_length=MAX_VALUE, description="section of the site", examples=["Politics"])
        ] = None,
        first_day: Annotated[
            Day, Query(alias="from", description="published on this day or later", examples=["2026-11-01"])
        ] = None,
        last_day: Annotated[
            Day, Query(alias="to", description="published on this day or earlier", examples=["2026-11-30"])
        ] = None,
        story: Annotated[int | None, Query(ge=1, le=MAX_ID, description="`story_id`", examples=[17])] = None,
    ) -> None:
        given = {"q": q, "site": site, "language": language, "author": author, "section": section}
        given |= {name: day.isoformat() for name, day in (("from", first_day), ("to", last_day)) if day is not None}
        self.given: dict[str, str] = {name: value for name, value in given.items() if value}
        """Name of the parameter -> its value, without empty ones."""
        if story is not None:
            self.given["story"] = str(story)
        fields = {"site": site and site.lower(), "lang": language, "author": author, "section": section}
        filters = tuple(Filter(name, value.strip()) for name, value in fields.items() if value and value.strip())
        self.query: SearchQuery = _narrow(parse_query(q or ""), filters, story, first_day, last_day)

    def address(self, path: str, **more: str | int) -> str:
        """Return the address of *path* with these parameters and *more*."""
        return f"{path}?{urlencode(self.given | {name: str(value) for name, value in more.items()})}"


def _narrow(
    query: SearchQuery, filters: tuple[Filter, ...], story: int | None, first_day: date | None, last_day: date | None
) -> SearchQuery:
    """Return *query* with the filters of the parameters, all of which have to hold."""
    if story is not None and query.story not in (None, story):
        raise InvalidQuery("the query has another `story:` than the parameter `story`")
    for one in filters:
        if any(other.field == one.field and other.value != one.value and not other.negated for other in query.filters):
            raise InvalidQuery(f"the query has another `{one.field}:` than the parameter for it")
    first = max((day for day in (query.first_day, first_day) if day is not None), default=None)
    last = min((day for day in (query.last_day, last_day) if day is not None), default=None)
    return replace(
        query, filters=(*query.filters, *filters), story=story or query.story, first_day=first, last_day=last
    )


SearchParams = Annotated[Search, Depends()]
"""Parameter type of a route that searches."""
