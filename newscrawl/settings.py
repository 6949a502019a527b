"""All components and their order. The environment variable of its name overrides each NEWSCRAWL_ setting."""

from __future__ import annotations

import os


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
NEWSCRAWL_BACKOFF_MAX_WAIT = _setting("NEWSCRAWL_BACKOFF_MAX_WAIT", "120")
NEWSCRAWL_MAX_TIME = _setting("NEWSCRAWL_MAX_TIME", "")
NEWSCRAWL_PROGRESS_INTERVAL = _setting("NEWSCRAWL_PROGRESS_INTERVAL", "30")

NUMBERS = (
    "NEWSCRAWL_DELAY",
    "NEWSCRAWL_EXTRACTION_WORKERS",
    "NEWSCRAWL_PAGE_CPU_TIMEOUT",
    "NEWSCRAWL_MIN_BODY_LENGTH",
    "NEWSCRAWL_BACKOFF_MAX_WAIT",
    "NEWSCRAWL_PROGRESS_INTERVAL",
)
"""Settings that are numbers; `scrapy crawl` rejects anything else."""
WHOLE_NUMBERS = frozenset({"NEWSCRAWL_EXTRACTION_WORKERS", "NEWSCRAWL_MIN_BODY_LENGTH"})


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
SCHEDULER_PRIORITY_QUEUE = "newscrawl.downloader.priority_queue.ReadyHostsPriorityQueue"
# First in, first out: the newest articles are scheduled first. Scrapy's own queue is last in, first out.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"

# Limits on a response.
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
URLLENGTH_LIMIT = 2048
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "http": "newscrawl.downloader.handler.InterruptibleHandler",
    "https": "newscrawl.downloader.handler.InterruptibleHandler",
    "s3": None,
}

# No remote access to the process.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# The crawl state decides what is fetched, and whether again; Scrapy's fingerprints would only repeat it.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

DOWNLOADER_MIDDLEWARES = {
    "newscrawl.middlewares.archive.ArchiveMiddleware": 10,
    "newscrawl.middlewares.time_limit.TimeLimitMiddleware": 20,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newscrawl.middlewares.robotstxt.RobotsTxtMiddleware": 100,
    "newscrawl.middlewares.conditional.ConditionalMiddleware": 200,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "newscrawl.middlewares.backoff.BackoffMiddleware": 560,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "newscrawl.middlewares.redirect.RedirectMiddleware": 600,
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
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
}

# Responses wait for a worker and for their transaction; fetching continues up to this many bytes.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 32 * 1024 * 1024

# A page yields one item. Scrapy starts this many tasks for each response, needed or not: 100 cost 5 ms.
CONCURRENT_ITEMS = 2

LOG_LEVEL = "INFO"
LOG_FORMATTER = "newscrawl.crawling.log_format.QuietLogFormatter"
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
STATS_DUMP = False
