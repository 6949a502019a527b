"""How many fetches a site may cost without bringing an article."""

from __future__ import annotations

from collections import Counter

from newscrawl.crawling.fetch_limits import FetchLimits


def test_each_article_pays_for_four_more_fetches() -> None:
    kept = Counter({"good": 2})
    limits = FetchLimits(10, kept)
    limits.sent.update({"good": 17, "bad": 10})
    assert not limits.is_used_up("good")
    assert limits.is_used_up("bad")
    assert limits.describe("bad") == "10 requests for article pages brought 0 articles, the limit is 10"
    limits.sent["good"] += 1
    assert limits.is_used_up("good")
    kept["good"] += 1
    assert not limits.is_used_up("good")
