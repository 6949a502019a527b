"""docs/architecture.md: every name exists, and every step of a page's way is called by one before it."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

import pytest

from tests.support.paths import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = {path.stem for path in (ROOT / "newscrawl").iterdir() if path.name != "__pycache__"} | {"pipelines"}
NAMES = sorted(
    {
        name
        for name in re.findall(r"`([a-z_]+(?:\.\w+)+)`", TEXT)
        if name.split(".")[0] in PACKAGES and not name.endswith((".py", ".toml", ".md"))
    }
)
BY_SCRAPY = {"on_idle", "parse_article", "parse_feed", "process_item", "middlewares"}
"""Steps that Scrapy calls."""


def resolve(name: str) -> Any:
    """Return what a name of the page stands for: a package, module, class, function or method."""
    parts = name.split(".")
    module = parts if parts[0] == "pipelines" else ["newscrawl", *parts]
    rest: list[str] = []
    while True:
        try:
            found: Any = importlib.import_module(".".join(module))
            break
        except ModuleNotFoundError:
            rest.insert(0, module.pop())
    for part in rest:
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_name_exists(name: str) -> None:
    assert resolve(name) is not None


def get_steps(heading: str) -> list[str]:
    """Return the names in the second column of the table under *heading*."""
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| \d+ \| `([\w.]+)` \|", section, re.M)


@pytest.mark.parametrize(("heading", "number"), [("The way of an article", 16), ("The way of a feed", 11)])
def test_every_step_is_called_by_one_before_it(heading: str, number: int) -> None:
    steps = get_steps(heading)
    assert len(steps) == number
    sources: list[str] = []
    for step in steps:
        name = step.rpartition(".")[2]
        # The writer applies operations whatever their class; what is called by name is the class.
        called = step.split(".")[-2] if name in {"apply", "apply_all"} else name
        is_called = any(re.search(rf"\b{called}\b", source) for source in sources)
        assert is_called or name in BY_SCRAPY or step == steps[0], step
        if step not in PACKAGES:
            sources.append(inspect.getsource(resolve(step.rpartition(".")[0])))


def test_every_arrow_of_the_sequence_diagram_is_a_call() -> None:
    [diagram] = re.findall(r"^sequenceDiagram\n(.*?)^```", TEXT, re.M | re.S)
    participants = dict(re.findall(r"participant (\w+) as ([\w.]+)", diagram))
    arrows = re.findall(r"(\w+)->>(\w+): (\w+)$", diagram, re.M)
    assert len(arrows) == diagram.count("->>") > 5
    for caller, callee, name in arrows:
        assert callable(getattr(resolve(participants[callee]), name))
        source = inspect.getsource(resolve(participants[caller]))
        assert re.search(rf"\.{name}\(", source), f"{participants[caller]} does not call {name}"


def test_every_scrapy_component_is_in_the_page() -> None:
    settings = importlib.import_module("newscrawl.settings")
    components = [*settings.DOWNLOADER_MIDDLEWARES, *settings.EXTENSIONS, *settings.ITEM_PIPELINES, *settings.ADDONS]
    own = [name.removeprefix("newscrawl.") for name in components if not name.startswith("scrapy.")]
    assert [name for name in own if name not in TEXT and name != "addon.DerivedSettings"] == []
