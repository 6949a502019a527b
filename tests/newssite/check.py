"""Hold a database against the truth of the bundled site: every article once, its text to the letter, no boilerplate.

python -m tests.newssite.check DATABASE_URL
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from newscrawl.storage.engine import open_engine
from newscrawl.storage.queries import StoredArticle, stored_articles
from newscrawl.urls import normalise
from tests.newssite.model import NewsSite, TruthArticle
from tests.newssite.server import NAMES, PORTS
from tests.newssite.site import build_site


def expected_articles(site: NewsSite) -> list[TruthArticle]:
    """The articles that a crawl must bring: those that may be fetched, and of exact copies one."""
    return [article for article in site.articles if article.fetchable and article.duplicate_of is None]


def problems(site: NewsSite, database_url: str) -> Iterator[str]:
    """Give a line for whatever is stored otherwise than the site has it."""
    engine = open_engine(database_url)
    stored = list(stored_articles(engine))
    engine.dispose()
    # Of an article and its exact copy the one that comes first is stored.
    copies = {normalise(article.duplicate_of): article for article in site.articles if article.duplicate_of}
    by_key: dict[str, list[StoredArticle]] = {}
    for article in stored:
        by_key.setdefault(normalise(article.url), []).append(article)
    for truth in expected_articles(site):
        found, held = by_key.pop(normalise(truth.url), []), truth
        if not found and (copy := copies.get(normalise(truth.url))) is not None:
            found, held = by_key.pop(normalise(copy.url), []), copy
        if len(found) != 1:
            yield f"{truth.url}: stored {len(found)} times"
        else:
            yield from _differences(held, found[0], site.boilerplate_lines)
    for key in by_key:
        yield f"{key}: stored, and no article of the site"


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
