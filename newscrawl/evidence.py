"""What extraction takes and gives: plain data, so that it crosses process borders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

EXTRACTOR_VERSION = 3
"""Raised whenever the same page may give another article; kept with every article and crawl."""


@dataclass(frozen=True, slots=True)
class ExtractionRules:
    """What a site file says about reading the site's pages. Selectors are CSS; the first that matches wins."""

    headline: str | None = None
    authors: str | None = None
    date_published: str | None = None
    article_body: str | None = None
    """Selects the container (or containers) of the body."""
    drop: tuple[str, ...] = ()
    """Selectors of elements that are never part of the body."""
    drop_text: tuple[str, ...] = ()
    """Regular expressions; a block whose whole text matches one is removed."""
    time_zone: str | None = None
    """IANA name for dates that state no offset."""
    language: str | None = None
    """BCP 47 tag where the page declares none."""
    encoding: str | None = None
    """Character encoding where neither answer nor page declares one; windows-1252 when None."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One stated value of a field."""

    value: str
    source: str
    """`site rule`, `json-ld`, `opengraph`, `meta`, `dom`, `feed`, `sitemap`, `news sitemap`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A list, item, quotation, table, row or cell around a piece of the article."""

    tag: str
    """`ul`, `ol`, `li`, `dl`, `dt`, `dd`, `blockquote`, `pre`, `table`, `tr`, `td` or `th`."""
    key: int
    """The same for all that stands in one element."""
    column: int = 0
    """Cells before it in its row."""


Path = tuple[Step, ...]
"""The elements around a piece of the article, outermost first."""


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """Where in the text an image stands."""

    before: int
    """Index of the block that follows it."""
    path: Path = ()
    alt: str = ""
    """What is shown or read out in its stead."""


@dataclass(frozen=True, slots=True)
class ImageEvidence:
    url: str
    source: str
    caption: str | None = None
    credit: str | None = None
    place: ImagePlace | None = None
    """None where the image is only stated, or is no part of the text."""


@dataclass(slots=True)
class Block:
    """One block of the page's text, in document order; never changed. A page has hundreds: frozen ones take longer."""

    text: str
    tag: str
    """`p`, `h2`, `li`, `blockquote`, `pre`, `td` …: what it is in the article."""
    kept: bool
    reason: str
    """The rule id or the score that decided."""
    html: str | None = None
    """Inline HTML of a kept block, not yet sanitised."""
    path: Path = ()
    """Of a kept block: the lists, quotations and tables that it stands in."""
    score: float | None = None
    """Probability, 0 to 1, that it belongs to the body; None where no such thing was computed."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All evidence of one page."""

    evidence: Mapping[str, Sequence[Evidence]]
    """Field name of Article -> stated values, best first."""
    blocks: Sequence[Block]
    """Every text block that was considered, kept or removed."""
    images: Sequence[ImageEvidence] = ()
    encoding: str = "utf-8"
    is_article: bool = True
    """False where the page is something else (a section page, a challenge, a soft 404)."""
    kind: str | None = None
    """The schema.org type of the article in the page's JSON-LD (`NewsArticle`, `BlogPosting` …)."""
    page_type: str = "article"
    """Why: `article`, or the reason that goes to `pages.reason` (`section_page`, `soft_404`, `bot_challenge` …)."""
    warnings: Sequence[str] = field(default_factory=tuple)
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason (`hidden`, `menu`, `site rule`, a zone's rule id) -> elements whose inside was not looked at."""
