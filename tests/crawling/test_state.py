"""Every claim ends with one outcome, counted and written, or stays pending."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError, DropItem
from scrapy.http import Response
from sqlalchemy import Engine, select
from sqlalchemy.exc import DataError, IntegrityError
from twisted.python.failure import Failure

from newscrawl.crawling.exceptions import ArticleRejected, FetchDeferred, RequestRejected
from newscrawl.dedup.comparisons import VersionComparison
from newscrawl.exceptions import StorageError
from newscrawl.items import Article, Outcome
from newscrawl.outcomes import AFTER_UNTIL, BEFORE_SINCE, PageOutcome
from newscrawl.storage.records import ComparisonNeeded
from newscrawl.storage.schema import pages
from newscrawl.urls.normalize import normalize
from tests.support.fake_crawler import FakeCrawler, open_crawl

ONE, TWO, THREE = (f"https://example.org/{name}" for name in ("one", "two", "three"))
GONE = PageOutcome(Outcome.GONE, "http_404")
MakeArticle = Callable[..., Article]


def read_pages(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(pages)))


def test_claim_ends_with_its_first_outcome(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            state = crawler.context.state
            one, _ = await crawler.claim(ONE, TWO)
            assert (crawler.stats.get_value("crawl_state/claimed"), state.counts.pending) == (2, 2)
            await state.finish(one, GONE)
            await state.finish(one, PageOutcome(Outcome.ERROR, "timeout"))
            assert crawler.outcomes() == {"/one": "gone: http_404", "/two": "None: None"}
            assert crawler.stats.get_value("crawl_state/gone/http_404") == 1
            assert crawler.stats.get_value("crawl_state/error/timeout") is None
            assert (state.counts.pending, state.counts.finished) == (1, {("article", "gone"): 1})

    asyncio.run(run())


def test_urls_that_are_not_http_are_left_out_and_claimed_pages_not_claimed_again(
    sqlite_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            assert [claim.url for claim in await crawler.claim(ONE, "mailto:desk@example.org")] == [ONE]
            assert "1 of 2 links cannot be fetched, the first: '***@example.org' is not an http" in caplog.text
            assert await crawler.claim(ONE) == []

    asyncio.run(run())


def test_status_and_validators_of_the_response_are_kept_for_the_outcome(sqlite_engine: Engine) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "x" * 513}

    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            crawler.context.state.record_response(claim, Response(ONE, status=304, headers=headers))
            await crawler.context.state.finish(claim, PageOutcome(Outcome.UNCHANGED, "not_modified"))

    asyncio.run(run())
    [page] = read_pages(sqlite_engine)
    assert (page.http_status, page.etag, page.last_modified) == (304, '"v1"', None), "a long validator is not kept"


@pytest.mark.parametrize(
    ("status", "stored"), [(200, 200), (599, 599), (600, 600), (999, 999), (99_999, 999), (10**30, 999), (-5, 0)]
)
@pytest.mark.parametrize("validator", ['W/"a\x00b"', "\ud83d", "x" * 100_000, "é", "a\tb\x7f"])
def test_no_header_of_a_response_is_too_much_for_the_database(
    engine: Engine, status: int, stored: int, validator: str
) -> None:
    headers = {name: validator.encode("utf-8", "surrogatepass") for name in ("ETag", "Last-Modified")}

    async def run() -> None:
        async with open_crawl(engine) as crawler:
            [claim] = await crawler.claim(ONE)
            crawler.context.state.record_response(claim, Response(ONE, status=status, headers=headers))
            await crawler.context.state.finish(claim, PageOutcome(Outcome.ERROR, f"http_{status}"))
            assert crawler.outcomes() == {"/one": f"error: http_{status}"}
            assert crawler.context.state.counts.pending == 0

    asyncio.run(run())
    [page] = read_pages(engine)
    assert (page.http_status, page.etag, page.last_modified) == (stored, None, None)


def test_outcome_that_the_database_rejects_is_written_without_its_values(engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(engine) as crawler:
            one, two = await crawler.claim(ONE, TWO)
            state, rejected = crawler.context.state, PageOutcome(Outcome.GONE, None)  # type: ignore[arg-type]
            await asyncio.gather(state.finish(one, rejected), state.finish(two, GONE))
            assert crawler.outcomes() == {"/one": "error: database_error", "/two": "gone: http_404"}

    asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RequestRejected(PageOutcome(Outcome.ROBOTS, "disallowed"), "robots.txt"), "robots: disallowed"),
        (TimeoutError(), "error: unexpected_error"),
        (FetchDeferred("shutting down"), "None: None"),
        (StorageError("the database is gone"), "None: None"),
    ],
)
def test_failed_request_has_an_outcome_unless_it_is_left_to_the_next_crawl(
    sqlite_engine: Engine, error: Exception, outcome: str
) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            await crawler.context.state.finish_failed(claim, error)
            assert crawler.outcomes() == {"/one": outcome}

    asyncio.run(run())


def test_host_that_asks_for_time_is_not_asked_before(sqlite_engine: Engine) -> None:
    until = datetime(2100, 1, 2, tzinfo=UTC)

    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            rejected = RequestRejected(PageOutcome(Outcome.BLOCKED, "retry_after"), "busy", not_before=until)
            await crawler.context.state.finish_failed(claim, rejected)

    asyncio.run(run())
    [page] = read_pages(sqlite_engine)
    assert (page.reason, page.next_fetch_at) == ("retry_after", until)


@pytest.mark.parametrize(
    ("url", "target", "outcome"),
    [
        (TWO, TWO, "duplicate: redirect"),
        ("https://", None, "error: redirect_to_no_url"),
    ],
)
def test_redirect_leads_to_a_claim_of_its_target(
    sqlite_engine: Engine, url: str, target: str | None, outcome: str
) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            claim = replace(claim, source_metadata={"headline": "One"})
            followed = await crawler.context.state.follow_redirect(claim, url, http_status=301)
            assert (followed and followed.url) == target
            assert followed is None or followed.source_metadata == {"headline": "One"}
            assert crawler.outcomes()["/one"] == outcome

    asyncio.run(run())


def test_redirects_in_a_circle_are_an_error(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            state = crawler.context.state
            [claim] = await crawler.claim(ONE)
            target = await state.follow_redirect(claim, TWO, http_status=301)
            assert target is not None
            assert await state.follow_redirect(target, ONE, http_status=302) is None
            assert crawler.outcomes() == {"/one": "duplicate: redirect", "/two": "error: redirect_loop"}

    asyncio.run(run())


def test_saved_article_has_the_outcome_of_its_page(sqlite_engine: Engine, make_article: MakeArticle) -> None:
    async def compare(needed: ComparisonNeeded) -> VersionComparison:
        raise AssertionError("there are no two versions")

    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            state = crawler.context.state
            one, two = await crawler.claim(ONE, TWO)
            new = make_article(ONE, page_id=one.page_id, crawl_id=state.crawl_id)
            first = await state.save(new, compare)
            copy = make_article(TWO, page_id=two.page_id, crawl_id=state.crawl_id, headline=f"News of {ONE}")
            copy.article_body, copy.content_hash = make_article(ONE).article_body, make_article(ONE).content_hash
            found = await state.find_duplicate(copy)
            assert found is not None
            assert (found.outcome, found.reason, found.article_id) == ("duplicate", "same_content", first.article_id)
            assert (await state.save(copy, compare)).reason == "same_content"
            assert crawler.outcomes() == {"/one": "stored: new", "/two": "duplicate: same_content"}
            assert crawler.stats.get_value("crawl_state/stored/new") == 1

    asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (IntegrityError("INSERT", {}, Exception("not unique")), "error: database_error"),
        (DataError("INSERT", {}, Exception("too long")), "error: database_error"),
        (ZeroDivisionError(), "error: pipeline_failed"),
        (FetchDeferred("shutting down"), "None: None"),
    ],
)
def test_article_on_which_a_pipeline_failed_has_an_outcome(
    sqlite_engine: Engine, make_article: MakeArticle, error: Exception, outcome: str
) -> None:
    async def send(crawler: FakeCrawler, article: Article) -> None:
        await crawler.extension.item_error(article, Failure(error))

    assert run_with_article(sqlite_engine, make_article, send) == outcome


@pytest.mark.parametrize(
    ("exception", "outcome"),
    [
        (ArticleRejected(PageOutcome(Outcome.NOT_ARTICLE, "no_headline")), "not_article: no_headline"),
        (DropItem("not for us"), "error: dropped_by_pipeline"),
        (ArticleRejected(PageOutcome(Outcome.DUPLICATE, "same_url"), is_recorded=True), "None: None"),
    ],
)
def test_dropped_article_has_the_outcome_that_its_pipeline_gives(
    sqlite_engine: Engine, make_article: MakeArticle, exception: Exception, outcome: str
) -> None:
    async def send(crawler: FakeCrawler, article: Article) -> None:
        await crawler.extension.item_dropped(article, exception)

    assert run_with_article(sqlite_engine, make_article, send) == outcome


def test_article_that_is_dropped_while_the_crawl_ends_stays_pending(
    sqlite_engine: Engine, make_article: MakeArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupt(*_: object, **__: object) -> None:
        raise FetchDeferred("the crawl is shutting down")

    async def send(crawler: FakeCrawler, article: Article) -> None:
        monkeypatch.setattr(crawler.context.state, "submit", interrupt)
        await crawler.extension.item_dropped(article, DropItem("not for us"))
        await crawler.extension.item_error(article, Failure(ZeroDivisionError()))
        monkeypatch.undo()

    assert run_with_article(sqlite_engine, make_article, send) == "None: None"


@pytest.mark.parametrize("reason", [BEFORE_SINCE, AFTER_UNTIL])
def test_article_outside_the_period_is_due_for_a_crawl_of_its_period(
    sqlite_engine: Engine, make_article: MakeArticle, reason: str
) -> None:
    published = datetime(2025, 3, 4, 5, tzinfo=UTC)

    async def send(crawler: FakeCrawler, article: Article) -> None:
        article.date_published = published
        rejected = ArticleRejected(PageOutcome(Outcome.NOT_ARTICLE, reason))
        await crawler.context.state.finish_rejected(article, rejected)

    assert run_with_article(sqlite_engine, make_article, send) == f"not_article: {reason}"
    [page] = read_pages(sqlite_engine)
    assert page.source_published_at == page.source_modified_at == published


def run_with_article(
    sqlite_engine: Engine, make_article: MakeArticle, send: Callable[[FakeCrawler, Article], object]
) -> str:
    """Claim a page, call *send* with its article, and return the outcome of the page."""

    async def run() -> str:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            await send(crawler, make_article(ONE, page_id=claim.page_id))  # type: ignore[misc]
            return crawler.outcomes()["/one"]

    return asyncio.run(run())


def test_nothing_is_written_once_the_database_has_failed(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            state = crawler.context.state
            [claim] = await crawler.claim(ONE)
            state.fail(StorageError("the disk is full"))
            with pytest.raises(StorageError, match="the database is closed"):
                await state.finish(claim, GONE)
            await asyncio.sleep(0)
            assert crawler.engine.close_reason == "storage_failed"
            assert crawler.outcomes() == {"/one": "None: None"}

    asyncio.run(run())


def test_error_in_an_operation_ends_the_crawl_as_an_internal_error(sqlite_engine: Engine) -> None:
    class Broken:
        @classmethod
        def apply_all(cls, *_: object) -> None:
            raise LookupError("a bug")

    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            with pytest.raises(StorageError, match="a bug"):
                await crawler.context.state.submit(Broken())  # type: ignore[arg-type]
            await asyncio.sleep(0)
            assert crawler.engine.close_reason == "internal_error"

    asyncio.run(run())


def test_keys_are_those_of_the_crawl(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(f"{ONE}?utm_source=x")
            assert claim.url_key == normalize(ONE)

    asyncio.run(run())


def test_only_pages_that_got_a_response_count_as_fetched(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            state = crawler.context.state
            one, two, three = await crawler.claim(ONE, TWO, THREE)
            state.record_response(one, Response(ONE, status=404))
            await state.finish(one, GONE)
            assert state.counts.fetched == 1
            await state.finish_failed(two, RequestRejected(PageOutcome(Outcome.ROBOTS, "disallowed"), "not allowed"))
            state.record_response(three, Response(THREE, status=500))
            assert (state.counts.fetched, state.counts.finished.total(), state.counts.pending) == (1, 2, 1)

    asyncio.run(run())


@pytest.mark.parametrize(
    "error",
    [
        DownloadTimeoutError("30 s"),
        CannotResolveHostError("no such host"),
        RequestRejected(PageOutcome(Outcome.ERROR, "dns"), "no robots.txt", stays_due=True, is_unreachable=True),
    ],
)
@pytest.mark.parametrize("network_down", [True, False])
def test_failure_to_reach_a_host_waits_until_it_is_known_who_is_to_blame(
    sqlite_engine: Engine, error: Exception, network_down: bool
) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            await crawler.context.state.finish_failed(claim, error)
            assert crawler.outcomes() == {"/one": "None: None"}
            await crawler.context.state.finish_unreachable(network_down=network_down)
            await crawler.context.state.finish_unreachable()

    asyncio.run(run())
    [page] = read_pages(sqlite_engine)
    stays_due = network_down or isinstance(error, RequestRejected)
    assert page.outcome == "error"
    assert (page.failures, page.next_fetch_at == page.fetched_at) == ((0, True) if stays_due else (1, False))


def test_end_of_a_crawl_writes_what_waited(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            one, two = await crawler.claim(ONE, TWO)
            await crawler.context.state.finish_failed(one, DownloadTimeoutError("30 s"))
            crawler.context.network.on_failure("a.org", is_local=False)
            crawler.context.network.on_failure("b.org", is_local=False)
            await crawler.context.state.finish_failed(two, DownloadTimeoutError("30 s"))

    asyncio.run(run())
    assert [(page.reason, page.failures) for page in read_pages(sqlite_engine)] == [("timeout", 0)] * 2
