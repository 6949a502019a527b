"""All components and their order. The environment variable of its name overrides each NEWSCRAWL_ setting."""

from __future__ import annotations

import math
import os
import re
from typing import TYPE_CHECKING, Any

from scrapy.settings import SETTINGS_PRIORITIES

from newscrawl.exceptions import UsageError
from newscrawl.text.suggestions import suggest

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


def _setting(name: str, default: str) -> str:
    return os.environ.get(name) or default


BOT_NAME = "newscrawl"
SPIDER_MODULES = ["newscrawl.spiders"]
NEWSPIDER_MODULE = "newscrawl.spiders"
COMMANDS_MODULE = "newscrawl.commands"
ADDONS = {
    "newscrawl.addon.DerivedSettings": 100,
    "newscrawl.crawling.context.CrawlContext": 200,
}

# For operators; docs/commands.md explains each.
# An empty URL is an error: falling back to another database would hide it.
NEWSCRAWL_DATABASE_URL = os.environ.get("NEWSCRAWL_DATABASE_URL", "sqlite:///newscrawl.db")
NEWSCRAWL_SITES_DIR = _setting("NEWSCRAWL_SITES_DIR", "sites")
NEWSCRAWL_CONTACT = _setting("NEWSCRAWL_CONTACT", "")
NEWSCRAWL_DELAY = _setting("NEWSCRAWL_DELAY", "1.0")
NEWSCRAWL_EXTRACTION_WORKERS = _setting("NEWSCRAWL_EXTRACTION_WORKERS", "0")
NEWSCRAWL_PAGE_CPU_TIMEOUT = _setting("NEWSCRAWL_PAGE_CPU_TIMEOUT", "2.0")
NEWSCRAWL_MIN_BODY_LENGTH = _setting("NEWSCRAWL_MIN_BODY_LENGTH", "100")
NEWSCRAWL_ALLOWED_ADDRESSES = _setting("NEWSCRAWL_ALLOWED_ADDRESSES", "")
NEWSCRAWL_BACKOFF_MAX_WAIT = _setting("NEWSCRAWL_BACKOFF_MAX_WAIT", "120")
NEWSCRAWL_MAX_LISTINGS_PER_SITE = _setting("NEWSCRAWL_MAX_LISTINGS_PER_SITE", "1000")
NEWSCRAWL_MAX_NEW_URLS_PER_SITE = _setting("NEWSCRAWL_MAX_NEW_URLS_PER_SITE", "250000")
NEWSCRAWL_MAX_UNPROVEN_LISTINGS = _setting("NEWSCRAWL_MAX_UNPROVEN_LISTINGS", "100")
NEWSCRAWL_MAX_FRUITLESS_FETCHES = _setting("NEWSCRAWL_MAX_FRUITLESS_FETCHES", "90")
NEWSCRAWL_MAX_TIME = _setting("NEWSCRAWL_MAX_TIME", "")
NEWSCRAWL_PROGRESS_INTERVAL = _setting("NEWSCRAWL_PROGRESS_INTERVAL", "30")
NEWSCRAWL_SERVE_TOKEN = _setting("NEWSCRAWL_SERVE_TOKEN", "")
NEWSCRAWL_SERVE_HOSTS = _setting("NEWSCRAWL_SERVE_HOSTS", "")
NEWSCRAWL_SERVE_QUERY_TIMEOUT = _setting("NEWSCRAWL_SERVE_QUERY_TIMEOUT", "5")

NUMBERS = (
    "NEWSCRAWL_DELAY",
    "NEWSCRAWL_EXTRACTION_WORKERS",
    "NEWSCRAWL_PAGE_CPU_TIMEOUT",
    "NEWSCRAWL_MIN_BODY_LENGTH",
    "NEWSCRAWL_BACKOFF_MAX_WAIT",
    "NEWSCRAWL_MAX_LISTINGS_PER_SITE",
    "NEWSCRAWL_MAX_NEW_URLS_PER_SITE",
    "NEWSCRAWL_MAX_UNPROVEN_LISTINGS",
    "NEWSCRAWL_MAX_FRUITLESS_FETCHES",
    "NEWSCRAWL_PROGRESS_INTERVAL",
    "NEWSCRAWL_SERVE_QUERY_TIMEOUT",
)
"""Settings that are numbers; check_settings() rejects anything else."""
_SITE_LIMITS = frozenset(
    {
        "NEWSCRAWL_MAX_LISTINGS_PER_SITE",
        "NEWSCRAWL_MAX_NEW_URLS_PER_SITE",
        "NEWSCRAWL_MAX_UNPROVEN_LISTINGS",
        "NEWSCRAWL_MAX_FRUITLESS_FETCHES",
    }
)
WHOLE_NUMBERS = frozenset({"NEWSCRAWL_EXTRACTION_WORKERS", "NEWSCRAWL_MIN_BODY_LENGTH"}) | _SITE_LIMITS
POSITIVE_NUMBERS = _SITE_LIMITS | frozenset(
    {"NEWSCRAWL_PAGE_CPU_TIMEOUT", "NEWSCRAWL_PROGRESS_INTERVAL", "NEWSCRAWL_SERVE_QUERY_TIMEOUT"}
)
RENAMED = {
    "NEWSCRAWL_DEADLINE": "NEWSCRAWL_PAGE_CPU_TIMEOUT",
    "NEWSCRAWL_BACKOFF_LONGEST_WAIT": "NEWSCRAWL_BACKOFF_MAX_WAIT",
    "NEWSCRAWL_WORKERS": "NEWSCRAWL_EXTRACTION_WORKERS",
}
NO_SETTING = re.compile("NEWSCRAWL_(?:LOGS|SCRAPY|CORPORA|TESTS?_.*)")
"""Environment variables of deploy/run-from-cron, the tests and the Makefile."""


