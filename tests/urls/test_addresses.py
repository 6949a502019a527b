"""Only public addresses at ports 80 and 443, and what the operator has named, are allowed."""

from __future__ import annotations

import pytest

from newscrawl.urls.addresses import FORBIDDEN_ADDRESS, FORBIDDEN_PORT, AddressPolicy, is_public_address

PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "2606:2800:220:1::1",
    "2001:4860::8888",
    "64:ff9b::8.8.8.8",
]
PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.1.1"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("255.255.255.255", "168.63.129.16", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *(
        "64:ff9b::127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001::1",
        "2001:db8::1",
    ),
    *("2001:2::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "3fff::1"),
    *("::127.0.0.1", "not an address", ""),
]
LITERALS = [
    *("127.0.0.1", "2130706433", "0x7f000001", "0x7F.0.0.1", "0177.0.0.1", "0177.0.1", "127.1", "127.0.1", "0x7f.1"),
    *("017700000001", "127.0.0.1.", "127。0。0。1", "%31%32%37.0.0.1", "①②⑦.0.0.1", "user@127.0.0.1"),
    *("example.org@127.0.0.1", "example.org:80@127.0.0.1", "a:b@[::1]", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25eth0]", "[fc00::1]"),
    *("0", "0.0.0.0", "10.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "localhost", "LOCALHOST", "localhost."),
    *("a.localhost", "metadata.google.internal", "printer.local", "256.256.256.256", "[zz]"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_allowed(address: str) -> None:
    assert is_public_address(address)
    assert AddressPolicy().check_address(address, host="example.org", port="", site="example.org") is None


@pytest.mark.parametrize("address", PRIVATE)
def test_address_that_is_not_public_is_refused(address: str) -> None:
    policy = AddressPolicy()
    policy.name("example.org", ["https://example.org/", "http://10.9.9.9/"])
    found = policy.check_address(address, host="example.org", port="", site="example.org")
    assert found == FORBIDDEN_ADDRESS, "whoever owns a name that was named decides where it leads"


@pytest.mark.parametrize("host", LITERALS)
def test_url_of_a_private_host_is_refused_before_its_name_is_resolved(host: str) -> None:
    assert AddressPolicy().check_url(f"http://{host}/a", "example.org") == FORBIDDEN_ADDRESS
    assert AddressPolicy().check_url(f"http://{host}/robots.txt", None) == FORBIDDEN_ADDRESS


def test_other_ports_are_refused_unless_the_operator_named_them() -> None:
    policy = AddressPolicy()
    policy.name("example.org", ["http://example.org:8080/"])
    assert policy.check_url("http://example.org:22/", "example.org") == FORBIDDEN_PORT
    assert policy.check_url("http://8.8.8.8:6379/", "example.org") == FORBIDDEN_PORT
    assert policy.check_address("8.8.8.8", host="b.org", port=":8080", site="b.org") == FORBIDDEN_PORT
    assert policy.check_url("http://example.org:8080/", "example.org") is None
    assert policy.check_url("http://example.org:8080/robots.txt", None) is None
    assert policy.check_url("https://example.org:443/", "b.org") is None
    assert policy.check_url("http://example.org:8080/", "b.org") == FORBIDDEN_PORT


def test_private_host_that_was_named_is_allowed_for_its_site_with_its_port_only() -> None:
    policy = AddressPolicy()
    policy.name("10.0.0.5:8080", ["http://10.0.0.5:8080/"])
    policy.name("intranet", ["http://intranet/"])
    assert policy.check_url("http://0xa.5:8080/a", "10.0.0.5:8080") is None
    assert policy.check_address("10.0.0.9", host="intranet", port="", site="intranet") is None
    assert policy.check_url("http://10.0.0.5:8080/robots.txt", None) is None
    for url in ("http://10.0.0.5/", "http://10.0.0.5:22/", "http://10.0.0.6:8080/"):
        assert policy.check_url(url, "10.0.0.5:8080") == FORBIDDEN_ADDRESS
    for url in ("http://10.0.0.5:8080/", "http://intranet/"):
        assert policy.check_url(url, "example.org") == FORBIDDEN_ADDRESS
    assert policy.check_address("10.0.0.9", host="intranet", port="", site="example.org") == FORBIDDEN_ADDRESS


def test_allowed_networks_and_hosts_are_open_to_every_site_at_every_port() -> None:
    policy = AddressPolicy("10.0.0.0/8, fd00::/8,wiki.example.com,[::1]")
    for host, address in (("10.1.2.3", "10.1.2.3"), ("[::1]", "::1"), ("a.org", "fd00::7"), ("wiki.example.com", "::")):
        assert policy.check_url(f"http://{host}:8080/", "example.org") is None
        assert policy.check_address(address, host=host, port=":8080", site="example.org") is None
    assert policy.check_address("192.168.0.1", host="a.org", port="", site="a.org") == FORBIDDEN_ADDRESS
    assert policy.check_address("8.8.8.8", host="a.org", port=":22", site="a.org") == FORBIDDEN_PORT


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "10.0.0.1/8", "http://a.org/", "a b", "a.org:80", "1.2.3.999"])
def test_entry_that_is_neither_network_nor_host_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match="is not a network, an IP address or a host name"):
        AddressPolicy(f"127.0.0.1,{entry}")
