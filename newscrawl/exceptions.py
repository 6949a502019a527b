"""The errors that newscrawl raises for causes outside its own code."""


class NewscrawlError(Exception):
    """An expected failure: its message names the cause and the cure and is shown without a traceback."""

    exit_code = 1


class UsageError(NewscrawlError):
    """A command, spider argument or setting that cannot be carried out as given."""

    exit_code = 2


class SiteFileError(UsageError):
    """A site file that cannot be read; the message names file, key and line."""


class ArchiveError(NewscrawlError):
    """A saved-pages archive that is missing, not an archive, or cut off."""


class LockedError(NewscrawlError):
    """Another run works on what this one was asked to crawl; the message names it."""

    exit_code = 3


class StorageError(NewscrawlError):
    """A database that cannot be opened, read or written."""

    exit_code = 6
