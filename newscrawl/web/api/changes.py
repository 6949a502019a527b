"""The change feed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.changes import read_changes
from newscrawl.web.api.models import Change, Changes
from newscrawl.web.context import Context
from newscrawl.web.params import MAX_ID, PREFIX

router = APIRouter(prefix=PREFIX, tags=["changes"])

MAX_CHANGES = 10_000


@router.get("/changes", summary="What happened to articles, in order")
def list_changes(
    context: Context,
    since: Annotated[
        int, Query(ge=0, le=MAX_ID, description="the last change that you have; 0: from the beginning", examples=[0])
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_CHANGES, description="at most so many changes", examples=[100])] = 1_000,
) -> Changes:
    """Return the changes after `since`. Whoever passes the last `change_id` each time misses none.

    A change is visible only when all before it are. `headline` and other facts are those of now.
    """
    with connect_for_reading(context.engine) as connection:
        found = read_changes(connection, since, limit)
    last = found[-1].change_id if found else since
    return Changes(
        changes=[Change.model_validate(change) for change in found],
        last=last,
        next=f"/api/v1/changes?since={last}&limit={limit}" if len(found) == limit else None,
    )
