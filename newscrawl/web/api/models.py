"""The answers of the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Reads dataclasses by their attributes."""

    model_config = ConfigDict(from_attributes=True)


class Image(Answer):
    url: str
    caption: str | None
    credit: str | None


class VersionSummary(Answer):
    """A version without its text."""

    revision: int = Field(examples=[2])
    headline: str
    date_downloaded: datetime
    date_modified: datetime | None
    is_current: bool


class Version(Answer):
    """The fields of one version of an article; docs/fields.md describes each."""

    revision: int = Field(description="number of the version, from 1", examples=[2])
    url: str | None = Field(examples=["https://example.org/a"])
    canonical_url: str | None
    headline: str = Field(examples=["Ferry service resumes"])
    alternative_headline: str | None = Field(description="another headline that the page states")
    description: str | None
    standfirst: str | None = Field(description="the summary shown below the headline; often part of the body, too")
    authors: list[str] = Field(examples=[["Jane Doe"]])
    keywords: list[str]
    images: list[Image]
    date_published: datetime | None = Field(description="UTC")
    date_published_raw: str | None = Field(description="as the page has it")
    date_published_precision: str | None
    date_published_utc_offset: int | None = Field(description="minutes")
    date_published_zone: str | None
    date_published_day: date | None = Field(description="day of publication where it was published")
    date_modified: datetime | None
    date_modified_raw: str | None
    date_modified_precision: str | None
    article_body: str = Field(description="plain text, paragraphs separated by an empty line")
    article_body_html: str | None = Field(description="the body with headings, lists and links; sanitized")
    in_language: str | None = Field(description="BCP 47", examples=["en"])
    article_type: str | None = Field(description="type of schema.org", examples=["NewsArticle"])
    article_section: str | None
    publisher: str | None
    source_organization: str | None = Field(description="news agency")
    main_image: str | None
    is_accessible_for_free: bool | None
    is_truncated: bool | None
    disagreements: list[str] = Field(description="fields about which the sources of the page disagree")
    sources: dict[str, str] = Field(
        description="field -> where its value comes from", examples=[{"headline": "json-ld", "authors": "dom"}]
    )
    content_hash: str = Field(description="SHA-256 of headline and body")
    date_downloaded: datetime
    extractor_version: int | None
    page_id: int | None
    crawl_id: int | None


class StoryMember(Answer):
    """An article of the same story."""

    id: int
    url: str
    site: str
    headline: str
    publisher: str | None
    date_published: datetime | None
    date_published_day: date | None
    source_organization: str | None
    withdrawn_at: datetime | None
    similarity: float | None = Field(description="to the most similar article of the story, 0 to 1")


class ArticleChange(Answer):
    """An entry of the change feed."""

    change_id: int
    kind: str = Field(examples=["revised"])
    revision: int
    changed_at: datetime
    change_size: float | None = Field(description="share of the words that changed, 0 to 1")
    change_label: str | None = Field(description="`typo`, `update`, `correction` or `rewrite`")
    crawl_id: int | None


class Article(Answer):
    """An article with everything that is stored about it."""

    id: int = Field(examples=[17])
    site: str = Field(examples=["example.org"])
    url_key: str
    page_url: str | None = Field(description="of the page that the text comes from, as it was discovered")
    current: Version = Field(description="the text as it is now, with all fields")
    versions: list[VersionSummary] = Field(description="newest first; at most 1,000")
    changes: list[ArticleChange] = Field(description="newest first; at most 1,000")
    story_id: int | None
    story: list[StoryMember] = Field(description="other articles of the story, earliest first; at most 100")
    story_size: int = Field(description="articles in the story, this one included")
    similarity: float | None
    withdrawn_at: datetime | None = Field(description="since when the publisher's page is gone")


