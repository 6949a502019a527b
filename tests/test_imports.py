"""The direction of imports: a lower floor never imports a higher one (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = (
    {"items", "exceptions", "text", "printing", "urls", "rule_files"},
    {
        "freshness",
        "health",
        "durations",
        "identity",
        "outcomes",
        "fields",
        "boilerplate",
        "extraction",
        "discovery",
        "processors",
        "sites",
    },
    {"loaders", "reading", "warm", "inspection"},
    {"storage", "archives", "cpu_pool"},
    {
        "summary",
        "pace",
        "downloads",
        "overrides",
        "single_page",
        "page_inspection",
        "logformatter",
        "middlewares",
        "extensions",
        "spiders",
        "pipelines",
    },
    {"commands", "settings"},
)
SCRAPY_FLOOR = 4
FILES = [
    path
    for folder in ("newscrawl", "pipelines")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name != "__init__.py"
]


def room_of(parts: tuple[str, ...]) -> str:
    return "pipelines" if parts[0] == "pipelines" else parts[1] if len(parts) > 1 else ""


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports_of(path: Path) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield from (tuple(f"{node.module}.{alias.name}".split(".")) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_imports_a_higher_floor(path: Path) -> None:
    here = floor_of(room_of(path.relative_to(ROOT).with_suffix("").parts))
    for name in imports_of(path):
        if name[0] in {"newscrawl", "pipelines"} and name[1:] != ("__version__",):
            assert floor_of(room_of(name)) <= here, f"{path.name} imports {'.'.join(name)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_scrapy_is_known_only_to_the_scrapy_parts(path: Path) -> None:
    room = room_of(path.relative_to(ROOT).with_suffix("").parts)
    if floor_of(room) < SCRAPY_FLOOR and room != "loaders":
        assert {"scrapy", "twisted"}.isdisjoint(name[0] for name in imports_of(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sql_is_known_only_to_storage(path: Path) -> None:
    if "storage" not in path.parts:
        verbs = {"select", "insert", "update", "delete", "text"}
        imported = {name[-1] for name in imports_of(path) if name[0] == "sqlalchemy"}
        assert imported.isdisjoint(verbs), f"{path.name} writes SQL"


def test_pipelines_are_imported_by_nobody() -> None:
    for path in FILES:
        if "pipelines" not in path.parts:
            assert all(name[0] != "pipelines" for name in imports_of(path)), path


def test_the_house_has_no_import_cycles() -> None:
    modules = {path.relative_to(ROOT).with_suffix("").parts: path for path in FILES}
    graph = {
        module: {name[:length] for name in imports_of(path) for length in range(2, len(name) + 1)} & modules.keys()
        for module, path in modules.items()
    }
    done: set[tuple[str, ...]] = set()

    def visit(module: tuple[str, ...], trail: tuple[tuple[str, ...], ...]) -> None:
        assert module not in trail, " -> ".join(".".join(one) for one in (*trail, module))
        if module not in done:
            for target in graph[module]:
                visit(target, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())
