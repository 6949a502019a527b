"""Sitemaps, well-formed or not: pages and child sitemaps with their declared metadata."""

from __future__ import annotations

import gzip

import pytest

from newscrawl.discovery import sitemaps, xml_text
from newscrawl.discovery.model import LinkKind
from newscrawl.discovery.sitemaps import MAX_CHILDREN, SITEMAP_PATHS, read_sitemap
from newscrawl.workers import tasks

URL = "https://example.org/sitemap.xml"
OPEN = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
STORY = "https://example.org/2024/05/06/a-story-of-many-words"


def urlset(*locations: str) -> bytes:
    return (OPEN + "".join(f"<url><loc>{location}</loc></url>" for location in locations) + "</urlset>").encode()


def index(*locations: str, lastmod: str = "2024-05-06") -> bytes:
    children = "".join(f"<sitemap><loc>{url}</loc><lastmod>{lastmod}</lastmod></sitemap>" for url in locations)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{children}</sitemapindex>'.encode()


def urls(found) -> list[str]:
    return [link.url for link in found.links]


def test_page_has_its_lastmod_and_the_score_of_its_url():
    body = urlset(STORY, "https://example.org/politics").replace(
        b"</loc></url>", b"</loc><lastmod>2024-05-06T10:00:00Z</lastmod></url>", 1
    )
    found = read_sitemap(body, URL)
    story, section = found.links
    assert found.partial is None
    assert (story.kind, story.source, story.date_modified) == (LinkKind.ARTICLE, "sitemap", "2024-05-06T10:00:00Z")
    assert story.score > 0.9
    assert section.score < 0.5


