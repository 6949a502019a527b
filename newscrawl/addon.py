"""Scrapy's settings that follow from ours, made again where ours are given for one run with `-s`."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from newscrawl import __version__


def user_agent(contact: str) -> str:
    return f"newscrawl/{__version__}" + (f" (+{contact})" if contact else "")


def follow_overrides(settings: BaseSettings) -> None:
    """Set what newscrawl/settings.py derived before the command line was read.

    Scrapy's own setting, where it is given on the command line, too, has the last word.
    """
    if _is_override(settings, "NEWSCRAWL_DELAY"):
        settings.set("DOWNLOAD_DELAY", settings["NEWSCRAWL_DELAY"], "spider")
    if _is_override(settings, "NEWSCRAWL_CONTACT"):
        settings.set("USER_AGENT", user_agent(settings["NEWSCRAWL_CONTACT"]), "spider")


def _is_override(settings: BaseSettings, name: str) -> bool:
    return (settings.getpriority(name) or 0) > (settings.getpriority("BOT_NAME") or 0)
