"""Downloads that a shutdown can interrupt, with bounds on what a response may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.crawling.network import CONNECTED
from newscrawl.crawling.slow_hosts import STALLED_AFTER
from newscrawl.downloader.bounded_http import BoundedFactory, HeadersTooLarge
from newscrawl.downloader.certificates import BAD_CERTIFICATE, BadCertificate, CertificatePolicy
from newscrawl.downloader.guarded_agent import ForbiddenTarget, GuardedAgent
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome
from newscrawl.storage.records import Claim


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, within bounds.

    Endless headers, addresses that are refused and bad certificates end with RequestRejected.

    When a shutdown waits no longer, downloads end with FetchDeferred.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory
        self._contextFactory = CertificatePolicy(self._contextFactory)  # type: ignore[assignment]

    async def download_request(self, request: Request) -> Response:
        context = CrawlContext.of(self._crawler)
        claim: Claim | None = request.meta.get("claim")
        # A request that is tried again has the meta of the first attempt.
        request.meta.pop(CONNECTED, None)

        def on_connected() -> None:
            request.meta[CONNECTED] = True
            context.network.on_contact(urlparse_cached(request).netloc)

        agent = GuardedAgent(
            on_connected=on_connected,
            policy=context.addresses,
            memory=context.responses,
            site=claim.site if claim is not None else None,
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        with (
            context.shutdown.interruptible(),
            self._watching(urlparse_cached(request).hostname or ""),
            _rejecting(request),
            wrap_twisted_exceptions(),
        ):
            return await maybe_deferred_to_future(agent.download_request(request))

    @contextmanager
    def _watching(self, host: str) -> Iterator[None]:
        """Tell how long *host* keeps its requests waiting."""
        context = CrawlContext.of(self._crawler)
        if context.slow_hosts.begin(host):
            context.tasks.after(STALLED_AFTER + 0.1, self._start_others, "start requests of other hosts")
        try:
            yield
            context.slow_hosts.on_response(host)
        finally:
            context.slow_hosts.end(host)

    def _start_others(self) -> None:
        """Let the engine look for requests: a stalled host makes room for them, which nothing else would tell it."""
        slot = self._crawler.engine._slot if self._crawler.crawling else None
        if slot is not None and CrawlContext.of(self._crawler).slow_hosts.get_stalled():
            slot.nextcall.schedule()


@contextmanager
def _rejecting(request: Request) -> Iterator[None]:
    """Turn forbidden targets, endless headers and bad certificates into outcomes: they would be the same again."""
    try:
        yield
    except ForbiddenTarget as error:
        message = f"{request.url} is refused: it leads to {error}"
        raise RequestRejected(PageOutcome(Outcome.ERROR, error.reason, str(error)), message) from error
    except DownloadFailedError as error:
        for failure in getattr(error.__cause__, "reasons", ()):
            if isinstance(failure.value, HeadersTooLarge):
                message = f"the response of {request.url} has headers without end: {failure.value}"
                raise RequestRejected(PageOutcome(Outcome.ERROR, "headers_too_large"), message) from error
            if isinstance(failure.value, BadCertificate):
                cause = str(failure.value)
                raise RequestRejected(PageOutcome(Outcome.ERROR, BAD_CERTIFICATE, cause), cause) from error
        raise
