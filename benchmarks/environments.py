"""Create and cache an environment for the tools that a benchmark compares with newscrawl."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def environment(name: str, pins: Sequence[Path], folder: Path | None = None) -> Path:
    """Return the Python of an environment with the first file of *pins* installed, which is created if necessary.

    A change to any file of *pins* leads to a new environment.
    """
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in pins)).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = folder or cache / "newscrawl" / f"{name}-{digest}"
    python, done = folder / "bin" / "python", folder / f"installed-{digest}"
    if not done.exists():
        print(f"Installing the tools of {pins[0].name} into {folder} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        # pip 23 fails on two spellings of an extra of lxml.
        subprocess.run([*pip, "--upgrade", "pip>=25"], check=True)
        subprocess.run([*pip, "-r", str(pins[0])], check=True)
        done.touch()
    return python