class Change(ArticleChange):
    """An entry of the change feed, with the article as it is now."""

    article_id: int
    url: str | None
    site: str | None
    headline: str | None = Field(description="null, as the other facts: the article is gone")
    date_published: datetime | None
    in_language: str | None
    withdrawn_at: datetime | None
    reason: str | None = Field(description="of `deleted`: `on_request`, `pruned` or `site_removed`")
    detail: str | None = Field(description="of `deleted`: what the user gave as the reason")
    merged_ids: list[int] = Field(description="of `merged`: ids that became part of the article")


class Changes(Answer):
    """A part of the change feed, in its order."""

    changes: list[Change]
    last: int = Field(description="pass it as `since` to go on; never lower than the `since` of the request")
    next: str | None = Field(
        description="address of the following changes, null if there are none yet",
        examples=["/api/v1/changes?since=1000&limit=1000"],
    )


class Run(Answer):
    """One run of a crawl."""

    crawl_id: int
    spider: str = Field(examples=["news"])
    started_at: datetime
    finished_at: datetime | None
    finish_reason: str = Field(description="as in `crawls`; `running` or `killed` where that has none")
    exit_code: int | None
    last_seen_at: datetime | None


class RunWithWarnings(Run):
    """One run of a crawl, with what it warned of."""

    warnings: dict[str, list[str]] = Field(description="site, or `*` for the run -> warnings")
    failure: str | None = Field(description="why the run did not do its work; null if it did, or still works")


class Runs(Answer):
    """The last runs, newest first."""

    runs: list[RunWithWarnings]


class LastWeek(Answer):
    """The article pages of a site that the runs of the last seven days finished."""

    pages: int
    error_share: float | None = Field(description="share that ended as `error`, `blocked` or `robots`")
    unreadable_share: float | None = Field(description="share that ended as `not_article`, `too_short` or `gone`")
    reasons: dict[str, int] = Field(examples=[{"stored: new": 120, "error: timeout": 2}])


class Listing(Answer):
    """A feed, sitemap, section or front page of a site."""

    url: str
    kind: str
    is_front_page: bool
    outcome: str | None
    reason: str | None
    cause: str | None = Field(description="why it cannot be read, where it cannot")
    last_read_at: datetime | None
    failing_since: datetime | None
    next_fetch_at: datetime | None


class Site(Answer):
    """How a site does, as `scrapy status` shows it."""

    site: str = Field(examples=["example.org"])
    state: str = Field(description="`ok`, `degraded`, `in backoff` or `never crawled`", examples=["ok"])
    degraded_since: datetime | None
    warnings: list[str]
    checked_at: datetime | None
    last_run: Run | None
    last_new_article_at: datetime | None
    articles: int
    pending: int
    next_due_at: datetime | None
    cooldown_until: datetime | None
    last_week: LastWeek


class SiteWithListings(Site):
    """How a site does, with each of its listings."""

    listings: list[Listing]


class Sites(Answer):
    """All sites with a recorded page, by name."""

    sites: list[Site]


class Hit(Answer):
    """An article that was found."""

    id: int = Field(examples=[17])
    url: str
    site: str
    headline: str
    date_published: datetime | None
    date_published_day: date | None
    in_language: str | None
    authors: list[str]
    headline_marked: list[tuple[str, bool]] = Field(
        description="the headline in pieces: text, and whether it matches; plain text, never HTML",
        examples=[[["Ferry", True], [" service resumes", False]]],
    )
    snippet_marked: list[tuple[str, bool]] = Field(description="a passage of the body in such pieces")
    details: str = Field(description="address of the whole article", examples=["/api/v1/articles/17"])


class Hits(Answer):
    """One page of results."""

    articles: list[Hit]
    total: int | None = Field(description="articles that match; null: more than 1,000")
    next_cursor: str | None = Field(description="pass it as `after`; null on the last page")
    next: str | None = Field(description="address of the next page; null on the last page")


def as_site(values: dict[str, Any]) -> dict[str, Any]:
    """Return what `SiteStatus.as_json` gives without the listings."""
    return {name: value for name, value in values.items() if name != "listings"}
