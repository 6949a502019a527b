"""Clients of the application, over the database of the test's store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from newscrawl.web.app import create_app
from newscrawl.web.settings import WebSettings
from tests.support.store import Store

MakeClient = Callable[..., TestClient]


@pytest.fixture
def make_client(store: Store) -> Iterator[MakeClient]:
    """Return a factory of clients; keyword arguments replace fields of WebSettings."""
    with ExitStack() as stack:

        def make(**settings: Any) -> TestClient:
            url = store.engine.url.render_as_string(hide_password=False)
            app = create_app(replace(WebSettings(url), **settings))
            client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)
            return stack.enter_context(client)

        yield make


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    """Return a client of the application as it is on this machine: without a token."""
    return make_client()
