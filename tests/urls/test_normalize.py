"""URL keys, fetchable URLs, registrable domains and start URLs."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.exceptions import UsageError
from newscrawl.urls.normalize import check_start_url, fetchable, get_site, normalize, same_site

ARTICLE = "https://example.org/politics/the-long-vote-ends-1234567.html"


@pytest.mark.parametrize(
    "copy",
    [
        "http://example.org/politics/the-long-vote-ends-1234567.html",
        "HTTPS://WWW.Example.ORG/politics/the-long-vote-ends-1234567.html",
        "https://www2.example.org/politics/the-long-vote-ends-1234567.html",
        "https://m.example.org/politics/the-long-vote-ends-1234567.html",
        "https://mobile.example.org/politics/the-long-vote-ends-1234567.html",
        "https://www.m.example.org/politics/the-long-vote-ends-1234567.html",
        "https://amp.example.org/politics/the-long-vote-ends-1234567.html",
        "https://example.org./politics/the-long-vote-ends-1234567.html",
        "https://example.org:443/politics/the-long-vote-ends-1234567.html",
        "http://example.org:80/politics/the-long-vote-ends-1234567.html",
        "http://example.org:443/politics/the-long-vote-ends-1234567.html",
        "https://example.org:/politics/the-long-vote-ends-1234567.html",
        "https://user:secret@example.org/politics/the-long-vote-ends-1234567.html",
        "https://example.org/politics/the-long-vote-ends-1234567.html#comments",
        "https://example.org/politics/the-long-vote-ends-1234567.html/",
        "https://example.org//politics///the-long-vote-ends-1234567.html",
        "https://example.org/sport/../politics/./the-long-vote-ends-1234567.html",
        "https://example.org/sport/%2e%2e/politics/the-long-vote-ends-1234567.html",
        "https://example.org/politics/the%2Dlong-vote-ends-1234567.html",
        r"https:\\example.org\politics\the-long-vote-ends-1234567.html",
        "https:/example.org/politics/the-long-vote-ends-1234567.html",
        "  https://example.org/politics/the-long-\nvote-ends-1234567.html\t",
        "https://example.org/politics/the-long-vote-ends-1234567.amp.html",
        "https://example.org/politics/the-long-vote-ends-1234567.html.amp",
        "https://example.org/politics/the-long-vote-ends-1234567.html/amp",
        "https://example.org/politics/the-long-vote-ends-1234567.html/amp/",
        "https://example.org/amp/politics/the-long-vote-ends-1234567.html",
        "https://example.org/politics/the-long-vote-ends-1234567.html?amp",
        "https://example.org/politics/the-long-vote-ends-1234567.html?amp=1",
        "https://example.org/politics/the-long-vote-ends-1234567.html?outputType=amp",
        "https://example.org/politics/the-long-vote-ends-1234567.html?print=1",
        "https://example.org/politics/the-long-vote-ends-1234567.html/print",
        "https://example.org/politics/the-long-vote-ends-1234567.html?seite=all",
        "https://example.org/politics/the-long-vote-ends-1234567.html;jsessionid=0A1B2C3D",
        "https://example.org/(S(lit3py55t21z5v55vlm25s55))/politics/the-long-vote-ends-1234567.html",
        "https://example.org/politics/the-long-vote-ends-1234567.html?PHPSESSID=abc",
        "https://example.org/politics/the-long-vote-ends-1234567.html?sid=9f86d081884c7d659a2feaa0c55ad015",
        "https://example.org/politics/the-long-vote-ends-1234567.html?",
        "https://example.org/politics/the-long-vote-ends-1234567.html?&",
        "https://example.org/politics/the-long-vote-ends-1234567.html?utm_source=a&UTM_Medium=b",
        "https://example.org/politics/the-long-vote-ends-1234567.html?utm_source=a&amp;utm_medium=b",
        "https://example.org/politics/the-long-vote-ends-1234567.html?utm%5Fsource=a",
        "https://example.org/politics/the-long-vote-ends-1234567.html?fbclid=x&_gl=1*a&_ga=2&gclid=y&mc_cid=z&igshid=1&cmpid=2",
        "https://example.org/politics/the-long-vote-ends-1234567.html?ref=rss&source=Twitter&from=newsletter",
        "https://example.org/politics/the-long-vote-ends-1234567.html?wt_mc=rss.red.ho&maca=de-rss&dicbo=v2",
        "https://mobil.example.org/politics/the-long-vote-ends-1234567.html",
        "https://example.org/politics/the-long-vote-ends-1234567.html#!comments",
        "https://example.org/politics/the-long-vote-ends-1234567.html?hs_amp=true&hsLang=en-us",
        "https://example.org/politics/the-long-vote-ends-1234567.html?m=1",
        "https://example.org/politics/the-long-vote-ends-1234567.html?mobile=1&noamp=mobile",
        "https://example.org/politics/the-long-vote-ends-1234567.html?outputType=valid_amp",
        "https://example.org/politics/the-long-vote-ends-1234567.html?share=jetpack-whatsapp",
        "https://example.org/politics/the-long-vote-ends-1234567.html?share=bluesky",
        "https://example.org/politics/the-long-vote-ends-1234567.html?action=share",
        "https://example.org/politics/the-long-vote-ends-1234567.html?source=post_page---top_nav_layout-----------",
        "https://example.org/politics/the-long-vote-ends-1234567.html?like_comment=5&_wpnonce=69c",
        "https://example.org/politics/the-long-vote-ends-1234567.html?gad_source=1&_gcl_au=1.1&__hstc=1&__hsfp=2",
        "https://example.org/politics/the-long-vote-ends-1234567.html?bsft_clkid=1&irclickid=2&oft_id=3&_kx=4&spm=5",
        "https://example.org/politics/the-long-vote-ends-1234567.html?cm_mmc=a-_-b&elqTrackId=1&adjust_campaign=x",
        "https://example.org/politics/the-long-vote-ends-1234567.html?partner=rss&emc=rss",
        "https://example.org/politics/the-long-vote-ends-1234567.html?cid=RSS&medium=atom&partner=feed",
        "https://example.org/politics/the-long-vote-ends-1234567.html?mod=rss_markets_main&ftag=CAD590a51e",
        "https://example.org/politics/the-long-vote-ends-1234567.html?cid=world%7Crss%7Ctop&campaign=en-rss-all",
        "https://example.org/politics/the-long-vote-ends-1234567.html?source=news_rss&frm=rss2&ref=rss.front",
        "https://example.org/politics/the-long-vote-ends-1234567.html?at_medium=RSS&at_campaign=KARANGA&ncid=rss",
        "https://example.org/politics/the-long-vote-ends-1234567.html?xtor=RSS-3208&traffic_source=rss&ito=1490",
        "https://example.org/politics/the-long-vote-ends-1234567.html?quelle=rss&fuente=rss_portada&kaynak=rss",
        "https://example.org/politics/the-long-vote-ends-1234567.html?%E6%9D%A5%E6%BA%90=rss",
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/politics/the-long-vote-ends-1234567.html",
        "https://example-org.cdn.ampproject.org/v/example.org/politics/the-long-vote-ends-1234567.amp.html?amp_js_v=0.1",
        "https://www.google.com/amp/s/amp.example.org/politics/the-long-vote-ends-1234567.html",
        "https://www.google.co.uk/amp/www.example.org/politics/the-long-vote-ends-1234567.html?usqp=mq331AQA",
        "https://www-example-org.bing-amp.com/c/s/www.example.org/politics/the-long-vote-ends-1234567.html",
    ],
)
def test_copies_of_one_page_share_one_key(copy):
    assert normalize(copy) == ARTICLE


@pytest.mark.parametrize(
    "a, b",
    [
        ("https://example.org/News", "https://example.org/news"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/article.php?sid=123", "https://example.org/article.php?sid=124"),
        ("https://example.org/a?ref=12345", "https://example.org/a"),
        ("https://example.org/a?source=interview", "https://example.org/a"),
        ("https://example.org/a?page=2", "https://example.org/a"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://blog.example.org/a", "https://example.org/a"),
        ("https://example.org/tag/amp", "https://example.org/tag"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a?q=1%2B1", "https://example.org/a?q=1+1"),
        ("https://example.org/a?q=a%26b", "https://example.org/a?q=a&b"),
        ("https://example.org/amplify", "https://example.org/lify"),
        ("https://example.org/a?print=yesterday", "https://example.org/a"),
        ("https://example.org/services/print", "https://example.org/services"),
        ("https://example.org/fwlink?linkid=206977", "https://example.org/fwlink?linkid=521839"),
        ("https://example.org/ad?adid=1", "https://example.org/ad?adid=2"),
        ("https://example.org/a?m=202611", "https://example.org/a"),
        ("https://example.org/a?action=share-report", "https://example.org/a"),
        ("https://example.org/a?source=post-page", "https://example.org/a"),
        ("https://example.org/a?cid=17", "https://example.org/a"),
        ("https://example.org/a?mod=news", "https://example.org/a"),
        ("https://example.org/a?mod=rss", "https://example.org/a"),
        ("https://example.org/a?partner=feed-the-hungry", "https://example.org/a"),
        ("https://example.org/a?medium=print", "https://example.org/a"),
        ("https://example.org/?feed=rss2", "https://example.org/"),
        ("https://example.org/a?format=rss", "https://example.org/a"),
        ("https://example.org/a?tag=rss", "https://example.org/a"),
        ("https://example.org/a?q=rss_feeds", "https://example.org/a"),
        ("https://example.org/a?canal=cross_country", "https://example.org/a"),
        ("https://example.org/a?campaign=press_office", "https://example.org/a"),
        ("https://example.org/a?p=1", "https://example.org/a"),
        ("https://example.org/a?page=1", "https://example.org/a"),
        ("https://example.org/a?id=1", "https://example.org/a"),
        ("https://example.org/a?article=1", "https://example.org/a"),
        ("https://example.org/a?lang=de", "https://example.org/a"),
        ("https://example.org/a?view=comments", "https://example.org/a"),
        ("https://example.org/a;2", "https://example.org/a"),
        ("https://www.google.com/amp/about", "https://www.google.com/about.html"),
        ("https://www-example-org.cdn.ampproject.org/i/s/www.example.org/a", "https://www.example.org/a"),
    ],
)
def test_different_pages_keep_different_keys(a, b):
    assert normalize(a) != normalize(b)


@pytest.mark.parametrize(
    "url, key",
    [
        ("http://example.org", "https://example.org/"),
        ("http://www.example.org/index.html", "https://example.org/"),
        ("http://example.org/amp/", "https://example.org/"),
        ("https://example.org/news/index.php", "https://example.org/news"),
        ("https://example.org/a?b=2&a=1&b=1", "https://example.org/a?a=1&b=1&b=2"),
        ("https://example.org/a?b=&a", "https://example.org/a?a&b"),
        ("https://example.org/a?q=x y&z=%7e", "https://example.org/a?q=x+y&z=~"),
        ("https://example.org/a?q=x%20y", "https://example.org/a?q=x+y"),
        ("https://example.org/caf%c3%a9", "https://example.org/caf%C3%A9"),
        ("https://example.org/café", "https://example.org/caf%C3%A9"),
        ("https://example.org/news%2C1,2", "https://example.org/news,1,2"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/%%34%31", "https://example.org/%2541"),
        ("https://www.bücher.example.de/ü", "https://xn--bcher-kva.example.de/%C3%BC"),
        ("https://WWW.XN--BCHER-KVA.de/", "https://xn--bcher-kva.de/"),
        ("https://example.org/\ud800", "https://example.org/%3F"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://www.localhost:8000/a", "https://localhost:8000/a"),
        ("http://m.localhost/a", "https://m.localhost/a"),
        ("http://www.paper.test/a", "https://paper.test/a"),
        ("http://www.com/a", "https://www.com/a"),
        ("http://m.co.uk/a", "https://m.co.uk/a"),
        ("http://www.blogspot.com/a", "https://www.blogspot.com/a"),
        ("http://2130706433/a", "https://127.0.0.1/a"),
        ("http://0x7f.1/a", "https://127.0.0.1/a"),
        ("http://0177.0.0.01/a", "https://127.0.0.1/a"),
        ("http://127.1:8000/a", "https://127.0.0.1:8000/a"),
        ("http://１２７.0.0.1/a", "https://127.0.0.1/a"),
        ("http://%31%32%37.0.0.1/a", "https://127.0.0.1/a"),
        ("http://[0:0::1]:8000/a", "https://[::1]:8000/a"),
        ("http://good.example.org@10.0.0.1/a", "https://10.0.0.1/a"),
        (r"http://10.0.0.1\@good.example.org/a", "https://10.0.0.1/@good.example.org/a"),
    ],
)
def test_keys_are_canonical(url, key):
    assert normalize(url) == key


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/a",
        "//example.org/a",
        "/a",
        "ftp://example.org/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "mailto:desk@example.org",
        "data:text/html,x",
        "https://",
        "https:///",
        "https://?a",
        "https://user@/a",
        "https://example.org:99999/a",
        "https://example.org:x/a",
        "https://exa mple.org/a",
        "https://exa<mple.org/a",
        "https://a..b/",
        "https://.example.org/",
        "https://[::1/a",
        "https://[nonsense]/a",
        "https://256.1.1.1/",
        "https://1.2.3.4.5/",
        "https://09.1.1.1/",
        "https://" + "a" * 64 + "ü.org/",
        "https://" + "a." * 130 + "org/",
        "https://example.org/" + "a" * 2048,
        "https://example.org/" + "é" * 1000,
    ],
)
@pytest.mark.parametrize("function", [normalize, fetchable])
def test_urls_that_cannot_be_fetched_raise_with_a_message(function, url):
    with pytest.raises(ValueError, match=r"\w{4}"):
        function(url)


hosts = st.sampled_from(
    ["example.org", "news.example.co.uk", "localhost", "127.0.0.1", "[::1]", "www.paper.test", "m.com"]
)
texts = st.text(st.characters(codec="utf-8"), max_size=30)
odd_paths = st.lists(
    st.one_of(
        texts,
        st.sampled_from(
            ["amp", "print", "..", ".", "", "index.html", "x.amp", "x.amp.html", "..amp", ";jsessionid=1", "%2e"]
        ),
        st.sampled_from(["tag", "index.amp.html", "%41mp", "%", "%%34%31", "(S(abc))", "a;sid=1;x", "\\", "?amp=1"]),
    ),
    max_size=6,
).map("/".join)


@settings(deadline=None)
@given(hosts, odd_paths, texts)
def test_normalization_is_idempotent(host, path, query):
    try:
        key = normalize(f"http://www.{host}/{path}?{query}")
    except ValueError:
        return
    assert normalize(key) == key
    assert key.isascii()
    assert key.startswith("https://")


@settings(deadline=None)
@given(hosts, odd_paths, texts)
def test_a_fetchable_url_has_the_same_key_and_is_stable(host, path, query):
    url = f"http://{host}/{path}?{query}"
    try:
        fetched = fetchable(url)
    except ValueError:
        return
    assert fetchable(fetched) == fetched
    assert normalize(fetched) == normalize(url)


names = st.text("abcdefghijklmnopqrstuvwxyzéü", min_size=1, max_size=4).map(lambda name: f"x{name}")


@settings(deadline=None)
@given(st.lists(st.tuples(names, texts), max_size=5))
def test_no_meaningful_parameter_is_lost(pairs):
    query = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in pairs)
    try:
        key = normalize(f"https://example.org/a?utm_source=x&{query}&fbclid=y")
    except ValueError:
        return
    assert sorted(parse_qsl(urlsplit(key).query, keep_blank_values=True)) == sorted(pairs)


slugs = st.from_regex(r"[a-z]{2,8}(-[a-z]{2,8}){1,4}", fullmatch=True)


@settings(deadline=None)
@given(
    slugs,
    st.sampled_from(["http://", "https://", "HTTP://"]),
    st.sampled_from(["", "www.", "m.", "amp.", "mobile."]),
    st.sampled_from(
        ["", "/", "/amp", "/amp/", "/print", "?amp=1", "?utm_campaign=a&utm_source=b", "#top", "?gclid=1#x"]
    ),
)
def test_every_variant_of_an_article_has_the_same_key(slug, scheme, prefix, ending):
    assert normalize(f"{scheme}{prefix}example.org/news/{slug}{ending}") == f"https://example.org/news/{slug}"


@pytest.mark.parametrize(
    "url, expected",
    [
        ("http://www.Example.org", "http://www.example.org/"),
        ("http://www.example.org/A/?b=2&a=1#x", "http://www.example.org/A/?b=2&a=1"),
        ("https://m.example.org/a/amp?amp=1", "https://m.example.org/a/amp?amp=1"),
        ("https://example.org/a?utm_source=x&id=3&fbclid=y", "https://example.org/a?id=3"),
        ("https://example.org/a?id=3&amp;utm_source=x", "https://example.org/a?id=3"),
        ("https://example.org/ä ö", "https://example.org/%C3%A4%20%C3%B6"),
        ("https://example.org/%c3%a4?q=%e4", "https://example.org/%c3%a4?q=%e4"),
        ("https://example.org//a//b/", "https://example.org//a//b/"),
        ("https://me:secret@example.org/a", "https://example.org/a"),
        ("http://0x7f000001:8000/a", "http://127.0.0.1:8000/a"),
        ("https://example.org/a;jsessionid=1F", "https://example.org/a"),
        ("https://bücher.de/", "https://xn--bcher-kva.de/"),
        ("https://amp-example-org.cdn.ampproject.org/c/s/amp.example.org/a?b=1", "https://amp.example.org/a?b=1"),
        ("https://www.google.com/amp/s/example.org/a", "https://example.org/a"),
    ],
)
def test_a_fetchable_url_has_no_tracking_session_or_fragment(url, expected):
    assert fetchable(url) == expected


@pytest.mark.parametrize(
    "url, site",
    [
        ("https://www.example.org/a", "example.org"),
        ("https://roma.example.it:8443/", "example.it"),
        ("https://news.example.co.uk/", "example.co.uk"),
        ("https://a.blogspot.com/", "a.blogspot.com"),
        ("https://www.a.blogspot.com/", "a.blogspot.com"),
        ("http://localhost:8000/a", "localhost:8000"),
        ("http://localhost/a", "localhost"),
        ("http://127.0.0.1:8765/a", "127.0.0.1:8765"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://[::1]:80/", "[::1]"),
        ("http://www.paper.test/", "paper.test"),
        ("http://intranet:8080/", "intranet:8080"),
        ("https://blogspot.com/", "blogspot.com"),
        ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a", "example.org"),
        ("https://www-example-org.cdn.ampproject.org/", "ampproject.org"),
        ("https://www.пример.рф/", "xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_a_site_is_the_registrable_domain_or_the_host(url, site):
    assert get_site(url) == site


def test_two_blogs_on_one_platform_are_two_sites():
    assert not same_site("https://a.blogspot.com/x", "https://b.blogspot.com/x")
    assert same_site("http://www.example.org/x", "https://sport.example.org/y")


@pytest.mark.parametrize(
    "text, message",
    [
        ("example.org", "'example.org' has no scheme; did you mean 'https://example.org/'?"),
        ("example.org/news", "'example.org/news' has no scheme; did you mean 'https://example.org/news'?"),
        ("//example.org/", "has no scheme; did you mean 'https://example.org/'?"),
        ("localhost:8000", "has no scheme; did you mean 'https://localhost:8000/'?"),
        ("ftp://example.org/a", "has the scheme 'ftp', but only http and https are crawled"),
        ("htps://example.org", "did you mean 'https://example.org/'?"),
        ("file:///etc/passwd", "has the scheme 'file'"),
        ("", "no URL given"),
        ("https://a.org https://b.org", "white space"),
        ("https://", "is not an http or https URL with a host"),
        ("https://exa<mple.org/", "is not a valid host name"),
        ("http://[x]/", "'http://[x]/' is not a URL: "),
        ("http://[::1", "'http://[::1' is not a URL: "),
    ],
)
def test_the_error_for_an_invalid_start_url_states_cause_and_fix(text, message):
    with pytest.raises(UsageError) as raised:
        check_start_url(text)
    assert message in str(raised.value)


def test_a_valid_start_url_is_returned_fetchable():
    assert check_start_url(" https://Example.org?utm_source=x#top ") == "https://example.org/"
