"""What the site is built into: pages by host and path, and where each article is listed."""

import gzip
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import format_datetime
from hashlib import blake2b

from tests.newssite.html import Card, Lines, Outlet, date_in_words, section_name
from tests.newssite.model import Article, Page
from tests.newssite.plan import CHANGED, FIRST_NEW, GONE

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"


def page(
    body: bytes | str,
    content_type: str = HTML,
    *,
    status: int = 200,
    modified: datetime | None = None,
    zipped: bool = False,
) -> Page:
    """An answer; 200s carry a validator."""
    content = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": content_type}
    if status == 200:
        fields["ETag"] = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    if modified:
        fields["Last-Modified"] = format_datetime(modified, usegmt=True)
    if zipped:
        content = gzip.compress(content, 6, mtime=0)
        fields["Content-Encoding"] = "gzip"
    return Page(status, fields, content)


@dataclass(slots=True)
class Register:
    """The site while it is being built."""

    today: date
    outlets: tuple[Outlet, Outlet]
    articles: dict[int, Article]
    gone: frozenset[int]
    """Numbers that answer 410 in this edition, and that nothing lists any more."""
    crawl_delay: float | None = None
    lines: Lines = field(default_factory=Lines)
    pages: tuple[dict[str, Page], dict[str, Page]] = field(default_factory=lambda: ({}, {}))
    listings: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Number of an article -> kind and URL of what lists it."""
    special: dict[str, str] = field(default_factory=dict)

    def note(self, articles: list[Article], kind: str, host: int, path: str) -> None:
        """Remember that the listing at *path* names these articles."""
        for article in articles:
            self.listings[article.number].append((kind, self.outlets[host].url + path))

    def on(self, host: int, *roles: str) -> list[Article]:
        """The host's articles of these roles, newest first."""
        chosen = [a for a in self.articles.values() if a.host == host and a.role in roles and a.number not in self.gone]
        return sorted(chosen, key=lambda article: (article.published, article.number), reverse=True)


def lasting(articles: list[Article]) -> list[Article]:
    """Those that are the same in both editions, so that a page that shows them need not change with the edition."""
    return [article for article in articles if article.number not in {GONE, *CHANGED} and not is_new(article)]


def is_new(article: Article) -> bool:
    return FIRST_NEW <= article.number < FIRST_NEW + 1000


def _teaser(description: str) -> str:
    """The description as cards show it: cut, so that it is a line of no article."""
    return f"{description[:-1][:60].rpartition(' ')[0]} …"


def card_of(article: Article) -> Card:
    story = article.story
    shown = date_in_words(article.published.date(), story.language)
    return Card(
        article.url,
        story.headline,
        _teaser(story.description),
        article.image,
        section_name(story.section, story.language),
        shown,
    )
