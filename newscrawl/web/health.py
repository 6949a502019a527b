"""Whether the server works, for load balancers and supervisors, and its metrics."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from prometheus_client import generate_latest
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.responses import Response

from newscrawl.storage.engine import connect_for_reading
from newscrawl.web.context import Context

router = APIRouter(tags=["operation"])

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Health(BaseModel):
    """The server is up and can read its database."""

    status: Literal["ok"] = Field(description="anything else is an error with another HTTP status")


@router.get("/healthz", summary="Whether the server can read its database")
def get_health(context: Context) -> Health:
    """Answer 200 if the database can be read, 503 if not. Needs no token."""
    with connect_for_reading(context.engine) as connection:
        connection.execute(select(1))
    return Health(status="ok")


@router.get("/metrics", include_in_schema=False)
def show_metrics(context: Context) -> Response:
    """Return the metrics in the text format of Prometheus."""
    return Response(generate_latest(context.metrics.registry), media_type=METRICS_TYPE)