def check_settings(settings: BaseSettings) -> None:
    """Raise UsageError for a NEWSCRAWL_ setting that cannot be right, and for an unknown one that a user has given."""
    on_command_line = {name for name in settings if settings.getpriority(name) == SETTINGS_PRIORITIES["cmdline"]}
    # A settings module of your own may define more.
    known = {name for name in {*globals(), *(set(settings) - on_command_line)} if name.startswith("NEWSCRAWL_")}
    for name in sorted(on_command_line | os.environ.keys()):
        if name.upper().startswith("NEWSCRAWL_") and name not in known and not NO_SETTING.fullmatch(name):
            hint = f"it is now called {RENAMED[name]!r}" if name in RENAMED else suggest(name, sorted(known))
            raise UsageError(f"unknown setting {name!r}; {hint}")
    for name in NUMBERS:
        _check_number(name, settings[name])
    _check_addresses(str(settings["NEWSCRAWL_ALLOWED_ADDRESSES"]))
    if not str(settings["NEWSCRAWL_CONTACT"]).isprintable():
        raise UsageError("invalid NEWSCRAWL_CONTACT: it has a line break or a control character in it")


def _check_addresses(value: str) -> None:
    if not value:
        return
    # Splitting URLs needs the suffix list, which few commands load.
    from newscrawl.urls.addresses import AddressPolicy

    try:
        AddressPolicy(value)
    except ValueError as error:
        raise UsageError(f"invalid NEWSCRAWL_ALLOWED_ADDRESSES: {error}") from None


def _check_number(name: str, value: Any) -> None:
    try:
        number = (int if name in WHOLE_NUMBERS else float)(value)
        is_valid = 0 <= number < math.inf and (number > 0 or name not in POSITIVE_NUMBERS)
    except (TypeError, ValueError):
        is_valid = False
    if not is_valid:
        kind = "whole number" if name in WHOLE_NUMBERS else "number"
        least = "above 0" if name in POSITIVE_NUMBERS else "from 0"
        raise UsageError(f"invalid {name} {value!r}: expected a {kind} {least}")


# Politeness.
ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY_JITTER = 0.2
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 8
RETRY_TIMES = 2
# The crawl state records which pages failed, and why.
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
COOKIES_ENABLED = False
REFERER_ENABLED = False
DOWNLOADER = "newscrawl.downloader.fair_downloader.FairDownloader"
SCHEDULER_PRIORITY_QUEUE = "newscrawl.downloader.priority_queue.ReadyHostsPriorityQueue"
# First in, first out: the newest articles are scheduled first. Scrapy's own queue is last in, first out.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"

# Limits on a response.
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
# CompressionMiddleware tells whole pages from truncated ones.
DOWNLOAD_FAIL_ON_DATALOSS = False
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
URLLENGTH_LIMIT = 2048
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "http": "newscrawl.downloader.handler.BoundedHandler",
    "https": "newscrawl.downloader.handler.BoundedHandler",
    "s3": None,
}

# No remote access to the process; newscrawl.addon removes the extension, too.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# The crawl state decides what is fetched, and whether again; Scrapy's fingerprints would only repeat it.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

DOWNLOADER_MIDDLEWARES = {
    "newscrawl.middlewares.archive.ArchiveMiddleware": 10,
    "newscrawl.middlewares.time_limit.TimeLimitMiddleware": 20,
    "newscrawl.middlewares.listing_limit.ListingLimitMiddleware": 25,
    "newscrawl.middlewares.address.AddressMiddleware": 30,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newscrawl.middlewares.robotstxt.RobotsTxtMiddleware": 100,
    "newscrawl.middlewares.conditional.ConditionalMiddleware": 200,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "newscrawl.middlewares.backoff.BackoffMiddleware": 560,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newscrawl.middlewares.compression.CompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "newscrawl.middlewares.redirect.RedirectMiddleware": 580,
    "newscrawl.middlewares.network.NetworkMiddleware": 595,
    "newscrawl.middlewares.fetch_limit.FetchLimitMiddleware": 600,
}
SPIDER_MIDDLEWARES = {
    # The crawl state records every status, so the spider gets them all.
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
ITEM_PIPELINES = {
    "pipelines.validation.ValidationPipeline": 100,
    "pipelines.dedupe.DedupePipeline": 200,
    "pipelines.store.StorePipeline": 300,
}
EXTENSIONS = {
    "newscrawl.extensions.shutdown.ShutdownExtension": 5,
    "newscrawl.extensions.lock.LockExtension": 6,
    "newscrawl.extensions.crawl_state.CrawlStateExtension": 10,
    "newscrawl.extensions.worker_pool.WorkerPoolExtension": 20,
    "newscrawl.extensions.time_limit.TimeLimitExtension": 25,
    "newscrawl.extensions.progress.ProgressExtension": 30,
    "newscrawl.extensions.summary.SummaryExtension": 40,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
}

# Responses wait for a worker and for their transaction; fetching continues up to this many bytes.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 32 * 1024 * 1024

# A page yields one item. Scrapy starts this many tasks for each response, needed or not: 100 cost 5 ms.
CONCURRENT_ITEMS = 1

LOG_LEVEL = "INFO"
LOG_FORMATTER = "newscrawl.crawling.log_format.QuietLogFormatter"
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
STATS_DUMP = False
