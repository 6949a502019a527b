"""Compare a database with the ground truth of the bundled site.

Every article is stored once, with its exact text and no boilerplate, and the copy on the second host is in the story of
its original.

python -m tests.newssite.check DATABASE_URL
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from newscrawl.storage.engine import open_engine
from newscrawl.urls.normalize import normalize
from tests.newssite.model import GroundTruthArticle, NewsSite
from tests.newssite.server import NAMES, PORTS
from tests.newssite.site import build_site
from tests.support.stored_articles import StoredArticle, stored_articles


def expected_articles(site: NewsSite) -> list[GroundTruthArticle]:
    """Return the articles that a crawl must store: all fetchable ones, including the copy on the second host."""
    return [article for article in site.articles if article.fetchable]


def find_problems(site: NewsSite, database_url: str) -> Iterator[str]:
    """Yield a line for each difference between the stored articles and the site."""
    engine = open_engine(database_url)
    stored = list(stored_articles(engine))
    engine.dispose()
    by_key: dict[str, list[StoredArticle]] = {}
    for article in stored:
        by_key.setdefault(normalize(article.url), []).append(article)
    for expected in expected_articles(site):
        found = by_key.pop(normalize(expected.url), [])
        if len(found) != 1:
            yield f"{expected.url}: stored {len(found)} times"
        else:
            yield from _find_differences(expected, found[0], site.boilerplate_lines)
    for key in by_key:
        yield f"{key}: stored, but not an article of the site"
    yield from _find_wrong_stories(site, stored)


def _find_wrong_stories(site: NewsSite, stored: list[StoredArticle]) -> Iterator[str]:
    """Yield copies outside the story of their original, and stories that mix different texts."""
    story_by_key = {normalize(article.url): article.story_id for article in stored}
    original_by_key = {
        normalize(expected.url): normalize(expected.duplicate_of or expected.url) for expected in site.articles
    }
    by_story: dict[int, set[str]] = {}
    for key, story_id in story_by_key.items():
        by_story.setdefault(story_id, set()).add(original_by_key.get(key, key))
        if story_id != story_by_key.get(original_by_key.get(key, key), story_id):
            yield f"{key}: not in the story of its original"
    for originals in by_story.values():
        if len(originals) > 1:
            yield f"{', '.join(sorted(originals))}: different texts in one story"


def _find_differences(expected: GroundTruthArticle, found: StoredArticle, boilerplate: frozenset[str]) -> Iterator[str]:
    for line in found.article_body.splitlines():
        if line in boilerplate:
            yield f"{expected.url}: boilerplate in the body: {line!r}"
    if found.article_body != expected.article_body:
        yield f"{expected.url} ({expected.theme}): the body differs: {_describe_first_difference(expected, found)}"
    if found.headline != expected.headline:
        yield f"{expected.url} ({expected.theme}): headline {found.headline!r}, not {expected.headline!r}"
    if list(found.authors) != list(expected.authors):
        yield f"{expected.url} ({expected.theme}): authors {list(found.authors)}, not {list(expected.authors)}"
    date = (found.date_published, found.date_published_precision)
    if date != (expected.date_published, expected.date_published_precision):
        yield f"{expected.url} ({expected.theme}): published {date}, not {expected.date_published}"


def _describe_first_difference(expected: GroundTruthArticle, found: StoredArticle) -> str:
    wanted, got = expected.article_body.split("\n\n"), found.article_body.split("\n\n")
    for number, (one, other) in enumerate(zip(wanted, got, strict=False), 1):
        if one != other:
            return f"paragraph {number} is {other!r}, not {one!r}"
    return f"{len(got)} paragraphs, not {len(wanted)}: {(got[len(wanted) :] or wanted[len(got) :])[0]!r}"


def main(database_url: str) -> int:
    urls = tuple(f"http://{name}:{port}" for name, port in zip(NAMES, PORTS, strict=True))
    site = build_site(host_urls=(urls[0], urls[1]))
    found = list(find_problems(site, database_url))
    for line in found:
        print(line)
    print(f"{len(expected_articles(site))} articles compared with the ground truth, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
