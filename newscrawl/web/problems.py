"""Errors as problem details (RFC 9457), or as a page for browsers; they say nothing about the machine."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from newscrawl.exceptions import StorageError, UsageError
from newscrawl.storage.read_only import is_timeout
from newscrawl.web.context import get_context

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
UNPROCESSABLE = 422
RETRY_AFTER = {"Retry-After": "5"}
MACHINE_PATHS = ("/api/", "/feeds/", "/metrics", "/healthz")
"""Paths whose errors are never pages."""
MAX_MESSAGES = 10


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    title: str = Field(description="the status in words", examples=["Unprocessable Content"])
    status: int = Field(description="the HTTP status", examples=[422])
    detail: str = Field(
        description="what is wrong with this request, and what to do",
        examples=["query parameter 'limit': input should be less than or equal to 100"],
    )


def make_problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Return a problem answer."""
    problem = Problem(title=get_title(status), status=status, detail=detail)
    return JSONResponse(problem.model_dump(), status, headers, media_type=MEDIA_TYPE)


def get_title(status: int) -> str:
    """Return the phrase of RFC 9110 for *status*."""
    return "Unprocessable Content" if status == UNPROCESSABLE else HTTPStatus(status).phrase


def install_handlers(app: FastAPI) -> None:
    """Turn every expected exception of a route into a problem answer."""

    @app.exception_handler(HTTPException)
    def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.NOT_FOUND and error.detail == HTTPStatus.NOT_FOUND.phrase:
            return _answer(request, error.status_code, "there is nothing at this address", headers)
        return _answer(request, error.status_code, str(error.detail), headers)

    @app.exception_handler(RequestValidationError)
    def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _answer(request, UNPROCESSABLE, _describe_all(error.errors()))

    @app.exception_handler(UsageError)
    def on_usage_error(request: Request, error: Exception) -> Response:
        return _answer(request, UNPROCESSABLE, str(error))

    @app.exception_handler(SQLAlchemyError)
    @app.exception_handler(StorageError)
    def on_storage_error(request: Request, error: Exception) -> Response:
        if isinstance(error, DBAPIError) and is_timeout(error):
            limit = get_context(request).settings.limits.query_timeout
            detail = f"the query took longer than {limit:g} s and was stopped; make it narrower"
            return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, detail, RETRY_AFTER)
        if isinstance(error, PoolTimeoutError):
            detail = "all database connections are in use; try again in a moment"
            return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, detail, RETRY_AFTER)
        log.error("The database failed at %s", request.url.path, exc_info=error)
        detail = "the database is not available; the log of the server says why"
        return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, detail, RETRY_AFTER)


def _answer(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    if request.url.path.startswith(MACHINE_PATHS) or "text/html" not in request.headers.get("accept", ""):
        return make_problem(status, detail, headers)
    names = {"status": status, "title": get_title(status), "detail": detail}
    return get_context(request).templates.TemplateResponse(request, "error.html", names, status, headers)


def _describe_all(errors: Any) -> str:
    lines = [_describe(error) for error in errors[:MAX_MESSAGES]]
    return "; ".join(lines)


def _describe(error: dict[str, Any]) -> str:
    where, *names = error["loc"]
    name = ".".join(map(str, names))
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{where} parameter {name!r}: {message[:1].lower()}{message[1:]}"
