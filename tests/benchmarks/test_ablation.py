"""Tests of benchmarks/ablation.py: what a function is replaced by, where, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import pytest

from benchmarks.ablation import Rule, compare, get_neutral


def is_byline(text: str) -> bool:
    return bool(text)


def find_name(text: str) -> str | None:
    return text or None


def split_names(text: str) -> list[str]:
    return text.split()


def iter_names(text: str) -> Iterator[str]:
    yield text


def drop_doubles(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))


def cut_date(text: str) -> str:
    return text.rstrip("0123456789")


def add_names(names: list[str]) -> None:
    names.append("Ann Lee")


def count_words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize(
    ("function", "argument", "neutral"),
    [
        (is_byline, "By Ann Lee", False),
        (find_name, "Ann Lee", None),
        (split_names, "Ann Lee", []),
        (drop_doubles, ["Ann", "Ann"], ["Ann", "Ann"]),
        (cut_date, "Ann Lee 2024", "Ann Lee 2024"),
        (add_names, [], None),
    ],
)
def test_a_function_is_replaced_by_one_that_says_nothing(function: Any, argument: Any, neutral: Any) -> None:
    replacement = get_neutral(function)
    assert replacement is not None
    assert replacement(argument) == neutral


def test_a_generator_is_replaced_by_one_without_values() -> None:
    replacement = get_neutral(iter_names)
    assert replacement is not None
    assert list(replacement("Ann Lee")) == []


def test_a_function_that_computes_a_number_is_not_taken_out() -> None:
    assert get_neutral(count_words) is None


def test_a_function_is_replaced_wherever_it_is_known() -> None:
    owner, user = ModuleType("owner"), ModuleType("user")
    owner.is_byline = user.check = is_byline  # type: ignore[attr-defined]
    user.checks = (find_name, is_byline)  # type: ignore[attr-defined]
    neutral = get_neutral(is_byline)
    assert neutral is not None
    Rule("owner.is_byline", owner, "is_byline", is_byline, neutral).replace([owner, user], neutral)
    assert owner.is_byline is neutral
    assert user.check is neutral
    assert user.checks == (find_name, neutral)


def test_pages_that_a_function_makes_better_and_worse_are_counted() -> None:
    before = {
        "a": {"exact": 1.0, "leaks": 0.0, "authors": 1.0},
        "b": {"exact": 0.0, "leaks": 0.5, "authors": 0.5},
        "c": {"exact": 1.0, "leaks": 0.0},
    }
    without = [
        ("a", {"exact": 0.0, "leaks": 0.5, "authors": 1.0}),
        ("b", {"exact": 1.0, "leaks": 0.0, "authors": 0.5001}),
        ("c", {"exact": 0.0, "leaks": 0.0}),
    ]
    assert compare(before, without) == {"exact": {"better": 2, "worse": 1}, "leaks": {"better": 1, "worse": 1}}
