"""Format the texts shared by the terminal and the HTML report, with everything from the page escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newscrawl.evidence import Block
from newscrawl.inspection.model import Inspection
from newscrawl.text.terminal import escape_for_terminal

REMOVED = "removed"
"""Name of the fact with the number of blocks per reason."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive kept blocks and the removed blocks after them, each with its number."""

    kept: list[tuple[int, Block]]
    removed: list[tuple[int, Block]]


def group_runs(blocks: Sequence[Block], *, kept: bool = True, removed: bool = True) -> Iterator[Run]:
    """Yield the *kept* and *removed* blocks in document order."""
    run = Run([], [])
    for number, block in enumerate(blocks):
        if block.kept and run.removed:
            yield run
            run = Run([], [])
        if kept if block.kept else removed:
            (run.kept if block.kept else run.removed).append((number, block))
    if run.kept or run.removed:
        yield run


def format_label(block: Block) -> str:
    """Return the reason, the score if there is one, and what shows that it is the standfirst."""
    label = block.reason if block.score is None else f"{block.reason} {block.score:.2f}"
    return f"{label}, standfirst by {block.standfirst}" if block.standfirst else label


def _format_labelled(block: Block) -> str:
    return f"[{format_label(block)}] {block.text}"


def format_counts(numbers: Mapping[str, int]) -> str:
    """Return `outside 12, links 3`."""
    return ", ".join(f"{name} {number}" for name, number in numbers.items())


def count_reasons(blocks: Sequence[tuple[int, Block]]) -> dict[str, int]:
    """Return reason -> number of blocks, most frequent first."""
    return dict(Counter(block.reason for _, block in blocks).most_common())


def collect_facts(inspection: Inspection) -> list[tuple[str, str]]:
    """Return the facts above the fields as names and values."""
    source, extraction, body = inspection.source, inspection.extraction, inspection.article.article_body or ""
    facts = [
        ("page", source.origin),
        ("url", source.url or "unknown; relative links and values from the URL are ignored (set it with --url)"),
        (
            "rules",
            f"site file {source.site_file}" if source.site_file else "newscrawl's defaults; the site has no site file",
        ),
        ("page type", extraction.page_type if extraction.is_article else f"not an article: {extraction.page_type}"),
        (
            "body",
            f"{len(body):,} characters in {inspection.kept} blocks; {len(inspection.blocks) - inspection.kept} removed",
        ),
        ("encoding", f"{extraction.encoding}, {len(source.body):,} bytes"),
    ]
    if source.origin == source.url:
        facts.pop(1)
    if inspection.reasons:
        facts.append((REMOVED, format_counts(inspection.reasons)))
    if extraction.left_out:
        facts.append(("skipped elements", f"{format_counts(extraction.left_out)} (their text is in no block)"))
    facts += [("note", remark) for remark in (*extraction.warnings, *inspection.remarks)]
    return [(name, escape_for_terminal(value)) for name, value in facts]


def ground_truth_differences(inspection: Inspection) -> list[tuple[str, list[str]]]:
    """Return the differences between body and ground truth: headings with the texts below them."""
    comparison = inspection.comparison
    if comparison is None:
        return []
    pairs = list(zip(inspection.blocks, comparison.in_ground_truth, strict=True))
    parts = [
        ("in the ground truth, but removed", [_format_labelled(b) for b, true in pairs if true and not b.kept]),
        ("in the ground truth, but in no block", list(comparison.missing)),
        ("kept, but not in the ground truth", [_format_labelled(b) for b, true in pairs if b.kept and true is False]),
        ("must be in the body", list(comparison.lost)),
        ("must not be in the body", list(comparison.leaked)),
    ]
    return [(title, [escape_for_terminal(text) for text in texts]) for title, texts in parts if texts]
