"""Measure `scrapy export`: time beside `sqlite3 FILE .dump`, which prints every row, and peak memory.

    python benchmarks/export.py small.db large.db

Each is an SQLite database (benchmarks/reader_database.py generates one). The dump is of the table `articles`, so
both read the same rows.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORMATS = ("jsonl", "csv", "parquet")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of a command."""

    seconds: float
    cpu: float
    """Seconds of CPU, which other programs on the machine disturb less."""
    peak_mb: float
    megabytes: float
    """Size of what it wrote."""


def measure(command: list[str], output: Path, environment: dict[str, str] | None = None) -> Measured:
    """Run *command*, its standard output to *output*; return its wall time and the peak of its resident memory."""
    started = time.monotonic()
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    seconds = time.monotonic() - started
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.stat().st_size / 1e6)


def run(database: Path, repeats: int) -> None:
    with closing(sqlite3.connect(database)) as connection:
        articles = connection.execute("SELECT count(*) FROM articles").fetchone()[0]
    print(f"{database.name}: {articles:,} articles, {database.stat().st_size / 1e6:,.0f} MB")
    environment = os.environ | {"NEWSCRAWL_DATABASE_URL": f"sqlite:///{database.absolute()}"}
    with tempfile.TemporaryDirectory(dir=database.absolute().parent) as folder:
        output = Path(folder) / "out"
        commands = {"sqlite3 .dump": ["sqlite3", "-readonly", str(database.absolute()), ".dump articles"]}
        for form in FORMATS:
            commands[form] = [sys.executable, "-m", "scrapy", "export", "--format", form, "-o", "-"]
        best: dict[str, Measured] = {}
        # In turns, so that a busy moment of the machine hits all of them.
        for _ in range(repeats):
            for name, command in commands.items():
                done = measure(command, output, environment)
                best[name] = min(best.get(name, done), done, key=lambda one: one.cpu)
    dump = best["sqlite3 .dump"].cpu
    print("| | seconds | CPU seconds | CPU of .dump | articles/s of CPU | MB written | peak MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, one in best.items():
        figures = f"{one.seconds:.1f} | {one.cpu:.1f} | {one.cpu / dump:.2f} | {articles / one.cpu:,.0f}"
        print(f"| {name} | {figures} | {one.megabytes:,.0f} | {one.peak_mb:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("databases", nargs="+", type=Path)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    for database in arguments.databases:
        run(database, arguments.repeats)


if __name__ == "__main__":
    main()
