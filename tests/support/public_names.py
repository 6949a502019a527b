"""The names that users meet: settings, stats, outcomes, reasons, exit codes, columns and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl import settings
from newscrawl.commands.crawl import FINISH_REASONS
from newscrawl.dedup.changes import Change
from newscrawl.dedup.regressions import Regression
from newscrawl.dedup.revisions import Label
from newscrawl.items import Outcome
from newscrawl.outcomes import FinishReason
from newscrawl.storage.schema import metadata
from tests.support.paths import ROOT

COMMANDS_DOC = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
CODE = [
    path.read_text(encoding="utf-8") for name in ("newscrawl", "pipelines") for path in ROOT.glob(f"{name}/**/*.py")
]
SETTINGS = [name for name in dir(settings) if name.startswith("NEWSCRAWL_")]
COMMANDS = sorted(path.stem for path in (ROOT / "newscrawl" / "commands").glob("[a-z]*.py"))
OUTCOMES = [*Outcome, *Change, *Label, *Regression]
FINISH_NAMES = sorted({*FinishReason, *FINISH_REASONS.values()})
COLUMNS = [(table.name, column.name) for table in metadata.tables.values() for column in table.columns]


def get_section(document: str, heading: str) -> str:
    """Return the text under a heading of the second level."""
    [section] = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", document, re.M | re.S)
    return str(section)


def find_in_code(pattern: str) -> Iterator[str]:
    for code in CODE:
        yield from re.findall(pattern, code)


def get_stats() -> set[str]:
    """Return the stats that the code counts, with `<outcome>` and `<reason>` for their variable parts."""
    calls = find_in_code(r"\.inc_value\(([^\n]*)")
    names = {name for call in calls for name in re.findall(r'"([a-z_]+/[^"]+)"', call)}
    return {re.sub(r"\{(?:\w+\.)*(outcome|reason)(?:\.value)?\}", r"<\1>", name) for name in names}


def get_reasons() -> set[str]:
    """Return the reasons that stand in the code, literally or as a constant."""
    constants = dict(pair for code in CODE for pair in re.findall(r'^([A-Z_]+)(?:: \w+)? = "(\w+)"$', code, re.M))
    named = {constants[name] for name in find_in_code(r"Outcome\.[A-Z_]+, ([A-Z][A-Z_]+)\b") if name in constants}
    return {*find_in_code(r'Outcome\.[A-Z_]+, "(\w+)"'), *find_in_code(r'\(\w+Error, "(\w+)"\)'), *named}


def get_documented_reasons() -> set[str]:
    """Return the reasons in the table of outcomes, which also has those that come from rules and tables."""
    rows = re.findall(r"^\|[^|]*\|([^|]*)\|", get_section(COMMANDS_DOC, "Outcomes and reasons"), re.M)
    return {reason for row in rows for reason in re.findall(r"`(\w+)`", row)}
