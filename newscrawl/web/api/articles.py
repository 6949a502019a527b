"""One article and its versions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.article_details import find_article_id, get_article, get_version
from newscrawl.storage.queries.changes import has_changes
from newscrawl.web.api.models import Article, Version
from newscrawl.web.context import Context
from newscrawl.web.openapi import describe_errors
from newscrawl.web.params import PREFIX, ArticleId, Revision

router = APIRouter(prefix=PREFIX, tags=["articles"])

_errors = describe_errors(404, 410) | {308: {"description": "the article was merged into another one"}}


@router.get("/articles/{article_id}", response_model=Article, responses=_errors, summary="One article")
def read_article(article_id: ArticleId, context: Context) -> Any:
    """Return an article with its fields and their sources, its versions, changes and story.

    The id of an article that was merged into another one leads there (308); that of a deleted one answers 410.
    """
    with connect_for_reading(context.engine) as connection:
        found = get_article(connection, article_id)
        if found is not None:
            return Article.model_validate(found)
        return _redirect_or_raise(connection, article_id, "/api/v1/articles/{id}")


@router.get(
    "/articles/{article_id}/versions/{revision}", response_model=Version, responses=_errors, summary="One version"
)
def read_version(article_id: ArticleId, revision: Revision, context: Context) -> Any:
    """Return the text and all fields of one version, current or older."""
    with connect_for_reading(context.engine) as connection:
        found = get_version(connection, article_id, revision)
        if found is not None:
            return Version.model_validate(found)
        if get_article(connection, article_id) is not None:
            raise HTTPException(404, f"article {article_id} has no version {revision}")
        return _redirect_or_raise(connection, article_id, f"/api/v1/articles/{{id}}/versions/{revision}")


def _redirect_or_raise(connection: Connection, article_id: int, address: str) -> Response:
    merged_into = find_article_id(connection, article_id)
    if merged_into is not None:
        return RedirectResponse(address.format(id=merged_into), 308)
    if has_changes(connection, article_id):
        raise HTTPException(410, f"article {article_id} was deleted")
    raise HTTPException(404, f"there is no article {article_id}")