NEWS = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://example.org/x</loc>
<image:image><image:loc>https://example.org/x.jpg</image:loc><image:title>No headline</image:title></image:image>
<n:news><n:publication><n:name>Example</n:name><n:language>en</n:language></n:publication>
<n:publication_date>2024-05-06T10:00:00+02:00</n:publication_date><n:title>Votes &amp; counts</n:title>
<n:keywords>vote, count ,, vote</n:keywords></n:news></url></urlset>"""


def test_news_sitemap_declares_headline_date_language_and_keywords():
    (link,) = read_sitemap(NEWS, URL).links
    assert (link.url, link.source, link.score) == ("https://example.org/x", "news sitemap", 1.0)
    assert link.headline == "Votes & counts"
    assert link.date_published == "2024-05-06T10:00:00+02:00"
    assert link.in_language == "en"
    assert link.keywords == ("vote", "count")


def test_news_sitemap_without_a_namespace_is_parsed():
    body = b"<urlset><url><loc>https://example.org/x</loc><news:news><news:title>Votes</news:title></news:news></url></urlset>"
    found = read_sitemap(body, URL)
    assert found.links[0].headline == "Votes"
    assert found.partial is None


def test_index_returns_its_children_with_their_lastmod():
    (link,) = read_sitemap(index("https://example.org/posts-1.xml"), URL).links
    assert (link.kind, link.date_modified, link.score) == (LinkKind.SITEMAP, "2024-05-06", 1.0)


def test_children_without_articles_have_a_low_score():
    found = read_sitemap(index("https://example.org/post-sitemap.xml", "https://example.org/author-sitemap.xml"), URL)
    assert found.links[0].score > 0.9 > 0.5 > found.links[1].score


def test_index_that_lists_itself_is_not_followed_again():
    found = read_sitemap(index("http://www.example.org/sitemap.xml", "https://example.org/b.xml"), URL)
    assert urls(found) == ["https://example.org/b.xml"]


def test_likeliest_and_latest_of_too_many_children_are_kept():
    many = index(*(f"https://example.org/tag-{number}.xml" for number in range(MAX_CHILDREN)))
    late = index("https://example.org/articles-2024.xml", lastmod="2024-06-01").partition(b'0.9">')[2]
    found = read_sitemap(many.replace(b"</sitemapindex>", b"") + late, URL)
    assert len(found.links) == MAX_CHILDREN
    assert found.links[-1].url == "https://example.org/articles-2024.xml"
    assert "sitemaps" in (found.partial or "")


def test_short_slugs_in_a_sitemap_of_posts_are_articles():
    (link,) = read_sitemap(urlset("https://example.org/short-name/"), "https://example.org/post-sitemap1.xml").links
    assert link.score >= 0.5


def test_plain_text_list_is_a_sitemap():
    found = read_sitemap(
        b"\xef\xbb\xbfhttps://example.org/a-b-c-d\r\n\r\n# x\nhttps://example.org/b.pdf\nftp://x\n", URL
    )
    assert urls(found) == ["https://example.org/a-b-c-d"]


def test_feed_serves_as_a_sitemap():
    body = b"<rss version='2.0'><channel><item><link>https://example.org/a</link></item></channel></rss>"
    assert read_sitemap(body, URL).links[0].source == "feed"


@pytest.mark.parametrize("layers", [1, 2])
def test_gzipped_sitemap_is_decompressed(layers):
    body = urlset(STORY)
    for _ in range(layers):
        body = gzip.compress(body)
    assert urls(read_sitemap(body, URL)) == [STORY]


def test_all_members_of_a_gzip_file_are_read():
    body = urlset(STORY, "https://example.org/b")
    assert len(read_sitemap(gzip.compress(body[:150]) + gzip.compress(body[150:]), URL).links) == 2


def test_truncated_gzip_returns_the_complete_entries():
    whole = gzip.compress(urlset(*(f"https://example.org/{number**3}-{number}" for number in range(5_000))))
    found = read_sitemap(whole[: len(whole) // 2], URL)
    assert len(found.links) > 100
    assert found.partial == "truncated gzip"


def test_damaged_gzip_returns_a_reason():
    found = read_sitemap(b"\x1f\x8b" + b"x" * 50, URL)
    assert "gzip" in (found.partial or "")


def test_gzip_bomb_is_stopped():
    found = read_sitemap(gzip.compress(OPEN.encode() + b" " * 60 * 1024 * 1024), URL)
    assert found.links == ()
    assert "bytes decoded" in (found.partial or "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-8-sig"])
@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE urlset SYSTEM "http://127.0.0.1/x.dtd">',
        "<!DOCTYPE urlset [<!ELEMENT loc (#PCDATA)> <!-- ] > ' --> ]>",
        "\n\n",
        "Warning: mysql_connect() in /srv/map.php on line 3\n",
        "<br />\n<b>Notice</b>: x in <b>/srv/map.php</b><br />\n",
        "<!-- <urlset><url><loc>https://example.org/old</loc></url></urlset> -->",
    ],
)
def test_what_stands_before_the_root_element_is_skipped(before, encoding):
    xml = urlset(STORY).decode()
    assert urls(read_sitemap((before + xml).encode(encoding), URL)) == [STORY]
    assert urls(read_sitemap(before.encode(encoding) + index(STORY).decode().encode(encoding), URL)) == [STORY]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_a_dtd_are_not_expanded(encoding):
    body = """<!DOCTYPE x [<!ENTITY a "b"><!ENTITY f SYSTEM "file:///etc/hostname">]><urlset>
    <url><loc>https://example.org/&a;</loc></url><url><loc>https://example.org/&f;</loc></url>
    <url><loc>https://example.org/c</loc></url></urlset>"""
    assert urls(read_sitemap(body.encode(encoding), URL)) == ["https://example.org/c"]


@pytest.mark.parametrize(
    "written, read",
    [
        ("Caf&eacute; am See &hellip;", "Café am See …"),
        ("&#xD83D;&#xDEA2; in the harbour", "\U0001f6a2 in the harbour"),
        ("Odd &#xD83D; and &#2; and &what; ends", "Odd \ufffd and and &what; ends"),
        ("<![CDATA[Salt & vinegar &#8212; &eacute;]]>", "Salt & vinegar — é"),
        ("Salt & vinegar", "Salt & vinegar"),
    ],
)
def test_titles_with_references_that_xml_does_not_know_are_read(written, read):
    body = NEWS.decode().replace("Votes &amp; counts", written)
    found = read_sitemap(body.encode(), URL)
    assert [link.headline for link in found.links] == [read]
    assert found.partial is None


