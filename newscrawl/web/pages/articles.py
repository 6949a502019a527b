"""An article to read, with where it comes from, and the difference between its versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from newscrawl.dedup.word_diff import diff_words
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.article_details import (
    ArticleDetails,
    ArticleVersion,
    find_article_id,
    get_article,
    get_version,
)
from newscrawl.storage.queries.changes import has_changes
from newscrawl.web.context import Context
from newscrawl.web.pages.body import show_body
from newscrawl.web.pages.diffs import FieldChange, Group, Paragraph, compare_fields, fold_unchanged, split_paragraphs
from newscrawl.web.pages.provenance import list_origins
from newscrawl.web.params import ArticleId

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reader sees of two versions."""

    headline: tuple[Paragraph, ...]
    groups: list[Group]
    fields: list[FieldChange]
    is_complete: bool

    @property
    def has_changes(self) -> bool:
        texts = (*self.headline, *(one for group in self.groups for one in group.paragraphs))
        return any(one.has_changes for one in texts)


@router.get("/articles/{article_id}")
def show_article(request: Request, context: Context, article_id: ArticleId, version: int | None = None) -> Response:
    """Show an article, in its current or an older version."""
    with connect_for_reading(context.engine) as connection:
        article = load_article(connection, article_id)
        if article.id != article_id:
            return RedirectResponse(f"/articles/{article.id}", 308)
        chosen = article.current if version is None else _get_version(connection, article, version)
    names = {
        "now": datetime.now(UTC),
        "article": article,
        "version": chosen,
        "body": show_body(chosen.article_body_html, chosen.article_body),
        "summary": list_summary(chosen),
        "origins": list_origins(chosen),
        "words": len(chosen.article_body.split()),
        "changes": {change.revision: change for change in article.changes if change.change_label is not None},
    }
    return context.templates.TemplateResponse(request, "article.html", names)


def list_summary(version: ArticleVersion) -> list[str]:
    """Return the paragraphs between headline and body: the standfirst, unless it is in the body, or the description."""
    if version.standfirst is None:
        return [version.description] if version.description else []
    paragraphs, body = version.standfirst.split("\n\n"), version.article_body.split("\n\n")
    return paragraphs if any(text not in body for text in paragraphs) else []


@router.get("/articles/{article_id}/diff")
def show_difference(
    request: Request, context: Context, article_id: ArticleId, old: int | None = None, new: int | None = None
) -> Response:
    """Show what changed between two versions; without *old* and *new* between the last two."""
    with connect_for_reading(context.engine) as connection:
        article = load_article(connection, article_id)
        if article.id != article_id:
            return RedirectResponse(f"/articles/{article.id}/diff", 308)
        current = article.current.revision
        after = _get_version(connection, article, current if new is None else new)
        before = _get_version(connection, article, max(1, after.revision - 1) if old is None else old)
    names = {
        "now": datetime.now(UTC),
        "article": article,
        "before": before,
        "after": after,
        "difference": compare(before, after),
        "change": next((one for one in article.changes if one.revision == after.revision and one.change_label), None),
    }
    return context.templates.TemplateResponse(request, "diff.html", names)


def load_article(connection: Connection, reference: int) -> ArticleDetails:
    """Return the article, or what it was merged into. Raises HTTPException for one that is deleted or not known."""
    found = find_article_id(connection, reference)
    article = None if found is None else get_article(connection, found)
    if article is None and has_changes(connection, reference):
        raise HTTPException(410, f"Article {reference} was deleted.")
    if article is None:
        raise HTTPException(404, f"There is no article {reference}.")
    return article


def _get_version(connection: Connection, article: ArticleDetails, revision: int) -> ArticleVersion:
    version = get_version(connection, article.id, revision)
    if version is None:
        known = article.current.revision
        raise HTTPException(404, f"Article {article.id} has no version {revision}; it has {known}.")
    return version


def compare(before: ArticleVersion, after: ArticleVersion) -> Difference:
    """Return the difference between two versions, by words."""
    headline = diff_words(before.headline, after.headline)
    body = diff_words(before.article_body, after.article_body)
    return Difference(
        tuple(split_paragraphs(headline.runs)),
        fold_unchanged(split_paragraphs(body.runs)),
        compare_fields(before, after),
        body.is_complete,
    )
