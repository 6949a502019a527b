from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from newscrawl.web.pages.search_form import SearchForm


def test_words_and_filters_make_one_query() -> None:
    form = SearchForm.parse({"q": "two words", "site": "example.org", "section": "Home & Garden", "from": "2026-11-01"})
    assert form.query == 'two words site:example.org section:"Home & Garden" from:2026-11-01'


def test_a_quote_in_a_filter_ends_no_phrase() -> None:
    assert SearchForm(section='a" OR site:"b').query == 'section:"a  OR site: b"'


def test_addresses_keep_the_whole_state() -> None:
    form = SearchForm.parse({"q": "a&b", "language": "de", "unknown": "x"})
    assert form.url == "/search?q=a%26b&language=de"
    assert form.having("language", "").url == "/search?q=a%26b"
    assert form.at("cursor=") == "/search?q=a%26b&language=de&after=cursor%3D"


def test_the_address_has_the_parameters_of_the_api() -> None:
    parameters = {"q": "x", "site": "a.org", "language": "de", "author": "B", "section": "C"}
    parameters |= {"from": "2026-11-01", "to": "2026-11-02", "story": "7", "order": "newest"}
    form = SearchForm.parse(parameters)
    assert dict(parse_qsl(urlsplit(form.url).query)) == parameters
    assert form.query == "x site:a.org lang:de author:B section:C from:2026-11-01 to:2026-11-02 story:7"
