"""What deploy/ tells cron and systemd to run exists, and behaves as told."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from newscrawl import settings
from tests.support.crawling import ROOT

DEPLOY = ROOT / "deploy"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_file_is_explained(file: Path) -> None:
    assert f"deploy/{file.name}" in OPERATIONS


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_what_is_run_or_read_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for path in re.findall(r"/opt/newscrawl/([\w./-]+)|\b(deploy/[\w.-]+|docs/[\w.-]+)", text):
        name = next(part for part in path if part).rstrip(".")
        assert name == ".venv/bin/scrapy" or (ROOT / name).exists(), name
    spiders = {path.stem for path in (ROOT / "newscrawl" / "spiders").glob("*.py")}
    for spider in re.findall(r"^[^#\n]*scrapy crawl (\w+)$", text, re.M):
        assert spider in spiders
    for name in re.findall(r"\bNEWSCRAWL_[A-Z_]+(?==)", text):
        assert hasattr(settings, name) or name == "NEWSCRAWL_LOGS", name


def test_the_units_are_what_systemd_understands(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed here")
    for name in ("newscrawl.service", "newscrawl.timer"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        text = text.replace("/opt/newscrawl/.venv/bin/scrapy", "/bin/true").replace("User=newscrawl", "User=root")
        (tmp_path / name).write_text(text, encoding="utf-8")
    units = [str(tmp_path / "newscrawl.service"), str(tmp_path / "newscrawl.timer")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_service_gives_a_crawl_the_time_to_end_and_takes_a_lock_for_no_failure() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.read(DEPLOY / "newscrawl.service")
    service = unit["Service"]
    assert int(service["TimeoutStopSec"]) > 10
    assert service["SuccessExitStatus"] == "3"
    assert service["KillMode"] == "mixed"


@pytest.mark.parametrize(
    ("code", "ends_with", "says"), [(0, 0, ""), (3, 0, ""), (4, 4, "ended with code 4"), (6, 6, "ended with code 6")]
)
def test_cron_hears_only_of_what_somebody_has_to_look_at(tmp_path: Path, code: int, ends_with: int, says: str) -> None:
    scrapy = tmp_path / "scrapy"
    scrapy.write_text(f'#!/bin/sh\necho "$@"\necho log >&2\nexit {code}\n', encoding="utf-8")
    scrapy.chmod(0o755)
    environment = os.environ | {"NEWSCRAWL_SCRAPY": str(scrapy), "NEWSCRAWL_LOGS": str(tmp_path / "logs")}
    command = [str(DEPLOY / "run-from-cron"), "news", "-a", "site=a b"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, says in done.stdout, done.stderr) == (ends_with, True, "")
    assert bool(done.stdout) == bool(says)
    [log] = (tmp_path / "logs").iterdir()
    assert log.read_text(encoding="utf-8") == "log\ncrawl news -a site=a b\n"
