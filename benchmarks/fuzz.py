"""Mutate pages, listings, site files and archives, and read them as a crawl does: nothing may raise, or take long.

    python benchmarks/fuzz.py [--cases 100000] [--seed 1] [--folder /tmp/fuzz] [--corpora FOLDER …]

The seeds are the hostile corpus of the tests and, if given, every page of the corpora. A case is a seed with one to
twelve mutations: bytes, tokens and blocks that are deleted, repeated, moved, exchanged with those of another seed, or
replaced by values that parsers choke on. One process runs all cases, each with the limit of CPU time that such a file
has in a crawl. An input that fails is written to the folder, whose name is printed with the cause. The same seed gives
the same inputs. Exits with 1 if anything failed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import FrameType

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from newscrawl.archives.reader import open_archive
from newscrawl.discovery.robotstxt import fix_robotstxt
from newscrawl.exceptions import NewscrawlError
from newscrawl.sites.registry import parse_site
from newscrawl.workers.tasks import PageInput, extract_article, read_feed, read_section, read_sitemap
from tests.hostile.archives import make_good, warc_records
from tests.hostile.listings import all_listings
from tests.hostile.model import Case, Live
from tests.hostile.site_files import SITE_FILES
from tests.hostile.texts import all_pages

URL = "https://example.org/2026/11/20/report-on-something-in-the-town"
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
MAX_SEED = 12_000
"""Bytes of a seed; larger inputs of the corpus are about size, which mutations do not change."""
LIMITS = {"page": 2.0, "feed": 10.0, "sitemap": 10.0, "robots.txt": 2.0, "site file": 2.0, "archive": 10.0}
"""CPU seconds that an input of each kind may take: what workers have for it, or what nobody would notice."""
SHARES = {"page": 25, "feed": 12, "sitemap": 20, "robots.txt": 15, "site file": 15, "archive": 13}
"""Of 100 cases, how many are of each kind."""
TOKENS = [
    b"<", b">", b"/>", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"?>", b"&", b";", b"&#0;", b"&#xD800;",
    b"&#x110000;", b'"', b"'", b"\\", b"\0", b"\x1b", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\r",
    b"\n", b"\t", b"\x0b", b"\x85", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"NaN", b"-Infinity",
    b"1e999", b"9" * 50, b"-1", b"0", b"1" * 5_000, b"<script>", b"</script>", b"<style>", b"<svg>", b"<math>",
    b"<template>", b"<table>", b"<tr>", b"<a href='", b"<p>", b"</p>", b"<div>", b"<article>", b"</article>",
    b"<h1>", b"<body>", b"</body>", b"<html>", b"</html>", b"<head>", b"<base href='http://['>", b"<embed>",
    b"<script type='application/ld+json'>", b'{"@type": "NewsArticle"}', b"<meta charset=", b"utf-16", b"utf-7",
    b"iso-2022-jp", b"<item>", b"</item>", b"<entry>", b"<url>", b"<loc>", b"</loc>", b"<sitemap>", b"<link>",
    b"<rss>", b"<feed>", b"<!DOCTYPE x [", b"<!ENTITY a '&b;'>", b"http://[", b"http://[::1", b"http://a:99999/",
    b"//", b"javascript:", b"file:///etc/passwd", b"data:,", b"https://example.org/\xff", b"0000-00-00",
    b"9999-12-31T23:59:59-14:00", b"2026-13-45", b"+99:99", b"2026-W53-7", b"\xe2\x80\xae", b"\xf0\x9f\x87\xa9",
    b"\xcc\x81" * 40, b"User-agent: *", b"Disallow: /", b"Allow: *", b"Crawl-delay: ", b"Sitemap: ",
    b"WARC/1.0\r\n", b"Content-Length: -1", b"HTTP/1.1 200 OK\r\n", b"[discovery]", b"[extraction]", b"'''", b'"""',
    b" = ", b"1979-05-27", b"inf", b"(a+)+$", b"(?<", b"div >", b":not(", b"[x=",
]  # fmt: skip


class OverTime(Exception):
    """The case took longer than its limit."""


@dataclass(frozen=True)
class Seed:
    kind: str
    body: bytes


def read_page(body: bytes) -> None:
    page = PageInput(body, URL, NOW, "text/html")
    # One page in four is read as a section: the parser is the same, the rest is not.
    (read_section if len(body) % 4 == 0 else extract_article)(page)


def read_robots(body: bytes) -> None:
    from protego import Protego

    rules = Protego.parse(fix_robotstxt(body, URL, "newscrawl").decode("utf-8", "replace"))
    rules.can_fetch(URL, "newscrawl")
    rules.crawl_delay("newscrawl")
    list(rules.sitemaps)


def read_site_file(body: bytes) -> None:
    # NewscrawlError explains a mistake in the file; any other exception is a bug.
    text = body.decode("utf-8", "replace")
    with suppress(NewscrawlError):
        parse_site(text, name="example.org")


def read_archive(body: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".warc.gz" if body.startswith(b"\x1f\x8b") else ".warc") as file:
        file.write(body)
        file.flush()
        with suppress(NewscrawlError):
            for page in open_archive(Path(file.name)):
                assert isinstance(page.body, bytes)


READERS: dict[str, Callable[[bytes], object]] = {
    "page": read_page,
    "feed": lambda body: read_feed(body, "https://example.org/feed.xml"),
    "sitemap": lambda body: read_sitemap(body, "https://example.org/map.xml"),
    "robots.txt": read_robots,
    "site file": read_site_file,
    "archive": read_archive,
}


