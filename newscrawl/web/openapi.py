"""The description of the API: its errors are problem details, whatever FastAPI assumes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from newscrawl.web.problems import MEDIA_TYPE, Problem, get_title

DESCRIPTION = (
    "Read-only. Every answer has a strong ETag: send it as `If-None-Match`, and an unchanged answer is an empty 304. "
    "Every error is `application/problem+json`. docs/api.md has examples."
)
_GENERAL = (400, 401, 421, 503)
"""Statuses that every route can answer with."""


def describe_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that answers with problems of these statuses."""
    return {status: _describe(status) for status in statuses}


def _describe(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": get_title(status), "content": {MEDIA_TYPE: {"schema": schema}}}


def install_openapi(app: FastAPI) -> None:
    """Make the application describe its errors as they are."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            description = get_openapi(
                title=app.title, version=app.version, summary=app.summary, description=DESCRIPTION, routes=app.routes
            )
            schemas = description.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = Problem.model_json_schema()
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            for path in description["paths"].values():
                for operation in path.values():
                    _add_errors(operation["responses"], has_parameters="parameters" in operation)
            app.openapi_schema = description
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _add_errors(responses: dict[str, Any], *, has_parameters: bool) -> None:
    responses.pop("422", None)
    for status in (*_GENERAL, *([HTTPStatus(422)] if has_parameters else [])):
        responses[str(int(status))] = _describe(int(status))
    responses["304"] = {"description": "the answer is the one whose ETag was sent as `If-None-Match`"}