@pytest.mark.parametrize(
    "written, read",
    [
        ("<![CDATA[https://example.org/s.php?id=7&lang=fr]]>", "https://example.org/s.php?id=7&lang=fr"),
        ("<![CDATA[https://example.org/s.php?id=7&amp;lang=fr]]>", "https://example.org/s.php?id=7&lang=fr"),
        ("https://example.org/s.php?id=7&amp;amp;lang=fr", "https://example.org/s.php?id=7&lang=fr"),
        ("https://example.org/s.php?id=7&lang=fr&reg=2", "https://example.org/s.php?id=7&lang=fr&reg=2"),
        ("https://example.org/m&uuml;nchen", "https://example.org/münchen"),
    ],
)
def test_ampersands_in_locations_are_read_as_meant(written, read):
    assert urls(read_sitemap(urlset(written, STORY), URL)) == [read, STORY]


@pytest.mark.parametrize(
    "broken",
    [
        "<url><loc>https://example.org/bad</url>",
        "<url><loc>https://example.org/bad</loc>",
        "<url><loc><![CDATA[https://example.org/bad</loc></url>",
        "<url><loc>https://example.org/bad</loc></div></url>",
        "<url><!-- <loc>https://example.org/bad</loc></url>",
        "<url><loc>https://example.org/<b>bad</b></loc></url>",
        "<url><loc>https://example.org/&nosuch;</loc></url>",
        "<url>< <loc>https://example.org/bad</loc></url>",
    ],
)
def test_one_broken_entry_costs_itself_only(broken):
    good = [f"<url><loc>https://example.org/{n}</loc></url>" for n in range(4)]
    body = OPEN + "".join([*good[:2], broken, *good[2:]]) + "</urlset>"
    found = set(urls(read_sitemap(body.encode(), URL))) - {"https://example.org/bad"}
    assert found == {f"https://example.org/{n}" for n in range(4)}


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"nothing here", b"<html><body><p>gone</body></html>", b"<a/>", b"<", b"<?xml", b"\x00" * 100],
)
def test_anything_but_a_sitemap_has_no_links(body):
    found = read_sitemap(body, URL)
    assert found.links == ()
    assert found.partial or not body.strip()


def test_truncated_sitemap_returns_complete_entries_only():
    body = urlset(STORY, "https://example.org/a-long-name")
    found = read_sitemap(body[: body.index(b"-name")], URL)
    assert urls(found) == [STORY]
    assert "malformed" in (found.partial or "")


def test_unescaped_ampersands_are_part_of_the_url():
    found = read_sitemap(urlset("https://example.org/?a=1&b=2", "https://example.org/?a=1&amp;b=3"), URL)
    assert urls(found) == ["https://example.org/?a=1&b=2", "https://example.org/?a=1&b=3"]


def test_missing_end_tag_loses_only_its_entry():
    body = urlset(STORY, "https://example.org/b").replace(b"</loc>", b"", 1)
    found = read_sitemap(body, URL)
    assert "https://example.org/b" in urls(found)
    assert "malformed" in (found.partial or "")


def test_wrong_encoding_keeps_the_other_urls():
    body = urlset("https://example.org/caf\xe9", STORY).decode().encode("latin-1")
    assert STORY in urls(read_sitemap(body, URL))
    assert urls(read_sitemap(urlset(STORY).decode().encode("utf-16"), URL)) == [STORY]
    assert urls(read_sitemap(urlset(STORY).replace(b"UTF-8", b"bogus"), URL)) == [STORY]


def test_white_space_and_cdata_around_a_location_are_removed():
    assert urls(read_sitemap(urlset(f"\n <![CDATA[ {STORY} ]]>\n"), URL)) == [STORY]


@pytest.mark.parametrize(
    "location", ["ftp://example.org/a", "javascript:x", "", "https://", "file:///etc/passwd", "a.jpg"]
)
def test_locations_that_cannot_be_pages_are_dropped(location):
    assert urls(read_sitemap(urlset(location, STORY), URL)) == [STORY]


def test_urls_of_other_sites_are_not_filtered_out():
    assert urls(read_sitemap(urlset("https://other.example.com/a"), URL)) == ["https://other.example.com/a"]


def test_page_listed_twice_is_returned_once():
    assert urls(read_sitemap(urlset(STORY, STORY), URL)) == [STORY]


