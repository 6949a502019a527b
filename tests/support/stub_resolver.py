"""A resolver for crawls of tests: names lead where the test says."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError

VARIABLE = "STUB_RESOLVER"


class StubResolver(CachingThreadedResolver):
    """Resolves by the JSON object in the environment variable STUB_RESOLVER: name -> addresses.

    They are given one after the other, the last one from then on; `*.example.com` stands for every name below it. Names
    that are not listed, such as addresses, are resolved by the system.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._addresses: dict[str, list[str]] = json.loads(os.environ[VARIABLE])
        self._asked: Counter[str] = Counter()

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        host = name.lower().rstrip(".")
        found = self._addresses.get(host) or self._addresses.get("*." + host.partition(".")[2])
        if found is None:
            is_address = host.replace(".", "").isdigit() or host == "localhost"
            return super().getHostByName(name, timeout) if is_address else fail(DNSLookupError(name))
        self._asked[host] += 1
        return succeed(found[min(self._asked[host], len(found)) - 1])
