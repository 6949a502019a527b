"""Log lines name pages, and those below LOG_LEVEL are not made."""

from __future__ import annotations

import logging

import pytest
from scrapy import Request, Spider
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from newscrawl.crawling.log_format import QuietLogFormatter
from newscrawl.items import Article

URL = "https://example.org/a"
REQUEST = Request(URL)
ITEM = Article(url=URL, article_body="The text of the article.")
RESPONSE = HtmlResponse(URL, request=REQUEST)


def make_formatter(level: str | int) -> QuietLogFormatter:
    return QuietLogFormatter.from_crawler(get_crawler(settings_dict={"LOG_LEVEL": level}))


@pytest.mark.parametrize("level", ["DEBUG", logging.DEBUG])
def test_each_page_has_its_lines_at_the_level_debug(level: str | int) -> None:
    formatter, spider = make_formatter(level), Spider(name="any")
    lines = [
        formatter.crawled(REQUEST, RESPONSE, spider),
        formatter.scraped(ITEM, RESPONSE, spider),
        formatter.dropped(ITEM, ValueError("too short"), RESPONSE, spider),
    ]
    assert [line["msg"] % line["args"] for line in lines if line is not None] == [
        f"Crawled (200) <GET {URL}> (referer: None)",
        f"Stored {URL}",
        f"Dropped {URL}: too short",
    ]


@pytest.mark.parametrize("level", ["INFO", "WARNING", logging.INFO])
def test_pages_have_no_lines_above_the_level_debug_but_for_errors(level: str | int) -> None:
    formatter, spider = make_formatter(level), Spider(name="any")
    assert formatter.crawled(REQUEST, RESPONSE, spider) is None
    assert formatter.scraped(ITEM, RESPONSE, spider) is None
    assert formatter.dropped(ITEM, ValueError("too short"), RESPONSE, spider) is None
    line = formatter.item_error(ITEM, ValueError("broken"), RESPONSE, spider)
    assert line["level"] == logging.ERROR
    assert line["msg"] % line["args"] == f"Error while processing {URL}: ValueError"
