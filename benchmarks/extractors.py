"""Compare newscrawl with other extractors, on the same pages in the same run.

    python benchmarks/extractors.py CORPUS... [--repeat N] [--every N] [--json FILE] [--folds DIRECTORY]
        [--environment FOLDER]

The others are installed into a separate environment, in the versions of extractors.txt. All tools run in one process,
in turns of sixteen pages and starting with a different tool each time, so that noise of the machine affects all equally
and each parses several pages in a row, as extractors do.
Prints a Markdown table for each corpus: the figures of benchmarks/scoring.py and the milliseconds of CPU time per page
(best of N), also as multiples of lxml's bare parse and of trafilatura, all measured in this run.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import subprocess
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.tools import Tool

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.corpus import Corpus, SavedPage
from benchmarks.environments import environment
from benchmarks.scoring import FIGURES, Scores, score
from benchmarks.timing import bare_parse, milliseconds, times

PINS = (HERE / "extractors.txt", HERE.parent / "requirements.txt")
BARE = "lxml, bare parse"
REFERENCE = "trafilatura"
PAGES_PER_TURN = 16
"""With a single page per turn, the processor caches would be cold for every tool."""
WARM_UP = SavedPage(
    "warm-up",
    "https://example.org/news/one-two-three",
    b"<html lang=en><body><article><h1>News</h1><p>By Ann Lee</p><time>2 hours ago</time><p>Text of it.</p></article>",
)
"""Needs what tools load when it is first needed, once per process: dateparser takes 0.2 s, 1.5 ms per page of 137."""


@dataclass(slots=True)
class Measured:
    """Results of all tools on one corpus, by name of the tool."""

    predictions: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Pages on which a tool raised an error; they count as empty."""


def measure(corpus: Corpus, tools: Sequence[Tool], *, repeat: int) -> Measured:
    """Run every tool over every page, in turns of PAGES_PER_TURN."""
    measured = Measured()
    for number, pages in enumerate(batched(corpus.pages(), PAGES_PER_TURN)):
        start = number % len(tools)
        for page in pages:
            measured.ms[BARE].append(min(milliseconds(bare_parse, page.body) for _ in range(repeat)))
        for tool in (*tools[start:], *tools[:start]):
            # No tool pays for the garbage of another one.
            gc.collect()
            for page in pages:
                durations = (milliseconds(read, tool, page, measured) for _ in range(repeat))
                measured.ms[tool.name].append(min(durations))
    return measured


def batched(pages: Iterable[SavedPage], size: int) -> Iterator[list[SavedPage]]:
    """Yield lists of *size* pages; the last may be shorter."""
    remaining = iter(pages)
    while batch := list(islice(remaining, size)):
        yield batch


def read(tool: Tool, page: SavedPage, measured: Measured) -> None:
    """Record what a tool extracts; any error in it is recorded, and the page counts as empty."""
    try:
        found = tool.read(page)
    except Exception:
        found = {}
        measured.failures[tool.name].add(page.id)
    measured.predictions[tool.name][page.id] = found


def table(corpus: Corpus, measured: Measured, tools: Sequence[Tool]) -> list[str]:
    """Return the figures as a Markdown table, with a dash for fields that a tool does not extract."""
    ground_truth = corpus.ground_truth()
    scores = {tool.name: score(ground_truth, measured.predictions[tool.name]) for tool in tools}
    figures = [name for name in FIGURES if name in scores[tools[0].name].figures]
    heads = ["", *figures, "ms per page", "median", "p99", "× bare parse", f"× {REFERENCE}", "errors"]
    rows = [[BARE, *("" for _ in figures), *_time_cells(measured, BARE), ""]]
    for tool in tools:
        cells = [tool.label(), *_figure_cells(scores[tool.name], figures, tool.lacks)]
        rows.append([*cells, *_time_cells(measured, tool.name), str(len(measured.failures[tool.name]))])
    title = f"### {corpus.name}, {len(ground_truth)} pages"
    return [title, "", *map(_row, (heads, ["---"] * len(heads), *rows))]


def _figure_cells(scores: Scores, figures: Iterable[str], lacks: frozenset[str]) -> list[str]:
    return ["–" if name in lacks else f"{scores.figures[name]:.3f}" for name in figures]


def _time_cells(measured: Measured, name: str) -> list[str]:
    own, bare, reference = (times(measured.ms[one]) for one in (name, BARE, REFERENCE))
    cells = (f"{value:.1f}" for value in (own.mean, own.median, own.p99))
    return [*cells, f"{own.mean / bare.mean:.1f}", f"{own.mean / reference.mean:.2f}"]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def as_json(corpus: Corpus, measured: Measured, tools: Sequence[Tool]) -> dict[str, Any]:
    """Return the same figures as JSON types."""
    ground_truth = corpus.ground_truth()
    return {
        "corpus": corpus.name,
        "pages": len(ground_truth),
        "tools": {
            tool.label(): {
                **score(ground_truth, measured.predictions[tool.name]).figures,
                "ms": _ms(measured, tool.name),
                "errors": sorted(measured.failures[tool.name]),
            }
            for tool in tools
        },
        "bare_parse_ms": _ms(measured, BARE),
    }


def _ms(measured: Measured, name: str) -> Mapping[str, float]:
    own = times(measured.ms[name])
    return {"mean": own.mean, "median": own.median, "p99": own.p99}


def compare(corpora: Sequence[Corpus], options: argparse.Namespace) -> None:
    """Measure and print; requires the environment with the tools."""
    warnings.simplefilter("ignore")
    logging.disable()
    from benchmarks.tools import tools

    compared = tools(options.folds)
    results = []
    for corpus in corpora:
        for tool in compared:
            # Exclude what a tool loads on first use from the time of its first page.
            for page in (WARM_UP, next(corpus.pages())):
                read(tool, page, Measured())
        # Keep the garbage collector from scanning these objects during the measurement.
        gc.collect()
        gc.freeze()
        measured = measure(corpus, compared, repeat=options.repeat)
        print(*table(corpus, measured, compared), "", sep="\n", flush=True)
        results.append(as_json(corpus, measured, compared))
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="time each page N times and keep the best")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="use only every Nth page")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    parser.add_argument("--folds", type=Path, metavar="DIRECTORY", help="models not trained on a page's site")
    parser.add_argument("--environment", type=Path, metavar="FOLDER", help="where the tools are installed")
    options = parser.parse_args()
    for folder in options.corpora:
        if not (folder / "truth.jsonl").is_file():
            parser.error(f"{folder} has no truth.jsonl; expected folders of saved pages with ground truth")
    try:
        python = environment("extractors", PINS, options.environment)
    except subprocess.CalledProcessError as error:
        parser.error(f"the tools could not be installed: {error}; see the messages of pip above")
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        return subprocess.run([str(python), *sys.argv], check=False).returncode
    compare([Corpus(folder, options.every) for folder in options.corpora], options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
