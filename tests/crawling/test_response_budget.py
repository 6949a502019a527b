"""Large responses share one budget of bytes, in the order in which they ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from newscrawl.crawling import response_budget
from newscrawl.crawling.response_budget import ResponseBudget


@dataclass
class Crawl:
    waiting: int = 0
    granted: list[str] = field(default_factory=list)
    budget: ResponseBudget = field(init=False)

    def __post_init__(self) -> None:
        self.budget = ResponseBudget(lambda: self.waiting, max_bytes=100)

    def ask(self, name: str, size: int) -> None:
        self.budget.request(name, size, lambda: self.granted.append(name))


def run(test: Callable[[Crawl], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test(Crawl()))


def test_reservations_are_granted_in_order_while_there_is_room() -> None:
    async def check(crawl: Crawl) -> None:
        crawl.ask("a", 60)
        crawl.ask("b", 30)
        crawl.ask("c", 50)
        crawl.ask("d", 5)
        assert crawl.granted == ["a", "b"]  # d would fit, and c would never have its turn.
        assert (crawl.budget.reserved, crawl.budget.waiting) == (90, 2)
        crawl.budget.release("a")
        assert crawl.granted == ["a", "b", "c", "d"]
        assert crawl.budget.reserved == 85

    run(check)


def test_responses_that_wait_to_be_parsed_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_budget, "POLL_INTERVAL", 0.001)

    async def check(crawl: Crawl) -> None:
        crawl.waiting = 60
        crawl.ask("a", 50)
        assert crawl.granted == []
        await asyncio.sleep(0.01)
        assert crawl.granted == []
        crawl.waiting = 40
        await asyncio.sleep(0.5)
        assert crawl.granted == ["a"]

    run(check)


def test_one_response_has_its_turn_although_it_is_larger_than_what_is_left() -> None:
    async def check(crawl: Crawl) -> None:
        crawl.waiting = 50
        crawl.ask("a", 500)
        crawl.ask("b", 1)
        assert crawl.granted == ["a"]

    run(check)


def test_what_is_not_needed_is_given_back() -> None:
    async def check(crawl: Crawl) -> None:
        crawl.ask("a", 90)
        crawl.ask("b", 50)
        crawl.budget.reduce("a", 20)
        crawl.budget.reduce("a", 80)
        assert (crawl.granted, crawl.budget.reserved) == (["a", "b"], 70)

    run(check)


def test_who_no_longer_waits_is_forgotten() -> None:
    async def check(crawl: Crawl) -> None:
        crawl.ask("a", 90)
        crawl.ask("b", 90)
        crawl.ask("c", 10)
        crawl.budget.release("b")
        crawl.budget.release("b")
        assert crawl.granted == ["a", "c"]
        crawl.ask("a", 90)
        assert crawl.granted == ["a", "c", "a"]
        crawl.budget.release("a")
        crawl.budget.release("c")
        assert (crawl.budget.reserved, crawl.budget.waiting) == (0, 0)

    run(check)


def test_coroutine_waits_for_its_reservation() -> None:
    async def check(crawl: Crawl) -> None:
        await crawl.budget.reserve("a", 90)
        waiting = asyncio.ensure_future(crawl.budget.reserve("b", 90))
        await asyncio.sleep(0)
        assert not waiting.done()
        crawl.budget.release("a")
        await waiting
        assert crawl.budget.has("b")

    run(check)
