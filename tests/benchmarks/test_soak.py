"""Check that benchmarks/soak.py notices what grows, and that its sites have the faults that it counts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from random import Random
from urllib.parse import urlsplit

import pytest

from benchmarks.soak import HELPER, MAIN, WORKER, Process, Sample, Schedule, evaluate, is_running, read_processes
from benchmarks.soak_sites import ARCHIVE, SECTIONS, SoakSites, reset
from tests.hostile.model import make_path
from tests.support.raw_server import raw_server

SECONDS = 1_000.0
MIB = 1024


def process(pid: int, role: str, mib: float, fds: int = 20, threads: int = 8) -> Process:
    return Process(pid, 1, role, round(mib * MIB), round(mib * MIB), fds, threads)


def make_samples(**last: float) -> list[Sample]:
    """Return samples of a crawl; *last* are figures of its last fifth that differ."""
    samples = []
    for at in range(10, 1_001, 10):
        now = last if at > 800 else {}
        processes = [
            # Every second sample has open connections.
            process(1, MAIN, now.get("rss", 200), int(now.get("fds", 22)) + at // 10 % 2, int(now.get("threads", 8))),
            process(2, HELPER, 30),
            *(process(10 + n, WORKER, now.get("pss", 35), 10, 1) for n in range(int(now.get("workers", 2)))),
        ]
        samples.append(Sample(float(at), at, tuple(processes)))
    return samples


@pytest.mark.parametrize(
    "last, grown",
    [
        ({}, []),
        ({"rss": 219}, []),
        ({"rss": 221}, ["RSS of main process, MiB, median"]),
        ({"pss": 38}, []),
        ({"pss": 39}, ["PSS of all workers, MiB, median"]),
        ({"fds": 26}, []),
        ({"fds": 27}, ["descriptors of main process, minimum"]),
        ({"threads": 10}, []),
        ({"threads": 11}, ["threads of main process, minimum"]),
        ({"rss": 100, "fds": 12, "threads": 4}, []),
    ],
    ids=str,
)
def test_growth_is_noticed(last: dict[str, float], grown: list[str]) -> None:
    assert [one.name for one in evaluate(make_samples(**last), SECONDS) if one.is_exceeded] == grown


MINUTES = 120


def make_counts(count: Callable[[float], float], noise: int = 0) -> list[Sample]:
    """Return samples of two hours, one each half minute; *count* are the descriptors of the main process by minute."""
    random, samples = Random(1), []
    for number in range(1, 2 * MINUTES + 1):
        minute = number / 2
        # Every second sample has an open connection.
        fds = int(count(minute)) + random.randint(-noise, noise) + number % 2
        samples.append(Sample(60 * minute, number, (process(1, MAIN, 200, fds), process(2, HELPER, 30))))
    return samples


LEAKS: dict[str, Callable[[float], float]] = {
    "one in 20 minutes": lambda minute: 20 + minute // 20,
    "sawtooth that grows": lambda minute: 20 + 6 * (minute % 17) / 17 + minute / 15,
    "late and exponential": lambda minute: 20 + 2 ** ((minute - 95) / 5),
    "in the last quarter only": lambda minute: 20 + max(0, minute - 90) // 8,
    "two steps in the last quarter": lambda minute: 20 + 2 * (max(0, minute - 90) // 12),
    "beyond a drop": lambda minute: 12 + (minute - 40) // 5 if minute > 40 else 20,
    "one for a thousand requests, steps of two": lambda minute: 20 + 2 * (minute // 25),
    "five at once": lambda minute: 20 if minute < 70 else 25,
    "from the beginning, steeply": lambda minute: 20 + minute,
}
NO_LEAKS: dict[str, Callable[[float], float]] = {
    "flat": lambda minute: 20,
    "a step of two after 35 minutes": lambda minute: 20 if minute < 35 else 22,
    "a step of two after 70 minutes": lambda minute: 20 if minute < 70 else 22,
    "a step in the last minutes": lambda minute: 20 if minute < 110 else 22,
    "two steps": lambda minute: 20 + (minute >= 35) + (minute >= 70),
    "growth of the warm-up": lambda minute: 20 + min(minute, 25) // 2,
    "flat sawtooth": lambda minute: 20 + 8 * (minute % 17) / 17,
    "drop and recovery": lambda minute: 12 if 50 < minute < 80 else 20,
    "drop and slow recovery": lambda minute: 20 - max(0, 8 - abs(minute - 90) // 3),
    "fall": lambda minute: 30 - minute // 10,
}
GREW = ["descriptors of main process, minimum"]


@pytest.mark.parametrize("noise", [0, 1])
@pytest.mark.parametrize("count", LEAKS.values(), ids=LEAKS)
def test_leak_is_told_from_a_step(count: Callable[[float], float], noise: int) -> None:
    assert [one.name for one in evaluate(make_counts(count, noise), 60 * MINUTES) if one.is_exceeded] == GREW


@pytest.mark.parametrize("noise", [0, 1, 2])
@pytest.mark.parametrize("count", NO_LEAKS.values(), ids=NO_LEAKS)
def test_step_that_stays_is_no_leak(count: Callable[[float], float], noise: int) -> None:
    assert [one.name for one in evaluate(make_counts(count, noise), 60 * MINUTES) if one.is_exceeded] == []


def test_rises_are_shown() -> None:
    found = {one.name: one for one in evaluate(make_counts(NO_LEAKS["two steps"]), 60 * MINUTES)}
    assert found[GREW[0]].format() == "| descriptors of main process, minimum | 20 | 22 | 1.100 | 24 | ok, 2 rises |"


def test_a_process_too_many_is_noticed() -> None:
    grown = [one.name for one in evaluate(make_samples(workers=3), SECONDS) if one.is_exceeded]
    assert "processes, median" in grown


def test_a_crawl_that_ended_early_is_not_evaluated() -> None:
    with pytest.raises(ValueError, match="too few samples"):
        evaluate([one for one in make_samples() if one.at < 800], SECONDS)


def test_open_descriptors_and_threads_of_a_process_are_read() -> None:
    script = "import os, threading\nopen(os.devnull)\nf = open(os.devnull)\n" + (
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\nprint('ready', flush=True)\ninput()"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        found = {one.pid: one for one in read_processes(os.getpid())}
        assert found[os.getpid()].role == MAIN
        assert (found[child.pid].role, found[child.pid].fds, found[child.pid].threads) == (HELPER, 4, 2)
        assert found[child.pid].rss > 1_000
        assert is_running(child.pid, found[child.pid].started)
        assert not is_running(child.pid, found[child.pid].started + 1)
        child.stdin.write("\n")
        child.stdin.close()
        child.wait()
    assert not is_running(child.pid, found[child.pid].started)


def test_moments_are_within_their_part_of_the_time_and_come_once() -> None:
    schedule = Schedule.make(Random(1), 100.0, 500.0, 1_000.0)
    moments = list(schedule.moments)
    assert len(moments) >= 5
    assert all(100 < one < 500 for one in moments)
    assert not schedule.is_due(moments[0] - 1)
    assert schedule.is_due(moments[0])
    assert not schedule.is_due(moments[0])


def test_sites_send_each_kind_of_fault_and_count_it() -> None:
    sites, address = SoakSites(1, seed=1), "127.9.0.1"
    sites.kills_workers = True
    for number in range(1_500):
        get(sites.respond, address + make_path(f"the {SECTIONS[number % 20]} of the city {number}"))
    assert len(sites.injected) >= 15
    assert 60 <= sites.injected.total() <= 180


def test_a_passing_fault_is_over_at_the_next_request() -> None:
    sites, address = SoakSites(1, seed=1), "127.9.0.1"
    paths = [address + make_path(f"the river of the city {number}") for number in range(500)]
    failed = [path for path in paths if get(sites.respond, path) == b"reset"]
    assert failed
    assert all(get(sites.respond, path).startswith(b"HTTP/1.1 200 OK") for path in failed)


def test_server_resets_the_connection() -> None:
    with raw_server(reset) as server, socket.create_connection(("127.0.0.1", urlsplit(server.url).port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_sections_name_new_articles_on_every_page() -> None:
    sites = SoakSites(1, seed=3)
    pages = [get(sites.respond, f"127.9.0.1/river/?page={number}") for number in (6, 7)]
    assert b"the-river-of-the-city-100'" in pages[0]
    assert b"the-river-of-the-city-120'" in pages[1]
    assert b"rel=next href='/river/?page=8'" in pages[1]
    assert b"/river/" not in get(sites.respond, f"{ARCHIVE}/")


def get(respond: Callable[..., object], path: str) -> bytes:
    """Return the first piece of an answer; `reset` if the connection is reset."""
    try:
        return next(iter(respond(path)), b"")  # type: ignore[call-overload,no-any-return]
    except ConnectionResetError:
        return b"reset"
