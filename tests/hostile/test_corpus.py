"""The hostile corpus on one server, crawled: each input has its outcome, each good page beside it is stored.

Every fourth input is crawled; NEWSCRAWL_TEST_HOSTILE_EVERY=1 crawls all 730, which takes some minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.hostile.corpus_site import LONGEST_COOLDOWN, CorpusServer, all_cases, get_part, make_good_path, trap_hosts
from tests.hostile.model import Case
from tests.hostile.pages import STORED
from tests.hostile.redirects import RETRY_AFTER
from tests.hostile.traps import MAX_FETCHES
from tests.support.crawling import Crawl, query, scrapy
from tests.support.raw_server import EVERY_HOST, RawServer, raw_server

ALL_CASES = all_cases()
EVERY = int(os.environ.get("NEWSCRAWL_TEST_HOSTILE_EVERY", "4"))
CASES = [case for at, case in enumerate(ALL_CASES) if at % EVERY == 0 or case.area == "Retry-After"]
TRAPS = trap_hosts()
SETTINGS = ("DOWNLOAD_TIMEOUT=8", "RETRY_TIMES=1", "STATS_DUMP=True")


@dataclass
class Crawled:
    """What crawls made of the corpus."""

    done: dict[str, Crawl]
    """Part of the corpus -> its crawl; "again" is a second one of traps and hosts that asked for a pause."""
    server: RawServer
    before: int
    """Number of requests before that."""
    hosts: dict[str, str]
    """Name of a case -> address of its host."""
    outcomes: dict[tuple[str, str], str]
    """Address and path -> `outcome: reason`."""
    bodies: dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder: Path = tmp_path_factory.mktemp("corpus")
    database_url = f"sqlite:///{folder}/newscrawl.db"
    corpus = CorpusServer(CASES)
    hosts = {case.id: host.address for host in corpus.hosts for case in host.cases}
    parts: dict[str, list[str]] = {"pages": [], "answers": [], "listings": [], "traps": [*TRAPS]}
    for host in corpus.hosts:
        parts[get_part(host.cases[0].area)].append(host.address)
    paused = [hosts[case.id] for case in CASES if case.area == "Retry-After"]
    with raw_server(corpus.respond, address=EVERY_HOST) as server:
        corpus.port = urlsplit(server.url).port or 0
        done = {part: run(map(corpus.get_url, hosts), database_url) for part, hosts in parts.items()}
        before = len(server.paths)
        done["again"] = run(map(corpus.get_url, [*paused, *TRAPS]), database_url)
    rows = query(database_url, "SELECT url, outcome, reason FROM pages")
    outcomes = {split(url): f"{outcome}: {reason}" for url, outcome, reason in rows}
    bodies = {split(url): text for url, text in query(database_url, "SELECT url, article_body FROM articles")}
    return Crawled(done, server, before, hosts, outcomes, bodies)


def run(urls: Iterable[str], database_url: str) -> Crawl:
    settings = [part for setting in SETTINGS for part in ("-s", setting)]
    return scrapy(
        *("crawl", "news", *settings, "-a", f"url={','.join(urls)}"),
        database_url=database_url,
        NEWSCRAWL_BACKOFF_MAX_WAIT=LONGEST_COOLDOWN,
        NEWSCRAWL_EXTRACTION_WORKERS=2,
    )


def split(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.path


def test_corpus_is_large_and_has_no_two_of_a_name() -> None:
    assert len(ALL_CASES) >= 300
    assert len({case.url_path + case.id for case in ALL_CASES}) == len(ALL_CASES)
    assert not [case.id for case in ALL_CASES if "no_text" in case.outcome and case.texts]


def test_nothing_crashes_or_hangs(crawled: Crawled) -> None:
    for done in crawled.done.values():
        assert done.summary["finish_reason"] in ("finished", "limit_reached")
        assert done.code in (0, 4)
        assert "Traceback" not in done.log
        assert done.stats["worker_pool/died"] == 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_input_has_its_outcome(crawled: Crawled, case: Case) -> None:
    place = (crawled.hosts[case.id], case.url_path)
    assert crawled.outcomes.get(place) in case.outcome.split(" | ")
    if crawled.outcomes[place] == STORED:
        body = crawled.bodies[place]
        assert [text for text in case.texts if text not in body] == []
        assert [text for text in case.lost if text in body] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_good_page_after_it_has_its_outcome(crawled: Crawled, case: Case) -> None:
    host = crawled.hosts[case.id]
    assert not case.good or crawled.outcomes.get((host, make_good_path(case))) in case.good.split(" | ")
    assert {path: crawled.outcomes.get((host, path)) for path in case.found} == dict.fromkeys(case.found, STORED)


@pytest.mark.parametrize("address", TRAPS, ids=TRAPS.get)
def test_trap_costs_at_most_200_fetches_a_run(crawled: Crawled, address: str) -> None:
    paths = crawled.server.paths
    for run in (paths[: crawled.before], paths[crawled.before :]):
        assert sum(path.startswith(f"{address}/") for path in run) <= MAX_FETCHES


def test_no_request_is_sent_before_retry_after_is_over(crawled: Crawled) -> None:
    server, checked = crawled.server, 0
    for case in CASES:
        if case.area != "Retry-After":
            continue
        seconds = next(seconds for value, seconds in RETRY_AFTER.items() if repr(value[:32]) in case.name)
        if not seconds:
            continue
        host = f"{crawled.hosts[case.id]}/"
        times = [(at, path) for at, path in zip(server.times, server.paths, strict=True) if path.startswith(host)]
        asked = [at for at, path in times if path == host + case.url_path[1:]]
        # Requests that were sent before the answer arrived may follow it closely.
        early = [path for at, path in times if asked[0] + 0.3 < at < asked[0] + seconds]
        assert early == [], case.id
        checked += 1
    assert checked >= 11
