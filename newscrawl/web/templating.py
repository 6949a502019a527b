"""The templates, and the addresses of static files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from newscrawl.web.formats import FILTERS

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


def make_templates() -> Jinja2Templates:
    """Return the templates: everything is escaped, and a missing variable is an error."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static_url"] = static_url
    environment.filters |= FILTERS
    return Jinja2Templates(env=environment)


@cache
def static_url(name: str) -> str:
    """Return the address of a static file; it changes with the content, so browsers may keep the answer."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
