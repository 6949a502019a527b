"""Register page shapes. Names seed the generated text, so renaming a shape changes its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.page_types.maker import Maker

Build = Callable[[Maker], str]


@dataclass(frozen=True, slots=True)
class Shape:
    """A template for pages of one kind."""

    name: str
    kind: str
    expected: str
    """The expected page type."""
    path: str
    """Path of its URL, with the placeholders `{slug}` and `{n}`."""
    build: Build


SHAPES: list[Shape] = []


def shape(kind: str, expected: str, path: str) -> Callable[[Build], Build]:
    """Register a function that builds a page."""

    def registered(build: Build) -> Build:
        SHAPES.append(Shape(build.__name__, kind, expected, path, build))
        return build

    return registered
