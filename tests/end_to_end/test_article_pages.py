"""Articles of several pages are fetched whole and stored as one article."""

from __future__ import annotations

from tests.support.crawling import crawl, front_page, outcomes, query, tiny_site

STORY, MISSING, COMMENTED = (
    f"/2026/11/20/report-on-the-long-{name}" for name in ("vote-in-the-east", "strike-in-the-west", "drought-up-north")
)


def text(name: str) -> str:
    return "".join(f"<p>{' '.join(f'{name}{word}x{line} is it.' for word in range(15))}</p>" for line in range(4))


def part(path: str, name: str, pager: str) -> bytes:
    head = f"<head><title>On {path[-5:]}</title><link rel=canonical href='{{url}}{path}'></head>"
    article = f"<article><h1>On the long {path[-5:]} and how it was</h1>{text(name)}<div>Pages: {pager}</div></article>"
    return f"<html lang=en>{head}<body>{article}</body></html>".encode()


def test_pages_are_joined_and_each_has_an_outcome(sqlite_url: str) -> None:
    later = "<a href='?page=1'>1</a>"
    served = {
        STORY: part(STORY, "alpha", "1 <a href='?page=2'>2</a> <a href='?page=3'>3</a>"),
        f"{STORY}?page=2": part(STORY, "beta", f"{later} 2 <a href='?page=3'>3</a>"),
        f"{STORY}?page=3": part(STORY, "gamma", f"{later} <a href='?page=2'>2</a> 3"),
        MISSING: part(MISSING, "delta", f"1 <a href='{MISSING}/2/'>2</a>"),
        COMMENTED: part(COMMENTED, "eta", "<a href='?page=2' rel=next>Older</a>"),
        f"{COMMENTED}?page=2": part(COMMENTED, "eta", "<a href='?page=3' rel=next>Older</a>"),
    }
    with tiny_site({"/": front_page(STORY, MISSING, COMMENTED), **served}) as server:
        done = crawl("news", url=server.url, database_url=sqlite_url)
        asked = server.paths()
    assert done.code == 0, done.log
    rows = query(sqlite_url, "SELECT url, article_body, is_truncated FROM articles ORDER BY url")
    found = {"/2026" + url.partition("/2026")[2]: (body, bool(truncated)) for url, body, truncated in rows}
    whole, truncated = found[STORY]
    assert [name for name in ("alpha", "beta", "gamma") if f"{name}14x3" in whole] == ["alpha", "beta", "gamma"]
    assert whole.index("alpha") < whole.index("beta") < whole.index("gamma")
    assert not truncated
    assert found[MISSING][1], "a page is missing"
    assert not found[COMMENTED][1], "the second page has the same text"
    assert f"{COMMENTED}?page=3" not in asked
    state = outcomes(sqlite_url)
    assert [state[f"{STORY}?page={page}"] for page in (2, 3)] == ["duplicate: further_page"] * 2
    assert state[f"{MISSING}/2/"] == "gone: http_404"
    articles_of_pages = query(sqlite_url, f"SELECT DISTINCT article_id FROM pages WHERE url LIKE '%{STORY}%'")
    assert len(articles_of_pages) == 1
    assert articles_of_pages[0][0] is not None


def test_article_whose_next_page_has_an_invalid_url_is_truncated(sqlite_url: str) -> None:
    pager = f"1 <a href='http://[{STORY}?page=2'>2</a> <a href='http://[{STORY}?page=2' rel=next>Next page</a>"
    with tiny_site({STORY: part(STORY, "alpha", pager)}) as server:
        done = crawl("article", url=f"{server.url}{STORY}", database_url=sqlite_url)
    assert done.code == 0, done.log
    [(body, is_truncated)] = query(sqlite_url, "SELECT article_body, is_truncated FROM articles")
    assert "alpha14x3" in body
    assert is_truncated
    assert "1 of 1 links cannot be fetched, the first: '[" in done.log


def test_later_page_leads_to_the_first(sqlite_url: str) -> None:
    served = {
        STORY: part(STORY, "alpha", "1 <a href='?page=2'>2</a>"),
        f"{STORY}?page=2": part(STORY, "beta", f"<a href='{STORY}'>1</a> 2"),
    }
    with tiny_site(served) as server:
        done = crawl("article", url=f"{server.url}{STORY}?page=2", database_url=sqlite_url)
    assert done.code == 0, done.log
    [(url, body)] = query(sqlite_url, "SELECT url, article_body FROM articles")
    assert url.endswith(STORY)
    assert "alpha14x3" in body
    assert outcomes(sqlite_url)[f"{STORY}?page=2"] == "duplicate: further_page"


def test_article_of_huge_pages_is_truncated(sqlite_url: str) -> None:
    filler = f"<!-- {'x' * 9_000_000} -->"
    names = ("alpha", "beta", "gamma", "delta", "epsilon")
    served = {
        f"{STORY}?page={n}" if n > 1 else STORY: part(
            STORY, name, f"<a href='?page={n + 1}' rel=next>{n + 1}</a>{filler}"
        )
        for n, name in enumerate(names, 1)
    }
    with tiny_site({"/": front_page(STORY), **served}) as server:
        done = crawl("news", url=server.url, database_url=sqlite_url)
        asked = server.paths()
    assert done.code == 0, done.log
    [(body, is_truncated)] = query(sqlite_url, "SELECT article_body, is_truncated FROM articles")
    assert [name in body for name in names] == [True, True, True, False, False]
    assert is_truncated
    assert f"{STORY}?page=4" not in asked
