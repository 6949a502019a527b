"""Crawl listed pages as a small Scrapy project would: trafilatura in the callback, SQLAlchemy in a pipeline.

benchmarks/crawl.py runs this file in an environment of its own; it does not use newscrawl.

    DATABASE_URL=sqlite:///news.db scrapy runspider plain_project.py -a urls=FILE -a articles=FILE
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
import trafilatura
from scrapy.http import HtmlResponse, Response
from sqlalchemy import String, Text, create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Article(Base):
    """One row for each URL."""

    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str | None] = mapped_column(Text)
    author: Mapped[str | None] = mapped_column(Text)
    date: Mapped[str | None] = mapped_column(String(32))
    description: Mapped[str | None] = mapped_column(Text)
    sitename: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)


FIELDS = ("title", "author", "date", "description", "sitename", "text")


class DatabasePipeline:
    """Insert each item and commit."""

    def open_spider(self) -> None:
        self.engine = create_engine(os.environ["DATABASE_URL"])
        Base.metadata.create_all(self.engine)
        self.session = Session(self.engine)

    def close_spider(self) -> None:
        self.session.close()
        self.engine.dispose()

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        self.session.add(Article(**item))
        try:
            self.session.commit()
        except IntegrityError:
            self.session.rollback()
            raise scrapy.exceptions.DropItem(f"already stored: {item['url']}") from None
        return item


def read_lines(file: str) -> list[str]:
    return Path(file).read_text(encoding="utf-8").splitlines()


class NewsSpider(scrapy.Spider):
    """Download all *urls*, and extract those that are also in *articles*."""

    name = "plain"
    custom_settings = {  # noqa: RUF012
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "ITEM_PIPELINES": {DatabasePipeline: 300},
    }

    async def start(self) -> AsyncIterator[scrapy.Request]:
        articles = set(read_lines(self.articles))
        for url in read_lines(self.urls):
            yield scrapy.Request(url, callback=self.parse_article if url in articles else self.parse)

    def parse(self, response: Response) -> None:
        """Ignore a page without an article; a real spider would follow its links."""

    def parse_article(self, response: Response) -> Iterator[dict[str, Any]]:
        if not isinstance(response, HtmlResponse):
            return
        found = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True, include_comments=False)
        if found is not None:
            yield {"url": response.url} | {name: getattr(found, name) for name in FIELDS}
