"""The site under construction: pages by host and path, and the listings of each article."""

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
    """Return a page; with status 200 it has an ETag."""
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
    """Numbers of the articles that return 410 in this edition and are no longer listed."""
    crawl_delay: float | None = None
    lines: Lines = field(default_factory=Lines)
    pages: tuple[dict[str, Page], dict[str, Page]] = field(default_factory=lambda: ({}, {}))
    listings: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Article number -> kind and URL of the pages that list it."""
    special: dict[str, str] = field(default_factory=dict)

    def note(self, articles: list[Article], kind: str, host: int, path: str) -> None:
        """Record that the listing at *path* contains *articles*."""
        for article in articles:
            self.listings[article.number].append((kind, self.outlets[host].url + path))

    def on(self, host: int, *roles: str) -> list[Article]:
        """Return the host's articles with these roles, newest first."""
        chosen = [a for a in self.articles.values() if a.host == host and a.role in roles and a.number not in self.gone]
        return sorted(chosen, key=lambda article: (article.published, article.number), reverse=True)


def select_stable(articles: list[Article]) -> list[Article]:
    """Return the articles that are equal in both editions, so that pages showing them are equal, too."""
    return [article for article in articles if article.number not in {GONE, *CHANGED} and not is_new(article)]


def is_new(article: Article) -> bool:
    return FIRST_NEW <= article.number < FIRST_NEW + 1000


def _teaser(description: str) -> str:
    """Return the description cut for a card, so that it never equals a line of an article."""
    return f"{description[:-1][:60].rpartition(' ')[0]} …"


def make_card(article: Article) -> Card:
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
