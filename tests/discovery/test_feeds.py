"""Feeds of every format, well-formed or not, and the metadata of their entries."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise

import pytest

from newscrawl.discovery import feeds
from newscrawl.discovery.feeds import FEED_PATHS, read_feed
from newscrawl.discovery.model import LinkKind
from newscrawl.workers import tasks

URL = "https://example.org/feed.xml"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Example</title><link>https://example.org/</link><language>en-gb</language>
<item>
  <title>Votes &amp;amp; <b>counts</b></title>
  <link> https://example.org/politics/votes-and-counts?utm_source=rss </link>
  <guid isPermaLink="false">1</guid>
  <pubDate>Mon, 06 May 2024 10:00:00 +0200</pubDate>
  <category>Politics</category><category>Elections</category><category>Politics</category>
</item>
<item>
  <title>Second</title>
  <guid isPermaLink="true">https://example.org/second-story</guid>
  <dc:date>2024-05-06T09:00:00Z</dc:date><dc:language>fr</dc:language>
</item>
{more}</channel></rss>"""


def rss(more: str = "") -> bytes:
    return RSS.replace("{more}", more).encode()


def item(link: str) -> str:
    return f"<item><title>x</title><link>{link}</link></item>"


def urls(found) -> list[str]:
    return [link.url for link in found.links]


def test_rss_item_becomes_an_article_with_its_declared_metadata():
    found = read_feed(rss(), URL)
    first, second = found.links
    assert found.partial is None
    assert first.url == "https://example.org/politics/votes-and-counts?utm_source=rss"
    assert (first.kind, first.source, first.score) == (LinkKind.ARTICLE, "feed", 1.0)
    assert first.headline == "Votes & counts"
    assert first.date_published == "Mon, 06 May 2024 10:00:00 +0200"
    assert first.date_modified is None
    assert first.article_section == "Politics"
    assert first.keywords == ("Politics", "Elections")
    assert first.in_language == "en-gb"
    assert second.in_language == "fr"


def test_permalink_guid_is_used_if_the_link_is_missing():
    second = read_feed(rss(), URL).links[1]
    assert second.url == "https://example.org/second-story"
    assert second.date_published == "2024-05-06T09:00:00Z"


def test_feedburner_original_link_is_preferred():
    more = (
        '<item xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><link>https://feeds.example.com/~r/1</link>'
        "<feedburner:origLink>https://example.org/real-story</feedburner:origLink></item>"
    )
    assert "https://example.org/real-story" in urls(read_feed(rss(more), URL))


ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>x</title>
<link rel="self" href="https://example.org/atom.xml"/><link rel="next" href="/atom.xml?page=2"/>
<entry><title type="html">Die &lt;i&gt;Wahl&lt;/i&gt;</title>
<link rel="enclosure" href="https://example.org/a.mp3"/>
<link rel="alternate" type="application/json" href="https://example.org/wahl.data"/>
<link rel="alternate" type="text/html" href="/politik/wahl"/>
<id>tag:example.org,2024:1</id><published>2024-05-06T10:00:00Z</published><updated>2024-05-06T11:00:00Z</updated>
<category term="politik" label="Politik"/></entry>
<entry><title>Nur geaendert</title><link href="https://example.org/politik/zwei"/><updated>2024-05-07</updated></entry>
</feed>"""


def test_atom_entry_has_the_html_alternate_and_both_dates():
    first = read_feed(ATOM, URL).links[0]
    assert first.url == "https://example.org/politik/wahl"
    assert first.headline == "Die Wahl"
    assert first.date_published == "2024-05-06T10:00:00Z"
    assert first.date_modified == "2024-05-06T11:00:00Z"
    assert first.article_section == "Politik"
    assert first.in_language == "de"


def test_update_of_an_atom_entry_is_not_its_publication_date():
    second = read_feed(ATOM, URL).links[1]
    assert (second.date_published, second.date_modified) == (None, "2024-05-07")


def test_next_page_of_an_atom_feed_is_a_feed():
    last = read_feed(ATOM, URL).links[-1]
    assert (last.url, last.kind, last.source) == ("https://example.org/atom.xml?page=2", LinkKind.FEED, "pagination")


def test_rdf_feed_is_parsed():
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>x</title></channel>
    <item rdf:about="https://example.org/a"><title>A</title><link>https://example.org/a</link>
    <dc:date>2024-05-06T10:00:00+09:00</dc:date><dc:subject>Sport</dc:subject></item></rdf:RDF>"""
    (link,) = read_feed(body, URL).links
    assert (link.url, link.date_published) == ("https://example.org/a", "2024-05-06T10:00:00+09:00")
    assert link.article_section == "Sport"


