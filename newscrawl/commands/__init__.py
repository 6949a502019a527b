"""The project's commands, and which of Scrapy's `scrapy -h` lists."""

from importlib import import_module

HIDDEN = ("bench", "genspider", "parse", "runspider", "startproject")
"""Scrapy's commands that do nothing useful here: newscrawl's spiders need its base class and its database."""


def hide_commands() -> None:
    """Leave HIDDEN out of `scrapy -h`.

    Scrapy has no setting for this. It lists the command classes that a module under scrapy.commands defines itself, so
    it skips a class that claims to come from elsewhere.
    """
    for name in HIDDEN:
        import_module(f"scrapy.commands.{name}").Command.__module__ = __name__


hide_commands()
