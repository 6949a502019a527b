"""Scrapy imports the module of every command before it runs one, so each start pays for what they import."""

from __future__ import annotations

import subprocess
import sys

from tests.support.paths import ROOT

HEAVY = {"alembic", "duckdb", "fastapi", "jinja2", "numpy", "pyarrow", "rich", "Stemmer", "uvicorn"}
"""Packages that some command uses inside its `run`."""

CODE = """
import sys
import newscrawl.settings
from scrapy.utils.misc import walk_modules
names = [module.__name__ for module in walk_modules("newscrawl.commands")]
print(*sorted(name for name in sys.modules if "." not in name), len(names))
"""


def test_no_command_makes_every_start_import_what_only_it_uses() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    *imported, commands = done.stdout.split()
    assert int(commands) > 15
    assert "sqlalchemy" in imported
    assert HEAVY.isdisjoint(imported), sorted(HEAVY.intersection(imported))


EXTENSIONS = """
import sys
from scrapy.utils.project import get_project_settings
from newscrawl.addon import DerivedSettings
settings = get_project_settings()
DerivedSettings().update_settings(settings)
extensions = settings.get_component_priority_dict_with_base("EXTENSIONS")
print(len(extensions), *(name for name in extensions if "remote" in name), "aiohttp" in sys.modules)
"""


def test_crawl_has_no_remote_control_and_does_not_import_what_it_needs() -> None:
    done = subprocess.run([sys.executable, "-c", EXTENSIONS], cwd=ROOT, capture_output=True, text=True, check=True)
    count, *rest = done.stdout.split()
    assert int(count) > 5
    assert rest == ["False"]


CURRENT_DATABASE = """
import sys
from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import require_current, require_not_empty
engine = open_engine(sys.argv[1])
require_current(engine)
require_not_empty(engine)
print("alembic" in sys.modules)
"""


def test_current_database_is_used_without_importing_what_upgrades_it(sqlite_url: str) -> None:
    command = [sys.executable, "-c", CURRENT_DATABASE, sqlite_url]
    imports = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert imports == ["True\n", "False\n"]
