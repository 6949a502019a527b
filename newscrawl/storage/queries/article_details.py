"""One article by its id or URL: its text, where each field comes from, its versions, changes and story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from newscrawl.storage.queries.url_keys import get_stored_keys
from newscrawl.storage.schema import (
    article_authors,
    article_changes,
    article_images,
    article_keywords,
    article_merges,
    article_revisions,
    articles,
    pages,
)

MAX_STORY = 100
"""Articles of a story that are listed; `story_size` counts all."""
MAX_CHANGES = 1_000
"""Changes and versions that are listed, the newest."""
MAX_HOPS = 10
"""Redirects and merges that are followed."""
_MAX_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image of an article."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """One version of an article with its text; docs/fields.md describes the fields.

    Versions that were replaced before the database kept all fields have only the text and its dates.
    """

    revision: int
    url: str | None
    canonical_url: str | None
    headline: str
    alternative_headline: str | None
    description: str | None
    standfirst: str | None
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    images: tuple[StoredImage, ...]
    date_published: datetime | None
    date_published_raw: str | None
    date_published_precision: str | None
    date_published_utc_offset: int | None
    date_published_zone: str | None
    date_published_day: date | None
    date_modified: datetime | None
    date_modified_raw: str | None
    date_modified_precision: str | None
    article_body: str
    article_body_html: str | None
    in_language: str | None
    article_type: str | None
    article_section: str | None
    publisher: str | None
    source_organization: str | None
    main_image: str | None
    is_accessible_for_free: bool | None
    is_truncated: bool | None
    disagreements: tuple[str, ...]
    sources: Mapping[str, str]
    """Field -> source of its value."""
    content_hash: str
    date_downloaded: datetime
    extractor_version: int | None
    page_id: int | None
    crawl_id: int | None


_LISTS = {"authors", "keywords", "images"}
_COLUMNS = [name for name in ArticleVersion.__slots__ if name not in _LISTS]


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version without its text."""

    revision: int
    headline: str
    date_downloaded: datetime
    date_modified: datetime | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """An entry of the change feed about the article."""

    change_id: int
    kind: str
    revision: int
    changed_at: datetime
    change_size: float | None
    change_label: str | None
    crawl_id: int | None


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An article of the same story."""

    id: int
    url: str
    site: str
    headline: str
    publisher: str | None
    date_published: datetime | None
    date_published_day: date | None
    source_organization: str | None
    withdrawn_at: datetime | None
    similarity: float | None
    """How similar it is to the most similar article of the story, 0 to 1."""


@dataclass(frozen=True, slots=True)
class ArticleDetails:
    """An article with everything that is stored about it."""

    id: int
    site: str
    url_key: str
    page_url: str | None
    """URL of the page that the text comes from, as it was discovered; None where that page was deleted."""
    current: ArticleVersion
    versions: tuple[VersionSummary, ...]
    """Newest first, with the current one; `get_version` returns their texts."""
    changes: tuple[ArticleChange, ...]
    """Newest first."""
    story_id: int | None
    story: tuple[StoryMember, ...]
    """The other articles of the story, earliest first."""
    story_size: int
    """Number of articles in the story, this one included."""
    similarity: float | None
    withdrawn_at: datetime | None


def find_article(connection: Connection, reference: int | str) -> ArticleDetails | None:
    """Return the article that an id or a URL stands for, None for one that is not known.

    See `find_article_id` for what a reference can be.
    """
    article_id = find_article_id(connection, reference)
    return None if article_id is None else get_article(connection, article_id)


def find_article_id(connection: Connection, reference: int | str) -> int | None:
    """Return the id of an article by its id, also one that was merged, or by any spelling of any of its URLs.

    The URL of a duplicate, of a redirect and of a further page lead to the article, too.
    """
    text = str(reference).strip()
    if text.isascii() and text.isdecimal():
        return _follow_merges(connection, int(text)) if len(text) <= len(str(_MAX_ID)) else None
    try:
        key = get_stored_keys(connection).url_key(text)
    except ValueError:
        return None
    return _find_by_key(connection, key)


def get_article(connection: Connection, article_id: int) -> ArticleDetails | None:
    """Return the article with this id, None if there is none."""
    row = connection.execute(select(articles).where(articles.c.id == article_id)).one_or_none()
    if row is None:
        return None
    members, size = _get_story(connection, row)
    return ArticleDetails(
        id=row.id,
        site=row.site,
        url_key=row.url_key,
        page_url=connection.execute(select(pages.c.url).where(pages.c.id == row.page_id)).scalar(),
        current=_make_version(row, _get_lists(connection, article_id)),
        versions=_list_versions(connection, row),
        changes=_list_changes(connection, article_id),
        story_id=row.story_id,
        story=members,
        story_size=size,
        similarity=row.similarity,
        withdrawn_at=row.withdrawn_at,
    )


def get_version(connection: Connection, article_id: int, revision: int) -> ArticleVersion | None:
    """Return one version of an article, current or older; None if there is none with this number."""
    if not (0 < article_id <= _MAX_ID and 0 < revision < 2**31):
        return None
    current = select(articles).where(articles.c.id == article_id, articles.c.revision == revision)
    row = connection.execute(current).one_or_none()
    if row is not None:
        return _make_version(row, _get_lists(connection, article_id))
    columns = article_revisions.c
    older = select(article_revisions).where(columns.article_id == article_id, columns.revision == revision)
    row = connection.execute(older).one_or_none()
    if row is None:
        return None
    return _make_version(row, {name: getattr(row, name) or [] for name in _LISTS})


def _find_by_key(connection: Connection, key: str) -> int | None:
    """Return the article that the page with this key holds or leads to, or the one that has this key itself."""
    columns = (pages.c.article_id, pages.c.redirects_to)
    page = connection.execute(select(*columns).where(pages.c.url_key == key)).one_or_none()
    for _ in range(MAX_HOPS):
        if page is None:
            break
        found = None if page.article_id is None else _follow_merges(connection, page.article_id)
        if found is not None:
            return found
        page = connection.execute(select(*columns).where(pages.c.id == page.redirects_to)).one_or_none()
    return connection.execute(select(articles.c.id).where(articles.c.url_key == key)).scalar()


def _follow_merges(connection: Connection, article_id: int) -> int | None:
    for _ in range(MAX_HOPS):
        if not 0 < article_id <= _MAX_ID:
            return None
        found: int | None = connection.execute(select(articles.c.id).where(articles.c.id == article_id)).scalar()
        if found is not None:
            return found
        into = select(article_merges.c.article_id).where(article_merges.c.merged_id == article_id)
        article_id = connection.execute(into).scalar() or 0
    return None


def _get_lists(connection: Connection, article_id: int) -> dict[str, list[Any]]:
    def read(*columns: Any) -> Any:
        table = columns[0].table
        query = select(*columns).where(table.c.article_id == article_id).order_by(table.c.position)
        return connection.execute(query)

    images = article_images.c
    return {
        "authors": list(read(article_authors.c.name).scalars()),
        "keywords": list(read(article_keywords.c.keyword).scalars()),
        "images": [row._asdict() for row in read(images.url, images.caption, images.credit)],
    }


def _make_version(row: Row[Any], lists: Mapping[str, list[Any]]) -> ArticleVersion:
    values = {name: getattr(row, name) for name in _COLUMNS}
    values["disagreements"] = tuple(row.disagreements or ())
    values["sources"] = row.sources or {}
    return ArticleVersion(
        **values,
        authors=tuple(lists["authors"]),
        keywords=tuple(lists["keywords"]),
        images=tuple(StoredImage(**image) for image in lists["images"]),
    )


def _list_versions(connection: Connection, row: Row[Any]) -> tuple[VersionSummary, ...]:
    current = VersionSummary(row.revision, row.headline, row.date_downloaded, row.date_modified, is_current=True)
    columns = article_revisions.c
    query = (
        select(columns.revision, columns.headline, columns.date_downloaded, columns.date_modified)
        .where(columns.article_id == row.id)
        .order_by(columns.revision.desc())
        .limit(MAX_CHANGES)
    )
    return (current, *(VersionSummary(*older, is_current=False) for older in connection.execute(query)))


def _list_changes(connection: Connection, article_id: int) -> tuple[ArticleChange, ...]:
    columns = [article_changes.c[name] for name in ArticleChange.__slots__]
    of_article = select(*columns).where(article_changes.c.article_id == article_id)
    newest = of_article.order_by(article_changes.c.change_id.desc()).limit(MAX_CHANGES)
    return tuple(ArticleChange(*row) for row in connection.execute(newest))


def _get_story(connection: Connection, row: Row[Any]) -> tuple[tuple[StoryMember, ...], int]:
    if row.story_id is None:
        return (), 1
    in_story = articles.c.story_id == row.story_id
    size = connection.execute(select(func.count()).select_from(articles).where(in_story)).scalar_one()
    columns = [articles.c[name] for name in StoryMember.__slots__]
    has_no_date = articles.c.date_published.is_(None)
    others = select(*columns).where(in_story, articles.c.id != row.id)
    query = others.order_by(has_no_date, articles.c.date_published, articles.c.id).limit(MAX_STORY)
    return tuple(StoryMember(*member) for member in connection.execute(query)), size
