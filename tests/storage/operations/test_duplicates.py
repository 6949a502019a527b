"""FindDuplicate answers what SaveArticle would, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event

from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.duplicates import FindDuplicate
from newscrawl.storage.operations.fetch_results import FinishFetch
from newscrawl.storage.records import Claim, Saved
from newscrawl.storage.schema import metadata, pages
from tests.support.databases import Databases, database
from tests.support.random_site import RandomSite
from tests.support.store import Store

A, B, C = (f"https://example.org/{name}" for name in "abc")
MakeArticle = Callable[..., Article]


class LookingStore(Store):
    """Looks each article up first; a duplicate is finished without being saved."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.answers: Counter[tuple[str, bool]] = Counter()
        """(outcome and reason, whether it was found by the look-up) -> articles."""

    def save(self, article: Article, claim: Claim | None = None) -> Saved:
        assert claim is not None
        found = look_up(self, article, claim)
        if found is None:
            saved = super().save(article, claim)
        else:
            saved = found
            finish_duplicate(self, article, claim, found)
        self.answers[f"{saved.outcome}: {saved.reason}", found is not None] += 1
        return saved


def look_up(store: Store, article: Article, claim: Claim) -> Saved | None:
    found: Saved | None = store.do(FindDuplicate(article, claim))
    return found


def finish_duplicate(store: Store, article: Article, claim: Claim, found: Saved) -> None:
    """End the fetch as the pipeline does."""
    result = store.result(found.outcome, found.reason, article_id=found.article_id)
    store.do(FinishFetch(claim, replace(result, date_published=article.date_published)))


@pytest.fixture(params=["sqlite", "postgresql"])
def tables(request: pytest.FixtureRequest) -> tuple[Databases, str]:
    """What makes databases of an engine, and one with all tables to copy."""
    made: tuple[Databases, str] = request.getfixturevalue(f"{request.param}_tables")
    return made


@pytest.mark.parametrize("seed", [6, 8, 9])
def test_duplicates_that_are_looked_up_first_leave_the_same_database(tables: tuple[Databases, str], seed: int) -> None:
    databases, empty = tables
    with database(databases, like=empty) as one, database(databases, like=empty) as other:
        saving, looking = Store.open(one), LookingStore.open(other)
        for store in (saving, looking):
            site = RandomSite(seed)
            for _ in range(40):
                site.step(store)
        contents = [{name: store.rows(table) for name, table in metadata.tables.items()} for store in (saving, looking)]
        for store in (saving, looking):
            store.close()
            store.engine.dispose()
    assert contents[0] == contents[1]
    assert looking.answers["duplicate: same_content", True] > 0
    assert looking.answers["duplicate: same_url", True] > 0
    assert looking.answers["duplicate: same_content", False] == 0, "found without changing anything"


def test_many_articles_are_looked_up_with_three_statements(store: Store, make_article: MakeArticle) -> None:
    first = store.save(make_article(A))
    claims = store.claim(*(f"https://example.org/new/{number}" for number in range(20)), B)
    copy = make_article(B, headline=f"News of {A}", article_body=make_article(A).article_body)
    operations = [FindDuplicate(make_article(claim.url), claim) for claim in claims[:-1]]
    operations.append(FindDuplicate(copy, claims[-1]))
    statements: list[Any] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    with store.engine.begin() as connection:
        found = FindDuplicate.apply_all(connection, operations)
    assert found == [None] * 20 + [Saved(Outcome.DUPLICATE, "same_content", first.article_id)]
    assert sum(statement.startswith("SELECT") for statement in statements) == 3


def test_the_same_text_under_another_url_is_a_duplicate(store: Store, make_article: MakeArticle) -> None:
    first = store.save(make_article(A))
    [claim] = store.claim(B)
    copy = make_article(B, headline=f"News of {A}", article_body=make_article(A).article_body)
    assert look_up(store, copy, claim) == Saved(Outcome.DUPLICATE, "same_content", first.article_id)


def test_the_same_text_on_another_site_is_not_a_duplicate(store: Store, make_article: MakeArticle) -> None:
    store.save(make_article(A))
    [claim] = store.claim(B)
    copy = make_article(B, headline=f"News of {A}", article_body=make_article(A).article_body, site="other.org")
    assert look_up(store, copy, claim) is None


def test_a_withdrawn_article_has_no_duplicates(store: Store, make_article: MakeArticle) -> None:
    [claim] = store.claim(A)
    saved = store.save(make_article(A), claim)
    store.finish(replace(claim, article_id=saved.article_id), Outcome.GONE, "http_410")
    [claim] = store.claim(B)
    copy = make_article(B, headline=f"News of {A}", article_body=make_article(A).article_body)
    assert look_up(store, copy, claim) is None


def test_another_page_with_the_canonical_url_of_an_article_is_a_duplicate(
    store: Store, make_article: MakeArticle
) -> None:
    first = store.save(make_article(A))
    [claim] = store.claim(B)
    copy = make_article(B, canonical_url=A, headline=f"News of {A}", article_body="A shortened text.")
    assert look_up(store, copy, claim) == Saved(Outcome.DUPLICATE, "same_url", first.article_id)


def test_a_page_that_takes_over_its_article_from_a_copy_is_left_to_the_store(
    store: Store, make_article: MakeArticle
) -> None:
    store.save(make_article(B, canonical_url=A))
    [claim] = store.claim(A)
    assert look_up(store, make_article(A, headline=f"News of {B}"), claim) is None


def test_redirects_lead_to_the_article_of_a_duplicate_that_was_looked_up(
    store: Store, make_article: MakeArticle
) -> None:
    first = store.save(make_article(A))
    [old] = store.claim(C)
    target = store.follow(old, B)
    assert target is not None
    copy = make_article(B, headline=f"News of {A}", article_body=make_article(A).article_body)
    found = look_up(store, copy, target)
    assert found is not None
    finish_duplicate(store, copy, target, found)
    assert {page.url: page.article_id for page in store.rows(pages)} == dict.fromkeys((A, B, C), first.article_id)
