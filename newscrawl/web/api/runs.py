"""How the last runs went."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from newscrawl.storage.queries.status import get_last_runs
from newscrawl.web.api.models import Runs, RunWithWarnings
from newscrawl.web.context import Context
from newscrawl.web.params import PREFIX

router = APIRouter(prefix=PREFIX, tags=["runs"])


@router.get("/runs", summary="The last runs")
def list_runs(
    context: Context, limit: Annotated[int, Query(ge=1, le=100, description="at most so many", examples=[20])] = 20
) -> Runs:
    """Return the last runs of crawls, newest first, with how they ended and what they warned of."""
    runs = get_last_runs(context.engine, limit, datetime.now(UTC))
    return Runs(runs=[RunWithWarnings.model_validate(run) for run in runs])