def test_json_feed_is_parsed():
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "en",
        "next_url": "https://example.org/feed.json?2",
        "items": [
            {"id": "1", "url": "/a", "title": "A", "date_published": "2024-05-06T10:00:00Z", "tags": ["News", 5]},
            {"id": "https://example.org/b", "title": None, "date_modified": 7},
            {"id": "3"},
            "nonsense",
        ],
    }
    found = read_feed(json.dumps(body).encode(), URL)
    first, second, following = found.links
    assert (first.url, first.headline, first.keywords, first.in_language) == (
        "https://example.org/a",
        "A",
        ("News",),
        "en",
    )
    assert (second.url, second.headline, second.date_modified) == ("https://example.org/b", None, None)
    assert following.kind is LinkKind.FEED


def test_id_of_a_json_feed_is_a_link_only_if_it_is_a_url():
    body = {"items": [{"id": "17"}, {"id": "/17"}, {"id": "https://example.org/17"}, {"id": "x", "url": "a/b"}]}
    assert urls(read_feed(json.dumps(body).encode(), URL)) == ["https://example.org/17", "https://example.org/a/b"]


@pytest.mark.parametrize("body", [b"{", b'{"items": 5}', b'{"a": 1}', b"{" * 100_000, b'{"a":' * 200_000])
def test_json_that_is_not_a_feed_returns_a_reason(body):
    found = read_feed(body, URL)
    assert found.links == ()
    assert found.partial


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "ftp://example.org/a", "mailto:a@b.org", "", "https://", "urn:x:1", "https://example.org/"],
)
def test_entries_without_a_fetchable_page_are_omitted(link):
    assert len(read_feed(rss(item(link)), URL).links) == 2


def test_links_to_files_are_omitted():
    assert len(read_feed(rss(item("https://example.org/episode.mp3")), URL).links) == 2


def test_article_listed_twice_is_returned_once():
    assert len(read_feed(rss(item("https://example.org/second-story")), URL).links) == 2


def test_relative_links_are_resolved_against_the_feed():
    assert "https://example.org/a/b" in urls(read_feed(rss(item("/a/b")), URL))


PLAIN_ITEM = "<item><title>Harbour reopens</title><link>https://example.org/harbour</link></item>"

DOCTYPES = {
    "public": '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.org/rss-0.91.dtd">',
    "system": '<!DOCTYPE rss SYSTEM "file:///etc/passwd">',
    "lower case": "<!doctype rss>",
    "html": "<!DOCTYPE html>",
    "internal subset": """<!DOCTYPE rss [ <!-- it's ] > -->
        <!ENTITY % latin SYSTEM 'http://example.org/x.ent'> %latin; <!ENTITY big "]><rss><channel>"> ] >""",
    "unclosed quote": """<!DOCTYPE rss [<!ENTITY a "b>]>""",
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_doctype_is_skipped_with_its_internal_subset(doctype, encoding):
    body = f'<?xml version="1.0"?>\n{doctype}<rss version="2.0"><channel>{PLAIN_ITEM}</channel></rss>'
    found = read_feed(body.encode(encoding), URL)
    assert [(link.url, link.headline) for link in found.links] == [("https://example.org/harbour", "Harbour reopens")]


ENTITIES = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>
<rss version="2.0"><channel><item><title>x &b; &c;</title><link>https://example.org/one</link></item>
<item><title>y</title><link>https://example.org/&b;</link></item></channel></rss>"""


@pytest.mark.parametrize("body", [ENTITIES.encode(), ENTITIES.encode("utf-16"), gzip.compress(ENTITIES.encode())])
def test_entities_of_a_dtd_are_not_expanded(body):
    first, second = read_feed(body, URL).links
    assert (first.url, first.headline) == ("https://example.org/one", "x &b; &c;")
    assert second.url == "https://example.org/&b"


def test_billion_laughs_stay_small():
    names = [f"l{level}" for level in range(10)]
    declared = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    body = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{declared}]><rss><channel><item><title>&l9;</title>'
    (link,) = read_feed(f"{body}<link>https://example.org/a</link></item></channel></rss>".encode(), URL).links
    assert link.headline == "&l9;"


