"""Input and output of extraction: plain data that pickles, so that it can cross process boundaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

EXTRACTOR_VERSION = 11
"""Increment when the same page may yield a different article. Stored with every article and crawl."""
DECLARED_BODY = "articleBody"
"""The reason of blocks that come from the text in the page's JSON-LD."""
LIVE_UPDATES = "liveBlogUpdate"
"""The reason of blocks that come from the entries of a live blog in the page's JSON-LD."""
PAGE_STATE = "page state"
"""The reason of blocks that come from the data from which scripts render the page (`__NEXT_DATA__` ...)."""


@dataclass(frozen=True, slots=True)
class ExtractionRules:
    """Extraction settings of a site file. Selectors are CSS; the first one that matches wins."""

    headline: str | None = None
    authors: str | None = None
    date_published: str | None = None
    article_body: str | None = None
    """Selector of the element or elements that hold the body."""
    drop: tuple[str, ...] = ()
    """Selectors of elements to exclude from the body."""
    drop_text: tuple[str, ...] = ()
    """Regular expressions; a block is removed if one matches its whole text."""
    time_zone: str | None = None
    """IANA name, for dates without a UTC offset."""
    language: str | None = None
    """BCP 47 tag, for pages that declare no language."""
    encoding: str | None = None
    """Encoding for pages that declare none in the response headers or in a meta element; None means to detect it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One value that the page or its source gives for a field."""

    value: str
    source: str
    """`site rule`, `json-ld`, `opengraph`, `meta`, `dom`, `feed`, `sitemap`, `news sitemap`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A list, item, quotation, table, row or cell that contains a part of the article."""

    tag: str
    """`ul`, `ol`, `li`, `dl`, `dt`, `dd`, `blockquote`, `pre`, `table`, `tr`, `td` or `th`."""
    key: int
    """Identifies the element within the page; all its contents share it."""
    column: int = 0
    """Number of cells before it in its row; 0 for other elements."""


Path = tuple[Step, ...]
"""The elements around a part of the article, outermost first."""


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """Position of an image in the text."""

    before: int
    """Index of the block that follows the image."""
    path: Path = ()
    alt: str = ""
    """Alternative text."""


@dataclass(frozen=True, slots=True)
class ImageEvidence:
    url: str
    source: str
    caption: str | None = None
    credit: str | None = None
    place: ImagePlace | None = None
    """None if the image appears only in metadata or is not part of the text."""


@dataclass(slots=True)
class Block:
    """One block of the page's text. Treat as immutable: a page has hundreds, and frozen dataclasses are slower."""

    text: str
    tag: str
    """Its role in the article: `p`, `h2`, `li`, `blockquote`, `pre`, `td` …"""
    kept: bool
    reason: str
    """What decided: a rule id, a zone, `model`, `standfirst` …; `body` for a block that no rule removes."""
    html: str | None = None
    """Inline HTML of a kept block, not sanitised yet; None for removed blocks and declared bodies."""
    path: Path = ()
    """Lists, quotations and tables around a kept block."""
    score: float | None = None
    """Model probability that it belongs to the body, 0 to 1; None if the model was not run."""
    standfirst: str | None = None
    """What shows that it is the standfirst or a part of it (`class name`, `microdata` …), kept or not; None if it is
    none."""


@dataclass(frozen=True, slots=True)
class ArticlePages:
    """The place of a page in an article of several pages. URLs are absolute."""

    number: int
    """From 1."""
    first: str | None = None
    """The first page; None on the first page, and on a later one that does not link to it."""
    next: str | None = None
    """The next page; None on the last page."""
    whole: str | None = None
    """A page with the whole article; None if the page links to none."""

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_later(self) -> bool:
        """Whether the page says itself that it is not the first."""
        return self.first is not None


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything extracted from one page."""

    evidence: Mapping[str, Sequence[Evidence]]
    """Field name of `Article` -> values, best source first."""
    blocks: Sequence[Block]
    """All text blocks in document order, kept and removed."""
    images: Sequence[ImageEvidence] = ()
    encoding: str = "utf-8"
    is_encoding_detected: bool = False
    """Whether *encoding* was found by statistics, because the page declares none or a wrong one."""
    is_article: bool = True
    """False for section pages, challenges, soft 404s and so on."""
    kind: str | None = None
    """schema.org type of the article in JSON-LD (`NewsArticle`, `BlogPosting` …); None if there is none."""
    page_type: str = "article"
    """`article`, or the reason stored in `pages.reason` (`section_page`, `soft_404`, `bot_challenge` …)."""
    warnings: Sequence[str] = field(default_factory=tuple)
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason (`hidden`, `menu`, `site rule`, zone id) -> number of elements skipped with all their contents."""
    pages: ArticlePages | None = None
    """None for an article of one page."""
