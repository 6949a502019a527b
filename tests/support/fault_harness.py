"""Run `scrapy crawl` with faults injected into functions.

main(), with the arguments `MODULE:NAME[,…] ERROR crawl news …`, replaces functions by one that raises ERROR: `bug`
(RuntimeError), `database` (an OperationalError of SQLAlchemy) or `kill` (ends the process with SIGKILL).
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from scrapy.cmdline import execute
from sqlalchemy.exc import OperationalError

CHECK_INTERVAL = 0.5
"""Seconds between checks of the lock and between heartbeats, short enough for a test."""


def raise_bug(*_args: object, **_options: object) -> NoReturn:
    """Module level, so that worker processes can import it."""
    raise RuntimeError("injected fault")


def raise_database_error(*_args: object, **_options: object) -> NoReturn:
    raise OperationalError("SELECT 1", {}, Exception("injected fault"))


def kill_process(*_args: object, **_options: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


FAULTS: dict[str, Callable[..., NoReturn]] = {"bug": raise_bug, "database": raise_database_error, "kill": kill_process}


def inject(target: str, error: str) -> None:
    """Replace the function or method *target* (`module:name` or `module:Class.name`)."""
    module, _, path = target.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    fault, original = FAULTS[error], inspect.getattr_static(owner, name)
    if inspect.iscoroutinefunction(getattr(owner, name)):

        async def fail(*_args: object, **_options: object) -> NoReturn:
            await asyncio.sleep(0)
            fault()

        setattr(owner, name, fail)
    else:
        setattr(owner, name, classmethod(fault) if isinstance(original, classmethod) else fault)


def main() -> None:
    _, targets, error, *command = sys.argv
    importlib.import_module("newscrawl.extensions.lock").CHECK_INTERVAL = CHECK_INTERVAL
    importlib.import_module("newscrawl.extensions.crawl_state").HEARTBEAT_INTERVAL = CHECK_INTERVAL
    for target in targets.split(","):
        inject(target, error)
    execute(["scrapy", *command])