JUNK = {
    "blank lines": "\n\n  \n",
    "warning of a server": "Notice: Undefined variable $x in /srv/feed.php on line 7\n",
    "warning with markup": "<br />\n<b>Deprecated</b>: each() in <b>/srv/f.php</b> on line <b>9</b><br />\n",
    "byte order mark": "\ufeff",
    "two byte order marks": "\ufeff\ufeff",
    "comment": "<!-- cached <rss> of 12:00 -->",
    "stylesheet": '<?xml-stylesheet href="feed.xsl"?>',
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_text_before_the_xml_declaration_is_skipped(junk):
    assert [link.url for link in read_feed(junk.encode() + rss(), URL).links] == [
        link.url for link in read_feed(rss(), URL).links
    ]


@pytest.mark.parametrize(
    "written, read",
    [
        ("Caf&eacute; &ndash; &laquo;live&raquo;", "Café – «live»"),
        ("Snow &#xD83C;&#xDF28; &#55356;&#57128;", "Snow \U0001f328 \U0001f328"),
        ("Half &#xD83C; a pair", "Half \ufffd a pair"),
        ("None &#0;&#x1F;&#xFFFE;&#1114112; here", "None \ufffd\ufffd here"),
        ("Quotes &#147;as in Windows&#148;", "Quotes “as in Windows”"),
        ("Ben & Jerry &nosuch; R&D; &#; &#x;", "Ben & Jerry &nosuch; R&D; &#; &#x;"),
        ("<![CDATA[Fish & chips &amp; tea &#8211; &#xD83C;&#xDF28;]]>", "Fish & chips & tea – \U0001f328"),
        ("Twice &amp;eacute;&amp;#55356;&amp;#57128;", "Twice é\U0001f328"),
    ],
)
def test_references_that_xml_does_not_know_are_resolved_and_bad_ones_cost_nothing(written, read):
    found = read_feed(rss(PLAIN_ITEM.replace("Harbour reopens", written)), URL)
    assert [link.headline for link in found.links] == ["Votes & counts", "Second", read]
    assert found.partial is None


@pytest.mark.parametrize(
    "written, read",
    [
        ("https://example.org/caf&eacute;/a", "https://example.org/café/a"),
        ("https://example.org/a?x=1&copy=2&lang=en", "https://example.org/a?x=1&copy=2&lang=en"),
        ("<![CDATA[https://example.org/a?x=1&y=2]]>", "https://example.org/a?x=1&y=2"),
        ("<![CDATA[https://example.org/a?x=1&amp;y=2]]>", "https://example.org/a?x=1&y=2"),
        ("https://example.org/a?x=1&amp;amp;y=2", "https://example.org/a?x=1&y=2"),
    ],
)
def test_ampersands_in_links_separate_parameters(written, read):
    assert read_feed(rss(item(written)), URL).links[-1].url == read


BROKEN_ITEMS = {
    "unclosed title": "<item><title>Bad<link>https://example.org/bad</link></item>",
    "unclosed item": "<item><title>Bad</title><link>https://example.org/bad</link>",
    "bare less-than": "<item><title>3 < 4</title><link>https://example.org/bad</link></item>",
    "stray end tag": "<item><title>Bad</b></title></div><link>https://example.org/bad</link></item>",
    "unclosed comment": "<item><!-- <title>Bad</title><link>https://example.org/bad</link></item>",
    "unclosed section of the title": "<item><title><![CDATA[Bad</title><link>https://example.org/bad</link></item>",
    "unclosed section of a text": "<item><link>https://example.org/bad</link><description><![CDATA[<p>A</p></description></item>",
    "script": "<item><description><script>if (a < b && c)</script></description><link>https://example.org/bad</link></item>",
    "unknown prefix": "<item><media:thumb/><link>https://example.org/bad</link></item>",
}


@pytest.mark.parametrize("broken", BROKEN_ITEMS.values(), ids=BROKEN_ITEMS)
def test_one_broken_entry_costs_itself_only(broken):
    good = [f"<item><title>T{n}</title><link>https://example.org/{n}</link></item>" for n in range(4)]
    found = read_feed(rss("".join([*good[:2], broken, *good[2:]])), URL)
    kept = [(link.url, link.headline) for link in found.links if link.url != "https://example.org/bad"]
    assert kept[2:] == [(f"https://example.org/{n}", f"T{n}") for n in range(4)]


@pytest.mark.parametrize(
    "guid",
    [
        '<guid isPermaLink="false">2026-05-06-harbour</guid>',
        "<guid>8f14e45f-ceea-467f-a8b1-93a4f8a1b1c2</guid>",
        '<guid isPermaLink="true">post 17</guid>',
        '<guid isPermaLink="false">/node/17</guid>',
        "<guid>tag:example.org,2026:17</guid>",
    ],
)
def test_guid_that_is_no_url_is_no_link(guid):
    assert len(read_feed(rss(f"<item><title>x</title>{guid}</item>"), URL).links) == 2


@pytest.mark.parametrize(
    "guid, url",
    [
        ("<guid>/news/harbour</guid>", "https://example.org/news/harbour"),
        ('<guid isPermaLink="false">HTTPS://example.org/news/harbour</guid>', "https://example.org/news/harbour"),
        ("<link/><guid>https://example.org/news/harbour</guid>", "https://example.org/news/harbour"),
        ("<link>https://example.org/news/harbour</link><guid>17</guid>", "https://example.org/news/harbour"),
    ],
)
def test_guid_that_is_a_url_stands_in_for_a_missing_link(guid, url):
    assert read_feed(rss(f"<item><title>x</title>{guid}</item>"), URL).links[-1].url.lower() == url


@pytest.mark.parametrize(
    "head, entry, tail",
    [
        ('<rss version="0.91"><channel>', "<item><link>{}</link></item>", "</channel></rss>"),
        ('<rss version="0.92"><channel>', "<item><link>{}</link></item>", "</channel></rss>"),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">',
            "<item><link>{}</link></item>",
            "</rdf:RDF>",
        ),
        (
            '<feed version="0.3" xmlns="http://purl.org/atom/ns#">',
            '<entry><link rel="alternate" type="text/html" href="{}"/></entry>',
            "</feed>",
        ),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom">', '<a:entry><a:link href="{}"/></a:entry>', "</a:feed>"),
    ],
)
def test_all_formats_are_read(head, entry, tail):
    body = head + entry.format("https://example.org/a") + entry.format("https://example.org/b") + tail
    assert urls(read_feed(body.encode(), URL)) == ["https://example.org/a", "https://example.org/b"]


