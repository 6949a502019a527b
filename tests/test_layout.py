"""The layout that docs/architecture.md describes. import-linter checks the direction of imports (`make lint`)."""

from __future__ import annotations

from functools import cache

import grimp
import pytest

from tests.support.paths import ROOT

MAX_ROOT_MODULES = 9
MAX_LEVELS = 11


@pytest.fixture(scope="module")
def packages() -> dict[str, frozenset[str]]:
    """Top-level package or module -> those that it imports."""
    graph = grimp.build_graph("newscrawl", "pipelines", exclude_type_checking_imports=True)
    imports: dict[str, set[str]] = {}
    for module in graph.modules:
        found = imports.setdefault(_get_package(module), set())
        found.update(map(_get_package, graph.find_modules_directly_imported_by(module)))
    return {name: frozenset(found - {name}) for name, found in imports.items()}


def _get_package(module: str) -> str:
    parts = module.split(".")
    return parts[0] if parts[0] == "pipelines" else ".".join(parts[:2])


def test_few_modules_stand_at_the_root() -> None:
    modules = [path.name for path in (ROOT / "newscrawl").glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MAX_ROOT_MODULES, modules


def test_imports_have_few_levels(packages: dict[str, frozenset[str]]) -> None:
    @cache
    def get_chain(name: str) -> tuple[str, ...]:
        chains = [get_chain(other) for other in packages[name] if other != "newscrawl"]
        return (name, *max(chains, key=len, default=()))

    longest = max((get_chain(name) for name in packages if name != "newscrawl"), key=len)
    assert len(longest) <= MAX_LEVELS, " imports ".join(longest)
