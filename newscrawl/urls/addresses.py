"""Which addresses and ports a crawl may connect to. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from newscrawl.urls.parse import get_endpoint, registrable

FORBIDDEN_ADDRESS: Final = "forbidden_address"
FORBIDDEN_PORT: Final = "forbidden_port"

_FORBIDDEN_V4: Final = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        # The metadata service of Azure; those of other clouds are link-local, shared or unique local addresses.
        "168.63.129.16/32",
    )
)
"""IANA IPv4 Special-Purpose Address Registry: what is not reachable globally, and multicast."""
_GLOBAL_V6: Final = IPv6Network("2000::/3")
_FORBIDDEN_V6: Final = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Within 2000::/3: protocol assignments (Teredo, benchmarks, ORCHID), documentation, and 6to4."""
_EMBEDDING_V6: Final = tuple(map(IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))
"""IPv4-mapped addresses, and those that NAT64 translates: the last 32 bits are the IPv4 address that is reached."""
_LOCAL_SUFFIXES: Final = (".localhost", ".local", ".internal", ".localdomain")


def is_public_address(text: str) -> bool:
    """Return whether *text*, an IPv4 or IPv6 address, is globally reachable unicast; False if it is no address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        embedded = any(address in network for network in _EMBEDDING_V6)
        if not embedded:
            return address in _GLOBAL_V6 and not any(address in network for network in _FORBIDDEN_V6)
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    return not any(address in network for network in _FORBIDDEN_V4)


class AddressPolicy:
    """Allows public addresses at ports 80 and 443, and what the operator has named.

    *allowed* is the value of NEWSCRAWL_ALLOWED_ADDRESSES: networks, addresses and host names, separated by commas, with
    all of their ports. Raises ValueError for an entry that is none of them.
    """

    def __init__(self, allowed: str = "") -> None:
        self._networks = []
        self._hosts: set[str] = set()
        for entry in filter(None, (part.strip() for part in allowed.split(","))):
            try:
                self._networks.append(ip_network(entry.strip("[]")))
            except ValueError:
                self._hosts.add(_parse_host(entry))
        self._named: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._ports: dict[str, set[str]] = defaultdict(set)

    def name(self, site: str, urls: Iterable[str]) -> None:
        """Allow what the operator names for *site*: the ports of *urls*, and hosts that are private on their face.

        These are IP addresses, and names that nobody can register. Other names stay checked by their addresses, as
        whoever owns one decides where it leads.
        """
        for url in urls:
            host, port = get_endpoint(url)
            self._ports[site].add(port)
            if _is_literal(host) or not registrable(host):
                self._named[site].add((host, port))

    def is_named(self, host: str, port: str, site: str | None) -> bool:
        """Return whether the operator named the private *host* with *port* for *site*; None stands for any site."""
        if host in self._hosts:
            return True
        sites = self._named.values() if site is None else (self._named.get(site, set()),)
        return any((host, port) in named for named in sites)

    def check_url(self, url: str, site: str | None) -> str | None:
        """Return why a request for *url* is refused whatever its name resolves to, None if the address decides."""
        try:
            host, port = get_endpoint(url)
        except ValueError:
            return FORBIDDEN_ADDRESS
        if self.is_named(host, port, site):
            return None
        if _is_literal(host):
            return self.check_address(host.strip("[]"), host=host, port=port, site=site)
        if self.is_named(host, port, None):
            # Named for another site: not even its robots.txt is fetched because of this one.
            return FORBIDDEN_ADDRESS
        if self._networks:
            # The name may lead to one of them.
            return None
        if host == "localhost" or host.endswith(_LOCAL_SUFFIXES):
            return FORBIDDEN_ADDRESS
        return None if self._is_port_allowed(port, site) else FORBIDDEN_PORT

    def check_address(self, address: str, *, host: str, port: str, site: str | None) -> str | None:
        """Return why a connection to *address*, to which *host* resolves, is refused for *site*; None if it is not."""
        if self.is_named(host, port, site) or self._is_allowed(address):
            return None
        if not is_public_address(address):
            return FORBIDDEN_ADDRESS
        return None if self._is_port_allowed(port, site) else FORBIDDEN_PORT

    def _is_allowed(self, address: str) -> bool:
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)

    def _is_port_allowed(self, port: str, site: str | None) -> bool:
        if not port:
            return True
        return any(port in ports for ports in self._ports.values()) if site is None else port in self._ports[site]


def _is_literal(host: str) -> bool:
    return host.startswith("[") or host.rpartition(".")[2].isdigit()


def _parse_host(entry: str) -> str:
    try:
        host = "" if re.search(r"[:/@?#\\]", entry) else get_endpoint(f"http://{entry}/")[0]
    except ValueError:
        host = ""
    if not host or _is_literal(host):
        raise ValueError(f"{entry!r} is not a network, an IP address or a host name")
    return host
