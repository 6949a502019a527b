"""Run commands in the process of the test: faster than a process of their own, where its end does not matter."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping

from scrapy.settings import Settings

from newscrawl import settings as project_settings


def run_command(command: str, *arguments: str, settings: Mapping[str, object]) -> int:
    """Run a command that starts no crawl, and return its exit code."""
    given = Settings()
    given.setmodule(project_settings)
    given.setdict(settings, priority="project")
    one = importlib.import_module(f"newscrawl.commands.{command}").Command()
    one.settings = given
    parser = argparse.ArgumentParser()
    one.add_options(parser)
    opts, rest = parser.parse_known_args(arguments)
    one.run(rest, opts)
    return int(one.exitcode)
