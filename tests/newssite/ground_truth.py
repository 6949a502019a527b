"""The ground truth as JSON lines, with the field names of the article database."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.newssite.model import GroundTruthArticle, NewsSite


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def ground_truth_row(article: GroundTruthArticle) -> dict[str, Any]:
    return {
        "url": article.url,
        "host": article.host,
        "path": article.path,
        "headline": article.headline,
        "description": article.description,
        "authors": list(article.authors),
        "date_published": _iso(article.date_published),
        "date_published_precision": article.date_published_precision,
        "date_modified": _iso(article.date_modified),
        "article_body": article.article_body,
        "article_section": article.article_section,
        "keywords": list(article.keywords),
        "in_language": article.in_language,
        "main_image": article.main_image,
        "is_accessible_for_free": article.is_accessible_for_free,
        "theme": article.theme,
        "genre": article.genre,
        "found_by": sorted(article.found_by),
        "listed_on": list(article.listed_on),
        "only_by": article.only_by,
        "amp_url": article.amp_url,
        "fetchable": article.fetchable,
        "duplicate_of": article.duplicate_of,
        "changed_in_edition_2": article.changed_in_edition_2,
        "gone_in_edition_2": article.gone_in_edition_2,
        "new_in_edition_2": article.new_in_edition_2,
    }


def format_ground_truth(site: NewsSite) -> Iterator[str]:
    """Yield one JSON object per article, without the newline."""
    for article in site.articles:
        yield json.dumps(ground_truth_row(article), ensure_ascii=False)