def collect_seeds(corpora: Iterable[Path]) -> dict[str, list[Seed]]:
    """Return the seeds by kind."""
    seeds: dict[str, list[Seed]] = {kind: [] for kind in READERS}

    def add(kind: str, body: bytes) -> None:
        if body:
            seeds[kind].append(Seed(kind, body[:MAX_SEED]))

    for _, page in all_pages():
        if len(body := page.make()) <= MAX_SEED:
            add("page", body)
    for case in all_listings():
        kind = {"/feed.xml": "feed", "/map.xml": "sitemap"}.get(case.path, "robots.txt")
        add(kind, read_answer(case, kind))
    for text in SITE_FILES:
        add("site file", text.encode("utf-8", "replace"))
    for bad in warc_records():
        if len(bad.record) <= MAX_SEED:
            add("archive", make_good(1) + bad.record + make_good(2))
            add("archive", gzip.compress(make_good(1), mtime=0) + bad.member + gzip.compress(make_good(2), mtime=0))
    for folder in corpora:
        for file in sorted((folder / "html").glob("*.html.gz")):
            add("page", gzip.decompress(file.read_bytes()))
    return seeds


def read_answer(case: Case, kind: str) -> bytes:
    send = case.files["/robots.txt"] if kind == "robots.txt" else case.send
    return b"" if isinstance(send, Live) else b"".join(send()).partition(b"\r\n\r\n")[2]


def mutate(random: Random, body: bytes, other: bytes) -> bytes:
    """Return *body* with one to twelve mutations; *other* is another seed of the same kind."""
    data = bytearray(body)
    for _ in range(random.choice((1, 1, 2, 3, 5, 8, 12))):
        at = random.randrange(len(data) + 1)
        end = min(len(data), at + random.choice((1, 2, 5, 20, 100, 1_000)))
        match random.randrange(9):
            case 0:
                del data[at:end]
            case 1:
                data[at:at] = random.choice(TOKENS) * random.choice((1, 1, 1, 2, 50))
            case 2:
                data[at:end] = random.choice(TOKENS)
            case 3:
                data[at:at] = bytes(data[at:end]) * random.choice((1, 2, 10, 60))
            case 4:
                start = random.randrange(len(other) + 1)
                data[at:end] = other[start : start + random.choice((5, 50, 500, 5_000))]
            case 5:
                data[at:end] = random.randbytes(end - at)
            case 6:
                del data[at:]
            case 7 if data:
                data[min(at, len(data) - 1)] ^= 1 << random.randrange(8)
            case _:
                data[:] = swap_tokens(random, bytes(data))
    return bytes(data[: 4 * MAX_SEED])


def swap_tokens(random: Random, body: bytes) -> bytes:
    """Exchange two tags, lines or values."""
    spots = [match.span() for match in re.finditer(rb"<[^<>]{0,300}>|\"[^\"]{0,300}\"|[^\n]{1,300}\n", body)]
    if len(spots) < 2:
        return body
    (a, b), (c, d) = sorted(random.sample(spots, 2))
    return body[:a] + body[c:d] + body[b:c] + body[a:b] + body[d:] if b <= c else body


def make_cases(seeds: dict[str, list[Seed]], number: int, seed: int) -> Iterator[tuple[str, bytes]]:
    random = Random(seed)
    kinds, weights = list(SHARES), list(SHARES.values())
    for _ in range(number):
        kind = random.choices(kinds, weights)[0]
        one, other = random.choice(seeds[kind]), random.choice(seeds[kind])
        body = one.body
        is_packed = kind == "archive" and body.startswith(b"\x1f\x8b") and random.random() < 0.5
        if is_packed:
            # What is wrong inside of a gzip file.
            body = gzip.compress(mutate(random, gzip.decompress(body), other.body), 1, mtime=0)
        yield kind, body if is_packed else mutate(random, body, other.body)


def run(kind: str, body: bytes) -> str | None:
    """Read *body*; return what went wrong, or None."""
    signal.setitimer(signal.ITIMER_PROF, LIMITS[kind])
    try:
        READERS[kind](body)
    except OverTime:
        return f"over {LIMITS[kind]:g} s of CPU time"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "".join(traceback.format_exception(error)[-3:])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return None


def raise_over_time(_number: int, _frame: FrameType | None) -> None:
    raise OverTime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "newscrawl-fuzz")
    parser.add_argument("--corpora", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    logging.disable()
    signal.signal(signal.SIGPROF, raise_over_time)
    seeds = collect_seeds(options.corpora)
    counts, slowest, failures, started = Counter[str](), dict.fromkeys(READERS, 0.0), 0, time.monotonic()
    for number, (kind, body) in enumerate(make_cases(seeds, options.cases, options.seed)):
        before = time.process_time()
        problem = run(kind, body)
        counts[kind] += 1
        slowest[kind] = max(slowest[kind], time.process_time() - before)
        if problem is not None:
            failures += 1
            options.folder.mkdir(parents=True, exist_ok=True)
            path = options.folder / f"{kind.replace(' ', '-')}-{options.seed}-{number}"
            path.write_bytes(body)
            print(f"{path}: {problem}", flush=True)
    figures = {"cases": dict(counts), "seeds": {kind: len(some) for kind, some in seeds.items()}, "failures": failures}
    figures |= {"slowest": {kind: round(value, 2) for kind, value in slowest.items()}}
    print(json.dumps({**figures, "seed": options.seed, "seconds": round(time.monotonic() - started)}))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
