"""The errors that newscrawl raises for causes outside its own code, and the exit codes of its commands."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `scrapy crawl` and the other commands (docs/commands.md)."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    LOCKED = 3
    DEGRADED = 4
    """A site failed, or yielded less than it should."""
    NOTHING_FETCHED = 5
    STORAGE = 6


class NewscrawlError(Exception):
    """An expected failure; its message names cause and fix and is printed without a traceback."""

    exit_code = ExitCode.FAILURE


class UsageError(NewscrawlError):
    """An invalid command, spider argument or setting."""

    exit_code = ExitCode.USAGE


class SiteFileError(UsageError):
    """An invalid site file; the message names file, key and line."""


class ArchiveError(NewscrawlError):
    """A WARC archive that is missing, truncated or not an archive."""


class LockedError(NewscrawlError):
    """Another run holds the lock of a site this run was asked to crawl; the message names it."""

    exit_code = ExitCode.LOCKED


class StorageError(NewscrawlError):
    """A database that cannot be opened, read or written."""

    exit_code = ExitCode.STORAGE
