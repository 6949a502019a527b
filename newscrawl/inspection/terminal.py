"""Print an inspection to a terminal, or as plain lines if there is none."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from newscrawl.evidence import Block
from newscrawl.inspection.formatting import (
    Run,
    collect_facts,
    count_reasons,
    format_counts,
    format_label,
    ground_truth_differences,
    group_runs,
)
from newscrawl.inspection.model import BODY, FieldReport, Inspection
from newscrawl.text.terminal import escape_for_terminal

MIN_WIDTH_SIDE_BY_SIDE = 100
"""Terminal width from which kept and removed text are printed side by side."""
MAX_REMOVED_BLOCKS = 6
"""Consecutive removed blocks printed beside the kept ones."""
MAX_REMOVED_CHARS = 160
MAX_VALUE = 300

Numbered = tuple[int, Block]


def print_inspection(console: Console, inspection: Inspection, *, kept: bool = True, removed: bool = True) -> None:
    """Print facts, fields, and the *kept* and *removed* blocks. Text of the page is never parsed as markup."""
    for name, value in collect_facts(inspection):
        _line(console, Text.assemble((f"{name:18}", "bold"), (value, _colour(name, inspection))))
    console.print()
    for report in inspection.fields:
        _print_field(console, report)
    if source := inspection.article.sources.get(BODY):
        _line(console, Text.assemble((f"{BODY:24}", "cyan"), "see below", (f"  [{source}]", "dim")))
    for title, texts in ground_truth_differences(inspection):
        console.print()
        _line(console, Text(title, "bold yellow"))
        for text in texts:
            _line(console, Text(f"  {text}"))
    console.print()
    runs = list(group_runs(inspection.blocks, kept=kept, removed=removed))
    if kept and removed and console.is_terminal and console.width >= MIN_WIDTH_SIDE_BY_SIDE:
        console.print(_side_by_side(runs))
    else:
        for run in runs:
            for number, block in run.kept + run.removed:
                _line(console, _stacked(number, block))


def _line(console: Console, text: Text) -> None:
    """Print one line; only the terminal wraps it, so that it can be searched and copied."""
    console.print(text, soft_wrap=True)


def _colour(name: str, inspection: Inspection) -> str:
    if name == "page type":
        return "green" if inspection.extraction.is_article else "bold red"
    return "yellow" if name == "note" else ""


def _print_field(console: Console, report: FieldReport) -> None:
    source = f"  [{report.source}]" if report.source else ""
    value = "–" if report.value is None else _cut(report.value, MAX_VALUE)
    line = Text.assemble((f"{report.name:24}", "cyan"), value, (source, "dim"))
    if report.is_correct is not None:
        line.append(
            "  correct" if report.is_correct else f"  ground truth: {escape_for_terminal(report.ground_truth or '')}",
            "green" if report.is_correct else "yellow",
        )
    _line(console, line)
    for other in report.others:
        _line(
            console, Text(f"{'':24}other: {_cut(other.value, MAX_VALUE)}  [{escape_for_terminal(other.source)}]", "dim")
        )


def _cut(text: str, limit: int) -> str:
    text = escape_for_terminal(text)
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _stacked(number: int, block: Block) -> Text:
    marker, style = ("+", "") if block.kept else ("-", "dim")
    label = escape_for_terminal(format_label(block))
    text = escape_for_terminal(block.text).replace("\n", " ⏎ ")
    return Text.assemble((f"{marker} {number:4} {label:24} ", _style(block)), (text, style))


def _side_by_side(runs: Sequence[Run]) -> Table:
    table = Table(expand=True, show_lines=True, border_style="dim")
    table.add_column("kept", ratio=3, header_style="bold green")
    table.add_column("removed after it", ratio=2, header_style="bold red", vertical="bottom")
    for run in runs:
        table.add_row(_cell(run.kept), _removed_cell(run.removed))
    return table


def _cell(blocks: Sequence[Numbered]) -> Text:
    lines = []
    for number, block in blocks:
        tag = "" if block.tag == "p" else f" {block.tag}"
        why = "" if block.reason == "body" and block.score is None else f" {format_label(block)}"
        lines.append(
            Text.assemble((f"{number}{tag}{escape_for_terminal(why)} ", _style(block)), escape_for_terminal(block.text))
        )
    return Text("\n\n").join(lines)


def _removed_cell(blocks: Sequence[Numbered]) -> Text:
    lines = [
        Text.assemble(
            (f"{number} {escape_for_terminal(format_label(block))} ", _style(block)),
            (_cut(block.text, MAX_REMOVED_CHARS), "dim"),
        )
        for number, block in blocks[:MAX_REMOVED_BLOCKS]
    ]
    rest = blocks[MAX_REMOVED_BLOCKS:]
    if rest:
        lines.append(
            Text(
                f"… {len(rest)} more: {escape_for_terminal(format_counts(count_reasons(rest)))} (--removed shows them)",
                "italic",
            )
        )
    return Text("\n").join(lines)


def _style(block: Block) -> str:
    return "green" if block.kept else "red"
