"""Run `scrapy` commands without their start-up cost, forked from a process that has imported all they need.

Imports take a third of the time of a small crawl, and the tests run hundreds. Each command still has its own process,
environment, output, threads, workers and exit code; only code is loaded beforehand. Tests about start-up run
`python -m scrapy` itself.
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
from multiprocessing import forkserver
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from newscrawl.workers.pool import start_server
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
"""Reads the environment on import, so every command imports it again."""
SCRAPY = "scrapy.cmdline:execute"


class WarmProcess:
    """Client of the process that commands are forked from."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.support.warm_process"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._lock = threading.Lock()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], timeout: float, *, main: str = SCRAPY
    ) -> subprocess.CompletedProcess[str]:
        """Run `scrapy` with *arguments* to its end; kill it after *timeout* seconds and raise TimeoutError.

        *main* (`module:function`) runs in place of Scrapy's command line, and gets the arguments from `sys.argv`.
        """
        with self._lock, TemporaryDirectory() as folder:
            output, log = (Path(folder) / name for name in ("output", "log"))
            files = [str(output), str(log)]
            job = {"arguments": list(arguments), "environment": dict(environment), "files": files, "main": main}
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            pid = self._read_number(timeout)
            try:
                code = self._read_number(timeout)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._read_number(timeout)
                raise
            texts = (file.read_text(encoding="utf-8") for file in (output, log))
            return subprocess.CompletedProcess(list(arguments), code, *texts)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _read_number(self, timeout: float) -> int:
        replies: IO[bytes] | None = self._process.stdout
        assert replies is not None
        if not select.select([replies], [], [], timeout)[0]:
            raise TimeoutError(f"the command did not end within {timeout:g} s")
        return int(replies.readline())


@functools.cache
def warm_process() -> WarmProcess:
    """Return the process shared by this test run; it ends with the run."""
    process = WarmProcess()
    atexit.register(process.close)
    return process


def load() -> None:
    """Import everything that commands import, without creating per-process state (reactor, threads)."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            with contextlib.suppress(ImportError):  # optional libraries that are not installed
                importlib.import_module(module.name)
    for name in MODULES:
        importlib.import_module(name)
    if SETTINGS in sys.modules:
        del sys.modules[SETTINGS], sys.modules["newscrawl"].settings  # type: ignore[attr-defined]
    start_server()
    assert "twisted.internet.reactor" not in sys.modules, "each command needs its own reactor"
    assert threading.active_count() == 1, "forking with other threads may copy held locks"


def share_server() -> None:
    """Let this fork take its workers from the running server of its parent; it could not wait for that process."""
    forkserver.ensure_running = forkserver._forkserver.ensure_running = lambda: None  # type: ignore[attr-defined]


def impersonate(job: Mapping[str, Any]) -> None:
    """Set up environment, streams and arguments as if this process had been started for *job*."""
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
    """Fork for each line of the input; write the process ID, and its exit code when it has ended."""
    load()
    replies = os.dup(1)
    os.dup2(2, 1)
    while line := sys.stdin.buffer.readline():
        job = json.loads(line)
        pid = os.fork()
        if not pid:
            os.close(replies)
            impersonate(job)
            share_server()
            module, _, function = job["main"].partition(":")
            getattr(importlib.import_module(module), function)()
            return
        os.write(replies, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(replies, b"%d\n" % os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
