"""Article pages that later return something worse: nothing good is lost, and every outcome has its reason."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.support.crawling import StubResponse, article_page, crawl, front_page, make_due, outcomes, query, tiny_site

NAMES = (
    "same", "adverts", "challenge", "consent", "login", "soft-404", "half", "cut", "stub", "site-name", "missing",
    "gone", "refused", "typo", "update", "correction", "rewrite",
)  # fmt: skip
PATHS = {name: f"/2026/11/20/report-on-the-{name}-of-the-town-council" for name in NAMES}
CHALLENGE = (
    b"<!doctype html><html lang=en><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>"
    b"<p>Please enable JavaScript and cookies to continue. Verifying that you are human.</p>"
    b"<form id='challenge-form'></form></body></html>"
)
CONSENT = (
    b"<!doctype html><html lang=en><head><title>We value your privacy</title></head><body><h1>We value your privacy"
    b"</h1><p>We and our partners store and access cookies on your device and process personal data.</p>"
    b"<button>Accept all</button><button>Reject all</button><button>Manage options</button></body></html>"
)
LOGIN = (
    b"<!doctype html><html lang=en><head><title>Log in</title></head><body><h1>Log in to your account</h1>"
    b"<form><label>Mail</label><input name=mail><label>Password</label><input type=password name=p>"
    b"<button>Log in</button></form><p>Forgot your password? Create an account.</p></body></html>"
)
SOFT_404 = (
    b"<!doctype html><html lang=en><head><title>Page not found</title></head><body><h1>Page not found</h1>"
    b"<p>Sorry, the page that you are looking for does not exist or was moved.</p></body></html>"
)
STUB = b"<p>This report is for those who have paid for it. Choose an offer to read the whole of it today.</p>"


def page(name: str) -> bytes:
    return article_page(name, paragraphs=8)


def edited(name: str, edit: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """Return the page with its paragraphs changed by *edit*."""
    head, *paragraphs = page(name).split(b"<p>")
    paragraphs[-1], end = paragraphs[-1].split(b"</article>")
    return b"<p>".join([head, *edit(paragraphs)]) + b"</article>" + end


def with_adverts(name: str) -> bytes:
    advert = b'</p><div class="ad-slot">- Advertisement -</div><aside class="ad">Buy it now!</aside>'
    return edited(name, lambda texts: [advert, *texts[:3], b"\n\n  " + texts[3], *texts[4:]])


ANSWERS: dict[str, StubResponse] = {
    "same": StubResponse(page("same")),
    "adverts": StubResponse(with_adverts("adverts")),
    "challenge": StubResponse(CHALLENGE, headers={"ETag": '"challenge"'}),
    "consent": StubResponse(CONSENT),
    "login": StubResponse(LOGIN),
    "soft-404": StubResponse(SOFT_404),
    "half": StubResponse(edited("half", lambda texts: texts[:3])),
    "cut": StubResponse(edited("cut", lambda texts: [*texts[:6], texts[6][:70]])),
    "stub": StubResponse(edited("stub", lambda texts: [texts[0], STUB.removeprefix(b"<p>")])),
    "site-name": StubResponse(
        page("site-name")
        .replace(b"Report on site-name", b"The Town Gazette")
        .replace(b"<head>", b"<head><meta property='og:site_name' content='The Town Gazette'>")
    ),
    "missing": StubResponse(b"no such page", 404),
    "gone": StubResponse(b"gone", 410),
    "refused": StubResponse(b"go away", 403),
    "typo": StubResponse(page("typo").replace(b"Paragraph 3 of the report", b"Paragraph 3 of teh report")),
    "update": StubResponse(
        edited(
            "update", lambda texts: [*texts, b"Later the speaker of the council added that a second vote was due.</p>"]
        )
    ),
    "correction": StubResponse(
        edited("correction", lambda texts: [*texts, b"Correction: The council has 31 members, and not 30.</p>"])
    ),
    "rewrite": StubResponse(
        edited(
            "rewrite",
            lambda texts: [
                b"%d. Nobody there wished to speak about money, a clerk whose door was open "
                b"told us, but everybody had come to see how long such an evening can become.</p>" % n
                for n in range(9)
            ],
        )
    ),
}
EXPECTED = {
    "same": "unchanged: same_content",
    "adverts": "unchanged: same_content",
    "challenge": "not_article: bot_challenge",
    "consent": "not_article: consent_wall",
    "login": "not_article: login",
    "soft-404": "not_article: soft_404",
    "half": "unchanged: regression_half_body",
    "cut": "unchanged: regression_",
    "stub": "unchanged: regression_",
    "site-name": "unchanged: regression_headline",
    "missing": "gone: http_404",
    "gone": "gone: http_410",
    "refused": "blocked: http_403",
    "typo": "updated: content_changed",
    "update": "updated: content_changed",
    "correction": "updated: content_changed",
    "rewrite": "updated: content_changed",
}
REVISED = ("typo", "update", "correction", "rewrite")


def test_no_good_content_is_lost_when_pages_return_something_worse(database_url: str) -> None:
    pages: dict[str, bytes] = {PATHS[name]: page(name) for name in NAMES}
    with tiny_site({"/": front_page(*PATHS.values()), **pages}) as site:
        first = crawl("news", url=site.url, database_url=database_url)
        assert (first.code, first.summary["stored"]) == (0, len(NAMES)), first.log
        good = bodies(database_url)
        site.answers.update({PATHS[name]: answer for name, answer in ANSWERS.items()})
        make_due(database_url)
        second = crawl("news", url=site.url, database_url=database_url)
        assert_outcomes(database_url)
        assert_only_real_changes_were_stored(database_url, good)
        assert withdrawn(database_url) == {PATHS["gone"]}
        summary = second.summary
        counts = [summary[name] for name in ("stored", "updated", "unchanged", "rejected", "pending")]
        assert summary["selected"] == sum(counts) == len(NAMES)

        make_due(database_url)
        crawl("news", url=site.url, database_url=database_url)
        assert withdrawn(database_url) == {PATHS["gone"], PATHS["missing"]}, "a second 404 withdraws the article"

        site.answers.update({path: StubResponse(body) for path, body in pages.items()})
        make_due(database_url)
        crawl("news", url=site.url, database_url=database_url)
        back = bodies(database_url)
        assert withdrawn(database_url) == set(), "articles that are available again are restored"
        assert {path: back[path] for path in back} == good
        assert query(database_url, "SELECT count(*) FROM rejected_versions") == [(0,)]
    kinds = query(database_url, "SELECT kind, count(*) FROM article_changes GROUP BY 1 ORDER BY 1")
    assert kinds == [("inserted", 17), ("restored", 2), ("revised", 8), ("withdrawn", 2)]


def bodies(database_url: str) -> dict[str, str]:
    rows = query(database_url, "SELECT url, article_body FROM articles")
    return {"/" + url.split("/", 3)[3]: body for url, body in rows}


def withdrawn(database_url: str) -> set[str]:
    rows = query(database_url, "SELECT url FROM articles WHERE withdrawn_at IS NOT NULL")
    return {"/" + url.split("/", 3)[3] for (url,) in rows}


def assert_outcomes(database_url: str) -> None:
    found = outcomes(database_url)
    wrong = {name: found[PATHS[name]] for name in NAMES if not found[PATHS[name]].startswith(EXPECTED[name])}
    assert wrong == {}
    unscheduled = query(database_url, "SELECT count(*) FROM pages WHERE kind = 'article' AND next_fetch_at IS NULL")
    assert unscheduled == [(0,)], "every page that had an article is scheduled again"


def assert_only_real_changes_were_stored(database_url: str, good: dict[str, str]) -> None:
    now = bodies(database_url)
    assert {path for path in now if now[path] != good[path]} == {PATHS[name] for name in REVISED}
    rows = query(
        database_url,
        "SELECT a.url, c.change_label FROM article_changes c JOIN articles a ON a.id = c.article_id"
        " WHERE c.kind = 'revised'",
    )
    labels = {re.sub(r".*/report-on-the-(.*)-of-the-town-council", r"\1", url): label for url, label in rows}
    assert labels == {name: name for name in REVISED}
    revisions = query(database_url, "SELECT article_body FROM article_revisions ORDER BY 1")
    assert [body for (body,) in revisions] == sorted(good[PATHS[name]] for name in REVISED)
