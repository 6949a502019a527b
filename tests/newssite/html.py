"""HTML helpers shared by all themes: escaping, recording of boilerplate, and the blocks of the body."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from itertools import groupby

from tests.newssite.model import Article, Block
from tests.newssite.plan import slug
from tests.newssite.words import RIGHT_TO_LEFT, Phrases, Vocabulary, vocabulary

Inline = Callable[[str], str]
_HEADING = re.compile("<(?:h[2-4]|b|strong)>")


class Lines:
    """Records every line that a theme adds around or inside an article."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def say(self, text: str) -> str:
        """Record *text* as boilerplate and return it escaped."""
        self.said.add(text)
        return escape(text, quote=False)


@dataclass(frozen=True, slots=True)
class Card:
    """A teaser of another article."""

    url: str
    headline: str
    teaser: str
    image: str
    section: str
    date: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """The publisher behind a host."""

    name: str
    url: str
    tagline: str
    author_pages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What surrounds the article on its page."""

    outlet: Outlet
    words: Vocabulary
    language: str
    today: date
    lines: Lines
    navigation: Sequence[tuple[str, str]]
    """Name and path of each section."""
    related: Sequence[Card] = ()
    latest: Sequence[Card] = ()
    most_read: Sequence[Card] = ()

    @property
    def phrases(self) -> Phrases:
        return self.words.phrases

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def say(self, text: str) -> str:
        return self.lines.say(text)

    def clock(self) -> str:
        words, today = self.words, self.today
        return words.clock_format.format(
            weekday=words.weekdays[today.weekday()], day=today.day, month=words.months[today.month - 1], year=today.year
        )


def date_in_words(day: date, language: str) -> str:
    words = vocabulary(language)
    return words.date_format.format(day=day.day, month=words.months[day.month - 1], year=day.year)


def section_name(section: str, language: str) -> str:
    """Return the display name of a section; articles in other languages than English share one section each."""
    names = {"de": "Wirtschaft", "es": "Economía", "fr": "Économie", "ru": "Экономика", "ar": "اقتصاد"}
    return names.get(language, section.capitalize())


def attribute(text: str) -> str:
    return escape(text, quote=True)


def texturized(text: str) -> str:
    """Return typographic characters as numeric references, like WordPress does."""
    return "".join(f"&#{ord(c)};" if c in "“”‘’–—…" else c for c in escape(text, quote=False))


def join_names(names: Sequence[str], conjunction: str) -> str:
    return f" {conjunction} ".join(filter(None, (", ".join(names[:-1]), names[-1] if names else "")))


def linked(html: str, keywords: Sequence[str]) -> str:
    """Link the first keyword that occurs as a word to its tag page."""
    for keyword in keywords:
        if f" {keyword} " in html:
            return html.replace(f" {keyword} ", f' <a href="/tag/{slug(keyword)}/">{keyword}</a> ', 1)
    return html


def body_chunks(blocks: Sequence[Block], paragraph: Inline, *, heading: str = "h2") -> list[str]:
    """Return the HTML elements of the body in order; consecutive list items share one list."""
    chunks = list[str]()
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        texts = [paragraph(block.text) for block in group]
        if kind == "item":
            chunks.append("<ul>\n" + "\n".join(f"<li>{text}</li>" for text in texts) + "\n</ul>")
        elif kind == "heading":
            chunks += [f"<{heading}>{text}</{heading}>" for text in texts]
        elif kind == "quotation":
            chunks += [f"<blockquote>\n<p>{text}</p>\n</blockquote>" for text in texts]
        elif kind == "question":
            chunks += [f"<p><strong>{text}</strong></p>" for text in texts]
        else:
            chunks += [f"<p>{text}</p>" for text in texts]
    return chunks


def interleave(chunks: Sequence[str], inserts: Mapping[int, str]) -> str:
    """Join the chunks, each followed by its insert; nothing separates a heading from its text."""
    parts, waiting = list[str](), list[str]()
    for index, chunk in enumerate(chunks):
        parts.append(chunk)
        if index in inserts:
            waiting.append(inserts[index])
        if not _HEADING.search(chunk):
            parts += waiting
            waiting.clear()
    return "\n".join(parts)


def card_variant(card: Card, suffix: str = "", *, scheme: str = "") -> Card:
    """Return the card with a tracking query, a fragment or another scheme in its URL."""
    url = card.url + suffix
    return replace(card, url=url.replace("http:", scheme + ":", 1) if scheme else url)


def alternates(article: Article, around: Surroundings) -> str:
    """Return the canonical, AMP and feed links for the head of an article page."""
    feed = "/feed/" if article.host == 0 else "/atom.xml"
    kind = "rss" if article.host == 0 else "atom"
    lines = [f'<link rel="canonical" href="{article.url}">']
    if article.amp_path:
        lines.append(f'<link rel="amphtml" href="{around.outlet.url}{article.amp_path}">')
    name = attribute(around.outlet.name)
    lines.append(f'<link rel="alternate" type="application/{kind}+xml" title="{name}" href="{feed}">')
    return "\n".join(lines)