def test_nesting_depth_is_bounded():
    found = read_sitemap(OPEN.encode() + f"<url><loc>{STORY}</loc></url>".encode() + b"<d>" * 1_000_000, URL)
    assert urls(found) == [STORY]
    assert found.partial


def test_sitemap_with_three_million_tags_is_rejected():
    assert "tags" in (read_sitemap(OPEN.encode() + b"<a/>" * 3_100_000 + b"</urlset>", URL).partial or "")


def test_urls_after_the_first_50_000_are_omitted_with_a_reason():
    found = read_sitemap(urlset(*(f"https://example.org/{number}" for number in range(50_010))), URL)
    assert len(found.links) == 50_000
    assert found.partial == "more than 50000 URLs"


def test_plain_text_lists_are_limited_too():
    assert len(read_sitemap(b"https://a.org/1\nhttps://a.org/2\nhttps://a.org/3", URL, limit=2).links) == 2


def test_usual_sitemap_paths_are_absolute():
    assert all(path.startswith("/") for path in SITEMAP_PATHS)


def test_entries_after_the_limit_of_a_huge_sitemap_are_not_even_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MIN_CUT", 1_000)
    entries = "".join(f"<url><loc>https://example.org/2026/11/20/page-number-{n}</loc></url>" for n in range(500))
    body = f"<urlset>{entries}".encode() + b"\xff" * 10
    found = sitemaps.read_sitemap(body, "https://example.org/sitemap.xml", limit=100)
    assert len(found.links) == 100
    assert found.partial == "more than 100 URLs"
    whole = sitemaps.read_sitemap(f"<urlset>{entries}</urlset>".encode(), "https://example.org/sitemap.xml", limit=500)
    assert (len(whole.links), whole.partial) == (500, None)


def test_emoji_of_a_huge_sitemap_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_text, "MIN_NARROWED", 50)
    body = "<urlset><!-- 😀 --><url><loc>https://example.org/2026/11/20/größe-和-page</loc></url></urlset>".encode()
    text = xml_text.read_xml(body).text
    assert "\ufffd" in text
    assert "größe-和" in text
    monkeypatch.setattr(xml_text, "MIN_NARROWED", 1_000)
    assert "😀" in xml_text.read_xml(body).text


def with_entries(entries: str) -> bytes:
    return f"{OPEN}{entries}</urlset>".encode()


def test_entries_with_invalid_urls_are_counted():
    entries = "<url><loc>http://[</loc></url><url><loc>/a<b>c</b></loc></url><url><loc/></url><url/>"
    found = read_sitemap(with_entries(f"{entries}<url><loc>https://example.org/story</loc></url>"), URL)
    assert [link.url for link in found.links] == ["https://example.org/story"]
    assert found.partial == "2 of 5 entries have invalid URLs, such as 'http://['"


def test_children_with_invalid_urls_are_counted():
    children = "<sitemap><loc>https://example.org:70000/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap>"
    found = read_sitemap(f"<sitemapindex>{children}</sitemapindex>".encode(), URL)
    assert [link.url for link in found.links] == ["https://example.org/b.xml"]
    assert found.partial == "1 of 2 entries has an invalid URL, 'https://example.org:70000/a.xml'"


def test_entries_with_invalid_urls_are_counted_once_beside_other_damage():
    entries = "<url><loc>http://[</loc></url><url><loc>https://example.org/story</loc></url><url><loc>&nbsp;</x>"
    partial = read_sitemap(with_entries(entries), URL).partial or ""
    assert partial.startswith("1 of 2 entries has an invalid URL, 'http://['; malformed sitemap: ")


def test_lines_of_a_text_sitemap_that_are_no_urls_are_counted():
    text = b"# all pages\nhttps://example.org/one\n\nhttp://[\n/two\nhttps://example.org/three\n"
    found = read_sitemap(text, URL)
    assert len(found.links) == 2
    assert found.partial == "2 of 4 entries have invalid URLs, such as 'http://['"


def test_sitemap_of_invalid_urls_only_cannot_be_read():
    found = tasks.read_sitemap(urlset("http://["), URL)
    assert (found.unreadable, found.partial) == ("not_sitemap", "1 of 1 entry has an invalid URL, 'http://['")
    assert tasks.read_sitemap(urlset(""), URL).unreadable is None
