"""Hostile pages: encodings, dates and text, and all pages of the corpus together. Pure."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

from tests.hostile.malformed_cases import malformed_pages
from tests.hostile.pages import (
    EITHER,
    STORED,
    HostilePage,
    article,
    large,
    linked_data_pages,
    markup_pages,
    page,
    sentences,
)

WORDS = {
    "latin-1": "Über die Straße führt ein schmaler Weg, sagt Frau Müller aus Köln über das Geschäft.",
    "koi8-r": "Сегодня городской совет принял решение о новом мосте через широкую реку у старого завода.",
    "shift_jis": "市議会は本日、新しい橋の建設を決定した。住民は計画を歓迎している。工事は来年の春に始まる予定だ。",
    "euc-jp": "市議会は本日、新しい橋の建設を決定した。住民は計画を歓迎している。工事は来年の春に始まる予定だ。",
    "gb18030": "市议会今天决定修建一座新桥。居民对这项计划表示欢迎。工程预计将于明年春天开始，并持续两年时间。",
    "big5": "市議會今天決定修建一座新橋。居民對這項計畫表示歡迎。工程預計將於明年春天開始，並持續兩年時間。",
    "euc-kr": "시의회는 오늘 새로운 다리를 건설하기로 결정했다. 주민들은 이 계획을 환영하고 있다고 밝혔다.",
    "windows-1251": "Сегодня городской совет принял решение о новом мосте через широкую реку у старого завода.",
    "windows-1252": "The mayor said “we are building – at last – a bridge” and the crowd’s applause went on…",
    "iso-8859-2": "Dziś rada miasta postanowiła zbudować nowy most nad szeroką rzeką, obok starej fabryki, wreszcie.",
    "windows-1254": "Şehir meclisi bugün eski fabrikanın yanındaki geniş nehrin üzerine köprü yapmaya karar verdi.",
    "windows-1256": "قرر مجلس المدينة اليوم بناء جسر جديد فوق النهر الواسع بالقرب من المصنع القديم في المدينة.",
    "tis-620": "สภาเมืองตัดสินใจสร้างสะพานใหม่ข้ามแม่น้ำกว้างใกล้โรงงานเก่าในวันนี้และประชาชนยินดีกับแผนการนี้",
    "iso-8859-7": "Το δημοτικό συμβούλιο αποφάσισε σήμερα να χτίσει μια νέα γέφυρα πάνω από το πλατύ ποτάμι.",
}


def encoding_pages() -> Iterator[HostilePage]:
    """Yield pages in rare, undeclared, wrong and broken encodings."""

    def encoded(name: str, encoding: str, *, meta: str = "", header: str = "text/html", words: str = "") -> HostilePage:
        texts = (words,) if words else sentences(name)
        charset = f"<meta charset={meta}>" if meta else ""
        text = article(name, middle=f"<p>{words}</p>", charset=charset)
        return HostilePage(name, lambda: text.encode(encoding, "replace"), STORED, header, texts)

    for encoding, words in WORDS.items():
        yield encoded(f"{encoding} by a meta element", encoding, meta=encoding, words=words)
        yield encoded(f"{encoding} by the header", encoding, header=f"text/html; charset={encoding}", words=words)
    for name in ("latin-1", "koi8-r", "windows-1252", "shift_jis"):
        yield encoded(f"utf-8 declared as {name}", "utf-8", meta=name, words=WORDS[name])
        yield encoded(f"utf-8 sent as {name}", "utf-8", header=f"text/html; charset={name}", words=WORDS[name])
    for name in ("utf-16-le", "utf-16-be"):
        yield encoded(f"{name} without a mark", name, words=WORDS["koi8-r"])
        mark = b"\xff\xfe" if name.endswith("le") else b"\xfe\xff"
        text = article(f"{name} with a mark", middle=f"<p>{WORDS['koi8-r']}</p>", charset="")
        body = mark + text.encode(name)
        yield HostilePage(f"{name} with a mark", lambda body=body: body, texts=(WORDS["koi8-r"],))
    for name in ("utf-7", "bogus", "x-user-defined", "'", "utf-8; x=y", "utf-16", "binary", "\ufffd", "a" * 500):
        yield encoded(f"declared as {name[:15]}", "utf-8", meta=name, words=WORDS["latin-1"])
        header = f"text/html; charset={name.encode('ascii', 'ignore').decode()}"
        yield encoded(f"sent as {name[:15]}", "utf-8", header=header, words=WORDS["latin-1"])
    broken = {
        "lone continuation bytes": b"\x80\xbf\x80",
        "overlong slashes": b"\xc0\xaf\xe0\x80\xaf",
        "0xff": b"\xff\xfe\xfd",
        "surrogates in UTF-8": b"\xed\xa0\x80\xed\xb0\x80",
        "half a character": b"\xe2\x82",
        "five bytes": b"\xf8\x88\x80\x80\x80",
        "beyond Unicode": b"\xf4\x90\x80\x80",
        "a mark in the middle": b"\xef\xbb\xbf",
        "escape sequences": b"\x1b$B\x1b(B",
    }
    for name, junk in broken.items():
        text = article(name, middle="<p>JUNK</p>").encode().replace(b"JUNK", junk)
        yield HostilePage(name, lambda text=text: text, texts=sentences(name))
    yield HostilePage("UTF-8 cut in a character", lambda: article("cut").encode() + b"\xe2\x82", texts=sentences("cut"))
    for name, body in {"a PDF": b"%PDF-1.7 " + b"\0" * 99, "a PNG": b"\x89PNG\r\n" + b"\0" * 99}.items():
        yield HostilePage(f"{name} sent as HTML", lambda body=body: body, "not_article: binary")
    yield HostilePage("NULs sent as HTML", lambda: bytes(5_000), "not_article: binary")
    yield HostilePage(
        "all bytes sent as HTML", lambda: bytes(range(256)) * 20, "not_article: binary | not_article: no_text"
    )
    yield HostilePage("white space sent as HTML", lambda: b" \r\n\t" * 5_000, "not_article: empty")


def date_pages() -> Iterator[HostilePage]:
    """Yield pages with dates that are none, or that no calendar has."""
    dates = (
        "0000-00-00T00:00:00Z",
        "0000-00-00",
        "0001-01-01",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31",
        "9999-12-31T23:59:59-14:00",
        "10000-01-01",
        "2026-02-30",
        "2026-13-45T99:99:99",
        "2026-11-20T25:61:61Z",
        "2026-11-20T08:00:00+99:99",
        "2026-11-20T08:00:00-24:00",
        "-2026-11-20",
        "2026",
        "0",
        "-1",
        "1e99",
        "NaN",
        "1763625600",
        "1763625600000",
        "99999999999999999999",
        "9" * 5_000,
        "yesterday",
        "in 5 minutes",
        "null",
        "undefined",
        "[object Object]",
        "{{date}}",
        "%Y-%m-%d",
        "20.11.2026",
        "11/20/2026",
        "٢٠٢٦-١١-٢٠",
        "2026年11月20日",
        "2026-11-20T08:00:00[Europe/Berlin]",
        "2026-W47-5",
        "P1D",
        "2026-11-20 08:00:00 CEST +0200 Z",
        "",
        " ",
        "\0",
        "2038-01-19T03:14:08Z",
        "12/12/12 12:12",
        "Thu, 99 Foo 2026",
    )
    for number, date in enumerate(dates):
        name = f"date {number} {date[:20]!r}"
        text = article(f"date number {number}").replace("2026-11-20T08:00:00+01:00", date)
        head = (
            f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'datePublished': date})}</script>"
        )
        body = text.replace("</head>", f"{head}</head>").replace("</h1>", f"</h1><time datetime='{date}'>{date}</time>")
        texts = sentences(f"date number {number}")
        yield HostilePage(name, lambda body=body: body.encode(), texts=texts)


def text_pages() -> Iterator[HostilePage]:
    """Yield pages with characters and texts that databases, terminals and query languages may choke on."""
    for category, characters in by_category().items():
        # References, so that parsers of bytes see nothing but ASCII.
        references = "".join(f"&#{ord(one)};" for one in characters)
        yield page(f"characters of category {category}", middle=f"<p>Some characters: {references} and no more.</p>")
    strings = {
        "SQL": "'; DROP TABLE articles; -- \" ` $$ E'\\x00' %s %(a)s :a ? \\",
        "a formula": '=HYPERLINK("http://x")',
        "a template": "{{7*7}} ${7*7} <%= 7*7 %> #{7*7}",
        "a format": "{0} {} %n %d {__class__}",
        "paths": "../../etc/passwd",
        "escape codes": "&#27;[31mred&#27;[0m&#7;",
        "bidirectional text": "&#8238;txet&#8236; &#8294;x&#8297;",
        "a lone quote": '"',
        "backslashes": "\\" * 500,
        "JSON": '{"a": ["\\u0000"]}',
        "XML": "&lt;![CDATA[&lt;x/&gt;]]&gt;",
        "log lines": "&#13;&#10;2026-11-20 [scrapy] ERROR: forged",
        "a URL": "https://user:password@example.org/",
        "emoji": "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 🇩🇪",
        "ligatures": "ﬁ ﷺ ㎏ ½ ① 𝕬",
        "Turkish": "İıŞşĞğ",
        "a tag": "&lt;script&gt;alert(1)&lt;/script&gt;",
    }
    for name, text in strings.items():
        yield page(f"text with {name}", middle=f"<p>Here stands {text} between other words.</p>")
    for name, length in {"a long headline": 100_000, "a headline of one word": 300_000}.items():
        body = article(name).replace(f"<h1>Report on {name}", f"<h1>Report on {name} {'word ' * (length // 5)}")
        yield HostilePage(name, lambda body=body: body.encode(), texts=sentences(name))
    yield large("an author of 1 MB", EITHER, head=lambda: f"<meta name=author content='{'Doe ' * 250_000}'>")
    yield large("10,000 authors", EITHER, head=lambda: "<meta property='article:author' content='Jane Doe'>" * 10_000)
    yield large(
        "10,000 keywords", EITHER, head=lambda: f"<meta name=keywords content='{','.join(map(str, range(10_000)))}'>"
    )
    name = "a paragraph of 1 MB"
    body = article(name, middle=f"<p>{'The council met again. ' * 45_000}</p>").encode()
    # Bodies are cut at a length.
    yield HostilePage(name, lambda: body, EITHER, texts=sentences(name)[:2])


def by_category() -> dict[str, str]:
    """Return general category -> some of its characters, from all of Unicode, surrogates and noncharacters, too."""
    found: dict[str, list[str]] = {}
    for code in range(0x110000):
        members = found.setdefault(unicodedata.category(chr(code)), [])
        if len(members) < 30 or code % 4_099 == 0:
            members.append(chr(code))
    found["noncharacters"] = [chr(code) for code in (*range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF)]
    return {category: "".join(members[:60]) for category, members in sorted(found.items())}


def other_pages() -> Iterator[HostilePage]:
    """Yield pages that are no article although their status is 200."""
    words = {
        "bot_challenge": (
            "Just a moment...",
            "Checking your browser before accessing the site. Please enable cookies.",
        ),
        "login": (
            "Sign in",
            "<form action=/login><input name=user><input type=password name=p><button>Log in</button></form>",
        ),
        "soft_404": ("Page not found", "<h1>404</h1><p>Sorry, the page you are looking for could not be found.</p>"),
        "error_page": ("Error", "<h1>Error establishing a database connection</h1>"),
        "geo_block": ("Unavailable", "<h1>451</h1><p>This content is not available in your country or region.</p>"),
        "javascript_required": (
            "App",
            "<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>",
        ),
        "no_text": ("", "<div></div>"),
    }
    for reason, (title, body) in words.items():
        text = f"<!doctype html><html lang=en><head><title>{title}</title></head><body>{body}</body></html>"
        yield HostilePage(f"page of type {reason}", text.encode, f"not_article: {reason}")


def all_pages() -> Iterator[tuple[str, HostilePage]]:
    """Yield area and page of all hostile pages."""
    areas = {
        "markup": markup_pages,
        "linked data": linked_data_pages,
        "encodings": encoding_pages,
        "dates": date_pages,
        "text": text_pages,
        "no articles": other_pages,
        "malformed URLs": malformed_pages,
    }
    for area, make in areas.items():
        for one in make():
            yield area, one
