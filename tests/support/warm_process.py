"""`scrapy` commands without their start-up: forked from a process that has imported what they need.

A third of what a small crawl costs is importing, and the tests make hundreds. A command that is run so has a process of
its own as ever, with its own environment, output, threads, workers and end; only code was loaded before. Where the
start-up is what a test is about, run `python -m scrapy` itself.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import json
import os
import pkgutil
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from tests.support.paths import ROOT

PACKAGES = ("newscrawl", "pipelines", "scrapy.commands", "scrapy.downloadermiddlewares", "scrapy.spidermiddlewares")
MODULES = (
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.engine",
    "scrapy.core.scheduler",
    "scrapy.crawler",
    "scrapy.extensions.corestats",
    "scrapy.extensions.memusage",
    "scrapy.statscollectors",
    "twisted.internet.asyncioreactor",
)
SETTINGS = "newscrawl.settings"
"""Reads the environment when it is imported, so every command does it anew."""


class Warm:
    """The process that is forked from, seen from the tests."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.support.warm_process"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._turn = threading.Lock()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `scrapy` with *arguments* to its end; past *timeout* seconds it is killed."""
        with self._turn, TemporaryDirectory() as folder:
            output, log = (Path(folder) / name for name in ("output", "log"))
            job = {"arguments": list(arguments), "environment": dict(environment), "files": [str(output), str(log)]}
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            pid = self._answer(timeout)
            try:
                code = self._answer(timeout)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._answer(timeout)
                raise
            texts = (file.read_text(encoding="utf-8") for file in (output, log))
            return subprocess.CompletedProcess(list(arguments), code, *texts)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _answer(self, timeout: float) -> int:
        answers: IO[bytes] | None = self._process.stdout
        assert answers is not None
        if not select.select([answers], [], [], timeout)[0]:
            raise TimeoutError(f"no answer within {timeout:g} s")
        return int(answers.readline())


@functools.cache
def warm() -> Warm:
    """Return the one of this run of the tests; it ends with it."""
    process = Warm()
    atexit.register(process.close)
    return process


def load() -> None:
    """Import what commands import on their way; nothing that is the process' own is made by that."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            with contextlib.suppress(ImportError):  # of libraries that are not installed because nothing needs them
                importlib.import_module(module.name)
    for name in MODULES:
        importlib.import_module(name)
    if SETTINGS in sys.modules:
        del sys.modules[SETTINGS], sys.modules["newscrawl"].settings  # type: ignore[attr-defined]
    assert "twisted.internet.reactor" not in sys.modules, "each command has a reactor of its own"
    assert threading.active_count() == 1, "a fork copies locks as they are"


def become(job: Mapping[str, Any]) -> None:
    """Make this process look as if it had been started for *job*."""
    os.environ.clear()
    os.environ.update(job["environment"])
    flags = os.O_WRONLY | os.O_CREAT
    for number, file in (
        (0, os.open(os.devnull, os.O_RDONLY)),
        *((n, os.open(f, flags)) for n, f in enumerate(job["files"], 1)),
    ):
        os.dup2(file, number)
        os.close(file)
    sys.argv = ["scrapy", *job["arguments"]]


def main() -> None:
    """Fork for each line of the input: answer the process, and, when it has ended, its exit code."""
    load()
    from scrapy.cmdline import execute

    answers = os.dup(1)
    os.dup2(2, 1)
    while line := sys.stdin.buffer.readline():
        job = json.loads(line)
        pid = os.fork()
        if not pid:
            os.close(answers)
            become(job)
            execute()
            return
        os.write(answers, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