@pytest.mark.parametrize(
    "entry",
    ["<guid>17</guid>", "<link>https://example.org/</link>", "<enclosure url='https://example.org/a.mp3'/>", "<link/>"],
)
def test_feed_whose_entries_name_no_page_returns_a_reason(entry):
    body = f"<rss version='2.0'><channel><item>{entry}</item><item>{entry}</item></channel></rss>"
    found = read_feed(body.encode(), URL)
    assert found.links == ()
    assert found.partial == "none of its 2 entries has the URL of a page"


def test_feed_without_entries_is_whole():
    assert read_feed(b"<rss version='2.0'><channel><title>x</title></channel></rss>", URL).partial is None


def test_relative_links_follow_xml_base():
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/blog/">
    <entry xml:base="2026/"><link href="one"/></entry><entry><link href="../two"/></entry></feed>"""
    assert urls(read_feed(body, URL)) == ["https://example.org/blog/2026/one", "https://example.org/two"]


@pytest.mark.parametrize("base", ["http://[", "https://example.org:port/", ""])
def test_xml_base_that_is_no_url_is_ignored(base: str) -> None:
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}"><entry><link href="/one"/></entry>
    <entry xml:base = '{base}'><link href="https://example.org/two"/></entry></feed>"""
    assert [link.url for link in read_feed(body.encode(), URL).links] == [
        "https://example.org/one",
        "https://example.org/two",
    ]


def test_relative_links_of_a_feed_on_another_site_belong_to_the_site_it_names():
    found = read_feed(rss(item("/a/b")), "https://feeds.example.net/example")
    assert "https://example.org/a/b" in urls(found)


def test_permalink_is_preferred_to_a_link_that_counts_readers():
    more = (
        "<item><link>https://feeds.example.net/~r/example/~3/abc/</link>"
        '<guid isPermaLink="false">https://example.org/real-story</guid></item>'
    )
    assert urls(read_feed(rss(more), URL))[-1] == "https://example.org/real-story"


