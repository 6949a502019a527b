"""Large responses share a limit of bytes, in the order in which they ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from newscrawl.crawling import response_memory
from newscrawl.crawling.response_memory import ResponseMemory


@dataclass
class Crawl:
    waiting: int = 0
    granted: list[str] = field(default_factory=list)
    memory: ResponseMemory = field(init=False)

    def __post_init__(self) -> None:
        self.memory = ResponseMemory(
            lambda: self.waiting,
            lambda seconds, grant: asyncio.get_running_loop().call_later(seconds, grant),
            max_bytes=100,
        )

    def ask(self, name: str, size: int) -> None:
        self.memory.request(name, size, lambda: self.granted.append(name))


def run(test: Callable[[Crawl], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test(Crawl()))


def test_reservations_are_granted_in_order_while_there_is_room() -> None:
    async def check(crawl: Crawl) -> None:
        crawl.ask("a", 60)
        crawl.ask("b", 30)
        crawl.ask("c", 50)
        crawl.ask("d", 5)
        assert crawl.granted == ["a", "b"]  # d would fit, and c would never have its turn.
        assert (crawl.memory.reserved, crawl.memory.waiting) == (90, 2)
        crawl.memory.release("a")
        assert crawl.granted == ["a", "b", "c", "d"]
        assert crawl.memory.reserved == 85

    run(check)


def test_responses_that_wait_to_be_parsed_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_memory, "POLL_INTERVAL", 0.001)

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
        crawl.memory.reduce("a", 20)
        crawl.memory.reduce("a", 80)
        assert (crawl.granted, crawl.memory.reserved) == (["a", "b"], 70)

    run(check)


def test_who_no_longer_waits_is_forgotten() -> None:
    async def check(crawl: Crawl) -> None:
        crawl.ask("a", 90)
        crawl.ask("b", 90)
        crawl.ask("c", 10)
        crawl.memory.release("b")
        crawl.memory.release("b")
        assert crawl.granted == ["a", "c"]
        crawl.ask("a", 90)
        assert crawl.granted == ["a", "c", "a"]
        crawl.memory.release("a")
        crawl.memory.release("c")
        assert (crawl.memory.reserved, crawl.memory.waiting) == (0, 0)

    run(check)


def test_coroutine_waits_for_its_reservation() -> None:
    async def check(crawl: Crawl) -> None:
        await crawl.memory.reserve("a", 90)
        waiting = asyncio.ensure_future(crawl.memory.reserve("b", 90))
        await asyncio.sleep(0)
        assert not waiting.done()
        crawl.memory.release("a")
        await waiting
        assert crawl.memory.has("b")

    run(check)
