"""Hold a database against the truth of the bundled site: every article once, its text to the letter, no boilerplate,
and the copy at another publisher's in the story of its original.

python -m tests.newssite.check DATABASE_URL
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from newscrawl.storage.engine import open_engine
from newscrawl.urls.normalize import normalize
from tests.newssite.model import NewsSite, TruthArticle
from tests.newssite.server import NAMES, PORTS
from tests.newssite.site import build_site
from tests.support.stored_articles import StoredArticle, stored_articles


def expected_articles(site: NewsSite) -> list[TruthArticle]:
    """The articles that a crawl must bring: those that may be fetched, the copy on the other host among them."""
    return [article for article in site.articles if article.fetchable]


def problems(site: NewsSite, database_url: str) -> Iterator[str]:
    """Give a line for whatever is stored otherwise than the site has it."""
    engine = open_engine(database_url)
    stored = list(stored_articles(engine))
    engine.dispose()
    by_key: dict[str, list[StoredArticle]] = {}
    for article in stored:
        by_key.setdefault(normalize(article.url), []).append(article)
    for truth in expected_articles(site):
        found = by_key.pop(normalize(truth.url), [])
        if len(found) != 1:
            yield f"{truth.url}: stored {len(found)} times"
        else:
            yield from _differences(truth, found[0], site.boilerplate_lines)
    for key in by_key:
        yield f"{key}: stored, and no article of the site"
    yield from _wrong_stories(site, stored)


def _wrong_stories(site: NewsSite, stored: list[StoredArticle]) -> Iterator[str]:
    """A story more or less than there are texts, once all articles are stored."""
    story_of = {normalize(article.url): article.story_id for article in stored}
    original_of = {normalize(truth.url): normalize(truth.duplicate_of or truth.url) for truth in site.articles}
    by_story: dict[int, set[str]] = {}
    for key, story_id in story_of.items():
        by_story.setdefault(story_id, set()).add(original_of.get(key, key))
        if story_id != story_of.get(original_of.get(key, key), story_id):
            yield f"{key}: not in the story of its original"
    for originals in by_story.values():
        if len(originals) > 1:
            yield f"{', '.join(sorted(originals))}: different texts in one story"


def _differences(truth: TruthArticle, found: StoredArticle, boilerplate: frozenset[str]) -> Iterator[str]:
    for line in found.article_body.splitlines():
        if line in boilerplate:
            yield f"{truth.url}: boilerplate in the body: {line!r}"
    if found.article_body != truth.article_body:
        yield f"{truth.url} ({truth.theme}): the body differs: {_first_difference(truth, found)}"
    if found.headline != truth.headline:
        yield f"{truth.url} ({truth.theme}): headline {found.headline!r}, not {truth.headline!r}"
    if list(found.authors) != list(truth.authors):
        yield f"{truth.url} ({truth.theme}): authors {list(found.authors)}, not {list(truth.authors)}"
    date = (found.date_published, found.date_published_precision)
    if date != (truth.date_published, truth.date_published_precision):
        yield f"{truth.url} ({truth.theme}): published {date}, not {truth.date_published}"


def _first_difference(truth: TruthArticle, found: StoredArticle) -> str:
    wanted, got = truth.article_body.split("\n\n"), found.article_body.split("\n\n")
    for number, (one, other) in enumerate(zip(wanted, got, strict=False), 1):
        if one != other:
            return f"paragraph {number} is {other!r}, not {one!r}"
    return f"{len(got)} paragraphs, not {len(wanted)}: {(got[len(wanted) :] or wanted[len(got) :])[0]!r}"


def main(database_url: str) -> int:
    urls = tuple(f"http://{name}:{port}" for name, port in zip(NAMES, PORTS, strict=True))
    site = build_site(host_urls=(urls[0], urls[1]))
    found = list(problems(site, database_url))
    for line in found:
        print(line)
    print(f"{len(expected_articles(site))} articles held against the truth, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
