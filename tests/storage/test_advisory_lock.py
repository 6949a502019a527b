"""Transactions that write articles run one at a time, so that consumers can follow the change feed by its ids."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.fetch_results import FinishFetch
from newscrawl.storage.records import Saved
from newscrawl.storage.schema import article_changes
from tests.support.store import Store

Make = Callable[..., Article]
ONE, TWO = "https://example.org/one", "https://example.org/two"


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.UNCHANGED])
def test_change_is_not_committed_before_one_with_a_smaller_id(
    store: Store, make_article: Make, outcome: Outcome
) -> None:
    store.save(make_article(ONE))
    if outcome is Outcome.UNCHANGED:
        store.start_crawl()
        store.finish(store.claim(ONE, force=True)[0], Outcome.GONE, "http_410")
    store.start_crawl()
    [gone], [other] = store.claim(ONE, force=True), store.claim(TWO)
    status = 410 if outcome is Outcome.GONE else 304
    result = replace(store.result(outcome, "reason"), http_status=status)
    saved: list[Saved] = []

    with store.engine.begin() as connection:
        FinishFetch.apply_all(connection, [FinishFetch(gone, result)])
        last = connection.execute(select(article_changes.c.kind).order_by(article_changes.c.change_id.desc())).scalar()
        assert last == ("withdrawn" if outcome is Outcome.GONE else "restored")
        thread = threading.Thread(target=lambda: saved.append(store.save(make_article(TWO), other)))
        thread.start()
        thread.join(0.5)
        assert saved == []
    thread.join(30)
    assert [one.outcome for one in saved] == [Outcome.STORED]
    assert [row.kind for row in store.rows(article_changes)][-1] == "inserted"
