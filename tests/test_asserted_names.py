"""Every public name is asserted by a test, so that none can vanish or be misspelled unnoticed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from newscrawl.exceptions import ExitCode
from tests.support.paths import ROOT
from tests.support.public_names import (
    COLUMNS,
    COMMANDS,
    FINISH_NAMES,
    OUTCOMES,
    SETTINGS,
    get_documented_reasons,
    get_reasons,
    get_stats,
)

ABOUT_NAMES = {"test_docs.py", "test_terms.py", "test_asserted_names.py", "public_names.py"}
"""Tests that enumerate names, and so say nothing about what the code does with them."""


class Expectations(ast.NodeVisitor):
    """Collects what a module asserts: strings and enum members in asserts, parametrize lists and helpers' arguments.

    Constants and local variables that are asserted count with their value, unless it comes from a call.
    """

    def __init__(self, module: ast.Module) -> None:
        self.texts: set[str] = set()
        self._values: dict[str, list[ast.expr]] = {}
        self._resolved: set[str] = set()
        for node in ast.walk(module):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            for target in targets:
                if isinstance(target, ast.Name) and value is not None and not isinstance(value, ast.Call):
                    self._values.setdefault(target.id, []).append(value)
        self.visit(module)

    def visit_Assert(self, node: ast.Assert) -> None:
        self._collect(node.test)

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func).rpartition(".")[2]
        if name.startswith(("assert_", "wait_for_", "parametrize")):
            for argument in node.args:
                self._collect(argument)
        if name == "raises":
            for keyword in node.keywords:
                self._collect(keyword.value)
        self.generic_visit(node)

    def _collect(self, expression: ast.expr) -> None:
        for node in ast.walk(expression):
            if isinstance(node, ast.Constant):
                self.texts.add(str(node.value))
            elif isinstance(node, ast.Attribute):
                self.texts.add(ast.unparse(node))
            elif isinstance(node, ast.Name) and node.id not in self._resolved:
                self._resolved.add(node.id)
                self.texts.add(node.id)
                for value in self._values.get(node.id, ()):
                    self._collect(value)


def get_modules() -> Iterator[ast.Module]:
    for path in sorted(ROOT.glob("tests/**/*.py")):
        if path.name not in ABOUT_NAMES:
            yield ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def asserted() -> set[str]:
    """Return everything that tests assert."""
    return {text for module in get_modules() for text in Expectations(module).texts}


def find_missing(names: Iterable[str], asserted: set[str]) -> str:
    """Return the *names* that are no text of *asserted*, alone or after an outcome; `<reason>` stands for any word."""
    texts = "\n".join(asserted)
    patterns = {str(name): re.sub(r"<\w+>", r"\\w+", name) for name in names}
    missing = (name for name, one in patterns.items() if not re.search(rf"^(?:\w+: )?{one}$", texts, re.M))
    return ", ".join(sorted(missing))


def test_every_stat_is_asserted(asserted: set[str]) -> None:
    assert find_missing(get_stats(), asserted) == ""


def test_every_reason_is_asserted(asserted: set[str]) -> None:
    reasons = get_reasons() | get_documented_reasons()
    assert len(reasons) > 60
    assert find_missing(reasons, asserted) == ""


def test_every_finish_reason_is_asserted(asserted: set[str]) -> None:
    assert find_missing(FINISH_NAMES, asserted) == ""


def test_every_outcome_and_change_is_asserted(asserted: set[str]) -> None:
    members = {f"{type(one).__name__}.{one.name}": str(one) for one in OUTCOMES}
    asserted_members = {name for member, name in members.items() if member in asserted}
    assert find_missing(members.values(), asserted | asserted_members) == ""


def test_every_exit_code_is_asserted_by_its_name(asserted: set[str]) -> None:
    assert find_missing((f"ExitCode.{code.name}" for code in ExitCode), asserted) == ""


def test_every_setting_column_and_command_is_used_by_a_test() -> None:
    nodes = [node for module in get_modules() for node in ast.walk(module)]
    texts = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    texts |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    texts |= {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg}
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    assert find_missing({*SETTINGS, *COMMANDS, *(column for _, column in COLUMNS)}, words) == ""


def test_only_what_is_asserted_counts() -> None:
    module = ast.parse("""
EXPECTED = {"page": "error: constant"}
def test() -> None:
    "docstring"
    found = run("argument")
    assert found == EXPECTED["page"], "message"
    assert_outcome("helper")
    with raises(ValueError, match="pattern"):
        run("other")
    assert code is ExitCode.OK
""")
    names = ["constant", "helper", "pattern", "ExitCode.OK", "docstring", "argument", "message", "other"]
    assert find_missing(names, Expectations(module).texts) == "argument, docstring, message, other"
