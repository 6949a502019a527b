"""The consumers of docs/changes.md keep a copy that equals the articles, and its receiver accepts our signatures."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from newscrawl.changefeed.signing import make_signature, parse_secrets
from newscrawl.items import Article
from newscrawl.storage.operations.rekeying import RebuildKeys
from newscrawl.urls.key_rules import UrlKeyRules
from newscrawl.urls.keys import UrlKeys
from tests.support.paths import ROOT
from tests.support.random_site import RandomSite
from tests.support.store import Store

DOCUMENT = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")
CONSUMER, VERIFY = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.M | re.S)
CREATE, UPDATE = re.findall(r"^```sql\n(.*?)^```$", DOCUMENT, re.M | re.S)
ARTICLES = "SELECT id, url, headline, article_body FROM articles ORDER BY id"
MakeArticle = Callable[..., Article]
LAST = 2
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def rows(engine: Engine, sql: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def change(store: Store, site: RandomSite, make_article: MakeArticle, number: int) -> None:
    """Change some articles; in the end, merge two that have become one page."""
    for _ in range(10):
        site.step(store)
    if number == 0:
        for name in "12":
            store.save(make_article(f"https://example.org/page?x={name}"))
    if number == LAST:
        rules = UrlKeyRules(drop_parameters=("x",))
        assert store.do(RebuildKeys(UrlKeys({"example.org": rules}), store.now)).merged_articles == 1


def run_statements(engine: Engine, statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements.strip().split(";\n"):
            connection.execute(text(statement.rstrip(";")))


def test_copy_of_the_consumer_in_python_equals_the_articles(
    store: Store, make_article: MakeArticle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(CONSUMER.strip().splitlines()) <= 20
    copy, site = f"sqlite:///{tmp_path}/copy.db", RandomSite(1)
    url = store.engine.url.render_as_string(hide_password=False)
    monkeypatch.setattr("sys.argv", ["consumer.py", url, copy])
    for number in range(LAST + 1):
        change(store, site, make_article, number)
        names: dict[str, Any] = {}
        exec(CONSUMER, names)
        names["feed"].dispose()
        names["copy"].dispose()
        engine = create_engine(copy)
        assert rows(engine, "SELECT * FROM copies ORDER BY id") == rows(store.engine, ARTICLES)
        engine.dispose()


def test_copy_of_the_consumer_in_sql_equals_the_articles(store: Store, make_article: MakeArticle) -> None:
    site = RandomSite(1)
    run_statements(store.engine, CREATE)
    for number in range(LAST + 1):
        change(store, site, make_article, number)
        run_statements(store.engine, UPDATE)
        assert rows(store.engine, "SELECT * FROM my_articles ORDER BY id") == rows(store.engine, ARTICLES)


def test_receiver_accepts_our_signature_and_no_other() -> None:
    names: dict[str, Any] = {}
    exec(VERIFY, names)
    now, body = int(time.time()), b'{"data": {}}'
    headers = {"webhook-id": "changes_hook_1_2", "webhook-timestamp": str(now)}
    signed = headers | {
        "webhook-signature": make_signature(parse_secrets(f"{'x' * 24} {SECRET}"), "changes_hook_1_2", now, body)
    }
    assert names["verify"](signed, body, SECRET)
    assert not names["verify"](signed, body + b" ", SECRET)
    assert not names["verify"](signed | {"webhook-timestamp": str(now - 1)}, body, SECRET)
    old = {"webhook-timestamp": str(now - 900)}
    old["webhook-signature"] = make_signature(parse_secrets(SECRET), "changes_hook_1_2", now - 900, body)
    assert not names["verify"](headers | old, body, SECRET)
