"""The front page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from newscrawl.web.context import Context

router = APIRouter()


@router.get("/")
def show_front(request: Request, context: Context) -> Response:
    """Show what the server offers."""
    return context.templates.TemplateResponse(request, "front.html")
