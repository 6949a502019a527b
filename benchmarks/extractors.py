"""newscrawl beside other extractors, on the same pages in the same run.

    python benchmarks/extractors.py CORPUS... [--repeat N] [--every N] [--json FILE] [--folds DIRECTORY]
        [--environment FOLDER]

The others are installed, in the versions of extractors.txt, into an environment of their own. Each sixteen pages go
through all tools in turn, in one process, beginning with another tool each time, so that a machine's noise hits all
alike, and each reads some pages in a row, as extractors do.
Prints a Markdown table for each corpus: the figures of benchmarks/scoring.py, and milliseconds of CPU time a page
(best of N), as such and as multiples of lxml's bare parse and of trafilatura, all measured in this run.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import logging
import os
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
from benchmarks.scoring import FIGURES, Scores, score
from benchmarks.timing import bare_parse, milliseconds, times

PINS = (HERE / "extractors.txt", HERE.parent / "requirements.txt")
BARE = "lxml, bare parse"
YARDSTICK = "trafilatura"
PAGES_A_TURN = 16
"""A tool that reads one page after five others did finds nothing of its own in the processor's caches."""


@dataclass(slots=True)
class Measured:
    """What all tools gave on one corpus, by the tool's name."""

    predictions: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Pages on which a tool raised an error; they count as empty."""


def measure(corpus: Corpus, tools: Sequence[Tool], *, repeat: int) -> Measured:
    """Run every tool over every page, in turns of PAGES_A_TURN."""
    measured = Measured()
    for number, pages in enumerate(batched(corpus.pages(), PAGES_A_TURN)):
        start = number % len(tools)
        for page in pages:
            measured.ms[BARE].append(min(milliseconds(bare_parse, page.body) for _ in range(repeat)))
        for tool in (*tools[start:], *tools[:start]):
            # Nobody pays for what another one left behind.
            gc.collect()
            for page in pages:
                times_read = (milliseconds(read, tool, page, measured) for _ in range(repeat))
                measured.ms[tool.name].append(min(times_read))
    return measured


def batched(pages: Iterable[SavedPage], size: int) -> Iterator[list[SavedPage]]:
    """Give the pages in lists of *size*, the last one shorter."""
    remaining = iter(pages)
    while some := list(islice(remaining, size)):
        yield some


def read(tool: Tool, page: SavedPage, measured: Measured) -> None:
    """Note what a tool finds; an error of its own, whichever it is, ends no benchmark and counts as an empty page."""
    try:
        found = tool.read(page)
    except Exception:
        found = {}
        measured.failures[tool.name].add(page.id)
    measured.predictions[tool.name][page.id] = found


def table(corpus: Corpus, measured: Measured, tools: Sequence[Tool]) -> list[str]:
    """The figures in Markdown; a dash for fields that a tool does not give."""
    truth = corpus.truth()
    scores = {tool.name: score(truth, measured.predictions[tool.name]) for tool in tools}
    figures = [name for name in FIGURES if name in scores[tools[0].name].figures]
    heads = ["", *figures, "ms a page", "median", "p99", "of the bare parse", f"of {YARDSTICK}", "errors"]
    rows = [[BARE, *("" for _ in figures), *_time_cells(measured, BARE), ""]]
    for tool in tools:
        cells = [tool.label(), *_figure_cells(scores[tool.name], figures, tool.lacks)]
        rows.append([*cells, *_time_cells(measured, tool.name), str(len(measured.failures[tool.name]))])
    return [f"### {corpus.name}, {len(truth)} pages", "", _row(heads), _row("---" for _ in heads), *map(_row, rows)]


def _figure_cells(scores: Scores, figures: Iterable[str], lacks: frozenset[str]) -> list[str]:
    return ["–" if name in lacks else f"{scores.figures[name]:.3f}" for name in figures]


def _time_cells(measured: Measured, name: str) -> list[str]:
    own, bare, yardstick = (times(measured.ms[one]) for one in (name, BARE, YARDSTICK))
    cells = (f"{value:.1f}" for value in (own.mean, own.median, own.p99))
    return [*cells, f"{own.mean / bare.mean:.1f}", f"{own.mean / yardstick.mean:.2f}"]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def as_json(corpus: Corpus, measured: Measured, tools: Sequence[Tool]) -> dict[str, Any]:
    """The same for programs."""
    truth = corpus.truth()
    return {
        "corpus": corpus.name,
        "pages": len(truth),
        "tools": {
            tool.label(): {
                **score(truth, measured.predictions[tool.name]).figures,
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


def environment(folder: Path | None) -> Path:
    """The Python of an environment that holds all tools; made where it is not there yet."""
    pins = hashlib.sha256(b"".join(file.read_bytes() for file in PINS)).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = folder or cache / "newscrawl" / f"extractors-{pins}"
    python, done = folder / "bin" / "python", folder / f"installed-{pins}"
    if not done.exists():
        print(f"Installing the tools of {PINS[0].name} into {folder} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        # pip 23 stumbles over two spellings of one extra of lxml's.
        subprocess.run([*pip, "--upgrade", "pip>=25"], check=True)
        subprocess.run([*pip, "-r", str(PINS[0])], check=True)
        done.touch()
    return python


def compare(corpora: Sequence[Corpus], options: argparse.Namespace) -> None:
    """Measure and print; runs where the tools are installed."""
    warnings.simplefilter("ignore")
    logging.disable()
    from benchmarks.tools import tools

    compared = tools(options.folds)
    results = []
    for corpus in corpora:
        for tool in compared:
            # What a tool loads when it is first used is no page's time.
            read(tool, next(corpus.pages()), Measured())
        # Nor for walking through what the others keep in memory.
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
    parser.add_argument("--repeat", type=int, default=1, help="time each page this often and keep the best")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth page only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    parser.add_argument("--folds", type=Path, metavar="DIRECTORY", help="newscrawl's models that have not seen a site")
    parser.add_argument("--environment", type=Path, metavar="FOLDER", help="where the tools are installed")
    options = parser.parse_args()
    for folder in options.corpora:
        if not (folder / "truth.jsonl").is_file():
            parser.error(f"{folder} has no truth.jsonl; name folders of saved pages with truth")
    try:
        python = environment(options.environment)
    except subprocess.CalledProcessError as error:
        parser.error(f"the tools could not be installed: {error}; see what pip says above")
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        return subprocess.run([str(python), *sys.argv], check=False).returncode
    compare([Corpus(folder, options.every) for folder in options.corpora], options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
