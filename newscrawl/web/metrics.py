"""Metrics for Prometheus: the database, the sites and the requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.metrics import Figures, read_figures

MAX_AGE_S = 30.0
"""The figures of the database are read at most so often, however many servers ask."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The metrics of one application."""

    def __init__(self, engine: Engine) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.requests = Counter(
            "newscrawl_http_requests", "Answers by route and status.", ["route", "status"], registry=self.registry
        )
        self.durations = Histogram(
            "newscrawl_http_request_seconds",
            "Time to the end of an answer, by route.",
            ["route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.registry.register(_DatabaseCollector(engine))

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self.requests.labels(route, str(status)).inc()
        self.durations.labels(route).observe(seconds)


class _DatabaseCollector(Collector):
    """Reads the figures of the database, and keeps them for MAX_AGE_S."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._figures: Figures | None = None
        self._read_at = 0.0

    def collect(self) -> Iterator[Metric]:
        figures = self._read()
        articles = GaugeMetricFamily("newscrawl_articles", "Stored articles.", labels=["site"])
        for site, count in figures.articles.items():
            articles.add_metric([site], count)
        pages = GaugeMetricFamily("newscrawl_pages", "Pages by how they ended.", labels=["site", "outcome"])
        for names, count in figures.pages.items():
            pages.add_metric(names, count)
        yield from (articles, pages)
        checked = GaugeMetricFamily(
            "newscrawl_site_checked_timestamp_seconds", "When a run last finished with the site.", labels=["site"]
        )
        got_articles = GaugeMetricFamily(
            "newscrawl_site_articles_timestamp_seconds",
            "When a run last got an article from the site, new or not; 0 if none of the last runs did.",
            labels=["site"],
        )
        degraded = GaugeMetricFamily("newscrawl_site_degraded", "1 for a degraded site, else 0.", labels=["site"])
        for one in figures.sites:
            checked.add_metric([one.site], one.checked_at.timestamp())
            got_articles.add_metric([one.site], one.articles_at.timestamp() if one.articles_at else 0)
            degraded.add_metric([one.site], one.degraded_since is not None)
        yield from (checked, got_articles, degraded)
        yield GaugeMetricFamily("newscrawl_newest_change", "Newest change_id.", value=figures.newest_change_id)

    def _read(self) -> Figures:
        with self._lock:
            if self._figures is None or time.monotonic() - self._read_at > MAX_AGE_S:
                with connect_for_reading(self._engine) as connection:
                    self._figures = read_figures(connection)
                self._read_at = time.monotonic()
            return self._figures


class MetricsMiddleware:
    """Counts and times every answer by its route, whose parameters stay out of the labels."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            self.metrics.observe(get_route(scope), status, time.perf_counter() - started)


def get_route(scope: Scope) -> str:
    """Return the path template of the route that answered; few values, whatever clients ask for."""
    if scope["path"].startswith("/static/"):
        return "/static"
    return str(getattr(scope.get("route"), "path", "none"))
