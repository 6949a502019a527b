from __future__ import annotations

from newscrawl.web.pages.search_form import SearchForm


def test_words_and_filters_make_one_query() -> None:
    form = SearchForm.parse(
        {"q": "two words", "site": "example.org", "section": "Home & Garden", "first": "2026-11-01"}
    )
    assert form.query == 'two words site:example.org section:"Home & Garden" from:2026-11-01'


def test_a_quote_in_a_filter_ends_no_phrase() -> None:
    assert SearchForm(section='a" OR site:"b').query == 'section:"a  OR site: b"'


def test_addresses_keep_the_whole_state() -> None:
    form = SearchForm.parse({"q": "a&b", "lang": "de", "unknown": "x"})
    assert form.url == "/search?q=a%26b&lang=de"
    assert form.having("lang", "").url == "/search?q=a%26b"
    assert form.at("cursor=") == "/search?q=a%26b&lang=de&after=cursor%3D"