def test_html_page_instead_of_a_feed_is_reported():
    assert "HTML" in (read_feed(b"<!DOCTYPE html><html><body>x</body></html>", URL).partial or "")


@pytest.mark.parametrize("body", [b"", b"   ", b"plain text", b"\x00\x01\x02", b"<x/>", b"<", b"<?xml", b"<!--"])
def test_anything_but_a_feed_returns_a_reason_and_no_links(body):
    found = read_feed(body, URL)
    assert found.links == ()
    assert found.partial


def test_malformed_feed_returns_what_could_be_parsed_and_a_reason():
    found = read_feed(rss("<item><title>A & <b>c</title><link>https://example.org/third?a=1&b=2</link></item>"), URL)
    assert {"https://example.org/second-story", "https://example.org/third?a=1&b=2"} <= set(urls(found))
    assert "malformed" in (found.partial or "")


def test_truncated_feed_returns_complete_entries_only():
    body = rss(item("https://example.org/a-very-long-name"))
    found = read_feed(body[: body.index(b"very-long")], URL)
    assert len(found.links) == 2
    assert found.partial


def test_control_characters_are_ignored():
    found = read_feed(rss(item("https://example.org/third").replace("x", "\x08x\x0b")), URL)
    assert len(found.links) == 3
    assert found.partial is None


@pytest.mark.parametrize(
    "encoding, declared, header",
    [
        ("utf-8", "iso-8859-1", None),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-8-sig", "utf-8", "text/xml"),
        ("iso-8859-1", "iso-8859-1", None),
        ("iso-8859-1", "iso-8859-1", "text/xml"),
        ("windows-1251", "windows-1251", "text/html"),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("shift_jis", "shift_jis", None),
        ("iso-2022-jp", "iso-2022-jp", None),
    ],
)
def test_headlines_are_decoded_even_if_the_declared_encoding_is_wrong(encoding, declared, header):
    title = {"windows-1251": "Выборы", "shift_jis": "選挙", "iso-2022-jp": "選挙"}.get(encoding, "Élections à Zürich")
    body = f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><item><title>{title}</title>'
    body += "<link>https://example.org/a</link></item></channel></rss>"
    (link,) = read_feed(body.encode(encoding), URL, content_type=header).links
    assert link.headline == title


def test_single_invalid_byte_does_not_change_the_encoding():
    body = rss().replace(b"Second", "Überraschung für Käufer ".encode() + b"\xe9")
    assert read_feed(body, URL).links[1].headline == "Überraschung für Käufer \ufffd"


def test_entries_beyond_the_limit_are_omitted_with_a_reason():
    body = rss("".join(item(f"https://example.org/{number}") for number in range(50)))
    found = read_feed(body, URL, limit=10)
    assert len(found.links) == 10
    assert found.partial == "more than 10 entries"


def test_feed_of_50_000_entries_is_cut_at_the_limit():
    body = rss("".join(item(f"https://example.org/{number}") for number in range(50_000)))
    assert len(read_feed(body, URL, limit=100).links) == 100


def test_tag_with_50_000_attributes_is_rejected():
    body = b"<rss><channel " + b"".join(b'a%d="1" ' % number for number in range(50_000)) + b"></channel></rss>"
    assert "tag of more than" in (read_feed(body, URL).partial or "")


@pytest.mark.parametrize(
    "broken",
    [
        b"<rss version='2.0'><channel><title>News</title>%s</channel><rss>",
        b"<rss version='2.0'><channel><title>News</title></title>%s</channel></rss>",
        b"<rss version='2.0'><channel><title>News</title>%s</rss></channel>",
        b"<b>Warning</b>: x<br><rss version='2.0'><channel>%s</link></channel></rss>",
        b"<rss version='2.0'>%s</channel></rss>",
    ],
)
def test_markup_that_the_parser_fails_on_costs_no_entry(broken: bytes) -> None:
    item = b"<item><title>Report</title><link>https://example.org/2026/11/20/report</link></item>"
    found = read_feed(broken % item, "https://example.org/feed.xml")
    assert [link.url for link in found.links] == ["https://example.org/2026/11/20/report"]


def test_gzip_bomb_is_stopped():
    found = read_feed(gzip.compress(bytes(60 * 1024 * 1024)), URL)
    assert found.links == ()
    assert "bytes decoded" in (found.partial or "")


