"""Feeds and sitemaps that a site keeps elsewhere list its articles; nothing else is fetched there."""

from __future__ import annotations

from tests.support.crawling import StubResponse, article_page, crawl, outcomes, query, tiny_site


def test_listings_on_other_sites_are_read_and_articles_stay_on_the_site(database_url: str) -> None:
    paths = [f"/local/report-on-the-harbour-number-{number}" for number in range(10_001, 10_005)]
    with tiny_site({path: article_page(path[-5:]) for path in paths}) as site, tiny_site({}) as other:
        entries = [f"{site.url}{paths[0]}", f"{other.url}/~click?to={site.url}{paths[1]}", f"{other.url}{paths[3]}"]
        items = "".join(f"<item><title>x</title><link>{url}</link></item>" for url in entries)
        other.answers["/all.rss"] = StubResponse(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
        other.answers["/robots.txt"] = StubResponse(b"User-agent: *\nDisallow: /private\n")
        other.answers["/map.xml"] = StubResponse(
            f"<urlset><url><loc>{site.url}{paths[2]}</loc></url></urlset>".encode()
        )
        site.answers["/"] = StubResponse(
            f"<html lang=en><link rel=alternate type=application/rss+xml href={other.url}/all.rss>"
            f"<link rel=alternate type=application/rss+xml href={other.url}/private/all.rss>"
            "<title>The Courier</title><p>Welcome".encode()
        )
        site.answers["/robots.txt"] = StubResponse(f"Sitemap: {other.url}/map.xml\n".encode())
        done = crawl("news", database_url=database_url, url=f"{site.url}/")
        assert outcomes(database_url) == dict.fromkeys(paths[:3], "stored: new")
        assert sorted(set(other.paths())) == ["/all.rss", "/map.xml", "/robots.txt"]
    assert "/all.rss: 1 of 3 links lead to other sites and are not followed" in done.log
    assert done.stats["discovery/offsite"] == 1
    refused = query(database_url, "SELECT outcome FROM pages WHERE url LIKE '%/private/all.rss'")
    assert refused == [("robots",)]
