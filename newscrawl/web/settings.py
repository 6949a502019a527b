"""What the application is started with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from newscrawl.storage.read_only import ReadLimits

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Options of `create_app`."""

    database_url: str = field(repr=False)
    sites_dir: Path = Path("sites")
    token: str | None = field(default=None, repr=False)
    """Clients have to present it; None: everybody may read."""
    allowed_hosts: tuple[str, ...] | None = LOOPBACK
    """Values of the Host header, without port, that are answered; None: all."""
    limits: ReadLimits = field(default_factory=ReadLimits)
