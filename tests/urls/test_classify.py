"""Article scores and static files, by the shape of the URL."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.urls.classify import LIKELY_ARTICLE, is_static, score_article_url


@pytest.mark.parametrize("url", ["https://a.org/x.jpg", "https://a.org/x.PDF?y=1", "https://a.org/a/b.mp3#t=3"])
def test_files_are_static(url):
    assert is_static(url)


@pytest.mark.parametrize("url", ["https://a.org/x.html", "https://a.org/x", "https://a.jpg/", "https://a.org/feed.xml"])
def test_pages_are_not_static(url):
    assert not is_static(url)


@pytest.mark.parametrize(
    "path",
    [
        "/news/explainers-63159607",
        "/news/articles/clymn8zyrp9o",
        "/2024/04/30/swedish-police-to-investigate",
        "/2025/04/01/kurz-2/",
        "/article/20250121-QBJP5I25BBIG5IZ76XZNDHDB5Q/",
        "/doc/7715044",
        "/news,142489.html",
        "/Entwurf-des-Gesetzes/!5928990/",
        "/nyheter/a/Ard8wM/hanna-18-forsvunnen-i-staden",
        "/frettir/innlent/2025/02/11/islenskar_konur_stydja_vitnin/",
        "/News/front/archives/2024/10/16/2003825372",
        "/article.php?sid=12345",
        "/?p=12345",
        "/news/%D0%B2%D1%8B%D0%B1%D0%BE%D1%80%D1%8B-%D0%B2-%D0%B3%D0%BE%D1%80%D0%BE%D0%B4%D0%B5-%D0%BF%D1%80%D0%BE%D1%88%D0%BB%D0%B8",
        "/地方選挙の結果について首相がコメント/",
        "/nam-sa-green-hydrogen-pipeline-flagged/",
        "/a-b/article.html?id=998877",
    ],
)
def test_article_urls_look_like_articles(path):
    assert score_article_url(f"https://example.org{path}") >= LIKELY_ARTICLE


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/politics",
        "/politics/",
        "/news/world/middle-east",
        "/politik/internationale-politik/",
        "/tag/a-topic-with-many-words/",
        "/author/jane-doe-the-third-of-many/",
        "/autoren/hans-peter-mueller-meier/",
        "/kategorie/neues-aus-dem-land-und-stadt/",
        "/politics/page/2",
        "/politik/seite-3.html",
        "/politics?page=2",
        "/2024/04/",
        "/2024/04/30/",
        "/2024",
        "/?s=a-long-search-for-words",
        "/search/many-words-in-a-row-here",
        "/login",
        "/about-us",
        "/kontakt",
        "/impressum.html",
        "/privacy-policy",
        "/politica-de-cookies",
        "/mentions-legales/",
        "/gizlilik-politikasi",
        "/newsletter/sign-up-for-our-newsletter",
        "/feed/",
        "/rss.xml",
        "/wp-json/wp/v2/posts/123456",
        "/wp-content/uploads/2024/05/a-long-picture-name.jpg",
        "/2024/05/01/a-long-report-about-things-in-the-country.pdf",
        "/video/",
        "/wetter/",
    ],
)
def test_lists_services_and_files_do_not_look_like_articles(path):
    assert score_article_url(f"https://example.org{path}") < LIKELY_ARTICLE


@pytest.mark.parametrize(
    "url", ["", "mailto:a@b.org", "javascript:void(0)", "/2024/05/01/a-long-report", "ftp://a.org/b-c-d-e-f"]
)
def test_anything_but_an_http_page_scores_0(url):
    assert score_article_url(url) == 0


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_gets_a_score_between_0_and_1(text):
    assert 0 <= score_article_url(f"https://example.org/{text}") <= 1
    assert 0 <= score_article_url(text) <= 1
