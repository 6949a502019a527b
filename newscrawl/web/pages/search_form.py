"""The state of the search page: it is in the address, so every state can be linked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Self
from urllib.parse import urlencode

ORDERS = {"relevance": "best match", "relevance_recent": "best match, recent first", "newest": "newest"}
FILTERS = {
    "site": "site",
    "language": "lang",
    "author": "author",
    "section": "section",
    "first": "from",
    "last": "to",
    "story": "story",
}
"""Field -> the filter of the query language."""
_PARAMETERS = {"first": "from", "last": "to"}
"""Field -> parameter of the address, where they differ; the API and the feeds have the same ones."""
MAX_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What is searched: the words of the box, and filters beside it; "" for none."""

    q: str = ""
    site: str = ""
    language: str = ""
    author: str = ""
    section: str = ""
    first: str = ""
    """The first day, YYYY-MM-DD."""
    last: str = ""
    story: str = ""
    order: str = ""

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> Self:
        """Return the form that an address describes."""
        names = (field.name for field in fields(cls))
        return cls(**{name: parameters.get(_PARAMETERS.get(name, name), "").strip()[:MAX_LENGTH] for name in names})

    @property
    def query(self) -> str:
        """The whole query in the language of the search box, for feeds and the API, too."""
        filters = (f"{FILTERS[name]}:{_quote(value)}" for name, value in self.filters.items())
        return " ".join(filter(None, (self.q, *filters)))

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, by field."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    @property
    def url(self) -> str:
        """The address of the first page of results."""
        return self.at(None)

    def at(self, cursor: str | None) -> str:
        """Return the address of the page of results that begins after *cursor*."""
        values = {_PARAMETERS.get(name, name): value for name, value in asdict(self).items() if value}
        return f"/search?{urlencode(values | ({'after': cursor} if cursor else {}))}"

    def having(self, name: str, value: str) -> Self:
        """Return the form with another value of one field."""
        return replace(self, **{name: value})


def _quote(value: str) -> str:
    value = value.replace('"', " ").strip()
    return value if value.isalnum() or all(one.isalnum() or one in ".-_" for one in value) else f'"{value}"'
