"""Scrapy settings that follow from newscrawl's own."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from newscrawl import __version__


class DerivedSettings:
    """A Scrapy add-on. Settings given for a project or on the command line have the last word."""

    def update_settings(self, settings: BaseSettings) -> None:
        settings.set("DOWNLOAD_DELAY", settings["NEWSCRAWL_DELAY"], "addon")
        settings.set("USER_AGENT", get_user_agent(settings["NEWSCRAWL_CONTACT"]), "addon")
        # Nobody may control the process from outside. Scrapy imports aiohttp for it even where it is disabled.
        settings["EXTENSIONS_BASE"].pop("scrapy.extensions.remote_control.RemoteControl", None)


def get_user_agent(contact: str) -> str:
    """Return the User-Agent header with *contact*, the web page or mail address of whoever crawls."""
    return f"newscrawl/{__version__}" + (f" (+{contact})" if contact else "")