def test_truncated_gzip_feed_is_partial():
    whole = gzip.compress(rss("".join(item(f"https://example.org/{number**3}") for number in range(2_000))))
    found = read_feed(whole[: len(whole) // 2], URL)
    assert found.links
    assert found.partial == "truncated gzip"


def test_headlines_are_cut_to_1000_characters():
    found = read_feed(rss(item("https://example.org/a").replace(">x<", f">{'x' * 100_000}<")), URL)
    assert len(found.links[-1].headline or "") == 1_000


def test_usual_feed_paths_are_absolute():
    assert all(path.startswith("/") for path in FEED_PATHS)


@pytest.mark.parametrize("value", ["[]", "{}", '{"a":1}', "0"])
def test_json_feed_of_countless_values_is_rejected(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MAX_JSON_VALUES", 1_000)
    body = f'{{"items":[{",".join([value] * 1_100)}]}}'.encode()
    found = tasks.read_feed(body, "https://example.org/feed.json")
    assert (found.links, found.unreadable) == ((), "too_complex")
    assert found.partial == "feed rejected: more than 1000 JSON values"


def test_json_feed_with_long_texts_is_read() -> None:
    items = ",".join(f'{{"url":"https://example.org/a/{n}","content_text":"{"one, two, " * 200}"}}' for n in range(100))
    found = tasks.read_feed(f'{{"items":[{items}]}}'.encode(), "https://example.org/feed.json")
    assert (len(found.links), found.unreadable) == (100, None)


@pytest.mark.parametrize(
    "link",
    [
        "http://[",
        "https://example.org:70000/story",
        "https://exa&#9;mple..org/",
        "file:///etc/passwd",
        "https://example.org/" + "a" * 3_000,
    ],
)
def test_entries_with_invalid_urls_are_counted(link):
    found = read_feed(rss(item(link) + "<item><title>No link</title></item>"), URL)
    assert len(found.links) == 2
    assert (found.partial or "").startswith("1 of 4 entries has an invalid URL, '")
    assert len(found.partial or "") < 200
    assert "2 of 4 entries have invalid URLs, such as '" in (read_feed(rss(item(link) * 2), URL).partial or "")


def test_entries_with_invalid_urls_are_counted_beside_other_damage():
    found = read_feed(rss(item("http://[") + "<item><broken></item>"), URL)
    assert (found.partial or "").startswith("1 of 4 entries has an invalid URL, 'http://['; malformed feed: ")
    alone = read_feed(f"<rss version='2.0'><channel>{item('http://[')}</channel></rss>".encode(), URL)
    assert alone.partial == "1 of 1 entry has an invalid URL, 'http://['; none of its 1 entries has the URL of a page"


def test_entry_below_a_base_with_an_invalid_url_is_counted():
    entry = "<entry><title>x</title><link href='http://['/></entry><entry><title>y</title><link href='story'/></entry>"
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://example.org/a/'><title>x</title>{entry}</feed>"
    found = read_feed(feed.encode(), URL)
    assert [link.url for link in found.links] == ["https://example.org/a/story"]
    assert found.partial == "1 of 2 entries has an invalid URL"


def test_next_page_of_a_feed_with_an_invalid_url_is_told():
    paging = "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='next' href='http://['/>"
    assert read_feed(rss(paging), URL).partial == "the link to its next page has an invalid URL, 'http://['"
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [], "next_url": "https://example.org:70000/"}
    found = read_feed(json.dumps(feed).encode(), URL)
    assert found.partial == "the link to its next page has an invalid URL, 'https://example.org:70000/'"


def test_items_of_a_json_feed_without_a_usable_url_are_counted():
    story = {"url": "https://example.org/2024/05/06/a-story"}
    items = [story, {"title": "No link"}, {"url": "http://exa\ud800mple.org/"}, {"url": 5}, None]
    found = read_feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode(), URL)
    assert [link.url for link in found.links] == [story["url"]]
    assert found.partial == "3 of 5 entries have invalid URLs, such as 'http://exa\\ud800mple.org/'"


def test_passwords_in_invalid_urls_are_masked():
    found = read_feed(rss(item("https://user:topsecret@example.org:70000/")), URL)
    assert "topsecret" not in (found.partial or "topsecret")
