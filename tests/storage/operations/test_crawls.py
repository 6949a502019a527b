"""A run is recorded with its process, its heartbeats and its result; the end of a killed one by the next."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.operations.crawls import EndCrawl, RecordResult, StartCrawl, WriteHeartbeat
from newscrawl.storage.processes import get_host
from newscrawl.storage.queries.site_health import get_last_warnings
from newscrawl.storage.run_records import record_end, record_failed_start
from newscrawl.storage.schema import crawls, site_checks
from tests.support.store import NOW, Store

MINUTE = timedelta(minutes=1)
START = StartCrawl("news", {}, NOW, 1, 1)


def read(store: Store, crawl_id: int) -> Any:
    with connect_for_reading(store.engine) as connection:
        return connection.execute(select(crawls).where(crawls.c.id == crawl_id)).one()


def url_of(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def test_a_run_is_recorded_with_its_process_and_heartbeats(store: Store) -> None:
    crawl_id = store.do(replace(START, pid=os.getpid()))
    run = read(store, crawl_id)
    assert (run.host, run.pid, run.heartbeat_at, run.exit_code, run.warnings) == (
        get_host(), os.getpid(), NOW, None, None,
    )  # fmt: skip
    store.do(WriteHeartbeat(crawl_id, NOW + MINUTE))
    assert read(store, crawl_id).heartbeat_at == NOW + MINUTE


def test_the_next_run_records_the_end_of_killed_ones(store: Store) -> None:
    pid = os.getpid()
    running, silent = store.do(replace(START, pid=1)), store.do(replace(START, pid=os.getppid()))
    killed = store.do(START)
    store.do(WriteHeartbeat(running, NOW + 9 * MINUTE))
    store.do(WriteHeartbeat(silent, NOW + 2 * MINUTE))
    before_in_a_container = store.do(replace(START, pid=pid, now=NOW + 9 * MINUTE))
    store.do(replace(START, pid=pid, now=NOW + 10 * MINUTE))
    assert read(store, running).finish_reason is None
    assert read(store, before_in_a_container).finish_reason == "killed"
    run = read(store, silent)
    assert (run.finish_reason, run.finished_at, run.exit_code) == ("killed", NOW + 2 * MINUTE, None)
    assert (read(store, killed).finish_reason, read(store, killed).finished_at) == ("killed", NOW)


def test_a_run_that_was_taken_for_killed_records_its_real_end(store: Store) -> None:
    suspended = store.do(START)
    store.do(replace(START, now=NOW + 9 * MINUTE))
    assert read(store, suspended).finish_reason == "killed"
    store.do(EndCrawl(suspended, "finished", NOW + 20 * MINUTE))
    assert read(store, suspended).finish_reason == "finished"


def test_the_result_has_the_exit_code_and_the_warnings(store: Store) -> None:
    store.do(RecordResult(store.crawl_id, 4, {"example.org": ["no new article\0"], "b.org": []}, {}, NOW))
    run = read(store, store.crawl_id)
    assert (run.exit_code, run.warnings) == (4, {"example.org": ["no new article"]})
    store.do(RecordResult(store.crawl_id, 0, {}, {}, NOW))
    assert read(store, store.crawl_id).warnings is None


def check(store: Store, hours: int, **warnings: list[str]) -> dict[str, Any]:
    store.do(RecordResult(store.start_crawl(), 0, {}, warnings, NOW + timedelta(hours=hours)))
    with connect_for_reading(store.engine) as connection:
        rows = connection.execute(select(site_checks)).all()
    assert all(row.checked_at <= NOW + timedelta(hours=hours) for row in rows)
    return {row.site: row.degraded_since for row in rows}


def test_a_site_is_degraded_since_the_first_check_that_found_it_so(store: Store) -> None:
    assert check(store, 0, one=[], two=["broken"]) == {"one": None, "two": NOW}
    assert check(store, 1, one=["down"], two=["still broken"]) == {"one": NOW + timedelta(hours=1), "two": NOW}
    assert get_last_warnings(store.engine, "two") == ["still broken"]
    assert check(store, 2, two=[]) == {"one": NOW + timedelta(hours=1), "two": None}
    assert (get_last_warnings(store.engine, "two"), get_last_warnings(store.engine, "three")) == ([], [])
    assert check(store, 3, two=["again"])["two"] == NOW + timedelta(hours=3)


def test_runs_that_did_not_start_are_recorded(store: Store) -> None:
    facts: Any = {"exit_code": 2, "reason": "bad_configuration", "error": "no spider is named 'nwes'"}
    record_failed_start(url_of(store), "nwes" * 20, {"url": "x"}, **facts)
    run = read(store, store.crawl_id + 1)
    assert (run.exit_code, run.finish_reason, run.arguments) == (2, "bad_configuration", {"url": "x"})
    assert run.warnings == {"*": ["no spider is named 'nwes'"]}
    assert run.finished_at == run.started_at
    assert len(run.spider) == 64


def test_a_run_that_could_not_write_its_result_is_recorded_as_far_as_possible(store: Store) -> None:
    facts: Any = {"exit_code": 1, "reason": "aborted", "error": "the crawl was aborted"}
    record_end(url_of(store), store.crawl_id, **facts)
    run = read(store, store.crawl_id)
    assert (run.finish_reason, run.exit_code, run.warnings) == ("aborted", 1, {"*": ["the crawl was aborted"]})
    record_end(url_of(store), store.crawl_id, exit_code=6, reason="storage_failed", error="later")
    assert read(store, store.crawl_id).exit_code == 1


def test_a_database_that_is_missing_or_locked_holds_up_no_exit(store: Store, tmp_path: Any) -> None:
    facts: Any = {"exit_code": 2, "reason": "bad_configuration", "error": "x"}
    record_failed_start(f"sqlite:///{tmp_path}/none.db", "news", {}, **facts)
    record_failed_start("nonsense", "news", {}, **facts)
    assert not (tmp_path / "none.db").exists()
