"""Connections whose address is checked: the one that is connected to, after the name is resolved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scrapy.core.downloader.handlers.http11 import _BindAddressAgent, _ResponseReader, _ScrapyAgent
from scrapy.http import Request
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IProtocol,
    IProtocolFactory,
    IResolutionReceiver,
)
from twisted.python.failure import Failure
from twisted.web.client import URI, Agent, _StandardEndpointFactory
from zope.interface import implementer  # type: ignore[import-untyped]

from newscrawl.crawling.response_memory import ResponseMemory
from newscrawl.downloader.bounded_body import limit_reader
from newscrawl.urls.addresses import AddressPolicy
from newscrawl.urls.parse import get_endpoint

Check = Callable[[str], str | None]
"""IP address -> why it is refused, None if it is not."""


class ForbiddenTarget(Exception):
    """A host all of whose addresses are refused. The message says which address."""

    def __init__(self, reason: str, address: str) -> None:
        super().__init__(address)
        self.reason = reason


class GuardedAgent(_ScrapyAgent):
    """Scrapy's agent for one request of *site*, with its policy. A proxy is the operator's own and is not checked."""

    def __init__(
        self,
        *,
        policy: AddressPolicy,
        site: str | None,
        memory: ResponseMemory,
        on_connected: Callable[[], None],
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._on_connected = on_connected
        self._policy = policy
        self._site = site
        self._memory = memory

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        result = super()._cb_bodyready(txresponse, request)
        reader = getattr(txresponse, "_bodyProtocol", None)
        if isinstance(reader, _ResponseReader) and self._maxsize:
            size = request.meta.get("download_maxsize", self._maxsize)
            limit_reader(reader, self._memory, size, self._timeout_cl)
        return result

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        agent = super()._get_agent(request, timeout)
        if not request.meta.get("proxy"):
            agent.__class__ = _Agent
            agent._endpointFactory = _EndpointFactory(
                agent._endpointFactory, self._policy, self._site, self._on_connected
            )
        return agent


class _Agent(_BindAddressAgent):
    def _requestWithEndpoint(self, key: tuple[Any, ...], endpoint: Any, *arguments: Any, **options: Any) -> Any:
        # A connection to a host that one site may use, and no other, is not reused for another site.
        key += self._endpointFactory.get_pool_key()
        return super()._requestWithEndpoint(key, endpoint, *arguments, **options)


class _EndpointFactory(_StandardEndpointFactory):
    def __init__(
        self,
        other: _StandardEndpointFactory,
        policy: AddressPolicy,
        site: str | None,
        on_connected: Callable[[], None],
    ) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            other._reactor, other._policyForHTTPS, other._connectTimeout, other._bindAddress
        )
        self._policy, self._site, self._on_connected = policy, site, on_connected
        self._host, self._port = "", ""

    def endpointForURI(self, uri: URI) -> Any:
        host = uri.host.decode("ascii")
        self._host, self._port = get_endpoint(f"http://{f'[{host}]' if ':' in host else host}:{uri.port}/")
        endpoint = _GuardedEndpoint(
            self._check,
            self._on_connected,
            *(self._reactor, host, uri.port),
            timeout=self._connectTimeout,
            bindAddress=self._bindAddress,
        )
        if uri.scheme != b"https":
            return endpoint
        return wrapClientTLS(self._policyForHTTPS.creatorForNetloc(uri.host, uri.port), endpoint)  # type: ignore[arg-type]

    def get_pool_key(self) -> tuple[str | None, ...]:
        is_named = self._policy.is_named(self._host, self._port, self._site)
        return ("named", self._site) if is_named else (self._site,) if self._port else ()

    def _check(self, address: str) -> str | None:
        return self._policy.check_address(address, host=self._host, port=self._port, site=self._site)


class _GuardedEndpoint(HostnameEndpoint):
    """Connects only to those of the host's addresses that pass a check."""

    def __init__(self, check: Check, on_connected: Callable[[], None], *arguments: Any, **options: Any) -> None:
        self._check, self._on_connected = check, on_connected
        self._rejected: ForbiddenTarget | None = None
        super().__init__(*arguments, **options)

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        return super().connect(protocolFactory).addCallbacks(self._report, self._explain)

    def _report(self, protocol: IProtocol) -> IProtocol:
        self._on_connected()
        return protocol

    def _explain(self, failure: Failure) -> Failure:
        if self._rejected is not None and isinstance(failure.value, DNSLookupError):
            raise self._rejected
        return failure

    def refuses(self, address: IAddress) -> bool:
        assert isinstance(address, IPv4Address | IPv6Address)
        reason = self._check(address.host)
        if reason is not None:
            self._rejected = ForbiddenTarget(reason, address.host)
        return reason is not None

    def _getNameResolverAndMaybeWarn(self, reactor: object) -> Any:
        # The endpoint connects to the addresses that the resolver names, without resolving anything again.
        return _CheckingResolver(super()._getNameResolverAndMaybeWarn(reactor), self)


@implementer(IHostnameResolver)
class _CheckingResolver:
    def __init__(self, resolver: Any, endpoint: _GuardedEndpoint) -> None:
        self._resolver = resolver
        self._endpoint = endpoint

    def resolveHostName(self, receiver: Any, hostName: str, **options: Any) -> Any:
        return self._resolver.resolveHostName(_CheckingReceiver(receiver, self._endpoint), hostName, **options)


@implementer(IResolutionReceiver)
class _CheckingReceiver:
    def __init__(self, receiver: Any, endpoint: _GuardedEndpoint) -> None:
        self._receiver = receiver
        self._endpoint = endpoint

    def resolutionBegan(self, resolution: Any) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        if not self._endpoint.refuses(address):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()
