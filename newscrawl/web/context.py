"""What the routes share: the engine, the settings and the templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.templating import Jinja2Templates
from sqlalchemy import Engine

from newscrawl.web.metrics import Metrics
from newscrawl.web.settings import WebSettings


@dataclass(frozen=True, slots=True)
class WebContext:
    """Lives as long as the application."""

    settings: WebSettings
    engine: Engine
    """Read-only, with a time limit; routes open connections with `connect_for_reading`."""
    templates: Jinja2Templates
    metrics: Metrics


def get_context(request: Request) -> WebContext:
    """Return the context of the application that answers *request*."""
    context = request.app.state.context
    assert isinstance(context, WebContext)
    return context


Context = Annotated[WebContext, Depends(get_context)]
"""Parameter type of a route that needs the context."""
