"""Hostile redirects and pauses, and all HTTP of the corpus together. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from tests.hostile.answers import AREA, case, chunks, codings, headers, lengths, slow_answers, status_lines, statuses
from tests.hostile.model import Case, always, make_good, make_path, message
from tests.hostile.pages import STORED


def redirect(target: bytes, status: bytes = b"302 Found") -> bytes:
    return message(b"", b"Location: " + target, status=status)


def redirects() -> Iterator[Case]:
    """Yield redirects that lead nowhere, in circles, or where nobody may go."""
    to = {
        "a file": b"file:///etc/passwd",
        "FTP": b"ftp://example.org/a",
        "data": b"data:text/html,<p>x</p>",
        "a script": b"javascript:alert(1)",
        "gopher": b"gopher://127.0.0.1:70/_x",
        "mail": b"mailto:a@example.org",
        "half an address": b"http://[::1",
        "a port that is none": b"http://127.0.0.1:99999999/",
        "a bad host": b"http://a b/",
        "metadata": b"http://169.254.169.254/latest/meta-data/",
        "a private network": b"http://10.0.0.1/",
        "a decimal address": b"http://2130706433/",
        "an octal address": b"http://0177.0.0.1/",
        "IPv6": b"http://[::ffff:10.0.0.1]/",
        "another site": b"https://elsewhere.example/news",
        "user info": b"http://user:password@10.0.0.1/",
        "two slashes": b"//elsewhere.example/a",
        "100,000 letters": b"/" + b"a" * 60_000,
        "a bad reference": b"http://%zz/",
        "a Unicode host": "http://例え.テスト/".encode(),
        "user info with brackets": b"http://us[er@elsewhere.example/",
        "an account in a host": "http://℀.example/".encode(),
        "a port of letters": b"http://127.0.0.1:port/",
        "an address of a future version": b"http://[v1.x]/",
    }
    allowed = "error: offsite_redirect | error: redirect_to_no_url | error: forbidden_address | error: forbidden_port"
    for name, target in to.items():
        yield case(f"redirect to {name}", allowed, lambda text, t=target: redirect(t))
    for name, target in {"nothing": b"", "white space": b"  "}.items():
        yield case(f"redirect to {name}", "error: too_many_redirects", lambda text, t=target: redirect(t))
    for name, target in {
        "no host": b"http:///a",
        "a NUL": b"/a\0b",
        "backslashes": b"\\\\10.0.0.1\\a",
        "a colon": b"://x",
    }.items():
        # All are read as paths of the same host.
        yield case(f"redirect to {name}", "duplicate: redirect", lambda text, t=target: redirect(t))
    yield case("redirect without a target", "error: redirect_to_no_url", lambda text: message(b"", status=b"302 Found"))
    for code in (301, 302, 303, 307, 308):
        target = make_path(f"target of {code}")
        sent = always(redirect(target.encode(), b"%d X" % code))
        files = {target: make_good(f"target of {code}")}
        yield Case(
            AREA,
            f"redirect {code}",
            "duplicate: redirect",
            sent,
            files=files,
            found=(target,),
            has_own_host=code == 308,
        )
    own = make_path(f"{AREA}: redirect to itself").encode()
    yield case("redirect to itself", "error: redirect_loop | error: too_many_redirects", lambda text: redirect(own))
    one, two = make_path(f"{AREA}: loop of two"), make_path("second of a loop")
    back = {two: always(redirect(one.encode()))}
    yield Case(AREA, "loop of two", "duplicate: redirect", always(redirect(two.encode(), b"301 X")), files=back)
    hops = [make_path(f"hop {number}") for number in range(9)]
    files = {at: always(redirect(to.encode())) for at, to in itertools.pairwise(hops)}
    yield Case(AREA, "nine hops", "duplicate: redirect", always(redirect(hops[0].encode())), files=files)
    refresh = b"<html><head><meta http-equiv=refresh content='0; url=http://10.0.0.1/'></head></html>"
    yield case("refresh to a private network", allowed, lambda text: message(refresh))


RETRY_AFTER = {
    "0": 0.0,
    "1": 1.0,
    " 2 ": 2.0,
    "120": 120.0,
    "86400": 86_400.0,
    "99999999": 86_400.0,
    "9" * 5_000: 86_400.0,
    "-5": None,
    "1.5": None,
    "abc": None,
    "": None,
    "Fri, 01 Jan 2100 00:00:00 GMT": 86_400.0,
    "Friday, 01-Jan-99 00:00:00 GMT": 0.0,
    "Fri Jan  1 00:00:00 2100": 86_400.0,
    "Thu, 01 Jan 1970 00:00:00 GMT": 0.0,
    "Fri, 99 Foo 2026 00:00:00 GMT": None,
    "12, 120": None,
    "Fri, 20 Nov 2026 08:00:00 +999999999999999999": None,
    "٥": None,
}
"""Header -> the seconds that it asks for; None if it is invalid."""


def pauses(longest: float) -> Iterator[Case]:
    """Yield 429 and 503 with Retry-After. A cooldown over *longest* seconds closes its host, also for the next run."""
    forms = [(b"429", *form) for form in RETRY_AFTER.items()]
    forms += [(b"503", value, RETRY_AFTER[value]) for value in ("1", "120", "Fri, 01 Jan 2100 00:00:00 GMT", "abc")]
    for status, value, seconds in forms:
        sent = always(message(b"", b"Retry-After: " + value.encode(), status=status + b" X"))
        outcome, good = f"blocked: http_{status.decode()}", STORED
        if status == b"503" and seconds is None:
            # A failure like any other.
            outcome = "error: http_503"
        elif seconds is None:
            # The cooldown doubles, and is then too long for the crawl.
            outcome, good = f"{outcome} | blocked: retry_after", f"{STORED} | blocked: retry_after"
        elif seconds > longest:
            outcome, good = "blocked: retry_after", f"{STORED} | blocked: retry_after"
        yield Case("Retry-After", f"{status.decode()} with {value[:32]!r}", outcome, sent, has_own_host=True, good=good)


def all_answers() -> Iterator[Case]:
    for make in (status_lines, lengths, chunks, codings, headers, slow_answers, statuses, redirects):
        yield from make()
