"""Requests generated from the description of the API never break it; benchmarks/api_fuzz.py sends thousands."""

from __future__ import annotations

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from starlette.testclient import TestClient

from tests.support.store import Store

LIMITS = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_no_generated_request_makes_the_server_fail_or_break_its_description(store: Store, client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    schema = schemathesis.openapi.from_dict(app.openapi())
    tested = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @LIMITS
        @given(operation.as_strategy())
        def send(case: schemathesis.Case) -> None:
            arguments = case.as_transport_kwargs(base_url="http://localhost")
            for name in ("cookies", "timeout"):
                arguments.pop(name, None)
            answer = client.request(**arguments)
            assert answer.status_code in {200, 308, 404, 422}, (answer.status_code, case.path, arguments)
            expected = "application/problem+json" if answer.status_code >= 400 else ""
            assert answer.headers.get("Content-Type", "").startswith(expected)

        send()
        tested.add(operation.path)
    assert {"/api/v1/changes", "/api/v1/articles/{article_id}", "/healthz"} <= tested
