"""A story across sites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.article_details import ArticleDetails, StoryMember, get_article
from newscrawl.web.context import Context
from newscrawl.web.pages.articles import Difference, compare, load_article
from newscrawl.web.params import ArticleId

router = APIRouter()
_LAST = datetime.max.replace(tzinfo=UTC)


@router.get("/stories/{story_id}")
def show_story(
    request: Request, context: Context, story_id: ArticleId, old: int | None = None, new: int | None = None
) -> Response:
    """Show the articles of a story by time, and with *old* and *new* how the texts of two of them differ."""
    with connect_for_reading(context.engine) as connection:
        article = load_article(connection, story_id)
        if article.story_id not in (None, story_id):
            return RedirectResponse(f"/stories/{article.story_id}", 307)
        members = list_members(article)
        pair = None if old is None or new is None else (old, new)
        difference = None if pair is None else _compare(connection, members, pair)
    names = {
        "now": datetime.now(UTC),
        "article": article,
        "members": members,
        "sites": len({one.site for one in members}),
        "agency": next((one.source_organization for one in members if one.source_organization), None),
        "pair": pair,
        "by_id": {one.id: one for one in members},
        "difference": difference,
    }
    return context.templates.TemplateResponse(request, "story.html", names)


def list_members(article: ArticleDetails) -> list[StoryMember]:
    """Return all articles of the story of *article*, by time; those without a date last."""
    version = article.current
    own = StoryMember(
        id=article.id,
        url=version.url or article.page_url or "",
        site=article.site,
        headline=version.headline,
        publisher=version.publisher,
        date_published=version.date_published,
        date_published_day=version.date_published_day,
        source_organization=version.source_organization,
        withdrawn_at=article.withdrawn_at,
        similarity=article.similarity,
    )
    return sorted((own, *article.story), key=lambda one: (one.date_published or _LAST, one.id))


def _compare(connection: Connection, members: Sequence[StoryMember], pair: tuple[int, int]) -> Difference:
    known = {one.id for one in members}
    found = [get_article(connection, one) if one in known else None for one in pair]
    if found[0] is None or found[1] is None:
        raise HTTPException(404, "One of these articles is not part of this story.")
    return compare(found[0].current, found[1].current)
