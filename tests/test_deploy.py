"""The cron and systemd files in deploy/ refer to existing commands and behave as documented."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from newscrawl import settings
from tests.support.paths import ROOT

DEPLOY = ROOT / "deploy"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_file_is_documented(file: Path) -> None:
    assert f"deploy/{file.name}" in OPERATIONS


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_referenced_files_spiders_and_settings_exist(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for path in re.findall(r"/opt/newscrawl/([\w./-]+)|\b(deploy/[\w.-]+|docs/[\w.-]+)", text):
        name = next(part for part in path if part).rstrip(".")
        assert name == ".venv/bin/scrapy" or (ROOT / name).exists(), name
    spiders = {path.stem for path in (ROOT / "newscrawl" / "spiders").glob("*.py")}
    for spider in re.findall(r"^[^#\n]*scrapy crawl (\w+)$", text, re.M):
        assert spider in spiders
    for name in re.findall(r"\bNEWSCRAWL_[A-Z_]+(?==)", text):
        assert hasattr(settings, name) or name == "NEWSCRAWL_LOGS", name


def test_units_pass_systemd_analyze(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    for name in ("newscrawl.service", "newscrawl.timer", "newscrawl-web.service"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        text = text.replace("/opt/newscrawl/.venv/bin/scrapy", "/bin/true").replace("User=newscrawl", "User=root")
        (tmp_path / name).write_text(text, encoding="utf-8")
    units = [str(unit) for unit in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_service_waits_for_the_shutdown_and_accepts_exit_code_3() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.read(DEPLOY / "newscrawl.service")
    service = unit["Service"]
    assert int(service["TimeoutStopSec"]) > 10
    assert service["SuccessExitStatus"] == "3"
    assert service["KillMode"] == "mixed"


@pytest.mark.parametrize(
    ("exit_code", "expected_code", "message"),
    [(0, 0, ""), (3, 0, ""), (4, 4, "ended with code 4"), (6, 6, "ended with code 6")],
)
def test_cron_script_prints_only_failures_that_need_attention(
    tmp_path: Path, exit_code: int, expected_code: int, message: str
) -> None:
    scrapy = tmp_path / "scrapy"
    scrapy.write_text(f'#!/bin/sh\necho "$@"\necho log >&2\nexit {exit_code}\n', encoding="utf-8")
    scrapy.chmod(0o755)
    environment = os.environ | {"NEWSCRAWL_SCRAPY": str(scrapy), "NEWSCRAWL_LOGS": str(tmp_path / "logs")}
    command = [str(DEPLOY / "run-from-cron"), "news", "-a", "site=a b"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, message in done.stdout, done.stderr) == (expected_code, True, "")
    assert bool(done.stdout) == bool(message)
    [log] = (tmp_path / "logs").iterdir()
    assert log.read_text(encoding="utf-8") == "log\ncrawl news -a site=a b\n"
