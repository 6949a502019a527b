"""Put the application together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware import Middleware

from newscrawl.storage.read_only import open_read_only
from newscrawl.storage.upgrade import require_not_empty
from newscrawl.web.access import AccessMiddleware
from newscrawl.web.api import router as api
from newscrawl.web.conditional import ConditionalMiddleware
from newscrawl.web.context import WebContext
from newscrawl.web.feeds import router as feeds
from newscrawl.web.headers import HeadersMiddleware
from newscrawl.web.health import router as health
from newscrawl.web.metrics import Metrics, MetricsMiddleware
from newscrawl.web.openapi import install_openapi
from newscrawl.web.pages import router as pages
from newscrawl.web.problems import install_handlers
from newscrawl.web.settings import WebSettings
from newscrawl.web.static_files import VersionedStaticFiles
from newscrawl.web.templating import STATIC, make_templates


def create_app(settings: WebSettings) -> FastAPI:
    """Return the application; it opens the database at once and closes it at its shutdown.

    Raises StorageError for a database that is missing, empty, or of another version.
    """
    engine = open_read_only(settings.database_url, settings.limits)
    try:
        require_not_empty(engine)
    except BaseException:
        engine.dispose()
        raise

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # A thread more than connections would only wait for one.
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.limits.connections
        yield
        engine.dispose()

    metrics = Metrics(engine)
    app = FastAPI(
        title="newscrawl",
        version="1",
        summary="Articles of news sites: search, versions, changes and how the crawls do. Read-only.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=[
            Middleware(HeadersMiddleware),
            Middleware(MetricsMiddleware, metrics=metrics),
            Middleware(AccessMiddleware, settings=settings),
            Middleware(ConditionalMiddleware),
        ],
    )
    app.state.context = WebContext(settings, engine, make_templates(), metrics)
    install_handlers(app)
    install_openapi(app)
    app.include_router(health)
    app.include_router(api)
    app.include_router(feeds)
    app.include_router(pages)
    app.mount("/static", VersionedStaticFiles(directory=STATIC), name="static")
    return app
