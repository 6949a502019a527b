"""Wrap each measured extractor as a function from a page to a prediction, with its defaults for articles.

Import this module only in the environment that benchmarks/extractors.py creates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import newspaper
import trafilatura
from goose3 import Goose
from lxml import html
from readability import Document
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import detect_encoding
from resiliparse.parse.html import HTMLTree
from w3lib.encoding import html_to_unicode

from benchmarks.corpus import SavedPage
from benchmarks.extraction import prediction, run
from benchmarks.folds import unseen_models
from newscrawl.dedup.content_hash import content_hash

NO_URL = "https://example.org/page"
BLOCKS = frozenset({"address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure",
                    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre",
                    "section", "table", "td", "th", "tr", "ul"})  # fmt: skip
NOW = datetime.now(UTC)
GOOSE = Goose({"enable_image_fetching": False})

Prediction = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """An extractor."""

    name: str
    read: Callable[[SavedPage], Prediction]
    lacks: frozenset[str] = frozenset()
    """Figures of fields that it does not extract."""

    def label(self) -> str:
        return self.name if self.name == NEWSCRAWL else f"{self.name} {version(self.name)}"


NEWSCRAWL = "newscrawl"


def newscrawl(folds: Path | None) -> Callable[[SavedPage], Prediction]:
    """Extract all fields, the HTML and the content hash; with *folds*, by models not trained on the site."""
    model_for = unseen_models(folds)

    def read(page: SavedPage) -> Prediction:
        extraction, article = run(page, NOW, model_for(page.url))
        article.content_hash = content_hash(article.headline, article.article_body)
        return prediction(extraction, article)

    return read


def with_trafilatura(page: SavedPage) -> Prediction:
    found = trafilatura.bare_extraction(page.body, url=page.url or None, with_metadata=True, include_comments=False)
    if found is None:
        return {}
    return {
        "article_body": found.text,
        "headline": found.title,
        "authors": (found.author or "").split("; ") if found.author else [],
        "date_published": found.date,
    }


def with_readability(page: SavedPage) -> Prediction:
    document = Document(_text(page))
    return {"article_body": _words_of(document.summary(html_partial=True)), "headline": document.short_title()}


def with_newspaper(page: SavedPage) -> Prediction:
    article = newspaper.Article(page.url or NO_URL, fetch_images=False)
    article.download(input_html=_text(page))
    article.parse()
    published = article.publish_date
    return {
        "article_body": article.text,
        "headline": article.title,
        "authors": _flat(article.authors),
        "date_published": published.isoformat() if isinstance(published, datetime) else published,
    }


def with_resiliparse(page: SavedPage) -> Prediction:
    tree = HTMLTree.parse_from_bytes(page.body, detect_encoding(page.body))
    text = extract_plain_text(tree, main_content=True, list_bullets=False, alt_texts=False)
    return {"article_body": text, "headline": tree.title}


def with_goose(page: SavedPage) -> Prediction:
    article = GOOSE.extract(url=page.url or NO_URL, raw_html=_text(page))
    return {
        "article_body": article.cleaned_text,
        "headline": article.title,
        "authors": _flat(article.authors),
        "date_published": _first_date(article),
    }


def _flat(names: Sequence[str | list[str]]) -> list[str]:
    """Return names as a flat list; some tools keep the nested lists of JSON-LD."""
    return [name for one in names for name in (one if isinstance(one, list) else [one]) if isinstance(name, str)]


def _first_date(article: Any) -> str | None:
    """Return the date as declared if that is ISO 8601, else as parsed by goose3; the first if there are several."""
    declared = article.publish_date[0] if isinstance(article.publish_date, list) else article.publish_date
    try:
        datetime.fromisoformat(declared or "")
    except ValueError:
        return article.publish_datetime_utc.isoformat() if article.publish_datetime_utc else None
    return str(declared)


def _text(page: SavedPage) -> str:
    """Return the decoded page, for tools that do not accept bytes."""
    return html_to_unicode(None, page.body)[1]


def _words_of(markup: str) -> str:
    """Return the text of HTML, with blocks separated by line breaks."""
    root = html.fragment_fromstring(markup, create_parent="div")
    for element in root.iter(*BLOCKS):
        element.tail = "\n" + (element.tail or "")
    return str(root.text_content())


OTHERS = (
    Tool("trafilatura", with_trafilatura, frozenset({"instant"})),
    Tool("readability-lxml", with_readability, frozenset({"authors", "day", "instant"})),
    Tool("newspaper4k", with_newspaper),
    Tool("resiliparse", with_resiliparse, frozenset({"authors", "day", "instant"})),
    Tool("goose3", with_goose),
)


def tools(folds: Path | None = None) -> tuple[Tool, ...]:
    """Return newscrawl and the other tools."""
    return (Tool(NEWSCRAWL, newscrawl(folds)), *OTHERS)
